"""Numbers that a report may hold and nothing else can: larger than 64 bits, not finite."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import TypeVar

from triage.model import CaseResult, Failure, Item, RunInfo, Totals, Warn

_MOST = 1 << 53
"""The largest integer that JSON, JavaScript and SQLite agree on."""


def bounded(item: Item) -> Item:
    """``item`` without impossible numbers: a line or a duration that is none is left out, a count is cut."""
    match item:
        case CaseResult():
            if not item.failures and item.line is None and 0 <= (item.duration or 0) <= _MOST:
                return item  # most cases of most reports
            if fits(item.line) and fits(item.duration) and all(map(_sound, item.failures)):
                return item
            failures = tuple(map(_failure, item.failures))
            return replace(
                item, line=_or_none(item.line), duration=_or_none(item.duration), failures=failures
            )
        case Failure():
            return item if _sound(item) else _failure(item)
        case RunInfo():
            totals = item.totals
            if totals is not None:
                totals = Totals(
                    **{f.name: max(0, min(getattr(totals, f.name), _MOST)) for f in fields(totals)}
                )
            return replace(
                item, duration=_or_none(item.duration), workers=_or_none(item.workers), totals=totals
            )
        case Warn():
            return item


def fits(number: float | None) -> bool:
    """Whether ``number`` is one that every store can hold."""
    return number is None or (math.isfinite(number) and abs(number) <= _MOST)


_Number = TypeVar("_Number", int, float)


def _or_none(number: _Number | None) -> _Number | None:
    return number if fits(number) else None


def _sound(failure: Failure) -> bool:
    return fits(failure.line) and fits(failure.source_line)


def _failure(failure: Failure) -> Failure:
    return replace(failure, line=_or_none(failure.line), source_line=_or_none(failure.source_line))
