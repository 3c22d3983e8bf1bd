"""What stestr, os-testr and Tempest print of a subunit stream as it comes (``subunit-trace``).

A test that failed as expected is called ``ok`` and only counted, one that should have failed is called ``FAILED``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

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
from triage.ingest.runners.python_text import dotted_key, python_failure, test_key
from triage.model import CaseResult, Failure, Outcome, Totals

_CASE = re.compile(
    r"^\{(?P<worker>\d{1,4})\} (?P<test>\S[^\n]*?)(?: \[(?P<time>[\d.]{1,20})s\])? \.\.\. "
    r"(?P<status>ok|FAILED|SKIPPED)(?:: (?P<reason>.*?))?\s*$"
)
_SECTION = re.compile(r"^Captured (?P<what>\S[^\n]*):$")
_LINE_BELOW = re.compile(r"^~+$")
_AGAIN = re.compile(r"^Failed \d{1,9} tests? - output below:$")
_TOTALS = re.compile(r"^Totals$")
_RAN = re.compile(r"^Ran: (?P<count>\d{1,9}) tests? in (?P<time>[\d.]{1,20}) sec\.$")
_COUNT = re.compile(
    r"^ - (?P<what>Passed|Skipped|Expected Fail|Unexpected Success|Failed): (?P<count>\d{1,9})$"
)
_DISCOVERY = re.compile(r"^Failures during discovery$")
_NO_MODULE = re.compile(r"^Failed to import test module: (?P<module>\S+)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_CASE.match, lines)):
        return 84
    return 82 if any(map(_RAN.match, lines)) and any(map(_COUNT.match, lines)) else 0


@dataclass
class _Case:
    line: Line
    outcome: Outcome
    duration: float | None
    reason: str = ""
    sections: list[Block] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: list[_Case] = field(default_factory=list)
    again: bool = False
    """All that failed is told once more at the end."""
    counts: dict[str, int] = field(default_factory=dict)

    def feed(self, line: Line) -> bool:
        """Take a line; a run has no certain last one."""
        mark = line.mark
        if match := _CASE.match(mark):
            self.again = False
            outcome = {"ok": Outcome.PASSED, "FAILED": Outcome.FAILED}.get(match["status"], Outcome.SKIPPED)
            self.cases.append(_Case(line, outcome, seconds(match["time"]), match["reason"] or ""))
        elif _AGAIN.match(mark) or _TOTALS.match(mark):
            self.again = True
        elif match := _RAN.match(mark):
            self.counts["tests"] = self.counts.get("tests", 0) + int(match["count"])
            self.session.duration = (self.session.duration or 0.0) + (seconds(match["time"]) or 0.0)
            self.session.closed = True
        elif self.session.closed and (match := _COUNT.match(mark)):
            self.counts[match["what"]] = self.counts.get(match["what"], 0) + int(match["count"])
        elif self.again or not self.cases:
            pass
        elif _SECTION.match(mark):
            self.cases[-1].sections.append(Block(line))
        elif self.cases[-1].sections and _LINE_BELOW.match(mark) and not self.cases[-1].sections[-1].lines:
            self.cases[-1].sections[-1].header = Line(line.number, self.cases[-1].sections[-1].header.text)
        elif self.cases[-1].sections:
            self.cases[-1].sections[-1].lines.append(line.text)
        return False

    def finish(self) -> Session:
        session = self.session
        session.cases = [_result(case) for case in self.cases]
        if "tests" in self.counts:
            said = [
                self.counts.get(name, 0)
                for name in ("Passed", "Failed", "Unexpected Success", "Skipped", "Expected Fail")
            ]
            passed, failed, unexpected, skipped, expected = said
            session.stated = Totals(sum(said), passed, failed + unexpected, 0, skipped, expected)
        return session


def _result(case: _Case) -> CaseResult:
    match = _CASE.match(case.line.text)
    assert match is not None
    suite, name = test_key(match["test"]) or dotted_key(match["test"])
    failures: list[Failure] = []
    if case.outcome is Outcome.FAILED:
        failures = [_failure(block) for block in case.sections if "traceback" in block.header.text]
        failures = failures or [_failure(block) for block in case.sections[:1]] or [bare_failure(case.line)]
    output = [block for block in case.sections if "traceback" not in block.header.text]
    return CaseResult(
        name,
        case.outcome,
        suite,
        duration=case.duration,
        failures=tuple(failures),
        output="\n".join(f"{block.header.text}\n{_body(block)}" for block in output),
        properties=(("reason", case.reason),) if case.reason else (),
    )


def _body(block: Block) -> str:
    lines = block.lines
    if any(line.startswith('  File "') for line in lines):
        # Only the first line is indented.
        return "\n".join((*(line.strip() for line in lines[:1]), *lines[1:])).strip("\n")
    return "\n".join(line.removeprefix("    ") for line in lines).strip("\n")


def _failure(block: Block) -> Failure:
    body = _body(block)
    if not body:
        return bare_failure(block.header)
    traced = _traceback(body.split("\n"))
    return python_failure(body, error=False, source_line=block.first_line, traced=traced)


def _traceback(lines: list[str]) -> str:
    """``lines`` as Python prints them: testtools parts the frames by blank lines, and then its code is not indented."""
    told: list[str] = []
    in_frame = False
    for line in lines:
        in_frame = line.startswith('  File "') or (in_frame and bool(line.strip()))
        if told and not told[-1] and line.startswith('  File "'):
            told.pop()
        told.append(f"    {line}" if in_frame and not line.startswith(" ") else line)
    return (
        "\n".join(told)
        if any(a == "" and b.startswith('  File "') for a, b in pairwise(lines))
        else "\n".join(lines)
    )


READER = Reader("stestr-console", _sniff, reader_of("stestr", run_after_run(_Parser)))
