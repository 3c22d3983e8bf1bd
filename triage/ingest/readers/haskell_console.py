"""What hspec and HUnit, libraries of Haskell, print, run by cabal, stack or by hand, one suite or several.

Written after hspec's ``specdoc`` and ``failed-examples`` formatters (2.4 to 2.11) and HUnit's text runner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_HSPEC = re.compile(
    r"^(?P<tests>\d{1,9}) examples?, (?P<failed>\d{1,9}) failures?(?:, (?P<pending>\d{1,9}) pending)?$"
)
_FINISHED = re.compile(r"^Finished in (?P<time>[\d.]+ seconds)(?:, used [\d.]+ seconds of CPU time)?$")
_ITEM = re.compile(r"^ {2}\d{1,6}\) (?P<name>\S.*)$")
_PLACE = re.compile(r"^ {2}(?P<file>\S+\.l?hs):(?P<line>\d{1,9}):(?P<column>\d{1,9}): *$")
_RERUN = re.compile(r"^ {2}To rerun use: |^Randomized with seed ")
_RSPEC = re.compile(r"^rspec [\"']?\S|^ +# \S+\.rb:\d|\(files took [\d.]+ seconds")
_HUNIT = re.compile(
    r"^Cases: (?P<cases>\d{1,9})  Tried: (?P<tests>\d{1,9})  Errors: (?P<errors>\d{1,9})  Failures: (?P<failed>\d{1,9})$"
)
_HUNIT_PLACE = re.compile(r"^(?P<file>\S+\.l?hs):(?P<line>\d{1,9})$")
_HUNIT_ITEM = re.compile(r"^### (?P<what>Error|Failure) in: {1,3}(?P<name>\S.*)$")
_GHC = re.compile(r"^(?P<file>\S+\.l?hs):(?P<line>\d{1,9}):\d{1,9}: error:(?P<text>.*)$")
_MARKS = re.compile(
    r"^(?:Test suite \S+: (?:RUNNING|PASS|FAIL)|\d+ of \d+ test suites|\S+> test \(suite: |.*\.l?hs:\d+:\d+)"
)


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_HUNIT.match, lines)):
        return 72
    if any(map(_RSPEC.search, lines)):
        return 0
    if any(map(_HSPEC.match, lines)) and any(_MARKS.match(line) or _RERUN.match(line) for line in lines):
        return 83  # RSpec's last line is the same, and its reader as sure
    return 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    entry: Entry | None = None
    """The failed test whose text is being read, and the margin it must have."""
    margin: int = 0
    block: list[Line] = field(default_factory=list)
    place: re.Match[str] | None = None

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _HSPEC.match(mark):
            tests, failed, pending = (int(match[key] or 0) for key in ("tests", "failed", "pending"))
            return self._close(Totals(tests, max(0, tests - failed - pending), failed, 0, pending))
        if match := _HUNIT.match(mark):
            tests, failed, errors = (int(match[key]) for key in ("tests", "failed", "errors"))
            return int(match["cases"]) == tests and self._close(
                Totals(tests, max(0, tests - failed - errors), failed, errors)
            )
        if match := _FINISHED.match(mark):
            self.session.duration = spoken_seconds(match["time"])
        elif (match := _PLACE.match(mark)) and (self.entry is None or self.margin == 3):
            self._end()
            self.place = match
        elif match := _ITEM.match(mark):
            self._open(match["name"], "", Outcome.FAILED, line, 3)
        elif match := _HUNIT_ITEM.match(mark):
            outcome = Outcome.ERROR if match["what"] == "Error" else Outcome.FAILED
            self._open(match["name"], "", outcome, line, 0)
        elif match := _GHC.match(mark):
            self._end()
            self.session.failures.append(
                Failure(
                    match["text"].strip() or mark,
                    kind="error",
                    trace=mark,
                    file=match["file"],
                    line=int(match["line"]),
                    source_line=line.number,
                )
            )
        elif _RERUN.match(mark):
            self._end()
        elif self.entry is not None and (not mark.strip() or len(mark) - len(mark.lstrip()) >= self.margin):
            if len(self.block) < MAX_BLOCK:
                self.block.append(line)
        else:
            self._end()
        return False

    def _open(self, name: str, suite: str, outcome: Outcome, line: Line, margin: int) -> None:
        place = self.place
        self._end()
        self.place = place
        self.entry = self.book.settle(name, suite, outcome, line)
        self.margin, self.block = margin, []

    def _end(self) -> None:
        entry, self.entry = self.entry, None
        place, self.place = self.place, None
        if entry is None or not any(line.text.strip() for line in self.block):
            return
        if place is None and self.margin == 0 and len(self.block) > 1:
            place = _HUNIT_PLACE.match(self.block[0].mark)
            self.block = self.block[1:] if place else self.block
        failure = failure_of(self.block, kind="error" if entry.outcome is Outcome.ERROR else "failure")
        if place is not None:
            failure = replace(failure, file=place["file"], line=int(place["line"]))
        entry.failures.append(failure)

    def _close(self, totals: Totals) -> bool:
        self._end()
        self.session.stated, self.session.closed = totals, True
        return True

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("haskell-console", _sniff, reader_of("hspec or HUnit", run_after_run(_Parser)))
