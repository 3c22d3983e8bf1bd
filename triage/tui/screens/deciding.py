"""What a person decides about the clusters that are chosen: each a key, each taken back by one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from triage.analysis.impact import count, grouped
from triage.model import Verdict
from triage.store import moves
from triage.store.clusters import ClusterRow, Variant, assign, clusters_like, rename, set_verdict, variants
from triage.store.database import StoreError
from triage.store.tags import tag_clusters
from triage.tui.screens.undoing import UndoingScreen, short
from triage.tui.texts import one_line


class DecidingScreen(UndoingScreen):
    """A screen on which clusters are chosen. Those who inherit say which, and show what became of them."""

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
            if self.decide(lambda: set_verdict(self.triage.db, self._ids(chosen), verdict)):
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
        if chosen:
            self.ask_for_tags(
                count(len(chosen), "cluster"),
                lambda on, off: tag_clusters(self.triage.db, self._ids(chosen), on, off),
            )

    def action_assign(self) -> None:
        chosen = self.chosen()
        if not chosen:
            return
        from triage.tui.screens.prompt import PromptScreen

        def put(owner: str | None) -> None:
            if owner is None:
                return
            name = owner.lstrip("@")
            if self.decide(lambda: assign(self.triage.db, self._ids(chosen), name)):
                self.decided(f"{many}: {f'@{name}' if name else 'nobody'} looks after it; u takes it back")

        many = count(len(chosen), "cluster")
        now = sorted({row.owner for row in chosen if row.owner})
        hint = "a name, or nothing: nobody does" + (f" (now {', '.join(now)})" if now else "")
        self.app.push_screen(PromptScreen(f"Who looks after {many}?", hint), put)

    def action_rename(self) -> None:
        row = self.current()
        if row is None:
            return
        from triage.tui.screens.prompt import PromptScreen

        def put(title: str | None) -> None:
            if title and self.decide(lambda: rename(self.triage.db, self._ids([row])[0], title)):
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
            if self.decide(lambda: moves.merge(db, into.id, ids, anyway=anyway)):
                self.decided(f"{count(len(chosen), 'cluster')} are one; u takes it back", into.id)

        if not apart:
            put()
            return
        from triage.tui.screens.confirm import ConfirmScreen

        def take(sure: bool | None) -> None:
            if sure:
                put(anyway=True)

        self.app.push_screen(
            ConfirmScreen(f"Somebody decided: never merge {self.names(apart[0])}. Merge all the same?"), take
        )

    def action_split(self) -> None:
        row = self.current()
        if row is None:
            return
        found = variants(self.triage.db, row.id)
        if len(found) < 2:
            self.notify(
                "Nothing to split off: all its failures say the same, in the same place.",
                severity="warning",
                markup=False,
            )
            return
        from triage.tui.screens.choose import ChooseScreen

        def put(answer: list[int] | None) -> None:
            if answer is None:
                return
            signatures = [found[number].signature for number in answer]
            if self.decide(lambda: moves.split(self.triage.db, *signatures)):
                failures = count(sum(found[number].failures for number in answer), "failure")
                self.decided(f"{failures} split off; u takes it back")

        shown = self.shown_variant()
        self.app.push_screen(
            ChooseScreen(
                f"Split {short(row.title)}: what is another problem?",
                [f"{grouped(one.failures):>4}× {one_line(_apart(one, found))}" for one in found],
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
            if self.decide(lambda: moves.let_merge(db, ids)):
                self.decided(f"{count(len(ids), 'cluster')} may be merged again; u takes it back")
        elif self.decide(lambda: moves.keep_apart(db, ids)):
            self.decided(f"{count(len(ids), 'cluster')} are never merged; d once more allows it again")

    def _ids(self, rows: list[ClusterRow]) -> list[str]:
        """Their ids.

        Raises:
            StoreError: another program has moved the failures of one while somebody thought about it.
        """
        ids = [row.id for row in rows]
        for row in rows:
            if not clusters_like(self.triage.db, row.id):
                raise StoreError(f"{short(row.title)}: another cluster has its failures now")
        return ids

    def _several(self, what: str) -> list[ClusterRow]:
        """Two clusters or more; says how to get there where there are fewer."""
        chosen = self.chosen()
        if chosen and len(chosen) < 2:
            self.notify(f"Mark two or more with space: the key {what}.", severity="warning", markup=False)
            return []
        return chosen


def _with_counts(row: ClusterRow) -> str:
    return f"{grouped(row.failures):>4}× {one_line(row.title)}"


def _apart(variant: Variant, others: Sequence[Variant]) -> str:
    """What tells a variant from the others, first: there may be no room for all of it."""
    alike = sum(other.template == variant.template for other in others) > 1
    return f"{variant.raised or 'elsewhere'}: {variant.template}" if alike else variant.said
