"""A report that calls tests by their bare names means the tests of its runs, whichever is read first."""

from __future__ import annotations

import io
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from triage.ingest import Source
from triage.model import Verdict
from triage.rules import Engine
from triage.sources.session import Session, ingest_all
from triage.store import Store, open_store
from triage.store.bare_names import meant_now
from triage.store.clusters import clusters, rename, set_verdict
from triage.store.ingest import ingest, next_batch
from triage.store.investigations import find_investigation, open_investigation
from triage.store.moves import merge
from triage.store.recluster import recluster
from triage.store.tags import tag_tests, tags_of_tests
from triage.store.tests import failing_tests

_REPORT = b"""# Test report

| Test | Status | Reason |
| --- | --- | --- |
| test_price | FAIL | assert 3 == 4 |
| test_stock | PASS | |

2 tests, 1 passed, 1 failed
"""


def _run(file: str, said: str = "assert 3 == 4") -> bytes:
    return (
        f'<testsuite name="pytest"><testcase classname="{file}" file="{file}.py" name="test_price">'
        f'<failure message="{said}">E       {said}</failure></testcase></testsuite>'
    ).encode()


def _read(db: Store, engine: Engine, *texts: bytes) -> None:
    for number, text in enumerate(texts):
        name = "report.md" if text is _REPORT else f"run-{number}.xml"
        ingest(db, Source(name, partial(io.BytesIO, text)), engine, next_batch(db))


def _call(db: Store, engine: Engine, folder: Path, text: bytes, name: str) -> Session:
    path = folder / name
    path.write_bytes(text)
    return ingest_all(db, [str(path)], engine)


@pytest.mark.parametrize("order", permutations(range(3)))
def test_any_order_of_calls_makes_the_same_clusters(
    order: tuple[int, ...], tmp_path: Path, engine: Engine
) -> None:
    report, readme, rest = (
        [SAMPLES / "nightly-report.md"],
        [SAMPLES / "README.md"],
        [path for path in SAMPLES.iterdir() if path.suffix not in (".md", ".json") or "web" in path.name],
    )
    db = open_store(tmp_path / "calls.db")
    for part in order:
        ingest_all(db, list(map(str, (report, readme, rest)[part])), engine)
    together = open_store(tmp_path / "together.db")
    ingest_all(together, list(map(str, report + readme + rest)), engine)
    assert [(row.id, row.tests, row.failures, row.runs) for row in clusters(db)] == [
        (row.id, row.tests, row.failures, row.runs) for row in clusters(together)
    ]
    assert {test.test for test in failing_tests(db)} == {test.test for test in failing_tests(together)}


def test_what_people_said_of_the_bare_name_comes_along(db: Store, engine: Engine, tmp_path: Path) -> None:
    _call(db, engine, tmp_path, _REPORT, "report.md")
    (bare,) = clusters(db)
    set_verdict(db, [bare.id], Verdict.TEST_BUG)
    rename(db, bare.id, "three is not four")
    open_investigation(db, bare.id, "t", "why?")
    tag_tests(db, [failing_tests(db)[0].test], ["quarantine"])
    session = _call(db, engine, tmp_path, _run("tests/shop"), "run.xml")
    (row,) = clusters(db)
    assert session.moved == 1
    assert "1 failure of reports read before" in session.note
    assert (row.title, row.verdict, row.tests, row.failures) == ("three is not four", Verdict.TEST_BUG, 1, 2)
    assert row.id != bare.id
    assert find_investigation(db, row.id) is not None
    (test,) = failing_tests(db)
    assert (test.test.startswith("tests/shop.py"), test.tags) == (True, ("quarantine",))
    assert list(tags_of_tests(db)) == [test.test]


def test_a_merge_of_the_bare_name_still_holds(db: Store, engine: Engine, tmp_path: Path) -> None:
    _call(db, engine, tmp_path, _REPORT, "report.md")
    (bare,) = clusters(db)
    _call(
        db,
        engine,
        tmp_path,
        _run("tests/other", "the lighthouse was dark").replace(b"_price", b"_dark"),
        "other.xml",
    )
    dark = next(row.id for row in clusters(db) if "lighthouse" in row.title)
    merge(db, dark, [bare.id])
    _call(db, engine, tmp_path, _run("tests/shop"), "run.xml")
    assert [(row.id, row.failures) for row in clusters(db)] == [(dark, 3)]


@pytest.mark.parametrize("order", permutations(range(3)))
def test_a_name_that_a_second_test_has_is_bare_in_any_order(
    order: tuple[int, ...], tmp_path: Path, engine: Engine
) -> None:
    texts = (_REPORT, _run("tests/shop"), _run("tests/depot"))
    db = open_store(tmp_path / "calls.db")
    for part in order:
        _call(db, engine, tmp_path, texts[part], ("report.md", "shop.xml", "depot.xml")[part])
    assert {test.test for test in failing_tests(db)} == {
        "test_price", "tests/shop.py::test_price", "tests/depot.py::test_price",
    }  # fmt: skip
    assert [(row.tests, row.failures) for row in clusters(db)] == [(1, 1)] * 3
    assert meant_now(db) == {}


def test_a_name_that_two_tests_have_stays_bare(db: Store, engine: Engine, tmp_path: Path) -> None:
    _call(db, engine, tmp_path, _REPORT, "report.md")
    both = _run("tests/shop") + _run("tests/depot")
    data = b"<testsuites>" + both + b"</testsuites>"
    assert _call(db, engine, tmp_path, data, "run.xml").moved == 0
    assert "test_price" in {test.test for test in failing_tests(db)}


def test_placing_anew_does_what_a_call_that_was_stopped_left(db: Store, engine: Engine) -> None:
    _read(db, engine, _REPORT, _run("tests/shop"))
    assert len(meant_now(db)) == 1
    assert len(clusters(db)) == 2
    assert recluster(db, engine).failures == 1
    assert [(row.tests, row.failures) for row in clusters(db)] == [(1, 2)]
    assert meant_now(db) == {}
