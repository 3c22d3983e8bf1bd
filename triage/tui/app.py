"""The application: the screens, and the ways between them."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.console import COLOR_SYSTEMS
from textual import events, work
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import Screen
from textual.worker import get_current_worker

from triage.model import TriageError
from triage.store.database import telling
from triage.store.grouping import AGED, is_aged
from triage.store.place import leave, left_at
from triage.tui import colours
from triage.tui.keymap import take_keys
from triage.tui.live_rules import SECONDS
from triage.tui.reading_app import ReadingApp, and_more
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.small import SmallScreen, too_small
from triage.tui.terminal import Attributes, Notify, hand_over, on_end

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.command import Provider

    from triage.tui.feed import Feed
    from triage.tui.screens.listing import ListingScreen


_MODES = {
    "tests": "TestsScreen",
    "runs": "RunsScreen",
    "investigations": "InvestigationsScreen",
    "rules": "RulesScreen",
}
"""The screens beside the clusters: their modules, which are loaded when they are needed, and classes."""
_SCREENS = {"whys": "WhysScreen", **_MODES}
"""Screens that open again in the next program."""
_LATER = ("triage.analysis.explain", *(f"triage.tui.screens.{name}" for name in _SCREENS))
_SOON = 0.3
"""Seconds behind the first screen: by then it is drawn."""
_READ_AHEAD = 256 << 20
"""Bytes of the database."""
_MODE_KEYS = Binding.Group("Screens", compact=True)


def _read_ahead(path: Path) -> None:
    """Let the system read the database while nobody presses a key; what it does not have in memory would hold one up."""
    if hasattr(os, "posix_fadvise"):  # not on macOS
        with suppress(OSError), path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, _READ_AHEAD, os.POSIX_FADV_WILLNEED)


def _commands() -> type[Provider]:
    from triage.tui.finding import Commands  # when the palette opens

    return Commands


def _goals() -> type[Provider]:
    from triage.tui.finding import Goals

    return Goals


class TriageApp(ReadingApp):
    """``triage`` on a terminal."""

    COMMANDS: ClassVar[set[Any]] = {_commands, _goals}

    TITLE = "triage"
    NOTIFICATION_TIMEOUT = 2.5
    CSS_PATH: ClassVar[list[str]] = ["app.tcss", "screens/clusters.tcss"]  # type: ignore[assignment]
    """With that of the first screen: else all would be parsed again when it opens."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        *(
            Binding(str(number), f"mode('{name}')", name.capitalize(), show=False, group=_MODE_KEYS, id=name)
            for number, name in enumerate(("clusters", *_MODES), 1)
        ),
        Binding("question_mark", "help", "Help", key_display="?", id="help"),
    ]

    def __init__(
        self, store_path: Path, paths: list[str], before: Attributes | None = None, feed: Feed | None = None,
        notify: Notify | None = None,
    ) -> None:  # fmt: skip
        """``before``: how the terminal was; ``feed``: what comes in; ``notify``: how to call whoever waits for its end."""
        super().__init__(store_path, feed, notify)
        self._paths = paths
        self._before = before
        self._opening = bool(paths)

    def on_load(self) -> None:
        on_end(lambda code: self.exit(return_code=code))

    def on_mount(self) -> None:
        hand_over(self, self._before)
        named = self.console.color_system
        if not self.is_headless and named:
            self.theme = colours.theme_for(COLOR_SYSTEMS[named], os.environ) or self.theme
        self.hold_keys()
        self.call_later(self._begin)  # what is drawn before this ends is not shown

    async def _begin(self) -> None:
        place = left_at(self.db) if not self._paths and self.feed is None else {}
        first = ClustersScreen(place)
        self._take_keys()
        await self.push_screen(first)
        self.set_timer(_SOON, self._load_the_rest)
        self.set_interval(SECONDS, self.look_at_rules)
        self.set_interval(SECONDS, self._look_at_store)
        if is_aged(self.db):
            self.notify(f"Of this database: {AGED}.", severity="warning", timeout=10, markup=False)
        if self.feed is not None:
            self.read_feed(self.feed)
        if self._paths:
            self.ingest(self._paths)
        self._go_on(first, place)
        self._mind_room(self.size)
        await self.let_keys_go()

    @work(thread=True, group="loading")
    def _load_the_rest(self) -> None:
        """What the first screen does without, before a key asks for it and waits."""
        worker = get_current_worker()
        _read_ahead(self.store_path)
        for name in _LATER:
            if worker.is_cancelled:
                return
            import_module(name)
        if not self.is_headless:
            # All of it stays: looked through for cycles once more, it would hold up a key for 60 ms.
            gc.freeze()

    def _look_at_store(self) -> None:
        """Show what another program has changed, unless this one reads and shows it itself."""
        for screen in self.screen_stack[-1:]:  # there is none while the program ends
            look_again = getattr(screen, "look_again", None)
            # What comes in tells the clusters itself.
            told = self.feed is not None and isinstance(screen, ClustersScreen)
            if look_again is not None and not self.is_reading and not told:
                look_again()

    def _take_keys(self) -> None:
        """Use the keys that the configuration names."""
        if errors := take_keys(self):
            self.tell(f"{errors[0]}{and_more(errors, 'the same files')}")

    def _go_on(self, first: ClustersScreen, place: Mapping[str, str]) -> None:
        """Be on the screen that was left at ``place``; the list below it is there already."""
        if (screen := place.get("screen", "")) in _MODES:
            self.action_mode(screen)
        elif screen == "whys" and (row := first.rows.current) and row.id == place.get("cluster"):
            first.action_whys()

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End the program, and what runs for it; the next one begins where this one was."""
        self.end_feed()
        for screen in self.screen_stack:
            if (keep := getattr(screen, "keep", None)) and screen.is_mounted:
                with suppress(TriageError), telling(self.store_path):
                    keep()
            if isinstance(screen, ClustersScreen) and screen.is_mounted:
                place: dict[str, str] = {}
                for other in self.screen_stack:
                    place |= getattr(other, "whereabouts", {})
                above = [type(other).__name__ for other in self.screen_stack]
                on_top = next((name for name in _SCREENS if _SCREENS[name] in above), "")
                with suppress(TriageError), telling(self.store_path):
                    leave(self.db, place | {"screen": on_top})
        super().exit(result, return_code, message)

    @property
    def _clusters(self) -> ClustersScreen:
        return next(screen for screen in self.screen_stack if isinstance(screen, ClustersScreen))

    def action_mode(self, name: str, at: str = "") -> None:
        """Go to one of the main screens, with the cursor on ``at``; what stands over the clusters is left."""
        wanted = _MODES.get(name)
        if type(self.screen).__name__ == wanted and not at:
            return
        small = isinstance(self.screen, SmallScreen)  # the terminal got too small while somebody chose
        if small:
            super().pop_screen()
        above = len(self.screen_stack) - 1 - self.screen_stack.index(self._clusters)
        for _ in range(above - bool(wanted)):
            self.pop_screen()
        if wanted:
            if not self.is_screen_installed(name):
                # Kept from then on: to build it takes longer than a key should.
                self.install_screen(getattr(import_module(f"triage.tui.screens.{name}"), wanted)(), name)
            screen = cast("ListingScreen[Any]", self.get_screen(name))
            screen.seek(at)
            if screen is not self.screen:
                # In the place of the other one: the clusters need not be asked for in between.
                (self.switch_screen if above else self.push_screen)(screen)
        if small:
            self.push_screen(SmallScreen())

    def show_cluster(self, cluster: str) -> None:
        """Go to a cluster in the list."""
        self.action_mode("clusters")
        self._clusters.seek(cluster)

    def show_clusters(self, words: str) -> None:
        """Go to the clusters that the filter ``words`` means."""
        self.action_mode("clusters")
        self._clusters.narrow(words)

    def use_theme(self, name: str) -> None:
        """Draw in the colours of another theme."""
        self.theme = name

    def on_resize(self, event: events.Resize) -> None:
        if len(self.screen_stack) > 1:
            self._mind_room(event.size)

    def _mind_room(self, size: Size) -> None:
        shown = isinstance(self.screen, SmallScreen)
        if too_small(size) and not shown:
            self.push_screen(SmallScreen())
        elif shown and not too_small(size):
            super().pop_screen()

    def pop_screen(self) -> AwaitComplete:
        """Take off the screen that asked for it: one that ends while the terminal gets too small is below ``SmallScreen``."""
        small = isinstance(self.screen, SmallScreen)
        if isinstance(self.screen_stack[-2] if small else self.screen, ClustersScreen):
            # The library's palette, left twice at once, would leave an empty screen.
            return AwaitComplete()
        if not small:
            return super().pop_screen()
        super().pop_screen()
        popped = super().pop_screen()
        self.push_screen(SmallScreen())
        return popped

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing opens over the screen that says that there is no room."""
        return not isinstance(self.screen, SmallScreen) or action in ("interrupt", "quit")

    def action_command_palette(self) -> None:
        from triage.tui.finding import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

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
                self.end_feed()

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
