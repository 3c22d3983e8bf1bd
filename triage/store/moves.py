"""What a person decides about grouping: these clusters are one, this variant is another, these two never.

A decision is kept for ever, holds for what is ingested later too, and can be taken back. A signature knows its *home*, the
cluster that its words or its rule make; where it is follows from that and from the decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from triage.model import TriageError
from triage.store.clusters import refresh_counts
from triage.store.database import Store, now
from triage.store.history import next_act, remember, standing
from triage.store.investigations import find_investigation, remove_if_empty


class MoveError(TriageError):
    """A decision about ``clusters`` that contradicts another, or would lose notes; ``reason`` says how."""

    def __init__(self, clusters: tuple[str, ...], reason: str) -> None:
        super().__init__(f"{', '.join(cluster[:8] for cluster in clusters)}: {reason}")
        self.clusters, self.reason = clusters, reason


class Decisions:
    """The decisions that stand; of two about the same the last counts."""

    def __init__(self, db: Store) -> None:
        self._merged: dict[str, str] = {}
        self.split: dict[str, str] = {}
        """The clusters of variants that were split off."""
        self.kept: dict[tuple[str, str], None] = {}
        """The pairs that are never to be one."""
        for change in standing(db):
            match change.field:
                case "merge":
                    self._merged[change.old] = change.new
                case "split":
                    self.split[change.old] = change.new
                case "apart":
                    self.kept[change.old, change.new] = None
                case _:
                    self.kept.pop((change.old, change.new), None)

    def placed(self, signature: str, home: str) -> str:
        """The cluster of a signature whose words or rule make ``home``."""
        return self.root(self.split.get(signature, home))

    def root(self, cluster: str) -> str:
        """The cluster that ``cluster`` was merged into, and that one, and so on; itself, if it was not."""
        seen = {cluster}
        while (into := self._merged.get(cluster)) is not None and into not in seen:
            seen.add(into)
            cluster = into
        return cluster

    def apart(self, one: str, other: str) -> list[tuple[str, str]]:
        """The pairs that are never to be one, and would be if these two were."""
        both = {one, other}
        return [pair for pair in self.kept if {self.root(cluster) for cluster in pair} == both]


def merge(db: Store, into: str, others: Iterable[str], *, anyway: bool = False) -> None:
    """Make the clusters ``others`` part of ``into``, with all that belongs to them later; ``anyway``: those too that
    are kept apart.

    Raises:
        MoveError: two of them are never to be merged, or both have notes.
    """
    with db.atomic():
        act = next_act(db)
        for other in others:
            decisions = Decisions(db)
            source, target = decisions.root(other), decisions.root(into)
            if source == target:
                continue
            for one, two in decisions.apart(source, target):
                if not anyway:
                    raise MoveError(
                        (one, two), "kept apart by decision; take that back first ('triage apart --undo')"
                    )
                remember(db, act, one, "together", one, two)
            _take_notes(db, act, source, target)
            remember(db, act, target, "merge", source, target)
        settle(db)


def split(db: Store, *signatures: str) -> str:
    """Make variants of one cluster a cluster of their own; its id.

    Raises:
        MoveError: none would be left.
    """
    with db.atomic():
        rows = [
            db.conn.execute(
                "SELECT cluster_id, home_id, template, raised FROM signatures WHERE id = ?", [one]
            ).fetchone()
            for one in signatures
        ]
        cluster, home, template, raised = rows[0]
        # What tells it from what stays may be where it was raised alone.
        title = f"{template}, raised in {raised}" if raised and not template.endswith(raised) else template
        count = "SELECT count(*) FROM signatures WHERE cluster_id = ?"
        if db.conn.execute(count, [cluster]).fetchone()[0] <= len(signatures):
            all_ = "the only variant" if len(signatures) == 1 else "all there is"
            raise MoveError((cluster,), f"that is {all_}; one has to stay")
        act, decisions = next_act(db), Decisions(db)
        from triage.signature.fingerprint import digest

        new = digest("split\n" + "\n".join(sorted(signatures)))
        if new == cluster or decisions.root(new) != new:
            new = digest(
                f"split {act}\n" + "\n".join(sorted(signatures))
            )  # they were split off before, and merged
        # What came by a merge from one other cluster is called as it was there.
        merged = home != cluster and all(row[1] == home for row in rows)
        db.conn.execute(
            "INSERT OR IGNORE INTO clusters (id, title, template, rule, category, created_at)"
            f" SELECT ?, {'title, template' if merged else '?, ?'}, rule, category, ? FROM clusters WHERE id = ?",
            [new, *(() if merged else (title[:500], template)), now(), home if merged else cluster],
        )
        for signature in signatures:
            remember(db, act, cluster, "split", signature, new)
        settle(db)
    return new


def keep_apart(db: Store, clusters: Iterable[str]) -> None:
    """Never merge any two of these."""
    _say_of_pairs(db, clusters, "apart")


def let_merge(db: Store, clusters: Iterable[str]) -> None:
    """Take back that any two of these are kept apart."""
    _say_of_pairs(db, clusters, "together")


def _say_of_pairs(db: Store, clusters: Iterable[str], field: str) -> None:
    with db.atomic():
        decisions, act = Decisions(db), next_act(db)
        for one, other in combinations(dict.fromkeys(clusters), 2):
            kept = decisions.apart(one, other)
            for old, new in kept if field == "together" else () if kept else ((one, other),):
                remember(db, act, one, field, old, new)


def _take_notes(db: Store, act: int, cluster: str, into: str) -> None:
    """Bring the five whys of ``cluster`` along, if there are any."""
    own = find_investigation(db, cluster)
    if own is None or own.is_empty:
        return
    remove_if_empty(db, into)
    if find_investigation(db, into) is not None:
        raise MoveError((cluster, into), "both have five whys; export one and delete its answers")
    db.conn.execute("UPDATE investigations SET cluster_id = ? WHERE id = ?", [into, own.id])
    remember(db, act, into, "notes", cluster, str(own.id))


def settle(db: Store) -> None:
    """Move every signature to where it belongs now, and count what changed."""
    decisions = Decisions(db)
    touched: set[str] = set()
    for signature, home, cluster in db.conn.execute(
        "SELECT id, home_id, cluster_id FROM signatures"
    ).fetchall():
        if (new := decisions.placed(signature, home)) != cluster:
            db.conn.execute("UPDATE signatures SET cluster_id = ? WHERE id = ?", [new, signature])
            touched |= {cluster, new}
    refresh_counts(db, touched)
