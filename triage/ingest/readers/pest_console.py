"""What Pest and Laravel's ``artisan test`` print: Collision's printer.

After ``nunomaduro/collision`` 4 to 8 (Pest 1 to 4). The counts at the end stand; with ``--compact`` only failures are named.
Todos and what is incomplete are skipped; risky tests and those with warnings or deprecations passed.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field, replace

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    dedent,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
    until,
)
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_CLASS = re.compile(
    r"^   (?P<word>PASS|FAIL|WARN|RISK|TODO|NOTI|DEPR|SKIP|RUNS)  (?P<class>\S.*?)(?: - \d+ todos?)?$"
)
_MARK = re.compile(r"^  (?P<mark>[✓✔⨯✕✗×\-…↓!sir]) (?P<name>\S.*?)(?: {2,}(?P<time>[\d.]+)s ?)?\s*$")
_FAILED = re.compile(r"^   ?FAILED  (?P<class>\S.*?) > (?P<name>\S.*?)(?: {2,}(?P<type>[\w\\]+))?\s*$")
_BULLET = re.compile(r"^  • (?P<class>\S.*?) > (?P<name>\S.*?)\s*$")
_RULE = re.compile(r"^  ?[─-]{20,}\s*$")
_COUNTS = re.compile(
    r"^  Tests: {1,4}(?P<counts>\d{1,9} [a-z]+(?:, \d{1,9} [a-z]+)*)(?: \(\d+ assertions?\))?\s*$"
)
_TIME = re.compile(r"^  (?:Time|Duration): {1,4}(?P<time>[\d.]+)s\s*$")
_AT = re.compile(r"^at (?P<file>\S.*):(?P<line>\d{1,9})$")
_TYPE = re.compile(r"^(?P<type>[A-Z][\w\\]*(?:Exception|Error))$")
_END = re.compile(r"^at \S.*:\d+$|^\s*\d+▕|^[➜→] +\d+")
_OUTCOMES = {"✓": Outcome.PASSED, "✔": Outcome.PASSED, "!": Outcome.PASSED, "⨯": Outcome.FAILED, "✕": Outcome.FAILED,
             "✗": Outcome.FAILED, "×": Outcome.FAILED, "r": Outcome.PASSED}  # fmt: skip


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    classes = (
        any(map(_CLASS.match, lines)) or any(map(_FAILED.match, lines)) or any(map(_BULLET.match, lines))
    )
    if any(map(_COUNTS.match, lines)):
        return 83 if classes or any(map(_TIME.match, lines)) else 70
    return 62 if classes and any(map(_MARK.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    suite: str = ""
    cases: list[CaseResult] = field(default_factory=list)
    marks: list[Line] = field(default_factory=list)
    waiting: dict[tuple[str, str], deque[int]] = field(default_factory=dict)
    block: Block | None = None

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _TIME.match(mark):
            self.session.duration = seconds(match["time"])
            return self.session.closed
        if match := _COUNTS.match(mark):
            self._end_block()
            self.session.stated, self.session.closed = _totals(match["counts"]), True
        elif match := _CLASS.match(mark):
            self._end_block()
            self.suite = match["class"]
        elif _FAILED.match(mark) or _BULLET.match(mark):
            self._end_block()
            self.block = Block(line)
        elif _RULE.match(mark):
            self._end_block()
        elif self.block is not None:
            self.block.lines.append(line.text)
        elif self.suite and (match := _MARK.match(mark)):
            self._mark(match, line)
        return False

    def _mark(self, match: re.Match[str], line: Line) -> None:
        outcome = _OUTCOMES.get(match["mark"], Outcome.SKIPPED)
        name, arrow, why = match["name"], "", ""
        if outcome is Outcome.SKIPPED:
            name, arrow, why = name.rpartition(" → ")
            name, why = (name, why) if arrow else (why, "")
        if outcome.is_red:
            self.waiting.setdefault((self.suite, name), deque()).append(len(self.cases))
        self.marks.append(line)
        reason = (("reason", why),) if why else ()
        self.cases.append(
            CaseResult(name, outcome, self.suite, duration=seconds(match["time"]), properties=reason)
        )

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        match = _FAILED.match(block.header.text) or _BULLET.match(block.header.text)
        assert match is not None
        failure = _failure(block, match.groupdict().get("type") or "")
        key = (match["class"], match["name"])
        queue = self.waiting.get(key) or next(
            (
                q
                for (suite, name), q in self.waiting.items()
                if q and suite == key[0] and name.startswith(key[1].rstrip("…"))
            ),
            None,
        )
        if queue:
            index = queue.popleft()
            self.cases[index] = replace(self.cases[index], failures=(failure,))
            return
        self.marks.append(block.header)
        self.cases.append(CaseResult(match["name"], Outcome.FAILED, match["class"], failures=(failure,)))

    def finish(self) -> Session:
        self._end_block()
        for case, line in zip(self.cases, self.marks, strict=True):
            lacks = case.outcome.is_red and not case.failures
            self.session.cases.append(replace(case, failures=(bare_failure(line),)) if lacks else case)
        return self.session


def _failure(block: Block, kind: str) -> Failure:
    if not block.text.strip():
        return bare_failure(block.header)
    lines = dedent(block.text.split("\n"), 2)
    while not kind and lines and (not lines[0].strip() or _TYPE.match(lines[0].strip())):
        # Up to Collision 6 the class of the exception stands above its message.
        kind = lines.pop(0).strip()
    place = next((match for line in lines if (match := _AT.match(line[:500].strip()))), None)
    return Failure(
        until(lines, _END).strip() or kind or "failed",
        kind,
        "failure",
        block.text.strip(),
        place["file"] if place else None,
        int(place["line"]) if place else None,
        block.first_line,
    )


def _totals(counts: str) -> Totals:
    found: Counter[str] = Counter()
    for part in counts.split(", "):
        number, _, word = part.partition(" ")
        found[word.rstrip("s")] += int(number)
    failed = found["failed"]
    skipped = sum(found[word] for word in ("skipped", "incomplete", "incompleted", "todo", "pending"))
    passed = sum(found[word] for word in ("passed", "risky", "warning", "warn", "notice", "deprecated"))
    return Totals(passed + failed + skipped, passed, failed, 0, skipped)


READER = Reader("pest-console", _sniff, reader_of("Pest", run_after_run(_Parser)))
