"""Dialects of consoles that no recording has: older versions, other options, typed after what their writers print."""

from __future__ import annotations

from tests.ingest.made import case, counts, run_of
from triage.model import Outcome


def test_nightwatch_1() -> None:
    run = run_of("""
    [Shop] Test Suite
    =================
    Running:  opens

    ✔ Element <body> was visible after 20 milliseconds.

    OK. 1 assertions passed. (1.2s)
    Running:  pays

    ✖ Timed out while waiting for element <#card> - expected "visible" but got: "not found"
        at Object.pays (/shop/till.js:9:15)

    FAILED: 1 assertions failed (800ms)
    Running:  waits
    No assertions ran.

    _________________________________________________

    TEST FAILURE:  1 assertions failed, 1 passed (4.1s)
    """)
    assert run.format == "nightwatch-console"
    assert counts(run) == (3, 2, 1, 0, 0)
    [failure] = case(run, "pays").failures
    assert failure.message.startswith("Timed out while waiting for element <#card>")
    assert (failure.file, failure.line) == ("/shop/till.js", 9)
    assert (case(run, "opens").suite, case(run, "opens").duration) == ("Shop", 1.2)


def test_nightwatch_that_dies_in_a_test() -> None:
    run = run_of("""
    [Shop] Test Suite
    ──────────────────────────────────

      Running opens:
      ✨ PASSED. 1 assertions. (5ms)

      Running pays:
      ✔ Element is there (3ms)
    """)
    assert counts(run) == (2, 1, 0, 1, 0)
    assert run.warnings


def test_codeceptjs_3() -> None:
    run = run_of("""
    CodeceptJS v3.5.1 #StandWithUkraine
    Using test root "/shop"

    Till --
      ✔ opens in 12ms
      ✖ pays in 1603ms
      S waits

    -- FAILURES:

      1) Till
           pays:
         expected web page to include "thanks"
          at Object.pays (till_test.js:9:5)

      ◯ File: /shop/till_test.js


      FAIL  | 1 passed, 1 failed, 1 skipped   // 2s
    """)
    assert run.format == "codeceptjs-console"
    assert counts(run) == (3, 1, 1, 0, 1)
    pays = case(run, "pays")
    assert (pays.file, pays.duration) == ("/shop/till_test.js", 1.603)
    assert pays.failures[0].message == 'expected web page to include "thanks"'


def test_gnattest_names_places_and_repeats_itself() -> None:
    run = run_of("""
    shop.ads:4:4: info: corresponding test PASSED
    shop.ads:9:4: error: corresponding test FAILED: Test not implemented. (shop-test_data-tests.adb:44)
    shop.ads:9:4: error: corresponding test CRASHED: CONSTRAINT_ERROR : range check failed
     Traceback:
    3 tests run: 1 passed; 1 failed; 1 crashed.
    """)
    assert run.format == "aunit-console"
    assert [c.outcome for c in run.cases] == [Outcome.PASSED, Outcome.FAILED, Outcome.ERROR]
    [failure] = run.cases[1].failures
    assert (failure.message, failure.file, failure.line) == (
        "Test not implemented.",
        "shop-test_data-tests.adb",
        44,
    )
    assert run.cases[2].failures[0].type == "CONSTRAINT_ERROR"


def test_aunit_with_times() -> None:
    run = run_of("""
    OK Till : opens (in 0.001s)

    FAIL Till : pays (in 0.002s)
        no card
        at till.adb:5

    Total Tests Run:   2
    Successful Tests:  1
    Failed Assertions: 1
    Unexpected Errors: 0
    Cumulative Time: 0.003 seconds
    """)
    assert counts(run) == (2, 1, 1, 0, 0)
    assert (case(run, "opens").duration, run.info.duration) == (0.001, 0.003)


