"""What stands on the terminal, so that only what differs is written: a slow line carries the change alone.

The library renders a screen in pieces, each a part of a line that belongs to one widget, and writes every piece of what was
laid out or asked to be drawn again, mostly with the same text as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate


class Piece(NamedTuple):
    """Cells ``begin`` to ``end`` of line ``y``, with the codes of their colours."""

    y: int
    begin: int
    end: int
    text: str


class Drawn:
    """The pieces that were written last, by line and first cell."""

    def __init__(self) -> None:
        self._lines: dict[int, dict[int, Piece]] = {}

    def forget(self) -> None:
        """Something else may stand there now: all is news."""
        self._lines.clear()

    def news(self, update: LayoutUpdate | ChopsUpdate, console: Console) -> News:
        """What ``update`` draws and does not stand there."""
        found: list[Piece] = []
        after: tuple[int, int] | None = None
        for piece in _pieces(update, console):
            # A terminal may draw signs wider than they are known to be, over the begin of what is behind them.
            if self._lines.get(piece.y, {}).get(piece.begin) != piece or after == (piece.y, piece.begin):
                found.append(piece)
                after = None if piece.text.isascii() else (piece.y, piece.end)
        return News(self, found)

    def keep(self, piece: Piece) -> None:
        """Now it stands there, and nothing that it covers."""
        line = self._lines.setdefault(piece.y, {})
        old = line.get(piece.begin)
        if old is None or old.end != piece.end:
            for begin, other in list(line.items()):
                if begin < piece.end and other.end > piece.begin:
                    del line[begin]
        line[piece.begin] = piece


class News(CompositorUpdate):
    """What is to be written; false where that is nothing."""

    def __init__(self, drawn: Drawn, pieces: list[Piece]) -> None:
        self._drawn, self._pieces = drawn, pieces

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def render_segments(self, console: Console) -> str:
        """The pieces, each at its place; from here on they stand there."""
        written: list[str] = []
        at: tuple[int, int] | None = None
        for piece in self._pieces:
            self._drawn.keep(piece)
            if at != (piece.y, piece.begin):
                written.append(Control.move_to(piece.begin, piece.y).segment.text)
            written.append(piece.text)
            at = (piece.y, piece.end)
        return "".join(written)


def _pieces(update: LayoutUpdate | ChopsUpdate, console: Console) -> Iterator[Piece]:
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            begin = update.region.x
            for strip in line:
                yield Piece(y, begin, begin + strip.cell_length, strip.render(console))
                begin += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (begin, part) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
            if part is not None and begin <= last and end > first:
                yield Piece(y, begin, end, part.render(console))
