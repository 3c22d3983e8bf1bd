"""Changes of notes as acts that can be taken back: what stood in the rows that an act changed is kept in the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import orjson

from triage.store.database import Store
from triage.store.history import last_act, next_act, remember

Rows = dict[str, dict[str, Any] | None]
"""The rows of a table by their id; None for one that there is not."""
Result = TypeVar("Result")

_OWN = ("summary", "impact")
"""What people write into the investigation itself."""
_SHORT = 120


def note(
    db: Store, investigation: int, said: str, change: Callable[[], Result], act: int | None = None
) -> tuple[Result, int | None]:
    """Make a ``change`` of the notes, one act, which is told as ``said``; its result and the number of the act.

    What changes nothing is no act: then it is ``act``. Where ``act`` is the last one that stands it goes on: who types answers once.
    """
    with db.atomic():
        before = _rows(db, investigation)
        result = change()
        after = _rows(db, investigation)
        old = {table: _differing(rows, after[table]) for table, rows in before.items()}
        if not any(old.values()):
            return result, act
        said = " ".join(said.split())[:_SHORT]
        going_on = next((one for one in last_act(db) if one.field == "note" and one.act == act), None)
        if going_on is not None and act is not None:
            _go_on(db, act, old, orjson.loads(going_on.old)["rows"], said)
            return result, act
        act = next_act(db)
        kept = orjson.dumps({"investigation": investigation, "rows": old}).decode()
        cluster = db.conn.execute("SELECT cluster_id FROM investigations WHERE id = ?", [investigation])
        remember(db, act, cluster.fetchone()[0], "note", kept, said)
        return result, act


def _go_on(db: Store, act: int, old: dict[str, Rows], first: dict[str, Rows], said: str) -> None:
    """What stood in a row before the act is what stood there before its first change."""
    rows = {table: old[table] | first.get(table, {}) for table in old}
    db.conn.execute(
        "UPDATE history SET new = ?, old = json_set(old, '$.rows', json(?)) WHERE act = ? AND field = 'note'",
        [said, orjson.dumps(rows).decode(), act],
    )


def notes_of(kept: str) -> int:
    """The id of the investigation that an act changed, from what the history keeps of it."""
    return int(orjson.loads(kept)["investigation"])


def put_back(db: Store, kept: str) -> None:
    """Let stand what stood before an act; inside the transaction that takes it back."""
    db.conn.execute("PRAGMA defer_foreign_keys = ON")  # a question may come before the one it follows from
    for table, rows in orjson.loads(kept)["rows"].items():
        for id_, row in rows.items():
            if row is None:
                db.conn.execute(f"DELETE FROM {table} WHERE id = ?", [id_])
                continue
            if row.get("failure_id") and not _is_there(db, "failures", row["failure_id"]):
                row["failure_id"] = None  # its run was read anew meanwhile
            names = ", ".join(row)
            new = ", ".join(f"{name} = excluded.{name}" for name in row)
            values = [id_, *row.values()]
            db.conn.execute(
                f"INSERT INTO {table} (id, {names}) VALUES ({', '.join('?' * len(values))})"
                f" ON CONFLICT (id) DO UPDATE SET {new}"
                if table != "investigations"
                else f"UPDATE {table} SET {', '.join(f'{name} = ?{at}' for at, name in enumerate(row, 2))} WHERE id = ?1",
                values,
            )


def _rows(db: Store, investigation: int) -> dict[str, Rows]:
    """All rows of the notes, as far as people change them."""
    own = _table(db, f"SELECT id, {', '.join(_OWN)} FROM investigations WHERE id = ?", investigation)
    return {"investigations": own} | {
        table: _table(db, f"SELECT * FROM {table} WHERE investigation_id = ?", investigation)
        for table in ("whys", "evidence", "actions")
    }


def _table(db: Store, query: str, investigation: int) -> Rows:
    found = db.conn.execute(query, [investigation])
    names = [column[0] for column in found.description]
    return {str(row[0]): dict(zip(names[1:], row[1:], strict=True)) for row in found}


def _differing(before: Rows, after: Rows) -> Rows:
    """What stood before in the rows that are another now, be it but the time."""
    return {id_: before.get(id_) for id_ in before | after if before.get(id_) != after.get(id_)}


def _is_there(db: Store, table: str, id_: int) -> bool:
    return db.conn.execute(f"SELECT 1 FROM {table} WHERE id = ?", [id_]).fetchone() is not None
