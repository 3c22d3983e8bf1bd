"""What is behind the screens: the store, the rules, and the threads that read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, cast

from textual import work
from textual.reactive import Reactive
from textual.worker import get_current_worker

from triage.analysis.impact import count, grouped
from triage.escapes import visible
from triage.model import TriageError
from triage.rules import Engine, RuleError, load_engine
from triage.store import open_store
from triage.store.database import telling
from triage.tui import colours
from triage.tui.live_rules import Changed, LiveRules, told
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.terminal import Notify, notification
from triage.tui.terminal_app import TerminalApp

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from textual.notifications import SeverityLevel

    from triage.sources.watching import Reading
    from triage.store.ingest import Ingested
    from triage.tui.feed import Came, Ended, Feed


class ReadingApp(TerminalApp):
    """An app on a store: it reads sources, what a command prints, and rules that change, and says how that went."""

    ansi_theme_dark = Reactive(colours.DARK, init=False)
    ansi_theme_light = Reactive(colours.LIGHT, init=False)

    def __init__(self, store_path: Path, feed: Feed | None, notify: Notify | None) -> None:
        # Without colours, the terminal's own stay; else the library would draw in shades of grey.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.store_path = store_path
        self.db = open_store(store_path)
        self.feed = feed
        self._notify_by = notify
        self._leaving = False
        self._opening = False
        """Whether the program ends if nothing can be read."""
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

    @property
    def state(self) -> tuple[object, ...]:
        """Another one whenever what the screens show may have changed."""
        return (self.store_path, self.db.state, self._engine, self.unread)

    def _use(self, engine: Engine, errors: Sequence[RuleError]) -> None:
        if self._engine is None:
            self._engine = engine
            if errors:
                self.tell(errors[0].told + and_more(errors, "'triage rules check'"))

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
        for screen in self._lists():
            screen.be_empty(screen.has_class("-empty"))
        self._read(names, self._reading)

    @property
    def is_reading(self) -> bool:
        """Whether sources are read, or will be in a moment."""
        return self._opening or self._reading is not None

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
        note = ""
        try:
            with telling(self.store_path), closing(open_store(self.store_path)) as db:
                session = ingest_all(db, names, engine, progress)
            results, errors, note = session.results, [*session.errors], session.note
        except ReadingStoppedError:
            self.call_later(self.notify, "Ended: what was read to its end is kept.", markup=False)
        except TriageError as error:
            errors = [error]
        self.call_later(self._use, engine, wrong)
        self.call_later(self._ingested, results, errors, note)

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
    def read_feed(self, feed: Feed) -> None:
        """Take what comes in, in a thread, until it ends."""
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
            self.tell(f"{feed.unread[0]}{and_more(feed.unread, 'r')}")
        else:
            self.notify(feed.told, markup=False)
        if self._notify_by is not None and self._driver is not None:
            self._driver.write(notification(self._notify_by, feed.told))

    def end_feed(self) -> None:
        """End what runs for the screen, if anything does."""
        if self.feed is not None:
            self.feed.stop.set()

    def on_unmount(self) -> None:
        self.end_feed()  # also where the program ends by an error: its thread is waited for
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
                moved = recluster(db, changed.engine).failures
            finally:
                db.close()
        if not worker.is_cancelled:
            self.call_later(self._rules_taken, changed, moved)

    def _rules_taken(self, changed: Changed, moved: int) -> None:
        if errors := changed.errors:
            more = and_more(errors, "'triage rules check'")
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

    def _ingested(self, results: Sequence[Ingested], errors: Sequence[TriageError], note: str) -> None:
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
            self.tell(f"{errors[0]}{and_more(errors, 'r')}")
        elif warned:
            self.notify(
                f"{count(len(warned), 'source')} with warnings: press r for the runs.",
                severity="warning",
                markup=False,
            )
        elif note:
            self.notify(note, markup=False)


def and_more(errors: Sequence[object], where: str) -> str:
    """That there are more errors than the first, and where they are told."""
    return f" (and {grouped(len(errors) - 1)} more: {where})" if len(errors) > 1 else ""
