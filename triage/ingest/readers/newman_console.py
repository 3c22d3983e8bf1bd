"""What Newman and the Postman CLI, the runners of Postman collections, print with their ``cli`` reporter.

After ``lib/reporters/cli`` of Newman 3 to 6, with and without Unicode, and Postman CLI 1.34. An assertion is a test; a request or a script
that broke is a failure of the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.console import Line, Session, reader_of, run_before_run, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_HEAD = re.compile(r"^(?:newman|postman)$")
_ROW = re.compile(
    r"^[│|] +(?P<what>iterations|requests|test-scripts|prerequest-scripts|assertions) [│|] +(?P<run>\d{1,9}) [│|] +(?P<failed>\d{1,9}) [│|]$"
)
_DURATION = re.compile(
    r"^[│|] total run duration: (?:(?P<h>\d+)h )?(?:(?P<m>\d+)m )?(?P<time>[\d.]+) ?(?P<unit>ms|s|m|h)? +[│|]$"
)
_ITERATION = re.compile(r"^Iteration (?P<number>\d{1,9})/\d+$")
_FOLDER = re.compile(r"^(?:❏|Folder)(?: (?P<name>\S.*)?)?$")
_ITEM = re.compile(r"^(?P<sign>↳|→|Sub-folder|Root) (?P<name>\S.*)$")
_PASSED = re.compile(r"^ +(?:✓|√|Pass) +(?P<name>\S.*)$")
_SKIPPED = re.compile(r"^  -  \[skipped\] (?P<name>\S.*)$")
_FAILED = re.compile(r"^ *(?P<number>\d{1,6})\. (?P<name>\S.*)$")
_TABLE = re.compile(r"^ *#  failure +(?P<detail>detail) *$")
_NUMBERED = re.compile(r"^ *0*(?P<number>\d{1,6})\. {1,4}(?P<type>\S+)(?:\s|$)")
_INSIDE = re.compile(r'^inside "(?P<path>.*)$')


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    rows = {match["what"] for line in lines if (match := _ROW.match(line))}
    if {"assertions", "iterations"} <= rows:
        return 88
    return 65 if any(map(_HEAD.match, lines)) and any(map(_ITEM.match, lines)) else 0


@dataclass
class _Case:
    name: str
    suite: str
    outcome: Outcome
    status: Line
    number: int | None = None
    iteration: int = 1
    failure: Failure | None = None


@dataclass
class _Detail:
    """One row of the table of failures, its columns apart."""

    number: int
    type: str
    source_line: int
    lines: list[str] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: list[_Case] = field(default_factory=list)
    details: list[_Detail] = field(default_factory=list)
    iteration: int = 1
    folder: str = ""
    item: str = ""
    column: int | None = None
    """Where the details begin in the table of failures."""
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    ended: bool = False

    def is_next(self, line: Line) -> bool:
        return bool(self.counts) and _HEAD.match(line.mark) is not None

    def feed(self, line: Line) -> None:
        mark = line.mark
        if self.column is not None:
            self._row(line)
        elif match := _TABLE.match(mark):
            self.column = match.start("detail")
        elif match := _ROW.match(mark):
            self.counts[match["what"]] = int(match["run"]), int(match["failed"])
        elif match := _DURATION.match(mark):
            spent = seconds(match["time"], match["unit"]) or 0.0
            self.session.duration = int(match["h"] or 0) * 3600 + int(match["m"] or 0) * 60 + spent
        elif match := _ITERATION.match(mark):
            self.iteration, self.folder, self.item = int(match["number"]), "", ""
        elif match := _FOLDER.match(mark):
            self.folder = match["name"] or ""
        elif match := _ITEM.match(mark):
            self.folder = self.folder if match["sign"] in ("↳", "Sub-folder") else ""
            self.item = match["name"]
        elif match := _PASSED.match(mark):
            self._add(match["name"], Outcome.PASSED, line)
        elif match := _SKIPPED.match(mark):
            self._add(match["name"], Outcome.SKIPPED, line)
        elif self.item and (match := _FAILED.match(mark)):
            self._add(match["name"], Outcome.FAILED, line, int(match["number"]))

    def _add(self, name: str, outcome: Outcome, line: Line, number: int | None = None) -> None:
        suite = " / ".join(filter(None, (self.folder, self.item)))
        self.cases.append(_Case(name, suite, outcome, line, number, self.iteration))

    def _row(self, line: Line) -> None:
        assert self.column is not None
        right = line.text[self.column :].rstrip()
        if match := _NUMBERED.match(line.mark[: self.column]):
            self.details.append(_Detail(int(match["number"]), match["type"], line.number))
        elif not line.text.startswith("  ") or not self.details:
            self.column = self.column if not line.text.strip() else None
            return
        self.details[-1].lines.append(right)

    def finish(self) -> Session:
        first = _first(self.cases, self.details)
        numbered = {case.number + first: case for case in self.cases if case.number is not None}
        for detail in self.details:
            case = numbered.get(detail.number)
            failure = _failure(detail, case.name if case else "")
            if case is not None:
                case.failure = failure
            elif detail.type == "AssertionError" or any(
                line.startswith("at assertion:") for line in detail.lines
            ):
                name = next((line for line in detail.lines if line.strip()), "assertion")
                case = _Case(name, _path(detail), Outcome.FAILED, Line(detail.source_line, name))
                case.failure = failure
                self.cases.append(case)
            else:
                self.session.failures.append(failure)
        several = max((case.iteration for case in self.cases), default=1) > 1
        self.session.cases = [_result(case, several=several) for case in self.cases]
        if "assertions" in self.counts:
            tests, failed = self.counts["assertions"]
            skipped = sum(case.outcome is Outcome.SKIPPED for case in self.cases)
            passed = max(0, tests - failed - skipped)
            self.session.stated = Totals(passed + failed + skipped, passed, failed, 0, skipped)
            self.session.closed = True
        return self.session


def _first(cases: list[_Case], details: list[_Detail]) -> int:
    """What the table adds to the numbers of the list: the Postman CLI counts from 1 there and from 0 in the list."""
    titles = {detail.number: next(filter(None, map(str.strip, detail.lines)), "") for detail in details}
    listed = [(case.number, case.name) for case in cases if case.number is not None]

    def agreeing(more: int) -> int:
        return sum(bool(title := titles.get(at + more, "")) and name.startswith(title) for at, name in listed)

    return max((0, 1), key=agreeing)


def _result(case: _Case, *, several: bool) -> CaseResult:
    failures: tuple[Failure, ...] = ()
    if case.outcome.is_red:
        failures = (case.failure or Failure(case.name, source_line=case.status.number),)
    return CaseResult(
        f"{case.name} (iteration {case.iteration})" if several else case.name,
        case.outcome,
        case.suite,
        failures=failures,
        properties=(("iteration", str(case.iteration)),) if several else (),
    )


def _path(detail: _Detail) -> str:
    found = next((match["path"] for line in detail.lines if (match := _INSIDE.match(line))), "")
    return found.rstrip('"')


def _failure(detail: _Detail, title: str) -> Failure:
    lines = detail.lines
    place = max((i for i, line in enumerate(lines) if line.startswith("at ")), default=len(lines))
    said = lines[:place]
    joined = ""
    for index, line in enumerate(said):
        # The title stands above the message, broken where the column ends.
        joined = f"{joined} {line}".strip()
        if title and joined.replace(" ", "") == title.replace(" ", ""):
            said = said[index + 1 :]
            break
    else:
        if detail.type == "AssertionError" and len(said) > 1:
            said = said[1:]
    message = "\n".join(said).strip()
    rest = "\n".join(lines).strip()
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    kind = "failure" if detail.type == "AssertionError" or title else "error"
    return Failure(
        message or rest or detail.type, detail.type, kind, rest, source_line=detail.source_line + first
    )


READER = Reader("newman-console", _sniff, reader_of("Newman", run_before_run(_Parser)))
