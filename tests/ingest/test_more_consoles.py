"""Consoles of further languages, typed after what their writers print."""

from __future__ import annotations

from tests.ingest.made import case, counts, run_of
from triage.model import Outcome


def test_nunit_3() -> None:
    run = run_of("""
    NUnit Console Runner 3.16.3

    Errors, Failures and Warnings

    1) Failed : Demo.Shelf.Counts
      Expected: 12
      But was:  11

       at Demo.Shelf.Counts() in /x/Shelf.cs:line 12

    2) Error : Demo.Shelf.Falls("a.b")
    System.InvalidOperationException : the shelf fell
       at Demo.Shelf.Falls() in /x/Shelf.cs:line 20

    Tests Not Run

    1) Ignored : Demo.Shelf.Waits
    no scale

    Run Settings
        DisposeRunners: True

    Test Run Summary
      Overall result: Failed
      Test Count: 5, Passed: 2, Failed: 2, Warnings: 0, Inconclusive: 0, Skipped: 1
        Failed Tests - Failures: 1, Errors: 1, Invalid: 0
        Skipped Tests - Ignored: 1, Explicit: 0, Other: 0
      Start time: 2024-01-01 12:00:00Z
        End time: 2024-01-01 12:00:01Z
        Duration: 0.123 seconds
    """)
    assert run.format == "nunit-console"
    assert counts(run) == (5, 2, 1, 1, 1)
    assert case(run, "Counts").failures[0].message == "Expected: 12\nBut was:  11"
    assert case(run, 'Falls("a.b")').suite == "Demo.Shelf"
    assert case(run, "Waits").properties == (("reason", "no scale"),)


def test_nunit_2_counts_what_was_not_run_apart() -> None:
    run = run_of("""
    Tests run: 4, Errors: 1, Failures: 1, Inconclusive: 0, Time: 0.05 seconds
      Not run: 2, Invalid: 0, Ignored: 2, Skipped: 0

    Errors and Failures:
    1) Test Failure : Demo.Shelf.Counts
      Expected: 12
    2) Test Error : Demo.Shelf.Falls
       System.Exception : the shelf fell
    """)
    assert counts(run) == (6, 2, 1, 1, 2)
    assert case(run, "Falls").outcome is Outcome.ERROR


def test_hspec() -> None:
    run = run_of("""
    Test suite spec: RUNNING...

    Shelf
      holds boxes
      counts boxes FAILED [1]
      waits
        # PENDING: no scale

    Failures:

      test/Spec.hs:12:14:
      1) Shelf counts boxes
           expected: 12
            but got: 11

      To rerun use: --match "/Shelf/counts boxes/" --seed 1

    Randomized with seed 1

    Finished in 0.0012 seconds
    3 examples, 1 failure, 1 pending
    Test suite spec: FAIL
    """)
    assert run.format == "haskell-console"
    assert counts(run) == (3, 1, 1, 0, 1)
    failure = case(run, "Shelf counts boxes").failures[0]
    assert (failure.file, failure.line) == ("test/Spec.hs", 12)
    assert failure.message.startswith("expected: 12")


def test_tasty_names_every_test() -> None:
    run = run_of("""
    Stock
      Unit tests
        Holds:  OK
        Counts: FAIL (0.01s)
          test/Test.hs:12:
          expected: 12
           but got: 11
          Use -p '/Counts/' to rerun this test only.
      Properties
        Fits:   OK (0.02s)
          +++ OK, passed 100 tests.

    1 out of 3 tests failed (0.03s)
    """)
    assert counts(run) == (3, 2, 1, 0, 0)
    assert case(run, "Counts").suite == "Stock > Unit tests"
    assert case(run, "Fits").suite == "Stock > Properties"


def test_alcotest() -> None:
    run = run_of("""
    Testing `Stock'.
    This run has ID `ABCDEF'.

      [OK]          shelf          0   holds.
    > [FAIL]        shelf          1   counts boxes.
      [SKIP]        shelf          2   waits.

    ┌──────────────────────────────────────────────────────────────────────────────┐
    │ [FAIL]        shelf          1   counts boxes.                               │
    └──────────────────────────────────────────────────────────────────────────────┘
    ASSERT boxes
    FAIL boxes

       Expected: `12'
       Received: `11'

    Raised at Alcotest_engine__Test.check in file "src/test.ml", line 200
     ──────────────────────────────────────────────────────────────────────────────

    Full test results in `/x/_build/_tests/Stock'.
    1 failure! in 0.001s. 2 tests run.
    """)
    assert run.format == "alcotest-console"
    assert counts(run) == (3, 1, 1, 0, 1)
    assert "Expected: `12'" in case(run, "1 counts boxes").failures[0].message


