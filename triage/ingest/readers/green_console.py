"""What green, a runner for Python's ``unittest``, prints with any number of ``-v``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.console import Block, Line, Session, reader_of, run_after_run, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.python_text import dotted_key, python_failure
from triage.model import CaseResult, Outcome, Totals, worse

_RAN = re.compile(
    r"^Ran (?P<count>\d{1,9}) tests? in (?P<seconds>[\d.]{1,20})s using \d{1,6} process(?:es)?$"
)
_VERDICT = re.compile(r"^(?:OK|FAILED|No Tests Found)(?: \((?P<counts>[\w ,=]+)\))?$")
_HEAD = re.compile(r"^(?P<what>Error|Failure) in (?P<test>\S[^\n]*)$")
_SKIPPED = re.compile(r"^Skipped (?P<test>\S+) - (?P<reason>.*)$")
_CAPTURED = re.compile(r"^Captured (?:stdout|stderr) for \S+")


def _sniff(sample: Sample) -> int:
    return 85 if any(map(_RAN.match, sample_lines(sample))) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: dict[tuple[str, str], CaseResult] = field(default_factory=dict)
    block: Block | None = None
    captured: bool = False
    ran: int | None = None

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _RAN.match(mark):
            self._end_block()
            self.ran, self.session.duration = int(match["count"]), seconds(match["seconds"])
        elif self.ran is not None and (match := _VERDICT.match(mark)):
            self._close(match["counts"] or "")
            return True
        elif match := _SKIPPED.match(mark):
            self._end_block()
            suite, name = dotted_key(match["test"])
            self.cases[suite, name] = CaseResult(
                name, Outcome.SKIPPED, suite, properties=(("reason", match["reason"]),)
            )
        elif _HEAD.match(mark):
            self._end_block()
            self.block, self.captured = Block(line), False
        elif self.block is not None:
            self.captured = self.captured or _CAPTURED.match(mark) is not None
            if not self.captured:
                self.block.lines.append(line.text)
        return False

    def _end_block(self) -> None:
        block, self.block = self.block, None
        match = _HEAD.match(block.header.text) if block is not None else None
        if block is None or match is None:
            return
        # A subtest is told beside its test: test_total (i=1).
        suite, name = dotted_key(match["test"].partition(" (")[0])
        error = match["what"] == "Error"
        outcome = Outcome.ERROR if error else Outcome.FAILED
        failure = python_failure(block.text, error=error, source_line=block.first_line)
        before = self.cases.get((suite, name))
        self.cases[suite, name] = CaseResult(
            name,
            worse(outcome, before.outcome) if before else outcome,
            suite,
            failures=(*(before.failures if before else ()), failure),
        )

    def _close(self, counts: str) -> None:
        stated = {
            name: int(count)
            for name, _, count in (part.partition("=") for part in counts.split(", "))
            if count.isdecimal()
        }
        told = Totals.of(self.cases.values())
        skipped, expected = stated.get("skips", 0), stated.get("expected_failures", 0)
        # A test counts once for each subtest that failed; unexpected successes are only counted.
        failed = (told.failed or stated.get("failures", 0)) + stated.get("unexpected_successes", 0)
        errors = told.errors or stated.get("errors", 0)
        passed = stated.get("passes", 0)
        self.session.stated = Totals(
            passed + failed + errors + skipped + expected, passed, failed, errors, skipped, expected
        )
        self.session.closed = True

    def finish(self) -> Session:
        self._end_block()
        self.session.cases = list(self.cases.values())
        return self.session


READER = Reader("green-console", _sniff, reader_of("green", run_after_run(_Parser)))
