"""A list of any length: only the rows that are seen are drawn (Textual's Line API)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from triage.tui.widgets.moves import MOVES

Row = TypeVar("Row")


class RowList(ScrollView, Generic[Row], can_focus=True):
    """Rows, one line each, with a cursor.

    ``draw`` makes the text of a row from the row, the width in cells and whether the cursor is on it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--cursor"}
    DEFAULT_CSS = """
    RowList { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    RowList .row-list--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
    RowList:focus .row-list--cursor { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "select", "Open", show=False, id="open"),
    ]

    cursor: reactive[int] = reactive(0, always_update=False, init=False)

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, rows: RowList[Any], index: int) -> None:
            super().__init__()
            self.rows, self.index = rows, index

        @property
        def control(self) -> RowList[Any]:
            return self.rows

        def can_replace(self, message: Message) -> bool:
            """Of several on their way only the last is delivered: nobody sees the rows between."""
            return isinstance(message, RowList.Moved) and message.rows is self.rows

    class Chosen(Message):
        """Enter or a second click on the row under the cursor."""

        def __init__(self, rows: RowList[Any], index: int) -> None:
            super().__init__()
            self.rows, self.index = rows, index

        @property
        def control(self) -> RowList[Any]:
            return self.rows

    class Steered(Message):
        """Somebody moves the cursor, or tries to: nothing else does."""

    def __init__(self, draw: Callable[[Row, int, bool], Text], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._rows: Sequence[Row] = ()

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    def show(self, rows: Sequence[Row], cursor: int = 0) -> None:
        """Replace the rows; the cursor goes to row ``cursor``, or as near as there is one."""
        self._rows = rows
        self.virtual_size = Size(0, len(rows))
        before = self.cursor
        self.cursor = max(0, min(cursor, len(rows) - 1))
        self._scroll_to_cursor()
        self.refresh()
        if self.cursor == before:
            self.post_message(self.Moved(self, self.cursor))

    def validate_cursor(self, value: int) -> int:
        return max(0, min(value, len(self._rows) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        self.refresh_line(before)
        self.refresh_line(after)
        self._scroll_to_cursor()
        self.post_message(self.Moved(self, after))

    def refresh_line(self, index: int) -> None:
        """Draw one row anew."""
        self.refresh(Region(0, index - self.scroll_offset.y, self.size.width, 1))

    def _scroll_to_cursor(self) -> None:
        if self.is_mounted:
            self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)

    def on_resize(self) -> None:
        self._scroll_to_cursor()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        on_cursor = index == self.cursor
        text = self._draw(self._rows[index], width, on_cursor)
        if isinstance(text.style, str) and text.style:
            text.stylize_before(text.style)  # rich leaves a text's own style out where it has no spans
        text.no_wrap, text.end = True, ""
        text.truncate(width, overflow="ellipsis", pad=True)
        style = self.get_component_rich_style("row-list--cursor") if on_cursor else self.rich_style
        if on_cursor and self.app.no_color:
            style += Style(reverse=True)
        segments = [
            Segment(s.text, style + (s.style or Style.null()), None) for s in text.render(self.app.console)
        ]
        if on_cursor:
            # The cursor's own colours win over those of the row, or some rows could not be read.
            own = Style(color=style.color, bgcolor=style.bgcolor, dim=False)
            segments = [Segment(s.text, (s.style or Style.null()) + own, None) for s in segments]
        return Strip(segments, width).apply_offsets(0, index)

    def action_move(self, step: int) -> None:
        self._steer(self.cursor + step)

    def action_page(self, direction: int) -> None:
        self._steer(self.cursor + direction * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self._steer(0)

    def action_last(self) -> None:
        self._steer(len(self._rows) - 1)

    def _steer(self, to: int) -> None:
        self.cursor = to
        self.post_message(self.Steered())

    def action_select(self) -> None:
        if self._rows:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        index = self.scroll_offset.y + event.y
        if 0 <= index < len(self._rows):
            if index == self.cursor and event.chain > 1:
                self.action_select()
            self._steer(index)
