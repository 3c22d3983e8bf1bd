"""Older versions, rarer modes and cut outputs of runners that have a reader, and runners without a recording."""

from __future__ import annotations

from tests.ingest.consoles import case, counts, made
from triage.model import Outcome


def test_ant_counts_a_class_once_and_names_what_its_formatter_names() -> None:
    run = made(
        """
        Buildfile: /repo/build.xml

        test:
            [junit] Running shop.CartTest
            [junit] Testsuite: shop.CartTest
            [junit] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 0,25 sec
            [junit] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 0,25 sec
            [junit]\x20
            [junit] Testcase: testAdds took 0.01 sec
            [junit] Testcase: testCounts took 0.02 sec
            [junit] \tFAILED
            [junit] expected:<7> but was:<8>
            [junit] junit.framework.AssertionFailedError: expected:<7> but was:<8>
            [junit] \tat shop.CartTest.testCounts(CartTest.java:12)
            [junit]\x20
            [junit] Testcase: testBox(shop.CartTest):\tCaused an ERROR
            [junit] no box
            [junit] java.lang.IllegalStateException: no box
            [junit] \tat shop.Box.open(Box.java:3)
            [junit]\x20
            [junit] Testcase: testLater took 0 sec
            [junit] \tSKIPPED: no scale
            [junit] Test shop.CartTest FAILED
            [junit] Running shop.DoorTest
            [junit] Tests run: 2, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.1 sec
            [junit] Test shop.DoorTest FAILED (crashed)

        BUILD FAILED
        /repo/build.xml:37: Test shop.CartTest failed
        """,
        "ant-console",
    )
    assert counts(run) == (6, 2, 1, 2, 1)
    failure = case(run, "testCounts").failures[0]
    assert failure.message.startswith("expected:<7> but was:<8>")
    assert (failure.file, failure.line, failure.source_line) == ("CartTest.java", 12, 12)
    assert case(run, "testBox").outcome is Outcome.ERROR
    assert case(run, "testLater").properties == (("reason", "no scale"),)
    assert [failure.message for failure in run.failures] == ["Test shop.DoorTest FAILED (crashed)"]


def test_ant_tells_what_does_not_compile_and_why_a_build_without_red_tests_failed() -> None:
    compiled = made(
        """
            [javac] /repo/src/Box.java:3: error: cannot find symbol
            [junit] Tests run: 2, Failures: 0, Errors: 0, Time elapsed: 0.1 sec
            [junit] Tests run: 3, Failures: 0, Errors: 0, Time elapsed: 0.1 sec
        """,
        "ant-console",
    )
    assert counts(compiled) == (5, 5, 0, 0, 0)
    assert [(f.file, f.line) for f in compiled.failures] == [("/repo/src/Box.java", 3)]
    stopped = made(
        """
            [junit] Running shop.CartTest
            [junit] Tests run: 2, Failures: 0, Errors: 0, Time elapsed: 0.1 sec

        BUILD FAILED
        /repo/build.xml:40: no report directory
        """,
        "ant-console",
    )
    assert [failure.message for failure in stopped.failures] == ["/repo/build.xml:40: no report directory"]


