"""A list of clusters that is filtered: what is typed can be kept under a name, and used again."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from triage.analysis.query import QueryError, expand, named
from triage.escapes import visible
from triage.store.filters import save_filter, saved_filters
from triage.tui.screens.deciding import DecidingScreen
from triage.tui.widgets.filter_input import FilterInput


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


class FilteringScreen(DecidingScreen):
    """A screen with a ``ClusterFilter``."""

    def narrow(self, words: str) -> None:
        """Show only the clusters that the filter ``words`` means."""
        box = self.query_one(FilterInput)
        box.disabled = False
        box.value = words
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
