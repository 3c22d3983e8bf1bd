"""What a person decides is stored, or it is said why not; one key takes it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from triage.analysis.decisions import NOTHING_TO_DO, taken_back
from triage.store.clusters import titles
from triage.store.history import Change, decides
from triage.store.moves import MoveError
from triage.store.undo import undo
from triage.tui.screens.attempting import AttemptingScreen
from triage.tui.texts import one_line

_MOST_OF_A_NAME = 40


class UndoingScreen(AttemptingScreen):
    """A screen on which something is decided. Those who inherit show what became of it."""

    def decided(self, said: str = "") -> None:
        """Show what was decided, say it."""
        raise NotImplementedError

    def attempt(self, change: Callable[[], object]) -> bool:
        try:
            return super().attempt(change)
        except MoveError as error:
            self.triage.tell(f"{self.names(error.clusters)}: {error.reason}")
            return False

    def decide(self, change: Callable[[], object]) -> bool:
        """Whether ``change`` decided something; says so where it did not, or what stood in the way."""
        acted: list[bool] = []
        if not self.attempt(lambda: acted.append(decides(self.triage.db, change))):
            return False
        if not acted[0]:
            self.notify(f"{NOTHING_TO_DO.capitalize()}.", severity="warning", markup=False)
        return acted[0]

    def names(self, clusters: Iterable[str]) -> str:
        """What the clusters are called."""
        known = titles(self.triage.db)
        return " and ".join(short(known[cluster]) for cluster in clusters)

    def action_undo(self) -> None:
        changes: list[Change] = []
        if not self.attempt(lambda: changes.extend(undo(self.triage.db))):
            return
        if changes:
            self.decided(f"Taken back: {taken_back(changes, lambda cluster: self.names([cluster]))}")
        else:
            self.notify("Nothing to take back.", severity="warning", markup=False)

    def ask_for_tags(self, whose: str, change: Callable[[list[str], list[str]], object]) -> None:
        """Ask which tags to put on and to take off, and ``change`` them so."""
        from triage.tui.screens.prompt import PromptScreen

        def put(answer: str | None) -> None:
            if answer is None:
                return
            words = [word.lstrip("#") for word in answer.replace(",", " ").split()]
            on = [word for word in words if word and not word.startswith("-")]
            off = [tag for word in words if word.startswith("-") and (tag := word[1:].lstrip("#"))]
            if (on or off) and self.decide(lambda: change(on, off)):
                told = [*(f"#{tag}" for tag in on), *(f"no longer #{tag}" for tag in off)]
                self.decided(f"{whose}: {', '.join(told)}; u takes it back")

        hint = "words, with blanks or commas between; -word takes a tag off"
        self.app.push_screen(PromptScreen(f"Tags for {whose}", hint), put)


def short(title: str) -> str:
    """The beginning of a name, for a sentence in which it stands."""
    title = one_line(title)
    return title if len(title) <= _MOST_OF_A_NAME else title[: _MOST_OF_A_NAME - 1] + "…"
