"""What ``cypress run`` prints: Mocha's tree for each spec, a box with its counts, and a table of all specs.

After ``packages/server/lib/modes/run`` and ``util/print-run`` of Cypress 3 to 15. What broke in a hook counts for the
test it was for; tests behind it are skipped and have no name, so the counts of the table stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from triage.ingest.console import Block, Line, Session, reader_of, run_before_run, sample_lines
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.mocha_text import MochaRun
from triage.model import Failure, Totals

_PART = re.compile(
    r"^  \((?P<what>Run Starting|Run Finished|Results|Screenshots|Video|Uploading [\w ]+|Uploaded [\w ]+|Tests? [\w ]+)\)\s*$"
)
_RUNNING = re.compile(r"^  Running: +(?P<spec>\S.*?)(?:\.\.\.)? +\(\d+ of \d+\)\s*$")
_BOX = re.compile(r"^  │ (?P<what>Tests|Passing|Failing|Pending|Skipped): +(?P<count>\d{1,9}) +│$")
_CELLS = r" +(?P<time>\d+ms|\S{1,8}) +(?P<tests>\d+|-) +(?P<passing>\d+|-) +(?P<failing>\d+|-) +(?P<pending>\d+|-) +(?P<skipped>\d+|-)"
_ROW = re.compile(rf"^  │ [✔✖√×] +(?P<spec>\S.*?){_CELLS} +│$")
_TOTAL = re.compile(rf"^ +[✔✖√×] +(?:All specs passed!|\d+ of \d+ failed \(\d+%\)){_CELLS}\s*$")
_BROKEN: Final = "Oops...we found an error preparing this test file:"
_BROKE = re.compile(
    r"^(?:Cypress failed to |Can't run because |We detected that the .* (?:crashed|process)|Cypress could not (?!associate ))"
)
_ORIGIN = re.compile(
    r"^(?P<type>\w+: )?(?P<whose>The following error originated from your \w+ code, not from Cypress\.)\n\s*> (?P<said>.*)"
)
_BOX_ORDER: Final = ("Tests", "Passing", "Failing", "Pending", "Skipped")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    parts = {match["what"] for line in lines if (match := _PART.match(line))}
    if {"Run Starting", "Run Finished"} & parts or any(map(_TOTAL.match, lines)):
        # With another reporter its own words stand around that one's reports.
        return 40 if '"fullTitle"' in sample.text else 90
    return 80 if any(map(_RUNNING.match, lines)) and (parts or any(map(_BOX.match, lines))) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    runs: list[MochaRun] = field(default_factory=list)
    boxes: list[dict[str, int]] = field(default_factory=list)
    rows: list[Totals] = field(default_factory=list)
    total: Totals | None = None
    in_spec: bool = False
    block: Block | None = None
    """An error outside any test."""

    def is_next(self, line: Line) -> bool:
        return self.total is not None and line.mark.strip() == "(Run Starting)"

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _PART.match(mark):
            self._leave_spec()
            if match["what"] == "Results":
                self.boxes.append({})
        elif match := _RUNNING.match(mark):
            self._leave_spec()
            self.runs.append(MochaRun(file=match["spec"]))
            self.in_spec = True
        elif (match := _BOX.match(mark)) and self.boxes:
            self.boxes[-1][match["what"]] = int(match["count"])
        elif match := _TOTAL.match(mark):
            self._leave_spec()
            self.total, self.session.closed = _totals(match), True
            self.session.duration = _duration(match["time"])
        elif match := _ROW.match(mark):
            self._leave_spec()
            self.rows.append(_totals(match))
        elif mark.strip() == _BROKEN or (_BROKE.match(mark) and self.block is None):
            self._end_block()
            self.block = Block(line)
        elif self.block is not None:
            self.block.lines.append(line.text)
        elif self.in_spec:
            self.runs[-1].feed(line)

    def _leave_spec(self) -> None:
        self.in_spec = False
        self._end_block()

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        whole = f"{block.header.text}\n{block.text}".rstrip()
        _, said, why = block.text.partition("The error was:")
        failure = failure_from(
            whole, message=why.strip().split("\n\n")[0] if said else whole.split("\n\n")[0], kind="error"
        )
        file = failure.file or (self.runs[-1].file if self.runs else None)
        self.session.failures.append(
            replace(failure, file=file, trace=whole, source_line=block.header.number)
        )

    def finish(self) -> Session:
        self._leave_spec()
        for run in self.runs:
            run.blame_tests()
            run.into(self.session)
        self.session.cases = [
            replace(case, failures=tuple(map(_own_words_last, case.failures))) for case in self.session.cases
        ]
        stated = self.total
        if stated is None and self.rows:
            stated = sum(self.rows, Totals())
        elif stated is None and self.boxes:
            stated = sum(
                (_counted(*(box.get(what, 0) for what in _BOX_ORDER)) for box in self.boxes), Totals()
            )
        self.session.stated = stated
        return self.session


def _own_words_last(failure: Failure) -> Failure:
    """What was thrown in front of what Cypress says of every error that no test caught."""
    match = _ORIGIN.match(failure.message)
    if match is None:
        return failure
    head = f"{match['type'] or ''}{match['said']}\n{match['whose']}"
    return replace(failure, message=head + failure.message[match.end() :])


def _totals(match: re.Match[str]) -> Totals:
    cells = ("tests", "passing", "failing", "pending", "skipped")
    return _counted(*(0 if match[name] == "-" else int(match[name][:9]) for name in cells))


def _counted(tests: int, passed: int, failed: int, pending: int, skipped: int) -> Totals:
    # A spec that did not load has no test and one failure.
    return Totals(passed + failed + pending + skipped, passed, failed, 0, pending + skipped)


def _duration(cell: str) -> float | None:
    if cell.endswith("ms"):
        return int(cell[:-2][:9]) / 1000
    parts = cell.split(":")
    if not all(part.isdecimal() and len(part) < 6 for part in parts) or len(parts) > 3:
        return None
    spent = 0
    for part in parts:
        spent = spent * 60 + int(part)
    return float(spent)


READER = Reader("cypress-console", _sniff, reader_of("Cypress", run_before_run(_Parser)))
