"""JSON documents too large to be held: their long lists are read again element by element, the rest is in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ijson

from triage.ingest.reader import Source

_BUFFER = 1 << 18
_KEPT_TOKENS = 20_000
"""Tokens of one list that are kept; a longer list is streamed."""
_DEPTH = 2
"""Lists of the document itself (``suites``) and of an object in it (``results.tests``) may be long."""
_OPENS, _CLOSES = ("start_map", "start_array"), ("end_map", "end_array")


class Streamed(list[Any]):
    """A long list: iterating reads its elements from the source, one at a time; all else reads all of them."""

    def __init__(self, source: Source, path: str, length: int) -> None:
        super().__init__()
        self._source, self._path, self._length = source, path, length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Any]:
        with self._source.open() as stream:
            try:
                yield from ijson.items(
                    stream, f"{self._path}.item" if self._path else "item", use_float=True, buf_size=_BUFFER
                )
            except ijson.JSONError:
                return  # it breaks off, which was told by ``outline``

    def __reversed__(self) -> Iterator[Any]:
        return iter([*self][::-1])

    def __getitem__(self, index: Any) -> Any:
        return [*self][index]


def outline(source: Source) -> tuple[Any, bool]:
    """The document in ``source`` with its long lists streamed, and whether it is whole.

    Two passes over the bytes are made, one here and one where the list is read; memory does not grow with the file.
    """
    builder = _Builder(source)
    with source.open() as stream:
        try:
            for event, value in ijson.basic_parse(stream, use_float=True, buf_size=_BUFFER):
                builder.feed(event, value)
        except ijson.JSONError:
            builder.close()
            return builder.root, False
    return builder.root, True


@dataclass(slots=True)
class _Open:
    """A container whose end has not come."""

    value: Any
    key: str | None
    """Where it stands in the object above; None in a list and at the top."""
    pending: str = ""
    """The key whose value comes next."""


class _Builder:
    """Containers from events, without the elements of long lists."""

    def __init__(self, source: Source) -> None:
        self.root: Any = None
        self._source = source
        self._stack: list[_Open] = []
        self._long = 0
        """Open containers up to and with the list that may be long; 0 outside any."""
        self._tokens = self._length = 0
        """Of that list: what is kept of it, and its elements."""
        self._skipping = 0
        """Open containers of the element that is left out."""

    def feed(self, event: str, value: Any) -> None:
        if self._skipping:
            self._skipping += (event in _OPENS) - (event in _CLOSES)
        elif event == "map_key":
            self._stack[-1].pending = value
        elif event in _OPENS:
            self._open({} if event == "start_map" else [])
        elif event in _CLOSES:
            self._close_one()
        else:
            self._add(value)

    def close(self) -> None:
        """End what a document that breaks off left open."""
        self._skipping = 0
        while self._stack:
            self._close_one()

    def _open(self, container: Any) -> None:
        if self._long == len(self._stack) > 0:
            self._length += 1
            if self._tokens > _KEPT_TOKENS:
                self._skipping = 1
                return
        key = self._add(container)
        self._stack.append(_Open(container, key))
        named = all(entry.key is not None for entry in self._stack[1:])
        if not self._long and isinstance(container, list) and named and len(self._stack) <= _DEPTH + 1:
            self._long, self._tokens, self._length = len(self._stack), 0, 0

    def _close_one(self) -> None:
        if self._long == len(self._stack):
            if self._tokens > _KEPT_TOKENS:
                self._put_off()
            self._long = 0
        self._stack.pop()

    def _put_off(self) -> None:
        path = ".".join(str(entry.key) for entry in self._stack[1:])
        streamed = Streamed(self._source, path, self._length)
        if len(self._stack) == 1:
            self.root = streamed
        else:
            self._stack[-2].value[self._stack[-1].key] = streamed

    def _add(self, value: Any) -> str | None:
        """Put ``value`` where it stands; its key there."""
        self._tokens += 1
        if not self._stack:
            self.root = value
            return None
        above = self._stack[-1]
        if isinstance(above.value, list):
            above.value.append(value)
            return None
        above.value[above.pending] = value
        return above.pending
