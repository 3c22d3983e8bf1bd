"""Test cases as a console tells them: by name, over several lines, some of them more than once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from triage.ingest.console import Line, bare_failure, seconds
from triage.ingest.parts import failure_from
from triage.model import CaseResult, Failure, Outcome, Totals

MAX_BLOCK = 2_000
"""Lines of one failure that are kept."""

_SPOKEN = re.compile(
    r"(?P<number>\d[\d,]*(?:[.,]\d+)?) ?(?P<unit>ms|milliseconds?|min(?:ute)?s?|m|h(?:ours?)?|us|µs|μs|ns|s(?:ec(?:onds?)?)?)\b",
    re.IGNORECASE,
)
_MICRO = {"us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}


def spoken_seconds(text: str | None) -> float | None:
    """Seconds of a duration in words, None for no duration.

    >>> spoken_seconds("1 m 2,5 s"), spoken_seconds("< 1 ms"), spoken_seconds("soon")
    (62.5, 0.001, None)
    """
    total: float | None = None
    for match in _SPOKEN.finditer(text or ""):
        number = match["number"]
        if "." in number or number.count(",") > 1:
            number = number.replace(",", "")
        unit = match["unit"].lower()
        if unit in _MICRO:
            part: float | None = float(number.replace(",", ".")) * _MICRO[unit]
        else:
            short = "ms" if unit.startswith(("ms", "milli")) else unit[0]
            part = seconds(number.replace(",", "."), short)
        total = (total or 0.0) + (part or 0.0)
    return None if total is None else round(total, 9)


@dataclass(slots=True)
class Entry:
    """One test while its output is being read."""

    name: str
    suite: str = ""
    file: str | None = None
    line: int | None = None
    outcome: Outcome | None = None
    """None as long as nothing tells how it ended."""
    seconds: float | None = None
    failures: list[Failure] = field(default_factory=list)
    attempts: int = 1
    status: Line | None = None
    """The line that states the outcome."""
    output: list[str] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)

    def result(self) -> CaseResult:
        """The case; one that ended red without a word has at least the line that says so."""
        outcome = self.outcome or Outcome.PASSED
        failures = tuple(self.failures)
        if outcome.is_red and not failures:
            kind = "error" if outcome is Outcome.ERROR else "failure"
            failures = (
                (bare_failure(self.status, kind),)
                if self.status
                else (Failure(f"{self.name} failed", kind=kind),)
            )
        return CaseResult(
            self.name,
            outcome,
            self.suite,
            self.file,
            self.line,
            self.seconds,
            max(1, self.attempts),
            failures,
            "\n".join(self.output).strip("\n"),
            tuple(dict.fromkeys(self.properties)),
        )


@dataclass(slots=True)
class CaseBook:
    """The tests of one session by suite and name, in the order in which they were first named."""

    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def entry(self, name: str, suite: str = "") -> Entry:
        """The entry of that name, made if there is none."""
        return self.entries.setdefault((suite, name), Entry(name, suite))

    def settle(
        self, name: str, suite: str, outcome: Outcome, line: Line, duration: float | None = None
    ) -> Entry:
        """Note how a test ended."""
        entry = self.entry(name, suite)
        entry.outcome, entry.status = outcome, line
        entry.seconds = duration if duration is not None else entry.seconds
        return entry

    def results(self) -> list[CaseResult]:
        """What is in the book, those that have ended."""
        return [entry.result() for entry in self.entries.values() if entry.outcome is not None]


def adding_up(totals: Totals) -> Totals:
    """The totals with as many tests as their outcomes have: what a cut summary states may not add up."""
    outcomes = (totals.passed, totals.failed, totals.errors, totals.skipped, totals.xfailed, totals.xpassed)
    return replace(totals, tests=sum(outcomes))


def failure_of(lines: Sequence[Line], *, message: str = "", type: str = "", kind: str = "failure") -> Failure:
    """A failure from the lines that a runner printed about it, without the blank ones around."""
    filled = [index for index, line in enumerate(lines) if line.text.strip()]
    if not filled:
        return Failure(message, type, kind, source_line=lines[0].number if lines else None)
    kept = lines[filled[0] : filled[-1] + 1]
    margin = min(len(ln.text) - len(ln.text.lstrip()) for ln in kept if ln.text.strip())
    # A stack frame keeps a margin, which is what tells it from the message.
    texts = [line.text[margin:] for line in kept]
    trace = "\n".join(f"\t{text}" if i and text.startswith("at ") else text for i, text in enumerate(texts))
    return failure_from(trace, message=message, type=type, kind=kind, source_line=kept[0].number)
