"""What Bats prints with its ``pretty`` formatter (its TAP is read as ``tap``).

After ``libexec/bats-core/bats-format-pretty`` of Bats 1.0 to 1.12. A line may be written twice, first with the number of its
test; what failed is told below its mark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    dedent,
    reader_of,
    run_after_run,
    sample_lines,
)
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.bats_text import bats_failure
from triage.model import CaseResult, Failure, Outcome, Totals

_MARK = re.compile(
    r"(?:^|\d/\d{1,6}) (?P<mark>[✓✗-]) (?P<name>\S.*?)(?: \[timeout: \d{1,9}s\])?(?: \[(?P<time>\d{1,9})(?:ms)?\])?(?: \(skipped(?:: (?P<why>.*))?\))?(?: \[(?P<late>\d{1,9})(?:ms)?\])?$"
)
_COUNTS = re.compile(
    r"^(?P<tests>\d{1,9}) tests?, (?P<failed>\d{1,9}) failures?(?:, (?P<skipped>\d{1,9}) skipped)?(?:, (?P<late>\d{1,9}) timed out)?(?:, (?P<not_run>\d{1,9}) not run)?(?: in (?P<time>\d+) seconds)?$"
)
_FILE = re.compile(r"^(?P<file>\S+\.bats)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    marked = sum(_MARK.search(line) is not None for line in lines)
    if marked and any(map(_COUNTS.match, lines)):
        return 76
    return 50 if marked and any(map(_FILE.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    file: str | None = None
    block: Block | None = None

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark.rstrip()
        if match := _COUNTS.match(mark):
            self._end_block()
            tests, failed, late, skipped, not_run = (
                int(match[name] or 0) for name in ("tests", "failed", "late", "skipped", "not_run")
            )
            failed, skipped = failed + late, skipped + not_run
            self.session.stated = Totals(tests, max(0, tests - failed - skipped), failed, 0, skipped)
            self.session.duration = float(match["time"]) if match["time"] else None
            self.session.closed = True
            return True
        if match := _FILE.match(mark):
            self._end_block()
            self.file = match["file"]
        elif match := _MARK.search(mark):
            self._end_block()
            self._mark(match, line)
        elif self.block is not None:
            self.block.lines.append(line.text)
        return False

    def _mark(self, match: re.Match[str], line: Line) -> None:
        outcome = {"✓": Outcome.PASSED, "✗": Outcome.FAILED}.get(match["mark"], Outcome.SKIPPED)
        spent = match["time"] or match["late"]
        reason = (("reason", match["why"]),) if match["why"] else ()
        failures = (bare_failure(line),) if outcome.is_red else ()
        duration = int(spent) / 1000 if spent else None
        self.session.cases.append(
            CaseResult(
                match["name"],
                outcome,
                file=self.file,
                duration=duration,
                failures=failures,
                properties=reason,
            )
        )
        self.block = Block(line) if outcome.is_red else None

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None or not block.text.strip():
            return
        lines = dedent(block.text.split("\n"), 3)
        plain = Failure(block.text.strip(), trace=block.text.strip(), source_line=block.first_line)
        failure = bats_failure(lines, block.first_line) or plain
        self.session.cases[-1] = replace(self.session.cases[-1], failures=(failure,))

    def finish(self) -> Session:
        self._end_block()
        return self.session


READER = Reader("bats-console", _sniff, reader_of("Bats", run_after_run(_Parser)))
