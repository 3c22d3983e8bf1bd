"""A log may hold more than the results of one runner: what stands around green ones is not lost."""

from __future__ import annotations

import pytest

from tests.ingest.made import case, counts, headlines, run_of

_PYTEST = """
============================= test session starts ==============================
collected 2 items

tests/test_pump.py ..                                                    [100%]

============================== 2 passed in 0.10s ===============================
"""
_GO = "=== RUN   TestPump\n--- PASS: TestPump (0.00s)\nPASS\nok  \tdemo.org/pump\t0.1s\n"
_MAVEN = """
[INFO] Scanning for projects...
[INFO] Running org.demo.PumpTest
[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in org.demo.PumpTest
[INFO] Results:
[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0
[INFO] BUILD SUCCESS
"""
_JEST = """
FAIL src/pump.test.js
  ● fills › a tank

    expect(received).toBe(expected) // Object.is equality

    Expected: 2
    Received: 1

      at Object.toBe (src/pump.test.js:4:13)

Test Suites: 1 failed, 1 total
Tests:       1 failed, 1 passed, 2 total
Snapshots:   0 total
Time:        1.2 s
Ran all test suites.
"""
_BROKE = "Uploading the report\n./deploy: line 3: No space left on device\nmake: *** [deploy] Error 1\n"


@pytest.mark.parametrize("green", [_PYTEST, _GO, _MAVEN])
def test_a_job_that_breaks_behind_green_tests_is_red(green: str) -> None:
    run = run_of(green + _BROKE)
    assert counts(run)[2] == 0
    assert headlines(run) == ["./deploy: line 3: No space left on device"]
    lines = (green.strip("\n") + "\n" + _BROKE).split("\n")
    assert (
        "No space left"
        in lines[(run.failures[0].source_line or 0) - 1 :][0] + lines[run.failures[0].source_line or 0]
    )


@pytest.mark.parametrize("green", [_PYTEST, _GO, _MAVEN])
def test_red_results_of_another_runner_behind_green_ones_count(green: str) -> None:
    run = run_of(green + _JEST)
    failed = case(run, "a tank")
    assert (counts(run)[2], failed.failures[0].message.split("\n")[0]) == (
        1,
        "expect(received).toBe(expected) // Object.is equality",
    )
    whole = (green + _JEST).strip("\n").split("\n")
    assert "expect(received)" in "\n".join(whole[(failed.failures[0].source_line or 0) - 1 :][:4])


def test_what_was_found_beside_is_told() -> None:
    [warning] = run_of(_PYTEST + _JEST).warnings
    assert "another runner (jest-console)" in warning.text and warning.line == 7


def test_red_results_of_another_runner_ahead_of_green_ones_count() -> None:
    run = run_of(_JEST + _PYTEST)
    assert counts(run)[:3] == (4, 3, 1)
    assert case(run, "a tank").failures


@pytest.mark.parametrize("green", [_PYTEST, _GO, _MAVEN])
@pytest.mark.parametrize(
    "more",
    [
        "",
        "done\n",
        "Uploading: 0 errors\ncoverage: 91 %\n",
        "retrying the upload after an error ... succeeded\n",
        "warning: error_handler is deprecated\n",
    ],
)
def test_a_job_that_goes_on_well_stays_green(green: str, more: str) -> None:
    run = run_of(green + more)
    assert not run.failures and counts(run)[2:4] == (0, 0)


def test_what_green_tests_print_is_theirs() -> None:
    noisy = _GO.replace("--- PASS", "panic: tested\nERROR: told by the test\n--- PASS")
    run = run_of(noisy + "done\n")
    assert counts(run)[1:3] == (1, 0)


def test_what_a_wrapper_shows_of_its_runner_is_no_other_run() -> None:
    run = run_of("""
    === RUN   TestTill
        till_test.go:5: locked
    --- FAIL: TestTill (0.00s)
    FAIL shop/cart.TestTill (0.00s)
    FAIL shop/cart

    DONE 1 tests, 1 failure in 0.4s

    PASS shop/cart.TestTill (re-run 1) (0.00s)
    PASS shop/cart

    === Failed
    === FAIL: shop/cart TestTill (0.00s)
        till_test.go:5: locked

    DONE 2 runs, 2 tests, 1 failure in 0.9s
    """)
    assert run.format == "gotestsum-console"
    assert counts(run) == (1, 1, 0, 0, 0)
    assert case(run, "TestTill").flaky


def test_one_of_several_that_died_is_told_beside_the_results_of_the_others() -> None:
    run = run_of("""
    [pump] ============================= test session starts ==============================
    [pump] collected 1 item
    [valve] loading valves
    [pump]
    [pump] tests/test_pump.py .                                                     [100%]
    [valve] Error: no valve of that size
    [valve]     at open (/plant/valve.js:4:9)
    [valve]
    [valve] Node.js v20.11.0
    [pump]
    [pump] ============================== 1 passed in 0.10s ===============================
    [valve] valve exited with code 1
    """)
    assert counts(run) == (1, 1, 0, 0, 0)
    assert headlines(run) == ["Error: no valve of that size"]


def test_a_service_that_logs_errors_beside_green_tests_did_not_fail() -> None:
    run = run_of("""
    pump-1   | ============================= test session starts ==============================
    pump-1   | collected 1 item
    tank-1   | 2026-03-02 ERROR no water in the tank
    tank-1   | 2026-03-02 INFO filling
    pump-1   |
    pump-1   | tests/test_pump.py .                                                     [100%]
    tank-1   | 2026-03-02 ERROR a leak
    tank-1   | 2026-03-02 INFO mended
    pump-1   |
    pump-1   | ============================== 1 passed in 0.10s ===============================
    """)
    assert counts(run) == (1, 1, 0, 0, 0)
    assert headlines(run) == []
