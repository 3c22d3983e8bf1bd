"""Rows that are marked: one, all that are shown, the others. The keys are those of ``MARKS``."""

from __future__ import annotations

from typing import Any

from textual.binding import Binding, BindingType
from textual.screen import Screen

from triage.tui.widgets.row_list import RowList

MARKS: list[BindingType] = [
    Binding("space", "mark", "Mark", id="mark"),
    Binding("a", "mark_all", "Mark all shown", show=False, id="mark-all"),
    Binding("A", "invert", "Mark what is not marked, of what is shown", show=False, id="invert"),
]


class MarkingScreen(Screen[None]):
    """A list whose rows can be marked. Those who inherit say by what a row is known, and show what is marked."""

    def __init__(self) -> None:
        super().__init__()
        self.marked: set[str] = set()

    @property
    def rows(self) -> RowList[Any]:
        """The list."""
        raise NotImplementedError

    def key_of(self, row: Any) -> str:
        """What makes a row known when it is read again."""
        raise NotImplementedError

    def show_marks(self) -> None:
        """Draw what is marked."""
        raise NotImplementedError

    def action_mark(self) -> None:
        row = self.rows.current
        if row is not None:
            self.marked ^= {self.key_of(row)}
            at = self.rows.cursor + 1
            self.show_marks()
            self.rows.cursor = at

    def action_mark_all(self) -> None:
        shown = {self.key_of(row) for row in self.rows.rows}
        self.marked = self.marked - shown if shown <= self.marked else self.marked | shown
        self.show_marks()

    def action_invert(self) -> None:
        self.marked ^= {self.key_of(row) for row in self.rows.rows}
        self.show_marks()
