"""The runs: what was ingested, with its totals, facts, tables and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static

from triage.analysis.impact import count
from triage.store.runs import RunRow, clusters_of_runs, runs
from triage.tui import texts
from triage.tui.screens.listing import ListingScreen
from triage.tui.texts import one_line


class RunsScreen(ListingScreen[RunRow]):
    """Runs, the newest first."""

    NOTHING = "No run was ingested yet."
    OPENS = "its clusters"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "dismiss(None)", "Back", show=False, id="runs")]

    def load(self) -> None:
        unread = "\n".join(f"not read: {one_line(str(error))}" for error in self.triage.unread)
        if unread and not self.query("#unread"):
            self.mount(Static(unread, id="unread", markup=False), after="#title")
        self._clusters: dict[int, int] = {}
        self.take(runs(self.triage.db))

    def title_of(self, rows: Sequence[RunRow]) -> str:
        undated = "; ~ says when it was read" if any(not run.started for run in rows) else ""
        return f"Runs: {count(len(rows), 'source')}{undated}"

    def key_of(self, row: RunRow) -> str:
        return str(row.id)

    def said_of(self, row: RunRow) -> str:
        return f"{row.source} {row.format} {row.started} {row.environment}"

    def draw(self, row: RunRow, width: int) -> Text:
        if row.id not in self._clusters:  # counted where it is seen: of a thousand runs that takes a second
            self._clusters[row.id] = clusters_of_runs(self.triage.db, row.id).get(row.id, 0)
        return texts.run_line(row, self._clusters[row.id], width)

    def told_of(self, row: RunRow) -> Text:
        return texts.run_detail(row)

    def open_row(self, row: RunRow) -> None:
        self.triage.show_clusters(f'source:"{row.source}"')
