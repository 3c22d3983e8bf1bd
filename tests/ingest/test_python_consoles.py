"""Consoles of runners of Python's ``unittest``: what no recording has."""

from __future__ import annotations

import pytest

from tests.ingest.consoles import case, counts, made
from triage.ingest.runners.python_text import dotted_key, python_failure
from triage.model import Outcome


def test_names() -> None:
    assert dotted_key("shop.test_cart.CartTest.test_total") == ("shop.test_cart.CartTest", "test_total")
    assert dotted_key("shop.CartTest.test_total[a.b]") == ("shop.CartTest", "test_total[a.b]")
    assert dotted_key("test_total") == ("", "test_total")


def test_a_doctest_is_told_by_its_first_example() -> None:
    text = """\
Failed doctest test for shop.price
  File "/srv/shop/price.py", line 3, in price

----------------------------------------------------------------------
File "/srv/shop/price.py", line 5, in shop.price
Failed example:
    total(2)
Expected:
    4
Got:
    5
----------------------------------------------------------------------
File "/srv/shop/price.py", line 7, in shop.price
Failed example:
    gone
"""
    failure = python_failure(text, error=False, source_line=9)
    assert failure.message == "Failed example: total(2)\nExpected:\n4\nGot:\n5"
    assert (failure.file, failure.line) == ("/srv/shop/price.py", 5)


def test_an_example_that_raised() -> None:
    text = """\
Failed example:
    total()
Exception raised:
    Traceback (most recent call last):
      File "<doctest shop.price[0]>", line 1, in <module>
    NameError: name 'total' is not defined
"""
    failure = python_failure(f'File "/srv/p.rst", line 5, in p.rst\n{text}', error=False, source_line=1)
    assert failure.message == "NameError: name 'total' is not defined\nFailed example: total()"
    assert (failure.type, failure.file, failure.line) == ("NameError", "/srv/p.rst", 5)


def test_zope_layers_and_modules_that_break() -> None:
    run = made(
        """
        Test-module import failures:

        Module: shop.tests.test_gone

        Traceback (most recent call last):
          File "/srv/shop/tests/test_gone.py", line 1, in <module>
            import gone
        ModuleNotFoundError: No module named 'gone'


        Running shop.testing.DatabaseLayer tests:
          Set up shop.testing.DatabaseLayer Traceback (most recent call last):
          File "/srv/shop/testing.py", line 9, in setUp
            connect()
        OSError: no database

        Running zope.testrunner.layer.UnitTests tests:
          Set up zope.testrunner.layer.UnitTests in 0.000 seconds.


        Failure in test test_total (shop.tests.test_cart.CartTest)
        Traceback (most recent call last):
          File "/srv/shop/tests/test_cart.py", line 4, in test_total
            self.assertEqual(1, 2)
        AssertionError: 1 != 2

        Stdout:
        total is 2

          Ran 4 tests with 1 failures, 1 errors and 0 skipped in 1 minutes 2.500 seconds.
        Tearing down left over layers:
          Tear down zope.testrunner.layer.UnitTests in 0.000 seconds.

        Test-modules with import problems:
          shop.tests.test_gone
        Total: 4 tests, 1 failures, 2 errors and 0 skipped in 62.600 seconds.
        """,
        "zope-console",
    )
    assert counts(run) == (4, 3, 1, 0, 0)
    failed = case(run, "test_total")
    assert failed.suite == "shop.tests.test_cart.CartTest"
    assert failed.failures[0].message == "AssertionError: 1 != 2"
    assert "total is 2" in failed.failures[0].trace
    module, layer = run.failures
    assert module.headline == "ModuleNotFoundError: No module named 'gone'"
    assert module.source_line == 5
    assert layer.message == "OSError: no database\n(Set up of shop.testing.DatabaseLayer)"
    assert layer.line == 9
    assert run.info.duration == 62.5


def test_zope_before_it_told_what_was_skipped() -> None:
    run = made(
        """
        Running unit tests:
          Running:
            1/2 (50.0%)

        Error in test test_total (shop.CartTest)
        Traceback (most recent call last):
          File "/srv/shop.py", line 4, in test_total
            total()
        KeyError: 'apple'

            2/2 (100.0%)
          Ran 2 tests with 0 failures and 1 errors in 0.010 seconds.
        """,
        "zope-console",
    )
    assert counts(run) == (2, 1, 0, 1, 0)
    assert case(run, "test_total").failures[0].headline == "KeyError: 'apple'"


