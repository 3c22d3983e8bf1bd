"""What a person decides about grouping: these clusters are one, this variant is another, these two never.

A decision is kept for ever, holds for what is ingested later too, and can be taken back. A signature knows its *home*, the
cluster that its words or its rule make; where it is follows from that and from the decisions.
"""

from __future__ import annotations

from collections.abc import Iterable

from triage.model import TriageError
from triage.signature.fingerprint import digest
from triage.store.clusters import refresh_counts, remember
from triage.store.database import Store, now


class MoveError(TriageError):
    """A decision that contradicts another, or would lose notes."""


class Decisions:
    """The decisions that stand."""

    def __init__(self, db: Store) -> None:
        rows = db.conn.execute(
            "SELECT kind, cluster_id, into_id, signature_id FROM moves WHERE undone_at IS NULL ORDER BY id"
        ).fetchall()
        self._merged = {cluster: into for kind, cluster, into, _ in rows if kind == "merge"}
        self._split = {signature: into for kind, _, into, signature in rows if kind == "split"}
        self._apart = {frozenset((one, other)) for kind, one, other, _ in rows if kind == "apart"}

    def placed(self, signature: str, home: str) -> str:
        """The cluster of a signature whose words or rule make ``home``."""
        cluster: str = self._split.get(signature, home)
        seen = {cluster}
        while (into := self._merged.get(cluster)) is not None and into not in seen:
            seen.add(into)
            cluster = into
        return cluster

    def apart(self, one: str, other: str) -> bool:
        """Whether these two are never to be one."""
        return frozenset((one, other)) in self._apart


def merge(db: Store, into: str, others: Iterable[str]) -> None:
    """Make the clusters ``others`` part of ``into``, with all that belongs to them later.

    Raises:
        MoveError: two of them are never to be merged, or both have notes.
    """
    with db.atomic():
        decisions = Decisions(db)
        for other in others:
            if other == into:
                continue
            if decisions.apart(into, other):
                raise MoveError(
                    f"{other[:8]}, {into[:8]}: kept apart by decision; 'triage undo' takes decisions back"
                )
            _decide(db, "merge", other, into, notes=_take_notes(db, other, into))
        _settle(db)


def split(db: Store, signature: str) -> str:
    """Make one variant of a cluster a cluster of its own; its id.

    Raises:
        MoveError: it is the only one there.
    """
    with db.atomic():
        query = "SELECT cluster_id, template FROM signatures WHERE id = ?"
        cluster, template = db.conn.execute(query, [signature]).fetchone()
        count = "SELECT count(*) FROM signatures WHERE cluster_id = ?"
        if db.conn.execute(count, [cluster]).fetchone()[0] < 2:
            raise MoveError(f"{signature[:8]}: the only variant of {cluster[:8]}; there is nothing to split")
        new = digest(f"split\n{signature}")
        db.conn.execute(
            "INSERT OR IGNORE INTO clusters (id, title, template, rule, category, created_at)"
            " SELECT ?, ?, ?, rule, category, ? FROM clusters WHERE id = ?",
            [new, template[:500], template, now(), cluster],
        )
        _decide(db, "split", cluster, new, signature=signature)
        _settle(db)
    return new


def keep_apart(db: Store, one: str, other: str) -> None:
    """Never merge these two."""
    with db.atomic():
        if not Decisions(db).apart(one, other):
            _decide(db, "apart", one, other)


def undo(db: Store) -> str | None:
    """Take the last decision that stands back; what it was, or None."""
    with db.atomic():
        row = db.conn.execute(
            "SELECT id, kind, cluster_id, into_id, notes FROM moves WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        move, kind, cluster, into, notes = row
        db.conn.execute("UPDATE moves SET undone_at = ? WHERE id = ?", [now(), move])
        if notes is not None:
            db.conn.execute("UPDATE investigations SET cluster_id = ? WHERE id = ?", [cluster, notes])
        remember(db, into, f"undo {kind}", into, cluster)
        _settle(db)
    how = {"merge": "merged into", "split": "split into", "apart": "kept apart from"}[kind]
    return f"{cluster[:8]} is no longer {how} {into[:8]}"


def _decide(
    db: Store, kind: str, cluster: str, into: str, *, signature: str | None = None, notes: int | None = None
) -> None:
    db.conn.execute(
        "INSERT INTO moves (at, kind, cluster_id, into_id, signature_id, notes) VALUES (?, ?, ?, ?, ?, ?)",
        [now(), kind, cluster, into, signature, notes],
    )
    remember(db, into, kind, cluster, into)


def _take_notes(db: Store, cluster: str, into: str) -> int | None:
    """Bring the five whys of ``cluster`` along; their id, if there are any."""
    query = "SELECT id FROM investigations WHERE cluster_id = ?"
    own, theirs = (db.conn.execute(query, [one]).fetchone() for one in (cluster, into))
    if own is None:
        return None
    if theirs is not None:
        raise MoveError(f"{cluster[:8]}, {into[:8]}: both have five whys; export one and delete its answers")
    db.conn.execute("UPDATE investigations SET cluster_id = ? WHERE id = ?", [into, own[0]])
    return int(own[0])


def _settle(db: Store) -> None:
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
