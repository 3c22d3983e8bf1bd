"""What CppUTest prints, with and without ``-v``, ``-vv`` and ``-c``.

A failure names its test and stands before the test's end. A check outside of the test itself (in its set-up, its
tear-down or a function that it calls) has a second line with its own place. One test may have several failures; only
those that ``-v`` names are told when they pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.logs.severity import telling_line
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import Outcome, Totals

_FAILURE = re.compile(
    r"^(?P<file>\S.{0,500}?):(?P<line>\d{1,9}): error: Failure in (?:IGNORE_)?TEST\((?P<suite>\w+), (?P<name>\w+)\)$"
)
_PLACE = re.compile(r"^(?P<file>\S.{0,500}?):(?P<line>\d{1,9}): error:$")
_TEST = re.compile(
    r"^(?P<ignored>IGNORE_)?TEST\((?P<suite>\w+), (?P<name>\w+)\)(?:(?P<ended> - \d{1,9} ms)$|(?P<said>.*))"
)
_ENDED = re.compile(r"^ - \d{1,9} ms$")
_NEXT = re.compile(r"^[.!]+$")
_SUMMARY = re.compile(
    r"^(?:OK|Errors) \((?:(?:\d{1,9} failures?|ran nothing), )?(?P<tests>\d{1,9}) tests, (?P<ran>\d{1,9}) ran,"
    r" \d{1,9} checks, (?P<ignored>\d{1,9}) ignored, (?P<left>\d{1,9}) filtered out, \d{1,9} ms\)$"
)


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 86 if any(map(_SUMMARY.match, lines)) or any(map(_FAILURE.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    failed: re.Match[str] | None = None
    """What began the failure that is being read."""
    header: Line = field(default_factory=lambda: Line(0, ""))
    block: list[str] = field(default_factory=list)
    running: re.Match[str] | None = None
    said: list[Line] = field(default_factory=list)
    """The line that names the running test, and what it prints."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _SUMMARY.match(mark):
            self._end()
            self._sum_up(match, line)
            return True
        if match := _FAILURE.match(mark):
            self._end()
            self.failed, self.header, self.running = match, line, None
        elif match := _TEST.match(mark):
            self._end()
            outcome = Outcome.SKIPPED if match["ignored"] else Outcome.PASSED
            if match["ended"]:
                self.book.settle(match["name"], match["suite"], outcome, line)
            else:
                self.running, self.said = match, [line]
        elif _ENDED.match(mark):
            self._end()
            if self.running is not None:  # what it printed stood between
                self.book.settle(self.running["name"], self.running["suite"], Outcome.PASSED, line)
            self.running = None
        elif _NEXT.match(mark):
            self._end()
        elif self.failed is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line.text)
        elif self.running is not None and len(self.said) < MAX_BLOCK:
            self.said.append(line)
        return False

    def _end(self) -> None:
        match, self.failed = self.failed, None
        block, self.block = self.block, []
        if match is None:
            return
        entry = self.book.settle(match["name"], match["suite"], Outcome.FAILED, self.header)
        place = _PLACE.match(block[0]) if block else None
        text = "\n".join(part.removeprefix("\t") for part in block[1 if place else 0 :]).strip("\n")
        if not text:
            entry.failures.append(bare_failure(self.header))
            return
        at = place or match
        trace = "\n".join([self.header.text, *block]).rstrip()
        failure = failure_from(trace, message=text, source_line=self.header.number)
        entry.failures.append(replace(failure, file=at["file"], line=int(at["line"])))

    def _sum_up(self, match: re.Match[str], line: Line) -> None:
        self.session.closed = True
        cases = self.session.cases = self.book.results()
        ran, ignored = int(match["ran"]), int(match["ignored"])
        failed = sum(case.outcome.is_red for case in cases)
        self.session.stated = Totals(ran + ignored, max(0, ran - failed), failed, 0, ignored)
        if self.session.stated == Totals.of(cases):
            self.session.stated = None
        if line.text.startswith("Errors"):
            self.session.tell_red(line)

    def finish(self) -> Session:
        self._end()
        if not self.session.closed:
            if self.running is not None:
                entry = self.book.entry(self.running["name"], self.running["suite"])
                entry.outcome = Outcome.ERROR
                printed = [self.running["said"], *(line.text for line in self.said[1:])]
                said = "\n".join(printed).strip("\n")
                why = telling_line(said) if said else "the process died while this test was running"
                entry.failures.append(failure_of(self.said, message=why, kind="error"))
            self.session.cases = self.book.results()
        return self.session


READER = Reader("cpputest-console", _sniff, reader_of("CppUTest", run_after_run(_Parser)))
