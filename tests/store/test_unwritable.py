"""A database that may not be written can be looked at."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import open_store
from triage.store.clusters import clusters
from triage.store.database import StoreError, telling
from triage.store.tags import tag_clusters


@pytest.fixture
def path(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One with some clusters, on a medium that nobody may write (root may write everything: it is said to the program)."""
    path = tmp_path / "triage ?#%.db"
    with closing(open_store(path)) as db:
        ingest_all(db, [str(SAMPLES / "nightly-1-api.xml")], engine)
    monkeypatch.setattr("triage.store.database._writable", lambda _: False)
    return path


def test_all_is_seen_and_nothing_changed(path: Path) -> None:
    before = path.read_bytes()
    with closing(open_store(path)) as db:
        rows = clusters(db)
        assert rows
        with pytest.raises(StoreError, match="may not be written: copy it"), telling(db.path):
            tag_clusters(db, [rows[0].id], ["x"], [])
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_one_of_another_version_is_refused(path: Path) -> None:
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="may not be written; copy it"):
        open_store(path)
    path.write_bytes(b"no database at all, but long enough to be looked at as one" * 20)
    with pytest.raises(StoreError, match="is it a triage database"):
        open_store(path)
