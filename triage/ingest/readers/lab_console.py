"""What lab, the runner of hapi, prints: dots or, with ``-v``, names; below them what failed, and the counts.

After ``lib/reporters/console.js`` of lab 14 to 26. Leaks of globals and scripts that broke are failures of the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, indent_of, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_COUNTS = re.compile(
    r"^(?:(?P<failed>\d{1,9}) of )?(?P<tests>\d{1,9}) tests? (?P<what>passed|failed)(?: \((?P<skipped>\d{1,9}) skipped\))?$"
)
_DURATION = re.compile(r"^Test duration: (?P<time>\d.*)$")
_LEAKS = re.compile(r"^(?:Leaks: No issues|The following leaks were detected: ?(?P<leaks>.*))$")
_SECTION = re.compile(r"^(?:Failed tests|Test script errors):$")
_NUMBERED = re.compile(r"^ {2}(?P<number>\d{1,9})\) (?P<name>\S.*):$")
_RESULT = re.compile(
    r"^(?P<margin> *)(?P<mark>[✔√✖×-]) (?P<number>\d{1,9})\) (?P<name>\S.*?)(?: \((?P<time>\d+ ms)(?: and \d+ assertions?)?\))?$"
)
_FRAME = re.compile(r"^\s+at \S")
_WORDS = re.compile(r"^(?:(?:actual|expected) ?)+$")
"""The legend of its differences, which it tells by colours."""


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 84 if any(map(_COUNTS.match, lines)) and any(map(_DURATION.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    titles: list[str] = field(default_factory=list)
    """Of the experiments around the next test, outermost first."""
    listing: bool = False
    header: Line | None = None
    said: list[Line] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _LEAKS.match(mark):
            if match["leaks"] is not None:
                self.session.failures.append(Failure(mark, kind="error", source_line=line.number))
            return self.session.closed
        if match := _COUNTS.match(mark):
            self._end()
            self._sum_up(match)
        elif match := _DURATION.match(mark):
            self.session.duration = spoken_seconds(match["time"])
        elif _SECTION.match(mark):
            self._end()
            self.listing = True
        elif self.listing:
            self._listed(line)
        elif match := _RESULT.match(mark):
            self._result(match, line)
        elif mark.strip():
            depth = indent_of(mark) // 2
            self.titles[depth:] = [mark.strip()]
        return False

    def _result(self, match: re.Match[str], line: Line) -> None:
        around = self.titles[: len(match["margin"]) // 2]
        outcome = {"✖": Outcome.FAILED, "×": Outcome.FAILED, "-": Outcome.SKIPPED}.get(
            match["mark"], Outcome.PASSED
        )
        self.book.settle(" ".join([*around, match["name"]]), "", outcome, line, spoken_seconds(match["time"]))

    def _listed(self, line: Line) -> None:
        if _NUMBERED.match(line.mark):
            self._end()
            self.header = line
        elif self.header is not None and len(self.said) < MAX_BLOCK:
            self.said.append(line)

    def _end(self) -> None:
        header, self.header = self.header, None
        said, self.said = self.said, []
        match = _NUMBERED.match(header.mark) if header is not None else None
        if header is None or match is None:
            return
        entry = self.book.settle(match["name"], "", Outcome.FAILED, header)
        lines = [line for line in said if line.text.strip() and not _WORDS.match(line.text.strip())]
        words = [line.text for line in lines if not _FRAME.match(line.text)]
        # Below the difference stands the sentence.
        if words:
            entry.failures[:] = [failure_of(lines, message=words[-1].strip())]

    def _sum_up(self, match: re.Match[str]) -> None:
        tests, skipped = int(match["tests"]), int(match["skipped"] or 0)
        failed = int(match["failed"] or 0) if match["what"] == "failed" else 0
        self.session.stated = Totals(tests + skipped, max(0, tests - failed), failed, 0, skipped)
        self.session.closed = True

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("lab-console", _sniff, reader_of("lab", run_after_run(_Parser)))
