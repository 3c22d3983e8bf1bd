"""What ``avocado run`` prints: each test with its number, how it ended and why, and the counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import Entry
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import Outcome, Totals

_TEST = re.compile(
    r"^ ?\((?P<number>\d{1,9})/\d{1,9}\) (?P<name>\S.*?): +"
    r"(?P<how>STARTED|PASS|FAIL|ERROR|SKIP|WARN|INTERRUPTED|CANCEL)(?:: (?P<why>\S.*?))?(?: \((?P<time>\d{1,9}\.\d{1,9}) s\))?$"
)
_RESULTS = re.compile(
    r"^RESULTS +: PASS (\d{1,9}) \| ERROR (\d{1,9}) \| FAIL (\d{1,9}) \| SKIP (\d{1,9}) \| WARN (\d{1,9}) \|"
    r" INTERRUPT (\d{1,9})(?: \| CANCEL (\d{1,9}))?$"
)
_JOB = re.compile(r"^JOB (?:ID|LOG) +: \S")
_OVER = re.compile(r"^JOB TIME +: (?P<time>\d{1,9}\.\d{1,9}) s$")
_OUTCOMES = {
    "PASS": Outcome.PASSED,
    "WARN": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "ERROR": Outcome.ERROR,
    "INTERRUPTED": Outcome.ERROR,
    "SKIP": Outcome.SKIPPED,
    "CANCEL": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_RESULTS.match, lines)):
        return 86
    return 80 if any(map(_JOB.match, lines)) and any(map(_TEST.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        if match := _TEST.match(line.mark):
            entry = self.entries.setdefault((match["number"], match["name"]), Entry(match["name"]))
            if match["how"] != "STARTED":
                self._settle(entry, match, line)
        elif match := _RESULTS.match(line.mark):
            passed, errors, failed, skipped, warned, interrupted, cancelled = (
                int(n or 0) for n in match.groups()
            )
            passed, errors, skipped = passed + warned, errors + interrupted, skipped + cancelled
            self.session.stated = Totals(passed + errors + failed + skipped, passed, failed, errors, skipped)
            self.session.closed = True
        elif self.session.closed and (match := _OVER.match(line.mark)):
            self.session.duration = float(match["time"])
            return True
        return False

    def _settle(self, entry: Entry, match: re.Match[str], line: Line) -> None:
        entry.outcome, entry.status = _OUTCOMES[match["how"]], line
        entry.seconds = float(match["time"]) if match["time"] else None
        if entry.outcome.is_red:
            kind = "error" if entry.outcome is Outcome.ERROR else "failure"
            said = match["why"] or f"ended as {match['how']}, and the console does not say why"
            entry.failures = [failure_from(said, kind=kind, source_line=line.number)]
        elif match["why"] and entry.outcome is Outcome.SKIPPED:
            entry.properties.append(("reason", match["why"]))

    def finish(self) -> Session:
        for entry in self.entries.values():
            if entry.outcome is None and not self.session.closed:
                entry.outcome = Outcome.ERROR
                entry.failures = [failure_from("started and never finished", kind="error")]
        self.session.cases = [entry.result() for entry in self.entries.values() if entry.outcome is not None]
        return self.session


READER = Reader("avocado-console", _sniff, reader_of("Avocado", run_after_run(_Parser)))
