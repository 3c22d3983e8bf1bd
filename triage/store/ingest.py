"""One source into the store: in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import orjson

from triage.ingest import Reader, Source, reader_for, told
from triage.ingest.redact import redact
from triage.intake import Batch, Signer, batches
from triage.intake.batches import masked
from triage.model import RunInfo, Totals, Warn
from triage.rules import Engine
from triage.store.bare_names import known_tests
from triage.store.clusters import count_run, refresh_counts
from triage.store.database import Store, now
from triage.store.grouping import begin_grouping
from triage.store.places import Places
from triage.store.twins import join_twins


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one source."""

    run_id: int
    source: str
    format: str
    known: bool
    """The same bytes were ingested before: nothing was changed."""
    totals: Totals
    failures: int = 0
    new_clusters: tuple[str, ...] = ()
    known_clusters: tuple[str, ...] = ()
    warnings: tuple[Warn, ...] = ()


def next_batch(db: Store) -> int:
    """The number of a new ingest call: runs of one call belong together."""
    row = db.conn.execute("SELECT coalesce(max(batch), 0) + 1 FROM runs").fetchone()
    return int(row[0])


def ingest(db: Store, source: Source, engine: Engine, batch: int, reader: Reader | None = None) -> Ingested:
    """Read ``source`` (with ``reader``, if it was chosen before) and store its run, cases and failures; find or make
    their clusters.

    Raises:
        IngestError: nothing of the source is stored then.
    """
    with told(source):
        digest = source.digest()
    if (known := known_run(db, source.name, digest)) is not None:
        return known
    reader = reader or reader_for(source)
    rows = batches(source, reader, Signer(engine), known_tests(db, reader, batch))
    return store(db, source.name, reader.name, digest, batch, rows)


def known_run(db: Store, source: str, digest: str) -> Ingested | None:
    """What was made of the bytes of ``source``, by their SHA-256, if they are in the store already."""
    row = db.conn.execute("SELECT id, format FROM runs WHERE digest = ?", [digest]).fetchone()
    if row is None:
        return None
    from triage.store.runs import failures_of, totals_of

    return Ingested(row[0], source, row[1], True, totals_of(db, row[0]), failures_of(db, row[0]))


def store(db: Store, source: str, format_: str, digest: str, batch: int, rows: Iterable[Batch]) -> Ingested:
    """Store what was read of ``source``, whose bytes have the SHA-256 ``digest``; find or make its clusters.

    Raises:
        IngestError: of ``rows``; nothing of the source is stored then.
    """
    with db.atomic():
        begin_grouping(db)
        writer = _Writer(db, source, format_, digest, batch)
        for some in rows:
            writer.write(some)
        return writer.finish()


class _Writer:
    """Rows of one run; signatures are placed when all of them are known, so that the clusters do not depend on the order
    of the failures."""

    def __init__(self, db: Store, source: str, format_: str, digest: str, batch: int) -> None:
        self._db, self._source, self._format = db, source, format_
        cursor = db.conn.execute(
            "INSERT INTO runs (digest, batch, source, format, ingested_at) VALUES (?, ?, ?, ?, ?)",
            [digest, batch, redact(source), format_, now()],
        )
        self._run = int(cursor.lastrowid or 0)
        self._next_case = int(db.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM cases").fetchone()[0])
        self._info = RunInfo()
        self._warnings: list[Warn] = []
        self._totals = Totals()
        self._failures = 0
        self._places = Places(db)

    def write(self, batch: Batch) -> None:
        first, run = self._next_case, self._run
        self._db.conn.executemany(
            "INSERT INTO cases (id, run_id, test, name, suite, file, line, outcome, duration, attempts, output,"
            " properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, run, *row) for number, row in enumerate(batch.cases, first)],
        )
        self._db.conn.executemany(
            "INSERT INTO failures (run_id, case_id, signature_id, kind, type, message, trace, file, line, source_line, lead)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(run, None if case is None else first + case, *row) for case, row in batch.failures],
        )
        self._next_case += len(batch.cases)
        self._failures += len(batch.failures)
        self._places.add(batch.signs.values())
        self._info = self._info.merged(batch.info)
        self._warnings += batch.warnings
        self._totals += batch.totals

    def finish(self) -> Ingested:
        new = self._places.settle()
        info = self._info
        stand = info.totals if info.totals_stand and info.totals is not None else None
        totals = stand or self._totals
        counts = asdict(totals)
        self._db.conn.execute(
            "UPDATE runs SET started = ?, duration = ?, environment = ?, workers = ?, totals_from = ?, info = ?,"
            f" warnings = ?, {', '.join(f'{name} = ?' for name in counts)} WHERE id = ?",
            [
                info.started, info.duration, info.environment, info.workers, "report" if stand else "cases",
                _json({"suites": info.suites, "properties": masked(info.properties), "tables": [asdict(t) for t in info.tables],
                       "stated": asdict(info.totals) if info.totals else None}),
                _json([asdict(w) for w in self._warnings]),
                *counts.values(), self._run,
            ],
        )  # fmt: skip
        touched = self._places.clusters()
        if touched:
            count_run(self._db, self._run)
        refresh_counts(self._db, self._clusters_in(join_twins(self._db, self._run)))
        return Ingested(
            self._run, self._source, self._format, False, totals, self._failures,
            tuple(c for c in touched if c in new), tuple(c for c in touched if c not in new), tuple(self._warnings),
        )  # fmt: skip

    def _clusters_in(self, runs: set[int]) -> set[str]:
        if not runs:
            return set()
        rows = self._db.conn.execute(
            "SELECT DISTINCT cluster_id FROM failures f JOIN signatures s ON s.id = f.signature_id"
            " WHERE f.run_id IN (SELECT value FROM json_each(?))",
            [_json(sorted(runs))],
        )
        return {str(row[0]) for row in rows}


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
