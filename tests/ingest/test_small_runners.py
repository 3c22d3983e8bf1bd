"""Consoles of LuaUnit, Criterion, uvu, lab, Cram and tap-spec, typed after what they print."""

from __future__ import annotations

import pytest

from tests.ingest.made import case, counts, headlines, run_of
from triage.model import Outcome


def test_luaunit_verbose() -> None:
    run = run_of("""
    Started on 04/28/19 21:02:44
        TestCart.test_adds ... Ok
        TestCart.test_prints ... said by the test
    Ok
        TestCart.test_total ... FAIL
    test_cart.lua:49: expected: 0, actual: 2
        TestCart.test_off ... SKIP
    no lamp here
        test_plain ... ERROR
    test_cart.lua:41: attempt to index a nil value
    =========================================================
    Tests with errors:
    ------------------
    1) test_plain
    test_cart.lua:41: attempt to index a nil value
    stack traceback:
    \ttest_cart.lua:41: in function 'test_plain'

    Failed tests:
    -------------
    1) TestCart.test_total
    test_cart.lua:49: expected: 0, actual: 2
    stack traceback:
    \ttest_cart.lua:49: in function 'TestCart.test_total'

    Ran 4 tests in 0.002 seconds, 2 successes, 1 failure, 1 error, 1 skipped
    """)
    assert run.format == "luaunit-console"
    assert counts(run) == (5, 2, 1, 1, 1)
    failed = case(run, "TestCart.test_total")
    assert (failed.suite, len(failed.failures)) == ("TestCart", 1)
    assert failed.failures[0].message == "test_cart.lua:49: expected: 0, actual: 2"
    assert (failed.failures[0].file, failed.failures[0].line) == ("test_cart.lua", 49)
    plain = case(run, "test_plain")
    assert (plain.suite, plain.outcome) == ("[TestFunctions]", Outcome.ERROR)
    assert dict(case(run, "TestCart.test_off").properties) == {"reason": "no lamp here"}


def test_luaunit_with_dots_and_beside_a_junit_file() -> None:
    dots = run_of("""
    .F.
    Failed tests:
    -------------
    1) TestCart.test_total
    test_cart.lua:49: expected:
    {
        1) two
    }
    actual: {}
    stack traceback:
    \ttest_cart.lua:49: in function 'TestCart.test_total'

    Ran 3 tests in 0.000 seconds, 2 successes, 1 failure, 9 non-selected
    """)
    assert counts(dots) == (3, 2, 1, 0, 0)
    assert "1) two" in case(dots, "TestCart.test_total").failures[0].message
    beside = run_of("""
    # XML output to cart.xml
    # Started on 04/28/19 21:02:44
    # Starting class: TestCart
    # Starting test: TestCart.test_adds
    # Starting test: TestCart.test_total
    #   Failure:  test_cart.lua:30: expected: "bof"
    #   actual: "hop"
    # Ran 2 tests in 0.010 seconds, 1 success, 1 failure
    """)
    assert beside.format == "luaunit-console"
    assert counts(beside) == (2, 1, 1, 0, 0)
    assert case(beside, "TestCart.test_total").failures[0].message.endswith('"bof"\nactual: "hop"')


def test_criterion() -> None:
    run = run_of("""
    [----] Criterion v2.4.1
    [====] Running 4 tests from cart:
    [RUN ] cart::total
    [----] cart.c:4: Assertion Failed
    [----]
    [----]   The expression 0 is false.
    [----]
    [----] cart.c:5: Assertion Failed
    [FAIL] cart::total: (0.02s)
    [RUN ] cart::dies
    [----] cart.c:14: Unexpected signal caught below this line!
    [FAIL] cart::dies: CRASH!
    [SKIP] cart::off: Test is disabled
    [RUN ] cart::opens
    [----] Warning! The test `cart::opens` crashed during its setup or teardown.
    [RUN ] cart::adds
    [ERR ] only said
    [PASS] cart::adds
    [====] Synthesis: Tested: 4 | Passing: 1 | Failing: 3 | Crashing: 2
    """)
    assert run.format == "criterion-console"
    assert counts(run) == (5, 1, 1, 2, 1)
    total = case(run, "total")
    assert (total.suite, total.duration) == ("cart", 0.02)
    assert total.failures[0].message == "cart.c:4: The expression 0 is false."
    assert (total.failures[0].file, total.failures[0].line) == ("cart.c", 4)
    assert case(run, "dies").failures[0].headline == "cart.c:14: Unexpected signal caught below this line!"
    assert case(run, "opens").outcome is Outcome.ERROR


def test_criterion_counts_what_it_does_not_name_and_a_test_once_for_each_parameter() -> None:
    run = run_of("""
    [----] cart.c:79: Assertion Failed
    [----]   Parameter: 1
    [FAIL] cart::each
    [----] cart.c:79: Assertion Failed
    [----]   Parameter: 2
    [FAIL] cart::each
    [====] Synthesis: Tested: 5 | Passing: 3 | Failing: 2 | Crashing: 0
    """)
    assert counts(run) == (5, 3, 2, 0, 0)
    assert [known.failures[0].message for known in run.cases] == [
        "cart.c:79: Parameter: 1",
        "cart.c:79: Parameter: 2",
    ]


