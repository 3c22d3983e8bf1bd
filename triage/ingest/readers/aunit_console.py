"""What AUnit (Ada) prints with its text reporter, and with the one of GNATtest.

After ``aunit-reporter-text.adb`` and ``aunit-reporter-gnattest.adb`` of AUnit 3 and later.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TEST = re.compile(r"^(?P<how>OK|FAIL|ERROR) (?P<name>\S.*?)(?: \(in (?P<time>[^()]*)\))?$")
_COUNT = re.compile(
    r"^(?P<what>Total Tests Run|Successful Tests|Failed Assertions|Unexpected Errors): +(?P<number>\d{1,9})$"
)
_TIME = re.compile(r"^Cumulative Time: (?P<time>[\d.]+ seconds)$")
_PLACE = re.compile(r"^ {4}at (?P<file>\S+):(?P<line>\d{1,9})$")
_SAID = re.compile(r"^ {4}Exception Message: (?P<text>.*)$")
_GNATTEST = re.compile(
    r"^(?P<name>\S.*?):? (?:info|error): corresponding test (?P<how>PASSED|FAILED|CRASHED)(?:: (?P<why>.*?)(?: \((?P<file>[^\s():]+):(?P<line>\d{1,9})\))?)?(?: \([\d.]+s?\))?$"
)
_GNATTEST_END = re.compile(
    r"^(?P<tests>\d{1,9}) tests run: (?P<passed>\d{1,9}) passed; (?P<failed>\d{1,9}) failed; (?P<errors>\d{1,9}) crashed\.$"
)
_OUTCOMES = {
    "OK": Outcome.PASSED,
    "PASSED": Outcome.PASSED,
    "ERROR": Outcome.ERROR,
    "CRASHED": Outcome.ERROR,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    counts = {match["what"] for line in lines if (match := _COUNT.match(line))}
    return 84 if len(counts) > 2 or any(map(_GNATTEST_END.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    failed: Entry | None = None
    """The test whose text is being read."""
    block: list[Line] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if match := _COUNT.match(mark):
            self._end()
            self.counts[match["what"]] += int(match["number"])
            self.session.closed = "Unexpected Errors" in self.counts
        elif match := _GNATTEST_END.match(mark):
            self._end()
            tests, passed, failed, errors = map(int, match.groups())
            self.session.stated, self.session.closed = Totals(tests, passed, failed, errors), True
        elif match := _TIME.match(mark):
            self.session.duration = spoken_seconds(match["time"])
        elif match := _TEST.match(mark) or _GNATTEST.match(mark):
            self._end()
            self._test(match, line)
        elif (
            self.failed is not None and (not mark or mark.startswith("    ")) and len(self.block) < MAX_BLOCK
        ):
            self.block.append(line)
        return False

    def _test(self, match: re.Match[str], line: Line) -> None:
        found = match.groupdict()
        suite, _, name = match["name"].rpartition(" : ")
        outcome = _OUTCOMES.get(match["how"], Outcome.FAILED)
        if (suite, name) in self.book.entries:
            name = f"{name} #{line.number}"  # GNATtest names what is tested, and that may be tested again
        entry = self.book.settle(name, suite, outcome, line, spoken_seconds(found.get("time")))
        self.failed = entry if outcome.is_red else None
        if outcome.is_red and found.get("why"):
            kind = "error" if outcome is Outcome.ERROR else "failure"
            number = int(match["line"]) if match["line"] else None
            type = match["why"].partition(" : ")[0] if outcome is Outcome.ERROR else ""
            entry.failures.append(
                Failure(match["why"], type, kind, line.text, match["file"], number, line.number)
            )

    def _end(self) -> None:
        entry, block = self.failed, self.block
        self.failed, self.block = None, []
        if entry is None or not any(line.text.strip() for line in block):
            return
        first = block[0].text.strip()
        if entry.outcome is Outcome.ERROR:
            told = next((match["text"] for line in block if (match := _SAID.match(line.mark))), "")
            message = f"{first}: {told}" if told else first
            entry.failures.append(failure_of(block, message=message, type=first, kind="error"))
            return
        place = next((match for line in block if (match := _PLACE.match(line.mark))), None)
        said = "\n".join(line.text.strip() for line in block if not _PLACE.match(line.mark)).strip()
        failure = failure_of(block, message=said or first)
        if place is not None:
            failure = replace(failure, file=place["file"], line=int(place["line"]))
        entry.failures.append(failure)

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        if self.counts:
            keys = ("Total Tests Run", "Successful Tests", "Failed Assertions", "Unexpected Errors")
            tests, passed, failed, errors = (self.counts[key] for key in keys)
            self.session.stated = Totals(tests, passed, failed, errors)
        return self.session


READER = Reader("aunit-console", _sniff, reader_of("AUnit", run_after_run(_Parser)))
