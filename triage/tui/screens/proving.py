"""The log beside the notes: lines of it prove an answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.text import Text
from textual import on
from textual.widgets import Static

from triage.escapes import visible
from triage.store import investigations as store
from triage.store.clusters import Member, find_cluster
from triage.store.investigations import Investigation
from triage.tui.screens.undoing import UndoingScreen
from triage.tui.texts import numbered_lines, one_line
from triage.tui.widgets.row_list import RowList

LogRow = tuple[int | None, str, bool]
"""The number of a line, what it says, and whether it is one that tells the failure."""


class ProvingScreen(UndoingScreen):
    """A screen with ``#log`` and ``#log-title``. Those who inherit have the notes."""

    def __init__(self, cluster: str) -> None:
        super().__init__()
        self._cluster_id = cluster
        self._members: list[Member] = []
        self._member = 0
        """Which of them is shown."""
        self._why: int | None = None
        """The id of the answer that is proved."""
        self._investigation: Investigation

    def _change(self, change: Callable[[], object]) -> None:
        """Change the notes, and show them anew where one was."""
        raise NotImplementedError

    @property
    def log_lines(self) -> RowList[LogRow]:
        return self.query_one("#log", RowList)

    def _draw_log(self, row: LogRow, width: int, on_cursor: bool) -> Text:
        number, line, telling = row
        text = Text()
        text.append("● " if self._evidence_at(row) else "  ", "bold cyan")
        text.append(f"{number:>5} " if number else "      ", "dim")
        text.append(visible(line.expandtabs(4)), "bold red" if telling else "")
        return text

    def action_evidence(self) -> None:
        self.log_lines.focus()
        telling = next((i for i, row in enumerate(self.log_lines.rows) if row[2]), None)
        current = self.log_lines.current
        if telling is not None and (self.log_lines.cursor == 0 or current is None or not current[1].strip()):
            self.log_lines.cursor = telling

    def _show_log(self) -> None:
        if not self._members:
            self.query_one("#log-title", Static).update("no failure is left in the store")
            return
        member = self._members[self._member % len(self._members)]
        place = f":{member.failure.source_line}" if member.failure.source_line else ""
        self.query_one("#log-title", Static).update(
            f"log {self._member + 1} of {len(self._members)} (n, N): {one_line(member.source)}{place}"
        )
        rows = numbered_lines(member)
        rows += [(None, line, False) for line in member.output.split("\n")[-200:] if member.output]
        telling = next((i for i, row in enumerate(rows) if row[2]), 0)
        self.log_lines.show(rows, telling)

    def action_member(self, step: int) -> None:
        if self._members:
            self._member = (self._member + step) % len(self._members)
            self._show_log()

    def action_log(self) -> None:
        row = find_cluster(self.triage.db, self._cluster_id)
        if row is not None and self._members:
            from triage.tui.log_source import log_of
            from triage.tui.screens.log import LogScreen

            member = self._members[self._member % len(self._members)]
            line = self.log_lines.current[0] if self.log_lines.current else None
            at = log_of(self.triage.db, self.triage.engine, row, member, self._why, line)
            self.app.push_screen(LogScreen(*at), lambda _: self._change(lambda: None))

    def _evidence_at(self, row: LogRow) -> store.Evidence | None:
        if not self._members:
            return None
        member = self._members[self._member % len(self._members)]
        for item in self._investigation.evidence:
            if item.failure_id == member.id and item.line == row[0] and item.text == row[1].strip():
                return item
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Lines are picked in the log only; the way there is offered elsewhere."""
        if action in ("pick", "evidence"):
            return (self.focused is self.log_lines) is (action == "pick")
        return True

    @on(RowList.Chosen, "#log")
    def action_pick(self) -> None:
        row = self.log_lines.current
        if row is None or not row[1].strip():
            self.notify("Choose a line that says something.", severity="warning", markup=False)
            return
        member = self._members[self._member % len(self._members)]
        picked, db = self._evidence_at(row), self.triage.db
        add = partial(
            store.add_evidence, db, self._investigation.id, row[1].strip(), why=self._why, failure=member.id,
            source=member.source, line=row[0],
        )  # fmt: skip
        self._change(partial(store.remove_evidence, db, picked.id) if picked else add)
