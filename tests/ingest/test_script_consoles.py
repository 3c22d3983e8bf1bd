"""Consoles of JavaScript, PHP, Dart and others: runners and dialects that no recording has."""

from __future__ import annotations

import io

import pytest

from tests.ingest.consoles import case, counts, made
from triage.ingest import Source, collect
from triage.model import Outcome


def test_pest() -> None:
    run = made(
        """
           FAIL  Tests\\Feature\\CartTest
          ⨯ it adds up                                                     0.05s
          ✓ it starts empty
          - it is off → no redis here
          ↓ it is planned
          ────────────────────────────────────────────────────────────────────────────
           FAILED  Tests\\Feature\\CartTest > it adds up           RuntimeException
          the sum is wrong

          at tests/Feature/CartTest.php:6
              2▕
          ➜   6▕     expect(2)->toBe(3);

          1   tests/Feature/CartTest.php:6


          Tests:    1 failed, 1 todo, 1 skipped, 1 passed (2 assertions)
          Duration: 0.23s
        """,
        "pest-console",
    )
    assert counts(run) == (4, 1, 1, 0, 2)
    failed = case(run, "it adds up")
    assert (failed.suite, failed.duration) == ("Tests\\Feature\\CartTest", 0.05)
    failure = failed.failures[0]
    assert (failure.type, failure.message) == ("RuntimeException", "the sum is wrong")
    assert (failure.file, failure.line) == ("tests/Feature/CartTest.php", 6)
    assert case(run, "it is off").properties == (("reason", "no redis here"),)
    assert run.info.duration == 0.23


