"""The rows that a screen shows of a log: folds closed, long lines cut or wrapped. Pure, but that it reads the log."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from triage.viewer.folds import Fold, Folds
from triage.viewer.log_file import WINDOW, Line, LogFile
from triage.viewer.shown import Shown, shown

_HELD = 600
"""Lines that are remembered as they are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the screen."""

    start: int
    """Offset where its line begins; of a fold, the first of its lines."""
    part: int = 0
    """Which of the rows that a wrapped line takes."""
    fold: Fold | None = None


class LogRows:
    """The rows of ``log`` for a screen of ``width`` by ``height`` cells. A row is known by the offset of its line."""

    def __init__(self, log: LogFile) -> None:
        self.log, self.folds = log, Folds(log)
        self.width, self.height = 80, 24
        self.wrap = False
        self._lines: dict[tuple[int, int], tuple[Line, Shown]] = {}
        self._breaks: dict[int, list[tuple[int, int]]] = {}

    def resize(self, width: int, height: int) -> None:
        """The text of a line has ``width`` cells from now on."""
        if width != self.width:
            self._breaks.clear()
        self.width, self.height = max(1, width), max(1, height)

    def forget(self) -> None:
        """The log has changed."""
        self._lines.clear()
        self._breaks.clear()
        self.folds.forget()

    def home(self, start: int) -> int:
        """The row that shows the line at ``start``: of a closed fold the first."""
        fold = self.folds.at(start)
        return fold.first if fold else start

    def after(self, start: int) -> int | None:
        """The next row's line."""
        fold = self.folds.at(start)
        return fold.after if fold else self.log.after(start)

    def before(self, start: int) -> int | None:
        """The line of the row before."""
        before = self.log.before(start)
        return None if before is None else self.home(before)

    def move(self, start: int, rows: int) -> int:
        """The line ``rows`` rows further, or before; or the last one there is."""
        for _ in range(abs(rows)):
            following = self.after(start) if rows > 0 else self.before(start)
            if following is None:
                break
            start = following
        return start

    def above(self, start: int, cells: int) -> int:
        """The line with which a screen begins that has up to ``cells`` rows above the line at ``start``."""
        while cells > 0 and (before := self.before(start)) is not None:
            cells -= len(self.parts(before))
            if cells >= 0:
                start = before
        return start

    def visible(self, top: int) -> list[Row]:
        """The rows of a screen that begins with the line at ``top``."""
        rows: list[Row] = []
        start: int | None = top if self.log.size else None
        while start is not None and len(rows) < self.height:
            fold = self.folds.at(start)
            rows += [Row(start, part, fold) for part in range(1 if fold else len(self.parts(start)))]
            start = self.after(start)
        return rows[: self.height]

    def line(self, start: int, left: int = 0) -> tuple[Line, Shown]:
        """The line at ``start``, and how it is shown; of one that is longer than a window, what stands behind ``left``
        bytes."""
        key = start, left
        if (known := self._lines.get(key)) is None:
            line = self.log.line(start)
            if left and line.left:
                line = self.log.line(start, left)
            if len(self._lines) > _HELD:
                self._lines.clear()
                self._breaks.clear()
            known = self._lines[key] = line, shown(line.text)
        return known

    def parts(self, start: int) -> list[tuple[int, int]]:
        """From which to before which character each row goes that the line takes: no more than a screen has."""
        if not self.wrap or self.folds.at(start):
            return [(0, WINDOW * 8)]
        if (known := self._breaks.get(start)) is None:
            text = self.line(start)[1].text
            known = self._breaks[start] = _wrapped(text, self.width, max(1, self.height - 1))
        return known


def _wrapped(text: str, width: int, most: int) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    begin = 0
    while begin < len(text) and len(parts) < most:
        end = min(begin + width, len(text))
        if not text.isascii():
            end = begin
            cells = 0
            while end < len(text) and (cells := cells + cell_len(text[end])) <= width:
                end += 1
            end = max(end, begin + 1)
        parts.append((begin, end))
        begin = end
    return parts or [(0, 0)]
