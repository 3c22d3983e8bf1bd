"""What people decided about grouping, after a program that finds other words and makes other clusters of them."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.ingest import Source
from triage.intake import Sign
from triage.model import Failure
from triage.rules import Engine
from triage.rules.model import Where
from triage.signature.fingerprint import digest
from triage.store import Store, empty_store, recluster
from triage.store import ingest as storing
from triage.store.clusters import clusters, rename, variants
from triage.store.grouping import is_aged
from triage.store.ingest import ingest
from triage.store.investigations import find_investigation, open_investigation
from triage.store.moves import MoveError, keep_apart, merge, split
from triage.store.recluster import Reclustered
from triage.store.undo import undo

_FAILURES = 8
Grouping = list[tuple[int, int]]
"""Of each failure: its word, and the cluster that this makes with others. A word is in one cluster only."""


class _Signer:
    """Signs by the number in the message."""

    grouping: Grouping
    version: str

    def __init__(self, engine: Engine) -> None:
        del engine

    def sign(self, failure: Failure, where: Where) -> Sign:
        del where
        word, home = self.grouping[int(failure.message)]
        template = f"{self.version} word {word}"
        return Sign(digest(template), template, digest(f"{self.version} {home}"), template, template)


@contextmanager
def _program(version: str, grouping: Grouping) -> Iterator[None]:
    signer = type("_Versioned", (_Signer,), {"version": version, "grouping": grouping})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storing, "Signer", signer)
        patch.setattr(recluster, "Signer", signer)
        yield


def _take(db: Store) -> None:
    cases = "".join(f'<testcase name="t{at}"><failure message="{at}"/></testcase>' for at in range(_FAILURES))
    data = f'<testsuite name="s">{cases}</testsuite>'.encode()
    ingest(db, Source("r.xml", lambda: io.BytesIO(data)), Engine([]), 1)


def _placed_anew(db: Store) -> Reclustered:
    return recluster.recluster(db, Engine([]))


def _cluster_of(db: Store) -> list[str]:
    """The cluster of each failure."""
    query = "SELECT cluster_id FROM failures f JOIN signatures s ON s.id = signature_id ORDER BY f.id"
    return [row[0] for row in db.conn.execute(query)]


def _together(db: Store) -> set[frozenset[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for at, cluster in enumerate(_cluster_of(db)):
        found[cluster].add(at)
    return {frozenset(members) for members in found.values()}


_numbers = st.integers(0, _FAILURES - 1)
_acts = st.lists(st.tuples(st.sampled_from(["merge", "split", "apart"]), _numbers, _numbers), max_size=6)


@st.composite
def _groupings(draw: st.DrawFn) -> Grouping:
    words = draw(st.lists(st.integers(0, 5), min_size=_FAILURES, max_size=_FAILURES))
    homes = draw(st.lists(st.integers(0, 3), min_size=6, max_size=6))
    return [(word, homes[word]) for word in words]


def _decide(db: Store, acts: list[tuple[str, int, int]]) -> None:
    for act, one, other in acts:
        placed = _cluster_of(db)
        with suppress(MoveError):
            if act == "split":
                split(
                    db,
                    db.conn.execute("SELECT signature_id FROM failures WHERE id = ?", [one + 1]).fetchone()[
                        0
                    ],
                )
            elif placed[one] != placed[other]:
                if act == "merge":
                    merge(db, placed[one], [placed[other]])
                else:
                    keep_apart(db, [placed[one], placed[other]])


@given(_groupings(), _acts)
def test_where_only_ids_are_others_all_is_as_before_and_so_is_every_undo(
    grouping: Grouping, acts: list[tuple[str, int, int]]
) -> None:
    with closing(empty_store()) as db, closing(empty_store()) as peer:
        with _program("old", grouping):
            for one in (db, peer):
                _take(one)
                _decide(one, acts)
        with _program("new", grouping):
            assert _placed_anew(db).lost == []
        assert _together(db) == _together(peer)
        while undo(peer):
            undo(db)
            assert _together(db) == _together(peer)


@given(_groupings(), _groupings(), _acts)
def test_what_is_apart_stays_apart_or_is_told(
    before: Grouping, after: Grouping, acts: list[tuple[str, int, int]]
) -> None:
    with closing(empty_store()) as db:
        with _program("old", before):
            _take(db)
            _decide(db, acts)
        was = _cluster_of(db)
        pairs = [(one, other) for one, other in recluster.Decisions(db).kept if (one in was and other in was)]
        with _program("new", after):
            done = _placed_anew(db)
            now = _cluster_of(db)
            for pair in pairs:
                one, other = ({now[at] for at in range(_FAILURES) if was[at] == side} for side in pair)
                assert done.lost or not one & other
            assert _placed_anew(db).moved == [], "placed anew again, nothing moves"
        assert [row.failures for row in clusters(db)] == [
            sum(variant.failures for variant in variants(db, row.id)) for row in clusters(db)
        ]


def test_two_apart_that_words_make_one_stay_two_under_their_names() -> None:
    with closing(empty_store()) as db:
        with _program("old", [(at, at) for at in range(_FAILURES)]):
            _take(db)
            one, other = _cluster_of(db)[:2]
            keep_apart(db, [one, other])
            rename(db, other, "the lighthouse")
            open_investigation(db, other, "t", "why?")
        with _program("new", [(at, max(at, 1)) for at in range(_FAILURES)]):
            done = _placed_anew(db)
        assert done.lost == []
        assert {row.title for row in clusters(db) if row.id == _cluster_of(db)[1]} == {"the lighthouse"}
        assert _cluster_of(db)[0] != _cluster_of(db)[1]


def test_two_apart_that_say_the_same_now_are_told() -> None:
    with closing(empty_store()) as db:
        with _program("old", [(at, at) for at in range(_FAILURES)]):
            _take(db)
            one, other = _cluster_of(db)[:2]
            keep_apart(db, [one, other])
        with _program("new", [(max(at, 1), max(at, 1)) for at in range(_FAILURES)]):
            assert _placed_anew(db).lost == [(one, other)]


def test_what_falls_into_parts_gives_its_name_and_notes_to_the_largest() -> None:
    with closing(empty_store()) as db:
        with _program("old", [(0, 0)] * _FAILURES):
            _take(db)
            [whole] = set(_cluster_of(db))
            rename(db, whole, "the lighthouse")
            open_investigation(db, whole, "t", "why?")
        with _program("new", [(at % 3 == 0, at % 3 == 0) for at in range(_FAILURES)]):
            _placed_anew(db)
        heir = _cluster_of(db)[1]
        assert [row.title for row in clusters(db) if row.failures == 5] == ["the lighthouse"]
        assert find_investigation(db, heir) is not None
        undo(db)
        assert next(row.title for row in clusters(db) if row.id == heir) == "new word False"


def test_a_database_of_another_version_is_known_until_it_is_placed_anew(
    db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_aged(db), "nothing is in it"
    _take(db)
    assert not is_aged(db)
    monkeypatch.setattr("triage.store.grouping.ALGORITHM", 1_000)
    assert is_aged(db)
    _placed_anew(db)
    assert not is_aged(db)
