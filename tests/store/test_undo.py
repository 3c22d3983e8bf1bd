"""Whatever was decided, in whatever order: undone act by act, everything is as it was."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.analysis.decisions import decided, taken_back
from triage.ingest import Source
from triage.model import Verdict
from triage.rules import Engine
from triage.store import Store, open_store
from triage.store.clusters import assign, clusters, follow_status, rename, set_verdict, variants
from triage.store.history import history
from triage.store.ingest import ingest
from triage.store.investigations import find_investigation, open_investigation
from triage.store.moves import MoveError, keep_apart, let_merge, merge, split
from triage.store.tags import tag_clusters, tag_tests, tags_of_tests
from triage.store.undo import undo

_SAID = [
    "no mailbox for alice",
    "no mailbox for bob",
    "pump 17 ran dry",
    "pump 0x17 ran dry.",
    "the lighthouse was dark",
]


def _take(db: Store, engine: Engine) -> None:
    cases = "".join(
        f'<testcase name="t{number}"><failure message={quoteattr(said)}/></testcase>'
        for number, said in enumerate(_SAID)
    )
    data = f'<testsuite name="s">{cases}</testsuite>'.encode()
    ingest(db, Source("r.xml", lambda: io.BytesIO(data)), engine, 1)


def _state(db: Store) -> tuple[Any, ...]:
    """All that an act can change, as a person can see it."""
    rows = clusters(db)
    return (
        rows,
        [variants(db, row.id) for row in rows],
        [find_investigation(db, row.id) for row in rows],
        tags_of_tests(db),
    )


_numbers = st.integers(0, 5)
_words = st.sampled_from(["nightly", "ann", "x y", "50%"])
_acts = st.one_of(
    st.tuples(st.just("verdict"), st.sets(_numbers, min_size=1), st.sampled_from(Verdict)),
    st.tuples(st.just("tags"), st.sets(_numbers, min_size=1), st.tuples(st.lists(_words), st.lists(_words))),
    st.tuples(st.just("tags of tests"), st.sets(_numbers, min_size=1), st.tuples(st.lists(_words), st.lists(_words))),
    st.tuples(st.just("owner"), st.sets(_numbers, min_size=1), st.one_of(_words, st.just(""))),
    st.tuples(st.just("rename"), st.sets(_numbers, min_size=1, max_size=1), _words),
    st.tuples(st.just("merge"), st.sets(_numbers, min_size=2), _numbers),
    st.tuples(st.just("split"), st.sets(_numbers, min_size=1, max_size=1), st.sets(_numbers, min_size=1)),
    st.tuples(st.just("apart"), st.sets(_numbers, min_size=2), _numbers),
    st.tuples(st.just("together"), st.sets(_numbers, min_size=2), _numbers),
)  # fmt: skip


def _do(db: Store, kind: str, which: set[int], how: Any) -> None:
    rows = clusters(db)
    ids = list(dict.fromkeys(rows[number % len(rows)].id for number in sorted(which)))
    acts: dict[str, Callable[[], object]] = {
        "verdict": lambda: set_verdict(db, ids, how),
        "tags": lambda: tag_clusters(db, ids, *how),
        "tags of tests": lambda: tag_tests(db, [f"test {number}" for number in which], *how),
        "owner": lambda: assign(db, ids, how),
        "rename": lambda: rename(db, ids[0], how),
        "merge": lambda: merge(db, ids[how % len(ids)], ids),
        "split": lambda: split(db, *_some(variants(db, ids[0]), how)),
        "apart": lambda: keep_apart(db, ids),
        "together": lambda: let_merge(db, ids),
    }
    acts[kind]()


def _some(found: list[Any], which: set[int]) -> list[str]:
    return list(dict.fromkeys(found[number % len(found)].signature for number in sorted(which)))


@settings(max_examples=60)
@given(acts=st.lists(_acts, max_size=9))
def test_any_sequence_undone_comes_back_to_the_start(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, set[int], Any]]
) -> None:
    db = open_store(tmp_path_factory.mktemp("undo") / "t.db")
    _take(db, engine)
    noted = clusters(db)[0]
    open_investigation(db, noted.id, noted.title, "why?")
    states = [_state(db)]
    for act in acts:
        done = db.conn.execute("SELECT max(act) FROM history").fetchone()[0]
        with suppress(MoveError):
            _do(db, *act)
        assert sum(row.failures for row in clusters(db)) == len(_SAID), "no failure is lost or counted twice"
        if db.conn.execute("SELECT max(act) FROM history").fetchone()[0] != done:
            states.append(_state(db))
        else:
            assert _state(db) == states[-1], "what is refused changes nothing"
    while len(states) > 1:
        assert _state(db) == states.pop()
        assert taken_back(undo(db))
    assert _state(db) == states[0]
    assert undo(db) == []
    db.close()


def test_one_act_on_many_is_undone_at_once_and_told(db: Store, engine: Engine) -> None:
    _take(db, engine)
    ids = [row.id for row in clusters(db)]
    set_verdict(db, ids[:3], Verdict.TEST_BUG)
    tag_clusters(db, ids[:1], ["nightly"])
    tag_clusters(db, ids[:2], ["ann"], ["nightly"])
    rename(db, ids[0], "the post")
    name = {row.id: row.title for row in clusters(db)}.__getitem__
    told = [taken_back(undo(db), name) for _ in range(4)]
    assert told[0].startswith("the post is called ")
    assert told[1:] == [
        "2 clusters no longer have #ann and have #nightly again",
        f"{name(ids[0])} no longer has #nightly",
        "3 clusters no longer have the verdict test bug",
    ]
    assert all(change.undone_at for change in history(db, ids[0]))


def test_what_is_decided_about_tests_and_owners_is_told(db: Store, engine: Engine) -> None:
    _take(db, engine)
    [cluster, *_] = ids = [row.id for row in clusters(db)]
    tag_tests(db, ["test_one", "test_two"], ["flaky"])
    tag_tests(db, ["test_one"], take=["flaky"])
    assign(db, ids[:2], "ann")
    assign(db, [cluster], "")
    assert [decided(change, cluster) for change in history(db, cluster)] == [
        "owner: ann",
        "owner: ann no longer",
    ]
    name = {row.id: row.title for row in clusters(db)}.__getitem__
    assert [taken_back(undo(db), name) for _ in range(4)] == [
        f"{name(cluster)} has the owner ann again",
        "2 clusters no longer have the owner ann",
        "test_one has #flaky again",
        "2 tests no longer have #flaky",
    ]
    assert tags_of_tests(db) == {}


def test_the_history_of_a_cluster_says_what_was_merged_and_split(db: Store, engine: Engine) -> None:
    _take(db, engine)
    rows = {row.title: row.id for row in clusters(db)}
    one, other = rows[_SAID[0]], rows[_SAID[1]]
    merge(db, one, [other])
    keep_apart(db, [one, rows[_SAID[4]]])
    new = split(
        db, next(v.signature for v in variants(db, one) if "bob" in v.template or "alice" in v.template)
    )
    assert [decided(change, one) for change in history(db, one)] == [
        f"merged: {other[:8]} into it",
        f"never to be merged with {rows[_SAID[4]][:8]}",
        f"split: {new[:8]} left it",
    ]
    assert decided(history(db, new)[0], new) == f"split off from {one[:8]}"
    assert decided(history(db, other)[0], other) == f"merged into {one[:8]}"


def test_what_the_program_does_by_itself_is_no_act(db: Store, engine: Engine) -> None:
    _take(db, engine)
    row = clusters(db)[0]
    set_verdict(db, [row.id], Verdict.FLAKY)
    follow_status(db, row.id, "investigating")
    assert [change.field for change in history(db, row.id)] == ["verdict", "status"]
    assert [change.field for change in undo(db)] == ["verdict"]
    assert clusters(db)[0].status == "investigating"
