"""Clusters: the list, one in full, what a person decides about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from triage.model import Failure, Verdict
from triage.store.database import Store
from triage.store.history import next_act, remember
from triage.store.tags import tags_of_clusters

if TYPE_CHECKING:
    from triage.rules.model import Where

STATUSES = ("open", "investigating", "resolved")


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """One line of the list."""

    id: str
    title: str
    template: str
    rule: str | None
    category: str
    verdict: Verdict
    status: str
    tests: int
    """Distinct test cases with a failure in it, over all runs."""
    failures: int
    runs: int
    first_seen: str | None
    last_seen: str | None
    new: bool
    """Not seen before the newest runs (see ``newest_runs``)."""
    tags: tuple[str, ...] = ()
    owner: str = ""
    """Who looks after it, or empty."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One signature of a cluster, and how it came there."""

    signature: str
    template: str
    raised: str
    """The project's own file that raised it, or empty."""
    joined_by: str
    """``rule`` (``near`` is its id), ``exact``, or ``similar`` (``near`` is the cluster's template, which has the same words)."""
    score: float
    near: str | None
    failures: int

    @property
    def said(self) -> str:
        """The template, with where it was raised: ``lease <num> is gone, raised in store.py``."""
        if not self.raised or self.template.endswith(
            self.raised
        ):  # it is part of the template where words say too little
            return self.template
        return f"{self.template}, raised in {self.raised}"


@dataclass(frozen=True, slots=True)
class Member:
    """One failure of a cluster, with where it happened."""

    id: int
    signature: str
    test: str | None
    """Id of the case; None for a failure of the run itself."""
    outcome: str | None
    run_id: int
    source: str
    failure: Failure
    output: str
    """What the case printed."""
    file: str | None
    """Of the case."""
    format: str
    """Of the source."""
    properties: tuple[tuple[str, str], ...]
    """Of the case."""

    @property
    def where(self) -> Where:
        """What rules may ask of it besides its words."""
        from triage.rules.model import Where

        return Where.of(self.failure, self.test or "", self.file, self.format, self.source, self.properties)


def newest_runs(db: Store) -> set[int]:
    """The runs that 'new' is measured against: those of the last ingest call; where there was only one call,
    those of the newest day that the runs themselves name."""
    row = db.conn.execute("SELECT min(batch), max(batch) FROM runs").fetchone()
    if row[0] != row[1]:
        return {r[0] for r in db.conn.execute("SELECT id FROM runs WHERE batch = ?", [row[1]])}
    newest = db.conn.execute("SELECT max(substr(started, 1, 10)) FROM runs").fetchone()[0]
    query = "SELECT id FROM runs WHERE ? IS NULL OR started IS NULL OR substr(started, 1, 10) = ?"
    return {r[0] for r in db.conn.execute(query, [newest, newest])}


def clusters(db: Store, ids: Iterable[str] | None = None) -> list[ClusterRow]:
    """All clusters that have failures (or those named), most blocked tests first."""
    named = None if ids is None else orjson.dumps(list(ids)).decode()
    old = _seen_before(db, named)
    tags = tags_of_clusters(db)
    rows = db.conn.execute(
        "SELECT id, title, template, rule, category, verdict, status, tests, failures, runs, first_seen, last_seen,"
        f" owner FROM clusters WHERE failures > 0{_among('id', named)} ORDER BY tests DESC, failures DESC, id",
        {"named": named},
    )
    return [
        ClusterRow(  # type: ignore[call-arg]  # the columns of the query are its fields
            *row[:5],
            Verdict(row[5]),
            *row[6:12],
            row[0] not in old,
            tags.get(row[0], ()),
            row[12],
        )
        for row in rows
    ]


def _among(column: str, named: str | None) -> str:
    """The condition that the ids in ``column`` are among those in the parameter ``named``, a list in JSON, if there is one."""
    return "" if named is None else f" AND {column} IN (SELECT value FROM json_each(:named))"


def titles(db: Store) -> dict[str, str]:
    """What each cluster is called, by its id; those too whose failures are elsewhere now."""
    return dict(db.conn.execute("SELECT id, title FROM clusters").fetchall())


