"""Where the screen was left, so that the next one begins there."""

from __future__ import annotations

from collections.abc import Mapping

from triage.store.database import Store


def left_at(db: Store) -> dict[str, str]:
    """What ``leave`` was told last."""
    return dict(db.conn.execute("SELECT name, value FROM place").fetchall())


def leave(db: Store, place: Mapping[str, str]) -> None:
    """Remember ``place`` instead of what was remembered before."""
    with db.atomic():
        db.conn.execute("DELETE FROM place")
        db.conn.executemany("INSERT INTO place VALUES (?, ?)", place.items())
