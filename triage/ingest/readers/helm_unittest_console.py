"""What the plugin ``helm unittest`` prints, in Jest's manner: suites by file, the tests in them that failed, counts.

After ``pkg/unittest/results`` of helm-unittest 0.2 to 1.0. Tests that passed are counted, not named; an error is a
test or a suite whose chart did not render, and counts as failed there, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Outcome, Totals

_CHARTS = re.compile(r"^Charts: +\d.*\btotal$")
_SUITE = re.compile(
    r"^ (?P<what>PASS|FAIL|SKIP)[ \t]+(?:(?P<name>\S.*?)(?:\t| {2,}))?(?P<file>\S+\.\w{1,5})$"
)
_TEST = re.compile(r"^(?:\t| {4,8})- (?!asserts\[)(?P<name>\S.*)$")
_BROKE = "Execution Error:"
_TESTS = re.compile(r"^Tests: +(?P<counts>\d.*), (?P<total>\d{1,9}) total$")
_COUNT = re.compile(r"(\d{1,9}) (passed|failed|errored|skipped)")
_TIME = re.compile(r"^Time: +(?P<time>\d\S*)$")
_ERROR = re.compile(r"^\s*Error:\s*(?P<said>.*)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 88 if any(map(_CHARTS.match, lines)) and any(map(_SUITE.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suite: str = ""
    file: str = ""
    block: list[Line] | None = None
    """What is told of a test that failed, or of a suite that broke."""
    failed: Entry | None = None

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _SUITE.match(mark):
            self._end()
            self.suite, self.file = match["name"] or "", match["file"]
        elif _CHARTS.match(mark) or mark.startswith("### "):
            self._end()
        elif match := _TESTS.match(mark):
            self.session.stated, self.session.closed = _totals(match), True
        elif self.session.closed and (match := _TIME.match(mark)):
            self.session.duration = spoken_seconds(match["time"])
            return True
        elif self.file and (match := _TEST.match(mark)):
            self._end()
            self.block = []
            if match["name"].strip() != _BROKE:
                self.failed = self.book.settle(match["name"].strip(), self.suite, Outcome.FAILED, line)
                self.failed.file = self.file
        elif self.block is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _end(self) -> None:
        """The end of what is told of a test: the error of a template, or the assertions that do not hold."""
        block = [line for line in self.block or () if line.text.strip()]
        failed, self.failed, self.block = self.failed, None, None
        if not block:
            return
        texts = [line.text.strip() for line in block]
        at = next((i for i, text in enumerate(texts) if _ERROR.match(text)), None)
        if at is not None and (match := _ERROR.match(texts[at])):
            message = match["said"] or "\n".join(texts[at + 1 : at + 2])
        else:
            message = "\n".join(texts).removeprefix("- ")
        if failed is None:
            self.session.failures.append(
                failure_of(block, message=f"{message}\nin {self.file}", kind="error")
            )
            return
        if not any("asserts[" in text for text in texts):
            failed.outcome = Outcome.ERROR
        kind = "error" if failed.outcome is Outcome.ERROR else "failure"
        failed.failures.append(failure_of(block, message=message, kind=kind))

    def finish(self) -> Session:
        """What was told."""
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _totals(match: re.Match[str]) -> Totals:
    found = {word: int(number) for number, word in _COUNT.findall(match["counts"])}
    errors = found.get("errored", 0)
    passed, failed, skipped = found.get("passed", 0), found.get("failed", 0), found.get("skipped", 0)
    failed = max(0, failed - errors)
    return Totals(passed + failed + errors + skipped, passed, failed, errors, skipped)


READER = Reader("helm-unittest-console", _sniff, reader_of("helm unittest", run_after_run(_Parser)))
