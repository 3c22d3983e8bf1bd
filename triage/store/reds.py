"""What is red, with the clusters that it is red for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.store.database import Store


@dataclass(frozen=True, slots=True)
class Red:
    """A test case that failed or broke in one run, or a failure outside any test."""

    run: int
    environment: str
    test: str
    """Id of the case; empty for a failure outside any."""
    clusters: tuple[tuple[str, str | None], ...]
    """Id and rule of the cluster of each of its failures; empty where nothing says why it is red."""


def reds(db: Store, runs: Iterable[int] | None = None) -> list[Red]:
    """All of them, in runs that are counted (or those named of these)."""
    only = None if runs is None else "[" + ",".join(map(str, sorted(runs))) + "]"
    rows = db.conn.execute(
        "SELECT r.id, coalesce(r.environment, ''), c.id, c.test, k.id, k.rule FROM cases c"
        " JOIN runs r ON r.id = c.run_id LEFT JOIN failures f ON f.case_id = c.id AND NOT f.retold"
        " LEFT JOIN signatures s ON s.id = f.signature_id LEFT JOIN clusters k ON k.id = s.cluster_id"
        " WHERE r.same_as IS NULL AND c.outcome IN ('failed', 'error')"
        " AND (?1 IS NULL OR r.id IN (SELECT value FROM json_each(?1)))"
        " UNION ALL SELECT r.id, coalesce(r.environment, ''), -f.id, '', k.id, k.rule FROM failures f"
        " JOIN runs r ON r.id = f.run_id JOIN signatures s ON s.id = f.signature_id"
        " JOIN clusters k ON k.id = s.cluster_id WHERE r.same_as IS NULL AND f.case_id IS NULL AND NOT f.retold"
        " AND (?1 IS NULL OR r.id IN (SELECT value FROM json_each(?1)))",
        [only],
    )
    found: dict[int, tuple[int, str, str, list[tuple[str, str | None]]]] = {}
    for run, environment, number, test, cluster, rule in rows:
        clusters = found.setdefault(number, (run, environment, test, []))[3]
        if cluster is not None:
            clusters.append((cluster, rule))
    return [Red(run, where, test, tuple(clusters)) for run, where, test, clusters in found.values()]
