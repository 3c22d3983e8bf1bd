"""What Karma prints: its ``progress`` and ``dots`` reporters, karma-spec-reporter and karma-mocha-reporter.

After ``lib/reporters`` of Karma 0.13 to 6 (Angular's ``ng test`` prints the same). Every browser runs all the tests,
and the counts are those of all browsers; errors outside a test (a file that did not load) are failures of the run.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace

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
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_BROWSER = r"(?P<browser>[A-Za-z][\w .-]{0,60} \([^()]{1,60}\)|[A-Z]\w+ \d[\d.]{0,20})"
_EXECUTED = re.compile(rf"^{_BROWSER}: Executed (?P<run>\d{{1,9}}) of (?P<of>\d{{1,9}})(?P<rest>.*)$")
_FAILED = re.compile(r"\((?P<count>\d{1,9}) FAILED\)")
_SKIPPED = re.compile(r"\(skipped (?P<count>\d{1,9})\)")
_TIME = re.compile(r"\((?P<time>[\d.]+) secs / ")
_MINUTES = re.compile(r"\((?P<minutes>\d+) mins? (?P<time>[\d.]+) secs / ")
_TEST = re.compile(rf"^{_BROWSER} (?P<name>\S.*) FAILED$")
_ERROR = re.compile(rf"^{_BROWSER} ERROR$")
_GONE = re.compile(
    rf"^(?:.*WARN \[{_BROWSER}\]: |{_BROWSER.replace('browser', 'browser2')} )?(?P<why>Disconnected\b.*)$"
)
_TIMES = re.compile(r"(?: \(\d+ times\))? ?,")
_NOT_CAPTURED = "have not captured in "
_LOG = re.compile(
    r"^(?:\d\d \d\d \d{4} \d\d:\d\d:\d\d\.\d{3}:|)(?P<level>INFO|WARN|ERROR) \[(?P<who>[\w -]+)\]:? ?(?P<said>.*)$"
)
_START = re.compile(r"INFO \[karma(?:-server)?\]: Karma v\S+ server started")
_MARK = re.compile(
    r"^(?P<indent> {2,})(?P<mark>[✓✔√✗✖×ℹ-]) (?P<name>\S.*?)(?P<skipped> \(skipped\))?(?: \((?P<time>\d+) ?ms\))?$"
)
_SUITE = re.compile(r"^(?P<indent>(?:  )+)(?P<name>\S.*?) *$")
_DONE = re.compile(r"^[✔✖ℹ√×i] (?P<count>\d{1,9}) tests? (?P<what>completed|failed|skipped)$")
_LIST = re.compile(r"^FAILED TESTS:$")
_OUTCOMES = {
    "✗": Outcome.FAILED,
    "✖": Outcome.FAILED,
    "×": Outcome.FAILED,
    "-": Outcome.SKIPPED,
    "ℹ": Outcome.SKIPPED,
}
# Where the message of a failure ends.
_END = re.compile(r"^\s*at \S|^\s*\S+@\S+:\d+:\d+$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_EXECUTED.match, lines)):
        return 82
    if any(map(_START.search, lines)):
        return 78
    done = {match["what"] for line in lines if (match := _DONE.match(line))}
    return 78 if "completed" in done and "SUMMARY:" in lines else 0


@dataclass
class _Case:
    path: tuple[str, ...]
    outcome: Outcome
    status: Line
    browser: str = ""
    duration: float | None = None
    failures: list[Failure] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: list[_Case] = field(default_factory=list)
    waiting: defaultdict[tuple[str, ...], deque[_Case]] = field(default_factory=lambda: defaultdict(deque))
    open: list[tuple[int, str]] = field(default_factory=list)
    executed: dict[str, Totals] = field(default_factory=dict)
    """The last counts of each browser."""
    counts: dict[str, int] = field(default_factory=dict)
    """Those of the mocha reporter's summary."""
    block: Block | None = None
    case: _Case | None = None
    """That of the block; None for an error outside any test."""
    last: Line | None = None
    """The last counts of a browser."""
    lost: Line | None = None
    """The last browser that did not start in time; it is tried again."""
    listing: bool = False
    after_blank: bool = True

    def is_next(self, line: Line) -> bool:
        return (
            self.session.told and bool(self.executed or self.counts) and _START.search(line.mark) is not None
        )

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _EXECUTED.match(mark):
            self._end_block()
            self._executed(match)
            self.last = line
        elif match := _TEST.match(mark):
            self._end_block()
            self.case = _Case((match["name"],), Outcome.FAILED, line, match["browser"])
            self.cases.append(self.case)
            self.block = Block(line)
        elif _ERROR.match(mark):
            self._end_block()
            self.case, self.block = None, Block(line)
        elif match := _GONE.match(mark):
            self._end_block()
            self._outside(_TIMES.sub(",", match["why"], count=1), line)
        elif match := _LOG.match(mark):
            self._end_block()
            if _NOT_CAPTURED in match["said"]:
                self.lost = Line(line.number, match["said"])
            if match["level"] == "ERROR" and match["who"] not in ("reporter",):
                self.case, self.block = None, Block(line)
        elif match := _DONE.match(mark):
            self._end_block()
            self.counts[match["what"]] = int(match["count"])
        elif _LIST.match(mark):
            self._end_block()
            self.listing, self.open = True, []
        elif match := _MARK.match(mark):
            self._end_block()
            self._mark(match, line)
        elif self.block is not None and (line.text.startswith((" ", "\t")) or not line.text.strip()):
            self._below(line)
        else:
            self._end_block()
            self._suite(mark)
        self.after_blank = not mark.strip()

    def _below(self, line: Line) -> None:
        assert self.block is not None
        # Behind a blank line a suite may go on; the failure itself is indented by tabs, or more than its mark.
        text = line.text
        deeper = (
            text.startswith("\t") or indent_of(text) >= indent_of(self.block.header.text) or not text.strip()
        )
        if (
            self.after_blank
            and text.strip()
            and not text.startswith("\t")
            and _MARK.match(self.block.header.mark)
        ):
            deeper = self.listing and indent_of(text) > indent_of(self.block.header.text)
        if deeper:
            self.block.lines.append(text)
        else:
            self._end_block()
            self._suite(line.mark)

    def _suite(self, mark: str) -> None:
        match = _SUITE.match(mark)
        if match is None:
            return
        indent = len(match["indent"])
        while self.open and self.open[-1][0] >= indent:
            self.open.pop()
        if indent == 2 or (self.open and self.open[-1][0] == indent - 2):
            self.open.append((indent, match["name"]))

    def _mark(self, match: re.Match[str], line: Line) -> None:
        indent = len(match["indent"])
        while self.open and self.open[-1][0] >= indent:
            self.open.pop()
        path = (*(name for _, name in self.open), match["name"])
        if self.listing:
            if not self.waiting[path]:
                return
            self.case, self.block = self.waiting[path].popleft(), Block(line)
            return
        outcome = Outcome.SKIPPED if match["skipped"] else _OUTCOMES.get(match["mark"], Outcome.PASSED)
        case = _Case(path, outcome, line, duration=seconds(match["time"], "ms"))
        self.cases.append(case)
        if outcome.is_red:
            self.waiting[path].append(case)
            self.case, self.block = case, Block(line)

    def _executed(self, match: re.Match[str]) -> None:
        rest = match["rest"]
        failed = _FAILED.search(rest)
        skipped = _SKIPPED.search(rest)
        red, off = int(failed["count"]) if failed else 0, int(skipped["count"]) if skipped else 0
        passed = max(0, int(match["run"]) - red)
        self.executed[match["browser"]] = Totals(passed + red + off, passed, red, 0, off)
        if long := _MINUTES.search(rest):
            self.session.duration = int(long["minutes"]) * 60 + (seconds(long["time"]) or 0.0)
        elif spent := _TIME.search(rest):
            self.session.duration = seconds(spent["time"])
        words = ("SUCCESS", "ERROR", "DISCONNECTED")
        self.session.closed = int(match["run"]) + off >= int(match["of"]) or any(w in rest for w in words[1:])

    def _outside(self, said: str, line: Line) -> None:
        known = any(failure.message == said for failure in self.session.failures)
        if not known:
            self.session.failures.append(
                Failure(said, kind="error", trace=line.text.strip(), source_line=line.number)
            )

    def _end_block(self) -> None:
        block, case = self.block, self.case
        self.block = self.case = None
        if block is None:
            return
        lines = block.lines
        if self.listing and lines and re.match(r"^ +[A-Z][\w .]{0,60} \([^()]{1,60}\)$", lines[0][:200]):
            block = Block(Line(block.header.number + 1, block.header.text), lines[1:])
        if not block.text.strip():
            if case is None and (match := _LOG.match(block.header.mark)) and match["said"]:
                self._outside(match["said"], block.header)
            return
        failure = _failure(block)
        if case is not None:
            case.failures.append(failure)
            return
        said = failure.message
        said = _TIMES.sub(",", said, count=1) if said.startswith("Disconnected") else said
        if not any(known.message == said for known in self.session.failures):
            whole = f"{block.header.text.strip()}\n{block.text}"
            self.session.failures.append(
                replace(failure, message=said, kind="error", trace=whole, source_line=block.header.number)
            )

    def finish(self) -> Session:
        self._end_block()
        several = len(self.executed) > 1
        self.session.cases = [_result(case, several=several) for case in self.cases]
        if self.executed:
            self.session.stated = sum(self.executed.values(), Totals())
            if (
                not self.session.stated.tests
                and not self.session.failures
                and self.last
                and "ERROR" in self.last.mark
            ):
                self._outside(self.last.text.strip(), self.last)
        elif self.lost is not None and not self.cases and not self.session.failures:
            self._outside(self.lost.text, self.lost)
        elif self.counts:
            passed, failed, skipped = (
                self.counts.get(what, 0) for what in ("completed", "failed", "skipped")
            )
            self.session.stated = Totals(passed + failed + skipped, passed, failed, 0, skipped)
            self.session.closed = True
        return self.session


def _result(case: _Case, *, several: bool) -> CaseResult:
    suite = " > ".join(case.path[:-1])
    browser = case.browser if several else ""
    return CaseResult(
        case.path[-1],
        case.outcome,
        " > ".join(filter(None, (browser, suite))),
        duration=case.duration,
        failures=tuple(case.failures) or ((bare_failure(case.status),) if case.outcome.is_red else ()),
        properties=(("browser", case.browser),) if case.browser else (),
    )


def _failure(block: Block) -> Failure:
    lines = [line.lstrip("\t") for line in block.text.split("\n")]
    lines = dedent(lines, indent_of(lines[0]))
    text = block.text.strip()
    return failure_from(text, message=until(lines, _END), source_line=block.first_line)


READER = Reader("karma-console", _sniff, reader_of("Karma", run_before_run(_Parser)))
