"""What the store is asked in a thread: it takes longer than a key should."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar, cast

from textual.screen import Screen
from textual.worker import get_current_worker

from triage.store import open_store
from triage.store.database import Store, StoreError, telling

if TYPE_CHECKING:
    from triage.tui.app import TriageApp

Answer = TypeVar("Answer")


class AskingScreen(Screen[None]):
    """A screen that goes on while the store is asked, by a connection of the thread's own."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[str, object] = {}
        """Stands for the last question about something."""

    def ask(
        self,
        about: str,
        question: Callable[[Store], Answer],
        take: Callable[[Answer], object],
        ended: Callable[[], object] = lambda: None,
    ) -> None:
        """``take`` what ``question`` finds, unless another one ``about`` the same was asked meanwhile; what cannot be read is
        said. ``ended`` is called in any case, behind that."""
        triage = cast("TriageApp", self.app)
        this = self._asked[about] = object()

        def answer() -> None:
            worker = get_current_worker()
            try:
                if self._asked[about] is this:
                    with telling(triage.store_path), closing(open_store(triage.store_path)) as db:
                        found = question(db)
                    if self._asked[about] is this and not worker.is_cancelled:
                        self.call_later(take, found)
            except StoreError as error:
                self.call_later(triage.tell, error)
            finally:
                self.call_later(ended)

        # None is cancelled for the next: one that had not begun yet would never end.
        self.run_worker(answer, thread=True, group=f"ask {about}")
