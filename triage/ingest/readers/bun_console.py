"""What ``bun test`` prints: marks with the error above them, counts at the end.

After Bun's ``test_command`` of 0.6 to 1.4; on a terminal the marks are signs. Errors outside a test count as failed
there, and are failures of the run here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
    until,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_FILE = re.compile(r"^(?P<file>\S+\.(?:[cm]?[jt]sx?)):$")
_MARK = re.compile(
    r"^(?:\((?P<word>pass|fail|skip|todo)\)|(?P<sign>[✓✗»✎])) (?P<name>\S.*?)(?: \(attempt (?P<tries>\d{1,6})\))?(?: \[(?P<time>[\d.]+)(?P<unit>ms|s)\])?$"
)
_COUNT = re.compile(r"^ ?(?P<count>\d{1,9}) (?P<what>pass|fail|skip|todo|errors?)$")
_RAN = re.compile(
    r"^Ran (?P<count>\d{1,9}) tests? across \d+ files?\. .*?\[(?P<time>[\d.]+)(?P<unit>ms|s)\]$"
)
_AGAIN = re.compile(r"^\d+ tests? (?:failed|skipped|todo):$")
_OUTSIDE = re.compile(r"^# Unhandled error between tests$")
_RULE = re.compile(r"^-{20,}$")
_NOTE = re.compile(r"^  \^ (?P<said>\S.*)$")
_HEADLINE = re.compile(r"^(?:error|[A-Z]\w*(?:Error|Exception)?): ")
_END = re.compile(r"^\s+at \S")
_OUTCOMES = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "skip": Outcome.SKIPPED, "todo": Outcome.SKIPPED,
             "✓": Outcome.PASSED, "✗": Outcome.FAILED, "»": Outcome.SKIPPED, "✎": Outcome.SKIPPED}  # fmt: skip


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(line.startswith("bun test v") for line in lines) or any(map(_RAN.match, lines)):
        return 84
    return 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    file: str | None = None
    above: list[Line] = field(default_factory=list)
    """What was printed since the last mark."""
    counts: dict[str, int] = field(default_factory=dict)
    outside: Block | None = None
    rules: int = 0
    repeating: bool = False

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _RAN.match(mark):
            self._close(int(match["count"]), seconds(match["time"], match["unit"]))
            return True
        if match := _COUNT.match(mark):
            self.counts[match["what"]] = int(match["count"])
        elif _AGAIN.match(mark):
            self.repeating = True
        elif self.repeating or mark.startswith("bun test v"):
            return False
        elif _OUTSIDE.match(mark):
            self.outside, self.rules = Block(line), 0
        elif self.outside is not None:
            self._outside(line, mark)
        elif match := _FILE.match(mark):
            self.file, self.above = match["file"], []
        elif match := _MARK.match(mark):
            self._mark(match, line)
        elif (match := _NOTE.match(mark)) and self.session.cases and not self.above:
            last = self.session.cases[-1]
            if last.outcome.is_red:
                note = Failure(match["said"], trace=mark.strip(), file=last.file, source_line=line.number)
                told = [failure for failure in last.failures if failure.message]
                self.session.cases[-1] = replace(last, failures=(*told, note))
        else:
            self.above.append(line)
        return False

    def _outside(self, line: Line, mark: str) -> None:
        assert self.outside is not None
        if not _RULE.match(mark):
            self.outside.lines.append(line.text)
            return
        self.rules += 1
        if self.rules == 2:
            block, self.outside = self.outside, None
            failure = _failure(block)
            trace = f"{block.header.text}\n{block.text}"
            file = failure.file or self.file
            self.session.failures.append(
                replace(failure, kind="error", trace=trace, file=file, source_line=block.header.number)
            )

    def _mark(self, match: re.Match[str], line: Line) -> None:
        outcome = _OUTCOMES[match["word"] or match["sign"]]
        *suite, name = match["name"].split(" > ")
        failures: tuple[Failure, ...] = ()
        tries = int(match["tries"] or 1)
        if outcome.is_red or tries > 1:
            text = [one for one in self.above if one.text.strip()]
            if text:
                block = Block(
                    Line(text[0].number - 1, ""),
                    [one.text for one in self.above if one.number >= text[0].number],
                )
                failures = (_failure(block),)
            elif outcome.is_red:
                failures = (bare_failure(line),)
        self.above = []
        spent = seconds(match["time"], match["unit"])
        self.session.cases.append(
            CaseResult(
                name,
                outcome,
                " > ".join(suite),
                self.file,
                duration=spent,
                attempts=tries,
                failures=failures,
            )
        )

    def _close(self, tests: int, spent: float | None) -> None:
        self.session.duration, self.session.closed = spent, True
        if not self.counts:  # with --bail it says no more than how many ran
            listed = Totals.of(self.session.cases)
            self.counts = {"fail": listed.failed, "skip": listed.skipped}
            self.counts["pass"] = max(0, tests - listed.failed - listed.skipped)
        passed, failed = self.counts.get("pass", 0), self.counts.get("fail", 0)
        skipped = self.counts.get("skip", 0) + self.counts.get("todo", 0)
        skipped += max(0, tests - passed - failed - skipped)
        self.session.stated = Totals(passed + failed + skipped, passed, failed, 0, skipped)

    def finish(self) -> Session:
        return self.session


def _failure(block: Block) -> Failure:
    lines = block.text.split("\n")
    start = next((i for i, line in enumerate(lines) if _HEADLINE.match(line[:200])), 0)
    message = until(lines[start:], _END).removeprefix("error: ")
    return failure_from(block.text, message=message, source_line=block.first_line)


READER = Reader("bun-console", _sniff, reader_of("Bun", run_after_run(_Parser)))