def test_the_log_that_ctest_keeps() -> None:
    ruler = "-" * 58
    run = made(
        f"""
        Start testing: Oct 23 12:24 CEST
        {ruler}
        1/2 Testing: shelf
        1/2 Test: shelf
        Command: "/b/shelf"
        Directory: /b
        "shelf" start time: Oct 23 12:24 CEST
        Output:
        {ruler}
        [ RUN      ] Shelf.Counts
        /repo/shelf.cc:12: error: 7 boxes
        <end of output>
        Test time =   0.80 sec
        {ruler}
        Test Failed.
        "shelf" end time: Oct 23 12:24 CEST
        2/2 Testing: door
        Output:
        <end of output>
        Test time =   0.10 sec
        Test Passed.
        End testing: Oct 23 12:24 CEST
        """,
        "ctest-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "shelf").failures[0].message == "/repo/shelf.cc:12: error: 7 boxes"
    assert case(run, "shelf").duration == 0.8
    assert not run.warnings


def test_gotestsum_tells_a_package_that_failed_without_a_test() -> None:
    run = made(
        """
        === Failed
        === FAIL: shop/main  (0.00s)
        no database
        FAIL\tshop/main\t0.001s

        === FAIL: shop/cart TestCounts (0.00s)
            cart_test.go:5: 7 boxes

        DONE 3 tests, 2 failures in 0.010s
        """,
        "gotestsum-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert [failure.message for failure in run.failures] == ["no database"]


def test_gotestsum_does_not_know_how_long_a_test_that_hangs_took() -> None:
    run = made(
        """
        ✖  shop/cart (9.8s)

        === Failed
        === FAIL: shop/cart TestHangs (unknown)
        panic: test timed out after 10s

        DONE 3 tests, 1 failure in 10.2s
        """,
        "gotestsum-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert case(run, "TestHangs").failures[0].message == "panic: test timed out after 10s"


def test_gotestsum_where_somebody_hid_the_times() -> None:
    run = made(
        """
        PASS shop/cart.TestAdds
        === RUN   TestCounts
            cart_test.go:51: not this time
        --- FAIL: TestCounts
        FAIL shop/cart.TestCounts
        FAIL shop/cart

        DONE 2 tests, 1 failure

        PASS shop/cart.TestCounts (re-run 1)
        PASS shop/cart

        === Failed
        === FAIL: shop/cart TestCounts
            cart_test.go:51: not this time

        DONE 2 runs, 3 tests, 1 failure
        """,
        "gotestsum-console",
    )
    assert (counts(run), run.totals.flaky) == ((2, 2, 0, 0, 0), 1)
    assert counts(made("--- FAIL: TestCounts\n    cart_test.go:51: no\nFAIL\n", "go-test-console")) == (
        1,
        0,
        1,
        0,
        0,
    )


def test_gotestsum_without_its_summary() -> None:
    github = made(
        """
          FAIL Package shop/main (1ms)

        ::group::PASS shop/cart.TestAdds (0.00s)
        ::endgroup::
        ::error file=cart_test.go,line=5,title=TestCounts::7 boxes
        ::group::FAIL shop/cart.TestCounts (0.01s)
            cart_test.go:5: 7 boxes

        ::endgroup::
          SKIP shop/cart.TestLater (0.00s)
          FAIL Package shop/cart (20ms)
        """,
        "gotestsum-console",
    )
    assert counts(github) == (3, 1, 1, 0, 1)
    assert case(github, "TestCounts").failures[0].message == "7 boxes"
    assert len(github.failures) == 1
    dox = made(
        "shop/cart:\n ✓ Adds (0.00s)\n ✖ Counts boxes (0.00s)\n ∅ Later (0.00s)\n", "gotestsum-console"
    )
    assert counts(dox) == (3, 1, 1, 0, 1)


def test_go_before_1_14_logs_with_tabs_behind_the_result() -> None:
    run = made(
        "=== RUN   TestCounts\n=== RUN   TestCounts/boxes\n--- FAIL: TestCounts (0.00s)\n"
        "    --- FAIL: TestCounts/boxes (0.00s)\n    \tcart_test.go:5: 7 boxes\n"
        "=== RUN   TestAdds\n--- FAIL: TestAdds (0.00s)\n\tcart_test.go:9: no box\nFAIL\nFAIL\tshop/cart\t0.01s\n",
        "go-test-console",
    )
    assert case(run, "TestCounts/boxes").failures[0].message == "7 boxes"
    assert case(run, "TestAdds").failures[0].line == 9
    assert not case(run, "TestCounts").failures


def test_pytest_3_writes_fail_in_its_summary() -> None:
    run = made(
        """
        ============ test session starts ============
        collected 2 items

        test_cart.py F.                          [100%]
        ========== short test summary info ==========
        FAIL test_cart.py::test_counts
        ===== 1 failed, 1 passed in 0.05 seconds ====
        """,
        "pytest-console",
    )
    assert case(run, "test_counts").outcome is Outcome.FAILED
    assert case(run, "test_counts").failures[0].source_line == 6


def test_vstest_15_writes_its_labels_without_a_margin() -> None:
    run = made(
        """
        Starting test execution, please wait...
        Failed   Shop.CartTest.Counts
        Error Message:
         Expected:<7>. Actual:<8>.
        Stack Trace:
           at Shop.CartTest.Counts() in /repo/CartTest.cs:line 29
        Test Run Failed.
        """,
        "dotnet-test-console",
    )
    failure = case(run, "Counts").failures[0]
    assert (failure.message, failure.line) == ("Expected:<7>. Actual:<8>.", 29)


def test_files_that_failed_without_a_word_are_a_failure_of_the_run() -> None:
    jest = made(
        "Test Suites: 1 failed, 1 total\nTests:       0 total\nSnapshots:   0 total\nTime:        0.97s\n",
        "jest-console",
    )
    assert [failure.message for failure in jest.failures] == ["Test Suites: 1 failed, 1 total"]
    vitest = made(
        " Test Files  2 failed | 3 passed (5)\n      Tests  9 passed (9)\n   Duration  2s\n",
        "vitest-console",
    )
    assert len(vitest.failures) == 1
    assert counts(vitest) == (9, 9, 0, 0, 0)


def test_ava_does_not_lose_what_a_time_out_caught() -> None:
    run = made(
        """
          ✔ cart › adds

          ✘ Timed out while running tests

          1 test was pending in cart.js

          ◌ cart › waits

          ✘ Line numbers for door.js did not match any tests
          ─

          1 test passed
          1 test remained pending after a timeout
        """,
        "ava-console",
    )
    assert counts(run) == (2, 1, 0, 1, 0)
    assert case(run, "waits").failures[0].message == "still pending when the run timed out"
    assert len(run.failures) == 2


def test_phpunit_that_dies_within_a_test_leaves_its_dots() -> None:
    run = made(
        """
        PHPUnit 11.5.27 by Sebastian Bergmann and contributors.

        Runtime:       PHP 8.4.10

        ...................... 22 / 30 ( 73%)
        .FESI{"error":"no token"}
        """,
        "phpunit-console",
    )
    assert counts(run) == (27, 23, 1, 1, 2)


def test_phpunit_testdox_tells_its_tests_once() -> None:
    run = made(
        """
        PHPUnit 12.1.0 by Sebastian Bergmann and contributors.

        Time: 00:00.017, Memory: 10.00 MB

        Cart (Shop\\Cart)
         ✔ Adds
         ✘ Counts
           │
           │ Failed asserting that 8 is 7.
           │
           │ /repo/CartTest.php:53
           │

        Summary of tests with errors, failures, or issues:

        Cart (Shop\\Cart)
         ✘ Counts
           │
           │ Failed asserting that 8 is 7.
           │
           │ /repo/CartTest.php:53
           │

        FAILURES!
        Tests: 2, Assertions: 2, Failures: 1.
        """,
        "phpunit-console",
    )
    assert [c.name for c in run.cases] == ["Adds", "Counts"]


def test_nextest_cut_off_is_not_the_libtest_inside_it() -> None:
    run = made(
        """
            Starting 2 tests across 1 binary (run ID: 0, nextest profile: default)
                PASS [   0.006s] shop::cart adds
                FAIL [   0.007s] shop::cart counts

        --- STDOUT:              shop::cart counts ---

        running 1 test
        test counts ... FAILED

        test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.00s

        --- STDERR:              shop::cart counts ---
        thread 'counts' panicked at src/cart.rs:3:5:
        7 boxes
        """,
        "nextest-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    listed = made(
        """
             Summary [   1.0s] 2 tests run: 1 passed, 1 failed, 0 skipped
                FAIL [   0.1s] shop::cart counts
        error: test run failed
        """,
        "nextest-console",
    )
    assert not case(listed, "counts").failures[0].message


def test_bun_that_bails_says_only_how_many_ran() -> None:
    run = made(
        "bun test v1.3\n\ncart.test.ts:\nerror: 7 boxes\n(fail) cart > counts [0.1ms]\n"
        "Ran 2 tests across 1 file. [15.00ms]\nBailed out after 1 failure\n",
        "bun-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)


def test_bloop_prints_what_sbt_prints_without_levels() -> None:
    run = made(
        f"""
        Compiling shop (1 Scala source)
        Compiled shop (1472ms)
        CartSuite:
        - adds
        - counts *** FAILED ***
          8 did not equal 7 (CartSuite.scala:12)
        Execution took 23ms
        3 tests, 1 passed, 1 failed, 1 ignored

        {"=" * 60}
        Total duration: 23ms
        1 failed

        Failed:
        - shop.CartSuite:
          * counts - 8 did not equal 7
        {"=" * 60}
        """,
        "sbt-console",
    )
    assert counts(run) == (3, 1, 1, 0, 1)
    assert case(run, "counts").failures[0].line == 12


def test_zio_test_marks_a_failure_with_a_dash() -> None:
    run = made(
        """
        [info] + Cart
        [info]   + adds
        [info]   - counts
        [info]     ✗ 8 was not equal to 7
        [info]     boxes = 8
        [info] 1 tests passed. 1 tests failed. 0 tests ignored.
        [info]   - Cart / counts
        [info]     ✗ 8 was not equal to 7
        [error] Failed: Total 2, Failed 1, Errors 0, Passed 1
        """,
        "sbt-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "Cart counts").failures[0].message.startswith("✗ 8 was not equal to 7")
    assert len(run.cases) == 2


def test_android_devices_without_a_progress_line() -> None:
    run = made(
        """
        > Task :app:connectedDebugAndroidTest
        Starting 23 tests on test(AVD) - 6.0

        shop.CartTest > counts[test(AVD) - 6.0] FAILED\x20
        \tjava.lang.AssertionError: 8 boxes
        Tests on test(AVD) - 6.0 failed: There was 1 failure(s).
        """,
        "gradle-console",
    )
    assert counts(run) == (23, 22, 1, 0, 0)


def test_mocha_1_and_the_hook_of_no_suite() -> None:
    old = made(
        "\n  ✖ 1 of 3 tests failed:\n\n  1) Cart counts:\n     AssertionError: 8 boxes\n      at t.js:5:33\n",
        "mocha-console",
    )
    assert counts(old) == (3, 2, 1, 0, 0)
    hook = made(
        '\n  1) "before all" hook\n\n  0 passing (0ms)\n  1 failing\n\n  1)  "before all" hook:\n'
        "     Error: no database\n      at Context.<anonymous> (t.js:3:11)\n\n",
        "mocha-console",
    )
    assert [failure.message for failure in hook.failures] == ["Error: no database"]


def test_xctest_whose_red_tests_are_cut_off_keeps_their_number() -> None:
    run = made(
        """
        Test Case '-[Shop.Cart testAdds]' started.
        Test Case '-[Shop.Cart testAdds]' passed (0.000 seconds).
        Test Suite 'All tests' failed at 2018-12-26 19:32:14.478.
        \t Executed 9 tests, with 3 failures (1 unexpected) in 1.600 (1.611) seconds
        """,
        "xctest-console",
    )
    assert counts(run) == (9, 6, 3, 0, 0)


def test_catch_that_died_before_its_counts() -> None:
    dots, rule = "." * 79, "-" * 79
    run = made(
        f"""
        shop.out is a Catch v1.1 b13 (develop) host application.
        Run with -? for options

        {rule}
        counts
        {rule}
        cart.cpp:7
        {dots}

        cart.cpp:8: FAILED:
        due to a fatal error condition:
          SIGSEGV - Segmentation violation signal
        """,
        "catch2-console",
    )
    assert [c.name for c in run.cases] == ["counts"]


def test_the_report_of_prove_alone() -> None:
    run = made(
        """
        Test Summary Report
        -------------------
        t/cart.t     (Wstat: 512 Tests: 0 Failed: 0)
          Non-zero exit status: 2
          Parse errors: Bad plan.  You planned 6 tests but ran 0.
        """,
        "prove-console",
    )
    assert run.failures[0].file == "t/cart.t"


def test_pester_5() -> None:
    run = made(
        """
        Starting discovery in 1 files.
        Running tests from 'C:\\repo\\Cart.Tests.ps1'
        Describing Cart
          [+] adds 12ms (8ms|4ms)
         Context boxes
           [-] counts 5ms (2ms|2ms)
            Expected 7, but got 8.
            at $n | Should -Be 7, C:\\repo\\Cart.Tests.ps1:8
            at <ScriptBlock>, C:\\repo\\Cart.Tests.ps1:8
          [!] waits, is skipped because no scale 1ms (0ms|1ms)
        [-] Describe Door failed
          RuntimeException: no door
          at <ScriptBlock>, C:\\repo\\Cart.Tests.ps1:13
        Tests completed in 263ms
        Tests Passed: 1,\x20
        Failed: 2,\x20
        Skipped: 1,\x20
        Inconclusive: 1,\x20

        NotRun: 4
        BeforeAll \\ AfterAll failed: 1
          - Door
        """,
        "pester-console",
    )
    assert counts(run) == (5, 1, 2, 0, 2)
    counted = case(run, "counts")
    assert (counted.suite, counted.file) == ("Cart > boxes", "C:\\repo\\Cart.Tests.ps1")
    assert (counted.failures[0].message, counted.failures[0].line) == ("Expected 7, but got 8.", 8)
    assert case(run, "waits").properties == (("reason", "no scale"),)
    assert run.failures[0].message == "Describe Door failed\nRuntimeException: no door"
    assert run.failures[0].line == 13


def test_pester_4_blames_the_test_and_not_pester() -> None:
    run = made(
        """
          Describing Cart
            [-] counts 150ms
              Expected: {7}
              But was:  {8}
              at Invoke-LegacyAssertion, C:\\Modules\\Pester\\4.0.8\\Should.ps1: line 190
              at <ScriptBlock>, C:\\repo\\Cart.Tests.ps1: line 18
        Tests completed in 681ms
        Tests Passed: 0, Failed: 1, Skipped: 0, Pending: 0, Inconclusive: 0
        """,
        "pester-console",
    )
    failure = case(run, "counts").failures[0]
    assert failure.message == "Expected: {7}\nBut was:  {8}"
    assert (failure.file, failure.line) == ("C:\\repo\\Cart.Tests.ps1", 18)


def test_testthat_counts_expectations_and_names_what_did_not_pass_once() -> None:
    run = made(
        """
              > test_check("shop")
              ── Failure ('test-cart.R:9:3'): the cart counts ────────────────────────
              nrow(cart) not equal to 8.
              [ FAIL 2 | WARN 0 | SKIP 1 | PASS 93 ]

              ══ Skipped tests ════════════════════════════════════════════════════════
              ── Skip ('test-cart.R:20:3'): the cart floats ──────────────────────────
              Reason: no water

              ══ Failed tests ═════════════════════════════════════════════════════════
              ── Failure ('test-cart.R:9:3'): the cart counts ────────────────────────
              nrow(cart) not equal to 8.
              ── Error ('test-box.R:4:1'): (code run outside of `test_that()`) ───────
              Error: no box
              Backtrace:
                1. shop::open_box() test-box.R:4:0

              [ FAIL 2 | WARN 0 | SKIP 1 | PASS 93 ]
              Error: Test failures
              Execution halted
        """,
        "testthat-console",
    )
    assert counts(run) == (96, 93, 2, 0, 1)
    failure = case(run, "the cart counts").failures[0]
    assert (failure.message, failure.file, failure.line) == ("nrow(cart) not equal to 8.", "test-cart.R", 9)
    assert case(run, "the cart floats").properties == (("reason", "no water"),)
    assert case(run, "(code run outside of `test_that()`)").failures[0].message == "Error: no box"
    assert len(run.cases) == 3


def test_testthat_sums_up_in_ascii_where_r_has_no_utf_8() -> None:
    run = made(
        """
        shop: .
        cart: .1
        box: S

        == Skipped =====================================================================
        1. the box floats ('test-box.R:20:3') - Reason: no water

        == Failed ======================================================================
        -- 1. Failure ('test-cart.R:9:3'): the cart counts -----------------------------
        nrow(cart) not equal to 8.

        == DONE ========================================================================
        """,
        "testthat-console",
    )
    assert counts(run) == (4, 2, 1, 0, 1)
    assert case(run, "the cart counts").failures[0].message == "nrow(cart) not equal to 8."
    assert case(run, "the box floats").properties == (("reason", "no water"),)


def test_zig_names_a_test_by_its_line_and_a_build_by_its_errors() -> None:
    run = made(
        """
        1/4 main.test.add...OK
        2/4 main.test.sub...expected 6, found 5
        FAIL (TestExpectedEqual)
        /usr/lib/zig/std/testing.zig:97:17: 0x103c4b9 in expectEqualInner (test)
                        return error.TestExpectedEqual;
                        ^
        /repo/src/main.zig:12:5: 0x103c5f3 in test.sub (test)
            try std.testing.expectEqual(6, sub(10, 5));
            ^
        3/4 main.test.later...SKIP
        4/4 main.test.div...FAIL (DivideByZero)
        1 passed; 1 skipped; 2 failed.
        """,
        "zig-console",
    )
    assert counts(run) == (4, 1, 2, 0, 1)
    failure = case(run, "main.test.sub").failures[0]
    assert failure.message == "expected 6, found 5\nTestExpectedEqual"
    assert (failure.type, failure.file, failure.line) == ("TestExpectedEqual", "/repo/src/main.zig", 12)
    assert case(run, "main.test.div").failures[0].message == "DivideByZero"

    built = made(
        """
        test
        └─ run test 5/7 passed, 1 failed, 1 skipped
        error: 'main.test.sub' failed: expected 6, found 5
        /repo/src/main.zig:12:5: 0x103c5f3 in test.sub (test)
            try std.testing.expectEqual(6, sub(10, 5));
            ^
        Build Summary: 1/3 steps succeeded; 1 failed; 5/7 tests passed; 1 failed; 1 skipped
        """,
        "zig-console",
    )
    assert counts(built) == (7, 5, 1, 0, 1)
    assert [failure.line for failure in case(built, "main.test.sub").failures] == [12]


def test_zig_names_the_test_that_killed_its_process() -> None:
    run = made(
        """
        error: while executing test 'main.test.crash', the following test command terminated with signal ABRT:
        /repo/.zig-cache/o/aa/test --listen=-
        Build Summary: 1/3 steps succeeded; 1 failed; 1/2 tests passed; 1 failed
        """,
        "zig-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "main.test.crash").failures[0].message == "terminated with signal ABRT"


def test_webdriverio_files_that_failed_without_a_red_test_fail_the_run() -> None:
    run = made(
        """
         "spec" Reporter:
        ------------------------------------------------------------------
        [chrome 110.0 linux #0-0] Running: chrome (v110.0) on linux
        [chrome 110.0 linux #0-0]
        [chrome 110.0 linux #0-0] » /test/cart.e2e.ts
        [chrome 110.0 linux #0-0] Cart
        [chrome 110.0 linux #0-0]    ✓ counts
        [chrome 110.0 linux #0-0]
        [chrome 110.0 linux #0-0] 1 passing (4.3s)


        Spec Files:\t 0 passed, 1 failed, 1 total (100% completed) in 00:00:07
        """,
        "wdio-console",
    )
    assert counts(run) == (1, 1, 0, 0, 0)
    assert len(run.failures) == 1


def test_busted_1_counts_in_words() -> None:
    run = made(
        """
        ++-+
        3 successes, 0 failures, and 1 pending in 0.035002 seconds.

        Pending: spec/cart_spec.lua @ 2
        not yet
        """,
        "busted-console",
    )
    assert counts(run) == (4, 3, 0, 0, 1)


def test_two_methods_of_one_name_both_fail() -> None:
    run = made(
        """
        Finished in 0.02 seconds.

          1) Failure:
        test_counts(CartTest) [test/cart_test.rb:4]:
        <7> expected but was
        <8>.

          2) Failure:
        test_counts(CartTest) [test/other_test.rb:9]:
        <1> expected but was
        <2>.

        2 tests, 2 assertions, 2 failures, 0 errors
        """,
        "minitest-console",
    )
    assert counts(run)[2] == 2
    assert sorted(found.failures[0].file or "" for found in run.cases) == [
        "test/cart_test.rb",
        "test/other_test.rb",
    ]


def test_plenary_names_every_test_of_a_file_and_tells_a_file_that_did_not_load() -> None:
    text = """
        ========================================\t
        Testing: \t/repo/tests/cart_spec.lua\t
        Success\t||\tcart counts\t
        Pending\t||\tcart floats\t
        Fail\t||\tcart sorts\t
                    ./tests/verify.lua:9: not sorted

                    stack traceback:
                    \t./tests/verify.lua:9: in function 'eventually'
                    \t
        \t
        Success: \t1\t
        Failed : \t1\t
        Errors : \t0\t
        ========================================\t
        ========================================\t
        FAILED TO LOAD FILE\t
        box_spec.lua:3: no box\t
        ========================================\t
        Tests Failed. Exit: 1\t
        """
    for run in (made(text, "plenary-console"), made(text.expandtabs(), "plenary-console")):
        assert counts(run) == (3, 1, 1, 0, 1)
        failure = case(run, "cart sorts").failures[0]
        assert (failure.message, failure.file, failure.line) == ("not sorted", "./tests/verify.lua", 9)
        assert case(run, "cart sorts").file == "/repo/tests/cart_spec.lua"


def test_mini_test_counts_signs_and_names_what_failed() -> None:
    run = made(
        """
        Total number of cases: 4
        Total number of groups: 2

        tests/test_cart.lua: oox
        tests/test_box.lua: o

        FAIL in tests/test_cart.lua | cart | sorts:
        Failed expectation for equality.
        Left:  1
        Right: 2
        Traceback:
          tests/test_cart.lua:44

        Fails (1) and Notes (0)
        """,
        "plenary-console",
    )
    assert counts(run) == (4, 3, 1, 0, 0)
    assert case(run, "cart | sorts").failures[0].message.startswith("Failed expectation for equality.\nLeft:")


def test_a_failure_of_vitest_without_the_lines_around_it() -> None:
    run = made(
        """
         FAIL  src/cart.test.ts > cart > counts
        AssertionError: expected 7 to be 8
        """,
        "vitest-console",
    )
    assert counts(run) == (1, 0, 1, 0, 0)


def test_the_end_of_the_list_of_ctest_is_enough() -> None:
    run = made(
        """
        \t  7 - cart_adds (SEGFAULT)
        \t 12 - cart_sorts (Not Run)
        Errors while running CTest
        make: *** [test] Error 8
        """,
        "ctest-console",
    )
    assert counts(run) == (2, 0, 2, 0, 0)
    assert case(run, "cart_adds").failures[0].message == "SEGFAULT"


def test_a_process_of_ctest_that_died_tells_its_assertion_before_its_signal() -> None:
    run = made(
        """
        Test project /srv/demo/build
            Start 1: cart_adds
        1/2 Test #1: cart_adds ........................Subprocess aborted***Exception:   0.01 sec
        starting
        cart: /srv/demo/cart.c:5: main: Assertion `sum == 3' failed.

            Start 2: cart_sorts
        2/2 Test #2: cart_sorts .......................***Exception: SegFault  0.01 sec
        starting

        0% tests passed, 2 tests failed out of 2

        Total Test time (real) =   0.02 sec

        The following tests FAILED:
        \t  1 - cart_adds (Subprocess aborted)
        \t  2 - cart_sorts (SEGFAULT)
        Errors while running CTest
        """,
        "ctest-console",
    )
    assert (
        case(run, "cart_adds").failures[0].headline
        == "cart: /srv/demo/cart.c:5: main: Assertion `sum == 3' failed."
    )
    assert case(run, "cart_sorts").failures[0].headline == "Exception: SegFault"


def test_behave_of_before_1_2_5_names_what_failed() -> None:
    run = made(
        """
        Failing scenarios:
         features/cart.feature:5 # The cart counts

        1 feature passed, 1 failed, 0 skipped
        3 scenarios passed, 1 failed, 0 skipped
        9 steps passed, 1 failed, 0 skipped, 0 undefined
        Took 0m0.1s
        """,
        "behave-console",
    )
    assert counts(run) == (4, 3, 1, 0, 0)
    assert case(run, "The cart counts").line == 5


def test_hspec_says_where_a_failure_is_above_it_and_how_to_run_it_below() -> None:
    run = made(
        """
        Cart
          counts FAILED [1]

        Failures:

          test/CartSpec.hs:17:7:\x20
          1) Cart counts
               expected: "8"
                but got: "7"

          To rerun use: --match "/Cart/counts/"

        Randomized with seed 1102823477

        Finished in 0.0020 seconds
        2 examples, 1 failure
        """,
        "haskell-console",
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    (failure,) = case(run, "Cart counts").failures
    assert (failure.message, failure.file, failure.line) == (
        'expected: "8"\n but got: "7"',
        "test/CartSpec.hs",
        17,
    )


def test_tasty_names_tests_by_their_groups_and_knows_what_was_expected() -> None:
    run = made(
        """
        Running 1 test suites...
        Test suite shop: RUNNING...
        Shop
          Cart
            counts:                 OK (0.07s)
              100 tests completed
            sorts:                  FAIL
              test/Cart.hs:51:
              expected: LT
               but got: GT
              Use -p '/sorts/' to rerun this test only.
          floats:                   FAIL (expected)
            test/Cart.hs:60:
            no water (expected failure)

        1 out of 3 tests failed (0.08s)
        Test suite shop: FAIL
        """,
        "tasty-console",
    )
    assert counts(run)[:4] == (3, 2, 1, 0)
    sorts = case(run, "sorts")
    assert sorts.suite == "Shop > Cart"
    assert sorts.failures[0].message == "expected: LT\n but got: GT"
    assert (sorts.failures[0].file, sorts.failures[0].line) == ("test/Cart.hs", 51)
    assert not run.failures


def test_a_tasty_suite_that_broke_off_fails_the_run() -> None:
    run = made(
        """
        Test suite shop: RUNNING...
        Shop
          counts: OK
        shop: Shop.hs:(48,13)-(52,20): Missing field in record construction price
        Test suite shop: FAIL
        """,
        "tasty-console",
    )
    assert counts(run) == (1, 1, 0, 0, 0)
    assert [failure.message for failure in run.failures] == ["Test suite shop: FAIL"]


def test_julia_counts_by_its_first_rows_and_names_failures_by_expression() -> None:
    run = made(
        """
             Testing Running tests...
        Cart: Test Failed at /repo/test/runtests.jl:7
          Expression: length(cart) == 8
           Evaluated: 7 == 8

        Stacktrace:
         [1] top-level scope
           @ /repo/test/runtests.jl:7
        Box: Error During Test at /repo/test/runtests.jl:9
          Got exception outside of a @test
          no box
          Stacktrace:
           [1] error(::String) at ./error.jl:33
        Test Summary: | Pass  Fail  Error  Broken  Total  Time
        Shop          |    3     1      1       1      6  1.2s
          Cart        |    2     1                     3  0.1s
          Box         |    1            1       1      3  0.3s
        Test Summary: | Pass  Total     Time
        Door          |   12     12  1m03.0s
        ERROR: LoadError: Some tests did not pass: 3 passed, 1 failed, 1 errored, 1 broken.
        ERROR: Package Shop errored during testing
        """,
        "julia-console",
    )
    totals = run.totals
    assert (totals.tests, totals.passed, totals.failed, totals.errors, totals.xfailed) == (18, 15, 1, 1, 1)
    failed = case(run, "length(cart) == 8")
    assert (failed.suite, failed.failures[0].file, failed.failures[0].line) == (
        "Cart",
        "/repo/test/runtests.jl",
        7,
    )
    assert failed.failures[0].message == "Expression: length(cart) == 8\nEvaluated: 7 == 8"
    assert case(run, "runtests.jl:9").outcome is Outcome.ERROR
    assert not run.failures


def test_julia_without_a_summary_still_names_what_failed() -> None:
    run = made(
        """
        Error in testset Cart:
        Test Failed at /repo/test/runtests.jl:872
          Expression: 3 == 4
           Evaluated: 3 == 4
        """,
        "julia-console",
    )
    assert [(found.suite, found.name) for found in run.cases] == [("Cart", "3 == 4")]


def test_forge_tells_a_failure_once_with_its_logs() -> None:
    run = made(
        """
        Ran 3 tests for test/Cart.t.sol:CartTest
        [FAIL: not eight: 7 != 8] test_Counts() (gas: 31222)
        Logs:
          counted 7

        [PASS] testFuzz_Adds(uint256) (runs: 256, μ: 30899, ~: 31288)
        [SKIP: no scale] test_Weighs() (gas: 0)
        Suite result: FAILED. 1 passed; 1 failed; 1 skipped; finished in 7.05ms (6.90ms CPU time)

        Ran 1 test for test/Box.t.sol:BoxTest
        [FAIL: panic; counterexample:
        \t\tcalldata=0x5c7f args=[0]] testFuzz_Opens(uint256) (runs: 0, μ: 0, ~: 0)
        Suite result: FAILED. 0 passed; 1 failed; 0 skipped; finished in 7.05ms (6.90ms CPU time)

        Ran 2 test suites in 13.21ms (7.05ms CPU time): 1 tests passed, 2 failed, 1 skipped (4 total tests)

        Failing tests:
        Encountered 1 failing test in test/Cart.t.sol:CartTest
        [FAIL: not eight: 7 != 8] test_Counts() (gas: 31222)

        Encountered 1 failing test in test/Box.t.sol:BoxTest
        [FAIL: panic; counterexample:
        \t\tcalldata=0x5c7f args=[0]] testFuzz_Opens(uint256) (runs: 0, μ: 0, ~: 0)

        Encountered a total of 2 failing tests, 1 tests succeeded
        """,
        "forge-console",
    )
    assert counts(run) == (4, 1, 2, 0, 1)
    counted = case(run, "test_Counts()")
    assert (counted.suite, counted.file) == ("CartTest", "test/Cart.t.sol")
    (failure,) = counted.failures
    assert failure.message == "not eight: 7 != 8"
    assert failure.trace.endswith("counted 7")
    assert case(run, "test_Weighs()").properties == (("reason", "no scale"),)
    assert case(run, "testFuzz_Opens(uint256)").failures[0].message == (
        "panic; counterexample:\ncalldata=0x5c7f args=[0]"
    )


def test_older_forge_counts_per_contract_and_its_tail_alone_names_what_failed() -> None:
    run = made(
        """
        Running 2 tests for test/Cart.t.sol:CartTest
        [FAIL. Reason: Invalid data] test_Counts() (gas: 31222)
        [PASS] test_Adds() (gas: 100)
        Test result: FAILED. 1 passed; 1 failed; finished in 1.45ms

        Running 1 test for test/Box.t.sol:BoxTest
        [PASS] test_Opens() (gas: 100)
        Test result: ok. 1 passed; 0 failed; finished in 1.45ms
        """,
        "forge-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    tail = made(
        """
        Failing tests:
        Encountered 1 failing test in test/Cart.t.sol:CartTest
        [FAIL. Reason: Invalid data] test_Counts() (gas: 31222)

        Encountered a total of 1 failing tests, 2 tests succeeded
        """,
        "forge-console",
    )
    assert case(tail, "test_Counts()").failures[0].message == "Invalid data"


def test_what_a_program_says_behind_the_dots_of_prove() -> None:
    run = made(
        """
        t/cart.t .. the till opens
        ok 1 - sums
        ok 2 - pays
        1..2
        ok
        All tests successful.
        Files=1, Tests=2,  0 wallclock secs
        Result: PASS
        """,
        "tap",
    )
    assert counts(run) == (2, 2, 0, 0, 0)


def test_a_test_feed_of_the_junit_platform() -> None:
    run = made(
        """
        JUnit Jupiter > CartTest > sums() :: STARTED
        JUnit Jupiter > CartTest > sums() :: FAILED
        \torg.opentest4j.AssertionFailedError: three left
        \t\tat shop.CartTest.sums(CartTest.java:9)
        JUnit Jupiter > CartTest > pays() :: STARTED
        JUnit Jupiter > CartTest > pays() :: SUCCESSFUL
        JUnit Jupiter > CartTest > drops() :: SKIPPED
        \tReason: no floor

        Test run finished after 12 ms
        [         3 tests found           ]
        [         1 tests skipped         ]
        [         2 tests started         ]
        [         0 tests aborted         ]
        [         1 tests successful      ]
        [         1 tests failed          ]
        """,
        "junit-platform-console",
    )
    assert counts(run) == (3, 1, 1, 0, 1)
    failure = case(run, "sums()").failures[0]
    assert (failure.headline, failure.line) == ("org.opentest4j.AssertionFailedError: three left", 9)
    assert case(run, "drops()").properties == (("reason", "no floor"),)
