"""What the plan of a TAP stream says of the tests that ran."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from triage.ingest.console import Line
from triage.ingest.logs.severity import severity
from triage.ingest.runners.prove_report import broken
from triage.ingest.runners.tap_text import Test
from triage.model import Failure, Warn

PLAN = re.compile(
    r"^(?P<indent> *)1\.\.(?P<count>\d{1,9})(?:\s+todo(?P<todo>(?: +\d{1,9}){1,50}) *;?)?(?:\s*#\s*(?P<why>.*))?$"
)


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
    versioned: bool = False
    """Whether the output begins with a version: then a plan must come."""

    def take(self, match: re.Match[str], line: Line) -> None:
        """Take the line that ``PLAN`` matched."""
        self.count, self.line, self.why = int(match["count"]), [line], match["why"] or ""
        self.todo = frozenset(map(int, (match["todo"] or "").split()))

    def mark(self, test: Test, number: int) -> None:
        """Give a test what the plan says of it."""
        if number in self.todo and not test.directive:
            test.directive, test.why = "TODO", "by the plan"

    def judge(
        self, tests: Sequence[Test], ran: int, top: int, loose: Sequence[Line], where: str, last: int
    ) -> Iterator[Failure | Warn]:
        """What is wrong where ``ran`` tests ran, ``top`` of them at the margin, up to the line ``last``."""
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
        elif self.count is None and tests and not any(test.holds for test in tests):
            if self.versioned and all(test.ok or test.directive for test in tests):
                lines = loose if any(severity(line.mark) for line in loose[-1:]) else []
                said = f"{where}no plan behind the tests: the program died, or its output was cut"
                yield broken(lines[-1].text.strip() if lines else said, lines[-50:] or [tests[-1].line])
            yield Warn(f"{where}no plan: whether all tests ran is not known", last)
        if self.count == 0 and not tests:
            yield Warn(f"{where}skipped as a whole: {self.why or 'no reason given'}", last)