def clusters_of_rules(db: Store) -> dict[str, int]:
    """How many clusters with failures each rule names now, by its id."""
    rows = db.conn.execute(
        "SELECT rule, count(*) FROM clusters WHERE failures > 0 AND rule IS NOT NULL GROUP BY rule"
    )
    return dict(rows.fetchall())


def _seen_before(db: Store, named: str | None) -> set[str]:
    """The clusters (or those ``named``) with a failure outside of the newest runs; whichever of the two kinds of runs are
    fewer are looked at."""
    newest = newest_runs(db)
    others = {row[0] for row in db.conn.execute("SELECT id FROM runs")} - newest
    few = min(newest, others, key=len)
    found: dict[str, int] = dict(
        db.conn.execute(
            "SELECT s.cluster_id, count(*) FROM failures f JOIN signatures s ON s.id = f.signature_id"
            f" WHERE NOT f.retold AND f.run_id IN (SELECT value FROM json_each(:runs)){_among('s.cluster_id', named)}"
            " GROUP BY s.cluster_id",
            {"runs": orjson.dumps(list(few)).decode(), "named": named},
        )
    )
    if few is others:
        return set(found)
    counted = db.conn.execute(
        f"SELECT id, failures FROM clusters WHERE true{_among('id', named)}", {"named": named}
    )
    return {id_ for id_, failures in counted if failures > found.get(id_, 0)}


def clusters_like(db: Store, prefix: str, limit: int = 4) -> list[str]:
    """The ids of clusters that start with ``prefix``, at most ``limit``."""
    rows = db.conn.execute(
        "SELECT id FROM clusters WHERE substr(id, 1, ?) = ? AND failures > 0 ORDER BY id LIMIT ?",
        [len(prefix), prefix, limit],
    )
    return [row[0] for row in rows]


def find_cluster(db: Store, prefix: str) -> ClusterRow | None:
    """The cluster whose id starts with ``prefix``, if it is the only one."""
    ids = clusters_like(db, prefix)
    return clusters(db, ids)[0] if len(ids) == 1 and prefix else None


def variants(db: Store, cluster: str) -> list[Variant]:
    """The signatures of a cluster, the most frequent first."""
    return [
        Variant(*row)
        for row in db.conn.execute(
            "SELECT s.id, s.template, s.raised, s.joined_by, s.score, s.near, count(f.id) FROM signatures s"
            " LEFT JOIN failures f ON f.signature_id = s.id AND NOT f.retold WHERE s.cluster_id = ?"
            " GROUP BY s.id ORDER BY count(f.id) DESC, s.template, s.raised",
            [cluster],
        )
    ]


def members(db: Store, cluster: str, limit: int = 200) -> list[Member]:
    """Failures of a cluster, those with a trace first, then the first in time, at most ``limit``."""
    return _members(db, cluster, "f.trace = '', coalesce(r.started, r.ingested_at), f.id", limit)


def first_member(db: Store, cluster: str) -> tuple[Member | None, bool]:
    """The first failure of a cluster in time, and whether it is the first one of its run."""
    for member in _members(db, cluster, "coalesce(r.started, r.ingested_at), f.id", 1):
        query = "SELECT min(id) FROM failures WHERE run_id = ? AND NOT retold"
        return member, db.conn.execute(query, [member.run_id]).fetchone()[0] == member.id
    return None, False


def _members(db: Store, cluster: str, order: str, limit: int) -> list[Member]:
    rows = db.conn.execute(
        "SELECT f.message, f.type, f.kind, f.trace, f.file, f.line, f.source_line, f.lead,"
        " f.id, s.id, c.test, c.outcome, f.run_id, r.source, coalesce(c.output, ''), c.file, r.format,"
        " coalesce(c.properties, '[]')"
        " FROM failures f JOIN signatures s ON s.id = f.signature_id"
        " JOIN runs r ON r.id = f.run_id LEFT JOIN cases c ON c.id = f.case_id"
        f" WHERE s.cluster_id = ? AND NOT f.retold ORDER BY {order} LIMIT ?",
        [cluster, limit],
    )
    return [
        Member(*row[8:14], Failure(*row[:8]), *row[14:17], tuple(map(tuple, orjson.loads(row[17]))))  # type: ignore[call-arg]
        for row in rows
    ]


