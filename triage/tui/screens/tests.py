"""The tests: which failed or were flaky, how often, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from triage.analysis.impact import count, grouped
from triage.analysis.moments import moment
from triage.escapes import visible
from triage.store import Store
from triage.store.tags import tag_tests
from triage.store.tests import FailingTest, failing_tests, results_of
from triage.tui.screens.asking import AskingScreen
from triage.tui.screens.listing import ListingScreen
from triage.tui.screens.marking import MARKS, MarkingScreen
from triage.tui.screens.undoing import UndoingScreen
from triage.tui.texts import append_tags, one_line
from triage.tui.widgets.filter_input import FilterInput

_STYLES = {"failed": "bold red", "error": "bold red", "flaky": "magenta", "passed": "green"}


class TestsScreen(ListingScreen[FailingTest], AskingScreen, MarkingScreen, UndoingScreen):
    """Tests, those that failed most often first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MARKS,
        Binding(
            "t", "tag", "Tag", tooltip="Put tags on, take tags off: one or all that are marked", id="tag"
        ),
        Binding("u", "undo", "Undo", tooltip="Take the last decision back", id="undo"),
    ]

    NOTHING = "No test failed, none was flaky."
    OPENS = "its cluster"
    __test__ = False  # nothing for pytest to collect

    def load(self) -> None:
        if held := not self.is_read:
            self.triage.hold_keys()  # they are meant for rows that are not there yet

        def find(db: Store) -> tuple[list[FailingTest], list[str]]:
            found = failing_tests(db)
            return found, self.said_of_all(found)

        ended = self.triage.let_keys_go if held else lambda: None
        self.ask("tests", find, lambda found: self.take(*found), ended)

    def title_of(self, rows: Sequence[FailingTest]) -> str:
        flaky = sum(bool(row.flaky) for row in rows)
        marked = f", {grouped(len(self.marked))} marked" if self.marked else ""
        return f"Tests: {grouped(sum(bool(row.red) for row in rows))} failed, {grouped(flaky)} flaky{marked}"

    def key_of(self, row: FailingTest) -> str:
        return row.test

    def said_of(self, row: FailingTest) -> str:
        return row.said

    def draw(self, row: FailingTest, width: int) -> Text:
        text = Text("● " if row.test in self.marked else "  ", "bold")
        text.append(f"{row.outcome:<8}", _STYLES.get(row.outcome, "dim"))
        text.append(f"{grouped(row.red or row.flaky):>5}× ", "bold")
        text.append("red  " if row.red else "flaky", "red" if row.red else "magenta")
        text.append(f" in {count(row.runs, 'run'):<9}", "dim")
        title = one_line(row.title)
        tags = Text()
        append_tags(tags, row.tags)
        tags.truncate(30, overflow="ellipsis")
        name, room = one_line(row.test), max(20, width - text.cell_len - 1 - tags.cell_len)
        if width >= 100:
            room = room * 3 // 5
        # The end of a name tells more than its beginning.
        name = name if len(name) <= room else "…" + name[1 - room :]
        ends = text.cell_len + room + tags.cell_len
        text.append(name)
        text.append_text(tags)
        if width >= 100:
            text.append(" " * max(1, ends - text.cell_len + 1)).append(title, "dim")
        return text

    def told_of(self, row: FailingTest) -> Text:
        text = Text(one_line(row.test) + "\n", "bold")
        text.append(
            f"failed {grouped(row.red)}×, flaky {grouped(row.flaky)}×, in {count(row.runs, 'run')}\n", ""
        )
        if row.tags:
            text.append("tags    ", "dim")
            append_tags(text, row.tags)
            text.append("\n")
        if row.cluster:
            text.append("cluster  ", "dim").append(f"{one_line(row.title)} {row.cluster[:8]}\n")
        text.append("\n")
        for result in results_of(self.triage.db, row.test):
            text.append(f"{moment(result.at)} ", "dim")
            text.append(f"{result.outcome:<8} ", _STYLES.get(result.outcome, "dim"))
            text.append(one_line(result.title))
            text.append(f"  {one_line(result.source)}\n", "dim")
        return text

    def show_marks(self) -> None:
        current = self.rows.current
        self._show(self.key_of(current) if current is not None else "")

    def decided(self, said: str = "") -> None:
        self.marked.clear()
        self._load()
        if said:
            self.notify(visible(said), markup=False)

    def action_tag(self) -> None:
        current = self.rows.current
        tests = sorted(self.marked) or ([current.test] if current is not None else [])
        if tests:
            self.ask_for_tags(
                count(len(tests), "test"), lambda on, off: tag_tests(self.triage.db, tests, on, off)
            )

    def action_back(self) -> None:
        """Escape undoes the filter, then the marks, then leads back."""
        if self.marked and not self.query_one(FilterInput).value:
            self.marked.clear()
            self.show_marks()
        else:
            super().action_back()

    def open_row(self, row: FailingTest) -> None:
        if row.cluster:
            self.triage.show_cluster(row.cluster)
        else:
            self.notify("No failure says why it is red.", severity="warning", markup=False)
