"""What a person decides stays, is remembered, and can be taken back."""

from __future__ import annotations

import io

from tests.conftest import FRESH, source_of
from triage.ingest import Source
from triage.model import Verdict
from triage.rules import Engine
from triage.store import Store
from triage.store.clusters import clusters, find_cluster, refresh_counts, set_verdict
from triage.store.history import history
from triage.store.ingest import ingest
from triage.store.tags import tag_clusters


def test_verdicts_and_tags_survive_another_ingest(db: Store, engine: Engine) -> None:
    ingest(db, source_of(FRESH / "pytest" / "console-ci.txt"), engine, 1)
    ids = [row.id for row in clusters(db)][:3]
    set_verdict(db, ids, Verdict.FLAKY)
    tag_clusters(db, ids, ["nightly"])
    tag_clusters(db, ids, ["nightly"])
    ingest(db, source_of(FRESH / "pytest" / "junit-xunit2.xml"), engine, 2)
    rows = {row.id: row for row in clusters(db)}
    assert all(rows[id_].verdict is Verdict.FLAKY and rows[id_].tags == ("nightly",) for id_ in ids)
    tag_clusters(db, ids[:1], take=["nightly"])
    assert [(change.field, change.old, change.new) for change in history(db, ids[0])] == [
        ("verdict", "unknown", "flaky"),
        ("tag", "", "nightly"),
        ("tag", "nightly", ""),
    ]


def test_a_cluster_is_found_by_the_beginning_of_its_id(db: Store, engine: Engine) -> None:
    ingest(db, source_of(FRESH / "pytest" / "console-ci.txt"), engine, 1)
    row = clusters(db)[0]
    found = find_cluster(db, row.id[:6])
    assert found is not None
    assert found.id == row.id
    assert find_cluster(db, "") is None
    assert find_cluster(db, "zz%_") is None


def test_counts_that_grow_are_those_that_are_counted_anew(db: Store, engine: Engine) -> None:
    for batch, path in enumerate(sorted((FRESH / "pytest").glob("*.txt")) * 2):
        data = path.read_bytes() + b"\n" * batch  # the same bytes are taken once
        ingest(db, Source(str(batch), lambda data=data: io.BytesIO(data)), engine, batch // 2)
    counts = "SELECT id, tests, failures, runs, first_seen, last_seen FROM clusters ORDER BY id"
    grown = db.conn.execute(counts).fetchall()
    with db.atomic():
        refresh_counts(db, [row[0] for row in grown])
    assert db.conn.execute(counts).fetchall() == grown
    assert max(row[3] for row in grown) > 2
