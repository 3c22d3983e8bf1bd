"""What DejaGnu's ``runtest`` prints and keeps as ``.sum`` and ``.log``: GCC, GDB, binutils, several tools.

Written after the DejaGnu manual. A known failure (``KFAIL``, ``XFAIL``) is expected; a known one that passed is tolerated
(``KPASS``) or not (``XPASS``); unresolved tests are errors, untested and unsupported ones are skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import CaseBook
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_RESULT = re.compile(
    r"^(?P<status>PASS|FAIL|XPASS|XFAIL|KPASS|KFAIL|UNRESOLVED|UNTESTED|UNSUPPORTED|DUPLICATE): (?P<name>\S.*)$"
)
_RUNNING = re.compile(r"^Running (?P<file>\S+\.exp) \.\.\.$")
_SUMMARY = re.compile(r"^\t*=== (?P<tool>\S+) Summary(?: for \S+)? ===$")
_COUNT = re.compile(
    r"^# of (?P<what>expected passes|unexpected failures|unexpected successes|expected failures|known failures|unknown successes|unresolved testcases|untested testcases|unsupported tests)\t+(?P<number>\d{1,9})$"
)
_ERROR = re.compile(r"^ERROR: (?P<text>\S.*)$")
_OUTCOMES = {
    "PASS": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "XPASS": Outcome.FAILED,
    "KPASS": Outcome.XPASSED,
    "XFAIL": Outcome.XFAILED,
    "KFAIL": Outcome.XFAILED,
    "UNRESOLVED": Outcome.ERROR,
    "UNTESTED": Outcome.SKIPPED,
    "UNSUPPORTED": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 78 if any(map(_SUMMARY.match, lines)) and any(map(_COUNT.match, lines)) else 0


@dataclass
class _Parser:
    """One tool's tests."""

    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suite: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    summing_up: bool = False

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _SUMMARY.match(mark):
            self.summing_up = self.session.closed = True
        elif match := _COUNT.match(mark):
            if self.summing_up:
                self.counts[match["what"]] = self.counts.get(match["what"], 0) + int(match["number"])
        elif (match := _RESULT.match(mark)) and match["status"] in _OUTCOMES:
            self.summing_up = False
            known = self.book.entries.get((self.suite, match["name"]))
            # Names are not unique: another test of the same name is another test.
            name = match["name"] if known is None else f"{match['name']} #{line.number}"
            self.book.settle(name, self.suite, _OUTCOMES[match["status"]], line)
        elif match := _RUNNING.match(mark):
            self.suite = match["file"]
        elif (match := _ERROR.match(mark)) and not self.summing_up:
            self.session.failures.append(
                Failure(match["text"], kind="error", trace=mark, source_line=line.number)
            )
        return False

    def _sum(self, *keys: str) -> int:
        return sum(self.counts.get(key, 0) for key in keys)

    def finish(self) -> Session:
        self.session.cases = self.book.results()
        stated = Totals(
            sum(self.counts.values()),
            self._sum("expected passes"),
            self._sum("unexpected failures", "unexpected successes"),
            self._sum("unresolved testcases"),
            self._sum("untested testcases", "unsupported tests"),
            self._sum("expected failures", "known failures"),
            self._sum("unknown successes"),
        )
        if stated.tests > len(self.session.cases):
            self.session.stated = stated
        return self.session


READER = Reader("dejagnu-console", _sniff, reader_of("DejaGnu", run_after_run(_Parser)))
