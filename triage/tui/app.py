"""The application: the store, the rules, the first screen, and ingestion behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import get_current_worker

from triage.analysis.impact import count
from triage.ingest.text import visible
from triage.model import TriageError
from triage.rules import Engine, load_engine
from triage.store import open_store
from triage.tui.live_rules import SECONDS, Changed, LiveRules, told
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.terminal import on_end

if TYPE_CHECKING:
    from triage.sources.session import Reading
    from triage.store.ingest import Ingested


class TriageApp(App[None]):
    """``triage`` on a terminal."""

    TITLE = "triage"
    NOTIFICATION_TIMEOUT = 2.5
    CSS_PATH: ClassVar[list[str]] = ["app.tcss"]  # type: ignore[assignment]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012  (Textual types it so)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        Binding("question_mark", "help", "Help", key_display="?"),
    ]

    def __init__(self, store_path: Path, paths: list[str]) -> None:
        super().__init__()
        self.store_path = store_path
        self.db = open_store(store_path)
        self._paths = paths
        self._opening = bool(paths)
        self.unread: Sequence[TriageError] = ()
        """What could not be read, of all that was named last."""
        self._engine: Engine | None = None
        self._rules = LiveRules()

    @property
    def engine(self) -> Engine:
        """All rules, compiled when first needed."""
        if self._engine is None:
            self._engine, errors = load_engine()
            for error in errors:
                self.tell(error)
        return self._engine

    def on_load(self) -> None:
        on_end(lambda code: self.exit(return_code=code))

    async def on_mount(self) -> None:
        # Keys that were typed before the list was there wait for it.
        await self.push_screen(ClustersScreen())
        self.set_interval(SECONDS, self.look_at_rules)
        if self._paths:
            self.ingest(self._paths)

    def tell(self, error: TriageError | str) -> None:
        """Say what went wrong where the user is looking."""
        self.notify(visible(str(error)), severity="error", timeout=5, markup=False)

    @work(thread=True, exclusive=True, group="ingest")
    def ingest(self, names: list[str]) -> None:
        """Read sources in a thread; the clusters appear when they are in the store."""
        from triage.sources.session import ingest_all

        results: Sequence[Ingested]
        errors: Sequence[TriageError]

        worker = get_current_worker()
        engine = self.engine if self._engine else load_engine()[0]

        shown = 0.0

        def progress(reading: Reading) -> None:
            nonlocal shown
            now = monotonic()
            if not worker.is_cancelled and (not reading.done or now - shown > 0.25):
                shown = now
                share = f" {100 * reading.done // reading.size} %" if reading.size and reading.done else ""
                self.call_from_thread(self._show_progress, f"{reading.step} {reading.name}{share}")

        db = open_store(self.store_path)
        try:
            session = ingest_all(db, names, engine, progress)
            results, errors = session.results, session.errors
        except TriageError as error:
            results, errors = [], [error]
        finally:
            db.close()
        if not worker.is_cancelled:
            self._engine = self._engine or engine
            self.call_from_thread(self._ingested, results, errors)

    def look_at_rules(self) -> None:
        """Take rule files that were changed, if there are any."""
        if self._engine is not None and self._rules.changed():
            self._take_rules()

    @work(thread=True, exclusive=True, group="rules")
    def _take_rules(self) -> None:
        from triage.store.recluster import recluster

        worker = get_current_worker()
        changed = self._rules.load()
        moved = 0
        if changed.engine is not None:
            db = open_store(self.store_path)
            try:
                moved = sum(move.failures for move in recluster(db, changed.engine))
            finally:
                db.close()
        if not worker.is_cancelled:
            self.call_from_thread(self._rules_taken, changed, moved)

    def _rules_taken(self, changed: Changed, moved: int) -> None:
        for error in changed.errors:
            self.tell(f"{error} (the rules before stay)")
        if changed.engine is None:
            return
        self._engine = changed.engine
        for screen in self.screen_stack:
            if isinstance(screen, ClustersScreen):
                screen.reload()
        self.notify(told(moved), markup=False)

    def _show_progress(self, said: str) -> None:
        screen = self.screen_stack[1] if len(self.screen_stack) > 1 else None
        if isinstance(screen, ClustersScreen):
            screen.busy(visible(said))

    def _ingested(self, results: Sequence[Ingested], errors: Sequence[TriageError]) -> None:
        self.unread = errors
        if self._opening and errors and not results:
            self.exit()  # nothing to look at: the errors are told where the program was called
            return
        self._opening = False
        for screen in self.screen_stack:
            if isinstance(screen, ClustersScreen):
                screen.reload()
        for error in errors:
            self.tell(error)
        warned = [result for result in results if result.warnings]
        if warned:
            self.notify(
                f"{count(len(warned), 'source')} with warnings: press r for the runs.",
                severity="warning",
                markup=False,
            )

    def action_help(self) -> None:
        from triage.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_interrupt(self) -> None:
        """Ctrl-C ends the program at once: everything typed is saved already."""
        self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        yield from super().get_system_commands(screen)
        for bound in screen.active_bindings.values():
            binding = bound.binding
            if bound.enabled and binding.description and bound.node in (screen, self):
                yield SystemCommand(
                    binding.description,
                    binding.tooltip or f"key {self.get_key_display(binding)}",
                    lambda a=binding.action, n=bound.node: self.call_later(self.run_action, a, n),
                )
