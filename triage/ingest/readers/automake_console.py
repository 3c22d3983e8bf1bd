"""What Automake's ``make check`` prints: the parallel harness, the serial one, TAP drivers, several directories; the
results of a driver (``.trs``), which Catch2's ``automake`` reporter prints.

Written after ``check.am`` and ``test-driver`` of Automake 1.11 to 1.17. An unexpected pass makes the check fail; an
error is a test that could not do its work (exit status 99).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, adding_up
from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_RESULT = re.compile(r"^(?P<status>PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): (?P<name>\S.*)$")
_OF_DRIVER = re.compile(r"^:test-result: (?P<status>PASS|FAIL|SKIP|XFAIL|XPASS|ERROR) (?P<name>\S.*)$")
_SUITE = re.compile(r"^Testsuite summary(?: for (?P<name>.*))?$")
_COUNT = re.compile(r"^# (?P<key>TOTAL|PASS|SKIP|XFAIL|FAIL|XPASS|ERROR): +(?P<number>\d{1,9})$")
_SERIAL = re.compile(
    r"^(?:All (?P<all>\d{1,9}) tests? (?:passed|behaved as expected)|(?P<failed>\d{1,9}) of (?P<tests>\d{1,9}) tests? (?:failed|did not behave as expected))"
)
_ALL_LOGS = re.compile(r"^ {3}\S.*: (?:\S*/)?[\w.-]+\.log$")
"""The title of ``test-suite.log``, whose counts come first and whose tests that passed have no name."""
_HEADING = re.compile(r"^={3,}$")
_EXIT = re.compile(r"^(?:FAIL|ERROR|XPASS|XFAIL|SKIP|PASS) \S+ \(exit status: \d+\)$")
_OUTCOMES = {
    "PASS": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "SKIP": Outcome.SKIPPED,
    "XFAIL": Outcome.XFAILED,
    "XPASS": Outcome.FAILED,
    "ERROR": Outcome.ERROR,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    counts = {match["key"] for line in lines if (match := _COUNT.match(line))}
    if {"TOTAL", "PASS", "XPASS"} <= counts:
        return 80
    if any(map(_OF_DRIVER.match, lines)):
        return 70
    return 70 if any(map(_SERIAL.match, lines)) and any(map(_RESULT.match, lines)) else 0


@dataclass
class _Parser:
    """One directory's tests."""

    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    counts: dict[str, int] = field(default_factory=dict)
    summing_up: bool = False
    in_logs: bool = False
    """Whether the title of ``test-suite.log`` was the last heading: its counts end nothing."""
    last: Line | None = None
    """A result line, which is the heading of that test's log when a rule follows."""
    log: list[Line] | None = None
    logs: dict[str, list[Line]] = field(default_factory=dict)

    def feed(self, line: Line) -> bool:
        mark = line.mark
        last, self.last = self.last, None
        if _SUITE.match(mark):
            self.summing_up, self.in_logs, self.log = True, False, None
        elif _ALL_LOGS.match(mark):
            self.in_logs = True
        elif (match := _COUNT.match(mark)) and (self.summing_up or self.in_logs):
            self.counts[match["key"]] = int(match["number"])
            self.session.closed = True
            return match["key"] == "ERROR" and self.summing_up
        elif (match := _SERIAL.match(mark)) and not self.summing_up:
            tests, failed = int(match["all"] or match["tests"]), int(match["failed"] or 0)
            self.session.stated, self.session.closed = Totals(tests, tests - failed, failed), True
            return True
        elif match := _RESULT.match(mark):
            self.last = line
            self.book.settle(match["name"].strip(), "", _OUTCOMES[match["status"]], line)
        elif match := _OF_DRIVER.match(mark):
            self.book.settle(match["name"].strip(), "", _OUTCOMES[match["status"]], line)
            self.session.closed = True  # nothing sums up
        elif last is not None and _HEADING.match(mark) and len(mark) == len(last.mark):
            match = _RESULT.match(last.mark)
            assert match is not None
            self.log = self.logs.setdefault(match["name"].strip(), [])
        elif self.log is not None and self.in_logs and _EXIT.match(mark):
            self.session.until, self.log = line.number, None
        elif (
            self.log is not None
            and not (_EXIT.match(mark) or _HEADING.match(mark))
            and len(self.log) < MAX_BLOCK
        ):
            self.log.append(line)
        return False

    def finish(self) -> Session:
        for entry in self.book.entries.values():
            if entry.outcome is None or not entry.outcome.is_red or entry.status is None:
                continue
            log = self.logs.get(entry.name) or next(
                (lines for name, lines in self.logs.items() if entry.name.startswith(f"{name} ")), []
            )
            said = [line for line in log if line.text.strip()]
            kind = "error" if entry.outcome is Outcome.ERROR else "failure"
            unexpected = (
                "passed, though it was expected to fail"
                if entry.status.text.removeprefix(":test-result: ").startswith("XPASS")
                else ""
            )
            if said:
                entry.failures.append(
                    Failure(
                        unexpected or said[-1].text.strip(),
                        kind=kind,
                        trace="\n".join(line.text for line in said),
                        source_line=said[0].number,
                    )
                )
            elif unexpected:
                entry.failures.append(
                    Failure(unexpected, trace=entry.status.text, source_line=entry.status.number)
                )
        self.session.cases = self.book.results()
        if (tests := self.counts.get("TOTAL", 0)) > len(self.session.cases):
            get = self.counts.get
            self.session.stated = Totals(
                tests,
                get("PASS", 0),
                get("FAIL", 0) + get("XPASS", 0),
                get("ERROR", 0),
                get("SKIP", 0),
                get("XFAIL", 0),
            )
        elif self.session.stated is not None and self.session.stated.tests <= len(self.session.cases):
            self.session.stated = None
        if self.session.stated is not None:
            self.session.stated = adding_up(self.session.stated)
        return self.session


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser, ended = _Parser(), False
    for line in lines:
        # With VERBOSE the logs of a serial harness come first, so a summary ends a directory.
        if parser.feed(line):
            yield parser.finish()
            parser, ended = _Parser(), True
    rest = parser.finish()
    if ended and not rest.closed:
        # What make says after the last summary.
        rest.closed = not any(case.outcome.is_red for case in rest.cases)
    yield rest


READER = Reader("automake-console", _sniff, reader_of("make check", _sessions))