def test_artisan_before_collision_6() -> None:
    run = made(
        """
           WARN  Tests\\Unit\\CartTest
          ✓ starts empty
          ⨯ adds up

          • Tests\\Unit\\CartTest > adds up
           PHPUnit\\Framework\\ExpectationFailedException

          Failed asserting that 2 is identical to 3.

          at tests/Unit/CartTest.php:9
        > 9▕     $this->assertSame(3, 2);

          Tests:  1 failed, 1 passed
          Time:   0.10s
        """,
        "pest-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    failure = case(run, "adds up").failures[0]
    assert failure.type == "PHPUnit\\Framework\\ExpectationFailedException"
    assert failure.message == "Failed asserting that 2 is identical to 3."


def test_phpunit_10_tells_issues_and_its_own_warnings() -> None:
    run = made(
        """
        PHPUnit 11.5.3 by Sebastian Bergmann and contributors.

        Runtime:       PHP 8.3.1

        .W.D                                                                4 / 4 (100%)

        Time: 01:02.005, Memory: 8.00 MB

        There was 1 PHPUnit test runner warning:

        1) No code coverage driver available

        --

        1 test triggered 1 warning:

        1) /srv/shop/src/Cart.php:17
        careful

        Triggered by:

        * Tests\\CartTest::testWarns
          /srv/shop/tests/CartTest.php:20

        OK, but there were issues!
        Tests: 4, Assertions: 4, PHPUnit Warnings: 1, Warnings: 1, Deprecations: 1.
        """,
        "phpunit-console",
    )
    assert counts(run) == (4, 4, 0, 0, 0)
    assert not run.failures
    assert run.info.duration == 62.005
    assert [warning.text for warning in run.warnings] == ["No code coverage driver available"]


def test_phpunit_fixture_of_a_class_is_no_test() -> None:
    run = made(
        """
        PHPUnit 10.5.1 by Sebastian Bergmann and contributors.

        E                                                                   1 / 1 (100%)

        Time: 00:00.005, Memory: 8.00 MB

        There was 1 error:

        1) Tests\\StockTest
        RuntimeException: stock is down

        /srv/shop/tests/StockTest.php:9

        ERRORS!
        Tests: 1, Assertions: 0, Errors: 1.
        """,
        "phpunit-console",
    )
    assert not run.cases
    assert (run.failures[0].type, run.failures[0].message) == ("RuntimeException", "stock is down")


def test_phpunit_tells_an_exception_as_php_prints_it() -> None:
    run = made(
        """
        PHPUnit 9.6.7 by Sebastian Bergmann and contributors.

        E                                                                   1 / 1 (100%)

        Time: 00:00.013, Memory: 6.00 MB

        There was 1 error:

        1) CartTest::testOne
        Exception: no database in the cellar in /srv/demo/tests/CartTest.php:31
        Stack trace:
        #0 [internal function]: CartTest::setUpBeforeClass()
        #1 {main}

        ERRORS!
        Tests: 1, Assertions: 0, Errors: 1.
        """,
        "phpunit-console",
    )
    failure = case(run, "testOne").failures[0]
    assert (failure.type, failure.message) == ("Exception", "no database in the cellar")
    assert (failure.file, failure.line) == ("/srv/demo/tests/CartTest.php", 31)


def test_runs_of_an_old_phpunit_at_a_prompt_add_up() -> None:
    run = made(
        """
        C:\\shop\\tests>phpunit StockTest.php
        PHPUnit 4.8.36 by Sebastian Bergmann.

        ...
        Time: 113 ms, Memory: 3.25Mb
        OK (3 tests, 3 assertions)
        C:\\shop\\tests>phpunit CartTest.php
        PHPUnit 4.8.36 by Sebastian Bergmann.

        ....F
        Time: 228 ms, Memory: 3.25Mb
        There was 1 failure:

        1) CartTest::testEmpty
        Failed asserting that a string is empty.

        C:\\shop\\tests\\CartTest.php:65

        FAILURES!
        Tests: 5, Assertions: 9, Failures: 1.

        C:\\shop\\tests>
        """,
        "phpunit-console",
    )
    assert counts(run) == (8, 7, 1, 0, 0)
    assert case(run, "testEmpty").failures[0].line == 65


def test_phpunit_10_testdox() -> None:
    run = made(
        """
        PHPUnit 10.5.1 by Sebastian Bergmann and contributors.

        Cart (Tests\\Cart)
         ✔ Starts empty
         ✘ Adds up
           ┐
           ├ Failed asserting that 2 is identical to 3.
           │
           │ /srv/shop/tests/CartTest.php:6
           ┴

        FAILURES!
        Tests: 2, Assertions: 2, Failures: 1.
        """,
        "phpunit-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    failed = case(run, "Adds up")
    assert failed.suite == "Tests\\Cart"
    assert failed.failures[0].message == "Failed asserting that 2 is identical to 3."
    assert failed.failures[0].file == "/srv/shop/tests/CartTest.php"


def test_webdriverio_adds_its_browsers() -> None:
    run = made(
        """
        [0-0] RUNNING in chrome - /test/specs/cart.js
        [0-0] FAILED in chrome - /test/specs/cart.js

         "spec" Reporter:
        ------------------------------------------------------------------
        [chrome 124.0 linux #0-0] Running: chrome (v124.0) on linux
        [chrome 124.0 linux #0-0] Session ID: 1
        [chrome 124.0 linux #0-0]
        [chrome 124.0 linux #0-0] » /test/specs/cart.js
        [chrome 124.0 linux #0-0] Cart
        [chrome 124.0 linux #0-0]    ✓ starts empty
        [chrome 124.0 linux #0-0]    ✖ adds up
        [chrome 124.0 linux #0-0]    - is off
        [chrome 124.0 linux #0-0]
        [chrome 124.0 linux #0-0] 1 passing (2.1s)
        [chrome 124.0 linux #0-0] 1 failing
        [chrome 124.0 linux #0-0] 1 skipped
        [chrome 124.0 linux #0-0]
        [chrome 124.0 linux #0-0] 1) Cart adds up
        [chrome 124.0 linux #0-0] expected 2 to equal 3
        [chrome 124.0 linux #0-0] AssertionError: expected 2 to equal 3
        [chrome 124.0 linux #0-0]     at Context.<anonymous> (/test/specs/cart.js:9:12)
        ------------------------------------------------------------------
        [firefox 120.0 linux #1-0] Running: firefox (v120.0) on linux
        [firefox 120.0 linux #1-0] » /test/specs/cart.js
        [firefox 120.0 linux #1-0] Cart
        [firefox 120.0 linux #1-0]    ✓ starts empty
        [firefox 120.0 linux #1-0]
        [firefox 120.0 linux #1-0] 1 passing (2.1s)

        Spec Files:\t 1 passed, 1 failed, 2 total (100% completed) in 00:01:05
        """,
        "wdio-console",
    )
    assert counts(run) == (4, 2, 1, 0, 1)
    failed = case(run, "adds up")
    assert (failed.suite, failed.file) == ("chrome 124.0 linux > Cart", "/test/specs/cart.js")
    assert failed.failures[0].line == 9
    assert run.info.duration == 65


def test_webdriverio_without_a_reporter_tells_files() -> None:
    run = made(
        """
        [0-0] RUNNING in chrome - /test/specs/cart.js
        [0-0] Error in "Cart adds up"
        [0-0] FAILED in chrome - /test/specs/cart.js
        [0-1] PASSED in chrome - /test/specs/stock.js

        Spec Files:\t 1 passed, 1 failed, 2 total (100% completed) in 00:00:19
        """,
        "wdio-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert "Cart adds up" in case(run, "/test/specs/cart.js").failures[0].headline


def test_flutter() -> None:
    run = made(
        """
        00:00 +0: loading test/cart_test.dart
        00:01 +0: test/cart_test.dart: Cart starts empty
        00:01 +1: test/cart_test.dart: Cart adds up
        00:01 +1 -1: test/cart_test.dart: Cart adds up [E]
          Expected: <3>
            Actual: <2>

          package:matcher       expect
          test/cart_test.dart 9:5  main.<fn>

        00:02 +1 -1: test/cart_test.dart: Cart is off
          Skip: no redis here
        00:02 +1 ~1 -1: loading test/broken_test.dart
        00:02 +1 ~1 -2: loading test/broken_test.dart [E]
          Failed to load "test/broken_test.dart": Compilation failed

        01:02 +1 ~1 -2: Some tests failed.
        """,
        "dart-console",
    )
    assert counts(run) == (4, 1, 2, 0, 1)
    assert case(run, "Cart starts empty").outcome is Outcome.PASSED
    assert case(run, "Cart is off").outcome is Outcome.SKIPPED
    failed = case(run, "Cart adds up")
    assert failed.file == "test/cart_test.dart"
    assert failed.failures[0].message.startswith("Expected: <3>\n  Actual: <2>")
    assert (failed.failures[0].file, failed.failures[0].line) == ("test/cart_test.dart", 9)
    assert "Compilation failed" in run.failures[0].message
    assert run.info.duration == 62


def test_dart_errors_one_by_one_without_what_a_test_prints() -> None:
    run = made(
        """
        +0: opens
        a line of the test
        +1 -1: shuts [E]
          the door
          Expected: shut
          package:matcher     expect
          dart:core           int.parse
          test/door.dart 9:5  main.<fn>

          Bad state: no key
          test/door.dart 3:5  main.<fn>.<fn>

        printed behind the error
          and this
        +1 -2: waits [E]
          TimeoutException after 0:00:01.000000
          dart:isolate  _RawReceivePort._handleMessage

        Retry: waits
        +2 -1: Some tests failed.
        """,
        "dart-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert [f.message for f in case(run, "shuts").failures] == [
        "the door\nExpected: shut",
        "Bad state: no key",
    ]
    assert [f.line for f in case(run, "shuts").failures] == [9, 3]
    waits = case(run, "waits")
    assert (waits.outcome, waits.attempts) == (Outcome.PASSED, 2)
    assert waits.failures[0].message == "TimeoutException after 0:00:01.000000"


def test_dart_cut_within_a_retry() -> None:
    run = made(
        """
        00:00 +0: opens
        00:00 +0 -1: opens [E]
          Bad state: no key
          test/door.dart 3:5  main.<fn>.<fn>

        Retry: opens
        """,
        "dart-console",
    )
    assert (case(run, "opens").outcome, case(run, "opens").attempts) == (Outcome.FAILED, 2)


def test_dart_groups_of_github() -> None:
    run = made(
        """
        ::group::✅ Passing tests
        ✅ test/a_test.dart: one
        ::endgroup::
        ::group::✅ test/a_test.dart: talks
        Hello
        ::endgroup::
        ::group::⏭️ Skipped tests
        ⏭️ test/a_test.dart: two (skipped)
        ::endgroup::
        ::group::❌ test/a_test.dart: three (failed)
        Hello
        Retry: three
        no message that is known
        test/a_test.dart 3:5  main.<fn>.<fn>
        FormatException: no number
        test/a_test.dart 3:5  main.<fn>.<fn>
        ::endgroup::
        ✅ test/a_test.dart: four
        ::group::❌ test/a_test.dart: four (failed after test completion)
        Bad state: too late
        test/a_test.dart 9:5  main.<fn>.<fn>
        ::endgroup::

        ::error::2 tests passed, 2 failed, 1 skipped.
        """,
        "dart-console",
    )
    assert [(c.name, c.outcome.value) for c in run.cases] == [
        ("one", "passed"), ("talks", "passed"), ("two", "skipped"), ("three", "failed"), ("four", "failed")
    ]  # fmt: skip
    three = case(run, "three")
    assert three.attempts == 2
    assert [f.message for f in three.failures] == [
        "no message that is known",
        "FormatException: no number",
    ]
    assert [f.message for f in case(run, "four").failures] == ["Bad state: too late"]


def test_testcafe() -> None:
    run = made(
        """
         Running tests in:
         - Chrome 120.0 / Linux

         Cart
         ✓ Starts empty
         ✖ Adds up

           1) AssertionError: expected 2 to equal 3

              Browser: Chrome 120.0 / Linux

                  7 |  const sum = 2;
               >  8 |  await t.expect(sum).eql(3);

              at <anonymous> (/srv/shop/cart.js:8:20)

         - Is off
         ✓ Comes right (unstable)

         1/3 failed (1m 02s)
         1 skipped
        """,
        "testcafe-console",
    )
    assert counts(run) == (4, 2, 1, 0, 1)
    assert run.totals.flaky == 1
    failed = case(run, "Adds up")
    assert failed.failures[0].message == "AssertionError: expected 2 to equal 3"
    assert (failed.failures[0].file, failed.failures[0].line) == ("/srv/shop/cart.js", 8)
    assert run.info.duration == 62


def test_karma_counts_every_browser() -> None:
    run = made(
        """
        Chrome 120.0.0.0 (Linux x86_64) Cart adds up FAILED
        \tExpected 2 to be 3.
        \t    at cart.spec.js:3:1
        Chrome 120.0.0.0 (Linux x86_64): Executed 2 of 3 (1 FAILED) (skipped 1) (0.1 secs / 0.05 secs)
        Firefox 121.0 (Linux x86_64): Executed 2 of 3 (skipped 1) SUCCESS (1 min 2.5 secs / 0.05 secs)
        TOTAL: 1 FAILED, 3 SUCCESS
        """,
        "karma-console",
    )
    assert counts(run) == (6, 3, 1, 0, 2)
    assert case(run, "Cart adds up").suite == "Chrome 120.0.0.0 (Linux x86_64)"


def test_karma_that_lost_its_browser_is_red() -> None:
    run = made(
        """
        01 02 2026 03:04:05.678:INFO [karma-server]: Karma v6.4.2 server started at http://localhost:9876/
        Chrome 120.0.0.0 (Linux x86_64): Executed 1 of 3 SUCCESS (0 secs / 0.05 secs)
        01 02 2026 03:04:35.678:WARN [Chrome 120.0.0.0 (Linux x86_64)]: Disconnected (0 times) because no message in 30000 ms.
        Chrome 120.0.0.0 (Linux x86_64): Executed 1 of 3 DISCONNECTED (30 secs / 0.05 secs)
        """,
        "karma-console",
    )
    assert counts(run) == (1, 1, 0, 0, 0)
    assert "no message in 30000 ms" in run.failures[0].message


def test_jasmine_spec_reporter() -> None:
    run = made(
        """
        Jasmine started

          Cart
            ✓ starts empty
            ✗ adds up
              - Expected 2 to be 3.

        **************************************************
        *                    Failures                    *
        **************************************************

        1) Cart adds up
          - Expected 2 to be 3.
              at UserContext.<anonymous> (/srv/shop/cart.spec.js:3:35)

        Executed 2 of 3 specs (1 FAILED) (1 PENDING) in 0.05 sec.
        """,
        "jasmine-console",
    )
    assert counts(run) == (3, 1, 1, 0, 1)
    failure = case(run, "Cart adds up").failures[0]
    assert (failure.message, failure.line) == ("Expected 2 to be 3.", 3)


_ROBOT = """
==============================================================================
Shop
==============================================================================
Adds Up                                                               | FAIL |
ValueError: 2 != 3
------------------------------------------------------------------------------
Starts Empty                                                          | PASS |
------------------------------------------------------------------------------
Shop                                                                  | FAIL |
{counts}
==============================================================================
Output:  /srv/shop/output.xml
"""


@pytest.mark.parametrize(
    "told",
    [
        "2 tests, 1 passed, 1 failed",
        "2 critical tests, 1 passed, 1 failed\n2 tests total, 1 passed, 1 failed",
    ],
)
def test_robot_framework_before_and_since_4(told: str) -> None:
    run = made(_ROBOT.format(counts=told), "robot-console")
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "Adds Up").failures[0].type == "ValueError"
    assert not run.warnings


def test_teamcity_flows_retries_and_a_test_without_end() -> None:
    run = made(
        """
        ##teamcity[testRetrySupport enabled='true']
        ##teamcity[flowStarted flowId='b' parent='a']
        ##teamcity[testSuiteStarted name='Cart' flowId='a']
        ##teamcity[testSuiteStarted name='Stock' flowId='b']
        ##teamcity[testStarted name='adds |'up|'' flowId='a']
        ##teamcity[testStarted name='is checked' flowId='b']
        ##teamcity[testFailed name='adds |'up|'' flowId='a' message='ValueError: 2 |0x2260 3' details='first|nsecond']
        ##teamcity[testFinished name='adds |'up|'' flowId='a' duration='5']
        ##teamcity[testStarted name='adds |'up|'' flowId='a']
        ##teamcity[testFinished name='adds |'up|'' flowId='a' duration='7']
        ##teamcity[testIgnored name='is off' flowId='a' message='no redis']
        ##teamcity[buildProblem description='the agent ran out of disk']
        """,
        "teamcity",
    )
    assert counts(run) == (3, 1, 0, 1, 1)
    retried = case(run, "adds 'up'")
    assert (retried.flaky, retried.duration) == (True, 0.012)
    assert (retried.failures[0].type, retried.failures[0].message) == ("ValueError", "ValueError: 2 ≠ 3")
    assert case(run, "is checked").suite == "Cart > Stock"
    assert run.failures[0].message == "the agent ran out of disk"


def test_prove_that_was_stopped_tells_why() -> None:
    run = made(
        """
        t/a.t .. ok
        t/b.t .. Bailout called.  Further testing stopped:  no database
        Bailout called.  Further testing stopped:  no database
        FAILED--Further testing stopped: no database
        Files=2, Tests=3,  1 wallclock secs ( 0.02 usr  0.00 sys +  0.13 cusr  0.00 csys =  0.15 CPU)
        Result: FAIL
        """,
        "prove-console",
    )
    assert [failure.message for failure in run.failures] == ["no database"]


def test_a_program_of_make_test_that_bailed_out_is_read_without_counts() -> None:
    run = made(
        """
        PERL_DL_NONLAZY=1 "/usr/bin/perl" "-MExtUtils::Command::MM" "-e" "test_harness(0)" t/*.t

        #   Failed test 'use Shop;'
        #   at t/00-load.t line 7.
        #     Tried to use 'Shop'.
        Bailout called.  Further testing stopped:  Cannot load Shop
        t/00-load.t ..
        Dubious, test returned 255 (wstat 65280, 0xff00)
        Failed 9/9 subtests
        FAILED--Further testing stopped: Cannot load Shop
        make: *** [Makefile:845: test_dynamic] Error 255
        """,
        "prove-console",
    )
    assert counts(run) == (1, 0, 1, 0, 0)
    assert [failure.message for failure in run.failures] == ["Cannot load Shop"]


def test_cucumber_jvm_lists_scenarios_by_address() -> None:
    run = made(
        """
        Scenario: Adds up        # src/test/resources/cart.feature:8
          Given a cart           # com.shop.Steps.cart()
          Then it holds 3 things # com.shop.Steps.holds(int)
              org.opentest4j.AssertionFailedError: expected: <3> but was: <2>
        \tat com.shop.Steps.holds(Steps.java:21)
        \tat ✽.it holds 3 things(file:///srv/shop/src/test/resources/cart.feature:10)

        Failed scenarios:
        file:///srv/shop/src/test/resources/cart.feature:8 # Adds up

        2 Scenarios (1 failed, 1 passed)
        4 Steps (1 failed, 3 passed)
        0m0.312s
        """,
        "cucumber-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert run.info.duration == 0.312
    assert any("expected: <3> but was: <2>" in f.message for c in run.cases for f in c.failures)


def test_cucumber_js_tries_again() -> None:
    run = made(
        """
        .F..

        Warnings:

        1) Scenario: Comes right (attempt 1, retried) # features/cart.feature:8
           ✖ Then it holds 3 things # features/steps.js:4
               Error: not yet
                   at World.<anonymous> (/srv/shop/features/steps.js:4:53)

        2 scenarios (2 passed)
        4 steps (4 passed)
        0m00.009s
        """,
        "cucumber-console",
    )
    assert counts(run) == (2, 2, 0, 0, 0)
    assert run.totals.flaky == 1
    assert case(run, "Comes right").failures[0].message == "Error: not yet"


def test_codeception() -> None:
    run = made(
        """
        There was 1 failure:
        ---------
        1) CartCest: Adds up
         Test  tests/unit/CartCest.php:addsUp
        Failed asserting that 2 matches expected 3.
        #1  /srv/shop/tests/unit/CartCest.php:9

        FAILURES!
        Tests: 2, Assertions: 2, Failures: 1.
        """,
        "phpunit-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "Adds up").suite == "CartCest"


def test_playwright_before_it_numbered_its_marks() -> None:
    run = made(
        """
        Running 3 tests using 1 worker

          ✓  [chromium] › cart.spec.ts:3:1 › starts empty (345ms)
          x  [chromium] › cart.spec.ts:7:1 › adds up (1s)
          x  [chromium] › cart.spec.ts:7:1 › adds up (retry #1) (1s)
          -  [chromium] › cart.spec.ts:9:1 › is off


          1) [chromium] › cart.spec.ts:7:1 › adds up =====================================================

            Error: expect(received).toBe(expected)

                at cart.spec.ts:8:17

            Retry #1 ---------------------------------------------------------------------------------------

            Error: once more

                at cart.spec.ts:8:17


          1 failed
            [chromium] › cart.spec.ts:7:1 › adds up ======================================================
          1 skipped
          1 passed (4s)
        """,
        "playwright-console",
    )
    assert counts(run) == (3, 1, 1, 0, 1)
    failed = case(run, "adds up")
    assert (failed.suite, failed.line) == ("chromium", 7)
    assert [f.headline for f in failed.failures] == [
        "Error: expect(received).toBe(expected)",
        "Error: once more",
    ]


def test_karma_that_ran_nothing_is_no_green() -> None:
    run = made("PhantomJS 2.1.1 (Linux 0.0.0): Executed 0 of 0 ERROR (0.1 secs / 0 secs)\n", "karma-console")
    assert counts(run) == (0, 0, 0, 0, 0)
    assert "Executed 0 of 0 ERROR" in run.failures[0].message


def test_a_killed_cucumber_run_is_no_green_one_of_behave() -> None:
    run = made(
        """
        Feature: Cart

          Scenario: Adds up        # features/cart.feature:8
            When I add 2 things    # features/step_definitions/steps.rb:2
            Then it holds 3 things # features/step_definitions/steps.rb:3
              expected 3, got 2 (RuntimeError)
              ./features/step_definitions/steps.rb:3:in `block'
              features/cart.feature:10:in `Then it holds 3 things'

          Scenario: Pays           # features/cart.feature:12
        """,
        "cucumber-console",
    )
    failed = case(run, "Adds up")
    assert (failed.outcome, failed.failures[0].headline) == (
        Outcome.FAILED,
        "RuntimeError: expected 3, got 2",
    )
    assert any("cut off" in warning.text for warning in run.warnings)


def test_a_killed_mocha_run_has_its_tree() -> None:
    run = made(
        """
          Cart
            ✔ starts empty
            1) adds up
            ✔ pays
        """,
        "mocha-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert any("cut off" in warning.text for warning in run.warnings)


def test_a_run_that_comes_to_no_test_says_why() -> None:
    run = made(
        """
        PHPUnit 9.6.7 by Sebastian Bergmann and contributors.

        Cannot open file "nothere.php".
        """,
        "phpunit-console",
    )
    assert counts(run) == (0, 0, 0, 0, 0)
    assert [f.message for f in run.failures] == ['Cannot open file "nothere.php".']


def test_what_flutter_tells_ahead_of_the_red_line() -> None:
    run = made(
        """
        00:01 +0: /shop/cart_test.dart: Cart sums
        ══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞═══════════════════════════════════════════════════════════
        The following StateError was thrown building Shelf(dirty):
        Bad state: no shelf

        When the exception was thrown, this was the stack:
        #0      Shelf.build (package:shop/shelf.dart:20:5)
        ════════════════════════════════════════════════════════════════════════════════════════════════════
        ══╡ EXCEPTION CAUGHT BY FLUTTER TEST FRAMEWORK ╞════════════════════════════════════════════════════
        The following TestFailure was thrown running a test:
        Expected: exactly one matching candidate
          Actual: no cart

        When the exception was thrown, this was the stack:
        #4      main.<anonymous closure> (file:///shop/cart_test.dart:13:5)

        The test description was:
          Cart sums
        ════════════════════════════════════════════════════════════════════════════════════════════════════
        00:02 +0 -1: /shop/cart_test.dart: Cart sums [E]
          Test failed. See exception logs above.
          The test description was: Cart sums

        To run this test again: dart test /shop/cart_test.dart -p vm --plain-name 'Cart sums'
        ══╡ EXCEPTION CAUGHT BY FLUTTER TEST FRAMEWORK ╞════════════════════════════════════════════════════
        The following message was thrown running a test:
        the till is locked

        The test description was:
          Cart pays
        ════════════════════════════════════════════════════════════════════════════════════════════════════
        00:02 +0 -2: /shop/cart_test.dart: Cart pays [E]
          Test failed. See exception logs above.
          The test description was: Cart pays

        00:02 +0 -2: Some tests failed.
        """,
        "dart-console",
    )
    assert counts(run) == (2, 0, 2, 0, 0)
    sums, pays = (case(run, name).failures[0] for name in ("Cart sums", "Cart pays"))
    assert sums.message == "Expected: exactly one matching candidate\n  Actual: no cart"
    assert (sums.file, sums.line, sums.source_line) == ("/shop/cart_test.dart", 13, 11)
    assert "till" not in sums.trace
    assert pays.message == "the till is locked"


def test_dart_before_it_marked_errors() -> None:
    run = made(
        """
        02:00 +8 ~1: test/cart_test.dart: sums
        02:01 +8 ~1 -1: test/cart_test.dart: sums
          the till is locked
          test/cart_test.dart 7:5  main.<fn>

        02:01 +8 ~1 -1: test/cart_test.dart: pays
        02:02 +9 ~1 -1: test/cart_test.dart: drops
        """,
        "dart-console",
    )
    assert counts(run) == (11, 9, 1, 0, 1)
    assert case(run, "sums").failures[0].message == "the till is locked"


def test_a_file_of_pester_that_broke_outside_its_blocks() -> None:
    run = made(
        """
        Running tests from 'C:\\shop\\Cart.Tests.ps1'
        [-] <ScriptBlock>:C:\\shop\\Cart.Tests.ps1:27 failed with:
        RuntimeException: the till is locked
        at <ScriptBlock>, C:\\shop\\Cart.Tests.ps1:29
        Tests completed in 50ms
        Tests Passed: 0, Failed: 6, Skipped: 0, Inconclusive: 0, NotRun: 0
        Container failed: 1
          - <ScriptBlock>:C:\\shop\\Cart.Tests.ps1:27
        """,
        "pester-console",
    )
    assert counts(run) == (6, 0, 6, 0, 0)
    assert not run.cases
    assert run.failures[0].message.endswith("RuntimeException: the till is locked")
    assert run.failures[0].line == 29


def test_suites_that_jest_left_out() -> None:
    run = made(
        """
        Test Suites: 1 skipped, 53 passed, 53 of 54 total
        Tests:       6 skipped, 202 passed, 208 total
        Time:        30.707 s, estimated 55 s
        """,
        "jest-console",
    )
    assert counts(run) == (208, 202, 0, 0, 6)


def test_what_no_test_of_cypress_caught() -> None:
    run = made(
        """
          (Run Starting)

          Running:  cart.cy.js                                                                      (1 of 1)


          1) An uncaught error was detected outside of a test

          0 passing
          1 failing

          1) An uncaught error was detected outside of a test:
             AssertionError: The following error originated from your test code, not from Cypress.

          > the till is locked

        When Cypress detects uncaught errors originating from your test code it will automatically fail the current test.

        Cypress could not associate this error to any specific test.


          (Results)
        """,
        "cypress-console",
    )
    assert not run.failures
    failure = case(run, "An uncaught error was detected outside of a test").failures[0]
    assert failure.headline == "AssertionError: the till is locked"
    assert "originated from your test code" in failure.message


def test_what_a_job_says_above_the_first_file_of_prove_is_not_why_it_broke() -> None:
    run = made(
        """
        Running with gitlab-runner 16.9.0 (656c1943)
        $ prove -l t
        Can't locate File/Slurp.pm in @INC at t/a.t line 6.
        BEGIN failed--compilation aborted at t/a.t line 6.
        t/a.t ..
        Dubious, test returned 2 (wstat 512, 0x200)
        No subtests run

        Test Summary Report
        -------------------
        t/a.t (Wstat: 512 (exited 2) Tests: 0 Failed: 0)
          Non-zero exit status: 2
          Parse errors: No plan found in TAP output
        Files=1, Tests=0,  0 wallclock secs ( 0.02 usr  0.01 sys +  0.19 cusr  0.02 csys =  0.24 CPU)
        Result: FAIL
        """,
        "prove-console",
    )
    assert run.failures[0].headline == "Can't locate File/Slurp.pm in @INC at t/a.t line 6."


def test_php_that_ends_within_its_only_line_of_dots() -> None:
    text = (
        'PHPUnit 11.5.2 by Sebastian Bergmann and contributors.\n\nRuntime:       PHP 8.4.1\n\n..E.F{"lamp":'
    )
    run = collect(Source("ci.log", lambda: io.BytesIO(text.encode())))
    assert run.format == "phpunit-console"
    assert counts(run) == (5, 3, 1, 1, 0)
    assert any("cut off" in warning.text for warning in run.warnings)
