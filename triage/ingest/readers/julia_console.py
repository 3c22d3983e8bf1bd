"""What Julia's standard library ``Test`` prints, alone or under ``Pkg.test``.

Written after Julia 0.7 to 1.12. It counts expectations and names only those that did not pass; their test set is the
suite. The first row below each ``Test Summary:`` counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Outcome, Totals

_SUMMARY = re.compile(r"^Test Summary: *\|(?P<columns>(?: +(?:Pass|Fail|Error|Broken|Total|Time))+)\s*$")
_COLUMN = re.compile(r"\S+")
_ROW = re.compile(r"^ *(?P<name>\S[^|]*?) *\|(?P<cells>(?: +[\d.a-z?]+)+)\s*$")
_HEADER = re.compile(
    r"^(?P<set>\S.*?)?(?:: )?(?P<what>(?:Log )?Test Failed|Error During Test|Unexpected Pass) at (?P<file>\S.*?):(?P<line>\d{1,9})\s*$"
)
_OUTSIDE = re.compile(r"^\s+Got exception\b.* outside of a @test$")
_EXPRESSION = re.compile(r"^\s+Expression: (?P<what>\S.*)$")
_SET = re.compile(r"^Error in testset (?P<set>.*?):\s*$")
_SLASH = re.compile(r"[\\/]")
_STACK = re.compile(r"^\s*Stacktrace:$")
_FRAME = re.compile(r"^\s*(?:\[\d+\]|@ |--- |\.\.\. |⋮|\(repeats|caused by: |\[inlined\])")
_NOT = re.compile(
    r"^(?:.*ERROR: (?:LoadError: )?)?Some tests did not pass: (?P<passed>\d+) passed, (?P<failed>\d+) failed, (?P<errors>\d+) errored, (?P<broken>\d+) broken\."
)
_BROKE = re.compile(r"^(?:ERROR: )?(?:LoadError: .*|Package \S+ errored during testing.*)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_SUMMARY.match(line) or _NOT.match(line) for line in lines):
        return 84
    headed = any(map(_HEADER.match, lines)) and any(
        _EXPRESSION.match(line) or _OUTSIDE.match(line) for line in lines
    )
    return 75 if headed else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    header: re.Match[str] | None = None
    status: Line | None = None
    block: list[Line] = field(default_factory=list)
    framed: bool = False
    columns: list[tuple[int, str]] = field(default_factory=list)
    """Where each column of the summary ends, until its first row was read."""
    broken: Line | None = None
    announced: Totals | None = None
    """What the error said of a test set whose summary is not read yet: the streams of a run need not be in order."""
    set: str = ""
    """That of the next failure, as the tests of Julia itself tell it."""

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if match := _SUMMARY.match(mark):
            self._end()
            at = match.start("columns")
            self.columns = [(at + found.end(), found[0]) for found in _COLUMN.finditer(match["columns"])]
        elif self.columns and (match := _ROW.match(mark)):
            self._count(match)
        elif match := _NOT.match(mark):
            self._end()
            self.broken = self.broken or line
            if self.session.stated is None:
                self.announced = _totals(
                    *(int(match[name]) for name in ("passed", "failed", "errors", "broken"))
                )
                self._state(self.announced)
        elif match := _SET.match(mark):
            self._end()
            self.set = match["set"]
        elif match := _HEADER.match(mark):
            self._end()
            self.header, self.status = match, line
        elif self.header is not None:
            self._below(line)
        elif _BROKE.match(mark):
            self.broken = self.broken or line
        return False

    def _below(self, line: Line) -> None:
        """A line of a failure: it is indented, but for its stack in older versions."""
        mark = line.mark
        stack = bool(_STACK.match(mark) or _FRAME.match(mark))
        self.framed = self.framed or stack
        if mark.strip() and not mark.startswith(" ") and not stack:
            self._end()
            self.feed(line)
        elif len(self.block) < MAX_BLOCK:
            self.block.append(line)

    def _count(self, row: re.Match[str]) -> None:
        at, counts = row.start("cells"), dict.fromkeys(("Pass", "Fail", "Error", "Broken"), 0)
        for cell in _COLUMN.finditer(row["cells"]):
            end = at + cell.end()
            name = min(self.columns, key=lambda column: abs(column[0] - end))[1]
            if name == "Time":
                self.session.duration = (self.session.duration or 0.0) + (spoken_seconds(cell[0]) or 0.0)
            elif name in counts and cell[0].isdigit():
                counts[name] = int(cell[0])
        self.columns = []
        totals = _totals(*counts.values())
        if totals == self.announced:
            self.announced = None
        else:
            self._state(totals)

    def _state(self, totals: Totals) -> None:
        self.session.stated = (self.session.stated or Totals()) + totals
        self.session.closed = True

    def _end(self) -> None:
        match, status, block = self.header, self.status, self.block
        self.header, self.status, self.block, self.framed = None, None, [], False
        if match is None or status is None:
            return
        said = [line for line in block if line.text.strip()]
        asked = next((found["what"] for line in said if (found := _EXPRESSION.match(line.mark))), "")
        end = next((i for i, line in enumerate(said) if _STACK.match(line.mark)), len(said))
        texts = [line.text.strip() for line in said[:end]]
        outcome = Outcome.ERROR if match["what"] == "Error During Test" else Outcome.FAILED
        kind = "error" if outcome is Outcome.ERROR else "failure"
        place = f"{_SLASH.split(match['file'])[-1]}:{match['line']}"
        failure = bare_failure(status, kind)
        if texts:
            failure = failure_of([status, *said], message="\n".join(texts), kind=kind)
        failure = replace(failure, file=match["file"], line=int(match["line"]), source_line=status.number)
        self.session.cases.append(
            CaseResult(
                asked or place,
                outcome,
                (match["set"] or self.set).strip(),
                file=match["file"],
                line=int(match["line"]),
                failures=(failure,),
            )
        )

    def finish(self) -> Session:
        self._end()
        if self.broken is not None:
            self.session.tell_red(self.broken)
        return self.session


def _totals(passed: int, failed: int, errors: int, broken: int) -> Totals:
    return Totals(passed + failed + errors + broken, passed, failed, errors, 0, broken)


READER = Reader("julia-console", _sniff, reader_of("Julia", run_after_run(_Parser)))
