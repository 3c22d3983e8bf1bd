"""One failure as a log tells it, and heads of which the next line says what it was."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.ingest.logs import heads
from triage.ingest.logs.severity import CAUSE, WRAPPER


@dataclass(slots=True)
class Trace:
    """One failure as a log tells it."""

    first: int
    """1-based number of the line that begins it."""
    head: str
    before: list[str]
    """The lines in front of it, at most three."""
    score: float
    """Of its most telling line (see ``severity``)."""
    message: str
    """Its most telling line."""
    lines: list[str] = field(default_factory=list)
    """What belongs to it, from the first line on."""
    after: list[str] = field(default_factory=list)
    """The lines behind it, at most three."""
    told: bool = True
    """False for a traceback that ends before its exception."""

    @property
    def last(self) -> int:
        """Number of its last line."""
        return self.first + len(self.lines) - 1


def said_below(trace: Trace, line: str, score: float, between: bool) -> tuple[str, float] | None:
    """Message and score of ``trace`` when ``line`` belongs to it as what its head announces; None if it does not.

    ``between``: there are lines that may belong to it before this one.
    """
    head, is_next, untold = trace.head, len(trace.lines) == 1, trace.message is trace.head
    said: tuple[str, float] | None = None
    if is_next and not between and heads.RUST_PANIC.match(head):
        said = line.strip() or head, trace.score
    elif is_next and head.endswith("failed with message:"):
        said = f"{head} {line.strip()}", trace.score
    elif is_next and "terminate called" in head and (what := heads.WHAT.match(line[:1_000])):
        said = f"{head.strip()}: {what['said']}", trace.score
    elif line.startswith("... ") and heads.GOCHECK.match(head[:1_000]):
        told = untold and score >= WRAPPER
        said = (line.removeprefix("... "), score) if told else (trace.message, trace.score)
    elif is_next and head.endswith(heads.COLOR_EYRE) and (what := heads.SAYS.match(line)):
        said = what["said"], CAUSE
    elif untold and heads.SEVERE.match(head):
        said = line.strip() or head, trace.score
    elif untold and heads.JVM in head and heads.SIGNAL.match(line):
        said = line.lstrip("# "), trace.score
    return said
