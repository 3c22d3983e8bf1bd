"""The store: a report to runs, cases, failures, clusters and search, beside plain rows in one transaction."""

from __future__ import annotations

import io
import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count, islice
from pathlib import Path
from xml.sax.saxutils import quoteattr

import inputs
from measure import Row, rates, source_of, timed, times

from triage.ingest import Source
from triage.rules import Engine, library, load
from triage.sources import resolve
from triage.sources.taking import take_all
from triage.sources.workers import Local
from triage.store import open_store
from triage.store.ingest import Ingested, ingest

_CASES = 10_000
_STORED, _NEW = 100_000, 300


def storing(scratch: Path) -> Iterator[Row]:
    """10,000 cases, every tenth failed, read, matched, grouped, stored and indexed in a new file each time."""
    report = scratch / "store.xml"
    inputs.junit_of(report, _CASES)
    engine = Engine(load([library()]).rules)
    numbers = count()
    rows = [
        (n, f"tests/test_{n % 97}.py::test[{n}]", "passed", 0.1, "x" * (0 if n % 10 else 900))
        for n in range(_CASES)
    ]

    def ours() -> None:
        db = open_store(scratch / f"ours-{next(numbers)}.db")
        ingest(db, source_of(report), engine, 1)
        db.close()

    def peer() -> None:
        connection = sqlite3.connect(scratch / f"plain-{next(numbers)}.db")
        connection.execute("PRAGMA journal_mode=WAL")  # as the store has it
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, test, outcome, duration, trace)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
        connection.commit()
        connection.close()

    yield rates(
        "ingest into the store",
        f"{_CASES:,} cases",
        "cases/s",
        _CASES,
        timed(ours),
        "executemany alone",
        timed(peer),
    )


def growing(scratch: Path) -> Iterator[Row]:
    """A run of 300 failures into a store of 100,000, beside the same run into an empty one."""
    engine = Engine(load([library()]).rules)
    full, empty = open_store(scratch / "full.db"), open_store(scratch / "empty.db")
    texts = inputs.sentences()
    numbers = count()

    def run(size: int) -> Source:
        cases = "".join(
            f'<testcase classname="t" name="t{number % 5_000}"><failure message={quoteattr(text)}/></testcase>'
            for number, text in enumerate(islice(texts, size))
        )
        data = f'<testsuite name="s" time="{next(numbers)}">{cases}</testsuite>'.encode()
        return Source("run.xml", lambda: io.BytesIO(data))

    for _ in range(_STORED // 10_000):
        ingest(full, run(10_000), engine, 1)
    ingest(empty, run(10), engine, 1)
    ours = timed(lambda: ingest(full, run(_NEW), engine, 2))
    peer = timed(lambda: ingest(empty, run(_NEW), engine, 2))
    full.close()
    empty.close()
    about = f"{_NEW} failures into a store of {_STORED:,}"
    yield times("a new run", about, ours, "into an empty store", peer)


def scaling(scratch: Path, failures: int) -> Iterator[Row]:
    """Reports of 1,000 failures each, ``failures`` in all: read by all cores beside one, and beside a tenth of them."""
    engine = Engine(load([library()]).rules)
    root = scratch / "scale"
    inputs.failing_reports(root, failures // 1_000, 1_000)
    tenth = [str(path) for path in sorted(root.iterdir())[: failures // 10_000]]
    numbers = count()

    def run(names: list[str], worth: float = -1) -> float:
        def ours() -> None:
            db = open_store(scratch / f"scale-{next(numbers)}.db")
            with closing(Local(engine.rules)) as workers:
                workers.worth = workers.worth if worth < 0 else worth
                assert all(
                    isinstance(r, Ingested) for r in take_all(db, resolve(names), engine, _silent, workers)
                )
            db.close()

        return timed(ours, 1)

    all_cores, alone, small = run([str(root)]), run([str(root)], math.inf), run(tenth, math.inf)
    about = f"{failures:,} failures in {failures // 1_000:,} files"
    yield rates("ingest, all cores", about, "failures/s", failures, all_cores, "one process", alone)
    yield Row(
        "ingest, one process",
        about,
        "failures/s",
        failures / alone,
        "a tenth of them",
        failures / 10 / small,
        alone / small / 10,
    )


def _silent(_: object) -> None:
    pass
