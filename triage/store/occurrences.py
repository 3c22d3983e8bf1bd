"""Where clusters occur: in which runs, from which place on, behind which other failures."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from triage.store.database import Store

_MOST_FAILURES = 20_000
"""Of the newest runs, so many failures are looked at: what follows what shows there, and the time stays bounded."""


@dataclass(frozen=True, slots=True)
class Span:
    """One run, as far as its place in time is concerned."""

    run: int
    batch: int
    """Number of the call that read it."""
    source: str
    started: str | None
    """ISO 8601."""
    duration: float | None
    """Seconds."""
    tests: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One cluster in one run."""

    cluster: str
    run: int
    order: int
    """Of its first failure: larger is later, within the run."""
    case: int | None
    """How many tests stand before the first one with it; None where it is outside of all tests."""
    tests: int
    places: int
    """Different files (suites, where no file is told) of its tests."""
    failures: int


@dataclass(frozen=True, slots=True)
class SameTry:
    """Failures of ``effect`` that stand behind one of ``cause`` in the same try of the same test."""

    cause: str
    effect: str
    failures: int


def last_cluster(db: Store, runs: Iterable[int]) -> str | None:
    """The cluster of the last failure that ``runs`` tell."""
    row = db.conn.execute(
        "SELECT s.cluster_id FROM failures f JOIN signatures s ON s.id = f.signature_id"
        " WHERE f.run_id IN (SELECT value FROM json_each(?)) AND NOT f.retold ORDER BY f.id DESC LIMIT 1",
        [json.dumps(list(runs))],
    ).fetchone()
    return row[0] if row else None


def recent_runs(db: Store) -> list[Span]:
    """The newest runs that are counted, oldest first: with at most ``_MOST_FAILURES`` red tests, and at least one run."""
    rows = db.conn.execute(
        "SELECT id, batch, source, started, duration, tests, failed + errors FROM runs WHERE same_as IS NULL"
        " ORDER BY coalesce(started, ingested_at) DESC, id DESC LIMIT 500"
    )
    found: list[Span] = []
    red = 0
    for row in rows:
        red += row[6]
        if found and red > _MOST_FAILURES:
            break
        found.append(Span(*row[:6]))
    return found[::-1]


def occurrences(db: Store, runs: Iterable[Span]) -> list[Occurrence]:
    """Every cluster in every one of ``runs``."""
    rows = db.conn.execute(
        "SELECT s.cluster_id, f.run_id, min(f.id), min(f.case_id) - (SELECT min(id) FROM cases k WHERE k.run_id = f.run_id),"
        " count(DISTINCT f.case_id), count(DISTINCT coalesce(c.file, c.suite)), count(*)"
        " FROM failures f JOIN signatures s ON s.id = f.signature_id LEFT JOIN cases c ON c.id = f.case_id"
        " WHERE f.run_id IN (SELECT value FROM json_each(?)) AND NOT f.retold GROUP BY 1, 2 ORDER BY 2, 3",
        [_ids(runs)],
    )
    return [Occurrence(*row) for row in rows]


def templates(db: Store, runs: Iterable[Span]) -> dict[str, list[str]]:
    """The templates of each cluster that ``runs`` show."""
    rows = db.conn.execute(
        "SELECT DISTINCT cluster_id, template FROM signatures WHERE id IN (SELECT signature_id FROM failures WHERE NOT retold"
        " AND run_id IN (SELECT value FROM json_each(?)))",
        [_ids(runs)],
    )
    found: dict[str, list[str]] = {}
    for cluster, template in rows:
        found.setdefault(cluster, []).append(template)
    return found


def same_tries(db: Store, runs: Iterable[Span]) -> list[SameTry]:
    """Which clusters stand behind which others in one try of a test, where one of the two is an error and not an
    assertion: a set-up that broke before the tear-down did. Tests with several tries are left out, as no source says
    which of their failures belong to one try.
    """
    rows = db.conn.execute(
        "SELECT a.cluster_id, b.cluster_id, count(DISTINCT g.id) FROM failures g"
        " JOIN cases c ON c.id = g.case_id AND c.attempts = 1"
        " JOIN failures f ON f.case_id = g.case_id AND f.id < g.id AND NOT f.retold"
        " JOIN signatures a ON a.id = f.signature_id JOIN signatures b ON b.id = g.signature_id"
        " WHERE g.run_id IN (SELECT value FROM json_each(?)) AND NOT g.retold AND a.cluster_id != b.cluster_id"
        " AND (f.kind = 'error' OR g.kind = 'error') GROUP BY 1, 2 ORDER BY 1, 2",
        [_ids(runs)],
    )
    return [SameTry(*row) for row in rows]


def right_before(db: Store, runs: Iterable[Span], cluster: str, others: Collection[str]) -> list[str | None]:
    """For each file with failures of ``cluster``: which of the clusters ``others`` the last failure before the first one
    is of, in the same run; None where none comes before.
    """
    firsts = db.conn.execute(
        "SELECT f.run_id, min(f.id) FROM signatures s JOIN failures f ON f.signature_id = s.id"
        " LEFT JOIN cases c ON c.id = f.case_id WHERE s.cluster_id = ? AND NOT f.retold"
        " AND f.run_id IN (SELECT value FROM json_each(?)) GROUP BY f.run_id, coalesce(c.file, c.suite) LIMIT 200",
        [cluster, _ids(runs)],
    ).fetchall()
    wanted = json.dumps(sorted(others))
    found: list[str | None] = []
    for run, first in firsts:
        row = db.conn.execute(
            "SELECT s.cluster_id FROM failures f JOIN signatures s ON s.id = f.signature_id WHERE f.run_id = ?"
            " AND f.id < ? AND NOT f.retold AND s.cluster_id IN (SELECT value FROM json_each(?))"
            " ORDER BY f.id DESC LIMIT 1",
            [run, first, wanted],
        ).fetchone()
        found.append(row[0] if row else None)
    return found


def tests_in(db: Store, clusters: Iterable[str]) -> int:
    """How many different tests have a failure in one of ``clusters``."""
    row = db.conn.execute(
        "SELECT count(DISTINCT c.test) FROM failures f JOIN signatures s ON s.id = f.signature_id"
        " JOIN cases c ON c.id = f.case_id WHERE NOT f.retold AND s.cluster_id IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(clusters))],
    ).fetchone()
    return int(row[0])


def _ids(runs: Iterable[Span]) -> str:
    return json.dumps([span.run for span in runs])
