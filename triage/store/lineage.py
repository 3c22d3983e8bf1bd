"""What people decided about grouping, carried over to the clusters that other rules or a newer program make.

A decision names clusters by their ids, and those follow from words. Where the words of the same failures make other
clusters now, the decision is said of these too, as part of the same act: one ``undo`` takes all of it back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from triage.store.database import Store
from triage.store.history import Change, remember, standing
from triage.store.moves import Decisions


class Lineage:
    """Which variants and clusters of now the failures of those of before are in.

    Args:
        pairs: failures by their signature before and their signature now.
        before: where each signature of before belonged by its words or its rule.
        after: the same of now.
        split: where those of before belonged that were split off.
    """

    def __init__(
        self,
        pairs: Mapping[tuple[str, str], int],
        before: Mapping[str, str],
        after: Mapping[str, str],
        split: Mapping[str, str],
    ) -> None:
        self.variants: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._clusters: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._parted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """Where it would be what was split off."""
        self._within: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._origins: defaultdict[str, set[str]] = defaultdict(set)
        self._failures: Counter[str] = Counter()
        for (old, new), failures in pairs.items():
            self.variants[old][new] += failures
            self._failures[new] += failures
            self._origins[new].add(split.get(old, before[old]))
            if old in split:
                self._parted[before[old]][after[new]] += failures
            else:
                self._clusters[before[old]][after[new]] += failures
                self._within[before[old], after[new]].add(new)

    def heirs(self, cluster: str) -> list[str]:
        """The clusters that have its failures now, most first; itself, if it has no failures of its own."""
        heirs = self._clusters[cluster] or self._parted[cluster]
        return [heir for heir, _ in heirs.most_common()] or [cluster]

    def heir(self, cluster: str) -> str:
        """The one that stands for it: itself, as long as it is among them."""
        heirs = self.heirs(cluster)
        return cluster if cluster in heirs else heirs[0]

    def most(self, old: str, new: str) -> bool:
        """Whether most failures of the variant ``new`` were of the variant ``old``."""
        return 2 * self.variants[old][new] >= self._failures[new]

    def is_own(self, cluster: str, variant: str) -> bool:
        """Whether all failures of a variant of now were in ``cluster``."""
        return self._origins[variant] == {cluster}

    def retain(self, cluster: str, heir: str) -> tuple[list[str], bool]:
        """Take note that ``cluster`` keeps what it has in ``heir``: the variants that are its alone, and whether these
        are all."""
        within = self._within[cluster, heir]
        own = sorted(variant for variant in within if self.is_own(cluster, variant))
        if own:
            self._clusters[cluster][cluster] += self._clusters[cluster].pop(heir)
        return own, len(own) == len(within)


def carry(db: Store, lineage: Lineage) -> list[tuple[str, str]]:
    """Say the decisions that stand of the clusters and variants of now as well; inside the transaction that places.

    Returns the pairs of which that cannot be said: what was apart has the same words now, or what was merged would
    bring together what is apart.
    """
    decided = standing(db)
    holds = Decisions(db)
    lost: list[tuple[str, str]] = []
    for change in decided:
        if change.field == "split":
            told = list(_carry_split(db, lineage, change))
            lost += told if holds.split[change.old] == change.new else ()
        elif change.field == "apart" and (change.old, change.new) in holds.kept:
            lost += _keep(db, lineage, change)
    for change in decided:
        if change.field in ("apart", "together"):
            _carry_pair(db, lineage, change)
    for change in decided:
        if change.field == "merge":
            lost += _carry_merge(db, lineage, change)
    return list(dict.fromkeys(lost))


def _carry_split(db: Store, lineage: Lineage, change: Change) -> Iterator[tuple[str, str]]:
    for new in lineage.variants[change.old]:
        if not lineage.is_own(change.new, new):
            yield change.cluster, change.new
        if new != change.old and lineage.most(change.old, new):
            remember(db, change.act, change.cluster, "split", new, change.new)


def _keep(db: Store, lineage: Lineage, change: Change) -> Iterator[tuple[str, str]]:
    """Two that words would make one now: who has the name keeps it, the other one stays what it was."""
    one, other = change.old, change.new
    for shared in sorted(set(lineage.heirs(one)) & set(lineage.heirs(other))):
        if not _stay(db, lineage, change, one if shared != one else other, shared):
            yield one, other


def _carry_pair(db: Store, lineage: Lineage, change: Change) -> None:
    for one in lineage.heirs(change.old):
        for other in lineage.heirs(change.new):
            if one != other and (one, other) != (change.old, change.new):
                remember(db, change.act, one, change.field, one, other)


def _carry_merge(db: Store, lineage: Lineage, change: Change) -> Iterator[tuple[str, str]]:
    into = lineage.heir(change.new)
    parts = [(change.old, part) for part in lineage.heirs(change.old)]
    for cluster, part in [*parts, (change.new, change.new)]:
        decisions = Decisions(db)
        if decisions.root(part) == decisions.root(into):
            continue
        if not decisions.apart(decisions.root(part), decisions.root(into)):
            remember(db, change.act, into, "merge", part, into)
        elif part == cluster or not _stay(db, lineage, change, cluster, part):
            yield cluster, into


def _stay(db: Store, lineage: Lineage, change: Change, cluster: str, heir: str) -> bool:
    """Let ``cluster`` keep what its words of now would give to ``heir``; whether that was possible."""
    own, is_all = lineage.retain(cluster, heir)
    for variant in own:
        remember(db, change.act, heir, "split", variant, cluster)
    return is_all
