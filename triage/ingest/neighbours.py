"""What stands in a log around the results of one runner: those of another, or what broke the job."""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from triage.ingest.console import MAX_MARK, Line, Session, lines_of
from triage.ingest.logs.severity import CAUSE, WRAPPER, is_echo, severity
from triage.ingest.reader import IngestError, Source
from triage.ingest.registry import surest
from triage.model import CaseResult, Failure, Item, RunInfo, Totals, Warn

_MOST = 64 << 20
"""Characters that are looked at."""
_NEAR = 2_000
"""Lines at the end of a log in which a job says why it broke."""
_LAST_WORDS = 12
"""Lines at its end in which one of several says that it failed."""
_DIED = re.compile(r"Node\.js v\d+\.\d+\.\d+\s*$")
"""What Node says last when nothing caught an exception."""
_SURE = 70
"""How sure a reader must be: lines that a runner prints behind its own results look like those of others."""


_Parse = Callable[[Iterator[Line]], list[Session]]


def around(source: Source, found: list[Session], end: int, last: int, parse: _Parse) -> list[Session]:
    """What stands ahead of the sessions ``found``, which end in line ``end`` of ``last``, and behind them."""
    if any(session.failures or session.totals.red for session in found):
        return _behind(source, end, red=True) if end < last else []
    if source.size is not None and source.size > _MOST:
        return _behind(source, end, red=False) if end < last else []
    green = _Green(source, found, parse)
    if end == last:
        end = green.end(last)
    return [*_ahead(source, green.start(), found), *(_behind(source, end, red=False) if end < last else [])]


class _Green:
    """Where the sessions of a run without a failure begin and end, as far as there is anything else around them that sounds
    like a failure: they can be read without it."""

    def __init__(self, source: Source, found: list[Session], parse: _Parse) -> None:
        self._source, self._parse = source, parse
        self._wanted = _shown(found)
        self._signs = [line.number for line in lines_of(source) if severity(line.mark) >= WRAPPER]

    def end(self, last: int) -> int:
        """The last line that belongs to them: ``last`` where nothing sounds like a failure behind them."""
        signs = [number for number in self._signs if number > last - _NEAR]
        at = bisect_left(signs, True, key=lambda number: self._complete(lambda line: line.number < number))
        return signs[at] - 1 if at < len(signs) else last

    def start(self) -> int:
        """The last line ahead of them that sounds like a failure; 0 where none does."""
        signs = self._signs[:_NEAR]
        at = bisect_left(
            signs, True, key=lambda number: not self._complete(lambda line: line.number > number)
        )
        return signs[at - 1] if at else 0

    def _complete(self, wanted: Callable[[Line], bool]) -> bool:
        found = self._parse(filter(wanted, lines_of(self._source)))
        whole = bool(found) and found[-1].closed and not any(session.failures for session in found)
        return whole and _shown(found) == self._wanted


def _shown(sessions: list[Session]) -> list[tuple[Totals, float | None, int]]:
    # The last line of a run may add its time alone, or end the output of a test that may fail.
    return [(session.totals, session.duration, session.until) for session in sessions]


def _ahead(source: Source, end: int, found: list[Session]) -> list[Session]:
    """The results of another runner that stand before line ``end`` or end there: its job went on.

    Tests that ``found`` tells of as well are no other runner's: a wrapper shows what the runner below it printed.
    """
    text = "\n".join(islice(source.lines(), end))
    part = Source(source.name, partial(io.BytesIO, text.encode("utf-8", "replace")))
    if not end or surest(part)[1] is surest(source)[1]:
        return []
    known = {case.name for session in found for case in session.cases}
    return [
        session
        for session in told_in(part, 0)
        if not session.cases or any(case.name not in known for case in session.cases)
    ]


def _behind(source: Source, end: int, *, red: bool) -> list[Session]:
    """What follows line ``end`` of ``source``: the results of another runner, else the failures of a job that broke after
    its tests; these only where nothing was ``red`` before, since a job that failed its tests says so in many words."""
    text, more = _text(source, end)
    if not text.strip():
        return []
    rest = Source(source.name, partial(io.BytesIO, text.encode("utf-8", "replace")))
    found = told_in(rest, end)
    if more and found:
        found[-1].warnings.append(Warn("what follows was not read: name it as a file of its own", None))
    return found or ([] if red else _broken(rest, end))


def told_in(part: Source, end: int) -> list[Session]:
    """What another runner told in a part of the log that begins behind line ``end``; empty where none is sure."""
    score, reader = surest(part)
    if reader.name == "log" or score < _SURE or reader.hearsay:
        return []
    try:
        session = _session(reader.read(part), end)
    except IngestError:
        return []
    said = f"here stand the results of another runner ({reader.name}): they are counted too"
    session.warnings.insert(0, Warn(said, end + 1))
    return [session] if session.cases or session.stated else []


def _text(source: Source, end: int) -> tuple[str, bool]:
    """The clean lines behind ``end``, and whether there are more than fit."""
    lines: list[str] = []
    size = 0
    for line in islice(source.lines(), end, None):
        size += len(line) + 1
        if size > _MOST:
            return "\n".join(lines), True
        lines.append(line)
    return "\n".join(lines), False


def _broken(rest: Source, end: int) -> list[Session]:
    """The failures of a job that went on after its tests, if it says that it failed, or shows what broke it."""
    from triage.ingest.readers import log

    lines = [line for line in rest.lines() if len(line) <= MAX_MARK]
    if not any(is_echo(line) or severity(line) >= CAUSE for line in lines):
        return []
    session = _session((item for item in log.READER.read(rest) if isinstance(item, Failure)), end)
    return [session] if session.failures else []


def death_of(part: Source, end: int) -> list[Session]:
    """The failures of one of several that ran at once and told no results, if it ended in failing.

    A service logs errors for a living: it must have said last that it failed, or its runtime that it died.
    """
    text, _ = _text(part, 0)
    last = [line for line in text.split("\n") if line.strip()][-_LAST_WORDS:]
    if not any(is_echo(line) or _DIED.match(line) for line in last if len(line) <= MAX_MARK):
        return []
    return _broken(part, end)


def _session(items: Iterator[Item], end: int) -> Session:
    """``items`` of a text that begins behind line ``end``, with the numbers of the whole."""
    session = Session(closed=True)
    for item in items:
        match item:
            case CaseResult(failures=failures):
                session.cases.append(
                    replace(item, failures=tuple(_placed(failure, end) for failure in failures))
                )
            case Failure():
                session.failures.append(_placed(item, end))
            case RunInfo():
                session.stated = item.totals if item.totals_stand else session.stated
                session.duration = item.duration if item.duration is not None else session.duration
            case Warn():
                session.warnings.append(replace(item, line=item.line + end if item.line else None))
    return session


def _placed(failure: Failure, end: int) -> Failure:
    return replace(failure, source_line=failure.source_line + end) if failure.source_line else failure
