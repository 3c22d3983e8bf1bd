"""The first screen: the clusters with their detail; what is decided about them is in ``deciding``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.widgets import Input, Static

from triage.analysis.cascades import Cascades, cascades, nested
from triage.analysis.expected import Judged, judged
from triage.analysis.query import QueryError, check, expand, parse, select
from triage.escapes import visible
from triage.export.report import gather
from triage.model import Totals
from triage.store.clusters import ClusterRow, clusters
from triage.store.filters import saved_filters
from triage.store.runs import recent_rates, totals_of_all
from triage.tui import texts
from triage.tui.screens.beginning import BeginningScreen
from triage.tui.screens.clusters_keys import CLUSTERS
from triage.tui.screens.filtering import ClusterFilter, FilteringScreen, Search
from triage.tui.screens.live import LiveScreen
from triage.tui.screens.marking import MarkingScreen
from triage.tui.screens.outward import OutwardScreen
from triage.tui.terminal_app import WIDE
from triage.tui.widgets.detail import PARTS, Detail
from triage.tui.widgets.filter_input import FilterInput
from triage.tui.widgets.key_bar import KeyBar
from triage.tui.widgets.row_list import RowList

_FEW = 2_000
"""Failures of which what follows from what is found before the screen is drawn."""
_SOON = 0.1
"""Seconds after which it is looked for where there are more: the screen is drawn first."""


class ClustersScreen(LiveScreen, OutwardScreen, BeginningScreen, FilteringScreen, MarkingScreen):
    """Clusters, most blocked tests first."""

    CSS_PATH = "clusters.tcss"
    AUTO_FOCUS = "#clusters"
    BINDINGS: ClassVar[list[BindingType]] = CLUSTERS

    def __init__(self, place: Mapping[str, str]) -> None:
        """``place``: where the last one on this store was left (see ``whereabouts``)."""
        super().__init__()
        self._place = place
        self._all: list[ClusterRow] = []
        self._cascades: Cascades = {}
        self._depths: dict[str, int] = {}
        self._totals = Totals()
        self._rates: list[float] = []
        self._slip: QueryError | None = None
        self._expected: Judged | None = None
        self._runs = 0
        self._most = 0
        self._something_old = False
        self._away = False
        self._state: tuple[int, int] | None = None
        """Of the store, when it was asked."""

    def compose(self) -> ComposeResult:
        yield Static(id="status", classes="bar")
        if self.feed is not None:
            from triage.tui.widgets.live_bar import LiveBar

            yield LiveBar(self.feed)
        yield ClusterFilter(
            "words, category: status: verdict: owner: rule: tag: test: source: since: is:new -not"
        )
        yield Static(id="empty", markup=False)
        with Container(id="split"):
            with Vertical(id="list-side"):
                yield RowList[ClusterRow](self._draw_row, id="clusters")
            yield Detail(id="detail")
        yield KeyBar()

    def on_mount(self) -> None:
        if not self.children:
            return  # the program ends while this screen opens
        self.add_class(
            "-narrow" if self.app.size.width < WIDE else "-wide"
        )  # the styles need not be found twice
        self._resume(self._place)
        with self.rows.prevent(RowList.Moved):  # what is under the cursor is drawn with the list, at once
            self.reload(self._place.get("cluster"))
        self._show_detail()
        if self.triage.is_reading:
            self.busy("reading ...")
        self.set_focus(self.rows)

    @property
    def rows(self) -> RowList[ClusterRow]:
        return self.query_one("#clusters", RowList)

    def _draw_row(self, row: ClusterRow, width: int, on_cursor: bool) -> Text:
        return texts.cluster_line(
            row,
            row.id in self.marked,
            row.new and self._something_old,
            self._most,
            width,
            self._depths.get(row.id, 0),
        )

    def busy(self, text: str) -> None:
        """Say what is going on, until the next reload."""
        self.query_one("#status", Static).update(Text(text, "italic"))

    def reload(self, into: str | None = None) -> None:
        """Ask the store anew; the cursor stays on its cluster, or where that was, or goes to ``into``."""
        db = self.triage.db
        self._state = db.state
        self.forget_found()
        self._totals, self._runs = totals_of_all(db)
        self._rates = recent_rates(db)
        self._expected = judged(db)
        self._all = clusters(db)
        if sum(row.failures for row in self._all) <= _FEW:
            self._cascades = cascades(db, self._all)
        else:
            self.set_timer(_SOON, partial(self._look_for_cascades, self._all))
        self._something_old = any(not row.new for row in self._all)
        self._most = max((row.tests for row in self._all), default=0)
        self.marked &= {row.id for row in self._all}
        self.be_empty(not self._runs and self.feed is None)
        self._show(into, self.rows.cursor)

    def _look_for_cascades(self, rows: list[ClusterRow]) -> None:
        def take(found: Cascades) -> None:
            if rows is self._all and found != self._cascades:
                self._cascades = found
                self._show(None, self.rows.cursor)

        self.ask("cascades", lambda db: cascades(db, rows), take)

    def on_screen_suspend(self) -> None:
        self._away = True

    def on_screen_resume(self) -> None:
        if self._away and self._all:
            self.look_again()  # another screen may have changed something
        self._away = False

    def look_again(self) -> None:
        """Ask the store anew if something in it was changed."""
        if self.is_mounted and self.triage.db.state != self._state:
            self.reload()

    def _show(self, into: str | None = None, at: int = 0, search: Search | None = None) -> None:
        """The rows that match; the cursor on its cluster, else on ``into``, else in row ``at``. Where somebody types, with a
        ``search``, on ``into`` at once: what is under the cursor may be there only until all is found."""
        words = self.query_one("#filter", Input).value.strip()
        self._slip = None
        try:
            terms = parse(expand(words, saved_filters(self.triage.db) if "@" in words else {}))
            check(terms)
        except QueryError as error:
            self._slip, terms = error, parse(words)
        current = self.rows.current if search is None else None
        selected = nested(select(self.triage.db, self._all, terms, search or self.search_now), self._cascades)
        shown = [row for row, _ in selected]
        self._depths = {row.id: depth for row, depth in selected if depth}
        place = {row.id: at for at, row in enumerate(shown)}
        at = place.get(into or "", at)
        at = place.get(current.id, at) if current else at
        if search is None or at != self.rows.cursor or shown != self.rows.rows:  # else nothing is to be drawn
            self.rows.show(shown, at)
        self._show_status()
        if not shown:
            self._show_detail()

    def go_to_cluster(self, cluster: str) -> None:
        at = next((at for at, row in enumerate(self.rows.rows) if row.id == cluster), self.rows.cursor)
        self.rows.cursor = at

    def on_resize(self) -> None:
        if self._all:
            self._show_status()

    def _show_status(self) -> None:
        if self._slip is not None:
            line = Text(visible(str(self._slip)), "bold red")
        else:
            width = self.app.size.width
            for recent in (texts.recent(self._rates, width), ""):  # the first to go where there is no room
                line = texts.status_line(
                    self._totals, self._runs, self._all, len(self.rows.rows), len(self.marked), len(self.triage.unread),
                    self._expected, recent,
                )  # fmt: skip
                if line.cell_len <= width - 2:
                    break
        self.query_one("#status", Static).update(line)

    @property
    def whereabouts(self) -> dict[str, str]:
        """Where this screen is, for the next one."""
        row = self.rows.current
        return {
            "cluster": row.id if row else "",
            "filter": self.query_one("#filter", Input).value,
            "part": PARTS[self.query_one(Detail).part],
        }

    def _resume(self, place: Mapping[str, str]) -> None:
        """Have the filter and the part of the screen that was left at ``place``."""
        box = self.query_one("#filter", Input)
        if words := place.get("filter", ""):
            box.disabled = False
            with box.prevent(Input.Changed):
                box.value = words
        if (part := place.get("part", "")) in PARTS:
            self.query_one(Detail).part = PARTS.index(part)

    def seek(self, cluster: str) -> None:
        """Put the cursor on a cluster; a filter that hides it is taken off."""
        box = self.query_one(FilterInput)
        if not any(row.id == cluster for row in self.rows.rows):
            with box.prevent(Input.Changed):
                box.close()
        self.rows.show(())
        self._show(cluster)
        self.rows.focus()

    @on(RowList.Moved, "#clusters")
    def _show_detail(self) -> None:
        row = self.rows.current
        detail = self.query_one(Detail)
        report = gather(self.triage.db, row, self._cascades) if row else None
        # Without a cluster nobody asks for rules; the thread that reads sources loads them then.
        detail.show(report, self._all, self.triage.engine if row else None)

    @on(RowList.Chosen, "#clusters")
    def action_whys(self) -> None:
        row = self.current()
        if row is not None:
            from triage.tui.screens.whys import WhysScreen

            self.app.push_screen(WhysScreen(row.id))

    def action_log(self) -> None:
        row, member = self.current(), self.query_one(Detail).member
        if row is None or member is None:
            return
        from triage.tui.log_source import log_of
        from triage.tui.screens.log import LogScreen

        self.app.push_screen(LogScreen(*log_of(self.triage.db, self.triage.engine, row, member)))

    def action_filter(self) -> None:
        self.query_one(FilterInput).open()

    def show_filtered(self, search: Search, cluster: str) -> None:
        self._show(cluster, search=search)

    def action_back(self) -> None:
        """Escape undoes the last narrowing: the full detail, the filter, the marks; then it ends what is read."""
        if self.has_class("-full"):
            self.remove_class("-full")
        elif self.query_one(FilterInput).close():
            pass
        elif self.marked:
            self.marked.clear()
            self._show()
        else:
            self.triage.stop_reading()
        self.rows.focus()

    def key_of(self, row: ClusterRow) -> str:
        return row.id

    def show_marks(self) -> None:
        self._show()

    def current(self) -> ClusterRow | None:
        row = self.rows.current
        if row is None:
            way = "escape shows all" if self._all else "press i to read results"
            self.notify(f"No cluster here: {way}.", severity="warning", markup=False)
        return row

    def chosen(self) -> list[ClusterRow]:
        marked = [row for row in self._all if row.id in self.marked]
        if marked:
            return marked
        row = self.current()
        return [row] if row else []

    def shown_variant(self) -> str | None:
        member = self.query_one(Detail).member
        return member.signature if member else None

    def decided(self, said: str = "", into: str | None = None) -> None:
        self.marked.clear()
        self.reload(into)
        if said:
            self.notify(visible(said), markup=False)

    def action_part(self, step: int) -> None:
        self.query_one(Detail).step_part(step)

    def action_member(self, step: int) -> None:
        self.query_one(Detail).step_member(step)

    def action_zoom(self) -> None:
        self.toggle_class("-full")
        if self.has_class("-full"):
            self.query_one("Body").focus()
        else:
            self.rows.focus()

    def action_copy(self) -> None:
        row = self.current()
        if row is not None:
            from triage.export.clipboard import short_summary

            self.app.copy_to_clipboard(short_summary(gather(self.triage.db, row)))
            self.notify("Summary copied.", markup=False)

    def action_export(self) -> None:
        chosen = self.chosen()
        if chosen:
            from triage.tui.screens.export import ExportScreen

            self.app.push_screen(ExportScreen([row.id for row in chosen]))

    def action_rule(self) -> None:
        row = self.current()
        if row is not None:
            from triage.export.drafts import draft_of
            from triage.tui.screens.rule import RuleScreen

            rules = self.triage.engine.rules
            self.app.push_screen(
                RuleScreen(draft_of(self.triage.db, row, rules), rules),
                lambda saved: self.triage.look_at_rules() if saved else None,
            )
