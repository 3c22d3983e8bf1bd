"""A log of any size: only what is seen is read and drawn (Textual's Line API)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from triage.tui.log_rows import LogRows, Row
from triage.tui.widgets.moves import LOG_MOVES, MOVES
from triage.viewer.log_file import LogFile

if TYPE_CHECKING:
    from triage.viewer.marks import Mark

_FEWEST_DIGITS = 5
_SIDE = 8
"""Cells that ``left`` and ``right`` scroll."""

Marks = Callable[[str], "list[Mark]"]


class LogView(Widget, can_focus=True):
    """Lines with their numbers, a cursor, and marks; what is beyond the width can be scrolled to, or wrapped."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--cursor", "log--picked", "log--only", "log--number", "log--fold", "log--hit", "log--hole", "log--capture", "log--rule",
        "log--sign",
    }  # fmt: skip
    DEFAULT_CSS = """
    LogView { height: 1fr; width: 1fr; }
    LogView .log--cursor { background: $block-cursor-blurred-background; text-style: bold; }
    LogView:focus .log--cursor { background: $primary 35%; text-style: bold; }
    LogView .log--picked { background: $accent 25%; }
    LogView .log--only { background: $warning 15%; }
    LogView .log--number { text-style: dim; }
    LogView .log--sign { color: $text-accent; text-style: bold; }
    LogView .log--fold { text-style: dim italic; }
    LogView .log--rule { text-style: underline; }
    LogView .log--hole { color: $text-accent; text-style: underline; }
    LogView .log--capture { color: $text-warning; text-style: bold underline; }
    LogView .log--hit { background: $warning; color: $background; text-style: bold underline; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*MOVES, *LOG_MOVES]

    class Moved(Message):
        """The cursor is on another line, or the view shows other lines."""

        def __init__(self, view: LogView) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> LogView:
            return self.view

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: LogRows | None = None
        self.top = self.cursor = 0
        self.left = 0
        self.picked_from: int | None = None
        """Where the lines that are selected begin or end; the cursor is their other end."""
        self.signs: Mapping[int, str] = {}
        """What stands before lines of these numbers."""
        self.differing: frozenset[int] = frozenset()
        """Offsets of lines that the other log does not have."""
        self.difference = "+"
        self.marks: Marks = lambda plain: []
        self.hits: Callable[[str], list[tuple[int, int]]] = lambda plain: []
        self._seen: list[Row] | None = None
        self._digits = _FEWEST_DIGITS

    def show(self, log: LogFile) -> None:
        """Show another log from its first line on."""
        wrap = self.rows is not None and self.rows.wrap
        self.rows = LogRows(log)
        self.rows.wrap = wrap
        self.top = self.cursor = self.left = 0
        self.picked_from = None
        self.differing, self.signs = frozenset(), {}
        self._measure()
        self.redraw()

    @property
    def log_file(self) -> LogFile | None:
        return self.rows.log if self.rows else None

    def redraw(self) -> None:
        """Lay everything out anew."""
        self._seen = None
        self.refresh()
        self.post_message(self.Moved(self))

    def changed(self, follow: bool = False) -> None:
        """The log has other bytes now; ``follow`` goes to its new end."""
        if self.rows is None:
            return
        self.rows.forget()
        log = self.rows.log
        if self.cursor >= log.size or self.top >= log.size:
            self.top = self.cursor = log.last() if log.size else 0
            self.picked_from = None
        if follow:
            self.action_last()
        self._measure()
        self.redraw()

    def counted(self) -> None:
        """More lines have numbers."""
        digits = self._digits
        self._measure()
        if digits != self._digits:
            self._seen = None
        self.refresh()

    @property
    def is_at_end(self) -> bool:
        return self.rows is not None and self.cursor >= self.rows.home(self.rows.log.last())

    @property
    def selected(self) -> tuple[int, int]:
        """Where the first and the last of the lines begin that are selected; both the cursor's without a selection."""
        other = self.cursor if self.picked_from is None else self.picked_from
        return min(other, self.cursor), max(other, self.cursor)

    @property
    def seen(self) -> list[Row]:
        if self._seen is None:
            self._seen = self.rows.visible(self.top) if self.rows else []
        return self._seen

    def go(self, start: int, *, centre: bool = True, place: int | None = None) -> None:
        """The cursor to the line that begins at ``start``, opened if it is folded; ``place``, an offset in it, is seen."""
        if self.rows is None:
            return
        if fold := self.rows.folds.at(start):
            self.rows.folds.open(fold)
            self._seen = None
        self._put(start, centre)
        if place is not None:
            self._show_place(start, place)

    def put_at(self, start: int, row: int) -> None:
        """The cursor to the line that begins at ``start``, which is drawn in ``row`` of the screen."""
        if self.rows is not None:
            self.cursor = self.rows.home(start)
            self._begin_with(self.rows.above(self.cursor, min(row, self.rows.height - 1)))
            self.redraw()

    def _begin_with(self, top: int) -> None:
        """Begin the screen with the line at ``top``, or so much before it that it is full."""
        assert self.rows is not None
        if self.rows.log.size:
            last = self.rows.home(self.rows.log.last())
            top = min(top, self.rows.above(last, self.rows.height - len(self.rows.parts(last))))
        self.top = top

    @property
    def cursor_row(self) -> int:
        """In which row of the screen the cursor is."""
        return next((y for y, row in enumerate(self.seen) if row.start == self.cursor), 0)

    def _put(self, start: int, centre: bool = False) -> None:
        assert self.rows is not None
        before = self.cursor
        self.cursor = start = self.rows.home(start)
        shown = [y for y, row in enumerate(self.seen) if row.start == start]
        whole = shown and len(shown) >= len(self.rows.parts(start))
        if not whole:
            near = not centre and (
                start < self.top or bool(shown) or self.rows.after(self.seen[-1].start) == start
            )
            if start <= self.top and near:
                self.top = start
            else:
                room = self.rows.height - len(self.rows.parts(start))
                self._begin_with(self.rows.above(start, room if near else room // 2))
            self.redraw()
        else:
            for y, row in enumerate(self.seen):
                if row.start in (before, start) or self.picked_from is not None:
                    self.refresh(Region(0, y, self.size.width, 1))
            self.post_message(self.Moved(self))

    def _show_place(self, start: int, place: int) -> None:
        assert self.rows is not None
        line, shown = self.rows.line(start)
        if line.left and place - start > self.rows.width // 2:
            column = place - start
        else:
            spans = self.hits(line.plain)
            column = shown.place(spans[0][0]) if spans else 0
        left = 0 if column < self.rows.width - _SIDE else column - self.rows.width // 2
        if left != self.left:
            self.left = left
            self.redraw()

    def on_resize(self) -> None:
        if self.rows is not None:
            y, before = self.cursor_row, self.rows.height
            self._measure()
            self.put_at(self.cursor, y * self.rows.height // before)

    def _measure(self) -> None:
        if self.rows is not None:
            index = self.rows.log.index
            most = index.lines or self.rows.log.size // 40
            self._digits = max(_FEWEST_DIGITS, len(str((self.rows.log.number(0) or 1) + most)))
            width, height = self.size if self.size else (80, 24)
            self.rows.resize(width - self._digits - 3, height)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self.rows is None or y >= len(self.seen):
            is_empty = self.rows is not None and not self.rows.log.size and not y
            text = Text("  this log is empty" if is_empty else "", "dim")
            return self._strip(text, self.rich_style, width)
        row = self.seen[y]
        first, last = self.selected
        style = self.rich_style
        if row.start == self.cursor:
            style = self.get_component_rich_style("log--cursor")
            if self.app.no_color:
                style += Style(reverse=True)
        elif first <= row.start <= last:
            style = self.get_component_rich_style("log--picked")
            if self.app.no_color:
                style += Style(underline=True)
        elif row.start in self.differing:
            style = self.get_component_rich_style("log--only")
        text = self._gutter(row)
        if row.fold:
            text.append(f"    ⋯ {row.fold.lines} lines of libraries", self._component("log--fold"))
        else:
            text.append_text(self._line_text(row))
        return self._strip(text, style, width)

    def _strip(self, text: Text, style: Style, width: int) -> Strip:
        text.no_wrap, text.end = True, ""
        segments = [Segment(s.text, style + (s.style or Style.null())) for s in text.render(self.app.console)]
        return Strip(segments).adjust_cell_length(width, style)

    def _gutter(self, row: Row) -> Text:
        assert self.rows is not None
        number = self.rows.log.number(row.start) if not row.part else None
        sign = "" if row.part else self.signs.get(number or 0, "")
        if not sign and not row.part and row.start in self.differing:
            sign = self.difference
        text = Text()
        text.append(f"{sign[:1]:<1}", self._component("log--sign"))
        said = "" if number is None else str(number)
        return text.append(f"{said:>{self._digits}} ", self._component("log--number")).append(" ")

    def _line_text(self, row: Row) -> Text:
        assert self.rows is not None
        left = 0 if self.rows.wrap else self.left
        line, shown = self.rows.line(row.start, left)
        text = Text(shown.text)
        for start, end, style in shown.styles:
            text.stylize(style, start, end)
        plain = line.plain
        for mark in self.marks(plain):
            text.stylize(self._component(f"log--{mark.kind}"), shown.place(mark.start), shown.place(mark.end))
        for start, end in self.hits(plain):
            text.stylize(self._component("log--hit"), shown.place(start), shown.place(end))
        if self.rows.wrap:
            # Of a log that is just changing there may be fewer rows than there were.
            begin, stop = (self.rows.parts(row.start)[row.part :] or [(0, 0)])[0]
            text = text[begin:stop]
        elif left and not line.skipped:
            strip = Strip(list(text.render(self.app.console))).crop(left, left + self.rows.width)
            text = Text.assemble(*((segment.text, segment.style or "") for segment in strip))
        if line.left and not self.rows.wrap:
            text.truncate(self.rows.width, overflow="ellipsis")
        return text

    def _component(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)

    def action_move(self, rows: int) -> None:
        if self.rows is not None and self.rows.log.size:
            self._put(self.rows.move(self.cursor, rows))

    def action_page(self, pages: float) -> None:
        if self.rows is None or not self.rows.log.size:
            return
        rows = round(pages * max(1, self.rows.height - 1)) or (1 if pages > 0 else -1)
        y = self.cursor_row
        self.cursor = self.rows.move(self.cursor, rows)
        self._begin_with(self.rows.above(self.cursor, y))
        self.redraw()

    def action_first(self) -> None:
        if self.rows is not None and self.rows.log.size:
            self._put(0)

    def action_last(self) -> None:
        if self.rows is not None and self.rows.log.size:
            self.cursor = self.rows.home(self.rows.log.last())
            self._begin_with(self.cursor)
            self.redraw()

    def action_side(self, steps: int) -> None:
        if self.rows is None or self.rows.wrap or not self.rows.log.size:
            return
        longest = 0
        for row in self.seen:
            line, shown = self.rows.line(row.start)
            longest = max(longest, line.end - line.start if line.left else len(shown.text))
        self.left = max(0, min(self.left + steps * _SIDE, longest - self.rows.width // 2)) if steps else 0
        self.redraw()

    def action_wrap(self) -> None:
        if self.rows is not None:
            self.rows.wrap = not self.rows.wrap
            self.left = 0
            self._again()

    def action_folds(self) -> None:
        if self.rows is not None:
            self.rows.folds.toggle()
            self._again()

    def _again(self) -> None:
        """Other rows for the same lines: what was in the middle stays in sight."""
        assert self.rows is not None
        y = self.cursor_row
        self.put_at(self.cursor, min(y, self.rows.height // 2))

    def action_fold(self) -> None:
        """Open the fold under the cursor."""
        if self.rows is not None and (fold := self.rows.folds.at(self.cursor)):
            self.rows.folds.open(fold)
            self.redraw()

    @property
    def is_on_fold(self) -> bool:
        return self.rows is not None and self.rows.folds.at(self.cursor) is not None

    def action_select(self) -> None:
        if self.rows is not None and self.rows.log.size:
            self.picked_from = self.cursor if self.picked_from is None else None
            self.redraw()

    def on_click(self, event: events.Click) -> None:
        if 0 <= event.y < len(self.seen):
            self._put(self.seen[event.y].start)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-3)

    def _scroll(self, rows: int) -> None:
        if self.rows is None or not self.rows.log.size:
            return
        self.top = self.rows.move(self.top, rows)
        self._seen = None
        starts = [row.start for row in self.seen]
        if self.cursor not in starts:
            self.cursor = starts[0] if self.cursor < starts[0] else starts[-1]
        self.redraw()
