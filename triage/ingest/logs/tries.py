"""Numbered tries in a log: the failures of those before one that succeeded are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.ingest.logs.trace import Trace

_MOST_LINES, _MOST = 1_000, 100
"""How far and how many failures behind a failed try it is waited for one that succeeds."""
_WIDE = 500
_NUMBER = r"(?:attempt|try) ?#?(?P<number>\d{1,4})\b"
_TRY = re.compile(rf"(?P<before>.*?)\b{_NUMBER}", re.IGNORECASE)
_GOOD = re.compile(
    rf"(?P<before>.*?)\b(?:{_NUMBER}(?!.*\b(?:not|no|un\w+|ERROR|fail\w*)\b).{{0,40}}?\b(?:succeeded|successful(?:ly)?|passed|ok)\b"
    r"|succeeded (?:on|at|in) (?:the )?(?:attempt|try) ?#?(?P<last>\d{1,4})\b)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"\d+|\b(?:ERROR|WARN|WARNING|INFO|DEBUG)\b|\W+", re.IGNORECASE)


class Tries:
    """Watches the lines of a log go by, and keeps back failed tries until it is known how the last one ended."""

    def __init__(self) -> None:
        self._good: dict[str, tuple[int, int]] = {}
        """By what is tried: the line that says that a try succeeded, and its number."""
        self._held: list[Trace] = []

    def watched(self, numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """``numbered`` as they are."""
        for number, line in numbered:
            if ("ttempt" in line or "try " in line) and (match := _GOOD.match(line[:_WIDE])):
                self._good[_name(match)] = number, int(match["number"] or match["last"])
            yield number, line

    def told(self, found: Iterable[Trace]) -> Iterator[Trace]:
        """``found`` without the tries that were got over, in the same order."""
        for trace in found:
            if not self._held and _TRY.match(_head(trace)) is None:
                yield trace
                continue
            self._held.append(trace)
            if trace.first - self._held[0].first > _MOST_LINES or len(self._held) > _MOST:
                yield from self._left()
        yield from self._left()

    def _left(self) -> list[Trace]:
        left = [trace for trace in self._held if not self._is_over(trace)]
        self._held = []
        return left

    def _is_over(self, trace: Trace) -> bool:
        if (match := _TRY.match(_head(trace))) is None:
            return False
        line, number = self._good.get(_name(match), (0, 0))
        return trace.first < line and int(match["number"]) < number


def _head(trace: Trace) -> str:
    """What begins it; of the trace of an exception the line of the logger above it, which may be a warning."""
    above = trace.before[-1] if trace.before and trace.head.startswith("Traceback ") else trace.head
    return above[:_WIDE]


def _name(match: re.Match[str]) -> str:
    """What is tried, as far as it is said before the number."""
    return _NO_NAME.sub("", match["before"]).lower()
