"""The lines of a raw log that tell the failure: by how they sound, and by what a passing log does not have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.ingest.severity import WRAPPER, severity
from triage.signature import normalize

_NEW = 0.5
"""What being absent from the passing log is worth; the sound of the line is worth the rest."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line worth reading."""

    number: int
    """1-based."""
    text: str
    score: float
    """0 to 1."""
    failure: str
    """The template of the line: lines of one kind have one."""


def extract(lines: Iterable[str], baseline: Iterable[str] | None = None) -> list[Line]:
    """The telling lines, most telling first, then in the order of the log.

    With ``baseline`` (the lines of a run of the same job that passed) a line counts when its masked form is not
    in there; without one, when it sounds like a failure (see ``ingest.severity``).
    """
    passing = None if baseline is None else {normalize(line) for line in baseline}
    found: list[Line] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        sound = severity(line)
        if passing is None:
            if sound >= WRAPPER:
                found.append(Line(number, line, sound, normalize(line)))
            continue
        template = normalize(line)
        if template not in passing:
            found.append(Line(number, line, round(_NEW + (1 - _NEW) * sound, 3), template))
    return sorted(found, key=lambda line: (-line.score, line.number))
