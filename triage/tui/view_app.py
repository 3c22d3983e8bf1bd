"""``triage view``: the log screen alone, on any file."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from triage.escapes import visible
from triage.tui.keymap import take_keys
from triage.tui.log_source import Desk, Place
from triage.tui.screens.log import LogScreen
from triage.tui.terminal import Attributes, hand_over, on_end
from triage.tui.terminal_app import TerminalApp


class ViewApp(TerminalApp):
    """One log."""

    TITLE = "triage"
    CSS_PATH: ClassVar[list[str]] = ["app.tcss"]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
        Binding("question_mark", "help", "Help", key_display="?", id="help"),
    ]

    def __init__(self, place: Place, desk: Desk, before: Attributes | None = None) -> None:
        """``before``: how the terminal was."""
        super().__init__()
        self._place, self._desk, self._before = place, desk, before

    def on_load(self) -> None:
        on_end(lambda code: self.exit(return_code=code))

    async def on_mount(self) -> None:
        hand_over(self, self._before)
        if errors := take_keys(self):
            self.notify(visible(str(errors[0])), severity="error", markup=False)
        await self.push_screen(LogScreen([self._place], 0, self._desk), lambda _: self.exit())

    def action_help(self) -> None:
        from triage.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))