def test_julia_takes_the_outermost_row() -> None:
    run = run_of("""
         Testing Running tests...
    Shelf: Test Failed at /x/test/runtests.jl:12
      Expression: count_boxes() == 12
       Evaluated: 11 == 12

    Stacktrace:
     [1] macro expansion
       @ /x/test/runtests.jl:12 [inlined]

    Shelf: Error During Test at /x/test/runtests.jl:15
      Test threw exception
      Expression: falls()
      the shelf fell
      Stacktrace:
       [1] error(s::String)

    Test Summary: | Pass  Fail  Error  Broken  Total  Time
    Stock         |    3     1      1       1      6  0.5s
      Shelf       |    2     1      1              4  0.4s
    ERROR: LoadError: Some tests did not pass: 3 passed, 1 failed, 1 errored, 1 broken.
    in expression starting at /x/test/runtests.jl:5
    ERROR: Package Stock errored during testing
    """)
    assert run.format == "julia-console"
    assert counts(run) == (6, 3, 1, 1, 1)
    assert run.info.duration == 0.5
    assert case(run, "count_boxes() == 12").failures[0].message.endswith("Evaluated: 11 == 12")
    assert not run.failures


def test_dejagnu() -> None:
    run = run_of("""
    Running /x/shelf.exp ...
    FAIL: shelf: counts boxes
    UNRESOLVED: shelf: falls

    \t\t=== stock Summary ===

    # of expected passes\t\t5
    # of unexpected failures\t1
    # of expected failures\t\t2
    # of unresolved testcases\t1
    # of unsupported tests\t\t1
    """)
    assert run.format == "dejagnu-console"
    assert counts(run) == (10, 5, 1, 1, 3)


def test_eunit_under_rebar3() -> None:
    run = run_of("""
    ===> Verifying dependencies...
    ===> Performing EUnit tests...
    ..F.
    Failures:

      1) stock_tests:counts_test/0
         Failure/Error: ?assertEqual(12, 11)
           expected: 12
                got: 11
         %% /x/test/stock_tests.erl:12:in `stock_tests:-counts_test/0-fun-0-/0`
         Output:
         Output:

    Finished in 0.05 seconds
    4 tests, 1 failures
    ===> Error running tests
    """)
    assert run.format == "erlang-console"
    assert counts(run) == (4, 3, 1, 0, 0)
    failure = case(run, "counts_test/0").failures[0]
    assert (failure.headline, failure.line) == ("?assertEqual(12, 11)", 12)


def test_common_test() -> None:
    run = run_of("""
    ===> Running Common Test suites...
    %%% stock_SUITE: .
    %%% stock_SUITE ==> counts: FAILED
    %%% stock_SUITE ==> {{badmatch,11},[{stock_SUITE,counts,1,[{file,"stock_SUITE.erl"}]}]}
    Testing demo.stock: *** FAILED test case 2 of 3 ***
    Testing demo.stock: TEST COMPLETE, 1 ok, 1 failed, 1 skipped of 3 test cases
    """)
    assert counts(run) == (3, 1, 1, 0, 1)
    assert "badmatch" in case(run, "counts").failures[0].message


