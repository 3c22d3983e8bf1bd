"""A question over a screen."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Dialog(ModalScreen[ScreenResultType]):
    """Stands over another screen until it is answered, which it is once."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """End with ``result``. A key typed right behind the one that ended it came here too: it must not end the screen below."""
        if self not in self.app.screen_stack:
            nothing: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]
            return nothing
        return super().dismiss(result)
