"""Taking back what was decided, one act after the other, the last first."""

from __future__ import annotations

from triage.store.database import Store, now
from triage.store.history import GROUPING, Change, last_act
from triage.store.moves import settle
from triage.store.noting import put_back
from triage.store.tags import restore


def undo(db: Store) -> list[Change]:
    """Take the last act that stands back; its changes, none where there is nothing to take back."""
    with db.atomic():
        changes = last_act(db)
        for change in reversed(changes):
            _restore(db, change)
        if changes:
            db.conn.execute("UPDATE history SET undone_at = ? WHERE act = ?", [now(), changes[0].act])
        if any(change.field in GROUPING for change in changes):
            settle(db)
    return changes


def _restore(db: Store, change: Change) -> None:
    match change.field:
        case "verdict" | "status" | "title" | "owner":
            query = f"UPDATE clusters SET {change.field} = ? WHERE id = ?"
            db.conn.execute(query, [change.old, change.cluster])
        case "tag":
            restore(db, change.cluster, change.test, change.old, change.new)
        case "notes":
            query = "UPDATE investigations SET cluster_id = ? WHERE id = ?"
            db.conn.execute(query, [change.old, change.new])
        case "note":
            put_back(db, change.old)
        case _:
            pass  # follows from the decisions that stand