def set_verdict(db: Store, ids: Iterable[str], verdict: Verdict) -> None:
    """Decide what the clusters are."""
    with db.atomic():
        act = next_act(db)
        for cluster in ids:
            _set(db, act, cluster, "verdict", verdict.value)


def assign(db: Store, ids: Iterable[str], owner: str) -> None:
    """Say who looks after the clusters; nobody does where ``owner`` is empty."""
    with db.atomic():
        act = next_act(db)
        for cluster in ids:
            _set(db, act, cluster, "owner", owner)


def rename(db: Store, cluster: str, title: str) -> None:
    """Call a cluster something else."""
    with db.atomic():
        _set(db, next_act(db), cluster, "title", title)


def follow_status(db: Store, cluster: str, status: str, act: int | None = None) -> None:
    """Move a cluster to one of ``STATUSES``, because of what was done with it: part of that ``act``, none of its own."""
    with db.atomic():
        _set(db, act, cluster, "status", status)


def _set(db: Store, act: int | None, cluster: str, field: str, value: str) -> None:
    old = db.conn.execute(f"SELECT {field} FROM clusters WHERE id = ?", [cluster]).fetchone()
    if old is not None and old[0] != value:
        db.conn.execute(f"UPDATE clusters SET {field} = ? WHERE id = ?", [value, cluster])
        remember(db, act, cluster, field, old[0], value)


_TESTS = (
    "INSERT OR IGNORE INTO cluster_tests SELECT s.cluster_id, c.test FROM failures f"
    " JOIN signatures s ON s.id = f.signature_id JOIN cases c ON c.id = f.case_id WHERE"
)


def count_run(db: Store, run: int) -> None:
    """Add the failures of a new run to the counts of its clusters: what was counted before is not looked at again."""
    db.conn.execute(
        "UPDATE clusters SET failures = clusters.failures + n.failures, runs = clusters.runs + 1,"
        " tests = clusters.tests + n.tests, first_seen = min(coalesce(first_seen, n.at), n.at),"
        " last_seen = max(coalesce(last_seen, n.at), n.at)"
        " FROM (SELECT s.cluster_id, r.at, count(f.id) AS failures, count(DISTINCT CASE WHEN NOT EXISTS ("
        "  SELECT 1 FROM cluster_tests k WHERE k.cluster_id = s.cluster_id AND k.test = c.test)"
        "  THEN c.test END) AS tests FROM failures f JOIN signatures s ON s.id = f.signature_id"
        "  JOIN (SELECT id, coalesce(started, ingested_at) AS at FROM runs WHERE id = ?1) r ON r.id = f.run_id"
        "  LEFT JOIN cases c ON c.id = f.case_id WHERE f.run_id = ?1 GROUP BY s.cluster_id) n"
        " WHERE clusters.id = n.cluster_id",
        [run],
    )
    db.conn.execute(f"{_TESTS} f.run_id = ?", [run])


def refresh_counts(db: Store, ids: Iterable[str]) -> None:
    """Count the failures of the clusters anew; called inside the transaction that changed them."""
    for cluster in ids:
        db.conn.execute("DELETE FROM cluster_tests WHERE cluster_id = ?", [cluster])
        db.conn.execute(f"{_TESTS} s.cluster_id = ? AND NOT f.retold", [cluster])
        db.conn.execute(
            "UPDATE clusters SET (tests, failures, runs, first_seen, last_seen) = ("
            " SELECT count(DISTINCT c.test), count(f.id), count(DISTINCT f.run_id),"
            " min(coalesce(r.started, r.ingested_at)), max(coalesce(r.started, r.ingested_at))"
            " FROM failures f JOIN signatures s ON s.id = f.signature_id JOIN runs r ON r.id = f.run_id"
            " LEFT JOIN cases c ON c.id = f.case_id WHERE s.cluster_id = clusters.id AND NOT f.retold) WHERE id = ?",
            [cluster],
        )
