"""What the list of clusters does while results come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on

from triage.tui.screens.deciding import DecidingScreen
from triage.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from triage.tui.feed import Feed
    from triage.tui.widgets.live_bar import LiveBar

_KEYS = ("follow", "output")


class LiveScreen(DecidingScreen):
    """A screen whose rows come in while one looks at it. Those who inherit show them."""

    following = False
    """Whether the cursor goes to the cluster that came last."""

    @property
    def feed(self) -> Feed | None:
        """What comes in, if anything does."""
        return self.triage.feed

    def reload(self, into: str | None = None) -> None:
        """Ask the store anew; the cursor stays, or goes to the cluster ``into``."""
        raise NotImplementedError

    def go_to_cluster(self, cluster: str) -> None:
        """The cursor to ``cluster``, if it is shown."""
        raise NotImplementedError

    def came(self) -> None:
        """Show what was read."""
        self.reload()
        if self.following and self.feed is not None and self.feed.last is not None:
            self.go_to_cluster(self.feed.last)
        self.tell_live()

    def tell_live(self) -> None:
        """Say how far it is."""
        for found in self.query("LiveBar"):
            bar = cast("LiveBar", found)
            bar.following = self.following
            bar.tell()

    def action_follow(self) -> None:
        self.following = not self.following
        if self.following and self.feed is not None and self.feed.last is not None:
            self.go_to_cluster(self.feed.last)
        self.tell_live()

    @on(RowList.Steered)
    def _steered(self) -> None:
        if self.following:
            self.following = False
            self.tell_live()

    def action_output(self) -> None:
        if self.feed is None or self.feed.command is None:
            return
        from triage.tui.log_source import Desk, Place
        from triage.tui.screens.log import LogScreen

        self.app.push_screen(LogScreen([Place(str(self.feed.command.log))], 0, Desk()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Their keys are there only while there is something to follow."""
        if action not in _KEYS:
            return super().check_action(action, parameters)
        return self.feed is not None and (action == "follow" or self.feed.command is not None)
