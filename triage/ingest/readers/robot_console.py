"""What Robot Framework prints: verbose (a line a test), ``--console dotted``, and Pabot's progress.

After ``robot/output/console`` of Robot Framework 2.8 to 7 and ``pabot.py`` of Pabot 1 to 5. The counts of the
outermost suite stand: a suite whose tear-down failed turns tests red that are printed as passed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.console import Line, Session, bare_failure, reader_of, run_before_run, sample_lines
from triage.ingest.parts import exception_type
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.robot_text import WHERE
from triage.model import CaseResult, Failure, Outcome, Totals, Warn

_RULE = re.compile(r"^(?:={20,}|-{20,})$")
_STATUS = re.compile(r"^(?P<before>.*?)\| (?P<status>PASS|FAIL|SKIP|NOT RUN) \|$")
_COUNTS = re.compile(
    r"^(?P<tests>\d{1,9}) tests?(?: total)?, (?P<passed>\d{1,9}) passed, (?P<failed>\d{1,9}) failed"
    r"(?:, (?P<skipped>\d{1,9}) skipped)?\.?$"
)
_CRITICAL = re.compile(r"^\d+ critical tests?, \d+ passed, \d+ failed$")
_OUTPUT = re.compile(r"^(?:Output|Debug|XUnit|Log|Report): +\S")
_NOTICE = re.compile(r"^\[ (?:WARN|ERROR|WARNING) \]")
_ERROR = re.compile(r"^\[ ERROR \] (?P<said>\S.*)$")
_DOTTED = re.compile(r"^Running suite '.*' with \d+ tests?\.$")
_LISTED = re.compile(r"^(?P<status>FAIL|SKIP): (?P<test>\S.*)$")
_PABOT = re.compile(
    r"\[PID:\d+\] \[\d+\] \[ID:\d+\] (?P<what>EXECUTING|PASSED|FAILED|SKIPPED|TIMEOUT) (?P<suite>\S.*?)(?: in [\d.]+ seconds)?$"
)
_ELAPSED = re.compile(r"^Elapsed time: +(?:(?P<m>\d+) minutes? )?(?P<s>[\d.]+) seconds?$")
_OUTCOMES = {
    "PASS": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "SKIP": Outcome.SKIPPED,
    "NOT RUN": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    ruled = any(map(_RULE.match, lines))
    marked = any(map(_STATUS.match, lines))
    counted = any(map(_COUNTS.match, lines))
    if ruled and ((marked and counted) or any(map(_DOTTED.match, lines))):
        return 84
    if any(map(_PABOT.search, lines)) and (counted or marked):
        return 84
    return 65 if ruled and marked else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    chunk: list[Line] = field(default_factory=list)
    """The lines since the last rule."""
    width: int = 0
    open: list[str] = field(default_factory=list)
    """Suites that have begun, outermost first."""
    framed: bool = False
    """Whether the last rule was a double one: between two of them stands the name of a suite."""
    dotted: bool = False
    red_suites: list[Failure] = field(default_factory=list)
    """Suites that Pabot says failed; their tests are not named."""
    ended: bool = False
    parallel: bool = False

    def is_next(self, line: Line) -> bool:
        # Pabot repeats what a process of its own printed, and counts them all at the end.
        if self.parallel:
            return self.session.duration is not None and _PABOT.search(line.mark) is not None
        return self.ended and bool(_RULE.match(line.mark) or _DOTTED.match(line.mark))

    def feed(self, line: Line) -> None:
        mark = line.mark.rstrip()
        if match := _ERROR.match(mark):
            self.session.warnings.append(Warn(match["said"], line.number))
        begun = self.open or self.session.cases
        if _RULE.match(mark) and (not begun or len(mark) == self.width):
            self.width = len(mark)
            chunk, self.chunk = self.chunk, []
            outer = mark.startswith("=")
            self._chunk(chunk, is_outer=outer)
            self.framed = outer
        elif _DOTTED.match(mark):
            self.dotted, self.chunk = True, []
        elif match := _PABOT.search(mark):
            self.parallel, self.framed, self.chunk = True, False, []
            if match["what"] in ("FAILED", "TIMEOUT"):
                said = f"{match['what'].lower()}: {match['suite']}"
                self.red_suites.append(Failure(said, kind="error", trace=mark, source_line=line.number))
        elif "] Execution failed in " in mark:
            self.framed, self.chunk = False, []
        elif _OUTPUT.match(mark) and self.session.stated is not None and not self.open:
            self.session.closed = self.ended = True
            self.framed = False
        elif match := _ELAPSED.match(mark):
            self.session.duration = int(match["m"] or 0) * 60 + _number(match["s"])
        elif not self.open and (match := _COUNTS.match(mark)):
            self._stated(match)
        else:
            self.chunk.append(line)

    def _chunk(self, chunk: list[Line], *, is_outer: bool) -> None:
        heads = len(chunk) == 1 or any(_NOTICE.match(line.mark) for line in chunk)
        chunk = _without_notices(chunk)
        if not chunk:
            return
        if self.dotted:
            self._listed(chunk)
            return
        at = next((i for i, line in enumerate(chunk) if _STATUS.match(line.mark.rstrip())), None)
        if at is None:
            # Azure Pipelines frames what it says of a task in the same way, but in several lines.
            if is_outer and self.framed and heads:
                self.open.append(_name(chunk[-1].text))
            return
        name = self._title(chunk, at)
        counts = next((m for line in chunk[at:] if (m := _COUNTS.match(line.mark.rstrip()))), None)
        if self.open and (is_outer or counts) and name == self.open[-1]:
            self._end_suite(chunk, at, counts)
        else:
            self.session.cases.append(self._case(name, chunk, at))

    def _title(self, chunk: list[Line], at: int) -> str:
        match = _STATUS.match(chunk[at].mark.rstrip())
        if at == 0 and match is not None:
            return _name(match["before"])
        # What the test printed stands behind its name, the status on a line of its own.
        return _name(chunk[0].text[: max(self.width - len("| PASS |"), 1)])

    def _case(self, name: str, chunk: list[Line], at: int) -> CaseResult:
        match = _STATUS.match(chunk[at].mark.rstrip())
        assert match is not None
        outcome = _OUTCOMES[match["status"]]
        suite = self.open[-1] if self.open else ""
        output = "\n".join(line.text for line in chunk[1:at])
        return _result(name, suite, outcome, chunk[at], chunk[at + 1 :], output)

    def _end_suite(self, chunk: list[Line], at: int, counts: re.Match[str] | None) -> None:
        suite = self.open.pop()
        said = [
            line
            for line in chunk[at + 1 :]
            if not _COUNTS.match(line.mark) and not _CRITICAL.match(line.mark)
        ]
        text = "\n".join(line.text for line in said).strip()
        inside = [
            index
            for index, case in enumerate(self.session.cases)
            if case.suite == suite or case.suite.startswith(f"{suite}.")
        ]
        if text:
            failure = _failure(chunk[at], said)
            told = False
            for index in inside if "eardown failed" in text.split("\n", 1)[0] else ():
                case = self.session.cases[index]
                if case.outcome is Outcome.PASSED:
                    self.session.cases[index] = replace(case, outcome=Outcome.FAILED, failures=(failure,))
                    told = True
            known = text.split("\n", 1)[-1].strip()
            told = told or any(
                known in f.message for index in inside for f in self.session.cases[index].failures
            )
            if not told and _STATUS.match(chunk[at].mark.rstrip())["status"] == "FAIL":  # type: ignore[index]
                self.session.failures.append(replace(failure, kind="error"))
        if counts is not None and not self.open:
            self._stated(counts)

    def _listed(self, chunk: list[Line]) -> None:
        """With dots only what failed is named, under the path of its suites."""
        for line in chunk:
            if match := _COUNTS.match(line.mark.rstrip()):
                self._stated(match)
        match = _LISTED.match(chunk[0].mark.rstrip())
        if match is None:
            return
        suite, _, name = match["test"].rpartition(".")
        case = _result(name, suite, _OUTCOMES[match["status"]], chunk[0], chunk[1:], "")
        self.session.cases.append(case)

    def _stated(self, match: re.Match[str]) -> None:
        tests, passed, failed = (int(match[name]) for name in ("tests", "passed", "failed"))
        self.session.stated = Totals(tests, passed, failed, 0, int(match["skipped"] or 0))

    def finish(self) -> Session:
        self._chunk(self.chunk, is_outer=False)
        if not self.session.cases:
            self.session.failures += self.red_suites
        self.session.closed = self.session.stated is not None and not self.open
        return self.session


def _without_notices(chunk: list[Line]) -> list[Line]:
    """The lines without warnings of the runner (standard error) and blank lines in front."""
    start = next(
        (i for i, line in enumerate(chunk) if line.text.strip() and not _NOTICE.match(line.mark)), len(chunk)
    )
    return chunk[start:]


def _name(text: str) -> str:
    """``Robot.Cart`` of ``Robot.Cart :: Tests of the cart      ``."""
    return text.strip().partition(" :: ")[0].strip()


def _number(text: str) -> float:
    return float(text) if text.count(".") < 2 else 0.0


def _result(
    name: str, suite: str, outcome: Outcome, status: Line, below: list[Line], output: str
) -> CaseResult:
    said = "\n".join(line.text for line in below).strip()
    failures: tuple[Failure, ...] = ()
    if outcome.is_red:
        failures = (_failure(status, below) if said else bare_failure(status),)
    reason = (("reason", said.split("\n", 1)[0]),) if outcome is Outcome.SKIPPED and said else ()
    return CaseResult(name, outcome, suite, failures=failures, output=output, properties=reason)


def _failure(status: Line, below: list[Line]) -> Failure:
    text = "\n".join(line.text for line in below).strip()
    first = next((line.number for line in below if line.text.strip()), status.number)
    where = WHERE.match(text)
    # Where it broke stands above why: both are one line.
    message = WHERE.sub(r"\1 ", text)
    return Failure(message, exception_type(text[where.end() :] if where else text), source_line=first)


READER = Reader("robot-console", _sniff, reader_of("Robot Framework", run_before_run(_Parser)))
