"""Where in a JSON report a failure stands: its text is looked for, as JSON spells it, in the bytes.

A parser that keeps places would cost every reader; most reports hold few failures, in the order of their cases.
"""

from __future__ import annotations

import json
from dataclasses import replace

from triage.model import CaseResult, Failure

_SHORTEST = 6
"""Characters of a text that is looked for; shorter ones stand anywhere."""
_BUDGET = 4 << 30
"""Bytes looked at in vain, after which the rest goes without lines."""


class Finder:
    """Finds failures, asked for in the order of the report, in its UTF-8 ``data``."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._cursor = 0
        self._budget = _BUDGET
        self._known = (0, 1)
        """A place, and the number of its line."""

    def place(self, item: CaseResult | Failure) -> CaseResult | Failure:
        """``item`` with ``source_line`` in every failure whose text is found."""
        if isinstance(item, Failure):
            return self._failure(item)
        name = _spelled(item.name)[0]
        return replace(item, failures=tuple(self._failure(failure, name) for failure in item.failures))

    def pass_by(self, text: str) -> None:
        """What is asked for next stands behind ``text``."""
        for key in _spelled(text):
            if self._after(b'"%s"' % key, self._cursor) is not None:
                return

    def _failure(self, failure: Failure, name: bytes = b"") -> Failure:
        if failure.source_line is not None:
            return failure
        place = self._search(failure, name)
        return failure if place is None else replace(failure, source_line=self._line(place))

    def _search(self, failure: Failure, name: bytes) -> int | None:
        # A text as a whole is nobody else's; of a text that was put together only its first line is there.
        for whole in filter(None, (failure.trace, failure.message)):
            for key in _spelled(whole):
                if (place := self._after(b'"%s"' % key, self._cursor)) is not None:
                    return place
        named = self._after(b'"%s"' % name, self._cursor) if name else None
        if named is None and name:
            named = self._after(b' %s"' % name, self._cursor)  # names are told without blanks around
        if named is not None:
            self._cursor = named
        firsts = [
            spelled
            for said in (failure.trace, failure.message)
            if len(first := said.strip().split("\n", 1)[0].strip()) >= _SHORTEST
            for spelled in _spelled(first)
        ]
        if named is not None and name in firsts:
            return named
        for start in (self._cursor, 0):
            for begin in firsts:
                for key in (b'"' + begin, begin):
                    if (place := self._after(key, start)) is not None:
                        return place
        return named

    def _after(self, key: bytes, start: int) -> int | None:
        if self._budget <= 0 or len(key) < _SHORTEST:
            return None
        place = self._data.find(key, start)
        if place < 0:
            self._budget -= len(self._data) - start
            return None
        self._cursor = max(self._cursor, place + len(key))
        return place

    def _line(self, place: int) -> int:
        at, line = self._known
        line = (
            line + self._data.count(b"\n", at, place)
            if place >= at
            else line - self._data.count(b"\n", place, at)
        )
        self._known = (place, line)
        return line


def _spelled(text: str) -> list[bytes]:
    """``text`` as it can stand between quotes: with letters as they are, and as ``\\u`` escapes."""
    plain = json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "replace")
    return [plain] if text.isascii() else [plain, json.dumps(text)[1:-1].encode()]
