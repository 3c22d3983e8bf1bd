"""A run that two reporters wrote down is counted once, and nothing that only one of them tells is lost."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from tests.conftest import DATA, FRESH
from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import Store, open_store
from triage.store.clusters import clusters
from triage.store.runs import runs

PYTEST = ("pytest/junit-xunit2.xml", "pytest/console-ci.txt", "pytest/reportlog.jsonl")


def _read(path: Path, engine: Engine, names: tuple[str, ...]) -> Store:
    db = open_store(path)
    ingest_all(db, [str(FRESH / name) for name in names], engine)
    return db


def test_three_descriptions_of_one_run_count_once_in_any_order(tmp_path: Path, engine: Engine) -> None:
    seen = set()
    for number, names in enumerate(permutations(PYTEST)):
        db = _read(tmp_path / f"{number}.db", engine, names)
        [main] = [run for run in runs(db) if run.same_as is None]
        assert {run.same_as for run in runs(db) if run.id != main.id} == {main.id}
        rows = clusters(db)
        assert all(row.runs == 1 for row in rows)
        seen.add((main.format, main.totals, tuple((row.id, row.tests, row.failures) for row in rows)))
        assert all("counted instead" in run.why for run in runs(db) if run.same_as is not None)
        db.close()
    assert len(seen) == 1


def test_of_two_that_name_the_same_tests_the_one_counts_that_counts_more(engine: Engine, db: Store) -> None:
    """nextest's console counts what was skipped and does not name it, its JUnit report does not know it."""
    nextest = DATA / "recorded" / "nextest"
    ingest_all(db, [str(nextest / "junit.xml"), str(nextest / "console-retries.txt")], engine)
    [main] = [run for run in runs(db) if run.same_as is None]
    assert (main.format, main.totals.skipped) == ("nextest-console", 1)


def test_a_failure_of_the_run_that_only_the_twin_tells_is_kept(
    tmp_path: Path, engine: Engine, db: Store
) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(
        '<testsuite name="pytest" tests="2"><testcase classname="tests.test_a" name="test_one" time="0.1"/>'
        '<testcase classname="tests.test_a" name="test_two" time="0.1"><failure message="assert 1 == 2"/></testcase></testsuite>'
    )
    log = tmp_path / "reportlog.jsonl"
    log.write_text(
        '{"pytest_version": "8.3.2", "$report_type": "SessionStart"}\n'
        '{"nodeid": "tests/test_b.py", "outcome": "failed", "longrepr": "ModuleNotFoundError: No module named \'pump\'", "result": null, "$report_type": "CollectReport"}\n'
        + "".join(
            f'{{"nodeid": "tests/test_a.py::{name}", "location": ["tests/test_a.py", 1, "{name}"], "outcome": "{outcome}",'
            f' "when": "call", "longrepr": {why}, "duration": 0.1, "$report_type": "TestReport"}}\n'
            for name, outcome, why in (
                ("test_one", "passed", "null"),
                ("test_two", "failed", '"E   assert 1 == 2"'),
            )
        )
    )
    ingest_all(db, [str(report), str(log)], engine)
    assert sum(run.same_as is None for run in runs(db)) == 1
    titles = [row.title for row in clusters(db)]
    assert any("pump" in title for title in titles), titles


@pytest.mark.parametrize(
    "other",
    [
        '<testsuite tests="1" timestamp="2026-03-01T10:00:00"><testcase classname="a" name="adds" time="9.0"/></testsuite>',
        '<testsuite tests="1"><testcase classname="a" name="totals"/></testsuite>',
        '<testsuite tests="1"><testcase classname="a" name="adds"><failure message="no"/></testcase></testsuite>',
    ],
)
def test_runs_that_differ_are_two(tmp_path: Path, engine: Engine, db: Store, other: str) -> None:
    """By what ran, how it ended or how long it took."""
    (tmp_path / "a.tap").write_text("TAP version 13\n1..1\nok 1 - adds # time=10\n")
    (tmp_path / "b.xml").write_text(
        other if "9.0" not in other else other.replace('name="adds"', 'name="adds up"')
    )
    ingest_all(db, [str(tmp_path)], engine)
    assert [run.same_as for run in runs(db)] == [None, None]


@pytest.mark.parametrize(("folder", "tests"), [("reports", 12), ("rerun", 13)])
@pytest.mark.parametrize("backwards", [False, True])
def test_files_of_one_class_count_once_beside_their_summary(
    tmp_path: Path, engine: Engine, db: Store, folder: str, tests: int, backwards: bool
) -> None:
    """Whatever the text of a class says: it names no test that passed, and counts tries."""
    files = sorted((DATA / "recorded" / "failsafe" / folder).iterdir(), reverse=backwards)
    ingest_all(db, list(map(str, files)), engine)
    counted = [run for run in runs(db) if run.same_as is None]
    assert {run.format for run in counted} == {"junit-xml"}
    assert sum(run.totals.tests for run in counted) == tests


def test_what_a_summary_says_of_the_run_is_kept(tmp_path: Path, engine: Engine, db: Store) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "failsafe-summary.xml").write_text(
            "<failsafe-summary><completed>1</completed><failureMessage>the fork died</failureMessage></failsafe-summary>"
            + "\n" * (folder == "b")
        )
    (tmp_path / "a" / "TEST-a.xml").write_text('<testsuite><testcase classname="a" name="adds"/></testsuite>')
    ingest_all(db, [str(tmp_path)], engine)
    assert [(Path(run.source).parent.name, run.format) for run in runs(db) if run.same_as is None] == [
        ("b", "failsafe-xml"), ("a", "junit-xml")
    ]  # fmt: skip
    [row] = clusters(db)
    assert (row.title, row.failures) == ("the fork died", 2)


def test_two_runs_of_one_format_are_two(tmp_path: Path, engine: Engine, db: Store) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text(
            f'<testsuite name="{name}"><testcase classname="a" name="adds"/></testsuite>'
        )
    ingest_all(db, [str(tmp_path)], engine)
    assert [run.same_as for run in runs(db)] == [None, None]
