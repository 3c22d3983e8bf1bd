"""The output of ``go test`` as a session: what its console reader and its JSON reader have in common.

Written after the ``testing`` package and ``cmd/go`` of Go 1.0 to 1.25. The suite of a test is its package; a parent
of subtests is a test of its own, as Go counts it. Without ``-v`` tests that passed are not named.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce

from triage.ingest.console import Line, Session, bare_failure, indent_of
from triage.ingest.logs.severity import severity
from triage.ingest.runners.go_text import (
    COMPILER,
    CRASH,
    RACE,
    build_failure,
    crash_failure,
    gocheck_failure,
    log_failure,
    race_failure,
)
from triage.ingest.runners.junit_tries import joined
from triage.model import CaseResult, Failure, Outcome, Warn

# Go 1.0 to 1.2 say "seconds"; benchmarks have no time, nor has a log in which somebody hid it.
RESULT = re.compile(
    r"^(?P<indent> *)--- (?P<status>PASS|FAIL|SKIP): (?=(?:Benchmark|Test|Example|Fuzz)\S*$|.*\)$)(?P<name>\S+)(?: \((?P<seconds>\d+\.\d+)(?:s| seconds)\))?$"
)
_GLUED = re.compile(
    r"^(?P<before>\S.*?)(?P<result>--- (?:PASS|FAIL|SKIP): (?:Test|Example|Fuzz|Benchmark)\S* \(\d+\.\d+(?:s| seconds)\))$"
)
_STARTED = re.compile(r"^=== (?P<what>RUN|CONT|NAME|PAUSE) +(?P<name>\S.*)$")
PACKAGE = re.compile(
    r"^(?P<status>ok|FAIL|\?)(?: *\t| {4,6})(?P<name>\S+)\s+(?:[\d.]+s\b|\(cached\)|\[(?P<why>[\w ]+)\])"
)
BUILD = re.compile(r"^# (?P<name>[\w./~-]+)(?: \[[\w./~-]+\])?$")
_BENCHMARK_BEGINS = re.compile(r"^Benchmark(?:[A-Z_]\w*)?(?:/\S*)?$")
_BENCHMARK = re.compile(r"^(?P<name>Benchmark\S*?)(?:-\d+)?\s+\d+\s+[\d.e+]+ ns/op\b")
_EXIT = re.compile(r"^(?:exit status \d+|signal: \S.*)$")
_SAYS_NOTHING = re.compile(r"^(?:exit status \d+|signal: \S.*|coverage: .*|[$+] .*)$")
"""Of why a package failed: how it ended, and the command of the shell above."""
_TOOL = re.compile(r"^go: (?!downloading |finding |extracting |found |upgraded |added )\S")
"""What kept go itself from building a package."""
_RUNNING = re.compile(r"^\t(?P<name>\S+) \([\d.hmsµn]+\)$")

OUTCOMES = {"PASS": Outcome.PASSED, "FAIL": Outcome.FAILED, "SKIP": Outcome.SKIPPED}
_AT_MARGIN = re.compile(r"\\?[\w./\\-]{1,200}_test\.go:\d{1,7}: \S")
"""What a test logged, where the margin in front of it is lost."""
_RACE_RULE = "=" * 18
_LOOSE_LINES = 50


@dataclass
class _Test:
    outcome: Outcome | None = None
    """None as long as it runs."""
    seconds: float | None = None
    depth: int = 0
    """Indentation of its result line."""
    result: Line | None = None
    lines: list[Line] = field(default_factory=list)
    crash: Failure | None = None

    def failure(self) -> Failure | None:
        """Why it failed, if it said so."""
        lines = [line for line in self.lines if line.text.strip()]
        return self.crash or (log_failure(lines) if lines else None)


@dataclass
class GoParser:
    """Lines of one ``go test`` in, a session out."""

    session: Session = field(default_factory=Session)
    tests: dict[str, _Test] = field(default_factory=dict)
    """Of the package whose closing line is not there yet."""
    before: list[tuple[str, _Test]] = field(default_factory=list)
    """Those that had ended when they were started again, as ``-count`` does."""
    current: str = ""
    streaming: bool = False
    """Whether output belongs to the test that was started last (``-v``), not to the result line above it."""
    crash: list[Line] = field(default_factory=list)
    build: dict[str, list[Line]] = field(default_factory=dict)
    """What the compiler said, by package."""
    compiling: str = ""
    unbuilt: bool = False
    """Whether an event says that what it compiles did not build."""
    loose: deque[Line] = field(default_factory=lambda: deque(maxlen=_LOOSE_LINES))
    """Output outside any test."""
    race: list[Line] = field(default_factory=list)
    """The report of a data race that no test has owned yet."""
    verbose: bool = False
    ended: bool = False
    summed: bool = False
    """Whether the closing line of the package was the last word."""

    def feed(self, line: Line) -> None:
        """Take one line of output."""
        mark = line.mark
        if match := PACKAGE.match(mark):
            self._end_package(match, line)
        elif CRASH.match(mark) or (self.crash and not (_STARTED.match(mark) or RESULT.match(mark))):
            self.crash.append(line)
        elif self.crash:
            # Tests went on, so it was only printed.
            printed, self.crash = self.crash, []
            for crash_line in printed:
                self._output(crash_line)
            self.feed(line)
        elif match := _STARTED.match(mark):
            self.verbose, self.streaming, self.compiling = True, True, ""
            self.ended = self.summed = False
            self.current = "" if match["what"] == "PAUSE" else match["name"]
            if match["what"] == "RUN":
                self._begin(self.current)
            elif self.current:
                self.tests.setdefault(self.current, _Test())
        elif match := RESULT.match(mark):
            self._result(match, line)
        elif _BENCHMARK_BEGINS.match(mark):
            self.start(mark)
            self.current, self.streaming, self.compiling = mark, True, ""
        elif "--- " in mark and (match := _GLUED.match(mark)):
            # A test printed something without a line end.
            self._result_behind(match, line.number)
        elif match := BUILD.match(mark):
            self.compiling, self.current = match["name"], ""
            self.build.setdefault(self.compiling, []).append(line)
        elif self.compiling:
            self.build[self.compiling].append(line)
        elif mark in ("PASS", "FAIL"):
            self.current, self.ended = "", True
        else:
            self._output(line)

    def _result(self, match: re.Match[str], line: Line) -> None:
        test = self.tests.setdefault(match["name"], _Test())
        test.outcome = OUTCOMES[match["status"]]
        test.seconds = float(match["seconds"]) if match["seconds"] else None
        test.depth, test.result = len(match["indent"]), line
        if test.outcome is Outcome.FAILED:
            test.lines, self.race = [*self.race, *test.lines], []
            test.crash = test.crash or gocheck_failure([*self.loose, *test.lines])
        self.current, self.streaming, self.compiling = match["name"], False, ""
        self.ended = self.summed = False

    def _result_behind(self, glued: re.Match[str], number: int) -> None:
        match = RESULT.match(glued["result"])
        assert match is not None
        self.tests.setdefault(match["name"], _Test()).lines.append(Line(number, glued["before"]))
        self._result(match, Line(number, glued["result"]))

    def start(self, name: str) -> None:
        """A test began."""
        self._begin(name)
        self.ended = self.summed = False

    def _begin(self, name: str) -> None:
        test = self.tests.setdefault(name, _Test())
        if test.outcome is not None:
            self.before.append((name, test))
            self.tests[name] = _Test()

    def compile(self, name: str) -> None:
        """What follows is said of building ``name``, also where it has no heading, as of a compiler that was killed."""
        if not self.compiling:
            self.compiling, self.current = name, ""
            self.build.setdefault(name, [])

    def output_of(self, name: str) -> bool:
        """What follows is of that test, where no line of ``-v`` says so; false if there is no such test."""
        test = self.tests.get(name)
        if test is not None and test.outcome is None:
            self.current, self.streaming = name, True
        return test is not None

    def settle(self, name: str, outcome: Outcome, seconds: float | None, end: Line) -> None:
        """How a test ended where an event tells it, should its result line be lost between what it printed.

        A test that is said to have failed behind a panic is hit by it, also where the package ended first (Go 1.11).
        """
        if self.summed and name not in self.tests:
            return
        test = self.tests.setdefault(name, _Test())
        if test.outcome is None and not (self.crash and outcome is Outcome.FAILED):
            test.outcome, test.seconds, test.result = outcome, seconds, end

    def _output(self, line: Line) -> None:
        if line.mark == RACE and not self.streaming:
            # Without -v a race is reported before the result line of its test.
            self.current, self.race = "", [line]
        elif self.race and line.mark != _RACE_RULE:
            self.race.append(line)
        elif line.text.strip() and not self.streaming and not self.current.startswith("Example"):
            # Below a result line only what is indented deeper belongs to the test, or to one of its parents.
            # (Go before 1.14 indents what was logged with tabs, and writes it there even with -v.)
            indent = indent_of(line.mark.expandtabs(4))
            while (
                self.current
                and indent < self.tests[self.current].depth + 4
                and not (_AT_MARGIN.match(line.mark) and self.tests[self.current].outcome is Outcome.FAILED)
            ):
                self.current = self._parent(self.current)
        if (match := _BENCHMARK.match(line.mark)) and (test := self.tests.get(match["name"])):
            test.outcome = test.outcome or Outcome.PASSED
        if self.current:
            self.tests[self.current].lines.append(line)
        else:
            self.loose.append(line)

    def _parent(self, name: str) -> str:
        """The test that ``name`` is a subtest of; names of subtests may have slashes of their own."""
        while name := name.rpartition("/")[0]:
            if name in self.tests:
                break
        return name

    def _end_package(self, match: re.Match[str], line: Line) -> None:
        failed = match["status"] == "FAIL"
        if self.crash:
            self._end_crash(line)
        elif failed and match["why"]:
            own = [
                said for name in (match["name"], f"{match['name']}_test") for said in self.build.pop(name, [])
            ]
            self.session.failures.append(build_failure([*own, line]))
        elif failed:
            reason = self._reason(line)
            unfinished = [test for test in self.tests.values() if test.outcome is None]
            for test in unfinished:
                test.crash = reason
            if not unfinished and not self._any_failed:
                self.session.failures.append(self._race() or reason)
        self._flush(match["name"], passed=match["status"] == "ok")
        self.ended = self.summed = True

    @property
    def _any_failed(self) -> bool:
        ran = (*(test for _, test in self.before), *self.tests.values())
        return any(test.outcome is Outcome.FAILED for test in ran)

    def _race(self) -> Failure | None:
        """The first data race that no test failed of: found between two of them, or (up to Go 1.7) behind a test."""
        for lines in (self.race, *(test.lines for test in self.tests.values())):
            at = next((i for i, line in enumerate(lines) if line.mark == RACE), None)
            if at is not None:
                end = next(
                    (i for i in range(at, len(lines)) if lines[i].mark == _RACE_RULE),
                    min(len(lines), at + _LOOSE_LINES),
                )
                return race_failure(lines[at:end])
        return None

    def _reason(self, end: Line) -> Failure:
        """Why a package failed of which no test did: a broken ``TestMain``, an ``os.Exit``, a signal."""
        lines = [line for line in (*self.loose, end) if line.text.strip()]
        said = [line for line in lines[:-1] if not _SAYS_NOTHING.match(line.mark)]
        telling = max(
            reversed(said or lines), key=lambda line: (severity(line.mark), bool(_EXIT.match(line.mark)))
        )
        trace = "\n".join(line.text for line in lines)
        return Failure(
            telling.text.replace("\t", " ").strip(), kind="error", trace=trace, source_line=lines[0].number
        )

    def _end_crash(self, end: Line | None) -> None:
        """A panic ends the whole binary: the tests that were running then are the ones it hit."""
        failure = crash_failure([*self.crash, *([end] if end else [])])
        for line in self.crash[:200]:
            if match := _RUNNING.match(line.mark):
                self.tests.setdefault(match["name"], _Test())
        hit = [test for test in self.tests.values() if test.outcome is None]
        if self.current and self.tests[self.current].outcome is Outcome.FAILED:
            hit.append(self.tests[self.current])
        for test in hit:
            test.crash = failure
        if not hit:
            package = end.text.rpartition("\t")[0].replace("\t", " ") if end else ""
            message = f"{failure.message}\n{package}".strip()
            self.session.failures.append(replace(failure, message=message))
        self.crash = []

    def _flush(self, package: str, *, passed: bool = False) -> None:
        ran = [*self.before, *self.tests.items()]
        failed = [name for name, test in ran if not passed and test.outcome in (Outcome.FAILED, None)]
        parents = {self._parent(name) for name in failed}
        cases = []
        for name, test in ran:
            # A package that is well has no test that failed, whatever became of the line that says so.
            outcome = test.outcome or (Outcome.PASSED if passed else self._of_parent(name))
            failure = test.failure() if outcome is Outcome.FAILED else None
            if outcome is Outcome.FAILED and failure is None and name not in parents and test.result:
                failure = bare_failure(test.result)
            reason = "\n".join(line.text.strip() for line in test.lines).strip()
            cases.append(
                CaseResult(
                    name,
                    outcome,
                    package,
                    duration=test.seconds,
                    failures=(failure,) if failure else (),
                    properties=(("reason", reason),) if reason and outcome is Outcome.SKIPPED else (),
                )
            )
        self.session.cases += _once(cases) if self.before else cases
        self.tests, self.before, self.current = {}, [], ""
        self.streaming, self.compiling = False, ""
        self.loose.clear()

    def _of_parent(self, name: str) -> Outcome:
        """How a test ended that does not say so: a test that passed has no subtest that failed."""
        while name := self._parent(name):
            if self.tests[name].outcome is Outcome.PASSED:
                return Outcome.PASSED
        return Outcome.FAILED

    def finish(self, last: int) -> Session:
        """What was told; ``last`` is the number of the last line there was."""
        running = [name for name, test in self.tests.items() if test.outcome is None]
        self.session.closed = self.ended and not running and not self.crash
        if self.crash:
            self._end_crash(None)
        else:
            if running:
                self.session.warnings.append(Warn(f"the output ends while {running[-1]} was running", last))
            for name in running:
                del self.tests[name]
        self._flush("")
        for lines in self.build.values():
            if (self.unbuilt and lines) or any(
                COMPILER.match(line.mark) or _TOOL.match(line.mark) for line in lines
            ):
                self.session.failures.append(build_failure(lines))
        if self.session.closed and not self.verbose:
            self.session.warnings.append(Warn("tests that passed are not named without -v, and not counted"))
        return self.session


def _once(cases: Iterable[CaseResult]) -> list[CaseResult]:
    """Each test once that was asked to run several times: it failed if any of its runs did."""
    runs: dict[str, list[CaseResult]] = {}
    for case in cases:
        runs.setdefault(case.name, []).append(case)
    return [_worst(several) for several in runs.values()]


def _worst(several: list[CaseResult]) -> CaseResult:
    red = [case for case in several if case.outcome.is_red]
    if red:
        return replace(reduce(joined, several), outcome=red[0].outcome)
    return next((case for case in several if case.outcome is Outcome.PASSED), several[-1])
