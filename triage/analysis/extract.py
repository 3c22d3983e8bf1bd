"""The lines of a raw log that tell the failure: by how they sound, and by what a passing log does not have."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from triage.ingest.logs.passing import Lines, Log, Seen, mask
from triage.ingest.logs.severity import CAUSE, ERROR, is_echo, severity
from triage.ingest.logs.steps import Steps
from triage.ingest.logs.trace import Trace
from triage.ingest.logs.traces import ANNOUNCED, telling, traces
from triage.signature import normalize

_DETAIL = 0.6
"""What a line of a trace is worth beside the one that tells it, and a telling line that was told before."""
_CHAINED = 0.9
"""What a line of a trace that is a cause by itself is worth: the exception below all others."""
_ECHO = 0.75
"""What a line that only says that something failed is worth beside one that says what."""
_NEAR_THE_END = 40
_SAYING = 20
_GOODBYE = 20
"""Lines with which a tool says at its end that something failed."""
_REASON = re.compile(r"Failed to execute goal .*?: \S")

_THROWN = re.compile(
    r"\s*(?:Exception in thread \"[^\"]*\" )?(?:(?:[\w$]+\.)+[A-Z][\w$]*(?:Error|Exception|Throwable)\b|(?:[A-Z]\w*)?(?:Error|Exception): )"
)
_ROOM = 12 << 20
_OF_A_LINE = 250
"""Bytes that a line takes beside its characters until it is ranked."""
_HEAD, _WIDE = 6, 500
_LEVEL = re.compile(r"^\s*(?:\[[A-Z]+\]|##\[error\]|npm (?:ERR!|error)|E  )\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line worth reading."""

    number: int
    """1-based."""
    text: str
    score: float
    """0 to 1."""
    failure: str
    """The template of what the failure says: lines of one kind of failure have one."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """What ``rank`` found."""

    lines: list[Line]
    left_out: str = ""
    """What there was no room for, where there was not."""


def extract(lines: Iterable[str], baseline: Iterable[str] | None = None) -> list[Line]:
    """The telling lines of a log in memory (see ``rank``)."""
    return rank(Lines(list(lines)), None if baseline is None else Lines(list(baseline))).lines


def rank(log: Log, passing: Log | None = None) -> Ranked:
    """The telling lines, most telling first, then in the order of the log.

    A failure is its telling line with what belongs to it (see ``ingest.logs.traces``). With ``passing`` (the log of a
    run of the same job that passed) failures count of which a line is new, once values are masked. Without one,
    those count that the end of the log repeats, where it repeats any: a build that goes on after errors says at its
    end which of them broke it. What only says that something failed counts where nothing says what.

    Of each log one pass, unless nothing (new) sounds like a failure: the warnings, or what is new at all, take another.
    What is held of ``log`` is within ``_ROOM`` bytes (12 MiB): the failures, whose lines are then looked for in
    ``passing``. Of that nothing is held, but for the other pass 32 MiB (see ``Seen``), whatever its size is.
    """
    steps, kept = Steps(), _Ends()
    for trace in traces(steps.watched(log.suspicious())):
        trace.after = []
        kept.add(trace)
    every: Sequence[Trace] = kept.all()
    found: Sequence[Trace] = [t for t in every if t.first >= steps.failing and not _is_hollow(t)] or every
    found = _of_tests_that_failed(found)
    if passing is None:
        found = _repeated_at_the_end(_strong(found))
        if not found:
            return _hints(log)
    else:
        masks = [{mask(line) for line in trace.lines if line.strip()} for trace in found]
        new = passing.without(set().union(*masks))
        found = _strong([t for t, said in zip(found, masks, strict=True) if not new.isdisjoint(said)])
        if all(map(_is_hollow, found)):
            del every, kept, masks, new  # the memory is wanted for what comes
            return _new(log, passing)
    told: set[str] = set()
    ranked: list[Line] = []
    for trace in found:
        ranked += _lines(trace, told)
    ranked.sort(key=lambda line: (-line.score, line.number))
    return Ranked(ranked, _left_out(kept.dropped, "failures between the first and the last ones"))


def _strong(found: Sequence[Trace]) -> Sequence[Trace]:
    return [trace for trace in found if trace.score >= ERROR] or found


def _of_tests_that_failed(found: Sequence[Trace]) -> Sequence[Trace]:
    """Without the exceptions that tests print and survive: a runner announces those of tests that fail."""
    announced = [trace.first for trace in found if _is_announced(trace)]
    if not announced:
        return found
    return [t for t in found if t.first >= announced[-1] or _is_announced(t) or not _is_thrown(t)]


def _is_announced(trace: Trace) -> bool:
    head = telling(trace.lines)[:_HEAD]
    return any(ANNOUNCED.search(line[:_WIDE]) for line in (*trace.before, *head))


def _is_thrown(trace: Trace) -> bool:
    """Whether it is an exception with its stack, and no mark of a tool before it."""
    head = telling(trace.lines)
    return len(head) < len(trace.lines) and any(_THROWN.match(line[:_WIDE]) for line in head[:_HEAD])


def _is_hollow(trace: Trace) -> bool:
    """Whether it only says that something failed further up: an exit code, npm's goodbye, but not Maven's, with its reason."""
    return (
        len(trace.lines) <= _GOODBYE
        and any(map(is_echo, trace.lines))
        and not any(_REASON.search(line) for line in trace.lines)
        and not any(severity(said) >= ERROR and not is_echo(said) for said in map(_bare, trace.lines))
    )


def _bare(line: str) -> str:
    return _LEVEL.sub("", line).strip()


def _repeated_at_the_end(found: Sequence[Trace]) -> Sequence[Trace]:
    if not found:
        return found
    end = found[-1].first - _NEAR_THE_END
    last = {said for trace in found if trace.first >= end for said in _says(trace)}
    before = [trace for trace in found if trace.first < end]
    repeated = [trace for trace in before if not last.isdisjoint(_says(trace))]
    return [*repeated, *found[len(before) :]] if repeated else found


def _says(trace: Trace) -> list[str]:
    """Its sentences without their levels, as far as they sound like failures by themselves."""
    return [said for said in map(_bare, trace.lines) if len(said) > _SAYING and severity(said) >= ERROR]


def _lines(trace: Trace, told: set[str]) -> list[Line]:
    template = normalize(trace.message)
    score = trace.score * (_ECHO if is_echo(trace.message) else 1)
    lines = [
        Line(trace.first + i, line, round(score * _worth(line), 3), template)
        for i, line in enumerate(trace.lines)
        if line.strip()
    ]
    if template not in told:
        told.add(template)
        head = next((i for i, line in enumerate(lines) if trace.message in line.text), 0)
        lines[head] = replace(lines[head], score=round(score, 3))
    return lines


def _worth(line: str) -> float:
    return _CHAINED if severity(line[:1_000]) == CAUSE else _DETAIL


def _left_out(number: int, of: str) -> str:
    return f"{number} {of} were left out" if number else ""


class _Last:
    """The last things of many, within ``room`` bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._held: deque[tuple[Any, int]] = deque()
        self.count = 0

    def add(self, thing: Any, size: int) -> None:
        self.count += 1
        self._held.append((thing, size))
        self._room -= size
        while self._room < 0 and len(self._held) > 1:
            self._room += self._held.popleft()[1]

    def all(self) -> list[Any]:
        return [thing for thing, _ in self._held]

    @property
    def dropped(self) -> int:
        return self.count - len(self._held)


