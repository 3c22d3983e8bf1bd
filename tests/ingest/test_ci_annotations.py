"""What tools say to GitHub Actions and Azure Pipelines, and what makes a run red beside its tests."""

from __future__ import annotations

import pytest

from tests.ingest.consoles import case, counts, made


def test_the_mark_of_an_error_makes_a_line_one() -> None:
    run = made(
        """
        2024-01-01T00:00:00.1234567Z checking out
        2024-01-01T00:00:00.1234567Z ##[error]Something odd happened
        2024-01-01T00:00:00.1234567Z ##[error]Process completed with exit code 1.
        """,
        "log",
    )
    assert [f.message for f in run.failures] == ["Something odd happened"]


def test_a_trace_of_which_every_line_has_the_mark() -> None:
    run = made(
        """
        ##[error]TypeError: cart is not a function
        ##[error]    at add (/srv/shop/cart.js:4:2)
        """,
        "log",
    )
    (failure,) = run.failures
    assert (failure.type, failure.file, failure.line) == ("TypeError", "/srv/shop/cart.js", 4)


def test_annotations() -> None:
    run = made(
        """
        ::error file=src/cart.ts,line=3,col=4,title=cart > adds::total is odd%0Amore of it
        ::error::plain
        ::warning::all is well
        """,
        "log",
    )
    first, second = run.failures
    assert first.message == "total is odd\nmore of it\n(cart > adds)"
    assert (first.file, first.line, first.source_line) == ("src/cart.ts", 3, 1)
    assert second.message == "plain"


def test_jest_tells_its_errors_in_groups() -> None:
    run = made(
        """
          FAIL cart.test.js (424 ms)
            Cart
              ✓ empty (1 ms)
              ✕ adds up (2 ms)
        ::group::PASS list.test.js (10 ms)
          ✓ lists (1 ms)
        ::endgroup::
        ::group::PASS gone.test.js (0 ms)
        ::endgroup::
        ::group::Errors thrown in cart.test.js
          ● Cart › adds up

            expect(received).toBe(expected)

              at Object.<anonymous> (cart.test.js:2:50)
        ::endgroup::
        ::group::Errors thrown in gone.test.js
          ● Test suite failed to run

            Cannot find module './gone' from 'gone.test.js'
        ::endgroup::

        Test Suites: 2 failed, 1 passed, 3 total
        Tests:       1 failed, 2 passed, 3 total
        Time:        0.4 s
        """,
        "jest-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert [c.id for c in run.cases] == [
        "cart.test.js::Cart::empty",
        "cart.test.js::Cart::adds up",
        "list.test.js::lists",
    ]
    assert case(run, "adds up").failures[0].line == 2
    assert [f.message for f in run.failures] == ["Cannot find module './gone' from 'gone.test.js'"]


def test_jest_tells_its_errors_again_in_groups() -> None:
    run = made(
        """
        FAIL ./cart.test.js
          ● adds up

            expect(received).toBe(expected)

        PASS ./list.test.js
        ::group::Errors thrown in cart.test.js
          ● adds up

            expect(received).toBe(expected)

        ::endgroup::
        Test Suites: 1 failed, 1 passed, 2 total
        Tests:       1 failed, 2 passed, 3 total
        Time:        0.4 s
        """,
        "jest-console",
    )
    assert [len(c.failures) for c in run.cases] == [1]


@pytest.mark.parametrize(
    ("said", "format"),
    [
        ("No tests found, exiting with code 1\n", "jest-console"),
        ("\n RUN  v3.0.0 /srv/shop\n\nNo test files found, exiting with code 1\n", "vitest-console"),
    ],
)
def test_a_run_without_tests_is_red(said: str, format: str) -> None:
    run = made(said, format)
    assert [f.message.partition(",")[0] for f in run.failures] in (
        ["No tests found"],
        ["No test files found"],
    )
    assert not run.warnings


@pytest.mark.parametrize(
    ("missed", "before", "after", "format"),
    [
        (
            'Jest: "global" coverage threshold for lines (100%) not met: 50%',
            "PASS ./cart.test.js",
            "Test Suites: 1 passed, 1 total\nTests:       1 passed, 1 total\nTime:        1 s",
            "jest-console",
        ),
        (
            "ERROR: Coverage for lines (50%) does not meet global threshold (80%)",
            "  Cart\n    ✓ adds up\n\n  1 passing (5ms)\n",
            "",
            "mocha-console",
        ),
        (
            "FAIL Required test coverage of 100% not reached. Total coverage: 50.00%",
            "====== test session starts ======\n",
            "====== 1 passed in 0.01s ======",
            "pytest-console",
        ),
        (
            "# Warning: Could not report code coverage. Error: Failed to collect coverage",
            "TAP version 13\n# Subtest: adds\nok 1 - adds\n1..1",
            "# tests 1\n# pass 1",
            "tap",
        ),
        (
            "ℹ Error: 50.00% line coverage does not meet threshold of 90%.",
            "✔ adds (1.2ms)\nℹ tests 1\nℹ suites 0\nℹ pass 1\nℹ fail 0",
            "",
            "node-test-console",
        ),
    ],
)
def test_what_is_covered_too_little(missed: str, before: str, after: str, format: str) -> None:
    run = made(f"{before}\n{missed}\n{after}\n", format)
    assert run.totals.passed == 1
    assert [f.message for f in run.failures] == [missed]


def test_several_documents_below_one_tap_line() -> None:
    run = made(
        """
        TAP version 13
        1..1
        not ok 1 - cart.test.ts > adds up # time=1ms
            ---
            error:
                name: "AssertionError"
                message: "expected 1 to be 2"
            at: "/srv/cart.test.ts:11:33"
            ---
            error:
                name: "AssertionError"
                message: "expected 3 to be 4"
            ...
        """,
        "tap",
    )
    assert [f.headline for c in run.cases for f in c.failures] == ["AssertionError: expected 1 to be 2"]


def test_what_a_ci_system_says_of_the_step_is_no_failure_of_pytest() -> None:
    run = made(
        """
        ============================= test session starts ==============================
        ============================== 1 failed in 0.10s ===============================
        ERROR: script returned exit code 1
        Finished: FAILURE
        """,
        "pytest-console",
    )
    assert counts(run) == (1, 0, 1, 0, 0)
    assert not run.failures


def test_the_frame_of_a_task_of_azure_is_no_suite_of_robot() -> None:
    rule, double = 60 * "-", 60 * "="
    run = made(
        f"""
        {78 * "="}
        Task         : Command line
        Help         : https://docs.example
        {78 * "="}
        Generating script.
        ============= Starting Command Output =============
        {double}
        Shop
        {double}
        Sums                                                | PASS |
        {rule}
        Shop                                                | PASS |
        1 test, 1 passed, 0 failed
        {double}
        """,
        "robot-console",
    )
    assert [c.id for c in run.cases] == ["Shop::Sums"]
    assert counts(run) == (1, 1, 0, 0, 0)
    assert not run.warnings
