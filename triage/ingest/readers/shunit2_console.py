"""What shUnit2 prints: the name of each test, its failed assertions below it.

After ``shunit2`` 2.1. The last line counts assertions, so the tests are counted here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome

_TEST = re.compile(r"^(?P<name>test\w+)$")
_ASSERT = re.compile(r"^(?:ASSERT:|shunit2:(?:ERROR|FATAL) )(?P<said>.*)$")
_RAN = re.compile(r"^Ran (?P<count>\d{1,9}) tests?\.$")
_VERDICT = re.compile(r"^(?:OK|FAILED)(?: \([\w=,]+\))?$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 80 if any(map(_RAN.match, lines)) and any(map(_VERDICT.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    ran: bool = False

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if _RAN.match(mark):
            self.ran = True
        elif self.ran and _VERDICT.match(mark):
            self.session.closed = True
            return True
        elif match := _TEST.match(mark):
            self.session.cases.append(CaseResult(match["name"], Outcome.PASSED))
        elif match := _ASSERT.match(mark):
            failure = Failure(match["said"].strip() or mark, trace=mark, source_line=line.number)
            if self.session.cases:
                last = self.session.cases[-1]
                failures = (*last.failures, failure)
                self.session.cases[-1] = replace(last, outcome=Outcome.FAILED, failures=failures)
            else:
                self.session.failures.append(replace(failure, kind="error"))
        return False

    def finish(self) -> Session:
        return self.session


READER = Reader("shunit2-console", _sniff, reader_of("shUnit2", run_after_run(_Parser)))