def test_what_breaks_outside_the_tests_of_nunit_3() -> None:
    """The engine throws behind the results; a test that prints an exception throws nothing."""
    run = run_of("""
    NUnit Console 3.16.3 (Release)

    System.FormatException : printed by a test

    Errors, Failures and Warnings

    1) Invalid : C:\\Program Files (x86)\\shop\\Stock.Tests.DLL
    File not found

    2) Invalid : Demo.Shelf.Prints("stock.dll")
    No arguments were provided

    Test Run Summary
      Overall result: Failed
      Test Count: 2, Passed: 1, Failed: 1, Warnings: 0, Inconclusive: 0, Skipped: 0
        Failed Tests - Failures: 0, Errors: 0, Invalid: 1
        Duration: 0.123 seconds

    System.Net.Sockets.SocketException : Connection refused
      ----> System.IO.IOException : broken pipe

    --SocketException
    Connection refused
      at NUnit.Engine.Runners.ProcessRunner.Unload () in /x/Runner.cs:line 12
    """)
    assert counts(run) == (2, 1, 0, 1, 0)
    assert [one.name for one in run.cases] == ['Prints("stock.dll")']
    missing, thrown = run.failures
    assert (missing.message, missing.source_line) == ("File not found", 8)
    assert thrown.message.split("\n") == [
        "System.Net.Sockets.SocketException : Connection refused",
        "  ----> System.IO.IOException : broken pipe",
    ]
    assert (thrown.type, thrown.source_line) == ("System.Net.Sockets.SocketException", 19)


def test_the_log_of_all_tests_of_automake() -> None:
    run = run_of("""
    ==========================================
       pump 1.2: tests/test-suite.log
    ==========================================

    # TOTAL: 3
    # PASS:  2
    # SKIP:  0
    # XFAIL: 0
    # FAIL:  1
    # XPASS: 0
    # ERROR: 0

    .. contents:: :depth: 2

    FAIL: fill
    ==========

    fill: the tank leaks
    FAIL fill (exit status: 1)
    """)
    assert run.format == "automake-console"
    assert counts(run) == (3, 2, 1, 0, 0)
    assert case(run, "fill").failures[0].headline == "fill: the tank leaks"


def test_what_a_test_of_automake_prints_that_may_fail_is_no_failure() -> None:
    run = run_of("""
    =======================================
       pump 1.2: tests/test-suite.log
    =======================================

    # TOTAL: 1
    # PASS:  0
    # SKIP:  0
    # XFAIL: 1
    # FAIL:  0
    # XPASS: 0
    # ERROR: 0

    .. contents:: :depth: 2

    XFAIL: flow
    ===========

    assertion failed
    - Expression: pump.full()

    XFAIL flow (exit status: 1)
    """)
    assert run.format == "automake-console"
    assert run.totals.xfailed == run.totals.tests == 1
    assert not run.failures


def test_results_of_a_driver_of_automake() -> None:
    run = run_of("""
    :test-result: PASS adds up
    Lamp.cpp:12: it is off
    :test-result: FAIL shines
    :test-result: XFAIL sings
    :test-result: XPASS dances
    :test-result: SKIP flies
    """)
    assert run.format == "automake-console"
    assert counts(run) == (5, 1, 2, 0, 2)
    assert not run.warnings
    assert case(run, "dances").failures[0].message == "passed, though it was expected to fail"


def test_zig_that_ends_before_its_summary() -> None:
    run = run_of("""
    test
    +- run test 5/7 passed, 1 failed, 1 skipped
    error: 'lamp.test.shines' failed: expected 1, found 0
    /srv/lamp/lamp.zig:12:5: 0x1 in test.shines (test)
    """)
    assert run.format == "zig-console"
    assert counts(run) == (7, 5, 1, 0, 1)
    assert case(run, "lamp.test.shines").failures[0].message.startswith("expected 1, found 0")
    assert any("cut off" in warning.text for warning in run.warnings)


def test_flutter_that_ends_within_a_test_tells_its_first_exception() -> None:
    rule = "═" * 60
    run = run_of(f"""
    00:00 +0: loading /srv/lamp/test/lamp_test.dart
    00:00 +0: the lamp shines
    ══╡ EXCEPTION CAUGHT BY RENDERING LIBRARY ╞{rule}
    The following assertion was thrown during layout:
    A RenderFlex overflowed by 49 pixels on the right.

    The relevant error-causing widget was:
      Row Row:file:///srv/lamp/lib/lamp.dart:12:14
    {rule}
    ══╡ EXCEPTION CAUGHT BY IMAGE RESOURCE SERVICE ╞{rule}
    The following NetworkImageLoadException was thrown resolving an image codec:
    HTTP request failed, statusCode: 400
    """)
    assert run.format == "dart-console"
    assert counts(run)[3] == 1
    assert (
        case(run, "the lamp shines").failures[0].message
        == "A RenderFlex overflowed by 49 pixels on the right."
    )
    assert any("cut off" in warning.text for warning in run.warnings)
