"""What doctest (the C++ framework) prints.

Written after ``ConsoleReporter`` of doctest 1.2 to 2.4. Its own totals stand: they count a test case that failed as it
was meant to as passed, and tests that a filter or a decorator left out as skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_COUNTS = re.compile(
    r"^\[doctest\] test cases: +(?P<tests>\d{1,9}) \| +(?P<passed>\d{1,9}) passed \| +(?P<failed>\d{1,9}) failed(?: \| +(?P<skipped>\d{1,9}) skipped)?"
)
_STATUS = re.compile(r"^\[doctest\] Status: (?P<how>SUCCESS|FAILURE)!")
_RULE = re.compile(r"^={79}$")
_SUITE = re.compile(r"^TEST SUITE: +(?P<name>\S.*)$")
_CASE = re.compile(r"^(?:TEST CASE: |  Scenario:|TEST CASE TEMPLATE:) *(?P<name>\S.*)$")
_ERROR = re.compile(
    r"^(?P<file>\S.*?)(?::(?P<line>\d{1,9})|\((?P<msvc>\d{1,9})\)): (?P<what>FATAL ERROR|ERROR): (?P<text>.*)$"
)
_TIME = re.compile(r"^(?P<time>\d+\.\d+) s: ")
_TOLERATED = re.compile(
    r"^(?:Failed as expected|Failed exactly \d+ times as expected|Allowed to fail) so marking it as not failed"
)
_STRICT = re.compile(r"^(?:Should have failed but didn't|Didn't fail exactly \d+ times)")
_CRASH = re.compile(r"test case CRASHED: |^(?:SIG[A-Z]+|Access violation)\b")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return (
        74
        if any(line.startswith(("[doctest] doctest version is ", "[doctest] test cases: ")) for line in lines)
        else 0
    )


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suite: str = ""
    entry: Entry | None = None
    block: list[Line] | None = None

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _COUNTS.match(mark):
            self._end()
            tests, passed, failed, skipped = (
                int(match[key] or 0) for key in ("tests", "passed", "failed", "skipped")
            )
            self.session.stated = Totals(tests + skipped, passed, failed, 0, skipped)
        elif _STATUS.match(mark):
            self.session.closed = True
            return True
        elif _RULE.match(mark):
            self._end()
            self.suite, self.entry = "", None
        elif match := _SUITE.match(mark):
            self.suite = match["name"]
        elif (match := _CASE.match(mark)) and self.block is None:
            self.entry = self.book.entry(match["name"].strip(), self.suite)
            self.entry.status = line
        elif _ERROR.match(mark):
            self._end()
            self.block = [line]
        elif (self.entry is not None and self._verdict(self.entry, mark, line)) or (
            self.block is not None and not mark.strip()
        ):
            self._end()
        elif self.block is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _verdict(self, entry: Entry, mark: str, line: Line) -> bool:
        if match := _TIME.match(mark):
            self._end()
            entry.seconds = seconds(match["time"])
            entry.outcome = entry.outcome or Outcome.PASSED
        elif _TOLERATED.match(mark):
            self._end()
            entry.outcome = Outcome.XFAILED
        elif _STRICT.match(mark):
            self._end()
            entry.outcome = Outcome.FAILED
            entry.failures.append(Failure(mark.strip(), source_line=line.number))
        else:
            return False
        return True

    def _end(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        match = _ERROR.match(block[0].mark)
        assert match is not None
        entry = self.entry or self.book.entry("?")
        number = match["line"] or match["msvc"]
        said = [line.text.strip() for line in block[1:] if line.text.strip()]
        broke = _CRASH.search(match["text"]) is not None
        entry.outcome, entry.status = Outcome.FAILED, block[0]
        entry.failures.append(
            Failure(
                "\n".join([match["text"].strip(), *said]),
                kind="error" if broke else "failure",
                trace="\n".join(line.text for line in block),
                file=match["file"],
                line=int(number) if number else None,
                source_line=block[0].number,
            )
        )

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("doctest-console", _sniff, reader_of("doctest", run_after_run(_Parser)))
