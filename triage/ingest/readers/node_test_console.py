"""What ``node --test`` prints with its ``spec`` and ``dot`` reporters.

After ``lib/internal/test_runner/reporter`` of Node 18 to 24: up to 20 an error stands below its test and again in the
list at the end, later only there. Suites are no tests, but a test around tests is one, so the counts stand; what was
cancelled (a time-out, a hook that broke) counts as failed.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import Final

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    dedent,
    indent_of,
    reader_of,
    run_before_run,
    sample_lines,
    seconds,
    until,
)
from triage.ingest.logs.traces import traces
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_START = re.compile(r"^(?P<indent> *)▶ (?P<name>\S.*)$")
_MARK = re.compile(
    r"^(?P<indent> *)(?P<mark>[✔✖﹣⚠▶]) (?P<name>\S.*?)(?: \((?P<time>[\d.]+)ms\))?(?: # (?P<why>.*))?$"
)
_COUNT = re.compile(
    r"^ *ℹ (?P<what>tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) (?P<number>[\d.]+)$"
)
_MARGIN = re.compile(r"^ +(?=ℹ tests \d+$)")
"""What stands before all lines where somebody quotes an output: node itself begins its counts at the margin."""
_FAILING: Final = ("✖ failing tests:", "Failed tests:")
_PLACE = re.compile(r"^test at (?P<file>.+?):(?P<line>\d{1,9}):\d+$")
_DOTS = re.compile(r"^[.X]+$")
_INNER = re.compile(r"^\s*'\d+ subtests? failed'$")
# Where the message of a failure ends: the stack, the error's own properties.
_END = re.compile(r"^\s*at \S|^\s*\{$|^\s*\[cause\]: ")
_PROGRAM_FAILED: Final = "test failed"
_MOST_PRINTED = 500
_LAST: Final = "duration_ms"


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    counts = {match["what"] for line in lines if (match := _COUNT.match(line))}
    if {"tests", "pass", "fail"} <= counts:
        return 82
    if any(line in _FAILING for line in lines) and any(map(_MARK.match, lines)):
        return 70
    timed = sum((match := _MARK.match(line)) is not None and match["time"] is not None for line in lines)
    return 45 if timed >= 2 and "." in "".join(line[-9:] for line in lines if "ms)" in line[-4:]) else 0


@dataclass
class _Case:
    path: tuple[str, ...]
    outcome: Outcome
    status: Line
    duration: float | None = None
    why: str = ""
    place: re.Match[str] | None = None
    """Where the test begins: it is told only of those that failed, so it is no part of their names."""
    failures: list[Failure] = field(default_factory=list)
    holds: bool = False
    """A suite, or a test around tests."""
    printed: list[Line] = field(default_factory=list)
    """What stands before it: of a program that broke, its last words."""


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: list[_Case] = field(default_factory=list)
    waiting: defaultdict[str, deque[_Case]] = field(default_factory=lambda: defaultdict(deque))
    """Those that did not pass, by title, until the list at the end tells why."""
    open: list[tuple[int, str]] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)
    block: Block | None = None
    case: _Case | None = None
    """That of the block."""
    listing: bool = False
    place: re.Match[str] | None = None
    dots: str = ""
    printed: list[Line] = field(default_factory=list)
    """The lines since the last mark that are no part of the report."""
    margin: str = ""
    """What stands before the counts and all that follows."""

    def is_next(self, line: Line) -> bool:
        return self.session.closed and line.mark.startswith(("▶ ", "✔ "))

    def feed(self, line: Line) -> None:
        if margin := _MARGIN.match(line.mark):
            self.margin = margin[0]
        if self.margin:
            line = Line(line.number, line.text.removeprefix(self.margin))
        mark = line.mark
        if match := _COUNT.match(mark):
            self._end_block()
            self.counts[match["what"]] = float(match["number"]) if match["number"].count(".") < 2 else 0.0
            self.session.closed = match["what"] == _LAST
        elif mark in _FAILING:
            self._end_block()
            self.listing = True
        elif match := _PLACE.match(mark):
            self._end_block()
            self.place = match
        elif self.listing and mark.startswith(("✖ ", "⚠ ")) and (match := _MARK.match(mark)):
            self._end_block()
            self._listed(match, line)
        elif self.listing:
            if self.block is not None and (not mark or mark.startswith(" ") or not line.mark):
                self.block.lines.append(line.text)
            else:
                self._end_block()
        elif self.block is not None and self._below(line):
            self.block.lines.append(line.text)
        else:
            self._end_block()
            self._tree(line, mark)

    def _below(self, line: Line) -> bool:
        assert self.block is not None
        text, header = line.text, self.block.header.text
        return not text.strip() or indent_of(text) > indent_of(header)

    def _tree(self, line: Line, mark: str) -> None:
        if _DOTS.match(mark) and not self.cases:
            self.dots += mark
            return
        match = _MARK.match(mark)
        if match is None:
            if len(self.printed) < _MOST_PRINTED:
                self.printed.append(line)
            return
        printed, self.printed = self.printed, []
        indent, name = len(match["indent"]), match["name"]
        while self.open and self.open[-1][0] > indent:
            self.open.pop()
        closes = bool(self.open) and self.open[-1] == (indent, name)
        if match["mark"] == "▶" and not closes:
            if self.open and self.open[-1][0] == indent:
                self.open.pop()
            self.open.append((indent, name))
            return
        if closes or (self.open and self.open[-1][0] == indent):
            self.open.pop()
        case = _Case(
            (*(title for _, title in self.open), name),
            _outcome(match),
            line,
            seconds(match["time"], "ms"),
            (match["why"] or "").strip(),
            holds=closes,
            printed=[] if indent else printed,
        )
        self.cases.append(case)
        if case.outcome.is_red or case.outcome is Outcome.XFAILED or closes:
            self.waiting[name].append(case)
            self.block, self.case = Block(line), case

    def _listed(self, match: re.Match[str], line: Line) -> None:
        name = match["name"]
        if not self.waiting[name] and match["mark"] == "✖":
            case = _Case((name,), _outcome(match), line, seconds(match["time"], "ms"))
            self.waiting[name].append(case)
            self.cases.append(case)
        if not self.waiting[name]:
            return
        case = self.waiting[name].popleft()
        case.failures.clear()
        case.place, self.place = self.place, None
        self.block, self.case = Block(line), case

    def _end_block(self) -> None:
        if self.block is None:
            return
        block, case = self.block, self.case
        self.block = self.case = None
        assert case is not None
        if _INNER.match(block.text):
            case.holds = True
        elif block.text.strip():
            failure = _failure(block)
            if failure.file is None and case.place is not None:
                file, number = case.place["file"].removeprefix("file:"), int(case.place["line"])
                failure = replace(failure, file=file, line=number)
            case.failures.append(failure)

    def finish(self) -> Session:
        self._end_block()
        for case in self.cases:
            if case.holds:
                self.session.failures += [replace(failure, kind="error") for failure in case.failures]
            else:
                self.session.cases.append(_result(case))
        self.session.duration = seconds(str(self.counts[_LAST]), "ms") if _LAST in self.counts else None
        self.session.stated = self._totals()
        self.session.closed = self.session.closed or bool(self.dots and self.listing)
        return self.session

    def _totals(self) -> Totals | None:
        if not {"tests", "pass", "fail"} <= self.counts.keys():
            if not self.dots:
                return None
            red = Totals.of(self.session.cases)
            passed = self.dots.count(".")
            return Totals(passed + red.tests, passed, red.failed, 0, red.skipped, red.xfailed)
        count = {what: int(number) for what, number in self.counts.items()}
        failed = count["fail"] + count.get("cancelled", 0)
        skipped = count.get("skipped", 0) + count.get("todo", 0)
        return Totals(count["pass"] + failed + skipped, count["pass"], failed, 0, skipped)


def _outcome(match: re.Match[str]) -> Outcome:
    sign, is_todo = match["mark"], match["why"] is not None
    if sign == "✔":
        return Outcome.SKIPPED if is_todo else Outcome.PASSED
    if sign == "✖":
        return Outcome.XFAILED if is_todo else Outcome.FAILED
    return {"⚠": Outcome.XFAILED, "▶": Outcome.PASSED}.get(sign, Outcome.SKIPPED)


def _result(case: _Case) -> CaseResult:
    return CaseResult(
        case.path[-1],
        case.outcome,
        " > ".join(case.path[:-1]),
        duration=case.duration,
        failures=_told(case) or ((bare_failure(case.status),) if case.outcome.is_red else ()),
        properties=(("reason", case.why),) if case.why else (),
    )


def _told(case: _Case) -> tuple[Failure, ...]:
    """Its failures; of a program that could not tell why it failed, what it printed when it broke."""
    if [failure.message for failure in case.failures] == [_PROGRAM_FAILED]:
        broke = max(
            traces((line.number, line.text) for line in case.printed), key=lambda t: t.score, default=None
        )
        if broke is not None:
            text = "\n".join(broke.lines)
            return (failure_from(text, message=broke.message.strip(), kind="error", source_line=broke.first),)
    return tuple(case.failures)


def _failure(block: Block) -> Failure:
    lines = dedent(block.text.split("\n"), indent_of(block.text))
    message = until(lines, _END).removesuffix("{").strip()
    if message.startswith("'") and message.endswith("'"):
        message = message[1:-1]
    return failure_from(block.text, message=message, source_line=block.first_line)


READER = Reader("node-test-console", _sniff, reader_of("node:test", run_before_run(_Parser)))
