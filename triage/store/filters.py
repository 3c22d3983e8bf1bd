"""Filters of the list of clusters that somebody keeps under a name."""

from __future__ import annotations

from triage.store.database import Store


def saved_filters(db: Store) -> dict[str, str]:
    """What each means, by its name."""
    return dict(db.conn.execute("SELECT name, query FROM filters ORDER BY name").fetchall())


def save_filter(db: Store, name: str, query: str) -> None:
    """Keep ``query`` as ``name``, instead of what was kept so before."""
    with db.atomic():
        db.conn.execute("INSERT OR REPLACE INTO filters VALUES (?, ?)", [name, query])


def forget_filter(db: Store, name: str) -> None:
    """Keep it no longer."""
    with db.atomic():
        db.conn.execute("DELETE FROM filters WHERE name = ?", [name])
