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
    """Which test a case means that ``reader`` tells by a bare name, as far as is known now."""

    def known_test(case: CaseResult) -> str | None:
        return _meant(db, case.name, batch) if case.file is None and reader.hearsay else None

    return known_test


def meant_now(db: Store, runs: Iterable[int] | None = None) -> dict[int, str]:
    """The cases of reports that mean another test than was known when they were read, and which; of those whose names
    ``runs`` tell too, or of all. One that two tests have by now is bare again."""
    told = db.conn.execute(
        "SELECT c.id, c.test, c.suite, c.name, r.batch FROM runs r JOIN cases c ON c.run_id = r.id"
        " WHERE r.format = ?1 AND c.file IS NULL AND (?2 IS NULL OR EXISTS (SELECT 1 FROM cases o WHERE o.name = c.name"
        " AND o.file IS NOT NULL AND o.run_id IN (SELECT value FROM json_each(?2))))",
        [_HEARSAY, None if runs is None else _json(sorted(runs))],
    )
    found: dict[int, str] = {}
    for case, test, suite, name, batch in told.fetchall():
        now = _meant(db, name, batch) or "::".join(filter(None, (suite, name)))
        if now != test:
            found[case] = now
    return found


def _meant(db: Store, name: str, batch: int) -> str | None:
    """The test of that name, if just one came in the same call, or none did and just one is known."""
    rows = db.conn.execute(
        "SELECT test, max(batch = ?) AS is_here FROM cases JOIN runs ON runs.id = run_id"
        " WHERE name = ? AND file IS NOT NULL GROUP BY test ORDER BY is_here DESC LIMIT 2",
        [batch, name],
    ).fetchall()
    if not rows or (len(rows) == 2 and rows[0][1] == rows[1][1]):
        return None
    return str(rows[0][0])


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
