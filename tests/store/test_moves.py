"""Merges, splits and what is kept apart hold for what comes later, and can be taken back."""

from __future__ import annotations

import io
from xml.sax.saxutils import quoteattr

import pytest

from triage.ingest import Source
from triage.rules import Engine
from triage.store import Store
from triage.store.clusters import clusters
from triage.store.history import history
from triage.store.ingest import ingest
from triage.store.investigations import open_investigation, write_answer
from triage.store.moves import MoveError, keep_apart, let_merge, merge, split
from triage.store.undo import undo

_SAID = ["no mailbox for alice", "no mailbox for bob", "the lighthouse was dark", "pump 17 ran dry"]


def _take(db: Store, engine: Engine, messages: list[str], batch: int = 1) -> None:
    cases = "".join(
        f'<testcase name="t{number}"><failure message={quoteattr(message)}/></testcase>'
        for number, message in enumerate(messages)
    )
    data = f'<testsuite name="s" time="{batch}">{cases}</testsuite>'.encode()
    ingest(db, Source("r.xml", lambda: io.BytesIO(data)), engine, batch)


def _titles(db: Store) -> dict[str, str]:
    return {row.title: row.id for row in clusters(db)}


def test_merged_clusters_are_one_and_stay_so(db: Store, engine: Engine) -> None:
    _take(db, engine, _SAID)
    ids = _titles(db)
    merge(db, ids[_SAID[0]], [ids[_SAID[1]]])
    _take(db, engine, [_SAID[1]], 2)
    rows = {row.title: row for row in clusters(db)}
    assert set(rows) == {_SAID[0], _SAID[2], _SAID[3]}
    assert (rows[_SAID[0]].failures, rows[_SAID[0]].tests) == (3, 2)
    assert [change.field for change in history(db, ids[_SAID[1]])] == ["merge"]
    assert undo(db)
    assert {row.title: row.failures for row in clusters(db)}[_SAID[1]] == 2
    assert undo(db) == []


def test_a_variant_is_split_off(db: Store, engine: Engine) -> None:
    _take(db, engine, ["pump 17 ran dry", "pump 0x17 ran dry."])
    [row] = clusters(db)
    signatures = [r[0] for r in db.conn.execute("SELECT id FROM signatures ORDER BY template")]
    new = split(db, signatures[0])
    assert {r.id: r.failures for r in clusters(db)} == {row.id: 1, new: 1}
    _take(db, engine, ["pump 17 ran dry", "pump 0x18 ran dry."], 2)
    assert {r.id: r.failures for r in clusters(db)} == {row.id: 2, new: 2}
    with pytest.raises(MoveError, match="one has to stay"):
        split(db, signatures[0])
    undo(db)
    assert {r.id: r.failures for r in clusters(db)} == {row.id: 4}


def test_several_variants_go_together(db: Store, engine: Engine) -> None:
    _take(db, engine, ["pump 17 ran dry", "pump 0x17 ran dry.", "no mailbox for alice", "no mailbox for bob"])
    pump, alice, bob = (row.id for row in sorted(clusters(db), key=lambda row: -row.failures))
    merge(db, pump, [alice, bob])
    query = "SELECT id FROM signatures WHERE home_id = ?"
    [[a]], [[b]] = (db.conn.execute(query, [home]).fetchall() for home in (alice, bob))
    new = split(db, a, b)
    assert {row.id: row.failures for row in clusters(db)} == {pump: 2, new: 2}
    merge(db, pump, [new])
    again = split(db, b, a)
    assert {row.id: row.failures for row in clusters(db)} == {pump: 2, again: 2}
    with pytest.raises(MoveError, match="all there is"):
        split(db, a, b)
    alone = split(db, a)
    title = {row.id: row.title for row in clusters(db)}[alone]
    assert title.startswith("no mailbox for"), "called as the cluster was from which it had come"


def test_what_is_kept_apart_is_not_merged(db: Store, engine: Engine) -> None:
    _take(db, engine, _SAID)
    ids = _titles(db)
    keep_apart(db, [ids[_SAID[0]], ids[_SAID[1]]])
    with pytest.raises(MoveError, match="kept apart"):
        merge(db, ids[_SAID[1]], [ids[_SAID[2]], ids[_SAID[0]]])
    assert _titles(db) == ids
    merge(db, ids[_SAID[2]], [ids[_SAID[0]]])
    with pytest.raises(MoveError, match="kept apart"):
        merge(db, ids[_SAID[1]], [ids[_SAID[2]]])
    let_merge(db, [ids[_SAID[1]], ids[_SAID[2]]])
    merge(db, ids[_SAID[1]], [ids[_SAID[2]]])
    assert len(clusters(db)) == 2
    undo(db), undo(db), undo(db), undo(db)
    merge(db, ids[_SAID[1]], [ids[_SAID[0]]])


def _noted(db: Store, cluster: str) -> int:
    made = open_investigation(db, cluster, "t", "why?")
    write_answer(db, made.whys[0].id, "because")
    return made.id


def test_notes_come_along_and_are_never_lost(db: Store, engine: Engine) -> None:
    _take(db, engine, _SAID)
    ids = _titles(db)
    notes = _noted(db, ids[_SAID[0]])
    where = "SELECT cluster_id FROM investigations WHERE id = ?"
    merge(db, ids[_SAID[1]], [ids[_SAID[0]]])
    assert db.conn.execute(where, [notes]).fetchone() == (ids[_SAID[1]],)
    _noted(db, ids[_SAID[2]])
    with pytest.raises(MoveError, match="both have five whys"):
        merge(db, ids[_SAID[1]], [ids[_SAID[2]]])
    undo(db), undo(db)
    assert db.conn.execute(where, [notes]).fetchone() == (ids[_SAID[0]],)
