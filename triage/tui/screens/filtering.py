"""A list of clusters that is filtered: what is typed can be kept under a name, and used again."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from triage.analysis.query import QueryError, expand, named
from triage.escapes import visible
from triage.store import Store
from triage.store.filters import save_filter, saved_filters
from triage.store.search import matching_clusters
from triage.tui.screens.asking import AskingScreen
from triage.tui.screens.deciding import DecidingScreen
from triage.tui.widgets.filter_input import FilterInput
from triage.tui.widgets.row_list import RowList

Search = Callable[[Store, str], Set[str]]
"""The ids of the clusters that have a text in their failures or notes."""


class ClusterFilter(FilterInput):
    """What is typed can be kept under a name, and used again as ``@NAME``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s", "screen.save_filter", "Save", tooltip="Keep the filter under a name", id="save-filter"
        ),
        Binding(
            "ctrl+o", "screen.saved_filters", "Saved", tooltip="Filters that were saved", id="saved-filters"
        ),
    ]


class FilteringScreen(DecidingScreen, AskingScreen):
    """A screen with a ``ClusterFilter``.

    What the list says is filtered at each key; what stands in failures and notes comes a moment later, since it may take longer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forget_found()
        self._awaited: object = None
        """Stands for the search whose result is waited for, if one is."""
        self._from = ""
        """The cluster that was under the cursor when the search began."""
        self._holds_keys = False

    @property
    def _under_cursor(self) -> str:
        current = self.query_one("#clusters", RowList).current
        return current.id if current is not None else ""

    def show_filtered(self, search: Search, cluster: str) -> None:
        """Show the clusters that match, with the cursor on ``cluster`` if it does; ``search`` finds those with a text."""
        raise NotImplementedError

    def forget_found(self) -> None:
        """The store is another than when it was searched."""
        self._found: dict[str, Set[str]] = {}

    def search_now(self, db: Store, text: str) -> Set[str]:
        """The clusters that have ``text`` in a failure or a note."""
        if text not in self._found:
            self._found[text] = matching_clusters(db, text)
        return self._found[text]

    def _search_soon(self, _: Store, text: str) -> Set[str]:
        """The same, or until it is known the clusters that had the beginning of ``text``: all that may still have it."""
        if text in self._found:
            return self._found[text]
        found, this = self._found, object()  # the same text may have been asked before, and given up
        begun = max((known for known in found if text.startswith(known)), key=len, default="")
        self._awaited = this

        def take(clusters: Set[str]) -> None:
            found[text] = clusters
            if self._awaited is this:
                self.show_filtered(self.search_now, self._from)

        def ended() -> None:
            if self._awaited is this:
                found.setdefault(text, frozenset())  # it was said that it could not be looked for
                self._awaited = None
            if self._holds_keys and self._awaited is None:
                self._holds_keys = False
                self.call_later(self.triage.let_keys_go)

        self.ask("text", lambda db: matching_clusters(db, text), take, ended)
        return found.get(begun, frozenset())

    @on(Input.Changed, "#filter")
    def _filter_changed(self) -> None:
        if self._awaited is None:
            self._from = self._under_cursor
        self._awaited = None
        self.show_filtered(self._search_soon, self._from)

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.query_one("#clusters").focus()
        if self._awaited and not self._holds_keys:
            self._holds_keys = True
            self.triage.hold_keys()  # they are meant for clusters that are still looked for

    def narrow(self, words: str) -> None:
        """Show only the clusters that the filter ``words`` means."""
        box = self.query_one(FilterInput)
        box.disabled = False
        with box.prevent(Input.Changed):
            box.value = words
        self.show_filtered(self.search_now, self._under_cursor)
        self.query_one("#clusters").focus()

    def action_save_filter(self) -> None:
        words = self.query_one(FilterInput).value.strip()
        if not words:
            self.notify("Type a filter first: then it can be saved.", severity="warning", markup=False)
            return
        from triage.tui.screens.prompt import PromptScreen

        def put(answer: str | None) -> None:
            if not answer:
                return
            name = named(answer)
            if name is None:
                self.triage.tell(f"{answer}: a name has letters, digits, - and _, at most 40")
                return
            saved = saved_filters(self.triage.db)
            try:
                meant = expand(words, saved)
                meant += '"' * (meant.count('"') % 2)  # so that others can stand behind it
            except QueryError as error:
                self.triage.tell(error)
                return
            if self.attempt(lambda: save_filter(self.triage.db, name, meant)):
                before = f" (it was {saved[name]})" if saved.get(name, meant) != meant else ""
                self.notify(
                    visible(f"Saved: @{name} filters so, here and in 'triage clusters'{before}"), markup=False
                )

        self.app.push_screen(PromptScreen("Save the filter", "a name: @NAME filters so again"), put)

    def action_saved_filters(self) -> None:
        if not saved_filters(self.triage.db):
            self.notify("No filter is saved yet: ctrl+s saves this one.", severity="warning", markup=False)
            return
        from triage.tui.screens.saved import SavedScreen

        self.app.push_screen(SavedScreen(), lambda words: self.narrow(words) if words else None)