class _Ends:
    """The first failures and the last ones of a log that has more than there is room for."""

    def __init__(self) -> None:
        self._first: list[Trace] = []
        self._room = _ROOM // 2
        self._last = _Last(_ROOM // 2)

    def add(self, trace: Trace) -> None:
        size = sum(len(line) + _OF_A_LINE for line in (*trace.before, *trace.lines))
        if self._room > 0:
            self._room -= size
            self._first.append(trace)
        else:
            self._last.add(trace, size)

    def all(self) -> list[Trace]:
        return [*self._first, *self._last.all()]

    @property
    def dropped(self) -> int:
        return self._last.dropped


def _hints(log: Log) -> Ranked:
    """The warnings, where nothing sounds like a failure."""
    hints = _Last(_ROOM // 2)
    for number, line in log.hints():
        if (score := severity(line)) > 0:
            hints.add((number, line, score), len(line) + _OF_A_LINE)
    lines = [Line(number, line, score, normalize(line)) for number, line, score in hints.all()]
    return Ranked(lines, _left_out(hints.dropped, "warnings before these"))


def _new(log: Log, passing: Log) -> Ranked:
    """What the passing log does not have, where nothing new says what failed: the last of it first, echoes last."""
    new = _Last(_ROOM // 2)
    for number, line in Seen(passing).besides(log):
        new.add((number, line), len(line) + _OF_A_LINE)
    blocks: list[list[tuple[int, str]]] = []
    echoes: list[list[tuple[int, str]]] = []
    block: list[tuple[int, str]] = []
    for number, line in new.all():
        if is_echo(line):
            echoes.append([(number, line)])
        elif block and block[-1][0] == number - 1 and line[0] in " \t":
            block.append((number, line))
        else:
            block = [(number, line)]
            blocks.append(block)
    # What is indented tells more of the line above.
    ranked = [told for block in (*reversed(blocks), *echoes) for told in block]
    lines = [
        Line(number, line, round(0.5 - 0.4 * rank / len(ranked), 3), normalize(line))
        for rank, (number, line) in enumerate(ranked)
    ]
    return Ranked(lines, _left_out(new.dropped, "new lines before these"))
