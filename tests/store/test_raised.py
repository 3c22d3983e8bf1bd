"""Where a failure was raised is part of its signature, and of no cluster: what is one problem in two places can be told apart."""

from __future__ import annotations

import io

import pytest

from triage.analysis.explain import by_words, explain
from triage.export.report import gather
from triage.ingest import Source
from triage.rules import Engine
from triage.store import Store
from triage.store.clusters import Variant, clusters, variants
from triage.store.history import history
from triage.store.ingest import ingest
from triage.store.moves import split
from triage.store.recluster import recluster
from triage.store.twins import _mark
from triage.store.undo import undo

_TRACE = """Traceback (most recent call last):
  File "{root}/tests/test_shop.py", line 9, in test_it
  File "{root}/shop/{file}", line {line}, in take
shop.errors.LeaseError: the lease of order {number} is gone
"""
_WORDS = "shop.errors.LeaseError: the lease of order <num> is gone"


def _take(db: Store, files: list[str], root: str = "/srv/a", name: str = "r.xml") -> None:
    cases = "".join(
        f'<testcase name="t{at}" classname="c"><failure>'
        + _TRACE.format(root=root, file=file, line=at + 3, number=at)
        + "</failure></testcase>"
        for at, file in enumerate(files)
    )
    data = f'<testsuite name="s">{cases}</testsuite>'.encode()
    ingest(db, Source(name, lambda: io.BytesIO(data)), Engine([]), 1)


def _found(db: Store) -> list[Variant]:
    [row] = clusters(db)
    return variants(db, row.id)


def test_one_cluster_has_a_variant_for_each_file_that_raises_it(db: Store) -> None:
    _take(db, ["cart.py", "orders.py", "cart.py", "cart.py"])
    assert [(one.template, one.raised, one.failures) for one in _found(db)] == [
        (_WORDS, "cart.py", 3),
        (_WORDS, "orders.py", 1),
    ]
    assert _found(db)[1].said == f"{_WORDS}, raised in orders.py"


def test_neither_machine_nor_line_counts(db: Store) -> None:
    _take(db, ["cart.py"])
    before = _found(db)[0].signature
    _take(db, ["x.py", "cart.py"], root="/home/ci/work", name="other.xml")
    assert [one.signature for one in _found(db) if one.raised == "cart.py"] == [before]


@pytest.mark.parametrize(
    "file", ["test_more.py", "../tests/helpers.py", "../../usr/lib/python3/json/decoder.py"]
)
def test_what_is_not_the_projects_own_code_tells_nothing_apart(db: Store, file: str) -> None:
    _take(db, [file])
    assert [one.raised for one in _found(db)] == [""]


def test_what_two_places_raise_can_be_split_and_comes_back(db: Store) -> None:
    _take(db, ["cart.py", "orders.py", "cart.py"])
    [row] = clusters(db)
    new = split(db, _found(db)[1].signature)
    titles = {one.id: (one.title, one.failures) for one in clusters(db)}
    assert titles[new] == (f"{_WORDS}, raised in orders.py", 1)
    assert titles[row.id][1] == 2
    _take(db, ["orders.py"], name="later.xml")
    assert {one.id: one.failures for one in clusters(db)}[new] == 2, "what comes later belongs to it too"
    undo(db)
    assert [one.failures for one in clusters(db)] == [4]


def test_the_reasons_tell_of_words_once_and_of_all_places(db: Store) -> None:
    _take(db, ["cart.py", "orders.py", "cart.py"])
    [row] = clusters(db)
    report = gather(db, row)
    [(variant, alike)] = by_words(report.variants, report.members)
    reason = explain(row, alike, variant, [row])
    assert (reason.failures, reason.looked_at) == (3, 3)
    [places] = [said for name, said in reason.lines if name == "raised in"]
    assert "cart.py take" in places and "orders.py take" in places


def test_failures_of_before_learn_it_and_keep_their_clusters_and_decisions(db: Store) -> None:
    """As a database that was made before: one signature for all places."""
    _take(db, ["cart.py", "orders.py"])
    [row] = clusters(db)
    kept, gone = (one.signature for one in _found(db))
    db.conn.execute("UPDATE failures SET signature_id = ? WHERE signature_id = ?", [kept, gone])
    db.conn.execute("DELETE FROM signatures WHERE id = ?", [gone])
    db.conn.execute("UPDATE signatures SET raised = ''")
    done = recluster(db, Engine([]))
    assert done.moved == []
    assert [one.id for one in clusters(db)] == [row.id]
    assert {one.raised for one in _found(db)} == {"cart.py", "orders.py"}
    assert history(db, row.id) == []


def test_an_error_that_two_formats_of_a_run_tell_is_one_though_only_one_knows_where(db: Store) -> None:
    trace = _TRACE.format(root="/srv/a", file="cart.py", line=3, number=4)
    for name, text in (("a.log", trace), ("b.log", trace.splitlines()[-1] + "\n")):
        ingest(db, Source(name, lambda text=text: io.BytesIO(text.encode())), Engine([]), 1)  # type: ignore[misc]
    assert {one.raised for one in _found(db)} == {"cart.py", ""}
    _mark(db, 1, 2)
    told = "SELECT run_id, retold FROM failures ORDER BY run_id"
    assert db.conn.execute(told).fetchall() == [(1, 0), (2, 1)]
