"""What stands in a log behind the last results of one runner: those of another, or what broke the job."""

from __future__ import annotations

import io
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice, takewhile

from triage.ingest.console import MAX_MARK, Line, Session, lines_of
from triage.ingest.logs.severity import CAUSE, WRAPPER, is_echo, severity
from triage.ingest.reader import IngestError, Source
from triage.ingest.registry import surest
from triage.model import CaseResult, Failure, Item, RunInfo, Warn

_MOST = 64 << 20
"""Characters that are looked at."""
_NEAR = 2_000
"""Lines at the end of a log in which a job says why it broke."""
_SURE = 70
"""How sure a reader must be: lines that a runner prints behind its own results look like those of others."""


def behind(source: Source, end: int, *, red: bool) -> list[Session]:
    """What follows line ``end`` of ``source``: the results of another runner, else the failures of a job that broke after
    its tests; these only where nothing was ``red`` before, since a job that failed its tests says so in many words."""
    text, more = _text(source, end)
    if not text.strip():
        return []
    rest = Source(source.name, partial(io.BytesIO, text.encode("utf-8", "replace")))
    score, reader = surest(rest)
    if reader.name == "log" or score < _SURE or reader.hearsay:
        return [] if red else _broken(rest, end)
    try:
        session = _session(reader.read(rest), end)
    except IngestError:
        return []
    said = f"behind the first results stand those of another runner ({reader.name}): both are counted"
    session.warnings.insert(0, Warn(said, end + 1))
    if more:
        session.warnings.append(Warn("what follows was not read: name it as a file of its own", None))
    return [session] if session.cases or session.failures or session.stated else []


def end_of(
    source: Source, last: int, found: list[Session], parse: Callable[[Iterator[Line]], list[Session]]
) -> int:
    """The line behind which nothing belongs to the green sessions ``found``, as far as there is anything that sounds like
    a failure: ``last``, the last line of all, where there is none."""
    wanted = [session.totals for session in found]

    def complete(number: int) -> bool:
        before = parse(takewhile(lambda line: line.number < number, lines_of(source)))
        return bool(before) and before[-1].closed and [session.totals for session in before] == wanted

    near = (line for line in lines_of(source) if line.number > last - _NEAR)
    signs = [line.number for line in near if severity(line.mark) >= WRAPPER]
    at = bisect_left(signs, True, key=complete)
    return signs[at] - 1 if at < len(signs) else last


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
