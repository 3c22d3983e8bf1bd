"""What a cluster is: one key each."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from triage.model import Verdict
from triage.tui.screens.dialog import Dialog

_ORDER = (
    Verdict.PRODUCT_BUG,
    Verdict.TEST_BUG,
    Verdict.FLAKY,
    Verdict.INFRASTRUCTURE,
    Verdict.EXPECTED,
    Verdict.UNKNOWN,
)


class VerdictScreen(Dialog[Verdict | None]):
    """Gives the verdict, or None when cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(f"Verdict for {self._what}", classes="title", markup=False)
            yield OptionList(
                *(Option(f"{i}  {verdict.label}", id=verdict.value) for i, verdict in enumerate(_ORDER, 1)),
                markup=False,
            )
            yield Static("a number or enter decides, escape cancels", classes="hint", markup=False)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(_ORDER[event.option_index])

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character.isdecimal() and 1 <= int(event.character) <= len(_ORDER):
            event.stop()
            self.dismiss(_ORDER[int(event.character) - 1])
