"""What TestNG prints, at any verbosity, one suite or several.

Written after ``TextReporter`` and ``SuiteRunner`` of TestNG 5 to 7. A configuration method that failed counts for no
test and is a failure of the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TOTAL = re.compile(
    r"^Total tests run: (?P<tests>\d{1,9})(?:, Passes: (?P<passed>\d{1,9}))?, Failures: (?P<failed>\d{1,9}), Skips: (?P<skipped>\d{1,9})(?:, Retries: (?P<retries>\d{1,9}))?$"
)
_BROKEN = re.compile(r"^Configuration Failures: (?P<failed>\d{1,9}), Skips: (?P<skipped>\d{1,9})$")
_TEST = re.compile(
    r"^(?P<status>PASSED|FAILED|SKIPPED|RETRIED|FAILED BUT WITHIN SUCCESS PERCENTAGE): (?P<name>\S.*?)(?: finished in (?P<ms>\d+) ms)?$"
)
_SETUP = re.compile(
    r"^(?P<status>FAILED|SKIPPED|PASSED) CONFIGURATION: (?P<name>\S.*?)(?: finished in (?P<ms>\d+) ms)?$"
)
_RULE = re.compile(r"^={30,}$")
_FULL = re.compile(r"^(?P<suite>(?:[a-z_]\w*\.)+[A-Z][\w$]*)\.(?P<name>\w+.*)$")
_OUTCOMES = {
    "PASSED": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "SKIPPED": Outcome.SKIPPED,
    "FAILED BUT WITHIN SUCCESS PERCENTAGE": Outcome.XFAILED,
}


def _sniff(sample: Sample) -> int:
    return 71 if any(map(_TOTAL.match, sample_lines(sample))) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    item: re.Match[str] | None = None
    setup: bool = False
    status: Line | None = None
    block: list[Line] = field(default_factory=list)
    broken: int = 0

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _TOTAL.match(mark):
            self._end()
            tests, failed, skipped = (int(match[key]) for key in ("tests", "failed", "skipped"))
            passed = int(match["passed"]) if match["passed"] else max(0, tests - failed - skipped)
            self.session.stated = Totals(tests, passed, failed, 0, skipped)
            self.session.closed = True
        elif (match := _BROKEN.match(mark)) and self.session.closed:
            self.broken = int(match["failed"])
            if self.broken and not self.session.failures:
                self.session.failures.append(Failure(mark, kind="error", trace=mark, source_line=line.number))
        elif _RULE.match(mark):
            self._end()
            return self.session.closed
        elif match := _SETUP.match(mark) or _TEST.match(mark):
            self._end()
            self.item, self.setup, self.status, self.block = match, match.re is _SETUP, line, []
        elif self.item is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _end(self) -> None:
        item, self.item = self.item, None
        if item is None or self.status is None:
            return
        told = any(line.text.strip() for line in self.block)
        if self.setup:
            if item["status"] == "FAILED":
                failure = failure_of(self.block if told else [self.status], kind="error")
                self.session.failures.append(
                    replace(failure, message=f"{failure.message}\n{item['name']}".strip())
                )
            return
        full = _FULL.match(item["name"])
        name, suite = (full["name"], full["suite"]) if full else (item["name"], "")
        if item["status"] == "RETRIED":
            entry = self.book.entry(name, suite)
            entry.attempts += 1
        else:
            entry = self.book.settle(name, suite, _OUTCOMES[item["status"]], self.status)
            entry.seconds = int(item["ms"]) / 1000 if item["ms"] and len(item["ms"]) < 12 else None
        if told and item["status"] in ("FAILED", "RETRIED", "FAILED BUT WITHIN SUCCESS PERCENTAGE"):
            entry.failures.append(failure_of(self.block))

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("testng-console", _sniff, reader_of("TestNG", run_after_run(_Parser)))
