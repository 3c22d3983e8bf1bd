"""Where the screen was left, so that the next one begins there."""

from __future__ import annotations

from collections.abc import Mapping

from triage.store.database import BUSY_MS, Store


def left_at(db: Store) -> dict[str, str]:
    """What ``leave`` was told last."""
    return dict(db.conn.execute("SELECT name, value FROM place").fetchall())


def leave(db: Store, place: Mapping[str, str]) -> None:
    """Remember ``place`` instead of what was remembered before.

    Nobody waits for it: while another program writes, it is an error at once.
    """
    db.conn.execute("PRAGMA busy_timeout = 0")
    try:
        with db.atomic():
            db.conn.execute("DELETE FROM place")
            db.conn.executemany("INSERT INTO place VALUES (?, ?)", place.items())
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
