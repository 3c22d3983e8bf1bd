"""A rule made from a cluster: a draft to edit and save."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static, TextArea

from triage.escapes import visible
from triage.export.drafts import place_of
from triage.export.files import write_document
from triage.model import TriageError
from triage.rules import Engine, Rule
from triage.rules.check import run_examples
from triage.rules.draft import Draft
from triage.rules.load import load_text
from triage.tui.screens.dialog import Dialog


class RuleScreen(Dialog[str | None]):
    """Gives the name of the file that was saved, or None when cancelled."""

    CSS_PATH = "rule.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", priority=True),
        Binding("escape", "cancel", "Cancel", priority=True),
    ]

    def __init__(self, draft: Draft, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._draft, self._rules = draft, rules

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("A rule from this cluster", classes="title", markup=False)
            yield TextArea(
                visible(self._draft.text), soft_wrap=False, show_line_numbers=True, tab_behavior="focus"
            )
            yield Static(id="wrong", markup=False)
            yield Static("ctrl+s saves, escape cancels", classes="hint", markup=False)

    @on(TextArea.Changed)
    def _check(self) -> None:
        self.query_one("#wrong", Static).update(Text("\n".join(visible(line) for line in self._wrong(()))))

    def _wrong(self, beside: Iterable[Rule]) -> list[str]:
        """What is wrong with the text, and with its examples ``beside`` other rules."""
        loaded = load_text(self.query_one(TextArea).text, "the rule")
        ours = {rule.id for rule in loaded.rules}
        others = [rule for rule in beside if rule.id not in ours]
        failed = [bad for bad in run_examples(Engine((*others, *loaded.rules))) if bad.rule.id in ours]
        wrong = [f"line {error.line}: {error.text}" for error in loaded.errors]
        wrong += [f"{bad.reason}: {bad.text.splitlines()[0][:120]}" for bad in failed]
        return wrong if ours or wrong else ["there is no rule in it"]

    def action_cancel(self) -> None:
        """Leave; what was typed is given up only when that is wanted."""
        if self.query_one(TextArea).text == visible(self._draft.text):
            self.dismiss(None)
            return
        from triage.tui.screens.confirm import ConfirmScreen

        def leave(wanted: bool | None) -> None:
            if wanted:
                self.dismiss(None)

        self.app.push_screen(ConfirmScreen("Give up what you typed?"), leave)

    def action_save(self) -> None:
        if wrong := self._wrong(self._rules):
            self.notify(f"Not saved: {visible(wrong[0])}", severity="error", markup=False)
            return
        path = place_of(self._draft)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_document(path, self.query_one(TextArea).text)
        except (TriageError, OSError) as error:
            self.notify(visible(str(error)), severity="error", markup=False)
            return
        self.dismiss(str(path))
