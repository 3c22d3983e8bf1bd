"""Full-text search over failures and notes (FTS5)."""

from __future__ import annotations

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


def matching_clusters(db: Store, words: str) -> set[str]:
    """The clusters that have a failure or a note with all of ``words``."""
    return {hit.cluster for hit in search(db, words, _MOST)}


def _quoted(words: str) -> str:
    """Each word as a quoted FTS5 string, so that no character of it is an operator; the last as a prefix."""
    parts = ['"' + word.replace('"', '""') + '"' for word in words.replace("\0", " ").split()]
    return " ".join(parts) + "*" if parts else ""
