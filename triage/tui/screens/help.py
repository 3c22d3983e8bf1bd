"""What every key does, here and now: made from the bindings, so that it cannot be wrong."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static


class HelpScreen(ModalScreen[None]):
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
        rows: dict[str, list[str]] = {}
        for bound in self._below.active_bindings.values():
            binding = bound.binding
            if binding.description and not binding.system:
                shown = self.app.get_key_display(binding)
                rows.setdefault(binding.tooltip or binding.description, []).append(shown)
        text = Text()
        for description, keys in rows.items():
            text.append(f"{' '.join(dict.fromkeys(keys)):>16}  ", "bold")
            text.append(description + "\n")
        return text
