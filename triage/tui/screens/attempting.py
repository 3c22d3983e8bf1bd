"""What somebody does is stored, or it is said why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from triage.store.database import StoreError, telling

if TYPE_CHECKING:
    from triage.tui.app import TriageApp


class AttemptingScreen(Screen[None]):
    """A screen that writes to the store, which may be locked, full, or not to be written at all."""

    @property
    def triage(self) -> TriageApp:
        return cast("TriageApp", self.app)

    def attempt(self, change: Callable[[], object]) -> bool:
        """Whether ``change`` was made; says what stood in the way where it was not."""
        try:
            with telling(self.triage.store_path):
                change()
        except StoreError as error:
            self.triage.tell(error)
            return False
        return True
