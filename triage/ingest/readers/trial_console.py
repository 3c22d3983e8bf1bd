"""What Twisted's ``trial`` prints: the tree, ``bwverbose``, ``timing``, ``text`` and ``minimal``, alone or with ``-j``.

After ``twisted/trial/reporter.py``. A test that passed although it was to do is tolerated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    indent_of,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
)
from triage.ingest.parts import exception_type
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.python_text import dotted_key, python_failure
from triage.model import CaseResult, Failure, Outcome, Totals, worse

_RULE = "=" * 79
_DASHES = "-" * 79
_STATUS = r"\[(?P<status>OK|FAIL|FAILURE|ERROR|SKIPPED|TODO|SUCCESS!\?!)\]"
_CASE = re.compile(rf"^(?P<indent> *)(?P<test>[^\s(][^\n]*?) \.\.\.(?: (?P<rest>.*?) *)?(?:{_STATUS})?$")
_ALONE = re.compile(rf"^ *{_STATUS}$")
_NODE = re.compile(r"^(?P<indent> *)(?P<name>[A-Za-z_]\S*)$")
_RAN = re.compile(r"^Ran (?P<count>\d{1,9}) tests? in (?P<seconds>\d{1,9}\.\d{1,9})s$")
_VERDICT = re.compile(r"^(?:PASSED|FAILED)(?: \((?P<counts>[\w ,=]+)\))?$")
_FILE = re.compile(r"\.py\[\d+\]$")
"""What SymPy's own runner puts before its dots: three of them look like trial's."""
_OUTCOMES = {
    "OK": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "FAILURE": Outcome.FAILED,
    "ERROR": Outcome.ERROR,
    "SKIPPED": Outcome.SKIPPED,
    "TODO": Outcome.XFAILED,
    "SUCCESS!?!": Outcome.XPASSED,
}
_PREFIX = re.compile(r"^(?:Failure: )?(?:(?:builtins|exceptions)\.)?")
"""What trial puts before the name of an exception."""
_TEST_ID = re.compile(r"^[A-Za-z_][\w.]*(?:[\[(].*)?$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(a == _DASHES and _RAN.match(b) for a, b in pairwise(lines)) and any(map(_VERDICT.match, lines)):
        return 83
    cases = filter(None, (_CASE.match(line) for line in lines if line.endswith("]") and " ... " in line))
    if any(match["status"] and not _FILE.search(match["test"]) for match in cases):
        return 78
    return 78 if any(a == _RULE and _ALONE.match(b) for a, b in pairwise(lines)) else 0


@dataclass
class _Case:
    status: Line
    outcome: Outcome
    reason: str = ""
    failures: list[Failure] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: dict[tuple[str, str], _Case] = field(default_factory=dict)
    tree: list[str] = field(default_factory=list)
    """Module and class that the tests below belong to."""
    running: tuple[str, str] | None = None
    """The test that was told last: its status, or one more, may come behind what it printed."""
    ruled: bool = False
    block: Block | None = None
    """What went wrong, below its status; the tests that it happened to are at its end."""
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
        elif self.ruled and _ALONE.match(mark):
            self._end_block()
            self.block = Block(line)
        elif self.block is not None:
            if mark != _RULE:
                self.block.lines.append(line.text)
        else:
            self._progress(line)
        self.ruled = mark == _RULE
        return False

    def _progress(self, line: Line) -> None:
        mark = line.mark
        if match := _CASE.match(mark):
            del self.tree[len(match["indent"]) // 2 :]
            # The tree has the name alone, the others the whole id.
            self.running = (".".join(self.tree), match["test"]) if self.tree else dotted_key(match["test"])
            if match["status"]:
                self._record(match["status"], line)
        elif (match := _ALONE.match(mark)) and self.running is not None:
            self._record(match["status"], line)
        elif match := _NODE.match(mark):
            depth, over = divmod(indent_of(mark), 2)
            if not over and depth <= len(self.tree):
                self.tree[depth:] = [match["name"]]

    def _record(self, status: str, line: Line) -> None:
        assert self.running is not None
        outcome = _OUTCOMES[status]
        case = self.cases.setdefault(self.running, _Case(line, outcome))
        case.outcome = worse(case.outcome, outcome)

    def _end_block(self) -> None:
        block, self.block = self.block, None
        match = _ALONE.match(block.header.text) if block is not None else None
        if block is None or match is None:
            return
        lines = block.text.split("\n")
        while lines and not lines[-1].strip("- "):
            lines.pop()
        tests: list[str] = []
        while lines and _TEST_ID.match(lines[-1]):
            tests.append(lines.pop())
        self._tell(match["status"], block, "\n".join(lines).strip("\n"), tests[::-1])

    def _tell(self, status: str, block: Block, said: str, tests: list[str]) -> None:
        outcome = _OUTCOMES[status]
        failures: list[Failure] = []
        if outcome.is_red:
            failure = python_failure(said, error=outcome is Outcome.ERROR, source_line=block.first_line)
            message = _PREFIX.sub("", failure.message)
            failures = [replace(failure, message=message, type=exception_type(message))]
        if not tests:
            self.session.failures += failures
        for test in tests:
            # What is at the top of a tree has no suite.
            key = dotted_key(test)
            case = self.cases.get(key) or self.cases.setdefault(key, _Case(block.header, outcome))
            case.outcome = worse(case.outcome, outcome)
            case.failures += failures
            case.reason = (
                case.reason if outcome.is_red else said.split("\n")[0].removeprefix("Reason: ").strip("'\"")
            )

    def _close(self, counts: str) -> None:
        stated = {
            name: int(count)
            for name, _, count in (part.partition("=") for part in counts.split(", "))
            if count.isdecimal()
        }
        names = ("failures", "errors", "skips", "expectedFailures", "unexpectedSuccesses")
        failed, errors, skipped, expected, unexpected = (stated.get(name, 0) for name in names)
        told, ran = Totals.of(self.results()), self.ran or 0
        if told.red or not failed + errors:
            # What did not pass is named, but counted twice where it broke twice.
            self.session.stated = replace(told, tests=ran, passed=told.passed + max(0, ran - told.tests))
        else:
            others = failed + errors + skipped + expected + unexpected
            tests = max(ran, others)
            self.session.stated = Totals(tests, tests - others, failed, errors, skipped, expected, unexpected)
        self.session.closed = True

    def results(self) -> list[CaseResult]:
        """Every test that was named."""
        return [
            CaseResult(
                name,
                case.outcome,
                suite,
                failures=tuple(case.failures or ([bare_failure(case.status)] if case.outcome.is_red else [])),
                properties=(("reason", case.reason),) if case.reason else (),
            )
            for (suite, name), case in self.cases.items()
        ]

    def finish(self) -> Session:
        self._end_block()
        self.session.cases = self.results()
        return self.session


READER = Reader("trial-console", _sniff, reader_of("trial", run_after_run(_Parser)))
