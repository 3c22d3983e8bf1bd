"""The store: a report to runs, cases, failures, clusters and search, beside plain rows in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import inputs
from measure import Row, rates, source_of, timed

from triage.rules import Engine, library, load
from triage.store import open_store
from triage.store.ingest import ingest

_CASES = 10_000


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
