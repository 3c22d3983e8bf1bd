"""The line that says how far it is what comes in."""

from __future__ import annotations

from rich.text import Text
from textual.timer import Timer
from textual.widgets import Static

from triage.tui.feed import Feed


class LiveBar(Static):
    """Moves once a second while anything may come, and never after."""

    DEFAULT_CSS = (
        "LiveBar { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }"
    )

    def __init__(self, feed: Feed) -> None:
        super().__init__(markup=False)
        self._feed = feed
        self._timer: Timer | None = None
        self.following = False
        """Whether the cursor goes to what comes."""

    def on_mount(self) -> None:
        self._timer = self.set_interval(1.0, self.tell)
        self.tell()

    def tell(self) -> None:
        """Say how it is now."""
        feed = self._feed
        text = Text(feed.told, "bold" if feed.has_ended else "italic")
        if feed.has_ended:
            code = feed.command.code if feed.command is not None else 0
            text.stylize("green" if code == 0 else "red")
            if self._timer is not None:
                self._timer.stop()
        if self.following:
            text = Text("following  ", "bold yellow").append_text(text)
        self.update(text)
