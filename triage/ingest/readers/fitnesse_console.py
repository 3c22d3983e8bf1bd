"""What FitNesse prints of the pages it runs: ``-c "Page?suite&format=text"``, a line with its counts for each.

After ``TestTextFormatter`` of FitNesse 2015. Its last line counts the pages that assert nothing among the failures, so what
the lines of the pages say is counted here, in the way of the XML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.fitnesse_pages import outcome_of
from triage.model import CaseResult, Failure

_PAGE = re.compile(
    r"^[.FX] \d\d:\d\d:\d\d R:(?P<right>\d{1,9}) +W:(?P<wrong>\d{1,9}) +I:(?P<ignores>\d{1,9}) +E:(?P<exceptions>\d{1,9}) +"
    r"(?P<name>\S[^\t]*)\t\((?P<path>[^()\t]*)\)\t(?P<time>\d+[.,]\d+) seconds$"
)
_END = re.compile(r"^\d{1,9} Tests,\t\d{1,9} Failures\t(?P<time>\d+[.,]\d+) seconds\.$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 85 if any(map(_PAGE.match, lines)) or any(map(_END.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        if match := _END.match(line.mark):
            self.session.duration = _seconds(match["time"])
            self.session.closed = True
            return True
        if match := _PAGE.match(line.mark):
            self.session.cases.append(_case(match, line))
        return False

    def finish(self) -> Session:
        return self.session


def _case(match: re.Match[str], line: Line) -> CaseResult:
    right, wrong, exceptions = (int(match[what]) for what in ("right", "wrong", "exceptions"))
    outcome = outcome_of(match["name"], right, wrong, exceptions)
    said = f"{right} right, {wrong} wrong, {exceptions} exceptions"
    kind = "error" if exceptions else "failure"
    failures = (Failure(said, kind=kind, trace=line.text.strip(), source_line=line.number),)
    return CaseResult(
        match["name"],
        outcome,
        duration=_seconds(match["time"]),
        failures=failures if outcome.is_red else (),
    )


def _seconds(text: str) -> float:
    return float(text.replace(",", "."))


READER = Reader("fitnesse-console", _sniff, reader_of("FitNesse", run_after_run(_Parser)))
