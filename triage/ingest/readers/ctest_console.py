"""What CTest prints: plain, ``-V`` with each test's number before its output, ``--output-on-failure``, repeats; and
the ``LastTest.log`` that it keeps.

Written after CMake 3.10 to 4.1. A test that did not run for want of its program is a failure, as CTest counts it;
a disabled one is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.console import Line, Session, reader_of, sample_lines, seconds
from triage.ingest.logs.severity import CAUSE, WRAPPER, severity
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.gtest_text import first_failure
from triage.model import CaseResult, Failure, Outcome, Totals

_RESULT = re.compile(
    r"^ *(?:\d+/\d+ )?(?:MemCheck|Test) +#(?P<number>\d+): (?P<name>\S.*?) \.{2,} *(?P<status>[^ .\d].*?) +(?P<seconds>\d+\.\d+) sec\b"
)
_TORN = re.compile(r"^ *(?:\d+/\d+ )?(?:MemCheck|Test) +#\d+: \S.*? \.{2,} *\*\*\*\w.* Regex=\[")
"""A result whose reason goes on in the next line: a pattern may hold line ends."""
_MOST_TORN = 10
_START = re.compile(r"^ +Start +(?P<number>\d+): (?P<name>\S.*)$")
_PREFIXED = re.compile(r"^(?P<number>\d+): ?(?P<text>.*)$")
_NEXT = re.compile(r"^test (?P<number>\d+)$")
_PROJECT = re.compile(r"^Test project \S")
_NONE = "No tests were found!!!"
_PERCENT = re.compile(
    r"^(?P<percent>\d+)% tests passed, (?P<failed>\d+) tests? failed out of (?P<tests>\d+)$"
)
_TIME = re.compile(r"^Total Test time \(real\) = +(?P<seconds>[\d.]+) sec$")
_LISTED = re.compile(r"^(?:\t| {4}) *(?P<number>\d+) - (?P<name>\S.*?) \((?P<status>[^()]+)\)(?:\s.*)?$")
# What CTest itself says of a test in its output with -V.
_ABOUT = re.compile(
    r"^(?:Test command: |Working Directory: |Test timeout computed to be: |Environment variables: )"
)
# In LastTest.log.
_LOGGED = re.compile(r"^(?P<number>\d{1,7})/\d{1,7} Testing: (?P<name>\S.*)$")
_LOGGED_TIME = re.compile(r"^Test time = +(?P<seconds>\d+\.\d+) sec$")
_LOGGED_END = re.compile(r"^Test (?P<status>Passed|Failed|Skipped|Not Run)\.$")
_LOGGED_ABOUT = re.compile(
    r"^(?:\d{1,7}/\d{1,7} Test: |Command: |Directory: |Output:$|-{58}$|<end of output>$|\".*\" (?:start|end) time: |\".*\" time elapsed: )"
)
_LOG_END = re.compile(r"^End testing: ")
_ERRORS = "Errors while running CTest"
_SKIPPED = ("Skipped", "Not Run (Disabled)", "Disabled")


_OTHERS = re.compile(r"={20,}(?: |$)|-{70}$")
"""Rules that other runners draw."""


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_LOGGED.match, lines)):
        return 87
    results = any(map(_RESULT.match, lines))
    if any(map(_PERCENT.match, lines)):
        # What a test of it printed may be the console of another runner, as may what stands above it.
        own = next((line for line in lines if _START.match(line) or _OTHERS.match(line)), "")
        return 91 if results and _START.match(own) else 80
    if results or (_NONE in lines and any(map(_PROJECT.match, lines))):
        return 75
    ended = any(line.startswith(_ERRORS) for line in lines)
    return 70 if ended and any(map(_LISTED.match, lines)) else 0


@dataclass
class _Test:
    name: str
    status: str = ""
    """As the last result line has it, without the stars."""
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)
    results: int = 0
    lines: list[Line] = field(default_factory=list)
    """Output of the current try."""
    result: Line | None = None

    def settle(self) -> None:
        """The try is over: nothing more of its output will come."""
        if self.result is not None and _outcome(self.status) is Outcome.FAILED:
            self.failures.append(_failure(self.status, self.lines, self.result))
        self.lines, self.result = [], None


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    tests: dict[str, _Test] = field(default_factory=dict)
    """By number."""
    current: str = ""
    summing_up: bool = False
    torn: list[Line] = field(default_factory=list)
    logged: bool = False
    """Whether the current test is one of LastTest.log."""

    def feed(self, line: Line) -> None:
        mark = line.mark
        if self.torn:
            self._mend(line)
        elif match := _LOGGED.match(mark):
            self.current, self.logged = match["number"], True
            self.tests.setdefault(self.current, _Test(match["name"])).settle()
        elif self.logged:
            self._logged(mark, line)
        else:
            self._printed(mark, line)

    def _mend(self, line: Line) -> None:
        """Put the parts of a torn result together."""
        self.torn.append(line)
        whole = "".join(part.mark for part in self.torn)
        if match := _RESULT.match(whole):
            first, self.torn = self.torn[0], []
            self._result(match, Line(first.number, whole))
        elif len(self.torn) > _MOST_TORN:
            parts, self.torn = self.torn, []
            for part in parts:
                self._printed("", part)

    def _logged(self, mark: str, line: Line) -> None:
        test = self.tests[self.current]
        if match := _LOGGED_TIME.match(mark):
            test.seconds = float(match["seconds"])
        elif (match := _LOGGED_END.match(mark)) and not test.results:
            test.status, test.results, test.result = match["status"], 1, line
        elif _LOG_END.match(mark):
            self.session.closed = True
        elif not _LOGGED_ABOUT.match(mark) and not test.results:
            test.lines.append(line)

    def _printed(self, mark: str, line: Line) -> None:
        if match := _PERCENT.match(mark):
            self.summing_up = self.session.closed = True
            failed, tests = int(match["failed"]), int(match["tests"])
            self.session.stated = Totals(tests, tests - failed, failed)
        elif mark == _NONE and not self.tests:
            self.session.stated, self.session.closed = Totals(), True
        elif self.summing_up:
            self._summary(mark, line)
        elif mark == "The following tests FAILED:":
            self.summing_up = True
        elif match := _RESULT.match(mark):
            self._result(match, line)
        elif "***" in mark and _TORN.match(mark):
            self.torn = [line]
        elif match := _START.match(mark):
            self.current = match["number"]
            self.tests.setdefault(self.current, _Test(match["name"])).settle()
        elif not self.tests and _LISTED.match(mark):
            # What stood above the list was left out.
            self.summing_up = True
            self._summary(mark, line)
        elif match := _NEXT.match(mark):
            self.current = ""
        elif (match := _PREFIXED.match(line.text)) and match["number"] in self.tests:
            if not _ABOUT.match(match["text"][:40]):
                self.tests[match["number"]].lines.append(Line(line.number, match["text"]))
        elif self.current:
            self.tests[self.current].lines.append(line)

    def _result(self, match: re.Match[str], line: Line) -> None:
        self.current = match["number"]
        test = self.tests.setdefault(self.current, _Test(match["name"]))
        if test.result is not None:
            test.settle()
        test.status = match["status"].replace("***", " ").strip(" :")
        test.seconds = round(test.seconds + float(match["seconds"]), 6)
        test.results += 1
        test.result = line

    def _summary(self, mark: str, line: Line) -> None:
        if match := _TIME.match(mark):
            self.session.duration = seconds(match["seconds"])
        elif mark.startswith(_ERRORS):
            self.session.closed = True
        elif (match := _LISTED.match(mark)) and not self._has_result(match["number"]):
            # With -Q this list is all there is, and a result whose reason has a line break is no line.
            test = self.tests.setdefault(match["number"], _Test(match["name"]))
            test.status, test.results, test.result = match["status"], 1, line

    def _has_result(self, number: str) -> bool:
        return number in self.tests and self.tests[number].results > 0

    def finish(self) -> Session:
        for test in self.tests.values():
            test.settle()
        self.session.cases = [_case(test) for test in self.tests.values() if test.results]
        # The stated counts leave disabled tests out, so they stand only where not all tests are named.
        stated = self.session.stated
        if stated is not None and len(self.session.cases) >= stated.tests:
            self.session.stated = None
        return self.session


def _outcome(status: str) -> Outcome:
    if status in _SKIPPED:
        return Outcome.SKIPPED
    return Outcome.PASSED if status == "Passed" else Outcome.FAILED


def _case(test: _Test) -> CaseResult:
    return CaseResult(
        test.name,
        _outcome(test.status),
        duration=test.seconds,
        # Repeats of a test that passes (until-fail) are no retries.
        attempts=max(1, len(test.failures) + (_outcome(test.status) is Outcome.PASSED)),
        failures=tuple(test.failures),
    )


def _failure(status: str, lines: list[Line], result: Line) -> Failure:
    """The line of the output that tells most where the status does not, or tells only of a signal; else the status."""
    filled = [line for line in lines if line.text.strip()]
    kind = "failure" if status.startswith("Failed") else "error"
    trace = "\n".join([*(line.text for line in filled), result.text])
    died = "Exception" in status and [line for line in filled if severity(line.mark) == CAUSE]
    if died:
        message = f"{died[0].text.strip()}\n({status})"
        return failure_from(trace, message=message, kind=kind, source_line=filled[0].number)
    if status not in ("Failed", "Not Run") or not filled:
        return Failure(status, "", kind, trace, source_line=filled[0].number if filled else result.number)
    if told := first_failure(filled):
        return replace(told, kind=kind, trace="\n".join(line.text for line in filled))
    telling = max(filled, key=lambda line: severity(line.mark))
    if severity(telling.mark) < WRAPPER:
        telling = filled[-1]
    trace = "\n".join(line.text for line in filled)
    return failure_from(trace, message=telling.text, kind=kind, source_line=filled[0].number)


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        if _PROJECT.match(line.mark) and parser.tests:
            yield parser.finish()
            parser = _Parser()
        parser.feed(line)
    yield parser.finish()


READER = Reader("ctest-console", _sniff, reader_of("CTest", _sessions))
