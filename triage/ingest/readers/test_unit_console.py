"""What Ruby's test-unit prints, plain and with ``-v``.

After ``lib/test/unit/ui/console/testrunner.rb`` of test-unit 2 and 3. Dots have no name, so the counts stand;
omissions and pendings are skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
)
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.ruby_text import FRAME, ruby_location
from triage.model import CaseResult, Failure, Outcome, Totals

_COUNTS = re.compile(
    r"^(?P<tests>\d{1,9}) tests, \d{1,9} assertions, (?P<failed>\d{1,9}) failures, (?P<errors>\d{1,9}) errors, "
    r"(?P<pendings>\d{1,9}) pendings, (?P<omissions>\d{1,9}) omissions, \d{1,9} notifications$"
)
_TOOK = re.compile(r"^Finished in (?P<seconds>[\d.]+) seconds\.$")
_RULE = re.compile(r"^={20,}$")
_HEADER = re.compile(r"^(?P<what>Failure|Error|Omission|Pending|Notification):(?: (?P<rest>\S.*))?$")
_TEST = re.compile(r"^(?P<name>\S.*?)\((?P<suite>[\w:]+)\)(?: \[\S+\])?:?(?: (?P<said>\S.*))?$")
_BEHIND = re.compile(r"^(?P<said>.*) \[(?P<name>[^\[\]]+?)\((?P<suite>[\w:]+)\)\]$")
_MARK = re.compile(r"^ +(?P<name>\S.*?):\t+(?P<mark>[.FEOPN]+)(?:: \((?P<time>[\d.]+)\))?$")
_SPENT = re.compile(r"^[.FEOPN]*: \((?P<time>[\d.]+)\)$")
_SUITE = re.compile(r"^ *(?P<name>[A-Z][\w:]*): *$")
_CODE = re.compile(r"^ +(?:=> +)?\d+: ")
_TYPE = re.compile(r"^(?P<type>[A-Z]\w*(?:::\w+)*): (?P<said>.*)$")
_OUTCOMES: Final = {
    "Failure": Outcome.FAILED,
    "Error": Outcome.ERROR,
    "Omission": Outcome.SKIPPED,
    "Pending": Outcome.SKIPPED,
    "Notification": Outcome.PASSED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_COUNTS.match, lines)):
        return 84
    return 60 if any(_RULE.match(a) and _HEADER.match(b) for a, b in pairwise(lines)) else 0


@dataclass
class _Case:
    outcome: Outcome
    status: Line
    duration: float | None = None
    why: str = ""
    failure: Failure | None = None


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: dict[tuple[str, str], _Case] = field(default_factory=dict)
    suite: str = ""
    running: tuple[str, str] | None = None
    """The test whose mark, with ``-v``, came last."""
    ruled: bool = False
    block: Block | None = None

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _COUNTS.match(mark):
            self._end_block()
            self._close(match)
            return True
        if match := _TOOK.match(mark):
            self._end_block()
            self.session.duration = seconds(match["seconds"])
        elif _RULE.match(mark):
            self.ruled = self.block is None
            self._end_block()
            return False
        elif self.ruled and _HEADER.match(mark):
            self.block = Block(line)
        elif self.block is not None:
            self.block.lines.append(line.text)
        elif match := _MARK.match(mark):
            self.running = (self.suite, match["name"])
            self.cases[self.running] = _Case(Outcome.PASSED, line, seconds(match["time"]))
        elif self.running is not None and (match := _SPENT.match(mark)):
            self.cases[self.running].duration = seconds(match["time"])
        elif match := _SUITE.match(mark):
            self.suite = match["name"]
        self.ruled = False
        return False

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        match = _HEADER.match(block.header.text)
        assert match is not None
        what, rest = match["what"], match["rest"] or ""
        if not rest and block.lines:  # up to 2.4 the test is named one line below
            rest = block.lines.pop(0)
            block.header = Line(block.header.number + 1, block.header.text)
        named = _BEHIND.match(rest) if what in ("Omission", "Notification") else _TEST.match(rest)
        if named is None or what == "Notification":
            return
        key = (named["suite"], named["name"])
        case = self.cases.setdefault(key, _Case(Outcome.PASSED, block.header))
        case.outcome, said = _OUTCOMES[what], named["said"] or ""
        if case.outcome is Outcome.SKIPPED:
            case.why = said
        else:
            case.failure = _failure(block, said, case.outcome)

    def _close(self, match: re.Match[str]) -> None:
        tests, failed, errors = int(match["tests"]), int(match["failed"]), int(match["errors"])
        skipped = int(match["pendings"]) + int(match["omissions"])
        passed = max(0, tests - failed - errors - skipped)
        self.session.stated, self.session.closed = Totals(tests, passed, failed, errors, skipped), True

    def finish(self) -> Session:
        self._end_block()
        for (suite, name), case in self.cases.items():
            failure = case.failure or (bare_failure(case.status) if case.outcome.is_red else None)
            self.session.cases.append(
                CaseResult(
                    name,
                    case.outcome,
                    suite,
                    duration=case.duration,
                    failures=(failure,) if failure is not None else (),
                    properties=(("reason", case.why),) if case.why else (),
                )
            )
        return self.session


def _failure(block: Block, said: str, outcome: Outcome) -> Failure:
    text = block.text
    plain = [line for line in text.split("\n") if not _CODE.match(line[:40]) and not FRAME.match(line[:1000])]
    message = "\n".join(filter(None, (said, *plain))).strip()
    match = _TYPE.match(message.split("\n", 1)[0][:1000])
    error = outcome is Outcome.ERROR
    if error and match is not None:
        message = message[match.start("said") :]
    file, number = ruby_location(text)
    return Failure(
        message or block.header.text,
        match["type"] if error and match is not None else "",
        "error" if error else "failure",
        text,
        file,
        number,
        block.first_line,
    )


READER = Reader("test-unit-console", _sniff, reader_of("test-unit", run_after_run(_Parser)))
