"""What every key does, here and now: made from the bindings, so that it cannot be wrong."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from triage.tui.screens.dialog import Dialog

_OF_THE_LIBRARY = frozenset(
    ["scroll_left", "scroll_right", "page_left", "page_right", "screen.copy_text", "app.suspend_process"]
)
"""What every widget can do, and nobody asks for."""


class HelpScreen(Dialog[None]):
    """Keys of the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "dismiss(None)", "Close")]

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        self._below = below

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Keys", classes="title", markup=False)
            with VerticalScroll():
                yield Static(self._keys())
            yield Static("ctrl+p finds every command by name; escape closes", classes="hint", markup=False)

    def _keys(self) -> Text:
        """The screen's own keys first, then those of what has the focus, then those of every screen."""
        order = {self._below: 0, self.app: 2}
        active = sorted(self._below.active_bindings.values(), key=lambda bound: order.get(bound.node, 1))
        rows: dict[str, list[str]] = {}
        for bound in active:
            binding = bound.binding
            if binding.description and not binding.system and binding.action not in _OF_THE_LIBRARY:
                shown = self.app.get_key_display(binding)
                rows.setdefault(binding.tooltip or binding.description, []).append(shown)
        text = Text()
        for description, keys in rows.items():
            text.append(f"{' '.join(dict.fromkeys(keys)):>16}  ", "bold")
            text.append(description + "\n")
        return text