def test_trial_tells_one_reason_for_several_tests() -> None:
    run = made(
        """
        shop.test_cart
          CartTest
            test_count ...                                                      [ERROR]
            test_dirty ... WARNING: slow
                                                             [FAIL]
                                                           [ERROR]
            test_late ...                                                        [TODO]
            test_sum ...                                                        [ERROR]
            test_wish ...                                                  [SUCCESS!?!]

        ===============================================================================
        [TODO]
        Reason: 'next year'
        Traceback (most recent call last):
        Failure: exceptions.NotImplementedError:

        shop.test_cart.CartTest.test_late
        ===============================================================================
        [FAIL]
        Traceback (most recent call last):
          File "/srv/shop/test_cart.py", line 8, in test_dirty
            self.fail("not clean")
        twisted.trial.unittest.FailTest: not clean

        shop.test_cart.CartTest.test_dirty
        ===============================================================================
        [ERROR]
        Traceback (most recent call last):
        Failure: twisted.trial.util.DirtyReactorAggregateError: Reactor was unclean.
        DelayedCalls: (set debug to True)

        shop.test_cart.CartTest.test_dirty
        ===============================================================================
        [ERROR]
        Traceback (most recent call last):
          File "/srv/shop/test_cart.py", line 3, in setUp
            open_shop()
        exceptions.OSError: closed

        shop.test_cart.CartTest.test_count
        shop.test_cart.CartTest.test_sum
        ===============================================================================
        [SUCCESS!?!]
        Reason: 'a dream'

        shop.test_cart.CartTest.test_wish
        -------------------------------------------------------------------------------
        Ran 5 tests in 0.120s

        FAILED (expectedFailures=1, failures=1, errors=3, unexpectedSuccesses=1)
        """,
        "trial-console",
    )
    assert counts(run) == (5, 1, 0, 3, 1)
    assert case(run, "test_wish").outcome is Outcome.XPASSED
    assert case(run, "test_late").properties == (("reason", "next year"),)
    assert [f.message for f in case(run, "test_sum").failures] == ["OSError: closed"]
    assert case(run, "test_count").failures == case(run, "test_sum").failures
    dirty = case(run, "test_dirty")
    assert [f.type for f in dirty.failures] == [
        "twisted.trial.unittest.FailTest",
        "twisted.trial.util.DirtyReactorAggregateError",
    ]


def test_trial_without_names() -> None:
    run = made(
        """
        ..E
        ===============================================================================
        [ERROR]
        Traceback (most recent call last):
          File "/srv/shop/test_cart.py", line 3, in setUp
            open_shop()
        builtins.OSError: closed

        shop.test_cart.CartTest.test_count
        -------------------------------------------------------------------------------
        Ran 3 tests in 0.120s

        FAILED (errors=1, successes=2)
        """,
        "trial-console",
    )
    assert counts(run) == (3, 2, 0, 1, 0)


def test_stestr_with_testtools_frames() -> None:
    run = made(
        """
        {0} shop.test_cart.CartTest.test_total [0.010s] ... FAILED

        Captured traceback:
        ~~~~~~~~~~~~~~~~~~~
            Traceback (most recent call last):

              File "/srv/shop/test_cart.py", line 9, in test_total
            self.assertEqual(1, 2)

            AssertionError: 1 != 2

        Captured pythonlogging:
        ~~~~~~~~~~~~~~~~~~~~~~~
            2024-01-01 INFO [shop] opened

        {1} shop.test_cart.CartTest.test_gap [0.001s] ... ok
        {1} shop.test_cart.CartTest.test_off ... SKIPPED: no redis
        {1} setUpClass (shop.test_cart.StockTest) [0.000s] ... FAILED

        ==============================
        Failed 2 tests - output below:
        ==============================

        shop.test_cart.CartTest.test_total
        ----------------------------------

        ======
        Totals
        ======
        Ran: 4 tests in 1.5000 sec.
         - Passed: 0
         - Skipped: 1
         - Expected Fail: 1
         - Unexpected Success: 0
         - Failed: 2
        Sum of execute time for each test: 0.0110 sec.
        """,
        "stestr-console",
    )
    assert counts(run) == (4, 0, 2, 0, 2)
    failed = case(run, "test_total")
    assert (failed.suite, failed.duration) == ("shop.test_cart.CartTest", 0.01)
    assert [f.message for f in failed.failures] == ["AssertionError: 1 != 2"]
    assert "[shop] opened" in failed.output
    assert case(run, "test_off").properties == (("reason", "no redis"),)
    assert case(run, "setUpClass").suite == "shop.test_cart.StockTest"


def test_testrepository() -> None:
    run = made(
        """
        ======================================================================
        FAIL: shop.test_cart.CartTest.test_total
        tags: worker-0
        ----------------------------------------------------------------------
        Traceback (most recent call last):
          File "/srv/shop/test_cart.py", line 9, in test_total
            self.assertEqual(1, 2)
        AssertionError: 1 != 2
        Ran 3 tests in 0.007s (-0.001s)
        FAILED (id=1, failures=1, skips=1)
        """,
        "unittest-console",
    )
    assert counts(run) == (3, 1, 1, 0, 1)
    assert case(run, "test_total").suite == "shop.test_cart.CartTest"


