"""The filters that were saved: one to use, or to forget."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from triage.store.database import StoreError, telling
from triage.store.filters import forget_filter, saved_filters
from triage.tui.screens.dialog import Dialog
from triage.tui.texts import one_line
from triage.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from triage.tui.app import TriageApp

_MOST_ROWS = 12


class SavedScreen(Dialog[str | None]):
    """Gives what the chosen filter means, or None when cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace", "forget", "Forget"),
        Binding("escape,q", "dismiss(None)", "Cancel"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Saved filters", classes="title", markup=False)
            yield RowList[tuple[str, str]](self._draw, id="saved")
            yield Static("enter filters, delete forgets, escape cancels", classes="hint", markup=False)

    @property
    def triage(self) -> TriageApp:
        return cast("TriageApp", self.app)

    def on_mount(self) -> None:
        if self.children:  # there are none when the program ends while its screen opens
            self._show()

    def _show(self) -> None:
        saved = list(saved_filters(self.triage.db).items())
        rows: RowList[tuple[str, str]] = self.query_one("#saved", RowList)
        rows.styles.height = max(1, min(len(saved), _MOST_ROWS))
        rows.show(saved, rows.cursor)
        if not saved:
            self.dismiss(None)

    def _draw(self, saved: tuple[str, str], width: int, on_cursor: bool) -> Text:
        name, query = saved
        return Text(f"@{one_line(name):<16} ", "bold").append(one_line(query))

    @on(RowList.Chosen)
    def _chosen(self) -> None:
        chosen: tuple[str, str] | None = self.query_one("#saved", RowList).current
        if chosen is not None:
            self.dismiss(chosen[1])

    def action_forget(self) -> None:
        chosen: tuple[str, str] | None = self.query_one("#saved", RowList).current
        if chosen is None:
            return
        try:
            with telling(self.triage.store_path):
                forget_filter(self.triage.db, chosen[0])
        except StoreError as error:
            self.triage.tell(error)
            return
        self.notify(one_line(f"@{chosen[0]} forgotten: it was {chosen[1]}"), markup=False)
        self._show()
