"""The runs: what was ingested, with its totals, facts, tables and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static

from triage.analysis.impact import count
from triage.store.runs import RunRow, clusters_of_runs, runs
from triage.tui import texts
from triage.tui.texts import one_line
from triage.tui.widgets.detail import Body
from triage.tui.widgets.key_bar import KeyBar
from triage.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from triage.tui.app import TriageApp


class RunsScreen(Screen[None]):
    """Runs, the newest first."""

    CSS_PATH = "runs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,r", "dismiss(None)", "Back")]

    def compose(self) -> ComposeResult:
        yield Static(id="title", classes="bar", markup=False)
        yield Static(id="unread", markup=False)
        with Container(id="split"):
            yield RowList[RunRow](self._draw_row, id="runs")
            with Body():
                yield Static(id="run")
        yield KeyBar()

    def _draw_row(self, run: RunRow, width: int, _on_cursor: bool) -> Text:
        return texts.run_line(run, self._clusters.get(run.id, 0), width)

    def on_mount(self) -> None:
        if not self.children:
            return  # the program ends while this screen opens
        app = cast("TriageApp", self.app)
        found, self._clusters = runs(app.db), clusters_of_runs(app.db)
        unread = self.query_one("#unread", Static)
        unread.display = bool(app.unread)
        unread.update("\n".join(f"not read: {one_line(str(error))}" for error in app.unread))
        self.query_one("#title", Static).update(
            f"Runs: {count(len(found), 'source')}, the newest first"
            + ("; ~ says when it was read, not when it ran" if any(not run.started for run in found) else "")
        )
        self.query_one("#runs", RowList).show(found)
        self.query_one("#runs").focus()

    @on(RowList.Moved, "#runs")
    def _moved(self) -> None:
        run: RunRow | None = self.query_one("#runs", RowList).current
        text = texts.run_detail(run) if run else Text("No run was ingested yet.", "dim")
        self.query_one("#run", Static).update(text)
        self.query_one(Body).scroll_home(animate=False)
