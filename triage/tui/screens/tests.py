"""The tests: which failed or were flaky, how often, and for what."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from rich.text import Text
from textual import work
from textual.worker import get_current_worker

from triage.analysis.impact import count, grouped
from triage.analysis.moments import moment
from triage.store import open_store
from triage.store.tests import FailingTest, failing_tests, results_of
from triage.tui.screens.listing import ListingScreen
from triage.tui.texts import one_line

_STYLES = {"failed": "bold red", "error": "bold red", "flaky": "magenta", "passed": "green"}


class TestsScreen(ListingScreen[FailingTest]):
    """Tests, those that failed most often first."""

    NOTHING = "No test failed, none was flaky."
    OPENS = "its cluster"
    __test__ = False  # nothing for pytest to collect

    def load(self) -> None:
        self._find()

    @work(thread=True, exclusive=True, group="load")
    def _find(self) -> None:
        """In a thread with a store of its own: with many cases it takes longer than a key should."""
        worker = get_current_worker()
        with closing(open_store(self.triage.store_path)) as db:
            found = failing_tests(db)
        said = self.said_of_all(found)
        if not worker.is_cancelled:
            self.call_later(self.take, found, said)

    def title_of(self, rows: Sequence[FailingTest]) -> str:
        flaky = sum(bool(row.flaky) for row in rows)
        return f"Tests: {grouped(sum(bool(row.red) for row in rows))} failed, {grouped(flaky)} flaky"

    def key_of(self, row: FailingTest) -> str:
        return row.test

    def said_of(self, row: FailingTest) -> str:
        return f"{row.test} {row.outcome}{' flaky' * bool(row.flaky)} {row.title}"

    def draw(self, row: FailingTest, width: int) -> Text:
        text = Text(f" {row.outcome:<8}", _STYLES.get(row.outcome, "dim"))
        text.append(f"{grouped(row.red or row.flaky):>5}× ", "bold")
        text.append("red  " if row.red else "flaky", "red" if row.red else "magenta")
        text.append(f" in {count(row.runs, 'run'):<9}", "dim")
        title = one_line(row.title)
        name, room = one_line(row.test), max(20, width - text.cell_len - 1)
        if width >= 100:
            room = room * 3 // 5
        # The end of a name tells more than its beginning.
        name = name if len(name) <= room else "…" + name[1 - room :]
        text.append(f"{name:<{room}}" if width >= 100 else name)
        if width >= 100:
            text.append(f" {title}", "dim")
        return text

    def told_of(self, row: FailingTest) -> Text:
        text = Text(one_line(row.test) + "\n", "bold")
        text.append(
            f"failed {grouped(row.red)}×, flaky {grouped(row.flaky)}×, in {count(row.runs, 'run')}\n", ""
        )
        if row.cluster:
            text.append("cluster  ", "dim").append(f"{one_line(row.title)} {row.cluster[:8]}\n")
        text.append("\n")
        for result in results_of(self.triage.db, row.test):
            text.append(f"{moment(result.at)} ", "dim")
            text.append(f"{result.outcome:<8} ", _STYLES.get(result.outcome, "dim"))
            text.append(one_line(result.title))
            text.append(f"  {one_line(result.source)}\n", "dim")
        return text

    def open_row(self, row: FailingTest) -> None:
        if row.cluster:
            self.triage.show_cluster(row.cluster)
        else:
            self.notify("No failure says why it is red.", severity="warning", markup=False)
