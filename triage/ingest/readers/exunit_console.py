"""What Elixir's ExUnit prints: ``mix test``, with ``--trace`` too.

After ``lib/ex_unit/cli_formatter.ex`` of Elixir 1.4 to 1.18, and 1.20. Dots have no name, so the counts stand; tests that a broken
``setup_all`` made invalid are errors, excluded ones are skipped.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    dedent,
    reader_of,
    run_before_run,
    sample_lines,
    seconds,
    until,
)
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_COUNTS = re.compile(
    r"^(?P<counts>(?:\d{1,9} (?:doctests?|tests?|propert(?:y|ies)|features?), )+\d{1,9} failures?(?:, \d{1,9} (?:invalid|skipped|excluded))*)$"
)
_RESULT = re.compile(
    r"^Result: (?:(?P<passed>\d{1,9})(?:/(?P<ran>\d{1,9}))? passed|0 tests)(?: \([^)]*\))?"
    r"(?P<rest>(?:, \d{1,9} (?:invalid|skipped|excluded))*)$"
)
"""The same in Elixir 1.20: of those that ran, how many passed."""
_TOOK = re.compile(r"^Finished in (?P<time>[\d.]+) seconds\b")
_HEADER = re.compile(
    r"^ {1,3}(?P<number>\d{1,6})\) (?:(?P<kind>test|property|doctest|feature) (?P<name>.*) \((?P<module>[\w.]+)\)|(?P<outside>[\w.]+): failure on setup_all callback.*)$"
)
_TRACE = re.compile(
    r"^ {2}\* (?:test|property|doctest|feature) (?P<name>\S.*?) \((?:(?P<time>[\d.]+)ms|(?P<off>skipped|excluded))\)(?: \[L#\d+\])?$"
)
_MODULE = re.compile(r"^(?P<module>[A-Z][\w.]*)(?: \[(?P<file>[^\]]+)\])?$")
_PLACE = re.compile(r"^ {5}(?P<file>\S+\.exs?):(?P<line>\d{1,9})$")
_RAISED = re.compile(r"^\*\* \((?P<type>[\w.]+)\) (?P<said>.*)$", re.DOTALL)
_END = re.compile(r"^(?:code:|stacktrace:|arguments?:|The following output was logged:)")
_FRAME = re.compile(r"^\s*(?:\(\w[^)]*\) )?(?P<file>\S+\.exs?):(?P<line>\d{1,9}): ")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    counted = any(_COUNTS.match(line) or _RESULT.match(line) for line in lines)
    if counted and any(map(_TOOK.match, lines)):
        return 81
    return 66 if any(map(_HEADER.match, lines)) and any(map(_PLACE.match, lines)) else 0


@dataclass
class _Case:
    name: str
    suite: str
    outcome: Outcome
    status: Line
    duration: float | None = None
    failure: Failure | None = None


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: dict[tuple[str, str], _Case] = field(default_factory=dict)
    module: str = ""
    block: Block | None = None

    def is_next(self, line: Line) -> bool:
        return self.session.closed and (
            _HEADER.match(line.mark) is not None or _TOOK.match(line.mark) is not None
        )

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _COUNTS.match(mark):
            self._end_block()
            self.session.stated, self.session.closed = _totals(match["counts"]), True
        elif match := _RESULT.match(mark):
            self._end_block()
            self.session.stated, self.session.closed = _new_totals(match), True
        elif match := _TOOK.match(mark):
            self._end_block()
            self.session.duration = seconds(match["time"])
        elif _HEADER.match(mark):
            self._end_block()
            self.block = Block(line)
        elif self.block is not None and (mark.startswith("     ") or not line.text.strip()):
            self.block.lines.append(line.text)
        else:
            self._end_block()
            if match := _TRACE.match(mark):
                outcome = Outcome.SKIPPED if match["off"] else Outcome.PASSED
                case = _Case(match["name"], self.module, outcome, line, seconds(match["time"], "ms"))
                self.cases.setdefault((self.module, match["name"]), case)
            elif match := _MODULE.match(mark):
                self.module = match["module"]

    def _end_block(self) -> None:
        block, self.block = self.block, None
        match = _HEADER.match(block.header.text) if block is not None else None
        if block is None or match is None:
            return
        if match["outside"]:
            failure = _failure(block, "error")
            trace = f"{block.header.text}\n{block.text}"
            self.session.failures.append(
                Failure(
                    failure.message,
                    failure.type,
                    "error",
                    trace,
                    failure.file,
                    failure.line,
                    block.header.number,
                )
            )
            return
        case = self.cases.setdefault(
            (match["module"], match["name"]),
            _Case(match["name"], match["module"], Outcome.FAILED, block.header),
        )
        case.outcome = Outcome.FAILED
        case.failure = _failure(block, "failure") if block.text.strip() else None

    def finish(self) -> Session:
        self._end_block()
        for case in self.cases.values():
            failure = case.failure or (bare_failure(case.status) if case.outcome.is_red else None)
            failures = (failure,) if failure is not None else ()
            self.session.cases.append(
                CaseResult(case.name, case.outcome, case.suite, duration=case.duration, failures=failures)
            )
        return self.session


def _failure(block: Block, kind: str) -> Failure:
    lines = dedent(block.text.split("\n"), 5)
    place = _PLACE.match(block.text.split("\n", 1)[0])
    message = until(lines[1:] if place else lines, _END)
    raised = _RAISED.match(message)
    frame = next((match for line in lines if (match := _FRAME.match(line[:500]))), None)
    at = frame or place
    return Failure(
        (raised["said"] if raised else message).strip() or "failed",
        raised["type"] if raised else "",
        kind,
        block.text.strip(),
        at["file"] if at else None,
        int(at["line"]) if at else None,
        block.first_line,
    )


def _totals(text: str) -> Totals:
    found = _counts(text)
    tests = found["doctest"] + found["test"] + found["property"] + found["propertie"] + found["feature"]
    failed, invalid = found["failure"], found["invalid"]
    skipped = found["skipped"] + found["excluded"]
    tests = max(tests, failed + invalid + skipped)
    return Totals(tests, tests - failed - invalid - skipped, failed, invalid, skipped)


def _new_totals(match: re.Match[str]) -> Totals:
    found = _counts(match["rest"].removeprefix(", "))
    passed = int(match["passed"] or 0)
    failed = max(0, int(match["ran"] or passed) - passed)
    skipped = found["skipped"] + found["excluded"]
    return Totals(passed + failed + found["invalid"] + skipped, passed, failed, found["invalid"], skipped)


def _counts(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for part in filter(None, text.split(", ")):
        count, _, word = part.partition(" ")
        found[word.rstrip("s")] += int(count)
    return found


READER = Reader("exunit-console", _sniff, reader_of("ExUnit", run_before_run(_Parser)))
