"""Which lines begin where: counts for blocks, so that a gigabyte needs some hundred kilobytes.

CR LF, CR and LF each end a line, as when a log is ingested (see ``ingest.lines``): line numbers agree.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from itertools import islice
from threading import Lock

from triage.viewer.data import Data

BLOCK = 1 << 16
"""Bytes of one block."""
_STEP = 16
"""Blocks that are read at once: a mebibyte is counted in about a millisecond, which nobody who types notices."""
_HELD = 64
"""Blocks whose lines are remembered."""
_END = re.compile(rb"\r\n?|\n")


def begins(data: bytes, start: int, stop: int) -> int:
    """How many lines begin at the places ``start`` to before ``stop`` of ``data``, behind what ends a line.

    The place 0 counts as begun by what is before ``data``, so it does not count.

    >>> begins(b"a\\r\\nb\\rc\\n", 0, 7)
    2
    """
    before, last = max(0, start - 1), max(0, stop - 1)
    found = data.count(b"\n", before, last)
    if data.find(b"\r", before, last) >= 0:
        found += data.count(b"\r", before, last) - data.count(b"\r\n", before, stop)
    return found


class LineIndex:
    """Line numbers of offsets and offsets of line numbers, as far as the data were counted.

    A line begins at 0, and behind whatever ends a line, unless the data end there. Lines are counted from 0 here.
    """

    def __init__(self, data: Data) -> None:
        self._data = data
        self.size = data.size()
        """Bytes that count; what is appended counts from the next ``refresh`` on."""
        self._before = array("Q", [0])
        """How many lines begin before each block; one entry more than blocks that were counted."""
        self._known: dict[int, list[int]] = {}
        self._lock = Lock()

    def refresh(self) -> int:
        """Look how long the data are now; by how many bytes that is more than before."""
        size = self._data.size()
        with self._lock:
            grown, self.size = size - self.size, size
            if grown < 0:
                # Cut off, and perhaps written anew since.
                del self._before[1:]
                self._known.clear()
            else:
                self._known.pop((size - grown) // BLOCK, None)
        return grown

    @property
    def counted(self) -> int:
        """Bytes from the first on whose lines are counted."""
        return min((len(self._before) - 1) * BLOCK, self.size)

    @property
    def is_complete(self) -> bool:
        return len(self._before) > self.size // BLOCK

    def count_on(self) -> bool:
        """Count the lines of the next mebibyte; False when everything was counted."""
        with self._lock:
            blocks = len(self._before) - 1
            todo = min(_STEP, self.size // BLOCK - blocks)
        if todo <= 0:
            return False
        start = blocks * BLOCK
        lead = min(start, 1)
        data = self._data.read(start - lead, start + todo * BLOCK)
        counts = [
            begins(data, lead + at * BLOCK, lead + (at + 1) * BLOCK) + (start + at == 0) for at in range(todo)
        ]
        with self._lock:
            if len(self._before) - 1 == blocks and self.size >= start + todo * BLOCK:
                for count in counts:
                    self._before.append(self._before[-1] + count)
        return True

    def number(self, start: int) -> int | None:
        """Which line begins at ``start``; None where that is not counted yet."""
        block = start // BLOCK
        if block >= len(self._before):
            return None
        return self._before[block] + bisect_left(self.begins_in(block), start)

    def offset(self, number: int) -> int | None:
        """Where line ``number`` begins; None where there is none, or not counted yet."""
        block = max(0, bisect_right(self._before, number) - 1)
        inside = number - self._before[block]
        # Behind the last counted block, of one that is not complete or not counted, the lines are told one by one.
        while block * BLOCK < self.size and block < len(self._before):
            lines = self.begins_in(block)
            if inside < len(lines):
                return lines[inside]
            inside -= len(lines)
            block += 1
        return None

    @property
    def lines(self) -> int | None:
        """How many lines there are; None until all are counted."""
        if not self.is_complete:
            return None
        block = self.size // BLOCK
        return self._before[block] + len(self.begins_in(block))

    def next(self, place: int) -> int | None:
        """Where the first line behind ``place`` begins."""
        block = place // BLOCK
        while block * BLOCK < self.size:
            lines = self.begins_in(block)
            if lines and lines[-1] > place:
                return lines[bisect_right(lines, place)]
            block += 1
            if block < len(self._before):
                # Over the blocks of a long line, in which none begins.
                block = bisect_right(self._before, self._before[block], block) - 1
        return None

    def last(self, place: int) -> int:
        """Where the line that holds ``place`` begins."""
        block = min(place, max(0, self.size - 1)) // BLOCK
        while block > 0:
            lines = self.begins_in(block)
            if lines and lines[0] <= place:
                return lines[bisect_right(lines, place) - 1]
            if block < len(self._before):
                block = bisect_left(self._before, self._before[block], 0, block)
            block -= 1
        lines = self.begins_in(0)
        return lines[max(0, bisect_right(lines, place) - 1)] if lines else 0

    def begins_in(self, block: int) -> list[int]:
        """Where the lines begin that begin in ``block``."""
        with self._lock:
            if (known := self._known.get(block)) is not None:
                return known
            size = self.size
        start, stop = block * BLOCK, min((block + 1) * BLOCK, size)
        if start >= stop:
            return []
        lead = min(start, 1)
        data = self._data.read(start - lead, stop)
        base = start - lead
        found = [base + match.end() for match in _END.finditer(data)]
        if found and found[-1] >= stop:
            del found[-1]
        if not start:
            found.insert(0, 0)
        with self._lock:
            if self.size == size:
                self._known[block] = found
                if len(self._known) > _HELD:
                    for old in list(islice(self._known, _HELD // 2)):
                        del self._known[old]
        return found
