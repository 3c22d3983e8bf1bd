"""An action: what, who, until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from triage.store.investigations import Action
from triage.tui.screens.dialog import Dialog
from triage.tui.widgets.toggles import Tick


def parse_due(text: str, today: date) -> str | None:
    """An ISO date from ``2026-12-01``, ``+7`` (days from today) or nothing; None if it is no date.

    >>> parse_due("+7", date(2026, 11, 21))
    '2026-11-28'
    """
    text = text.strip()
    if not text:
        return ""
    try:
        if text.startswith("+"):
            return (today + timedelta(days=int(text[1:].rstrip("d")))).isoformat()
        return date.fromisoformat(text).isoformat()
    except (ValueError, OverflowError):
        return None


class ActionScreen(Dialog[Action | None]):
    """Gives the action (with id 0 for a new one), or None when cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, action: Action | None) -> None:
        super().__init__()
        self._action = action or Action(0, "", "", "", False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Action", classes="title", markup=False)
            yield Label("what is to be done")
            yield Input(self._action.text, select_on_focus=False, id="text")
            yield Label("owner")
            yield Input(self._action.owner, select_on_focus=False, id="owner")
            yield Label("due: 2026-12-01, or +7 for a week from today", markup=False)
            yield Input(self._action.due, select_on_focus=False, id="due")
            if self._action.id:
                yield Tick("done", self._action.done, id="done")
            yield Static("enter goes on and saves, escape cancels", classes="hint", markup=False)

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if event.input.id != "due":
            self.focus_next()
            return
        text = self.query_one("#text", Input).value.strip()
        due = parse_due(event.value, date.today())
        if not text:
            self.query_one("#text").focus()
            self.notify("Say what is to be done.", severity="warning", markup=False)
        elif due is None:
            self.notify(
                f"{event.value!r} is no date: write 2026-12-01 or +7.", severity="warning", markup=False
            )
        else:
            done = bool(self._action.id) and self.query_one("#done", Tick).value
            owner = self.query_one("#owner", Input).value.strip()
            self.dismiss(Action(self._action.id, text, owner, due, done))