UVU = """
cart.js
 cart  • ✘   (1 / 2)

   FAIL  cart  "subtracts"
    Expected values to be strictly equal:  (is)

        ++3    (Expected)
        --1    (Actual)

    at assert (/srv/demo/node_modules/uvu/assert/index.js:33:8)
    at Object.handler (/srv/demo/cart.js:2:79)


  Total:     2
  Passed:    1
  Skipped:   1
  Duration:  2.28ms
"""


def test_uvu() -> None:
    run = run_of(UVU)
    assert run.format == "uvu-console"
    assert counts(run) == (3, 1, 1, 0, 1)
    failed = case(run, "subtracts")
    assert failed.suite == "cart"
    assert failed.failures[0].headline == "Expected values to be strictly equal:  (is)"
    assert failed.failures[0].file == "/srv/demo/cart.js"


def test_uvu_whose_tests_log_errors_is_green() -> None:
    run = run_of("""
    cart.js
    Error: connect ECONNREFUSED 127.0.0.1:5432
    • •   (2 / 2)

      Total:     2
      Passed:    2
      Skipped:   0
      Duration:  1.21ms
    """)
    assert counts(run) == (2, 2, 0, 0, 0)
    assert not run.failures


@pytest.mark.parametrize("verbose", [False, True])
def test_lab(verbose: bool) -> None:
    named = "cart\n  ✔ 1) adds (1 ms)\n  ✖ 2) fails\n  - 3) waits (0 ms)\n"
    run = run_of(
        (named if verbose else "\n  .x-\n")
        + """
Failed tests:

  2) cart fails:

      actual expected

      {
        a: 12
      }

      Expected { a: 1 } to equal specified value: { a: 2 }

      at /srv/demo/lab.js:2:96


1 of 2 tests failed (1 skipped)
Test duration: 7 ms
The following leaks were detected:lamp
"""
    )
    assert run.format == "lab-console"
    assert counts(run) == (3, 1, 1, 0, 1)
    failure = case(run, "cart fails").failures[0]
    assert failure.message == "Expected { a: 1 } to equal specified value: { a: 2 }"
    assert (failure.file, failure.line) == ("/srv/demo/lab.js", 2)
    assert headlines(run) == ["The following leaks were detected:lamp"]


def test_cram() -> None:
    run = run_of("""
    .s!
    --- demo/fail.t
    +++ demo/fail.t.err
    @@ -1,5 +1,5 @@
     One of two:

       $ echo 1
    -  2
    +  1
    .
    # Ran 4 tests, 1 skipped, 1 failed.
    """)
    assert run.format == "cram-console"
    assert counts(run) == (4, 2, 1, 0, 1)
    assert case(run, "demo/fail.t").failures[0].message == "-  2\n+  1"


def test_cram_verbose() -> None:
    run = run_of("""
    demo/bare.t: passed
    demo/empty.t: empty
    demo/fail.t: failed
    --- demo/fail.t
    +++ demo/fail.t.err
    @@ -1,1 +1,1 @@
    -  2
    +  1
    # Ran 3 tests, 1 skipped, 1 failed.
    """)
    assert counts(run) == (3, 1, 1, 0, 1)
    assert len(run.cases) == 3


TAP_SPEC = """

  adds

    ✔ one

  fails


    ✖ same objects
    ---------------
      operator: deepEqual
      expected: |-
        { a: 2 }
      actual: |-
        { a: 1 }
      at: Test.<anonymous> (/srv/demo/cart.js:1:94)
      stack: |-
  Error: same objects
  at Test.<anonymous> (/srv/demo/cart.js:1:94)


  Failed Tests: There was 1 failure

    fails

      ✖ same objects


  total:     2
  passing:   1
  failing:   1
  duration:  7ms
"""


def test_tap_spec() -> None:
    run = run_of("title\n" + TAP_SPEC)
    assert run.format == "tap-spec-console"
    assert counts(run) == (2, 1, 1, 0, 0)
    failed = case(run, "same objects")
    assert failed.suite == "fails"
    assert (failed.failures[0].file, failed.failures[0].line) == ("/srv/demo/cart.js", 1)


def test_testthat_sums_up_in_ascii_where_the_locale_has_no_rules() -> None:
    run = run_of("""
    cart: ..12S
    prices: .

    == Skipped =====================================================================
    1. waits for a lamp ('test-cart.R:37') - Reason: skip

    == Failed ======================================================================
    -- 1. Failure ('test-cart.R:12'): adds ----------------------------------------
    FALSE is not TRUE

    `actual`:   FALSE
    `expected`: TRUE

    -- 2. Error ('test-cart.R:23'): total -----------------------------------------
    Error in `total()`: no such price
    Backtrace:
     1. total()

    == DONE ========================================================================
    """)
    assert run.format == "testthat-console"
    assert counts(run) == (6, 3, 2, 0, 1)
    assert case(run, "total").failures[0].message == "Error in `total()`: no such price"
