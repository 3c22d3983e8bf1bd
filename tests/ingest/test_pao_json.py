"""The object that Laravel PAO prints in place of the console of a PHP tool."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.made import case, counts, headlines, run_of
from triage.ingest import IngestError
from triage.model import Outcome


def told(tool: str, result: str, **more: Any) -> str:
    return json.dumps({"tool": tool, "result": result, **more})


def detail(test: str, message: str, **more: Any) -> dict[str, Any]:
    return {"test": test, "file": "/app/tests/TankTest.php", "line": 12, "message": message, **more}


def test_what_failed_and_what_broke() -> None:
    run = run_of(
        told(
            "pest",
            "failed",
            tests=9,
            passed=5,
            assertions=20,
            duration_ms=1500,
            failed=1,
            failures=[detail("P\\Tests\\Unit\\TankTest::__pest_evaluable_is_full", "Failed asserting that 3 is 4.")],
            errors=2,
            error_details=[
                detail("Tests\\TankTest::drains", "No pump.", trace=["/app/src/Pump.php:7"]),
                detail("Tests\\TankTest::leaks", "No seal."),
            ],
            skipped=1,
        )
    )  # fmt: skip
    assert run.format == "pao-json"
    assert counts(run) == (9, 5, 1, 2, 1)
    full, drains = case(run, "is_full"), case(run, "drains")
    assert (full.outcome, full.suite) == (Outcome.FAILED, "Tests\\Unit\\TankTest")
    assert full.failures[0].headline == "Failed asserting that 3 is 4."
    assert (drains.outcome, drains.failures[0].message) == (Outcome.ERROR, "No pump.")
    assert (drains.failures[0].file, drains.failures[0].line) == ("/app/tests/TankTest.php", 12)


def test_all_passed() -> None:
    run = run_of(told("phpunit", "passed", tests=7, passed=7, duration_ms=20, incomplete=2))
    assert counts(run) == (7, 5, 0, 0, 2)
    assert not run.failures


def test_findings_of_phpstan_are_failures_of_the_run() -> None:
    found = {
        "/app/src/Pump.php": [{"line": 9, "message": "Unknown class Seal.", "identifier": "class.notFound"}]
    }
    run = run_of(told("phpstan", "failed", errors=1, error_details=found))
    [failure] = run.failures
    assert (failure.type, failure.message) == ("class.notFound", "Unknown class Seal.")
    assert (failure.file, failure.line) == ("/app/src/Pump.php", 9)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"tests": 0, "raw": ["No tests found."]}, "No tests found."),
        ({"tests": 3, "passed": 3}, "paratest says that it failed, and not of what"),
        ({"raw": ["PHP Fatal error:  Cannot redeclare fill()"]}, "PHP Fatal error:  Cannot redeclare fill()"),
    ],
)
def test_a_result_that_is_red_without_a_test_that_is(more: dict[str, Any], said: str) -> None:
    run = run_of(told("paratest", "failed", **more))
    assert headlines(run) == [said]


def test_another_result_is_refused() -> None:
    with pytest.raises(IngestError):
        run_of(told("pest", "later", tests=1))
