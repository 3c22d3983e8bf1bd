"""The line in which an answer is typed."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class AnswerInput(Input):
    """Where the answer is typed; says in the footer how to go on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Next why"),
        Binding("tab", "app.focus_next", "Log"),
        Binding("escape", "screen.back", "Notes: branch, root cause, action, export ..."),
    ]
