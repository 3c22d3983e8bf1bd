"""The line in which one types what narrows a list."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class FilterInput(Input):
    """Hidden until it is asked for; says in the footer how to leave it."""

    DEFAULT_CSS = """
    FilterInput { height: 1; border: none; padding: 0 1; background: $boost; }
    FilterInput:focus { border: none; }
    FilterInput:disabled { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep"),
        Binding("escape", "screen.back", "Show all again"),
    ]

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False, id="filter", disabled=True)

    def open(self) -> None:
        """Let somebody type, and see it: what the program says stands over this line."""
        self.app.clear_notifications()
        self.disabled = False
        self.focus()

    def close(self) -> bool:
        """Narrow nothing any more; whether it did."""
        was_open = not self.disabled
        self.value = ""
        self.disabled = True
        return was_open
