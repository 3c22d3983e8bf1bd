"""The application: the store, the rules, the first screen, and ingestion behind it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.console import COLOR_SYSTEMS
from textual import events, work
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import get_current_worker

from triage.analysis.impact import count, grouped
from triage.ingest.text import visible
from triage.model import TriageError
from triage.rules import Engine, RuleError, load_engine
from triage.store import open_store
from triage.store.database import telling
from triage.store.place import leave, left_at
from triage.tui import colours
from triage.tui.ascii_app import AsciiApp
from triage.tui.live_rules import SECONDS, Changed, LiveRules, told
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.small import SmallScreen, too_small
from triage.tui.terminal import Attributes, Notify, hand_over, notification, on_end

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from rich.console import RenderableType
    from textual.notifications import SeverityLevel

    from triage.sources.watching import Reading
    from triage.store.ingest import Ingested
    from triage.tui.feed import Came, Ended, Feed


_SCREENS = {"whys": "WhysScreen", "runs": "RunsScreen"}
"""Screens that open again in the next program, by their classes, which are loaded when they are needed."""


class TriageApp(AsciiApp):
    """``triage`` on a terminal."""

    TITLE = "triage"
    NOTIFICATION_TIMEOUT = 2.5
    CSS_PATH: ClassVar[list[str]] = ["app.tcss"]  # type: ignore[assignment]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012  (Textual types it so)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False),
        Binding("question_mark", "help", "Help", key_display="?"),
    ]

    def __init__(
        self, store_path: Path, paths: list[str], before: Attributes | None = None, feed: Feed | None = None,
        notify: Notify | None = None,
    ) -> None:  # fmt: skip
        """``before``: how the terminal was; ``feed``: what comes in; ``notify``: how to call whoever waits for its end."""
        # Without colours, the terminal's own stay; else the library would draw in shades of grey.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.ansi_theme_dark, self.ansi_theme_light = colours.DARK, colours.LIGHT
        self.store_path = store_path
        self.db = open_store(store_path)
        self._paths = paths
        self._before = before
        self.feed = feed
        self._notify_by = notify
        self._leaving = False
        self._opening = bool(paths)
        self._reading: Event | None = None
        """Set it, and what is read now ends."""
        self._waiting: list[str] = []
        """What is to be read behind that."""
        self._samples: TemporaryDirectory[str] | None = None
        self.unread: Sequence[TriageError] = ()
        """What could not be read, of all that was named last."""
        self._engine: Engine | None = None
        self._rules = LiveRules()

    @property
    def engine(self) -> Engine:
        """All rules, compiled when first needed."""
        if self._engine is None:
            self._use(*load_engine())
        assert self._engine is not None
        return self._engine

    def _use(self, engine: Engine, errors: Sequence[RuleError]) -> None:
        if self._engine is None:
            self._engine = engine
            if errors:
                self.tell(errors[0].told + _and_more(errors, "'triage rules check'"))

    def on_load(self) -> None:
        on_end(lambda code: self.exit(return_code=code))

    async def on_mount(self) -> None:
        hand_over(self, self._before)
        named = self.console.color_system
        if not self.is_headless and named:
            self.theme = colours.theme_for(COLOR_SYSTEMS[named], os.environ) or self.theme
        # Keys that were typed before the list was there wait for it.
        first = ClustersScreen()
        await self.push_screen(first)
        self.set_interval(SECONDS, self.look_at_rules)
        if self.feed is not None:
            self._read_feed(self.feed)
        if self._paths:
            self.ingest(self._paths)
        elif self.feed is None:
            self._go_on(first)

    def _go_on(self, first: ClustersScreen) -> None:
        """Be where the last screen on this store was left."""
        place = left_at(self.db)
        if not place:
            return
        first.go_to(place)
        if place.get("screen") == "runs":
            first.action_runs()
        elif place.get("screen") == "whys" and first.rows.rows:
            first.action_whys()

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End the program, and what runs for it; the next one begins where this one was."""
        self._end_feed()
        for screen in self.screen_stack:
            if isinstance(screen, ClustersScreen) and screen.is_mounted:
                above = [type(other).__name__ for other in self.screen_stack]
                on_top = next((name for name in _SCREENS if _SCREENS[name] in above), "")
                with suppress(TriageError), telling(self.store_path):
                    leave(self.db, screen.place | {"screen": on_top})
        super().exit(result, return_code, message)

    def on_resize(self, event: events.Resize) -> None:
        shown = isinstance(self.screen, SmallScreen)
        if too_small(event.size) and not shown:
            self.push_screen(SmallScreen())
        elif shown and not too_small(event.size):
            super().pop_screen()

    def pop_screen(self) -> AwaitComplete:
        """Take off the screen that asked for it: one that ends while the terminal gets too small is below ``SmallScreen``."""
        if isinstance(self.screen, ClustersScreen):
            # The library's palette, left twice at once, would leave an empty screen.
            return AwaitComplete()
        if not isinstance(self.screen, SmallScreen):
            return super().pop_screen()
        super().pop_screen()
        popped = super().pop_screen()
        self.push_screen(SmallScreen())
        return popped

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information",
        timeout: float | None = None, markup: bool = True,
    ) -> None:  # fmt: skip
        """Say one thing at a time: several would stand over what one came to read."""
        self.clear_notifications()
        for screen in self.screen_stack:
            screen.query("ToastHolder").remove()  # else the next one stands below its empty place
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def tell(self, error: TriageError | str) -> None:
        """Say what went wrong where the user is looking."""
        self.notify(visible(str(error)), severity="error", timeout=5, markup=False)

    def ingest(self, names: list[str]) -> None:
        """Read sources in a thread, behind those that are read already; the clusters appear when they are in the store."""
        if self._reading is not None:
            self._waiting += names
            return
        self._reading = Event()
        self._read(names, self._reading)

    def stop_reading(self) -> None:
        """End what is read now, if anything is; what was read to its end stays."""
        self._waiting.clear()
        if self._reading is not None:
            self._reading.set()

    @work(thread=True, group="ingest")
    def _read(self, names: list[str], stop: Event) -> None:
        from triage.sources.session import ingest_all
        from triage.sources.watching import ReadingStoppedError

        worker = get_current_worker()
        engine, wrong = (self._engine, ()) if self._engine else load_engine()

        shown = 0.0

        def progress(reading: Reading) -> None:
            nonlocal shown
            if stop.is_set() or worker.is_cancelled:
                raise ReadingStoppedError
            now = monotonic()
            if not reading.done or now - shown > 0.25:
                shown = now
                share = f" {100 * reading.done // reading.size} %" if reading.size and reading.done else ""
                self.call_later(
                    self._show_progress, f"{reading.step} {reading.name}{share}  (escape ends it)"
                )

        results: Sequence[Ingested] = ()
        errors: list[TriageError] = []
        try:
            with telling(self.store_path), closing(open_store(self.store_path)) as db:
                session = ingest_all(db, names, engine, progress)
            results, errors = session.results, [*session.errors]
        except ReadingStoppedError:
            self.call_later(self.notify, "Ended: what was read to its end is kept.", markup=False)
        except TriageError as error:
            errors = [error]
        self.call_later(self._use, engine, wrong)
        self.call_later(self._ingested, results, errors)

    def show_samples(self) -> None:
        """Read the sample data, into a database of its own that is gone when the program ends."""
        from tempfile import TemporaryDirectory

        from triage.sources.samples import samples

        if self._reading is not None:
            self.notify("Something is being read: escape ends it.", severity="warning", markup=False)
            return
        # One that is still being read when the program ends may not be empty for a moment.
        self._samples = TemporaryDirectory(prefix="triage-samples-", ignore_cleanup_errors=True)
        self.db.close()
        self.store_path = Path(self._samples.name) / "samples.db"
        self.db = open_store(self.store_path)
        self.ingest([str(samples())])
        self.notify("Sample data: gone when you leave.", markup=False)

    @work(thread=True, group="feed")
    def _read_feed(self, feed: Feed) -> None:
        engine, wrong = load_engine()
        self.call_later(self._use, engine, wrong)
        feed.read(self.store_path, engine, self.post_message)

    def on_came(self, _: Came) -> None:
        for screen in self._lists():
            screen.came()

    def on_ended(self, _: Ended) -> None:
        if self._leaving:
            self.exit()
            return
        feed = cast("Feed", self.feed)
        self.unread = feed.unread
        for screen in self._lists():
            screen.came()
        if feed.unread:
            self.tell(f"{feed.unread[0]}{_and_more(feed.unread, 'r')}")
        else:
            self.notify(feed.told, markup=False)
        if self._notify_by is not None and self._driver is not None:
            self._driver.write(notification(self._notify_by, feed.told))

    def _end_feed(self) -> None:
        if self.feed is not None:
            self.feed.stop.set()

    def on_unmount(self) -> None:
        self._end_feed()  # also where the program ends by an error: its thread is waited for
        if self._samples is not None:
            self.db.close()
            self._samples.cleanup()

    def _lists(self) -> list[ClustersScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, ClustersScreen)]

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
            self.call_later(self._rules_taken, changed, moved)

    def _rules_taken(self, changed: Changed, moved: int) -> None:
        if errors := changed.errors:
            more = _and_more(errors, "'triage rules check'")
            self.tell(f"{errors[0]} (the rules before stay){more}")
        if changed.engine is None:
            return
        self._engine = changed.engine
        for screen in self._lists():
            screen.reload()
        self.notify(told(moved), markup=False)

    def _show_progress(self, said: str) -> None:
        screen = self.screen_stack[1] if len(self.screen_stack) > 1 else None
        if isinstance(screen, ClustersScreen):
            screen.busy(visible(said))

    def _ingested(self, results: Sequence[Ingested], errors: Sequence[TriageError]) -> None:
        self.unread = errors
        self._reading = None
        if self._waiting:
            names, self._waiting = self._waiting, []
            self.ingest(names)
        if self._opening and errors and not results:
            self.exit()  # nothing to look at: the errors are told where the program was called
            return
        self._opening = False
        for screen in self._lists():
            screen.reload()
        warned = [result for result in results if result.warnings]
        if errors:
            self.tell(f"{errors[0]}{_and_more(errors, 'r')}")
        elif warned:
            self.notify(
                f"{count(len(warned), 'source')} with warnings: press r for the runs.",
                severity="warning",
                markup=False,
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing opens over the screen that says that there is no room."""
        return not isinstance(self.screen, SmallScreen) or action in ("interrupt", "quit")

    def action_help(self) -> None:
        from triage.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    async def action_quit(self) -> None:
        """End the program; where a command runs, only when that is wanted, and behind it."""
        feed = self.feed
        if feed is None or not feed.is_running or self._leaving:
            self.exit()
            return
        from triage.tui.screens.confirm import ConfirmScreen

        def take(sure: bool | None) -> None:
            if sure and feed.has_ended:
                self.exit()
            elif sure:
                self._leaving = True
                self._end_feed()

        self.push_screen(ConfirmScreen(f"{feed.name} is running: end it and quit?"), take)

    def action_interrupt(self) -> None:
        """Ctrl-C ends the program at once: everything typed is saved already."""
        self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        yield from super().get_system_commands(screen)
        for bound in screen.active_bindings.values():
            binding = bound.binding
            if bound.enabled and binding.description and bound.node in (screen, self):
                told = f"{binding.tooltip}: " if binding.tooltip else ""
                yield SystemCommand(
                    binding.description,
                    f"{told}key {self.get_key_display(binding)}",
                    lambda a=binding.action, n=bound.node: self.call_later(self.run_action, a, n),
                )


def _and_more(errors: Sequence[object], where: str) -> str:
    """That there are more errors than the first, and where they are told."""
    return f" (and {grouped(len(errors) - 1)} more: {where})" if len(errors) > 1 else ""
