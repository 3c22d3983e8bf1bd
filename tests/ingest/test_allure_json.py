"""Allure: one directory is one run, retries are tries of one case, fixtures that break are told."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from triage.ingest import IngestError, Source, collect
from triage.model import Outcome, Run
from triage.sources import resolve


def result(uuid: str, status: str | None, start: int = 1, **more: Any) -> dict[str, Any]:
    told = {"uuid": uuid, "historyId": uuid, "name": f"test {uuid}", "stage": "finished", "labels": []}
    told |= {"start": start, "stop": start + 500, "fullName": f"shop.Till.{uuid}", **more}
    return told if status is None else told | {"status": status}


def write(folder: Path, *documents: dict[str, Any], indent: int | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(documents, 1):
        kind = "container" if "befores" in document else "result"
        (folder / f"{number:08d}-{kind}.json").write_text(json.dumps(document, indent=indent))


def runs(*names: object) -> list[Run]:
    found = list(resolve([str(name) for name in names]))
    assert not [item for item in found if isinstance(item, IngestError)]
    return [collect(item) for item in found if isinstance(item, Source)]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_directory_is_one_run_whatever_lies_in_it(tmp_path: Path, indent: int | None) -> None:
    folder = tmp_path / "allure-results"
    statuses = ("passed", "failed", "broken", "skipped", "unknown", None)
    write(folder, *(result(str(n), status, n) for n, status in enumerate(statuses)), indent=indent)
    (folder / "11111111-2222-3333-4444-555555555555-attachment.txt").write_text(
        "ERROR all of it is on fire\n"
    )
    (folder / "attachment-log.txt").write_text("ERROR all of it is on fire\n")
    (folder / "environment.properties").write_text("stage=ci\n")
    (folder / "executor.json").write_text('{"name": "ci"}')
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "junit.xml").write_text('<testsuite name="a"><testcase name="b"/></testsuite>')
    other, run = runs(tmp_path)
    assert (other.format, run.format, run.source) == ("junit-xml", "allure-json", str(folder))
    assert [case.outcome for case in run.cases] == [
        Outcome.PASSED, Outcome.FAILED, Outcome.ERROR, Outcome.SKIPPED, Outcome.SKIPPED, Outcome.SKIPPED
    ]  # fmt: skip
    assert "2 tests have no known status" in run.warnings[0].text


def test_files_named_one_by_one_and_archives_are_one_run_too(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    write(folder, result("a", "passed"), result("b", "failed"))
    [run] = runs(*sorted(folder.iterdir()))
    assert run.totals.tests == 2
    with tarfile.open(tmp_path / "all.tar.gz", "w:gz") as archive:
        archive.add(folder, "deep/results")
    [packed] = runs(tmp_path / "all.tar.gz")
    assert (packed.source, packed.totals) == (f"{tmp_path / 'all.tar.gz'}!deep/results", run.totals)
    [alone] = runs(folder / "00000002-result.json")
    assert alone.totals.failed == 1


def test_the_newest_try_decides(tmp_path: Path) -> None:
    write(
        tmp_path,
        result("x", "passed", 9_000, historyId="one"),
        result("y", "broken", 1_000, historyId="one", statusDetails={"message": "till is busy"}),
        result("z", "passed", 5, historyId="two"),
        result("v", "failed", 6, historyId="two", statusDetails={"message": "still busy"}),
    )
    [run] = runs(tmp_path)
    assert [(case.outcome, case.attempts) for case in run.cases] == [
        (Outcome.FAILED, 2), (Outcome.PASSED, 2)
    ]  # fmt: skip
    flaky = run.cases[1]
    assert flaky.flaky and [f.message for f in flaky.failures] == ["till is busy"]


def test_one_history_of_two_names_is_two_tests(tmp_path: Path) -> None:
    """pytest gives two rows of data one id where their values are the same."""
    pytest_s = {"historyId": "one", "labels": [{"name": "framework", "value": "pytest"}]}
    write(
        tmp_path,
        result("sum[a0]", "failed", 5, statusDetails={"message": "no"}, **pytest_s),
        result("sum[a1]", "passed", 6, **pytest_s),
    )
    [run] = runs(tmp_path)
    assert (run.totals.passed, run.totals.failed, run.totals.flaky) == (1, 1, 0)


def test_what_passed_twice_is_not_flaky(tmp_path: Path) -> None:
    write(tmp_path, result("x", "passed", 5, historyId="one"), result("y", "passed", 6, historyId="one"))
    [run] = runs(tmp_path)
    assert (run.totals.tests, run.totals.flaky) == (1, 0)


def test_fixtures_that_break(tmp_path: Path) -> None:
    broken = {"name": "key", "status": "broken", "statusDetails": {"message": "the key is lost"}}
    write(
        tmp_path,
        result("a", "passed"),
        result("b", "broken", statusDetails={"message": "the key is lost"}),
        {"uuid": "1", "children": ["a"], "befores": [], "afters": [broken], "start": 1},
        {"uuid": "2", "children": ["b"], "befores": [broken], "start": 1},
    )
    [run] = runs(tmp_path)
    assert run.totals.red == 1
    assert [f.message for f in run.failures] == ["key: the key is lost"], "what a test told is not told twice"


def test_what_broke_outside_of_tests_since_allure_3(tmp_path: Path) -> None:
    error = {
        "timestamp": 1,
        "message": "no database",
        "trace": "IllegalStateException: no database\n\tat a.B.c(B.java:4)",
    }
    write(tmp_path, result("1", "passed"), {"uuid": "2", "name": "bare", "start": 1, "stop": 2})
    (tmp_path / "3-globals.json").write_text(json.dumps({"errors": [error], "attachments": []}))
    [run] = runs(tmp_path)
    assert [case.outcome for case in run.cases] == [Outcome.PASSED, Outcome.SKIPPED]
    assert [(failure.message, failure.line) for failure in run.failures] == [("no database", 4)]


def test_a_document_that_is_broken_costs_no_other(tmp_path: Path) -> None:
    write(tmp_path, result("a", "passed"), result("b", "passed"))
    (tmp_path / "00000009-result.json").write_text(json.dumps(result("c", "failed"))[:-9])
    [run] = runs(tmp_path)
    assert run.totals.passed == 2 and "1 of the 3 documents" in run.warnings[0].text


def test_names_places_and_facts(tmp_path: Path) -> None:
    def labels(**named: str) -> list[dict[str, str]]:
        return [{"name": name, "value": value} for name, value in named.items()]

    write(
        tmp_path,
        result("a", "passed", 1, name="test_a[1]",
               labels=labels(framework="pytest", parentSuite="tests.api", suite="test_till", subSuite="TestIt")),
        result("b", "passed", 2, name="opens", labels=labels(testClass="shop.TillTest", owner="ann")),
        result("c", "passed", 3, name="closes", labels=labels(parentSuite="shop", suite="till"),
               parameters=[{"name": "level", "value": "gold"}, {"name": "k", "value": "s", "mode": "hidden"}]),
    )  # fmt: skip
    [run] = runs(tmp_path)
    assert [(case.file, case.suite, case.name) for case in run.cases] == [
        ("tests/api/test_till.py", "TestIt", "test_a[1]"),
        (None, "shop.TillTest", "opens"),
        (None, "shop > till", "closes [gold]"),
    ]
    assert ("owner", "ann") in run.cases[1].properties
    assert run.cases[2].properties == (("level", "gold"),)


def test_test_cases_of_a_finished_report(tmp_path: Path) -> None:
    case = {
        "uid": "1f", "name": "opens", "fullName": "shop.Till.opens", "historyId": "h", "status": "failed",
        "statusMessage": "no drawer", "statusTrace": "java.lang.Error: no drawer\n\tat shop.Till.opens(Till.java:7)",
        "time": {"start": 1000, "stop": 3000, "duration": 2000}, "newFailed": False, "labels": [], "extra": {
            "retries": [{"uid": "1e", "status": "broken", "statusDetails": "busy", "time": {"start": 1}}]},
    }  # fmt: skip
    write(tmp_path / "data" / "test-cases", case)
    [run] = runs(tmp_path)
    [told] = run.cases
    assert (told.attempts, told.duration, [f.message for f in told.failures]) == (
        2,
        2.0,
        ["busy", "no drawer"],
    )
    assert told.failures[1].file == "Till.java"