def test_fpcunit_with_lines_and_minutes() -> None:
    run = run_of("""
     Time:01:02.500 N:2 E:0 F:1 I:0
      TTill Time:01:02.500 N:2 E:0 F:1 I:0
        01:02.000  Opens
        00.500  Pays  Failed: no card
          Exception:   no card
          at   $0000000000401234 line 17 of till.pas

    Number of run tests: 2
    Number of errors:    0
    Number of failures:  1
    """)
    assert run.format == "fpcunit-console"
    assert counts(run) == (2, 1, 1, 0, 0)
    assert (case(run, "Opens").duration, run.info.duration) == (62.0, 62.5)
    [failure] = case(run, "Pays").failures
    assert (failure.message, failure.file, failure.line) == ("no card", "till.pas", 17)


def test_zope_testrunner_adds_layers_up() -> None:
    run = run_of("""
    Running zope.testrunner.layer.UnitTests tests:
      Set up zope.testrunner.layer.UnitTests in 0.000 seconds.
      Ran 4 tests with 0 failures and 0 errors in 0.010 seconds.
    Running shop.layer.Till tests:
      Tear down zope.testrunner.layer.UnitTests in 0.000 seconds.
      Set up shop.layer.Till in 0.000 seconds.


    Error in test test_pays (shop.tests.Till)
    Traceback (most recent call last):
      File "/shop/tests.py", line 9, in test_pays
        pay()
    ValueError: no card

      Ran 2 tests with 0 failures and 1 errors in 0.020 seconds.
    Tearing down left over layers:
      Tear down shop.layer.Till in 0.000 seconds.
    Total: 6 tests, 0 failures, 1 errors in 0.035 seconds.
    """)
    assert run.format == "zope-console"
    assert counts(run) == (6, 5, 0, 1, 0)
    [failure] = case(run, "test_pays").failures
    assert (failure.type, failure.file, failure.line) == ("ValueError", "/shop/tests.py", 9)


def test_unittest_is_not_taken_for_green() -> None:
    run = run_of("""
    Ran 3 tests in 0.001s

    FAILED (failures=1, errors=1)
    """)
    assert run.format == "unittest-console"


def test_zig_that_only_leaks_is_red() -> None:
    run = run_of("""
    1/2 main.test.opens...OK
    2/2 main.test.pays...OK
    [gpa] (err): memory address 0x7f00 leaked:
    /shop/main.zig:9:40: 0x1 in test.pays (test)
        _ = try std.testing.allocator.create(u8);
                                           ^
    All 2 tests passed.
    1 errors were logged.
    1 tests leaked memory.
    error: the following test command failed with exit code 1:
    /shop/zig-cache/o/1/test
    """)
    assert counts(run) == (2, 2, 0, 0, 0)
    [failure] = run.failures
    assert (failure.file, failure.line) == ("/shop/main.zig", 9)


def test_a_teamcity_test_that_was_ignored_has_no_end() -> None:
    run = run_of("""
    ##teamcity[testSuiteStarted name='a']
    ##teamcity[testIgnored name='first' message='later']
    ##teamcity[testSuiteFinished name='a']
    ##teamcity[testSuiteStarted name='b']
    ##teamcity[testStarted name='first']
    ##teamcity[testFailed name='first' message='no']
    ##teamcity[testFinished name='first']
    ##teamcity[testSuiteFinished name='b']
    """)
    assert [(c.suite, c.outcome) for c in run.cases] == [("a", Outcome.SKIPPED), ("b", Outcome.FAILED)]


def test_testcafe_in_two_browsers_that_all_passed_without_a_time() -> None:
    run = run_of("""
    $ testcafe chrome,firefox --reporter minimal
     Running tests in:
     - Chrome 120.0.0.0 / Linux 0.0
     - Firefox 119.0 / Linux 0.0

      . - .

     2 passed
     1 skipped
    """)
    assert run.format == "testcafe-console"
    assert (counts(run), run.cases) == ((3, 2, 0, 0, 1), ())
