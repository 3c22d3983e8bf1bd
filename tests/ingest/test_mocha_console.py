"""Mocha's console, and Cypress' around it: dialects that no recording has."""

from __future__ import annotations

from tests.ingest.consoles import case, counts, made
from triage.model import Outcome


def test_up_to_mocha_5_a_failure_is_headed_by_its_full_title() -> None:
    run = made(
        """
          Cart
            ✓ starts empty
            1) adds up

          1 passing (9ms)
          1 failing

          1) Cart adds up:

              AssertionError: 2 == 3
              + expected - actual

              -2
              +3

              at Context.<anonymous> (test/cart.js:4:12)
        """,
        "mocha-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    failed = case(run, "adds up")
    assert (failed.suite, failed.failures[0].message) == ("Cart", "AssertionError: 2 == 3")
    assert (failed.failures[0].file, failed.failures[0].line) == ("test/cart.js", 4)


def test_windows_marks_and_what_a_test_prints() -> None:
    run = made(
        """
          Cart
        connecting
            connected to the mirror
        7) not a failure
            √ starts empty (12ms)
            - is planned

          1 passing (3s)
          1 pending
        """,
        "mocha-console",
    )
    assert counts(run) == (2, 1, 0, 0, 1)
    assert case(run, "starts empty").suite == "Cart"
    assert case(run, "starts empty").duration == 0.012
    assert run.info.duration == 3


def test_two_runs_of_one_build_are_added() -> None:
    one = """
          A
            ✔ works
            1) breaks

          1 passing (5ms)
          1 failing

          1) A
               breaks:
             Error: boom
              at Context.<anonymous> (a.js:1:1)

        npm error code 1
        > b@1.0.0 test
        > mocha

          B
            ✔ works too

          1 passing (2ms)

    """
    run = made(one, "mocha-console")
    assert counts(run) == (3, 2, 1, 0, 0)
    assert "npm error" not in case(run, "breaks").failures[0].trace
    assert case(run, "works too").suite == "B"


def test_output_that_ends_before_the_failures_says_so() -> None:
    run = made(
        """
          A
            ✔ works
            1) breaks

          1 passing (5ms)
          1 failing
        """,
        "mocha-console",
    )
    assert case(run, "breaks").failures[0].headline == "1) breaks"
    assert any("cut off" in warning.text for warning in run.warnings)


_BOX = "  │ {:<94} │\n"


def _cypress(spec: str, body: str, cells: tuple[int, int, int, int, int]) -> str:
    row = "".join(f"{cell or '-':>9}" for cell in cells)
    return (
        f"  (Run Starting)\n\n  Running:  {spec}            (1 of 1)\n\n{body}\n\n  (Results)\n\n"
        + _BOX.format(f"Tests:        {cells[0]}")
        + _BOX.format(f"Failing:      {cells[2]}")
        + f"\n  (Run Finished)\n\n  │ ✖  {spec}   00:04 {row} │\n    ✖  1 of 1 failed (100%)   01:04 {row}  \n"
    )


def test_cypress_attempts_and_hooks() -> None:
    body = """
  Cart
    (Attempt 1 of 3) adds up
    (Attempt 2 of 3) adds up
    ✓ adds up (310ms)
    stock
      1) "before each" hook for "is booked"


  1 passing (4s)
  1 failing

  1) Cart
       stock
         "before each" hook for "is booked":
     AssertionError: Timed out retrying after 4000ms: no `.stock` was found.

Because of this the other tests of `stock` are skipped.
      at Context.eval (webpack:///./cypress/e2e/cart.cy.js:15:9)
"""
    run = made(_cypress("cart.cy.js", body, (3, 1, 1, 0, 1)), "cypress-console")
    assert counts(run) == (3, 1, 1, 0, 1)
    assert case(run, "adds up").attempts == 3
    assert run.totals.flaky == 1
    hook = case(run, "is booked")
    assert (hook.file, hook.suite, hook.outcome) == ("cart.cy.js", "Cart > stock", Outcome.FAILED)
    assert hook.failures[0].type == "AssertionError"
    assert run.info.duration == 64


def test_cypress_spec_that_does_not_compile() -> None:
    body = """
Oops...we found an error preparing this test file:

  cypress/e2e/stock.cy.js

The error was:

Error: Webpack Compilation Error
Module not found: Error: Can't resolve './missing'

Fix the error and run again.
"""
    run = made(_cypress("stock.cy.js", body, (0, 0, 1, 0, 0)), "cypress-console")
    assert not run.cases
    assert run.totals.failed == 1
    assert run.failures[0].message.startswith("Error: Webpack Compilation Error\nModule not found")
    assert run.failures[0].file == "stock.cy.js"


def test_what_a_test_prints_are_not_the_counts() -> None:
    run = made(
        """

          Cart
        3 passing
            ✔ prints
          3 passing (2ms)
            ✔ adds up
            1) pays


          2 passing (8ms)
          1 failing

          1) Cart
               pays:
             Error: no money
              at Context.<anonymous> (cart.js:3:4)
        """.removeprefix("\n"),
        "mocha-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert made("starting the pump\n3 passing\nTypeError: dry\n", "log").failures
