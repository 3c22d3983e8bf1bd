"""One source into the store: in one transaction, or not at all."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import orjson

from triage.ingest import Reader, Source, read, reader_for, told
from triage.ingest.redact import redact, redact_value
from triage.model import CaseResult, Failure, RunInfo, Tally, Totals, Warn
from triage.rules import Engine
from triage.rules.model import Where
from triage.store.clusters import count_run, refresh_counts
from triage.store.database import Store, now
from triage.store.places import Places
from triage.store.twins import join_twins

_BATCH = 1_000


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
        digest_of_bytes = source.digest()
    row = db.conn.execute("SELECT id, format FROM runs WHERE digest = ?", [digest_of_bytes]).fetchone()
    if row is not None:
        from triage.store.runs import failures_of, totals_of

        totals = totals_of(db, row[0])
        return Ingested(row[0], source.name, row[1], True, totals, failures_of(db, row[0]))
    reader = reader or reader_for(source)
    _, items = read(source, reader)
    with db.atomic():
        writer = _Writer(db, source.name, reader, digest_of_bytes, batch, engine)
        for item in items:
            match item:
                case CaseResult():
                    writer.case(item)
                case Failure():
                    writer.failure(item, None)
                case RunInfo():
                    writer.info = writer.info.merged(item)
                case Warn():
                    writer.warnings.append(item)
        return writer.finish()


class _Writer:
    """Rows of one run, written in batches; signatures are placed when all of them are known, so that the
    clusters do not depend on the order of the failures."""

    def __init__(
        self, db: Store, source: str, reader: Reader, digest_of_bytes: str, batch: int, engine: Engine
    ) -> None:
        self.info = RunInfo()
        self.warnings: list[Warn] = []
        self._db, self._source, self._reader = db, source, reader
        cursor = db.conn.execute(
            "INSERT INTO runs (digest, batch, source, format, ingested_at) VALUES (?, ?, ?, ?, ?)",
            [digest_of_bytes, batch, redact(source), reader.name, now()],
        )
        self._batch = batch
        self._run = int(cursor.lastrowid or 0)
        self._next_case = int(db.conn.execute("SELECT coalesce(max(id), 0) + 1 FROM cases").fetchone()[0])
        self._tally = Tally()
        self._failures = 0
        self._case_rows: list[tuple[object, ...]] = []
        self._failure_rows: list[tuple[object, ...]] = []
        self._places = Places(db, engine)

    def case(self, case: CaseResult) -> None:
        self._tally.add(case)
        plain, name, suite = case.id, case.name, case.suite
        if (test := redact(plain)) != plain:
            name, suite = redact(name), redact(suite)
        test = self._known_test(case) or test
        self._case_rows.append(
            (
                self._next_case, self._run, test, name, suite, case.file, case.line,
                case.outcome.value, case.duration, case.attempts, redact(case.output), _json(_masked(case.properties)),
            )
        )  # fmt: skip
        for failure in case.failures:
            self.failure(failure, self._next_case, test, case)
        self._next_case += 1
        if len(self._case_rows) >= _BATCH:
            self._flush()

    def _known_test(self, case: CaseResult) -> str | None:
        """The test that a report means by a bare name, if just one of what came with it has that name."""
        if case.file is not None or not self._reader.hearsay:
            return None
        rows = self._db.conn.execute(
            "SELECT DISTINCT test FROM cases JOIN runs ON runs.id = run_id WHERE name = ? AND file IS NOT NULL"
            " AND batch = ? LIMIT 2",
            [case.name, self._batch],
        ).fetchall()
        return str(rows[0][0]) if len(rows) == 1 else None

    def failure(
        self, failure: Failure, case_id: int | None, test: str = "", case: CaseResult | None = None
    ) -> None:
        self._failures += 1
        failure = replace(failure, message=redact(failure.message), trace=redact(failure.trace))
        file, properties = (case.file, case.properties) if case else (None, ())
        where = Where.of(failure, test, file, self._reader.name, self._source, properties)
        key = self._places.signature(failure, where)
        self._failure_rows.append(
            (
                self._run, case_id, key, failure.kind, failure.type, failure.message, failure.trace,
                failure.file, failure.line, failure.source_line, failure.lead,
            )
        )  # fmt: skip
        if len(self._failure_rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        self._db.conn.executemany(
            "INSERT INTO cases (id, run_id, test, name, suite, file, line, outcome, duration, attempts, output,"
            " properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            self._case_rows,
        )
        self._db.conn.executemany(
            "INSERT INTO failures (run_id, case_id, signature_id, kind, type, message, trace, file, line, source_line, lead)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            self._failure_rows,
        )
        self._case_rows.clear()
        self._failure_rows.clear()

    def finish(self) -> Ingested:
        self._flush()
        new = self._places.settle()
        info = self.info
        stand = info.totals if info.totals_stand and info.totals is not None else None
        totals = stand or self._tally.totals
        counts = asdict(totals)
        self._db.conn.execute(
            "UPDATE runs SET started = ?, duration = ?, environment = ?, workers = ?, totals_from = ?, info = ?,"
            f" warnings = ?, {', '.join(f'{name} = ?' for name in counts)} WHERE id = ?",
            [
                info.started, info.duration, info.environment, info.workers, "report" if stand else "cases",
                _json({"suites": info.suites, "properties": _masked(info.properties), "tables": [asdict(t) for t in info.tables],
                       "stated": asdict(info.totals) if info.totals else None}),
                _json([asdict(w) for w in self.warnings]),
                *counts.values(), self._run,
            ],
        )  # fmt: skip
        touched = self._places.clusters()
        count_run(self._db, self._run)
        refresh_counts(self._db, self._clusters_in(join_twins(self._db, self._run)))
        return Ingested(
            self._run, self._source, self._reader.name, False, totals, self._failures,
            tuple(c for c in touched if c in new), tuple(c for c in touched if c not in new), tuple(self.warnings),
        )  # fmt: skip

    def _clusters_in(self, runs: set[int]) -> set[str]:
        rows = self._db.conn.execute(
            "SELECT DISTINCT cluster_id FROM failures f JOIN signatures s ON s.id = f.signature_id"
            " WHERE f.run_id IN (SELECT value FROM json_each(?))",
            [_json(sorted(runs))],
        )
        return {str(row[0]) for row in rows}


def _masked(properties: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(redact(name), redact_value(name, value)) for name, value in properties]


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
