"""Ingesting: once, whole or not at all, the same clusters in any order and on any machine."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.conftest import FRESH, SAMPLES, source_of
from triage.ingest import IngestError, Source
from triage.ingest.inputs import find
from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import Store, StoreError, open_store
from triage.store.clusters import clusters, members, variants
from triage.store.ingest import ingest, next_batch
from triage.store.runs import runs
from triage.store.search import search


def _ingest(db: Store, engine: Engine, *paths: Path) -> None:
    batch = next_batch(db)
    for path in paths:
        ingest(db, source_of(path), engine, batch)


def _counts(db: Store) -> dict[str, int]:
    return {
        name: db.conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for name in ("runs", "cases", "failures", "clusters")
    }


def test_the_same_bytes_twice_change_nothing(db: Store, engine: Engine) -> None:
    path = FRESH / "pytest" / "junit-xunit2.xml"
    first = ingest(db, source_of(path), engine, 1)
    before = _counts(db)
    again = ingest(db, source_of(path), engine, 2)
    assert not first.known
    assert again.known
    assert again.totals == first.totals
    assert _counts(db) == before


def test_a_source_that_breaks_leaves_nothing(db: Store, engine: Engine) -> None:
    bomb = (
        b'<?xml version="1.0"?><testsuite><testcase name="a"><failure message="m"/></testcase>'
        + b" " * 300_000
    )
    broken = Source("broken.xml", lambda: io.BytesIO(b'<testsuites><testsuite name="s"><testcase'))
    with pytest.raises(IngestError, match=r"broken\.xml"):
        ingest(db, broken, engine, 1)
    assert _counts(db) == {"runs": 0, "cases": 0, "failures": 0, "clusters": 0}
    kept = ingest(db, Source("cut.xml", lambda: io.BytesIO(bomb)), engine, 1)
    assert kept.totals.tests == 1
    assert kept.warnings


def test_clusters_do_not_depend_on_order_or_machine(tmp_path: Path, engine: Engine) -> None:
    paths = [
        FRESH / "pytest" / "console-ci.txt",
        FRESH / "pytest" / "junit-xunit2.xml",
        FRESH / "playwright" / "junit.xml",
    ]
    seen = []
    for name, order in (("one", paths), ("two", paths[::-1])):
        db = open_store(tmp_path / f"{name}.db")
        _ingest(db, engine, *order)
        seen.append({row.id: (row.tests, row.failures) for row in clusters(db)})
        db.close()
    assert seen[0] == seen[1]


def test_console_and_junit_of_one_run_share_clusters_and_tests(db: Store, engine: Engine) -> None:
    _ingest(db, engine, FRESH / "pytest" / "console-ci.txt")
    before = {row.id: row.tests for row in clusters(db)}
    second = ingest(db, source_of(FRESH / "pytest" / "junit-xunit2.xml"), engine, 2)
    assert not second.new_clusters
    assert {row.id: row.tests for row in clusters(db)} == before


def test_samples_show_the_three_signatures_first(db: Store, engine: Engine) -> None:
    batch = next_batch(db)
    for found in find([str(SAMPLES)]):
        assert isinstance(found, Source)
        ingest(db, found, engine, batch)
    rows = clusters(db)
    assert rows[0].rule == "http-429-rate-limit"
    assert {"http-429-quota", "websocket-handshake-403"} <= {row.rule for row in rows}
    assert any("negotiation" in (row.rule or "") for row in rows)
    assert [row.tests for row in rows] == sorted((row.tests for row in rows), reverse=True)
    # The database that is down takes ten tests with it, and is one cluster; the report that names them again by their
    # bare names means the same ones.
    assert any(row.tests == 10 and row.failures == 20 and "refused" in row.title.lower() for row in rows)


def test_429_of_one_kind_is_one_cluster_with_its_variants(db: Store, engine: Engine) -> None:
    _ingest(db, engine, SAMPLES / "nightly-1-api.xml")
    limited = [row for row in clusters(db) if row.rule == "http-429-rate-limit"]
    assert len(limited) == 1
    templates = {variant.template for variant in variants(db, limited[0].id)}
    assert len(templates) >= 2
    assert {variant.joined_by for variant in variants(db, limited[0].id)} == {"rule"}
    assert len(members(db, limited[0].id)) == limited[0].failures


def test_secrets_are_not_stored(db: Store, engine: Engine) -> None:
    xml = (
        b'<testsuite name="s"><testcase name="t"><failure message="boom">curl -H "Authorization: Bearer'
        b' abcdef0123456789abcdef" postgres://bob:hunter2@db/x X-Test-Secret: s3cr3t-value</failure></testcase></testsuite>'
    )
    ingest(db, Source("s.xml", lambda: io.BytesIO(xml)), engine, 1)
    dump = "\n".join(db.conn.iterdump())
    for secret in ("abcdef0123456789abcdef", "hunter2", "s3cr3t-value"):
        assert secret not in dump


def test_search_finds_failures_and_takes_any_text(db: Store, engine: Engine) -> None:
    _ingest(db, engine, FRESH / "pytest" / "console-ci.txt")
    assert {hit.kind for hit in search(db, "subprotocols supp")} == {"failure"}
    for hostile in ('"', "a OR", "NEAR(", "*", "col:", "'; DROP TABLE runs; --", "\x00"):
        search(db, hostile)
    assert runs(db)


def test_new_is_measured_against_earlier_calls(db: Store, engine: Engine) -> None:
    ingest(db, source_of(SAMPLES / "nightly-1-api.xml"), engine, next_batch(db))
    ingest(db, source_of(SAMPLES / "nightly-2-api.xml"), engine, next_batch(db))
    fresh = {row.title for row in clusters(db) if row.new}
    assert fresh
    assert not any("429" in title for title in fresh)


def test_foreign_and_newer_files_are_refused(tmp_path: Path) -> None:
    import sqlite3

    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE x (y)")
    with pytest.raises(StoreError, match="another program"):
        open_store(other)
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StoreError, match=r"junk\.db"):
        open_store(junk)
    newer = tmp_path / "newer.db"
    db = open_store(newer)
    db.conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('triage', 'm999', 'x')"
    )
    db.conn.commit()
    db.close()
    with pytest.raises(StoreError, match="newer"):
        open_store(newer)


def test_pragmas_hold(db: Store) -> None:
    assert db.conn.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert db.conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_an_older_file_is_backed_up_before_it_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    db = open_store(path)
    db.conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_search'")
    for table in ("failures", "whys", "evidence", "actions"):
        Database(db.conn)[table].disable_fts()
    db.conn.commit()
    db.close()
    open_store(path).close()
    assert list(tmp_path.glob("old.db.backup-*"))


def test_clusters_do_not_depend_on_the_order_of_the_sources(tmp_path: Path, engine: Engine) -> None:
    """The same problem has the same id on another machine, whatever was read first there."""
    names = sorted(str(path) for path in SAMPLES.glob("nightly-*"))
    seen = []
    for number, order in enumerate((names, names[::-1], names[3:] + names[:3])):
        store = open_store(tmp_path / f"{number}.db")
        assert not ingest_all(store, order, engine).errors
        seen.append({row.id: (row.title, row.tests, row.failures) for row in clusters(store)})
        store.close()
    assert seen[0].keys() == seen[1].keys() == seen[2].keys()
    counts = [{id_: row[1:] for id_, row in rows.items()} for rows in seen]
    assert counts[0] == counts[1] == counts[2]
