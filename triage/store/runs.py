"""Runs: the list, and one in full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import orjson

from triage.model import Totals, totals_note
from triage.store.clusters import refresh_counts
from triage.store.database import Store

_TOTALS = ", ".join(f.name for f in fields(Totals))


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the list."""

    id: int
    source: str
    format: str
    ingested_at: str
    started: str | None
    duration: float | None
    environment: str | None
    workers: int | None
    totals: Totals
    totals_from: str
    """``cases`` (counted) or ``report`` (the source's own, because it does not list every case)."""
    warnings: tuple[tuple[int | None, str], ...]
    """Line and text."""
    properties: tuple[tuple[str, str], ...]
    tables: tuple[dict[str, object], ...]
    same_as: int | None
    """The run that is counted, where this one describes the same execution in another format."""
    stated: Totals | None
    """What the source itself says its totals are."""

    @property
    def why(self) -> str:
        """Which totals are shown, and why, where there is more than one honest answer."""
        if self.same_as is not None:
            return f"another description of run {self.same_as}, which is counted instead"
        return totals_note(self.totals, self.stated, stand=self.totals_from == "report")


def totals_of(db: Store, run: int) -> Totals:
    """The totals of one run."""
    return Totals(*db.conn.execute(f"SELECT {_TOTALS} FROM runs WHERE id = ?", [run]).fetchone())


def failures_of(db: Store, run: int) -> int:
    """How many failures one run has."""
    return int(db.conn.execute("SELECT count(*) FROM failures WHERE run_id = ?", [run]).fetchone()[0])


def clusters_of_runs(db: Store, run: int | None = None) -> dict[int, int]:
    """How many clusters each run with a failure shows (or this run alone)."""
    return dict(
        db.conn.execute(
            "SELECT f.run_id, count(DISTINCT s.cluster_id) FROM failures f JOIN signatures s ON s.id = f.signature_id"
            f" WHERE NOT f.retold {'AND f.run_id = ?1' if run is not None else ''} GROUP BY f.run_id",
            [] if run is None else [run],
        )
    )


def totals_of_all(db: Store) -> tuple[Totals, int]:
    """The totals of all runs that are counted, and their number."""
    sums = ", ".join(f"coalesce(sum({f.name}), 0)" for f in fields(Totals))
    *totals, number = db.conn.execute(f"SELECT {sums}, count(*) FROM runs WHERE same_as IS NULL").fetchone()
    return Totals(*totals), number


def recent_rates(db: Store, limit: int = 12) -> list[float]:
    """The pass rates, 0 to 1, of the newest runs that are counted and in which a test ran, the oldest of them first."""
    rows = db.conn.execute(
        f"SELECT {_TOTALS} FROM runs WHERE same_as IS NULL AND tests > skipped + xfailed"
        " ORDER BY coalesce(started, ingested_at) DESC, id DESC LIMIT ?",
        [limit],
    )
    rates = [Totals(*row).pass_rate for row in rows]
    return [rate for rate in reversed(rates) if rate is not None]


def runs(db: Store, ids: Iterable[int] | None = None) -> list[RunRow]:
    """All runs (or those named), the newest first."""
    count = len(fields(Totals))
    rows = db.conn.execute(
        f"SELECT {_TOTALS}, id, source, format, ingested_at, started, duration, environment, workers, totals_from,"
        " warnings, info, same_as FROM runs WHERE ?1 IS NULL OR id IN (SELECT value FROM json_each(?1))"
        " ORDER BY coalesce(started, ingested_at) DESC, id DESC",
        [None if ids is None else orjson.dumps(sorted(ids)).decode()],
    )
    return [_row(Totals(*row[:count]), row[count:]) for row in rows]


def passed(db: Store, run: int | None = None) -> list[tuple[str, int, str]]:
    """The runs (or just this one, if it is one) without a failure: when they started, their ids, their sources."""
    rows = db.conn.execute(
        "SELECT coalesce(started, ingested_at), id, source FROM runs r WHERE failed + errors = 0"
        " AND NOT EXISTS (SELECT 1 FROM failures f WHERE f.run_id = r.id) AND id = coalesce(?, id)",
        [run],
    )
    return [(row[0], row[1], row[2]) for row in rows]


def forget(db: Store, ids: Iterable[int]) -> None:
    """Take runs out with all they told: of what people wrote everything stays."""
    wanted = orjson.dumps(sorted(ids)).decode()
    in_runs = "run_id IN (SELECT value FROM json_each(?))"
    with db.atomic():
        query = f"SELECT DISTINCT cluster_id FROM signatures WHERE id IN (SELECT signature_id FROM failures WHERE {in_runs})"
        touched = [row[0] for row in db.conn.execute(query, [wanted])]
        db.conn.execute(f"DELETE FROM failures WHERE {in_runs}", [wanted])
        db.conn.execute(f"DELETE FROM cases WHERE {in_runs}", [wanted])
        db.conn.execute("DELETE FROM runs WHERE id IN (SELECT value FROM json_each(?))", [wanted])
        refresh_counts(db, touched)


def _row(totals: Totals, row: tuple[object, ...]) -> RunRow:
    (
        id_,
        source,
        format_,
        ingested_at,
        started,
        duration,
        environment,
        workers,
        totals_from,
        warnings,
        info,
        same_as,
    ) = row
    facts = orjson.loads(str(info))
    return RunRow(
        id_, source, format_, ingested_at, started, duration, environment, workers,  # type: ignore[arg-type]
        totals, str(totals_from),
        tuple((w["line"], w["text"]) for w in orjson.loads(str(warnings))),
        tuple((p[0], p[1]) for p in facts.get("properties", ())),
        tuple(facts.get("tables", ())), same_as,  # type: ignore[arg-type]
        Totals(**facts["stated"]) if facts.get("stated") else None,
    )  # fmt: skip


def digest_of(db: Store, run: int) -> str:
    """SHA-256, in hexadecimal, of the bytes that the run was read from."""
    return str(db.conn.execute("SELECT digest FROM runs WHERE id = ?", [run]).fetchone()[0])
