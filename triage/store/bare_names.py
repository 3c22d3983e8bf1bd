"""Which test a report means that was written by hand and calls its tests by their bare names, read before its runs or after."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import orjson

from triage.ingest import Reader
from triage.model import CaseResult
from triage.store.database import Store

_HEARSAY = "markdown-report"
"""The format of such reports."""


def known_tests(db: Store, reader: Reader, batch: int) -> Callable[[CaseResult], str | None]:
    """Which test a case means that ``reader`` tells by a bare name: the one of that name, if just one came with it, or
    none did and just one is known."""

    def known_test(case: CaseResult) -> str | None:
        if case.file is not None or not reader.hearsay:
            return None
        rows = db.conn.execute(
            "SELECT test, max(batch = ?) AS is_here FROM cases JOIN runs ON runs.id = run_id"
            " WHERE name = ? AND file IS NOT NULL GROUP BY test ORDER BY is_here DESC LIMIT 2",
            [batch, case.name],
        ).fetchall()
        if not rows or (len(rows) == 2 and rows[0][1] == rows[1][1]):
            return None
        return str(rows[0][0])

    return known_test


def meant_since(db: Store, runs: Iterable[int] | None = None) -> dict[int, str]:
    """The cases of reports that still have a bare name, and which test they mean: the only one of that name, if ``runs``
    (or any) tell it."""
    waiting: dict[str, list[int]] = {}
    for case, name in db.conn.execute(
        "SELECT c.id, c.name FROM runs r JOIN cases c ON c.run_id = r.id WHERE r.format = ? AND c.file IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM cases o WHERE o.test = c.test AND o.file IS NOT NULL)",
        [_HEARSAY],
    ):
        waiting.setdefault(name, []).append(case)
    if not waiting:
        return {}
    told = db.conn.execute(
        "SELECT DISTINCT name FROM cases WHERE name IN (SELECT value FROM json_each(?1)) AND file IS NOT NULL"
        " AND (?2 IS NULL OR run_id IN (SELECT value FROM json_each(?2)))",
        [_json(list(waiting)), None if runs is None else _json(sorted(runs))],
    )
    meant: dict[int, str] = {}
    for (name,) in told.fetchall():
        query = "SELECT DISTINCT test FROM cases WHERE name = ? AND file IS NOT NULL LIMIT 2"
        tests = db.conn.execute(query, [name]).fetchall()
        if len(tests) == 1:
            meant |= dict.fromkeys(waiting[name], str(tests[0][0]))
    return meant


def call(db: Store, meant: dict[int, str]) -> None:
    """Give cases the names of the tests that they mean, with the tags that people put on the bare name."""
    for case, test in meant.items():
        (bare,) = db.conn.execute("SELECT test FROM cases WHERE id = ?", [case]).fetchone()
        db.conn.execute("UPDATE cases SET test = ? WHERE id = ?", [test, case])
        if db.conn.execute("SELECT 1 FROM cases WHERE test = ? LIMIT 1", [bare]).fetchone() is None:
            db.conn.execute(
                "INSERT OR IGNORE INTO test_tags SELECT ?, tag FROM test_tags WHERE test = ?", [test, bare]
            )
            db.conn.execute("DELETE FROM test_tags WHERE test = ?", [bare])
            db.conn.execute("UPDATE history SET test = ? WHERE test = ?", [test, bare])


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
