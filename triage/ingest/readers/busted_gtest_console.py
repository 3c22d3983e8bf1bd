"""What Busted, a runner for Lua, prints with ``-o gtest``: in the manner of Google Test, with names of its own.

After ``busted/outputHandlers/gtest.lua`` of Busted 2. What stands between the tests broke outside of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome

_BEGIN = re.compile(r"^\[={10}\] Running tests from scanned files\.$")
_END = re.compile(r"^\[={10}\] \d{1,9} tests? from \d{1,9} test files? ran\. \((?P<ms>[\d.]+) ms total\)$")
_RUN = re.compile(r"^\[ RUN {6}\] (?P<file>\S.*?):(?P<line>\d{1,9}): (?P<name>\S.*)$")
_RESULT = re.compile(
    r"^\[ {1,7}(?P<status>OK|FAILED|SKIPPED|ERROR) {1,3}\] (?P<test>\S.*) \((?P<ms>[\d.]+) ms\)$"
)
_AROUND = re.compile(r"^\[[-=]{10}\] ")
_SAID = re.compile(r"^(?P<file>\S+\.\w{1,5}):(?P<line>\d{1,9}): (?P<said>.*)$", re.DOTALL)
_OUTCOMES = {
    "OK": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "SKIPPED": Outcome.SKIPPED,
    "ERROR": Outcome.ERROR,
}


def _sniff(sample: Sample) -> int:
    return 85 if any(map(_BEGIN.match, sample_lines(sample))) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    running: Entry | None = None
    block: list[Line] = field(default_factory=list)
    """Output of the running test, or of what is around it."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _RUN.match(mark):
            self._around()
            # Tests of a loop have one name, and its line.
            name, seen = match["name"], len(self.book.entries)
            known = (match["file"], name) in self.book.entries
            self.running = self.book.entry(f"{name}#{seen + 1}" if known else name, match["file"])
            self.running.file, self.running.line = match["file"], int(match["line"])
        elif self.running is not None and (match := _RESULT.match(mark)):
            self._result(self.running, _OUTCOMES[match["status"]], match["ms"], line)
        elif match := _END.match(mark):
            self._around()
            self.session.duration, self.session.closed = seconds(match["ms"], "ms"), True
            return True
        elif self.running is None and _AROUND.match(mark):
            self._around()
        elif len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _result(self, entry: Entry, outcome: Outcome, ms: str, line: Line) -> None:
        entry.outcome, entry.status, entry.seconds = outcome, line, seconds(ms, "ms")
        if outcome.is_red and any(known.text.strip() for known in self.block):
            entry.failures.append(_failure(self.block, "error" if outcome is Outcome.ERROR else "failure"))
        self.running, self.block = None, []

    def _around(self) -> None:
        """What broke outside of any test; other lines there were only printed."""
        if self.running is None:
            starts = [i for i, line in enumerate(self.block) if _SAID.match(line.mark)]
            for start, end in pairwise([*starts, len(self.block)]):
                self.session.failures.append(_failure(self.block[start:end], "error"))
        self.block = []

    def finish(self) -> Session:
        self.session.cases = [replace(case, suite="") for case in self.book.results()]
        return self.session


def _failure(lines: list[Line], kind: str) -> Failure:
    message = "\n".join(line.text.rstrip() for line in lines).strip("\n")
    failure = failure_of(lines, message=message, kind=kind)
    if match := _SAID.match(message):
        failure = replace(failure, message=match["said"], file=match["file"], line=int(match["line"]))
    return failure


READER = Reader("busted-gtest-console", _sniff, reader_of("Busted", run_after_run(_Parser)))
