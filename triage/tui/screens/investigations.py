"""The investigations: what somebody noted about a cluster, and how far it came."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from triage.analysis.impact import count, grouped
from triage.analysis.moments import moment
from triage.escapes import visible
from triage.store.clusters import find_cluster
from triage.store.investigations import InvestigationRow, find_investigation, investigations
from triage.tui.notes import lines
from triage.tui.screens.listing import ListingScreen
from triage.tui.texts import one_line

_MARKS = {"investigating": "? investigating", "resolved": "✓ resolved", "open": "  open"}


class InvestigationsScreen(ListingScreen[InvestigationRow]):
    """Investigations, the last changed first."""

    NOTHING = "Nothing was investigated yet: w in the clusters asks the first why."
    OPENS = "the five whys"

    def load(self) -> None:
        self.take(investigations(self.triage.db))

    def title_of(self, rows: Sequence[InvestigationRow]) -> str:
        found = sum(bool(row.root_causes) for row in rows)
        return f"Investigations: {grouped(len(rows))}, {grouped(found)} with a root cause"

    def key_of(self, row: InvestigationRow) -> str:
        return row.cluster

    def said_of(self, row: InvestigationRow) -> str:
        return f"{row.title} {row.status} {row.last_answer} {' '.join(row.root_causes)}"

    def draw(self, row: InvestigationRow, width: int) -> Text:
        text = Text(f" {moment(row.changed_at)} ", "dim")
        text.append(f"{_MARKS[row.status]:<16}", "bold")
        title, room = one_line(row.title), max(12, (width - text.cell_len) // 2)
        text.append(f"{title if len(title) <= room else title[: room - 1] + '…':<{room}} ")
        if row.root_causes:
            text.append("root cause: ", "green").append(one_line("; ".join(row.root_causes)))
        else:
            text.append(one_line(row.last_answer), "dim")
        return text

    def told_of(self, row: InvestigationRow) -> Text:
        text = Text(one_line(row.title) + "\n", "bold")
        text.append(
            f"{row.status}, {count(row.answers, 'answer')}, changed {moment(row.changed_at)}\n\n", "dim"
        )
        found = find_investigation(self.triage.db, row.cluster)
        if found is None:
            return text
        for note in (found.summary, found.impact):
            if note:
                text.append(visible(note) + "\n")
        for line in lines(found):
            if line.kind != "heading":
                text.append_text(line.text).append("\n")
        return text

    def open_row(self, row: InvestigationRow) -> None:
        if find_cluster(self.triage.db, row.cluster) is None:
            self.notify(
                "No failure of it is left: another cluster has them now.", severity="warning", markup=False
            )
            return
        from triage.tui.screens.whys import WhysScreen

        self.app.push_screen(WhysScreen(row.cluster))
