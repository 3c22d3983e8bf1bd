"""What sbt and Bloop print of tests: ScalaTest, specs2, munit, ZIO Test, utest, weaver and the JUnit interface, one project
or several; ScalaTest alone.

Written after sbt's ``TestResultLogger``, ScalaTest's ``StringReporter``, munit's ``JUnitReporter``, specs2's text printer.
sbt's own totals of each project stand, or Bloop's, else those of the test framework. What is ignored, pending or canceled is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.sbt_text import (
    COMPILER,
    LEVEL,
    SCALA3,
    class_and_name,
    compiler_failure,
    failure_of,
)
from triage.model import Failure, Outcome, Totals

_SBT = re.compile(
    r"^(?P<how>Passed|Failed|Error): Total (?P<tests>\d{1,9}), Failed (?P<failed>\d{1,9}), Errors (?P<errors>\d{1,9}), Passed (?P<passed>\d{1,9})(?P<rest>(?:, \w+ \d{1,9})*)$"
)
_REST = re.compile(r", (Skipped|Ignored|Canceled|Pending) (\d{1,9})")
_SCALATEST = re.compile(
    r"^Tests: succeeded (?P<passed>\d{1,9}), failed (?P<failed>\d{1,9}), canceled (?P<canceled>\d{1,9})(?:, ignored (?P<ignored>\d{1,9}))?, pending (?P<pending>\d{1,9})$"
)
_SUITES = re.compile(r"^Suites: completed \d+, aborted (?P<aborted>\d{1,9})$")
_SPECS2 = re.compile(
    r"^(?P<tests>\d{1,9}) examples?(?:, (?P<expectations>\d{1,9}) expectations?)?, (?P<failed>\d{1,9}) failures?, (?P<errors>\d{1,9}) errors?(?:, (?P<skipped>\d{1,9}) skipped)?(?:, (?P<pending>\d{1,9}) pending)?"
)
_ZIO = re.compile(
    r"^(?P<passed>\d{1,9}) tests? passed\. (?P<failed>\d{1,9}) tests? failed\. (?P<ignored>\d{1,9}) tests? ignored\.$"
)
_ZIO_WHY = re.compile(r"^ +(?:✗ \S|Exception in thread \"zio-fiber-)")
_UTEST = re.compile(r"^Tests: (?P<tests>\d{1,9}), Passed: (?P<passed>\d{1,9}), Failed: (?P<failed>\d{1,9})$")
_BLOOP = re.compile(r"^(?P<tests>\d{1,9}) tests?, (?P<counts>\d{1,9} [a-z]{4,10}(?:, \d{1,9} [a-z]{4,10})*)$")
_BLOOP_START = re.compile(r"^Compil(?:ing|ed) \S+ \((?:\d+ (?:Scala|Java) sources?|\d+ms)")
_ZIO_END = re.compile(r"^Executed in \d")
_BLOOP_END = re.compile(r"^={40,}$")
_TIME = re.compile(r"^(?:Run completed in (?P<time>\S.*)\.|Total time: (?P<sbt>\d+ s).*)$")
_SUITE = re.compile(r"^(?P<name>[A-Z][\w$.]*|(?:[a-z_]\w*\.)+[\w$]+)(?::(?: (?P<time>[\d.]+s))?)?$")
_SCALATEST_TEST = re.compile(
    r"^(?P<indent> *)(?:- |(?=Scenario: ))(?P<name>(?!Scenario: .* # ).+?)(?P<how> \*\*\* FAILED \*\*\*| !!! IGNORED !!!| !!! CANCELED !!!| \(pending\))?(?: \((?P<time>\d[^()]*)\))?$"
)
_ABORTED = re.compile(
    r"^(?P<name>\S.*?) \*\*\* ABORTED \*\*\*(?: \(.*\))?$|^\*\*\* ABORTED \*\*\*$|^Exception encountered when (?:invoking run on a nested suite|attempting to run a suite)\b.*$"
)
_MUNIT_FAILED = re.compile(
    r"^==> (?P<mark>X|i|s) (?P<suite>[\w.$]+)\.(?P<name>.+?)(?: +(?P<time>\d+\.\d+s))?(?: (?P<why>[\w.$]+(?:Exception|Error|Failure)\b.*))?$"
)
_MUNIT_PASSED = re.compile(r"^ {2}\+ (?P<name>\S.*?)(?: +(?P<time>\d+\.\d+s))?$")
_SPECS2_TEST = re.compile(r"^ +(?P<mark>[+x!o*]) (?P<name>\S.*?)(?: \(\d+ \w+\))?$")
_SPECS2_FLAT = re.compile(r"^(?P<mark>[+x!]) (?P<name>\S.*?)(?: \(\d+ \w+\))?$")
_UTEST_BANNER = re.compile(r"^-{20,} (?P<what>Running Tests|Failures) -{20,}$")
_UTEST_TEST = re.compile(r"^(?P<mark>[X+]) (?P<name>\S.*?) (?P<time>\d+m?s)(?: {1,2}.*)?$")
_UTEST_OLD = re.compile(r"^ *(?P<name>\S+)(?: {2}|\t)\s*(?:Success|Failure\((?P<why>.*?)\)?)$")
_UTEST_COUNT = re.compile(r"^(?P<key>Tests|Passed|Failed): (?P<number>\d{1,9})$")
_LIST = re.compile(r"^(?P<what>Failed tests|Error during tests|Errored tests):$")
_LISTED = re.compile(r"^\s+\S")
_JUNIT = re.compile(
    r"^Test (?P<suite>[\w.$]+)\.(?P<name>\S+) (?P<how>failed|ignored|skipped)(?:: (?P<why>.*?))?(?:, took (?P<time>[\d.]+)(?: sec|s))?$"
)
_FINISHED = re.compile(
    r"^(?:Test run |Run starting|Run completed|Discovery (?:starting|completed)|Total number of tests run|Total for specification|Finished in|Passed tests:|Failed tests:|Error(?:ed)? tests:|\*\*\* )"
)
_TASK = re.compile(r"^\((?P<task>[^()]*(?:\([^()]*\))?[^()]*)\) (?P<why>\S.*)$")
_ECHO = re.compile(r"sbt\.TestsFailedException|Tests unsuccessful|Compilation failed|^Failed tests$")


def _sniff(sample: Sample) -> int:
    lines = [LEVEL.sub("", line) for line in sample_lines(sample)]
    if any(_SBT.match(line) or _SCALATEST.match(line) for line in lines):
        return 78
    if any(map(_BLOOP.match, lines)) and any(line.startswith("Execution took ") for line in lines):
        return 78
    if any(map(_ZIO.match, lines)):
        return 76
    if any(map(_UTEST.match, lines)) and any(map(_UTEST_BANNER.match, lines)):
        return 78
    levels = any(line.startswith(("[info] ", "[error] ")) for line in sample_lines(sample))
    if levels and any(_SPECS2.match(line) or _MUNIT_FAILED.match(line) for line in lines):
        return 74
    if levels and any(map(_UTEST_COUNT.match, lines)) and any(map(_UTEST_OLD.match, lines)):
        return 72
    if levels and any(line.endswith(" *** FAILED ***") and _SCALATEST_TEST.match(line) for line in lines):
        return 72
    if any(map(_MUNIT_FAILED.match, lines)):
        return 66
    return (
        45
        if levels
        and any(
            line.startswith(("[error] (", "[success] Total time: ", "[error] Total time: "))
            for line in sample_lines(sample)
        )
        else 0
    )


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suite: str = ""
    scopes: list[tuple[int, str]] = field(default_factory=list)
    """Headings above the next test, by indentation."""
    sbt: Totals = field(default_factory=Totals)
    scalatest: Totals = field(default_factory=Totals)
    bloop: Totals = field(default_factory=Totals)
    framework: Totals = field(default_factory=Totals)
    """What specs2, ZIO Test or utest count."""
    plain: bool = False
    """Whether this is Bloop's, without levels."""
    repeating: bool = False
    """Whether failures are told again."""
    zio: bool = False
    """Whether it is ZIO Test that tells them again."""
    last: Entry | None = None
    """The test of the last line, where that began with a dash."""
    block: tuple[Entry | None, list[Line], int] | None = None
    """The failed test (none for a suite that aborted), what is told of it, its indentation."""
    compiler: list[list[Line]] = field(default_factory=list)
    tasks: list[Line] = field(default_factory=list)
    banner: bool = False
    """Whether utest runs, whose lines have no level."""
    utest: dict[str, int] = field(default_factory=dict)
    """Counts that the first versions of utest put on a line each."""
    listing: str = ""
    listed: list[tuple[str, Line]] = field(default_factory=list)
    """Classes that sbt lists as red at its end, below which heading."""

    def feed(self, line: Line) -> None:
        mark = line.mark
        match = LEVEL.match(mark)
        level, text = (match["level"], mark[match.end() :]) if match else ("", mark)
        if _BLOOP_START.match(text):
            self.plain = True
        level = level or ("info" if self.plain else "")
        if banner := _UTEST_BANNER.match(text):
            self._end()
            self.banner, self.repeating = True, banner["what"] == "Failures"
        elif self._totals(text):
            self._end()
        elif _BLOOP_END.match(text) and self.bloop.tests:
            self._end()
            self.repeating = not self.repeating
        elif self.repeating or self._test(level, text, line):
            pass
        elif self.block is not None and text.strip() and self._inside(text):
            if len(self.block[1]) < MAX_BLOCK:
                self.block[1].append(Line(line.number, text))
        else:
            self._end()
            self._other(level, text, line)

    def _inside(self, text: str) -> bool:
        assert self.block is not None
        indent = len(text) - len(text.lstrip())
        return not _FINISHED.match(text) and (
            indent > self.block[2] or text.startswith(("at ", "\tat ", "==>")) or not self.block[1]
        )

    def _totals(self, text: str) -> bool:
        if match := _SBT.match(text):
            tests, failed, errors, passed = (
                int(match[key]) for key in ("tests", "failed", "errors", "passed")
            )
            rest = {key: int(number) for key, number in _REST.findall(match["rest"])}
            left_out = rest.get("Ignored", 0) + rest.get("Pending", 0) + rest.get("Canceled", 0)
            skipped = left_out + rest.get("Skipped", 0)
            self.sbt += Totals(passed + failed + errors + skipped, passed, failed, errors, skipped)
            self.session.closed, self.repeating = True, False
        elif match := _SCALATEST.match(text):
            passed, failed = int(match["passed"]), int(match["failed"])
            skipped = sum(int(match[key] or 0) for key in ("canceled", "ignored", "pending"))
            self.scalatest += Totals(passed + failed + skipped, passed, failed, 0, skipped)
            self.session.closed = True
        elif match := _SPECS2.match(text):
            tests, failed, errors = (int(match[key]) for key in ("tests", "failed", "errors"))
            skipped = int(match["skipped"] or 0) + int(match["pending"] or 0)
            self.framework += Totals(
                tests, max(0, tests - failed - errors - skipped), failed, errors, skipped
            )
            self.session.closed = True
        elif match := _ZIO.match(text):
            passed, failed, skipped = (int(match[key]) for key in ("passed", "failed", "ignored"))
            self.framework += Totals(passed + failed + skipped, passed, failed, 0, skipped)
            self.session.closed = self.repeating = self.zio = True
        elif self.zio and _ZIO_END.match(text):
            self.repeating = self.zio = False
        elif match := _UTEST.match(text):
            self.framework += Totals(*(int(match[key]) for key in ("tests", "passed", "failed")))
            self.session.closed, self.repeating, self.banner = True, False, False
        elif match := _UTEST_COUNT.match(text):
            self.utest[match["key"]] = int(match["number"])
            if len(self.utest) == 3:
                self.framework += Totals(*(self.utest.pop(key) for key in ("Tests", "Passed", "Failed")))
                self.session.closed = True
        elif match := _BLOOP.match(text):
            self.bloop += _bloop_totals(match)
            # What ZIO Test tells again comes from another stream, and goes on behind it.
            self.session.closed, self.repeating = True, self.repeating and self.zio
        elif match := _TIME.match(text):
            self.session.duration = spoken_seconds(match["time"] or match["sbt"])
            self.session.closed = self.session.closed or bool(match["sbt"])
        else:
            return False
        return True

    def _test(self, level: str, text: str, line: Line) -> bool:
        if self.last is not None and _ZIO_WHY.match(text):
            # A dash is ZIO Test's mark of a test that failed.
            self.last.outcome = Outcome.FAILED
            self.block = (self.last, [Line(line.number, text)], 0)
            self.last = None
            return True
        if match := _ABORTED.match(text):
            self._end()
            if match["name"] or text.startswith("***") or self.block is None:
                self.block = (None, [Line(line.number, text)], 0)
            return True
        if match := _MUNIT_FAILED.match(text):
            outcome = Outcome.FAILED if match["mark"] == "X" else Outcome.SKIPPED
            self._settle(
                match["name"].removesuffix(" ignored"),
                match["suite"],
                outcome,
                line,
                spoken_seconds(match["time"]),
                match["why"],
            )
        elif match := _JUNIT.match(text):
            outcome = Outcome.FAILED if match["how"] == "failed" else Outcome.SKIPPED
            duration = float(match["time"]) if match["time"] and match["time"].count(".") < 2 else None
            self._settle(match["name"], match["suite"], outcome, line, duration, match["why"])
        elif (match := _SCALATEST_TEST.match(text)) and (level or match["how"] or self.suite):
            how = (match["how"] or "").strip()
            outcome = Outcome.FAILED if "FAILED" in how else Outcome.SKIPPED if how else Outcome.PASSED
            indent = len(match["indent"])
            path = " ".join(name for depth, name in self.scopes if depth <= indent)
            name = f"{path} {match['name']}".strip()
            self._settle(name, self.suite, outcome, line, spoken_seconds(match["time"]), None, indent)
            self.last = self.book.entry(name, self.suite)
            return True
        elif self.suite and (match := _MUNIT_PASSED.match(text)) and match["time"]:
            self._settle(match["name"], self.suite, Outcome.PASSED, line, spoken_seconds(match["time"]), None)
        elif (level or self.banner) and (match := _UTEST_TEST.match(text)):
            suite, name = class_and_name(match["name"])
            outcome = Outcome.FAILED if match["mark"] == "X" else Outcome.PASSED
            self._settle(name, suite or self.suite, outcome, line, spoken_seconds(match["time"]), None, 0)
        elif level and (match := _UTEST_OLD.match(text)) and match["why"]:
            self._settle(match["name"], self.suite, Outcome.FAILED, line, None, match["why"])
        elif level and (
            match := _SPECS2_TEST.match(text) or (_SPECS2_FLAT.match(text) if self.suite else None)
        ):
            outcome = {"+": Outcome.PASSED, "x": Outcome.FAILED, "!": Outcome.ERROR}.get(
                match["mark"], Outcome.SKIPPED
            )
            indent = len(text) - len(text.lstrip())
            self._settle(
                match["name"], self.suite, outcome, line, None, None, 0 if outcome.is_red else indent
            )
        else:
            return False
        self.last = None
        return True

    def _settle(
        self,
        name: str,
        suite: str,
        outcome: Outcome,
        line: Line,
        duration: float | None,
        why: str | None,
        indent: int = -1,
    ) -> None:
        self._end()
        entry = self.book.settle(name, suite, outcome, line, duration)
        if outcome.is_red:
            self.block = (entry, [Line(line.number, why)] if why else [], indent)

    def _other(self, level: str, text: str, line: Line) -> None:
        if level == "error" and (match := _LIST.match(text)):
            self.listing = match["what"]
        elif level == "error" and self.listing and _LISTED.match(text):
            self.listed.append((self.listing, Line(line.number, text.strip())))
        elif level == "error" and (match := _TASK.match(text)):
            self.tasks.append(line)
        elif level == "error" and (SCALA3.match(text) or ((match := COMPILER.match(text)) and match["text"])):
            self.compiler.append([line])
        elif (
            level == "error"
            and self.compiler
            and line.number == self.compiler[-1][-1].number + 1
            and len(self.compiler[-1]) < 12
        ):
            self.compiler[-1].append(line)
        elif (match := _SUITE.match(text)) and (level or text.endswith(":")):
            self.suite, self.scopes = match["name"], []
        elif (
            (level or self.suite)
            and text.strip()
            and not _FINISHED.match(text)
            and len(text) < 200
            and not text.startswith(("at ", "\t"))
        ):
            indent = len(text) - len(text.lstrip())
            self.scopes = [(depth, name) for depth, name in self.scopes if depth < indent]
            self.scopes.append((indent, text.strip().removeprefix("+ ")))

    def _end(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        entry, lines, _ = block
        filled = [line for line in lines if line.text.strip()]
        kind = "error" if entry is None or entry.outcome is Outcome.ERROR else "failure"
        if filled:
            failure = failure_of(filled, kind)
            if entry is None and len(filled) > 1:
                cause = failure_of(filled[1:], kind)
                failure = replace(
                    failure, message=f"{cause.message}\n{filled[0].text.strip()}", type=cause.type
                )
            (self.session.failures if entry is None else entry.failures).append(failure)

    def finish(self) -> Session:
        self._end()
        session = self.session
        session.cases = self.book.results()
        stated = (self.sbt, self.bloop, self.scalatest, self.framework)
        session.stated = next((totals for totals in stated if totals.tests), None)
        for block in self.compiler:
            session.failures.append(compiler_failure(block))
        told = [f"{failure.message} {failure.trace}" for failure in session.failures]
        suites = {case.suite.rpartition(".")[2] for case in session.cases if case.outcome.is_red}
        for what, line in self.listed:
            # Most frameworks say more of a class than that it is red.
            if line.text.rpartition(".")[2] not in suites and not any(line.text in text for text in told):
                message = f"{what}: {line.text}"
                session.failures.append(Failure(message, kind="error", source_line=line.number))
        red = session.totals.red > 0 or bool(session.failures)
        for line in self.tasks:
            match = _TASK.match(LEVEL.sub("", line.mark))
            if match and not (red and _ECHO.search(match["why"])):
                session.failures.append(
                    Failure(
                        f"{match['why']} ({match['task']})",
                        kind="error",
                        trace=line.text.strip(),
                        source_line=line.number,
                    )
                )
        return session


def _bloop_totals(match: re.Match[str]) -> Totals:
    pairs = (part.split(" ") for part in match["counts"].split(", "))
    found = {word: int(number) for number, word in pairs}
    tests, passed, failed = int(match["tests"]), found.get("passed", 0), found.get("failed", 0)
    errors = found.get("errors", 0) + found.get("errored", 0)
    return Totals(tests, passed, failed, errors, max(0, tests - passed - failed - errors))


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        parser.feed(line)
    yield parser.finish()


READER = Reader("sbt-console", _sniff, reader_of("sbt", _sessions))