def test_robot_tells_where_and_why_in_one_line() -> None:
    run = made(
        """
        ==============================================================================
        Shop
        ==============================================================================
        [ ERROR ] Error in file '/srv/shop.robot' on line 3: Importing library 'Gone' failed
        Sums                                                                  | FAIL |
        Parent suite setup failed:
        no database
        ------------------------------------------------------------------------------
        Shop                                                                  | FAIL |
        Suite setup failed:
        no database

        1 test, 0 passed, 1 failed
        ==============================================================================
        Output:  /srv/output.xml
        """,
        "robot-console",
    )
    assert [f.message for f in case(run, "Sums").failures] == ["Parent suite setup failed: no database"]
    assert [w.text.partition(":")[0] for w in run.warnings] == ["Error in file '/srv/shop.robot' on line 3"]


def test_behave_plain_tracebacks_and_hooks() -> None:
    run = made(
        """
        USING RUNNER: behave.runner:Runner
        Feature: Cart

          Scenario: breaks
            When it breaks ... error in 0.000s
        Traceback (most recent call last):
          File "features/steps/s.py", line 9, in b
            raise RuntimeError("broke")
        RuntimeError: broke


          Scenario: hooked
        ----
        CAPTURED STDOUT: before_scenario
        HOOK-ERROR in before_scenario: RuntimeError: no shop
        ----


        Errored scenarios:
          features/a.feature:12  breaks
          features/a.feature:22  hooked

        0 features passed, 0 failed, 1 error, 0 skipped
        0 scenarios passed, 0 failed, 1 error, 1 hook_error, 0 skipped
        0 steps passed, 0 failed, 1 error, 0 skipped
        Took 0min 0.001s
        """,
        "behave-console",
    )
    assert counts(run) == (2, 0, 0, 2, 0)
    assert [f.headline for c in run.cases for f in c.failures] == [
        "RuntimeError: broke",
        "RuntimeError: no shop",
    ]
    assert not run.failures


def test_a_verdict_whose_blocks_are_lost() -> None:
    run = made(
        """
        KeyError: 'till'

        ----------------------------------------------------------------------
        Ran 15 tests in 0.087s

        FAILED (failures=2, errors=9, skipped=1)
        """,
        "unittest-console",
    )
    assert counts(run) == (15, 3, 2, 9, 1)


def test_testtools_prints_the_rule_behind_its_dots_and_counts_errors_as_failures() -> None:
    rule, dashes = "=" * 70, "-" * 70
    run = made(
        f"""
        Tests running...
        .EF{rule}
        ERROR: shop.test_cart.CartTest.test_total
        {dashes}
        Traceback (most recent call last):
          File "/srv/demo/test_cart.py", line 3, in test_total
            import lamp
        ModuleNotFoundError: No module named 'lamp'
        {rule}
        FAIL: shop.test_cart.CartTest.test_count
        {dashes}
        Traceback (most recent call last):
          File "/srv/demo/test_cart.py", line 9, in test_count
            self.assertEqual(1, 2)
        AssertionError: 1 != 2

        Ran 3 tests in 0.001s
        FAILED (failures=2)
        """,
        "unittest-console",
    )
    assert counts(run) == (3, 1, 1, 1, 0)
    assert case(run, "test_total").failures[0].message == "ModuleNotFoundError: No module named 'lamp'"


@pytest.mark.parametrize(
    "said", ["Could not communicate with subprocess!", "Error reading subprocess output for shop.Layer2"]
)
def test_a_layer_of_zope_whose_process_died_is_red(said: str) -> None:
    run = made(
        f"""
        Running shop.Layer1 tests:
          Set up shop.Layer1 in 0.000 seconds.
          Ran 1 tests with 0 failures, 0 errors and 0 skipped in 0.000 seconds.
        Running shop.Layer2 tests:
          Tear down shop.Layer1 ... not supported
        {said}
        Total: 1 tests, 0 failures, 0 errors and 0 skipped in 0.010 seconds.
        """,
        "zope-console",
    )
    assert counts(run) == (1, 1, 0, 0, 0)
    assert [failure.message for failure in run.failures] == [said]


def test_zope_counts_tests_that_it_repeats_once() -> None:
    layer = """
        Running shop.Layer{0} tests:
          Set up shop.Layer{0} in 0.000 seconds.
        Iteration 1
          Ran 3 tests with 0 failures, 0 errors and 0 skipped in 0.010 seconds.
        Iteration 2
          Ran 3 tests with 0 failures, 0 errors and 0 skipped in 0.010 seconds."""
    assert counts(made(f"{layer.format(1)}\n", "zope-console")) == (3, 3, 0, 0, 0)
    both = f"{layer.format(1)}{layer.format(2)}\n        Total: 6 tests, 0 failures, 0 errors and 0 skipped in 0.040 seconds.\n"
    assert counts(made(both, "zope-console")) == (6, 6, 0, 0, 0)
