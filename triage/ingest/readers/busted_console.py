"""What Busted, a runner for Lua, prints with its terminal formatters.

After ``busted/outputHandlers/utfTerminal.lua`` of Busted 2, and of 1. Signs have no name, so the counts stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    reader_of,
    run_before_run,
    sample_lines,
    seconds,
)
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_COUNTS = re.compile(
    r"^(?P<passed>\d{1,9}) success(?:es)? / (?P<failed>\d{1,9}) failures? / (?P<errors>\d{1,9}) errors? / (?P<pending>\d{1,9}) pending : (?P<time>[\d.]+) seconds$"
)
_OLD_COUNTS = re.compile(
    r"^(?P<passed>\d{1,9}) success(?:es)?, (?P<failed>\d{1,9}) failures?,? and (?P<pending>\d{1,9}) pending in (?P<time>[\d.]+) seconds\.?$"
)
_HEADER = re.compile(r"^(?P<what>Failure|Error|Pending)(?: (?:→|->)|:) (?P<file>\S.*) @ (?P<line>\d{1,9})$")
_SAID = re.compile(r"^(?P<file>\S+\.\w{1,5}):(?P<line>\d{1,9}): (?P<said>.*)$", re.DOTALL)
_OUTCOMES = {"Failure": Outcome.FAILED, "Error": Outcome.ERROR, "Pending": Outcome.SKIPPED}


def _sniff(sample: Sample) -> int:
    return 84 if any(_COUNTS.match(line) or _OLD_COUNTS.match(line) for line in sample_lines(sample)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    block: Block | None = None

    def is_next(self, line: Line) -> bool:
        return self.session.closed and (_COUNTS.match(line.mark) or _OLD_COUNTS.match(line.mark)) is not None

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _COUNTS.match(mark) or _OLD_COUNTS.match(mark):
            groups = match.groupdict()
            passed, failed, errors, pending = (
                int(groups.get(n) or 0) for n in ("passed", "failed", "errors", "pending")
            )
            self.session.stated = Totals(passed + failed + errors + pending, passed, failed, errors, pending)
            self.session.duration, self.session.closed = seconds(match["time"]), True
        elif _HEADER.match(mark):
            self._end_block()
            self.block = Block(line)
        elif self.block is not None:
            self.block.lines.append(line.text)

    def _end_block(self) -> None:
        block, self.block = self.block, None
        match = _HEADER.match(block.header.text) if block is not None else None
        if block is None or match is None:
            return
        name = block.lines[0].strip() if block.lines else ""
        body = Block(Line(block.header.number + 1, ""), block.lines[1:])
        outcome = _OUTCOMES[match["what"]]
        failures: tuple[Failure, ...] = ()
        if outcome.is_red:
            failures = (
                (_failure(body, "error" if outcome is Outcome.ERROR else "failure"),) if body.text else ()
            )
            failures = failures or (bare_failure(block.header),)
        self.session.cases.append(
            CaseResult(
                name or match["file"], outcome, "", match["file"], int(match["line"]), failures=failures
            )
        )

    def finish(self) -> Session:
        self._end_block()
        return self.session


def _failure(block: Block, kind: str) -> Failure:
    text = block.text
    match = _SAID.match(text[:20_000])
    return Failure(
        match["said"] if match else text,
        "",
        kind,
        text,
        match["file"] if match else None,
        int(match["line"]) if match else None,
        block.first_line,
    )


READER = Reader("busted-console", _sniff, reader_of("Busted", run_before_run(_Parser)))
