"""What CxxTest's ErrorPrinter, ParenPrinter and StdioPrinter print: the tests that said something, and the counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import CaseBook, Entry
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import Outcome, Totals

_BEGIN = re.compile(
    r"^Running (?P<world>\S.*) tests \((?P<tests>\d{1,9}) tests?\)(?P<rest>[.s]*)(?P<end>OK!)?$"
)
_TEST = re.compile(r"^In (?P<suite>[\w:]+)::(?P<name>\w+):$")
_SAID = re.compile(
    r"^(?P<file>\S.{0,500}?)(?::(?P<line>\d{1,9})|\((?P<paren>\d{1,9})\)): (?P<kind>Error|Warning|Trace): (?P<text>\S.*)$"
)
_SKIPPED = "Test skipped"
_END = re.compile(
    r"^(?:Failed (?P<failed>\d{1,9}))?(?: and )?(?:Skipped (?P<skipped>\d{1,9}))? of (?P<tests>\d{1,9}) tests?$"
)
_RATE = re.compile(r"^Success rate: \d{1,3}%$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    ends = any(map(_END.match, lines)) and any(map(_RATE.match, lines))
    begun = any(map(_BEGIN.match, lines))
    return (
        86
        if begun and (ends or any(line.endswith("OK!") for line in lines) or any(map(_TEST.match, lines)))
        else 0
    )


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    tests: int | None = None
    entry: Entry | None = None
    skipped: int = 0

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _BEGIN.match(mark):
            self.tests = int(match["tests"])
            return self._close(bool(match["end"]))
        if match := _TEST.match(mark):
            self.entry = self.book.entry(match["name"], match["suite"])
        elif self.entry is not None and (match := _SAID.match(mark)):
            self._said(self.entry, match, line)
        elif match := _END.match(mark):
            self.tests, self.skipped = int(match["tests"]), int(match["skipped"] or 0)
            self.session.closed = True
            self.session.stated = Totals(self.tests, 0, int(match["failed"] or 0), 0, self.skipped)
        elif _RATE.match(mark):
            return self.session.closed
        elif self.tests is not None and mark.endswith("OK!") and not mark.strip(".sOK!"):
            return self._close(True)
        return False

    def _said(self, entry: Entry, match: re.Match[str], line: Line) -> None:
        text = match["text"]
        if match["kind"] == "Error":
            entry.outcome, entry.status = Outcome.FAILED, line
            failure = failure_from(line.text, message=text, source_line=line.number)
            at = int(match["line"] or match["paren"])
            entry.failures.append(replace(failure, file=match["file"], line=at))
        elif text.startswith(_SKIPPED):
            entry.outcome = Outcome.SKIPPED
            entry.properties.append(("reason", text.removeprefix(_SKIPPED).removeprefix(": ")))
        elif entry.outcome is None:
            entry.outcome = Outcome.PASSED

    def _close(self, ended: bool) -> bool:
        self.session.closed = ended
        return ended

    def finish(self) -> Session:
        cases = self.session.cases = self.book.results()
        failed = sum(case.outcome.is_red for case in cases)
        stated = self.session.stated
        if self.session.closed and self.tests is not None:
            failed = max(failed, stated.failed if stated else 0)
            passed = max(0, self.tests - failed - self.skipped)
            self.session.stated = Totals(self.tests, passed, failed, 0, self.skipped)
        return self.session


READER = Reader("cxxtest-console", _sniff, reader_of("CxxTest", run_after_run(_Parser)))
