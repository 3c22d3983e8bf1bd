"""The lines of a raw log that tell the failure: by how they sound, and by what a passing log does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from triage.ingest.logs.severity import CAUSE, ERROR, is_echo, severity
from triage.ingest.logs.steps import Steps
from triage.ingest.logs.traces import ANNOUNCED, Trace, telling, traces
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

_VALUE = re.compile(
    r"0x[0-9a-fA-F]+|@[0-9a-f]{4,8}\b|\b[0-9a-f]{7,40}(?:-[0-9a-f]{4,12})*\b"
    r"|\d+(?:[.,:/-]\d+)*(?: ?(?:[mn]?s|min|h|m|[kKMG]?B)\b)?"
)
"""Numbers, hashes and addresses; of durations and sizes the unit as well."""
_THROWN = re.compile(
    r"\s*(?:Exception in thread \"[^\"]*\" )?(?:(?:[\w$]+\.)+[A-Z][\w$]*(?:Error|Exception|Throwable)\b|(?:[A-Z]\w*)?(?:Error|Exception): )"
)
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


def extract(lines: Iterable[str], baseline: Iterable[str] | None = None) -> list[Line]:
    """The telling lines, most telling first, then in the order of the log.

    A failure is its telling line with what belongs to it (see ``ingest.traces``). With ``baseline`` (the lines of a
    run of the same job that passed) failures count of which a line is new, once values are masked. Without one,
    those count that the end of the log repeats, where it repeats any: a build that goes on after errors says at its
    end which of them broke it. What only says that something failed counts where nothing says what.
    """
    log: list[str] = []
    steps = Steps()
    # Searched while it is read, so that whoever watches the reading sees how far the search is.
    found: Sequence[Trace] = list(traces(steps.watched(enumerate(_kept(lines, log), 1))))
    found = [t for t in found if t.first >= steps.failing and not _is_hollow(t)] or found
    found = _of_tests_that_failed(found)
    if baseline is None:
        found = _repeated_at_the_end(_strong(found))
        if not found:
            return _hints(log)
    else:
        passing = {_mask(line) for line in baseline}
        found = _strong(
            [t for t in found if any(line.strip() and _mask(line) not in passing for line in t.lines)]
        )
        if all(map(_is_hollow, found)):
            return _new(log, passing)
    told: set[str] = set()
    ranked: list[Line] = []
    for trace in found:
        ranked += _lines(trace, told)
    return sorted(ranked, key=lambda line: (-line.score, line.number))


def _kept(lines: Iterable[str], log: list[str]) -> Iterator[str]:
    for line in lines:
        log.append(line)
        yield line


def _mask(line: str) -> str:
    return " ".join(_VALUE.sub("#", line).split()).replace("# #", "#")


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


def _hints(log: Sequence[str]) -> list[Line]:
    """The warnings, where nothing sounds like a failure."""
    scored = [Line(n, line, severity(line), normalize(line)) for n, line in enumerate(log, 1)]
    return [line for line in scored if line.score > 0]


def _new(log: Sequence[str], passing: set[str]) -> list[Line]:
    """What the passing log does not have, where nothing new says what failed: the last of it first, echoes last."""
    blocks: list[list[int]] = []
    echoes: list[list[int]] = []
    block: list[int] = []
    for number, line in enumerate(log, 1):
        if not line.strip() or _mask(line) in passing:
            continue
        if is_echo(line):
            echoes.append([number])
        elif block and block[-1] == number - 1 and line[0] in " \t":
            block.append(number)
        else:
            block = [number]
            blocks.append(block)
    # What is indented tells more of the line above.
    ranked = [number for block in (*reversed(blocks), *echoes) for number in block]
    return [
        Line(number, log[number - 1], round(0.5 - 0.4 * rank / len(ranked), 3), normalize(log[number - 1]))
        for rank, number in enumerate(ranked)
    ]
