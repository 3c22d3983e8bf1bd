"""Full-text search over failures and notes (FTS5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from triage.store.database import Store


@dataclass(frozen=True, slots=True)
class Found:
    """One hit."""

    kind: str
    """``failure``, ``why``, ``evidence`` or ``action``."""
    cluster: str
    text: str
    """The place in the text, the words found between square brackets."""
    where: str = ""
    """The test of a failure (the first of several that say the same), or its source."""
    times: int = 1
    """How many say the same."""


_MOST = 10_000

_QUERIES = (
    (
        "failure",
        "SELECT cluster, text, min(place), count(*) FROM (SELECT s.cluster_id AS cluster, failures_fts.rank AS worth,"
        "  snippet(failures_fts, -1, '[', ']', ' ... ', 16) AS text, coalesce(c.test, r.source) AS place"
        "  FROM failures_fts JOIN failures f ON f.id = failures_fts.rowid JOIN signatures s ON s.id = f.signature_id"
        "  JOIN runs r ON r.id = f.run_id LEFT JOIN cases c ON c.id = f.case_id"
        f"  WHERE failures_fts MATCH ? ORDER BY failures_fts.rank LIMIT {_MOST})"
        " GROUP BY cluster, text ORDER BY min(worth) LIMIT ?",
    ),
    *(
        (
            kind,
            f"SELECT i.cluster_id, snippet({table}_fts, -1, '[', ']', ' ... ', 16), '', 1 FROM {table}_fts"
            f" JOIN {table} t ON t.id = {table}_fts.rowid JOIN investigations i ON i.id = t.investigation_id"
            f" WHERE {table}_fts MATCH ? ORDER BY {table}_fts.rank LIMIT ?",
        )
        for kind, table in (("why", "whys"), ("evidence", "evidence"), ("action", "actions"))
    ),
)


def search(db: Store, words: str, limit: int = 50) -> list[Found]:
    """Failures and notes that hold all of ``words`` (the last one may be unfinished), the best of each kind first;
    failures of one cluster that say the same are one hit."""
    query = _quoted(words)
    if not query:
        return []
    found: list[Found] = []
    for kind, sql in _QUERIES:
        rows = db.conn.execute(sql, [query, limit]).fetchall()
        found.extend(Found(kind, *row) for row in rows)
    return found


_MANY = 10_000
_OF_FEW = (
    "SELECT cluster_id FROM signatures WHERE id IN (SELECT f.signature_id FROM failures_fts"
    " JOIN failures f ON f.id = failures_fts.rowid WHERE failures_fts MATCH ?1)"
)
_OF_MANY = (
    "SELECT s.cluster_id FROM signatures s WHERE EXISTS (SELECT 1 FROM failures f WHERE f.signature_id = s.id"
    " AND f.id IN (SELECT rowid FROM failures_fts WHERE failures_fts MATCH ?1))"
)
"""The same, at the first failure found of each signature: the failures themselves are not read."""
_OF_NOTES = "".join(
    f" UNION SELECT i.cluster_id FROM {table}_fts JOIN {table} t ON t.id = {table}_fts.rowid"
    f" JOIN investigations i ON i.id = t.investigation_id WHERE {table}_fts MATCH ?1"
    for table in ("whys", "evidence", "actions")
)


def matching_clusters(db: Store, words: str) -> set[str]:
    """The clusters that have a failure or a note with all of ``words``."""
    query = _quoted(words)
    if not query:
        return set()
    counted = "SELECT count(*) FROM (SELECT 1 FROM failures_fts WHERE failures_fts MATCH ? LIMIT ?)"
    (hits,) = db.conn.execute(counted, [query, _MANY]).fetchone()
    rows = db.conn.execute((_OF_MANY if hits == _MANY else _OF_FEW) + _OF_NOTES, [query])
    return {row[0] for row in rows}


def clusters_of_tests(db: Store, pattern: str) -> set[str]:
    """The clusters with a failure of a test whose id holds ``pattern``, or fits it where it has ``*`` or ``?``."""
    return _clusters_where(db, "f.case_id IN (SELECT id FROM cases WHERE test LIKE ? ESCAPE '!')", pattern)


def clusters_of_sources(db: Store, pattern: str) -> set[str]:
    """The clusters with a failure from a source whose name holds ``pattern``, or fits it where it has wild cards."""
    return _clusters_where(db, "f.run_id IN (SELECT id FROM runs WHERE source LIKE ? ESCAPE '!')", pattern)


def _clusters_where(db: Store, condition: str, pattern: str) -> set[str]:
    like = re.sub(r"[!%_]", r"!\g<0>", pattern).replace("*", "%").replace("?", "_")
    rows = db.conn.execute(
        "SELECT DISTINCT s.cluster_id FROM failures f JOIN signatures s ON s.id = f.signature_id"
        f" WHERE NOT f.retold AND {condition}",
        [like if set("*?") & set(pattern) else f"%{like}%"],
    )
    return {row[0] for row in rows}


def _quoted(words: str) -> str:
    """Each word as a quoted FTS5 string, so that no character of it is an operator; the last as a prefix."""
    parts = ['"' + word.replace('"', '""') + '"' for word in words.replace("\0", " ").split()]
    return " ".join(parts) + "*" if parts else ""
