"""Merges, splits and what is kept apart hold for what comes later, and can be taken back."""

from __future__ import annotations

import io
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.ingest import Source
from triage.rules import Engine
from triage.store import Store, open_store
from triage.store.clusters import clusters, history
from triage.store.ingest import ingest
from triage.store.investigations import open_investigation
from triage.store.moves import MoveError, keep_apart, merge, split, undo

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
    assert history(db, ids[_SAID[0]])[-1][1] == "merge"
    assert undo(db)
    assert {row.title: row.failures for row in clusters(db)}[_SAID[1]] == 2
    assert undo(db) is None


def test_a_variant_is_split_off(db: Store, engine: Engine) -> None:
    _take(db, engine, ["pump 17 ran dry", "pump 0x17 ran dry."])
    [row] = clusters(db)
    signatures = [r[0] for r in db.conn.execute("SELECT id FROM signatures ORDER BY template")]
    new = split(db, signatures[0])
    assert {r.id: r.failures for r in clusters(db)} == {row.id: 1, new: 1}
    _take(db, engine, ["pump 17 ran dry", "pump 0x18 ran dry."], 2)
    assert {r.id: r.failures for r in clusters(db)} == {row.id: 2, new: 2}
    with pytest.raises(MoveError, match="nothing to split"):
        split(db, signatures[0])
    undo(db)
    assert {r.id: r.failures for r in clusters(db)} == {row.id: 4}


def test_what_is_kept_apart_is_not_merged(db: Store, engine: Engine) -> None:
    _take(db, engine, _SAID)
    ids = _titles(db)
    keep_apart(db, ids[_SAID[0]], ids[_SAID[1]])
    with pytest.raises(MoveError, match="kept apart"):
        merge(db, ids[_SAID[1]], [ids[_SAID[2]], ids[_SAID[0]]])
    assert _titles(db) == ids
    undo(db)
    merge(db, ids[_SAID[1]], [ids[_SAID[0]]])


def test_notes_come_along_and_are_never_lost(db: Store, engine: Engine) -> None:
    _take(db, engine, _SAID)
    ids = _titles(db)
    notes = open_investigation(db, ids[_SAID[0]], "t", "why?").id
    where = "SELECT cluster_id FROM investigations WHERE id = ?"
    merge(db, ids[_SAID[1]], [ids[_SAID[0]]])
    assert db.conn.execute(where, [notes]).fetchone() == (ids[_SAID[1]],)
    open_investigation(db, ids[_SAID[2]], "t", "why?")
    with pytest.raises(MoveError, match="both have five whys"):
        merge(db, ids[_SAID[1]], [ids[_SAID[2]]])
    undo(db)
    assert db.conn.execute(where, [notes]).fetchone() == (ids[_SAID[0]],)


@settings(max_examples=25)
@given(moves=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_everything_can_be_taken_back(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, int]]
) -> None:
    db = open_store(tmp_path_factory.mktemp("moves") / "t.db")
    _take(db, engine, _SAID)
    everything = "SELECT id, tests, failures, runs FROM clusters ORDER BY id"
    before, ids = db.conn.execute(everything).fetchall(), list(_titles(db).values())
    for into, other in moves:
        merge(db, ids[into], [ids[other]])
        assert sum(row.failures for row in clusters(db)) == len(_SAID)
    while undo(db):
        pass
    assert db.conn.execute(everything).fetchall() == before
    db.close()
