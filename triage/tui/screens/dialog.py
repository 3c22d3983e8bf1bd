"""A question over a screen."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType

from triage.tui.screens.small import SmallScreen


class Dialog(ModalScreen[ScreenResultType]):
    """Stands over another screen until it is answered, which it is once."""

    _is_answered = False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """End with ``result``, once, and with what was opened above it: the screen below must not be ended in its place."""
        stack = self.app.screen_stack
        if self._is_answered or self not in stack:
            nothing: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]
            return nothing
        self._is_answered = True
        above = [screen for screen in stack[stack.index(self) + 1 :] if not isinstance(screen, SmallScreen)]
        for _ in above:
            self.app.pop_screen()
        return super().dismiss(result)
