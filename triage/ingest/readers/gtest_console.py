"""What Google Test prints: plain, parametrized and typed tests, skipped ones, a death in the middle, several programs.

Written after ``PrettyUnitTestResultPrinter`` of GoogleTest 1.8 to 1.18 (older ones say "test case" for a suite); and what CMocka prints in its manner.
Disabled tests are not run and not counted, as in its own totals. A test that never ended is an error: the process
died in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry
from triage.ingest.console import Line, Session, reader_of, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.gtest_text import PLACE, failures_in
from triage.model import Failure, Outcome, Totals

_START = re.compile(
    r"^\[={10}\] (?:(?:\S.*: )?Running (?P<cmocka>\d{1,9}) test\(s\)\.|Running (?P<tests>\d{1,9}) tests? from \d+ test (?:suite|case)s?\.)$"
)
_END = re.compile(
    r"^\[={10}\] (?:(?:\S.*: )?(?P<cmocka>\d{1,9}) test\(s\) run\.|\d{1,9} tests? from \d+ test (?:suite|case)s? ran\.(?: \((?P<ms>\d+) ms total\))?)$"
)
_RUN = re.compile(r"^\[ RUN {6}\] (?P<name>\S.*)$")
_RESULT = re.compile(
    r"^(?P<before>.*?)\[ {1,7}(?P<status>OK|FAILED|SKIPPED|ERROR) {1,3}\] (?P<name>[^\s,(:]+?)(?P<with>, where .*?)?(?: \((?P<ms>\d+) ms\))?$"
)
_SPACED = re.compile(
    r"^(?P<before>.*?)\[ {1,7}(?P<status>OK|FAILED|SKIPPED|ERROR) {1,3}\] (?P<name>\S.*?)(?P<with>)(?: \((?P<ms>\d+) ms\))?$"
)
"""The same of a name that holds what ends one in Google Test: CMocka's may be sentences."""
_SUITE_BROKE = re.compile(
    r"^\[ {2}FAILED {2}\] (?P<name>\S+): SetUpTest(?:Suite|Case) or TearDownTest(?:Suite|Case)$"
)
_SHARED = re.compile(
    r"^\[-{10}\] (?P<where>Global test environment (?:set-up|tear-down)|\d+ tests? from (?P<suite>[^\s,]+))"
)
_SENTENCE = re.compile(r"[\s,(:]")
_GROUP_BROKE = re.compile(r"^\[ {2}FAILED {2}\] (?P<name>GROUP (?:SETUP|TEARDOWN))$")
_REPEAT = re.compile(r"^Repeating all tests \(iteration \d+\)")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_START.match(line) or _END.match(line) for line in lines):
        return 73
    return 60 if any(line.startswith("[ RUN      ] ") for line in lines) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    running: Entry | None = None
    lines: list[Line] = field(default_factory=list)
    """Output of the running test, or of the suite around it."""
    where: str = ""
    """The suite, or the environment, that is set up or torn down."""
    broke: set[str] = field(default_factory=set)
    stated: int | None = None
    ended: bool = False

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _START.match(mark):
            self.stated, self.ended = int(match["tests"] or match["cmocka"]), False
            self.where, self.lines = "", self.lines if self.running else []
        elif match := _RUN.match(mark):
            self._around()
            self._abandon()
            suite, _, name = match["name"].strip().partition(".")
            self.running, self.lines = self.book.entry(name or suite, suite if name else ""), []
            self.running.status = line
        elif self.running is not None and (match := self._result_in(mark)):
            self._result(match, line)
        elif match := _END.match(mark):
            self._around()
            self._abandon()
            self.ended = True
            # CMocka runs no test of a group whose set-up failed.
            self.stated = int(match["cmocka"]) if match["cmocka"] else self.stated
            self.session.duration = seconds(match["ms"], "ms")
            self.session.closed = True
        elif self.ended and (match := _SUITE_BROKE.match(mark)):
            if match["name"] not in self.broke:
                self._suite_broke(match["name"], line)
        elif self.running is None and not self.ended and (match := _GROUP_BROKE.match(mark)):
            said = [known for known in self.lines if known.text.strip()]
            why = failures_in(said)[0].message if said else ""
            self._suite_broke(match["name"], line, why)
            self.lines = []
        elif self.running is None and not self.ended and (match := _SHARED.match(mark)):
            self._around()
            self.where = match["suite"] or match["where"]
        elif not self.ended and len(self.lines) < MAX_BLOCK:
            self.lines.append(line)

    def _result_in(self, mark: str) -> re.Match[str] | None:
        assert self.running is not None
        return (_SPACED if _SENTENCE.search(self.running.name) else _RESULT).match(mark)

    def _result(self, match: re.Match[str], line: Line) -> None:
        assert self.running is not None
        entry, lines = self.running, self.lines
        if match["name"] != f"{entry.suite}.{entry.name}" and match["name"] != entry.name:
            lines.append(line)
            return
        if match["before"].strip():
            lines.append(Line(line.number, match["before"]))
        status = match["status"].strip()
        outcome = {
            "OK": Outcome.PASSED,
            "FAILED": Outcome.FAILED,
            "SKIPPED": Outcome.SKIPPED,
            "ERROR": Outcome.ERROR,
        }[status]
        # Repeats are no retries: what failed once has failed.
        if entry.outcome is None or not entry.outcome.is_red:
            entry.outcome, entry.status = outcome, line
        duration = seconds(match["ms"], "ms")
        entry.seconds = duration if entry.seconds is None else entry.seconds + (duration or 0)
        if match["with"]:
            entry.properties.append(("parameter", match["with"].partition(" = ")[2]))
        if outcome.is_red:
            entry.failures.extend(failures_in(lines))
        elif outcome is Outcome.SKIPPED:
            said = [
                known.text.strip() for known in lines if known.text.strip() and not PLACE.match(known.mark)
            ]
            entry.properties.extend([("reason", " ".join(said))] if said else [])
        self.running, self.lines = None, []

    def _abandon(self) -> None:
        """The running test was never said to have ended: the process died in it."""
        if self.running is None:
            return
        entry, self.running = self.running, None
        entry.outcome = Outcome.ERROR
        said = [line for line in self.lines if line.text.strip()]
        told = "\n".join(line.text for line in said)
        last = said[-1].text.strip() if said else ""
        status = entry.status
        entry.failures.extend(_printed(self.lines))
        message = f"the process died while {entry.suite}.{entry.name} was running"
        entry.failures.append(
            Failure(
                f"{message}: {last}" if last else message,
                kind="error",
                trace=told,
                source_line=said[0].number if said else status.number if status else None,
            )
        )
        self.lines = []

    def _around(self) -> None:
        """What failed outside of any test."""
        if self.running is not None:
            return
        red = [line for line in self.lines if PLACE.match(line.mark) and not line.mark.endswith("Skipped")]
        for failure in failures_in(self.lines) if red else ():
            if any(failure.source_line == line.number for line in red):
                said = failure.message.removeprefix("Failed\n")
                message = f"{said}\nin {self.where}" if self.where else said
                self.session.failures.append(replace(failure, message=message, kind="error"))
                self.broke.add(self.where)
        self.lines = []

    def _suite_broke(self, name: str, line: Line, why: str = "") -> None:
        text = f"{why}\nin {name}" if why else f"{name}: the set-up or tear-down of the suite failed"
        self.session.failures.append(
            Failure(text, kind="error", trace=line.text.strip(), source_line=line.number)
        )

    def finish(self) -> Session:
        self._abandon()
        self.session.cases = self.book.results()
        counted = Totals.of(self.session.cases)
        if self.ended and self.stated is not None and self.stated > counted.tests and not counted.red:
            # --gtest_brief=1 names only what failed.
            self.session.stated = Totals(self.stated, self.stated - counted.skipped, 0, 0, counted.skipped)
        elif self.ended and self.stated is not None and self.stated > counted.tests:
            rest = self.stated - counted.tests
            self.session.stated = Totals(
                self.stated, counted.passed + rest, counted.failed, counted.errors, counted.skipped
            )
        return self.session


def _printed(lines: list[Line]) -> list[Failure]:
    """The checks that had failed before the process died; what stands behind the blank line below the last is of its end."""
    places = [
        i for i, line in enumerate(lines) if PLACE.match(line.mark) and not line.mark.endswith("Skipped")
    ]
    if not places:
        return []
    end = next((i for i in range(places[-1], len(lines)) if not lines[i].text.strip()), len(lines))
    return failures_in(lines[places[0] : end])


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser, repeated = _Parser(), False
    for line in lines:
        if _REPEAT.match(line.mark):
            repeated = True
        elif _START.match(line.mark) and parser.stated is not None:
            if not repeated:
                yield parser.finish()
                parser = _Parser()
            repeated = False
        parser.feed(line)
    yield parser.finish()


READER = Reader("gtest-console", _sniff, reader_of("Google Test", _sessions))
