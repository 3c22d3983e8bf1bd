"""Dialects of newer runners beyond what their recordings show."""

from __future__ import annotations

import json

from tests.ingest.made import case, counts, run_of
from triage.model import Outcome


def test_what_a_compiler_said_above_google_test_is_none_of_its_failures() -> None:
    run = run_of("""
    shelf.cpp:4: error: deprecated shelf
    [==========] Running 1 test from 1 test suite.
    [----------] Global test environment set-up.
    [----------] 1 test from Shelf
    [ RUN      ] Shelf.Holds
    [       OK ] Shelf.Holds (0 ms)
    [----------] 1 test from Shelf (0 ms total)

    shelf.cpp:9: Failure
    Failed
    the shelf is still up

    [----------] Global test environment tear-down
    [==========] 1 test from 1 test suite ran. (0 ms total)
    [  PASSED  ] 1 test.
    [  FAILED  ] Shelf: SetUpTestSuite or TearDownTestSuite
    """)
    assert (run.format, counts(run)[:3]) == ("gtest-console", (1, 1, 0))
    [failure] = run.failures
    assert (failure.message, failure.file, failure.line) == (
        "the shelf is still up\nin Shelf",
        "shelf.cpp",
        9,
    )


def test_a_parallel_run_of_swift_counts_a_test_once_whatever_it_is_called() -> None:
    run = run_of("""
    [1/3] Testing ShopTests.TillTests/testOpens
    [2/3] Testing ShopTests.TillTests/testPays
    [3/3] Testing ShopTests.TillTests/testCloses
    Test Suite 'Selected tests' started at 2026-03-02 03:00:00.000
    Test Case '-[ShopTests.TillTests testPays]' started.
    Till.swift:7: error: -[ShopTests.TillTests testPays] : XCTAssertTrue failed -
    Test Case '-[ShopTests.TillTests testPays]' failed (0.001 seconds).
    \t Executed 1 test, with 1 failure (0 unexpected) in 0.001 (0.001) seconds
    """)
    assert counts(run)[:3] == (3, 2, 1)
    assert [failure.message for failure in case(run, "testPays").failures] == ["XCTAssertTrue failed"]


def test_the_error_of_julia_and_its_summary_count_once_in_any_order() -> None:
    green = "Test Summary: | Pass  Total\nShelf         |    2      2"
    red = "Test Summary: | Pass  Fail  Total\nTill          |    1     1      2"
    said = "Till: Test Failed at till.jl:4\n  Expression: pay() == 3\n   Evaluated: 4 == 3"
    error = "ERROR: LoadError: Some tests did not pass: 1 passed, 1 failed, 0 errored, 0 broken."
    for order in ((error, said, green, red), (green, said, red, error), (said, green, red)):
        assert counts(run_of("\n".join(order)))[:3] == (4, 3, 1)


def test_a_log_of_meson_that_breaks_off() -> None:
    test = {
        "name": "shop:pays",
        "stdout": "",
        "result": "FAIL",
        "starttime": 1.0,
        "duration": 0.5,
        "returncode": -6,
    }
    text = f"{json.dumps(test | {'stderr': 'till is locked'})}\n{json.dumps(test)[:60]}"
    run = run_of(text)
    assert (run.format, counts(run)[:3]) == ("meson-json", (1, 0, 1))
    [failure] = case(run, "shop:pays").failures
    assert failure.message == "till is locked\nFAIL: killed by signal 6"
    assert (case(run, "shop:pays").outcome, len(run.warnings)) == (Outcome.FAILED, 1)


def test_elixir_counts_what_was_not_run() -> None:
    run = run_of("""
      1) test pays (ShopTest)
         test/shop_test.exs:7
         Assertion with == failed

    Finished in 0.1 seconds (0.00s async, 0.1s sync)

    Result: 1/2 passed (1/1 doctest, 0/1 test), 3 invalid, 1 excluded
    Failed: 1 test
    """)
    totals = run.totals
    assert (totals.tests, totals.passed, totals.failed, totals.errors, totals.skipped) == (6, 1, 1, 3, 1)
