"""What Meson's console and its logs have in common: the words for results, and how tests are spelled."""

from __future__ import annotations

import re
from collections.abc import Sequence

from triage.ingest.console import Line
from triage.ingest.logs.severity import WRAPPER, severity
from triage.model import Failure, Outcome

OUTCOMES = {
    "OK": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "SKIP": Outcome.SKIPPED,
    "IGNORED": Outcome.SKIPPED,
    "ERROR": Outcome.ERROR,
    "TIMEOUT": Outcome.FAILED,
    "EXPECTEDFAIL": Outcome.XFAILED,
    "UNEXPECTEDPASS": Outcome.FAILED,
    "INTERRUPT": Outcome.ERROR,
}
_NAME = re.compile(r"^(?:(?P<project>[^:/]+?)(?::(?P<suite>[^/]*?))? / )?(?P<name>.*)$")


def suite_and_name(spelled: str) -> tuple[str, str]:
    """Both from ``project:suite / name``; newer versions spell it ``suite - project:name``, which stays whole."""
    name = _NAME.match(spelled.strip())
    assert name is not None
    return "/".join(part for part in (name["project"], name["suite"]) if part), name["name"]


def test_failure(note: str, lines: Sequence[Line], status: Line, outcome: Outcome) -> Failure:
    """A failure from the lines that a test printed, of which one tells most, and the word for its result."""
    kind = (
        "error"
        if outcome is Outcome.ERROR or note.startswith("TIMEOUT") or "killed by" in note
        else "failure"
    )
    if not lines:
        return Failure(note, kind=kind, trace=status.text.strip(), source_line=status.number)
    telling = max(lines, key=lambda line: severity(line.mark))
    if severity(telling.mark) < WRAPPER:
        telling = lines[-1]
    trace = "\n".join(line.text for line in lines)
    return Failure(f"{telling.text.strip()}\n{note}", kind=kind, trace=trace, source_line=lines[0].number)
