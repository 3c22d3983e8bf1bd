"""What ``cabal test`` says of the suites of a package, where their own output was kept in files: each suite is a test.

After ``Distribution.Simple.Test`` of Cabal 1.24 to 3.12. A suite whose output is shown is read by the reader of its
library; what a suite that failed printed without one is its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.logs.severity import telling_line
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome

_SUITE = re.compile(r"^Test suite (?P<name>[\w.'-]+): (?P<status>RUNNING\.\.\.|PASS|FAIL)$")
_LOG = re.compile(r"^Test suite logged to:")
_SUMS = re.compile(
    r"^(?P<passed>\d{1,9}) of (?P<suites>\d{1,9}) test suites \(\d{1,9} of \d{1,9} test cases\) passed\.$"
)


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 58 if any(map(_SUITE.match, lines)) and any(map(_SUMS.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    suites: dict[str, CaseResult] = field(default_factory=dict)
    running: str = ""
    said: list[Line] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _SUITE.match(mark):
            self._suite(match, line)
        elif _SUMS.match(mark):
            self.session.closed = True
            return True
        elif self.running and not _LOG.match(mark) and len(self.said) < MAX_BLOCK:
            self.said.append(line)
        return False

    def _suite(self, match: re.Match[str], line: Line) -> None:
        name, status = match["name"], match["status"]
        if status.startswith("RUNNING"):
            self.running, self.said = name, []
            self.suites[name] = _died(name, line)
            return
        outcome = Outcome.PASSED if status == "PASS" else Outcome.FAILED
        failures = (self._reason(line),) if outcome.is_red else ()
        self.suites[name] = CaseResult(name, outcome, failures=failures)
        self.running, self.said = "", []

    def _reason(self, line: Line) -> Failure:
        said = [known for known in self.said if known.text.strip()]
        if not said:
            return bare_failure(line)
        text = "\n".join(known.text for known in said)
        return replace(failure_from(text, message=telling_line(text)), source_line=said[0].number)

    def finish(self) -> Session:
        """What was told."""
        self.session.cases = list(self.suites.values())
        return self.session


def _died(name: str, line: Line) -> CaseResult:
    """A suite that is running, and how it stays where nothing more is said of it."""
    why = Failure(
        f"the suite {name} never ended", kind="error", trace=line.text.strip(), source_line=line.number
    )
    return CaseResult(name, Outcome.ERROR, failures=(why,))


READER = Reader("cabal-console", _sniff, reader_of("cabal test", run_after_run(_Parser)))
