"""What JUnit's own text runners print (JUnit 3 and 4), and Android's ``am instrument``, which took it over.

Written after ``TextListener`` and ``ResultPrinter`` of JUnit 3.8 to 4.13 and AndroidX' ``InstrumentationResultPrinter``.
Ignored tests are in none of its counts; tests that passed are dots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_OK = re.compile(r"^OK \((?P<tests>\d{1,9}) tests?\)$")
_RED = re.compile(
    r"^Tests run: (?P<tests>\d{1,9}),  Failures: (?P<failed>\d{1,9})(?:,  Errors: (?P<errors>\d{1,9}))?$"
)
_TIME = re.compile(r"^Time: (?P<time>[\d.,]+)$")
_SECTION = re.compile(r"^There (?:was|were) \d+ (?P<what>failure|error)s?:$")
_ITEM = re.compile(
    r"^\d{1,6}\) (?P<name>\S.*?)(?:\((?P<suite>[\w.$]+)\))?(?P<rest>[\w.$]+(?:Error|Exception|Failure)\b.*)?$"
)
_INSTRUMENT = re.compile(r"^(?P<what>Error|Failure) in (?P<name>\S.*?)(?:\((?P<suite>[\w.$]+)\))?:$")
_INSTRUMENT_BROKE = re.compile(
    r"^INSTRUMENTATION_(?:RESULT: shortMsg|RESULT: longMsg|FAILED|ABORTED)[=:] ?(?P<why>\S.*)$"
)
_END = re.compile(r"^(?:FAILURES!!!$|INSTRUMENTATION_)")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_RED.match, lines)):
        return 72
    told = any(map(_OK.match, lines))
    junit = any(
        _TIME.match(line) or line.startswith(("JUnit version ", "INSTRUMENTATION_")) for line in lines
    )
    return 71 if told and junit else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    kind: str = "failure"
    item: tuple[str, str, str] | None = None
    """Name, suite and kind of the failure that is being read."""
    block: list[Line] = field(default_factory=list)
    status: Line | None = None

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _OK.match(mark) or _RED.match(mark):
            self._end()
            groups = match.groupdict()
            tests, failed, errors = (int(groups.get(key) or 0) for key in ("tests", "failed", "errors"))
            self.session.stated = Totals(tests, max(0, tests - failed - errors), failed, errors)
            self.session.closed = True
            return True
        if match := _TIME.match(mark):
            self.session.duration = seconds(match["time"].replace(",", ""))
        elif match := _SECTION.match(mark):
            self._end()
            self.kind = match["what"]
        elif match := _ITEM.match(mark) or _INSTRUMENT.match(mark):
            self._end()
            # The instrumentation says "Error in" of every failure: its word tells nothing.
            self.item = (match["name"], match["suite"] or "", self.kind)
            self.status, self.block = line, []
            if rest := match.groupdict().get("rest"):
                self.block.append(Line(line.number, rest))
        elif match := _INSTRUMENT_BROKE.match(mark):
            self._end()
            self.session.failures.append(
                Failure(match["why"], kind="error", trace=mark, source_line=line.number)
            )
        elif self.item is not None:
            if _END.match(mark):
                self._end()
            elif len(self.block) < MAX_BLOCK:
                self.block.append(line)
        return False

    def _end(self) -> None:
        item, self.item = self.item, None
        if item is None or self.status is None:
            return
        name, suite, kind = item
        outcome = Outcome.ERROR if kind == "error" else Outcome.FAILED
        entry = self.book.entry(name, suite)
        if entry.outcome is not None:
            # Another row of a parametrized test without names of their own.
            entry = self.book.entry(f"{name} #{self.status.number}", suite)
        entry.outcome, entry.status = outcome, self.status
        if any(line.text.strip() for line in self.block):
            entry.failures.append(failure_of(self.block, kind=kind))

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("junit-text-console", _sniff, reader_of("JUnit", run_after_run(_Parser)))
