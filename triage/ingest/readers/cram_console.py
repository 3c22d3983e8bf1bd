"""What Cram and its fork Prysk print: a test is a file of commands, and fails where their output differs from it.

With ``-v`` every file is named; without, only those whose difference is shown, so the counts stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_RAN = re.compile(
    r"^# Ran (?P<tests>\d{1,9}) tests?, (?P<skipped>\d{1,9}) skipped, (?P<failed>\d{1,9}) failed\.$"
)
_RESULT = re.compile(r"^(?P<file>\S.*\.t): (?P<status>passed|failed|skipped|empty)$")
_OLD = re.compile(r"^--- (?P<file>\S.*\.t)(?:\t.*)?$")
_NEW = re.compile(r"^\+\+\+ \S.*\.err(?:\t.*)?$")
_OF_DIFF = re.compile(r"^(?:[-+ @\\]|$)")
_CHANGED = re.compile(r"^[-+](?P<said> .*)$")
_MOST_CHANGES = 12
_OUTCOMES = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}


def _sniff(sample: Sample) -> int:
    return 84 if any(map(_RAN.match, sample_lines(sample))) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    old: Line | None = None
    """The head of a difference: the file that failed."""
    diff: list[str] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _RAN.match(mark):
            self._end()
            self._sum_up(match)
            return True
        if match := _RESULT.match(mark):
            self._end()
            self.book.settle(match["file"], "", _OUTCOMES.get(match["status"], Outcome.SKIPPED), line)
        elif _OLD.match(mark):
            self._end()
            self.old = line
        elif self.old is not None and (self.diff or _NEW.match(mark)) and _OF_DIFF.match(line.text[:1]):
            if len(self.diff) < MAX_BLOCK:
                self.diff.append(line.text)
        else:
            self._end()
        return False

    def _end(self) -> None:
        old, self.old = self.old, None
        diff, self.diff = self.diff, []
        match = _OLD.match(old.mark) if old is not None else None
        if old is None or match is None or not diff:
            return
        changed = [line for line in diff[1:] if _CHANGED.match(line)]
        entry = self.book.settle(match["file"], "", Outcome.FAILED, old)
        trace = "\n".join([old.text, *diff]).rstrip()
        message = "\n".join(changed[:_MOST_CHANGES]) or "its output differs"
        entry.failures[:] = [Failure(message, trace=trace, file=match["file"], source_line=old.number)]

    def _sum_up(self, match: re.Match[str]) -> None:
        tests, skipped, failed = (int(match[key]) for key in ("tests", "skipped", "failed"))
        self.session.stated = Totals(tests, max(0, tests - skipped - failed), failed, 0, skipped)
        self.session.closed = True

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("cram-console", _sniff, reader_of("Cram", run_after_run(_Parser)))
