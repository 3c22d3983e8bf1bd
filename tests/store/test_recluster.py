"""Placed anew, failures are where today's rules put them, and nothing that people said is lost."""

from __future__ import annotations

import io
from xml.sax.saxutils import quoteattr

from triage.ingest import Source
from triage.model import Verdict
from triage.rules import Engine
from triage.store import Store
from triage.store.clusters import assign, clusters, rename, set_verdict
from triage.store.ingest import ingest
from triage.store.investigations import find_investigation, open_investigation
from triage.store.moves import merge
from triage.store.recluster import Moved, recluster
from triage.store.tags import tag_clusters

_LIMITED = "HTTP 429 Too Many Requests: rate limit exceeded for key nightly"
_SAID = [_LIMITED, "pump 17 ran dry", "the lighthouse was dark"]


def _take(db: Store, engine: Engine) -> None:
    cases = "".join(
        f'<testcase name="t{number}"><failure message={quoteattr(said)}/></testcase>'
        for number, said in enumerate(_SAID)
    )
    data = f'<testsuite name="s">{cases}</testsuite>'.encode()
    ingest(db, Source("r.xml", lambda: io.BytesIO(data)), engine, 1)


def test_nothing_moves_where_nothing_changed(db: Store, engine: Engine) -> None:
    _take(db, engine)
    before = clusters(db)
    assert recluster(db, engine).moved == []
    assert clusters(db) == before


def test_a_new_rule_takes_its_failures_and_what_was_said_of_them(db: Store, engine: Engine) -> None:
    _take(db, Engine([]))
    old = next(row for row in clusters(db) if row.title == _LIMITED)
    set_verdict(db, [old.id], Verdict.INFRASTRUCTURE)
    tag_clusters(db, [old.id], ["nightly"])
    assign(db, [old.id], "ann")
    rename(db, old.id, "the key that all share")
    open_investigation(db, old.id, "t", "why?")
    new = next(row.id for row in _after(db, engine, old.id) if row.rule == "http-429-rate-limit")
    row = next(row for row in clusters(db) if row.id == new)
    assert (row.verdict, row.tags, row.owner, row.failures) == (
        Verdict.INFRASTRUCTURE,
        ("nightly",),
        "ann",
        1,
    )
    assert row.title == "the key that all share"
    assert find_investigation(db, new) is not None
    assert old.id not in [row.id for row in clusters(db)]


def _after(db: Store, engine: Engine, old: str):  # type: ignore[no-untyped-def]
    moved = recluster(db, engine).moved
    assert [(move.old, move.failures) for move in moved] == [(old, 1)] and isinstance(moved[0], Moved)
    return clusters(db)


def test_what_was_merged_stays_merged(db: Store, engine: Engine) -> None:
    _take(db, engine)
    ids = {row.title: row.id for row in clusters(db)}
    merge(db, ids[_SAID[1]], [ids[_SAID[2]]])
    assert recluster(db, engine).moved == []
    assert {row.id: row.failures for row in clusters(db)}[ids[_SAID[1]]] == 2


def test_places_that_an_older_program_chose_are_left(db: Store, engine: Engine) -> None:
    _take(db, engine)
    places = "SELECT id, home_id, cluster_id FROM signatures ORDER BY id"
    right = db.conn.execute(places).fetchall()
    wrong = right[0][1]
    with db.atomic():
        db.conn.execute("UPDATE signatures SET home_id = ?, cluster_id = ?", [wrong, wrong])
    assert recluster(db, engine).failures == 2
    assert db.conn.execute(places).fetchall() == right
    assert [row.failures for row in clusters(db)] == [1, 1, 1]
