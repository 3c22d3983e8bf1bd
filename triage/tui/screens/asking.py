"""What the store is asked in a thread: it takes longer than a key should."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
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

    def ask(
        self,
        about: str,
        question: Callable[[Store], Answer],
        take: Callable[[Answer], object],
        ended: Callable[[], object] | None = None,
    ) -> None:
        """``take`` what ``question`` finds, unless another question ``about`` the same was asked meanwhile; what cannot be
        read is said. ``ended`` is called in any case, behind that."""
        self.run_worker(
            partial(self._ask, question, take, ended), thread=True, exclusive=True, group=f"ask {about}"
        )

    def _ask(
        self, question: Callable[[Store], Answer], take: Callable[[Answer], object],
        ended: Callable[[], object] | None,
    ) -> None:  # fmt: skip
        worker, triage = get_current_worker(), cast("TriageApp", self.app)
        try:
            with telling(triage.store_path), closing(open_store(triage.store_path)) as db:
                found = question(db)
            if not worker.is_cancelled:
                self.call_later(take, found)
        except StoreError as error:
            self.call_later(triage.tell, error)
        finally:
            if ended is not None:
                self.call_later(ended)
