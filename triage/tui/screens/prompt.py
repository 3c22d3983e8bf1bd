"""A question with one answer."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from triage.tui.screens.dialog import Dialog


class PromptScreen(Dialog[str | None]):
    """Enter gives the text, escape gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, title: str, hint: str = "", value: str = "", *, does: str = "saves") -> None:
        """``does``: what enter does."""
        super().__init__()
        self._title, self._hint, self._value, self._does = title, hint, value, does

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            if self._hint:
                yield Label(self._hint, markup=False)
            yield Input(self._value, select_on_focus=False)
            yield Static(f"enter {self._does}, escape cancels", classes="hint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())
