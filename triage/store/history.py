"""The one log of what was decided about clusters and tests: what was before, what came, and which changes were one act.

An act is what a person did with one key or one command; ``undo`` takes acts back, the last first. What the program
changes by itself is remembered without an act.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from triage.store.database import Store, now

GROUPING = ("merge", "split", "apart", "together")
"""What is said of clusters as such: where failures belong follows from those that stand."""
_COLUMNS = "at, coalesce(cluster_id, ''), field, old, new, act, undone_at, coalesce(test, '')"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one cluster or of one test."""

    at: str
    cluster: str
    """Its id; empty where a test was changed."""
    field: str
    """``verdict``, ``status``, ``title``, ``owner``: from ``old`` to ``new``. ``tag``: one of the two is empty.
    ``merge``: the cluster ``old`` into ``new``; ``notes``: its five whys, whose id is ``new``, came from ``old``.
    ``note``: ``new`` was noted in the five whys, ``old`` is what ``noting`` puts back.
    ``split``: the variant ``old`` into the cluster ``new``. ``apart``, ``together``: ``old`` and ``new`` may never, may
    again be merged."""
    old: str
    new: str
    act: int | None
    undone_at: str | None
    test: str = ""
    """Its id, where it is what was changed."""


def next_act(db: Store) -> int:
    """The number of a new act."""
    return int(db.conn.execute("SELECT coalesce(max(act), 0) + 1 FROM history").fetchone()[0])


def decides(db: Store, change: Callable[[], object]) -> bool:
    """Make a ``change``; whether it was an act. It was none where all was so before: ``undo`` would take back another."""
    before = next_act(db)
    change()
    return next_act(db) != before


def remember(
    db: Store, act: int | None, cluster: str | None, field: str, old: str, new: str, test: str | None = None
) -> None:
    """Note a change of a cluster or of a test; called inside the transaction that makes it."""
    db.conn.execute(
        "INSERT INTO history (at, cluster_id, test, field, old, new, act) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [now(), cluster, test, field, old, new, act],
    )


def history(db: Store, cluster: str) -> list[Change]:
    """What was decided about a cluster, oldest first; with what was taken back."""
    query = f"SELECT {_COLUMNS} FROM history WHERE cluster_id = ?1 OR old = ?1 OR new = ?1 ORDER BY id"
    return [Change(*row) for row in db.conn.execute(query, [cluster])]


def standing(db: Store) -> list[Change]:
    """The decisions about grouping that were not taken back, oldest first."""
    query = (
        f"SELECT {_COLUMNS} FROM history WHERE undone_at IS NULL"
        " AND field IN (SELECT value FROM json_each(?)) ORDER BY id"
    )
    return [Change(*row) for row in db.conn.execute(query, [orjson.dumps(GROUPING).decode()])]


def last_act(db: Store) -> list[Change]:
    """The changes of the last act that stands, in order; none where there is no act."""
    query = (
        f"SELECT {_COLUMNS} FROM history"
        " WHERE act = (SELECT max(act) FROM history WHERE undone_at IS NULL) ORDER BY id"
    )
    return [Change(*row) for row in db.conn.execute(query)]
