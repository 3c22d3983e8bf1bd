"""Clusters by the beginnings of their ids, as people write them: those too that were merged into another one since."""

from __future__ import annotations

from triage.store.clusters import clusters_like
from triage.store.database import Store
from triage.store.moves import Decisions

_DIGITS = frozenset("0123456789abcdef")


def ids_like(db: Store, prefix: str) -> dict[str, str]:
    """The ids that start with ``prefix``, in any case, each with that of the cluster that has its failures now: itself, or
    the one that it was merged into."""
    prefix = prefix.lower()
    if not _DIGITS.issuperset(prefix):
        return {}
    found = {cluster: cluster for cluster in clusters_like(db, prefix)}
    empty = db.conn.execute(
        "SELECT id FROM clusters WHERE substr(id, 1, ?) = ? AND failures = 0 ORDER BY id",
        [len(prefix), prefix],
    ).fetchall()
    decisions = Decisions(db) if empty else None
    for (cluster,) in empty:
        if decisions and clusters_like(db, root := decisions.root(cluster)):
            found[cluster] = root
    return found
