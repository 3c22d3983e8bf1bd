"""By which version of the grouping a database was made: ids of clusters follow from words, and what is a word may change."""

from __future__ import annotations

from triage.store.database import Store

ALGORITHM = 4
"""Counts up whenever ``triage.signature`` or what is made of it gives the same texts other templates, signatures or clusters."""
AGED = "its failures were grouped by another version of triage; 'triage recluster' places them anew and says what moves"


def mark_grouped(db: Store) -> None:
    """Take note that all failures are where this version puts them."""
    db.conn.execute(f"PRAGMA user_version = {ALGORITHM:d}")


def begin_grouping(db: Store) -> None:
    """The same, if there are no failures yet."""
    if not _has_failures(db):
        mark_grouped(db)


def is_aged(db: Store) -> bool:
    """Whether there are failures that another version placed."""
    return db.conn.execute("PRAGMA user_version").fetchone()[0] != ALGORITHM and _has_failures(db)


def _has_failures(db: Store) -> bool:
    return db.conn.execute("SELECT 1 FROM signatures LIMIT 1").fetchone() is not None
