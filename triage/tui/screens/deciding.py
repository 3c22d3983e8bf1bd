"""What a person decides about the clusters that are chosen: each a key, each taken back by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from triage.analysis.decisions import taken_back
from triage.analysis.impact import count, grouped
from triage.model import Verdict
from triage.store import moves
from triage.store.clusters import ClusterRow, change_tags, rename, set_verdict, titles, variants
from triage.store.database import StoreError, telling
from triage.store.history import Change
from triage.store.undo import undo
from triage.tui.texts import one_line

if TYPE_CHECKING:
    from triage.tui.app import TriageApp

_MOST_OF_A_NAME = 40


class DecidingScreen(Screen[None]):
    """A screen on which clusters are chosen. Those who inherit say which, and show what became of them."""

    @property
    def triage(self) -> TriageApp:
        return cast("TriageApp", self.app)

    def current(self) -> ClusterRow | None:
        """The cluster under the cursor; says so where there is none."""
        raise NotImplementedError

    def chosen(self) -> list[ClusterRow]:
        """The clusters that are marked, or the one under the cursor."""
        raise NotImplementedError

    def shown_variant(self) -> str | None:
        """The signature of the failure that the detail shows."""
        raise NotImplementedError

    def decided(self, said: str = "", into: str | None = None) -> None:
        """Show what was decided, say it; a cursor whose cluster is gone goes to ``into``."""
        raise NotImplementedError

    def action_verdict(self) -> None:
        chosen = self.chosen()
        if not chosen:
            return
        from triage.tui.screens.verdict import VerdictScreen

        def put(verdict: Verdict) -> None:
            if self._try(lambda: set_verdict(self.triage.db, [row.id for row in chosen], verdict)):
                self.decided()

        def decide(verdict: Verdict | None) -> None:
            if verdict is None:
                return
            others = sum(row.verdict not in (Verdict.UNKNOWN, verdict) for row in chosen)
            if len(chosen) == 1 or not others:
                put(verdict)
                return
            from triage.tui.screens.confirm import ConfirmScreen

            have = f"{others} {'has' if others == 1 else 'have'} another verdict already"
            self.app.push_screen(
                ConfirmScreen(f"{count(len(chosen), 'cluster')}, {have}: change all?"),
                lambda sure: put(verdict) if sure else None,
            )

        self.app.push_screen(VerdictScreen(count(len(chosen), "cluster")), decide)

    def action_tag(self) -> None:
        chosen = self.chosen()
        if not chosen:
            return
        from triage.tui.screens.prompt import PromptScreen

        def put(answer: str | None) -> None:
            if answer is None:
                return
            words = [word.lstrip("#") for word in answer.replace(",", " ").split()]
            ids = [row.id for row in chosen]
            on = [word for word in words if word and not word.startswith("-")]
            off = [tag for word in words if word.startswith("-") and (tag := word[1:].lstrip("#"))]
            if self._try(lambda: change_tags(self.triage.db, ids, on, off)):
                self.decided()

        self.app.push_screen(
            PromptScreen(
                f"Tags for {count(len(chosen), 'cluster')}",
                "words, with blanks or commas between; -word takes a tag off",
            ),
            put,
        )

    def action_rename(self) -> None:
        row = self.current()
        if row is None:
            return
        from triage.tui.screens.prompt import PromptScreen

        def put(title: str | None) -> None:
            if title and self._try(lambda: rename(self.triage.db, row.id, title)):
                self.decided()

        self.app.push_screen(PromptScreen("What is it called?", value=row.title), put)

    def action_merge(self) -> None:
        chosen = self._several("merges them into one")
        if not chosen:
            return
        from triage.tui.screens.choose import ChooseScreen

        failures = count(sum(row.failures for row in chosen), "failure")

        def put(answer: list[int] | None) -> None:
            if answer is None:
                return
            self._merge(chosen[answer[0]], chosen)

        self.app.push_screen(
            ChooseScreen(
                f"Merge {count(len(chosen), 'cluster')}: which name stays?",
                [_with_counts(row) for row in chosen],
                does="merges",
                hint=f"The {failures} of these {len(chosen)} clusters become one cluster, with what comes later; verdict and"
                " tags are those of the one that stays.",
            ),
            put,
        )

    def _merge(self, into: ClusterRow, chosen: list[ClusterRow]) -> None:
        db, ids = self.triage.db, [row.id for row in chosen]
        decisions = moves.Decisions(db)
        apart = [pair for one, other in combinations(ids, 2) for pair in decisions.apart(one, other)]

        def put(anyway: bool = False) -> None:
            if self._try(lambda: moves.merge(db, into.id, ids, anyway=anyway)):
                self.decided(f"{count(len(chosen), 'cluster')} are one; u takes it back", into.id)

        if not apart:
            put()
            return
        from triage.tui.screens.confirm import ConfirmScreen

        def take(sure: bool | None) -> None:
            if sure:
                put(anyway=True)

        self.app.push_screen(
            ConfirmScreen(f"Somebody decided: never merge {self._names(apart[0])}. Merge all the same?"), take
        )

    def action_split(self) -> None:
        row = self.current()
        if row is None:
            return
        found = variants(self.triage.db, row.id)
        if len(found) < 2:
            self.notify(
                "Nothing to split off: all its failures say the same.", severity="warning", markup=False
            )
            return
        from triage.tui.screens.choose import ChooseScreen

        def put(answer: list[int] | None) -> None:
            if answer is None:
                return
            signatures = [found[number].signature for number in answer]
            if self._try(lambda: moves.split(self.triage.db, *signatures)):
                failures = count(sum(found[number].failures for number in answer), "failure")
                self.decided(f"{failures} split off; u takes it back")

        shown = self.shown_variant()
        self.app.push_screen(
            ChooseScreen(
                f"Split {_short(row.title)}: what is another problem?",
                [f"{grouped(one.failures):>4}× {one_line(one.template)}" for one in found],
                does="splits off",
                several=True,
                at=next((number for number, one in enumerate(found) if one.signature == shown), 0),
            ),
            put,
        )

    def action_apart(self) -> None:
        chosen = self._several("keeps them apart for ever")
        if not chosen:
            return
        db, ids = self.triage.db, [row.id for row in chosen]
        decisions = moves.Decisions(db)
        if all(decisions.apart(one, other) for one, other in combinations(ids, 2)):
            if self._try(lambda: moves.let_merge(db, ids)):
                self.decided(f"{count(len(ids), 'cluster')} may be merged again; u takes it back")
        elif self._try(lambda: moves.keep_apart(db, ids)):
            self.decided(f"{count(len(ids), 'cluster')} are never merged; d once more allows it again")

    def action_undo(self) -> None:
        changes: list[Change] = []
        if not self._try(lambda: changes.extend(undo(self.triage.db))):
            return
        if changes:
            self.decided(f"Taken back: {taken_back(changes, lambda cluster: self._names([cluster]))}")
        else:
            self.notify("Nothing to take back.", severity="warning", markup=False)

    def _several(self, what: str) -> list[ClusterRow]:
        """Two clusters or more; says how to get there where there are fewer."""
        chosen = self.chosen()
        if chosen and len(chosen) < 2:
            self.notify(f"Mark two or more with space: the key {what}.", severity="warning", markup=False)
            return []
        return chosen

    def _try(self, change: Callable[[], object]) -> bool:
        """Whether ``change`` was made; says what stood in the way where it was not."""
        try:
            with telling(self.triage.store_path):
                change()
        except moves.MoveError as error:
            self.triage.tell(f"{self._names(error.clusters)}: {error.reason}")
            return False
        except StoreError as error:
            self.triage.tell(error)
            return False
        return True

    def _names(self, clusters: Iterable[str]) -> str:
        names = titles(self.triage.db)
        return " and ".join(_short(names[cluster]) for cluster in clusters)


def _short(title: str) -> str:
    title = one_line(title)
    return title if len(title) <= _MOST_OF_A_NAME else title[: _MOST_OF_A_NAME - 1] + "…"


def _with_counts(row: ClusterRow) -> str:
    return f"{grouped(row.failures):>4}× {one_line(row.title)}"
