"""One of several, or some of them: rows to choose from, then enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from triage.tui.screens.dialog import Dialog
from triage.tui.widgets.row_list import RowList

_MOST_ROWS = 12


class ChooseScreen(Dialog[list[int] | None]):
    """Gives the numbers of the rows that are chosen, or None when cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark"),
        Binding("escape,q", "dismiss(None)", "Cancel"),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[str],
        *,
        does: str,
        hint: str = "",
        several: bool = False,
        at: int = 0,
    ) -> None:
        """``does`` says what enter does; ``several``: rows can be marked; ``at``: where the cursor is first."""
        super().__init__()
        self._title, self._choices, self._does, self._hint = title, rows, does, hint
        self._several, self._at = several, at
        self._marked: set[int] = set()

    def compose(self) -> ComposeResult:
        way = "space marks, " if self._several else ""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield RowList[int](self._draw, id="choices")
            if self._hint:
                yield Static(self._hint, markup=False)
            yield Static(f"{way}enter {self._does}, escape cancels", classes="hint", markup=False)

    def on_mount(self) -> None:
        if not self.children:
            return  # the program ends while this screen opens
        rows: RowList[int] = self.query_one("#choices", RowList)
        rows.styles.height = min(len(self._choices), _MOST_ROWS)
        rows.show(range(len(self._choices)), self._at)

    def _draw(self, number: int, width: int, on_cursor: bool) -> Text:
        mark = ("[x] " if number in self._marked else "[ ] ") if self._several else "  "
        return Text(mark + self._choices[number])

    def action_mark(self) -> None:
        if self._several:
            rows: RowList[int] = self.query_one("#choices", RowList)
            self._marked ^= {rows.cursor}
            rows.refresh()
            rows.cursor += 1

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        self.dismiss(sorted(self._marked) or [event.index])
