"""Lines of a file to the pieces of text that readers see, and their numbers back to lines.

LF and CR LF end a line, as they do for ``grep -n`` and for editors. A CR alone ends none: a progress bar overwrites itself
with it. It still separates what was said, so that several *pieces* may stand in one line. Readers count pieces; what they
tell is given the number of its line at the end.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TextIO, TypeVar

from triage.ingest.text import MAX_LINE, Cleaner
from triage.ingest.wrappers import HEAD_LINES
from triage.model import CaseResult, Failure, Item, RunInfo, Table, Warn

_CHUNK = 1 << 16
_Told = TypeVar("_Told", Failure, Table)
BEGIN = 8 * HEAD_LINES
"""Pieces from which the wrapper is known, progress bars among them."""


class LineNumbers:
    """The lines in which pieces stand; both are counted from 1."""

    def __init__(self) -> None:
        self._starts = array("Q")
        """The first piece of each line that has several."""
        self._more = array("Q")
        """How many pieces more than lines there are up to the end of that line."""
        self._last = 0
        self.cut = 0
        """The first piece of which only the beginning was looked at; 0 for none."""

    def continues(self, piece: int, more: int = 0) -> None:
        """``piece``, and as many ``more`` behind it, stand in the line of the one before it. They are told in their
        order, once or again."""
        first, last = max(piece, self._last + 1), piece + more
        if last < first:
            return
        if not self._starts or first != self._last + 1:
            self._starts.append(first - 1)
            self._more.append(self._more[-1] if self._more else 0)
        self._more[-1] += last - first + 1
        self._last = last

    def cuts(self, piece: int) -> None:
        """Of ``piece`` only the beginning is looked at."""
        self.cut = self.cut or piece

    def line_of(self, piece: int) -> int:
        """The line in which ``piece`` stands."""
        at = bisect_right(self._starts, piece) - 1
        if at < 0:
            return piece
        above = self._more[at - 1] if at else 0
        return piece - above - min(piece - self._starts[at], self._more[at] - above)

    def __bool__(self) -> bool:
        """Whether pieces and lines differ."""
        return bool(self._starts)


def pieces(text: TextIO, numbers: LineNumbers) -> Iterator[str]:
    """What ``text`` (see ``text.open_text``) says, piece by piece, without what is beyond ``MAX_LINE`` of one."""
    number, rest, held, inside = 0, "", "", False
    while chunk := text.read(_CHUNK):
        if held or "\r" in chunk:
            chunk = held + chunk
            # What comes next may be its LF.
            held = "\r" if chunk[-1] == "\r" else ""
            chunk = chunk.rstrip("\r").replace("\r\n", "\n")
        is_plain = "\r" not in chunk and not inside
        lines = (rest + chunk).split("\n")
        rest = lines.pop()
        if is_plain and not (lines and len(lines[0]) > MAX_LINE):
            number += len(lines)
            yield from lines
            lines = []
        # What is not ended yet goes on in what is read next.
        ended = len(lines)
        begun, cr, rest = rest.rpartition("\r")
        for at, line in enumerate([*lines, begun] if cr else lines):
            for part in filter(None, line.split("\r")):
                number += 1
                if inside:
                    numbers.continues(number)
                inside = True
                if len(part) > MAX_LINE:
                    numbers.cuts(number)
                yield part[:MAX_LINE]
            if at < ended:
                if not inside:
                    number += 1
                    yield ""
                inside = False
        if len(rest) > MAX_LINE:
            numbers.cuts(number + 1)
            rest = rest[: MAX_LINE + 1]
    if rest:
        if inside:
            numbers.continues(number + 1)
        yield rest[:MAX_LINE]


def _firsts(begin: list[str], numbers: LineNumbers) -> list[str]:
    """Those of the pieces that a text begins with that are the first of their lines: before them stand the stamps."""
    if not numbers:
        return begin
    lines = [numbers.line_of(number) for number in range(len(begin) + 1)]
    return [piece for number, piece in enumerate(begin, 1) if lines[number] != lines[number - 1]]


def spoken(raw: Iterable[str], numbers: LineNumbers) -> Iterator[tuple[str, str]]:
    """Clean pieces, each behind the name of who says its line."""
    said = iter(raw)
    begin = list(islice(said, BEGIN))
    cleaner = cleaner_of(begin, numbers)
    speaker, line = "", 0
    for number, piece in enumerate(chain(begin, said), 1):
        if not numbers or numbers.line_of(number) != line:
            speaker, line = cleaner.speaker(piece), numbers.line_of(number)
        yield speaker, cleaner.clean(piece)


def clean(raw: Iterable[str], numbers: LineNumbers | None = None) -> Iterator[str]:
    """Pieces without line ends, colours and CI prefixes; one out for each one in."""
    said = iter(raw)
    begin = list(islice(said, BEGIN))
    return map(cleaner_of(begin, numbers or LineNumbers()).clean, chain(begin, said))


def cleaner_of(begin: list[str], numbers: LineNumbers) -> Cleaner:
    """What cleans the pieces of a text that begins with ``begin``."""
    return Cleaner.of(_firsts(begin, numbers)[:HEAD_LINES])


def placed(item: Item, numbers: LineNumbers) -> Item:
    """``item`` with lines where it has numbers of pieces."""
    if not numbers:
        return item
    match item:
        case CaseResult(failures=failures) if failures:
            return replace(item, failures=tuple(_placed(failure, numbers) for failure in failures))
        case Failure():
            return _placed(item, numbers)
        case Warn(line=int(piece)):
            return replace(item, line=numbers.line_of(piece))
        case RunInfo(tables=tables) if tables:
            return replace(item, tables=tuple(_placed(table, numbers) for table in tables))
    return item


def _placed(told: _Told, numbers: LineNumbers) -> _Told:
    piece = told.source_line
    return told if piece is None else replace(told, source_line=numbers.line_of(piece))
