"""CTRF as its reporters write it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from triage.ingest import Source, collect
from triage.model import Outcome, Run

TextSource = Callable[[str | bytes], Source]


def report(*tests: dict[str, Any], **more: Any) -> str:
    summary = {"tests": len(tests), "passed": 0, "failed": 0, "pending": 0, "skipped": 0, "other": 0}
    summary["failed"] = sum(test["status"] == "failed" for test in tests)
    summary.update(start=1_700_000_000_000, stop=1_700_000_002_500)
    return json.dumps({"results": {"tool": {"name": "pump"}, "summary": summary, "tests": tests, **more}})


def one(run: Run) -> Any:
    [case] = run.cases
    return case


def test_a_report_without_its_name_is_known(text_source: TextSource) -> None:
    """The format had no ``reportFormat`` before its first version."""
    run = collect(text_source(report({"name": "opens", "status": "passed", "duration": 1500})))
    assert (run.format, run.info.duration, run.info.started) == (
        "ctrf-json",
        2.5,
        "2023-11-14T22:13:20+00:00",
    )
    assert one(run).duration == 1.5


def test_every_status(text_source: TextSource) -> None:
    names = {
        "passed": Outcome.PASSED,
        "failed": Outcome.FAILED,
        "skipped": Outcome.SKIPPED,
        "pending": Outcome.SKIPPED,
        "other": Outcome.SKIPPED,
    }
    run = collect(text_source(report(*({"name": name, "status": name, "duration": 0} for name in names))))
    assert {case.name: case.outcome for case in run.cases} == names


def test_what_other_stands_for_is_in_the_raw_status(text_source: TextSource) -> None:
    for raw, outcome in (
        ("timedOut", Outcome.ERROR),
        ("broken", Outcome.ERROR),
        ("xfailed", Outcome.XFAILED),
    ):
        text = report({"name": "x", "status": "other", "rawStatus": raw, "duration": 0})
        assert one(collect(text_source(text))).outcome is outcome


def test_retries_and_flaky(text_source: TextSource) -> None:
    attempt = {"attempt": 1, "status": "failed", "message": "busy", "trace": "Error: busy\n    at a.js:3:1"}
    run = collect(
        text_source(
            report(
                {"name": "a", "status": "passed", "duration": 1, "flaky": True, "retryAttempts": [attempt]},
                {"name": "b", "status": "passed", "duration": 1, "flaky": True},
                {"name": "c", "status": "failed", "duration": 1, "retries": 2, "message": "no"},
                {"name": "d", "status": "passed", "duration": 1, "retries": 0, "flaky": False},
            )
        )
    )
    assert [case.attempts for case in run.cases] == [2, 2, 3, 1]
    assert run.totals.flaky == 2
    assert [(f.message, f.file, f.line) for f in run.cases[0].failures] == [("busy", "a.js", 3)]


def test_suite_is_a_text_or_a_path(text_source: TextSource) -> None:
    for suite in ("shop > till", ["shop", "till"]):
        case = one(collect(text_source(report({"name": "a", "status": "passed", "suite": suite}))))
        assert case.suite == "shop > till"


def test_names_of_pytest_are_taken_apart(text_source: TextSource) -> None:
    case = one(collect(text_source(report({"name": "t/test_a.py::TestB::test_c[1]", "status": "passed"}))))
    assert (case.file, case.suite, case.name) == ("t/test_a.py", "TestB", "test_c[1]")


def test_wrong_counts_are_told(text_source: TextSource) -> None:
    text = report({"name": "a", "status": "passed"}).replace('"tests": 1', '"tests": 7')
    assert "counts 7 tests, 1 are listed" in collect(text_source(text)).warnings[0].text


def test_errors_of_the_run_itself(text_source: TextSource) -> None:
    text = report(
        {"name": "a", "status": "passed"}, extra={"errors": [{"message": "Error: global setup broke"}]}
    )
    [failure] = collect(text_source(text)).failures
    assert (failure.kind, failure.message) == ("error", "Error: global setup broke")


def test_facts_of_a_test(text_source: TextSource) -> None:
    test = {
        "name": "a", "status": "skipped", "message": "no carrier", "tags": ["smoke"], "browser": "webkit 17",
        "labels": {"owner": "ann"}, "filePath": "a.spec.ts", "line": 7, "stdout": ["one", "two"],
    }  # fmt: skip
    case = one(collect(text_source(report(test, environment={"testEnvironment": "staging"}))))
    assert (case.file, case.line, case.output) == ("a.spec.ts", 7, "one\ntwo")
    assert set(case.properties) == {
        ("tag", "smoke"), ("browser", "webkit 17"), ("owner", "ann"), ("reason", "no carrier")
    }  # fmt: skip
