"""What TestCafe prints with its ``spec``, ``list`` and ``minimal`` reporters.

After ``testcafe-reporter-spec`` 1 and 2 and ``-list``. A test that passed on another try is marked as unstable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    dedent,
    indent_of,
    reader_of,
    run_after_run,
    sample_lines,
    until,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_RUNNING = re.compile(r"^ Running tests in:$")
_MARK = re.compile(
    r"^ (?P<mark>[✓√✖×x-]) (?P<name>\S.*?)(?P<unstable> \(unstable\))?(?: \(screenshots: .*\))?$"
)
_FIXTURE = re.compile(r"^ (?P<name>[^\s\d✓√✖×-].*)$")
_PASSED = re.compile(r"^ (?P<passed>\d{1,9}) passed(?: \((?P<time>[^)]*)\))?$")
_FAILED = re.compile(r"^ (?P<failed>\d{1,9})/(?P<tests>\d{1,9}) failed(?: \((?P<time>[^)]*)\))?$")
_SKIPPED = re.compile(r"^ (?P<skipped>\d{1,9}) skipped$")
_NUMBERED = re.compile(r"^ {3,}\d{1,6}\) \S")
_WARNINGS = re.compile(r"^ Warnings? \(\d+\):")
_TIME = re.compile(r"(\d+)(h|m|s)\b")
_END = re.compile(r"^\s*Browser: |^\s*+>?\s*+\d++ \||^\s*at \S|^\s*Screenshot: ")
_OUTCOMES = {"✓": Outcome.PASSED, "√": Outcome.PASSED, "-": Outcome.SKIPPED}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    ended = any(_PASSED.match(line) or _FAILED.match(line) for line in lines)
    if any(map(_RUNNING.match, lines)):
        return 83 if ended else 72
    return 60 if ended and any(map(_MARK.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    fixture: str = ""
    browsers: bool = False
    """Whether the next lines name the browsers, with the mark of a skipped test."""
    block: Block | None = None
    skipped: int = 0
    tests: tuple[int, int] | None = None
    """Those that ran, and those of them that failed."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark.rstrip()
        if _RUNNING.match(mark):
            self.browsers, self.fixture = True, ""
        elif self.browsers and mark.startswith(" - "):
            return False
        elif match := _PASSED.match(mark) or _FAILED.match(mark):
            self._end_block()
            found = match.groupdict()
            failed = int(found.get("failed") or 0)
            self.tests = (int(found.get("tests") or found.get("passed") or 0), failed)
            self.session.duration = _seconds(match["time"]) if match["time"] else None
            self.session.closed = True
        elif match := _SKIPPED.match(mark):
            self._end_block()
            self.skipped = int(match["skipped"])
        elif _WARNINGS.match(mark):
            self._end_block()
        elif self.block is not None and (not mark or line.text.startswith("  ")):
            self.block.lines.append(line.text)
        elif match := _MARK.match(mark):
            self._end_block()
            self._mark(match, line)
        elif (match := _FIXTURE.match(mark)) and not self.session.closed:
            self._end_block()
            self.fixture = match["name"]
        self.browsers = self.browsers and _RUNNING.match(mark) is not None
        return False

    def _mark(self, match: re.Match[str], line: Line) -> None:
        fixture, name = self.fixture, match["name"]
        if not fixture and " - " in name:
            fixture, _, name = name.partition(" - ")  # the other reporters put both on one line
        outcome = _OUTCOMES.get(match["mark"], Outcome.FAILED)
        unstable = bool(match["unstable"]) and outcome is Outcome.PASSED
        failures = (bare_failure(line),) if outcome.is_red else ()
        case = CaseResult(name, outcome, fixture, attempts=1 + unstable, failures=failures)
        self.session.cases.append(case)
        self.block = Block(line) if outcome.is_red or unstable else None

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None or not block.text.strip():
            return
        starts = [i for i, line in enumerate(block.lines) if _NUMBERED.match(line[:100])]
        starts = starts or [0]  # the minimal reporter has one error after the other, without numbers
        failures = tuple(
            _failure(Block(Line(block.header.number + start, ""), block.lines[start:end]))
            for start, end in zip(starts, [*starts[1:], len(block.lines)], strict=True)
        )
        self.session.cases[-1] = replace(self.session.cases[-1], failures=failures)

    def finish(self) -> Session:
        self._end_block()
        if self.tests is not None:
            ran, failed = self.tests
            self.session.stated = Totals(ran + self.skipped, ran - failed, failed, 0, self.skipped)
        return self.session


def _failure(block: Block) -> Failure:
    lines = block.text.split("\n")
    if _NUMBERED.match(lines[0][:100]):
        lines = [lines[0].partition(") ")[2], *dedent(lines[1:], indent_of(lines[0]) + 3)]
    else:
        lines = dedent(lines, indent_of(lines[0]))
    return failure_from(block.text.strip(), message=until(lines, _END), source_line=block.first_line)


def _seconds(text: str) -> float:
    return float(
        sum(int(number[:9]) * {"h": 3600, "m": 60, "s": 1}[unit] for number, unit in _TIME.findall(text))
    )


READER = Reader("testcafe-console", _sniff, reader_of("TestCafe", run_after_run(_Parser)))
