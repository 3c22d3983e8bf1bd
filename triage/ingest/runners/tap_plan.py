"""What the plan of a TAP stream says of the tests that ran."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from triage.ingest.console import Line
from triage.ingest.logs.severity import severity, telling_line
from triage.ingest.runners.prove_report import broken
from triage.ingest.runners.tap_text import Test
from triage.model import Failure, Warn

PLAN = re.compile(
    r"^(?P<indent> *)1\.\.(?P<count>\d{1,9})(?:\s+todo(?P<todo>(?: +\d{1,9}){1,50}) *;?)?(?:\s*#\s*(?P<why>.*))?$"
)

DEATH = re.compile(r"# (?P<said>Looks like your test (?:died|exited with [1-9]\d{0,9})\b.*)$")
"""What Test::More says at its end of a program that broke outside of its tests; inside of a subtest it is indented."""
FAILED = re.compile(r"# fail(?:ed)?:? +(?P<count>\d{1,9})$")
"""How many failed, in the last words of node's runners and Qt's; what is skipped or yet to be done may be among them."""
_DIED = re.compile(r" at \S.* line \d{1,9}\.$")
"""How Perl ends what it says when it dies."""


@dataclass
class Plan:
    """How many tests a program announced; none, as long as it did not."""

    count: int | None = None
    line: list[Line] = field(default_factory=list)
    """The line that says so."""
    why: str = ""
    """Why all of them are skipped."""
    todo: frozenset[int] = frozenset()
    """The tests that are yet to be done, as Test.pm writes them into the plan."""
    versioned: Line | None = None
    """The version that the output begins with: then a plan must come."""
    failed: int | None = None
    tally: Line | None = None
    """How many tests failed by the program's own count, and the line that says so."""
    death: Line | None = None
    """The line that says that the program died, which it may do with its plan met."""

    def take(self, match: re.Match[str], line: Line) -> None:
        """Take the line that ``PLAN`` matched."""
        self.count, self.line, self.why = int(match["count"]), [line], match["why"] or ""
        self.todo = frozenset(map(int, (match["todo"] or "").split()))

    def mark(self, test: Test, number: int) -> None:
        """Give a test what the plan says of it."""
        if number in self.todo and not test.directive:
            test.directive, test.why = "TODO", "by the plan"

    def _out_of_range(self, tests: Sequence[Test]) -> Test | None:
        """A test whose number the plan does not have, as where one got lost; some count on from program to program."""
        numbers = sorted(test.number for test in tests)
        if not numbers or not numbers[0] or numbers[-1] - numbers[0] < len(numbers):
            return None
        return next((test for test in tests if test.number > (self.count or 0)), None)

    def judge(
        self, tests: Sequence[Test], ran: int, top: int, loose: Sequence[Line], where: str, last: int
    ) -> Iterator[Failure | Warn]:
        """What is wrong where ``ran`` tests ran, ``top`` of them at the margin, up to the line ``last``."""
        told = False
        for wrong in self._judged(tests, ran, top, loose, where, last):
            told = told or isinstance(wrong, Failure)
            yield wrong
        if self.failed and self.tally and not told and all(test.ok and not test.inside for test in tests):
            told = True
            yield broken(
                f"{where}the output counts {self.failed} failed, and lists none of them", [self.tally]
            )
        # With ``prove`` its report says so, once for each file.
        if self.death is not None and not told and not where:
            reason = next((line for line in reversed(loose) if _DIED.search(line.text[-1_000:])), self.death)
            said = reason.text.strip().removeprefix("# ")
            yield broken(said, [*loose[-50:], self.death])

    def _judged(
        self, tests: Sequence[Test], ran: int, top: int, loose: Sequence[Line], where: str, last: int
    ) -> Iterator[Failure | Warn]:
        if self.count is not None and self.count != ran:
            said = f"{where}{self.count} tests were planned, {ran} ran"
            if self.count < top:
                if all(test.ok for test in tests):
                    # Bats tells a tear-down that failed as one test more.
                    yield broken(said, self.line)
            elif self.count > ran:
                # What a test that passed printed is no reason, where others failed.
                red = any(not test.ok for test in tests)
                lines = [] if red and not any(severity(line.mark) for line in loose[-1:]) else loose
                yield broken(lines[-1].text.strip() if lines else said, lines[-50:] or self.line)
            yield Warn(said, last)
        elif self.count and (far := self._out_of_range(tests)):
            yield broken(
                f"{where}test {far.number} is out of the range of the plan, 1..{self.count}", [far.line]
            )
        elif self.count is None and tests and not any(test.holds for test in tests):
            if self.versioned and all(test.ok or test.directive for test in tests):
                lines = loose if any(severity(line.mark) for line in loose[-1:]) else []
                said = f"{where}no plan behind the tests: the program died, or its output was cut"
                yield broken(lines[-1].text.strip() if lines else said, lines[-50:] or [tests[-1].line])
            yield Warn(f"{where}no plan: whether all tests ran is not known", last)
        elif self.count is None and self.versioned and not tests:
            said = f"{where}no result and no plan behind the version: the program died, or its output was cut"
            lines = [line for line in loose if line.text.strip()]
            why = telling_line("\n".join(line.text for line in lines)) if lines else said
            yield broken(why, lines[-50:] or [self.versioned])
        if self.count == 0 and not tests:
            yield Warn(f"{where}skipped as a whole: {self.why or 'no reason given'}", last)
