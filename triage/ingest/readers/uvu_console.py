"""What uvu prints, by its command or by ``node``: a dot for each test, below them those that failed, at the end the counts.

After ``run/index.js`` and ``src/index.js`` of uvu 0.5. Only what failed has a name, so its counts stand; its total leaves
out what was skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from triage.ingest.case_book import MAX_BLOCK, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Outcome, Totals

_COUNT = re.compile(r"^ {2}(?P<what>Total|Passed|Skipped): +(?P<number>\d{1,9}) *$")
_DURATION = re.compile(r"^ {2}Duration: +(?P<time>[\d.]+[a-zµμ]+) *$")
_FAIL = re.compile(r"^\s+FAIL\s+(?:(?P<suite>[^\s\"].*?)\s+)?\"(?P<name>.*)\"\s*$")
_DOTS = re.compile(r"^.*(?:[•✘] ?)+\s+\(\d+ / \d+\)\s*$")
_FRAME = re.compile(r"^\s*at \S")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    matches = (tuple(map(_COUNT.match, pair)) for pair in pairwise(lines))
    return 84 if any(a and b and (a["what"], b["what"]) == ("Total", "Passed") for a, b in matches) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    counts: dict[str, int] = field(default_factory=dict)
    header: Line | None = None
    """The line that names a test that failed."""
    said: list[Line] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _COUNT.match(mark):
            self._end()
            self.counts[match["what"]] = int(match["number"])
        elif self.counts and (match := _DURATION.match(mark)):
            self.session.duration = spoken_seconds(match["time"])
            return True
        elif _FAIL.match(mark):
            self._end()
            self.header = line
        elif _DOTS.match(mark):
            self._end()
        elif self.header is not None and len(self.said) < MAX_BLOCK:
            self.said.append(line)
        return False

    def _end(self) -> None:
        header, self.header = self.header, None
        said, self.said = self.said, []
        match = _FAIL.match(header.mark) if header is not None else None
        if header is None or match is None:
            return
        lines = [line for line in said if line.text.strip()]
        message = "\n".join(
            line.text.strip() for line in takewhile(lambda line: not _FRAME.match(line.text), lines)
        )
        failure = failure_of(said, message=message) if lines else bare_failure(header)
        self.session.cases.append(
            CaseResult(match["name"], Outcome.FAILED, match["suite"] or "", failures=(failure,))
        )

    def finish(self) -> Session:
        self._end()
        if {"Total", "Passed"} <= self.counts.keys():
            tests, passed, skipped = (self.counts.get(what, 0) for what in ("Total", "Passed", "Skipped"))
            self.session.stated = Totals(tests + skipped, passed, max(0, tests - passed), 0, skipped)
            self.session.closed = True
        return self.session


READER = Reader("uvu-console", _sniff, reader_of("uvu", run_after_run(_Parser)))
