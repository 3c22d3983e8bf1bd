"""What Boost.Test prints, at any log level and with any report.

Written after ``compiler_log_formatter`` and ``plain_report_formatter`` of Boost 1.50 to 1.86. The number of failures
at the end counts assertions; test cases are counted from the line at the start and from the names in the errors. A test
case that ended early ("aborted" in the report: an exception, a fatal check) is a failure like any other. On macOS a place
is ``file:line: ``, elsewhere ``file(line): ``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.ingest.case_book import CaseBook, Entry, adding_up, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals, Warn

_START = re.compile(r"^Running (?P<tests>\d{1,9}) test cases?\.\.\.$")
_PLACE = r"(?P<file>\S.*?)(?:\(|:)(?P<line>\d{1,9})\)?: "
_ERROR = re.compile(
    rf"^{_PLACE}(?P<what>(?:fatal )?error:? in|error|fatal error)(?: in)? \"(?P<name>[^\"]+)\": (?P<text>.*)$"
)
_ENTER = re.compile(rf"^{_PLACE}Entering test (?P<what>case|suite|module) \"(?P<name>[^\"]+)\"")
_LEAVE = re.compile(
    r"^(?:.*[\d)]: )?Leaving test (?P<what>case|suite) \"(?P<name>[^\"]+)\"(?:; testing time: (?P<time>\S+))?"
)
_SKIP = re.compile(
    r"^(?:.*[\d)]: )?Test (?:case|unit) \"?(?P<name>[^\"]+?)\"? is skipped because (?P<why>.*)$"
)
_END = re.compile(
    r"^\*{3} (?:(?P<none>No errors detected)|(?P<failures>\d{1,9}) failures? (?:is|are|was|were)? ?detected(?: \((?P<expected>\d{1,9}) failures? (?:is|are) expected\))?)"
)
_BROKEN = re.compile(
    r"^(?:\*{3} (?:Errors were detected in the |The )test (?:module|suite) \".*; see standard output for details|Test setup error: .*)$"
)
"""What it says where it counts no assertion that failed, or could not begin."""
_REPORT = re.compile(
    r"^ {2}(?P<number>\d{1,9}) test cases? out of (?P<of>\d{1,9}) (?P<what>passed|failed|skipped|aborted|passed with warnings)$"
)
_REPORT_CASE = re.compile(r"^ {2,}Test case \"(?P<name>[^\"]+)\" has passed with")
_TEST = re.compile(r"^Test (?:module|suite) \"[^\"]*\" (?:has|was) (?:passed|failed|aborted)")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_END.match(line) or _TEST.match(line) or _BROKEN.match(line) for line in lines):
        return 73
    return 70 if any(map(_START.match, lines)) and any(map(_ERROR.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    tests: int | None = None
    suites: list[str] = field(default_factory=list)
    report: dict[str, int] = field(default_factory=dict)
    last: Entry | None = None
    expected: int = 0
    broken: Line | None = None
    """The line that says that something failed."""

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _START.match(mark):
            self.tests = int(match["tests"])
        elif match := _ERROR.match(mark):
            entry = self._entry(match["name"])
            entry.outcome, entry.status, self.last = Outcome.FAILED, line, entry
            known = match["file"] != "unknown location"
            entry.failures.append(
                Failure(
                    match["text"],
                    kind="error"
                    if not known or ("fatal error: in" in mark and "signal" in mark)
                    else "failure",
                    trace=line.text.strip(),
                    file=match["file"] if known else None,
                    line=int(match["line"]) if known else None,
                    source_line=line.number,
                )
            )
        elif match := _ENTER.match(mark):
            if match["what"] == "suite":
                self.suites.append(match["name"])
            elif match["what"] == "case":
                entry = self._entry("/".join([*self.suites, match["name"]]))
                entry.status, entry.file, entry.line = entry.status or line, match["file"], int(match["line"])
        elif match := _LEAVE.match(mark):
            if match["what"] == "suite":
                self.suites = self.suites[:-1]
            else:
                entry = self._entry("/".join([*self.suites, match["name"]]))
                entry.outcome = entry.outcome or Outcome.PASSED
                entry.seconds = spoken_seconds(match["time"])
        elif match := _SKIP.match(mark):
            entry = self._entry(match["name"])
            entry.outcome, entry.status = Outcome.SKIPPED, line
            entry.properties.append(("reason", match["why"]))
        elif match := _END.match(mark):
            self.session.closed = True
            self.expected = int(match["expected"] or 0)
            if int(match["failures"] or 0) > self.expected:
                self.broken = self.broken or line
        elif _BROKEN.match(mark):
            self.session.closed, self.broken = True, self.broken or line
        elif _TEST.match(mark):
            self.session.closed = True
        elif (match := _REPORT.match(mark)) and match["what"] not in self.report:
            self.report[match["what"]] = int(match["number"])
            self.report.setdefault("of", int(match["of"]))
        elif match := _REPORT_CASE.match(mark):
            entry = self._entry(match["name"])
            entry.outcome = Outcome.XFAILED if entry.failures else Outcome.PASSED

    def _entry(self, path: str) -> Entry:
        suite, _, name = path.rpartition("/")
        return self.book.entry(name, suite)

    def finish(self) -> Session:
        session = self.session
        session.cases = self.book.results()
        counted = Totals.of(session.cases)
        if self.report:
            tests, failed, skipped = (self.report.get(key, 0) for key in ("of", "failed", "skipped"))
            session.stated = Totals(tests, max(0, tests - failed - skipped), failed, 0, skipped)
        elif self.tests is not None and (session.closed or counted.red):
            # Disabled tests are in none of the counts, and named at a high log level only.
            tests = self.tests + counted.skipped
            bad = counted.failed
            session.stated = Totals(tests, max(0, self.tests - bad), bad, 0, counted.skipped)
            if self.expected and bad:
                text = f"{self.expected} of the failed assertions are expected; the output does not say of which test"
                session.warnings.append(Warn(text))
        if session.stated is not None:
            session.stated = adding_up(session.stated)
        if self.broken is not None:
            session.tell_red(self.broken)
        return session


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        if _START.match(line.mark) and (parser.tests is not None or parser.session.closed):
            yield parser.finish()
            parser = _Parser()
        parser.feed(line)
    yield parser.finish()


READER = Reader("boost-test-console", _sniff, reader_of("Boost.Test", _sessions))
