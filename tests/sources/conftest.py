"""A night's results of every kind, and what a store makes of them."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.cli.conftest import triage  # noqa: F401  (the program as a script calls it)
from tests.conftest import SAMPLES
from tests.sources import deadly
from triage.rules import Engine
from triage.sources import remote, resolve, taking, workers
from triage.sources.taking import take_all
from triage.sources.watching import Reading
from triage.sources.workers import Workers
from triage.store import open_store
from triage.store.ingest import Ingested

_CASE = '<testcase classname="shop.t{}" name="t{}" time="0.1"><failure message="{} of order {} is missing"/></testcase>'


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """Small reports by the dozen, logs of one job of which the first passed, a report that retells, an archive, the same
    bytes twice, and what cannot be read."""
    root = tmp_path / "night"
    shutil.copytree(SAMPLES, root)
    for number in range(40):
        cases = "".join(
            _CASE.format(n, number, ["cart", "price", "page"][n % 3], n * number) for n in range(20)
        )
        (root / f"report-{number:02}.xml").write_text(f'<testsuite name="s{number}">{cases}</testsuite>')
    noise = "10:00:01 ERROR cache miss for shard 1\n"
    quiet = "".join(f"10:00:00 INFO served {n}\n" for n in range(30))
    (root / "build-17.log").write_text(quiet + noise + "Finished: SUCCESS\n")
    (root / "build-18.log").write_text(
        quiet
        + noise
        + "10:00:09 ERROR ledger of order 7 does not balance, password=hunter2\nFinished: FAILURE\n"
    )
    (root / "packed.xml.gz").write_bytes(gzip.compress((root / "report-07.xml").read_bytes() + b"\n"))
    shutil.copy(root / "report-03.xml", root / "same.xml")
    (root / "broken.xml").write_text('<testsuites><testsuite name="s"><testcase')
    return root


Told = tuple[str, list[str], list[Ingested]]
Take = Callable[..., Told]


@pytest.fixture
def take(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Take:
    """Ingest by some workers into a new store: all that is in it, the errors, and the results."""
    for module in ("ingest", "places"):
        monkeypatch.setattr(f"triage.store.{module}.now", lambda: "2026-11-21T03:00:00Z")
    monkeypatch.setattr(workers, "take", deadly.take)
    monkeypatch.setattr(remote, "take", deadly.take)
    monkeypatch.setattr(taking, "_TASK", 16 << 10)  # so that a night is a dozen tasks
    stores = iter(range(100))

    def taken(
        names: Iterable[Path], helping: Workers, progress: Callable[[Reading], None] = lambda reading: None
    ) -> Told:
        db = open_store(tmp_path / f"{next(stores)}.db")
        try:
            told = list(take_all(db, resolve([str(name) for name in names]), engine, progress, helping))
            results = [item for item in told if isinstance(item, Ingested)]
            errors = [str(item) for item in told if not isinstance(item, Ingested)]
            rows = [line for line in db.conn.iterdump() if "_sqlite_migrations" not in line]
            return "\n".join(rows), errors, results
        finally:
            db.close()

    return taken


class Nobody:
    """No other process: all is read here."""

    width, worth = 1, 1 << 60


@pytest.fixture
def here(take: Take, night: Path) -> Told:
    """What is made of the night without other processes."""
    return take([night], Nobody())
