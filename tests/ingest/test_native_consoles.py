"""C, C++, Rust, Go, Swift and Bazel: what the recordings do not hold."""

from __future__ import annotations

import pytest

from tests.ingest.made import case, counts, headlines, run_of
from triage.model import Outcome


def test_qt_test_counts_rows_and_lets_a_pass_beat_its_xfail() -> None:
    run = run_of("""
    ********* Start testing of tst_Shelf *********
    Config: Using QtTest library 6.5.0, Qt 6.5.0
    PASS   : tst_Shelf::initTestCase()
    FAIL!  : tst_Shelf::counts(shelf 7) Compared values are not the same
       Actual   (boxes): 11
       Expected (12)   : 12
       Loc: [tst_shelf.cpp(12)]
    XFAIL  : tst_Shelf::known() bug 4711
       Loc: [tst_shelf.cpp(20)]
    PASS   : tst_Shelf::known()
    SKIP   : tst_Shelf::waits() no scale
       Loc: [tst_shelf.cpp(30)]
    BFAIL  : tst_Shelf::tolerated() unstable
    QDEBUG : tst_Shelf::holds() looking
    PASS   : tst_Shelf::holds()
    PASS   : tst_Shelf::cleanupTestCase()
    Totals: 4 passed, 1 failed, 1 skipped, 1 blacklisted, 12ms
    ********* Finished testing of tst_Shelf *********
    ********* Start testing of tst_Door *********
    PASS   : tst_Door::initTestCase()
    Totals: 1 passed, 0 failed, 0 skipped, 0 blacklisted, 1ms
    ********* Finished testing of tst_Door *********
    """)
    assert run.format == "qttest-console"
    assert counts(run) == (8, 5, 1, 0, 2)
    failure = case(run, "counts(shelf 7)").failures[0]
    assert (failure.file, failure.line) == ("tst_shelf.cpp", 12)
    assert "Expected (12)   : 12" in failure.message


def test_google_test_repeated_is_one_run() -> None:
    once = """
    Repeating all tests (iteration {n}) . . .

    [==========] Running 2 tests from 1 test suite.
    [ RUN      ] Shelf.Holds
    [       OK ] Shelf.Holds (1 ms)
    [ RUN      ] Shelf.Counts
    shelf.cc:12: Failure
    Expected: {n}
    [  FAILED  ] Shelf.Counts (2 ms)
    [==========] 2 tests from 1 test suite ran. (3 ms total)
    """
    run = run_of(once.format(n=1) + once.format(n=2))
    assert counts(run) == (2, 1, 1, 0, 0)


def test_google_test_programs_are_summed() -> None:
    program = """
    [==========] Running 1 test from 1 test case.
    [ RUN      ] Shelf.Holds
    some output[       OK ] Shelf.Holds (0 ms)
    [==========] 1 test from 1 test case ran. (0 ms total)
    [  PASSED  ] 1 test.
    """
    assert counts(run_of(program * 2)) == (2, 2, 0, 0, 0)


def test_google_test_suite_set_up_is_no_test() -> None:
    run = run_of("""
    [==========] Running 1 test from 1 test suite.
    [----------] 1 test from Shelf
    [ RUN      ] Shelf.Holds
    [       OK ] Shelf.Holds (0 ms)
    shelf.cc:5: Failure
    Failed
    no scale
    [==========] 1 test from 1 test suite ran. (0 ms total)
    [  PASSED  ] 1 test.
    [  FAILED  ] Shelf: SetUpTestSuite or TearDownTestSuite

     1 FAILED TEST SUITE
    """)
    assert counts(run) == (1, 1, 0, 0, 0)
    assert headlines(run) == ["no scale"]


NEXTEST = """
        Finished `test` profile [unoptimized + debuginfo] target(s) in 0.05s
    ────────────
     Nextest run ID 8ec with nextest profile: default
        Starting 6 tests across 2 binaries (1 test skipped)
            PASS [   0.012s] (1/6) stock tests::holds
            FAIL [   0.013s] (2/6) stock::shelf tests::counts
      stdout ───

        running 1 test
        test tests::counts ... FAILED

      stderr ───

        thread 'tests::counts' (4711) panicked at src/lib.rs:12:5:
        boxes on shelf 7
        note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

      TRY 1 FAIL [   0.003s] (───) stock tests::flips
      stderr ───
        thread 'tests::flips' panicked at src/lib.rs:20:5:
        first try slips

      TRY 2 PASS [   0.003s] (3/6) stock tests::flips
            SLOW [> 60.000s] (───) stock tests::waits
         TIMEOUT [ 120.003s] (4/6) stock tests::waits
         SIGSEGV [   0.003s] (5/6) stock tests::falls
            LEAK [   0.103s] (6/6) stock tests::leaks
    ────────────
         Summary [ 120.100s] 6 tests run: 3 passed (1 flaky, 1 leaky), 2 failed, 1 timed out, 1 skipped
       FLAKY 2/3 [   0.003s] (3/6) stock tests::flips
            FAIL [   0.013s] (2/6) stock::shelf tests::counts
         TIMEOUT [ 120.003s] (4/6) stock tests::waits
    error: test run failed
"""


def test_nextest() -> None:
    run = run_of(NEXTEST)
    assert run.format == "nextest-console"
    assert counts(run) == (7, 3, 3, 0, 1)
    assert run.totals.flaky == 1
    assert case(run, "tests::flips").flaky
    failure = case(run, "tests::counts").failures[0]
    assert (failure.message, failure.file, failure.line) == ("boxes on shelf 7", "src/lib.rs", 12)
    assert case(run, "tests::falls").failures[0].message == "process aborted with signal 11 (SIGSEGV)"
    assert not run.failures


def test_nextest_says_how_a_process_ended_in_few_letters() -> None:
    run = run_of("""
        Starting 5 tests across 1 binary
      TRY 1 SEGV [   0.003s] (───) shop falls
      TRY 2 PASS [   0.003s] (1/5) shop falls
       - test configured to fail if flaky
     FAIL + LEAK [   0.103s] (2/5) shop leaks
    ABORT SIG 33 [   0.003s] (3/5) shop is_killed
      TRY 1 USR1 [   0.003s] (───) shop dies
      TRY 2 SIG 33 [   0.003s] (4/5) shop dies
       XFAIL [   0.003s] (5/5) shop cannot_start
      Cancelling due to test failure
         Summary [   0.100s] 5 tests run: 0 passed, 4 failed, 1 exec failed, 0 skipped
     FLKY-FL 2/3 [   0.003s] (1/5) shop falls
    error: test run failed
    """)
    assert counts(run) == (5, 0, 4, 1, 0)
    assert [one.message for one in case(run, "falls").failures] == [
        "test passed on attempt 2/3 but is configured to fail when flaky",
        "process aborted with signal 11 (SIGSEGV)",
    ]
    assert case(run, "is_killed").failures[0].message == "process aborted with signal 33"
    dead = case(run, "dies")
    assert (dead.attempts, [one.message for one in dead.failures]) == (
        2,
        ["ended by USR1", "process aborted with signal 33"],
    )
    assert [(one.kind, one.message) for one in case(run, "cannot_start").failures] == [
        ("error", "could not be started")
    ]


def test_nextest_without_capture_prints_ahead_of_the_result() -> None:
    run = run_of("""
        Starting 2 tests across 1 binary
           START [         ] (1/2) shop counts
    error: printed by the test
    [12:30:45] Error: seven boxes
         RETRY 2/2 [         ] (1/2) shop counts
    [12:30:46] eight boxes
      TRY 2 FAIL [   0.013s] (1/2) shop counts
           START [         ] (2/2) shop adds
    Error: survived
            PASS [   0.013s] (2/2) shop adds
         Summary [   0.100s] 2 tests run: 1 passed, 1 failed, 0 skipped
      TRY 2 FAIL [   0.013s] (1/2) shop counts
    error: test run failed
    """)
    assert not run.failures
    assert [one.message for one in case(run, "counts").failures] == ["[12:30:46] eight boxes"]


def test_nextest_on_a_terminal_fills_its_rows() -> None:
    """One that fills its row goes on in the next; the bar stands below them."""
    width = 60
    rows = [
        "─" * 12,
        " Nextest run ID 8ec with nextest profile: default",
        "    Starting 1 test across 1 binary",
        "        FAIL [   0.013s] (1/1) shop counts",
        "  stderr ───",
        "    thread 'counts' panicked at src/lib.rs:12:5:",
        "    " + "seven boxes " * 8,
        "     Running [ 00:00:02] ███▏  12/13: 1 running",
        "        SLOW [ 00:00:02] shop waits",
        "... and 3 more tests running",
        "     Summary [   0.1s] 1 test run: 0 passed, 1 failed",
    ]
    run = run_of("".join(row + " " * (-len(row) % width) for row in rows) + "\nerror: test run failed\n")
    assert run.format == "nextest-console"
    failure = case(run, "counts").failures[0]
    assert (failure.message, failure.file) == (("seven boxes " * 8).strip(), "src/lib.rs")
    assert counts(run) == (1, 0, 1, 0, 0)


def test_nextest_captures_what_a_script_prints() -> None:
    run = run_of("""
        Starting 1 test across 1 binary
           SETUP [         1/2] seed: sh seed.sh
      SETUP PASS [   0.009s] seed: sh seed.sh
           SETUP [         2/2] start-database: sh -c 'exit 3'
      SETUP SLOW [>  1.000s] start-database: sh -c 'exit 3'
       SETUP TMT [   2.009s] start-database: sh -c 'exit 3'
      stdout ───
        port 5432 is taken

        (script timed out)

      Cancelling due to setup script failure
         Summary [   2.009s] 0/1 tests run: 0 passed, 0 skipped
    error: setup script failed
    """)
    assert headlines(run) == ["setup script start-database timed out: port 5432 is taken"]
    assert [warn.text for warn in run.warnings] == ["1 of 1 tests were not run"]
    cut = run_of("""
         Summary [   2.009s] 0/1 tests run: 0 passed, 0 skipped
    error: setup script failed
    """)
    assert headlines(cut) == ["error: setup script failed"]


def test_another_panic_than_expected() -> None:
    run = run_of("""
        Starting 1 test across 1 binary
            FAIL [   0.013s] (1/1) shop falls
      stdout ───

        running 1 test
        test falls - should panic ... FAILED

        ---- falls stdout ----
        note: panic did not contain expected string
              panic message: `"seven boxes"`,
         expected substring: `"eight"`

      stderr ───

        thread 'falls' (12) panicked at src/lib.rs:12:5:
        seven boxes

         Summary [   0.100s] 1 test run: 0 passed, 1 failed, 0 skipped
    error: test run failed
    """)
    assert case(run, "falls").failures[0].message.split("\n") == [
        "panic did not contain expected string",
        'panic message: `"seven boxes"`,',
        'expected substring: `"eight"`',
    ]


def test_old_nextest_with_its_own_headings() -> None:
    run = run_of("""
        Starting 2 tests across 1 binaries
            PASS [   0.012s] stock tests::holds
            FAIL [   0.013s] stock tests::counts

    --- STDOUT:              stock tests::counts ---

    running 1 test
    test tests::counts ... FAILED

    --- STDERR:              stock tests::counts ---
    thread 'tests::counts' panicked at 'boxes on shelf 7', src/lib.rs:12:5
         Summary [   0.014s] 2 tests run: 1 passed, 1 failed, 0 skipped
    """)
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "tests::counts").failures[0].message == "boxes on shelf 7"


def test_cargo_tells_in_which_test_a_process_died() -> None:
    run = run_of("""
         Running tests/crash.rs (target/debug/deps/crash-ac690746210fe0f8)

    running 2 tests
    test a ... ok
    test b ... the stack is gone
    error: test failed, to rerun pass `--test crash`

    Caused by:
      process didn't exit successfully: `/x/crash-ac690746210fe0f8` (signal: 6, SIGABRT: process abort signal)
    """)
    assert counts(run) == (2, 1, 0, 1, 0)
    assert "the stack is gone" in case(run, "b").failures[0].message


def test_cargo_without_capture_finds_the_panic_in_the_output() -> None:
    run = run_of("""
    running 1 test
    test counts ...
    thread 'counts' panicked at src/lib.rs:16:27:
    boxes on shelf 7
    FAILED

    failures:

    failures:
        counts

    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.12s
    """)
    assert case(run, "counts").failures[0].message == "boxes on shelf 7"


def test_go_without_v_gives_a_race_to_its_test_and_an_example_its_output() -> None:
    run = run_of("""
    ==================
    WARNING: DATA RACE
    Write at 0x00c00001 by goroutine 8:
    ==================
    --- FAIL: TestRace (0.00s)
        testing.go:1465: race detected during execution of test
    --- FAIL: ExampleShelf (0.00s)
    got:
    eleven
    want:
    twelve
    FAIL
    FAIL\texample.org/x\t0.012s
    """)
    assert "DATA RACE" in case(run, "TestRace").failures[0].trace
    assert "twelve" in case(run, "ExampleShelf").failures[0].message


def test_a_reason_with_a_line_break_hides_no_ctest_result() -> None:
    run = run_of("""
    Test project /x/build
          Start 1: regex
    1/1 Test #1: regex ............................***Failed  Required regular expression not found. Regex=[yes
    ]  0.02 sec

    0% tests passed, 1 tests failed out of 1

    Total Test time (real) =   0.02 sec

    The following tests FAILED:
    \t  1 - regex (Failed)
    """)
    assert counts(run) == (1, 0, 1, 0, 0)
    assert run.cases[0].name == "regex"


def test_ginkgo_counts_each_suite_and_knows_where_it_broke() -> None:
    run = run_of("""
    Running Suite: Stock Suite - /x/stock
    =====================================
    Will run 5 of 6 specs
    •S
    ------------------------------
    • [FAILED] [0.001 seconds]
    Shelf when full [It] counts boxes
    /x/shelf_test.go:12

      [FAILED] in [It] - /x/shelf_test.go:14 @ 01/01/24 12:00:00

      [FAILED] boxes on shelf 7
      Expected
          <int>: 11
      to equal
          <int>: 12
      In [It] at: /x/shelf_test.go:14 @ 01/01/24 12:00:00
    ------------------------------
    Summarizing 1 Failure:
      [FAIL] Shelf when full [It] counts boxes
      /x/shelf_test.go:14

    Ran 4 of 6 Specs in 0.003 seconds
    FAIL! -- 3 Passed | 1 Failed | 1 Pending | 1 Skipped
    --- FAIL: TestStock (0.01s)
    FAIL

    Running Suite: Door Suite - /x/door
    ===================================
    Will run 1 of 1 specs
    •
    Ran 1 of 1 Specs in 0.001 seconds
    SUCCESS! -- 1 Passed | 0 Failed | 0 Pending | 0 Skipped
    PASS
    """)
    assert run.format == "ginkgo-console"
    assert counts(run) == (7, 4, 1, 0, 2)
    failure = case(run, "Shelf when full counts boxes").failures[0]
    assert (failure.headline, failure.file, failure.line) == ("boxes on shelf 7", "/x/shelf_test.go", 14)


def test_ginkgo_1_spreads_a_title_over_lines() -> None:
    run = run_of("""
    Running Suite: Stock Suite
    ==========================
    Will run 3 of 3 specs

    ------------------------------
    • Failure [0.001 seconds]
    Shelf
    /x/shelf_test.go:10
      counts boxes [It]
      /x/shelf_test.go:12

      Expected
          <int>: 11
      to equal
          <int>: 12

      /x/shelf_test.go:14
    ------------------------------

    Summarizing 1 Failure:

    [Fail] Shelf [It] counts boxes
    /x/shelf_test.go:14

    Ran 3 of 3 Specs in 0.001 seconds
    FAIL! -- 2 Passed | 1 Failed | 0 Pending | 0 Skipped
    """)
    assert counts(run) == (3, 2, 1, 0, 0)
    assert case(run, "Shelf counts boxes").failures[0].message.startswith("Expected\n<int>: 11")


def test_bazel_targets() -> None:
    run = run_of("""
    ==================== Test output for //shelf:counts_test:
    AssertionError: boxes on shelf 7: 11 != 12
    ================================================================================
    ERROR: /x/broken/BUILD:3:10: Compiling broken/a.cc failed: (Exit 1): gcc failed
    broken/a.cc:5:3: error: 'missing' was not declared in this scope
    INFO: Elapsed time: 12.345s, Critical Path: 9.87s
    INFO: Build completed, 2 tests FAILED, 35 total actions
    //door:opens_test                             (cached) PASSED in 0.3s
    //broken:a_test                                FAILED TO BUILD
    //shelf:never_test                             NO STATUS
    //shelf:flips_test                             FLAKY, failed in 1 out of 2 in 3.0s
    //shelf:counts_test                            FAILED in 3 out of 3 in 2.1s
    //shelf:slow_test                              TIMEOUT in 60.0s

    Executed 3 out of 6 tests: 2 tests pass, 1 fails to build and 2 fail locally.
    """)
    assert run.format == "bazel-test-console"
    assert counts(run) == (6, 2, 2, 2, 0)
    assert run.totals.flaky == 1
    assert "boxes on shelf 7" in case(run, "//shelf:counts_test").failures[0].message
    assert "'missing' was not declared" in run.failures[0].headline


XCTEST = """
    Test Suite 'All tests' started at 2024-01-01 12:00:00.000
    Test Suite 'ShelfTests' started at 2024-01-01 12:00:00.001
    Test Case '-[Stock.ShelfTests testCounts]' started.
    /x/Shelf.swift:12: error: -[Stock.ShelfTests testCounts] : XCTAssertEqual failed: ("11") is not equal to ("12")
    /x/Shelf.swift:13: error: -[Stock.ShelfTests testCounts] : XCTAssertTrue failed
    Test Case '-[Stock.ShelfTests testCounts]' failed (0.102 seconds).
    Test Case '-[Stock.ShelfTests testWaits]' started.
    /x/Shelf.swift:20: -[Stock.ShelfTests testWaits] : Test skipped - no scale
    Test Case '-[Stock.ShelfTests testWaits]' skipped (0.001 seconds).
    Test Case '-[Stock.ShelfTests testFlips]' started.
    /x/Shelf.swift:30: error: -[Stock.ShelfTests testFlips] : failed - slips
    Test Case '-[Stock.ShelfTests testFlips]' failed (0.1 seconds).
    Test Case '-[Stock.ShelfTests testFlips]' started (Iteration 2 of 3).
    Test Case '-[Stock.ShelfTests testFlips]' passed (0.1 seconds).
    Test Suite 'ShelfTests' failed at 2024-01-01 12:00:00.200.
    \t Executed 4 tests, with 1 test skipped and 3 failures (0 unexpected) in 0.105 (0.110) seconds
    Test Suite 'All tests' failed at 2024-01-01 12:00:00.200.
    \t Executed 4 tests, with 1 test skipped and 3 failures (0 unexpected) in 0.105 (0.110) seconds
    ** TEST FAILED **
"""


def test_xcodebuild_counts_a_retried_test_once() -> None:
    run = run_of(XCTEST)
    assert run.format == "xctest-console"
    assert counts(run) == (3, 1, 1, 0, 1)
    assert run.totals.flaky == 1
    assert len(case(run, "testCounts").failures) == 2
    assert case(run, "testWaits").properties == (("reason", "no scale"),)


def test_fastlane_before_every_line_changes_nothing() -> None:
    run = run_of(XCTEST.replace("\n    ", "\n    [12:00:00]: ▸ "))
    assert counts(run) == (3, 1, 1, 0, 1)


def test_a_crash_is_an_error_of_the_running_test() -> None:
    run = run_of("""
    Test Case '-[A testHolds]' started.
    Test Case '-[A testHolds]' passed (0.002 seconds).
    Test Case '-[A testFalls]' started.
    x/A.swift:7: Fatal error: the shelf fell

    Restarting after unexpected exit, crash, or test timeout in A.testFalls(); summary will include totals from previous launches.

    Test Suite 'Selected tests' failed at 2024-01-01 12:00:00.200.
    \t Executed 2 tests, with 1 failure (1 unexpected) in 0.105 (0.110) seconds
    """)
    assert counts(run) == (2, 1, 0, 1, 0)
    assert "the shelf fell" in case(run, "testFalls").failures[0].headline


def test_swift_testing_beside_xctest() -> None:
    run = run_of("""
    Test Suite 'All tests' started at 2024-01-01 12:00:00.000
    Test Case 'ShelfTests.testHolds' started at 2024-01-01 12:00:00.000
    Test Case 'ShelfTests.testHolds' passed (0.0 seconds)
    Test Suite 'All tests' passed at 2024-01-01 12:00:00.000
    \t Executed 1 test, with 0 failures (0 unexpected) in 0.1 (0.1) seconds
    ◇ Test run started.
    ◇ Suite Shelf started.
    ✔ Test holds() passed after 0.001 seconds.
    ✘ Test "counts boxes" recorded an issue at Shelf.swift:12:5: Expectation failed: (count → 11) == 12
    ↳ boxes on shelf 7
    ✘ Test "counts boxes" failed after 0.002 seconds with 1 issue.
    ➜ Test waits() skipped: "no scale"
    ✘ Suite Shelf failed after 0.003 seconds with 1 issue.
    ✘ Test run with 3 tests in 1 suite failed after 0.003 seconds with 1 issue.
    """)
    assert counts(run) == (4, 2, 1, 0, 1)
    failure = case(run, "counts boxes").failures[0]
    assert (failure.file, failure.line) == ("Shelf.swift", 12)
    assert failure.message.endswith("boxes on shelf 7")


def test_a_silent_run_of_meson_tests_is_counted_from_its_summary() -> None:
    run = run_of("""
    ninja: Entering directory `/x/build'
    2/3 stock / counts FAIL            0.01s   exit status 1

    Ok:                 2
    Expected Fail:      0
    Fail:               1
    Unexpected Pass:    0
    Skipped:            0
    Timeout:            0
    """)
    assert counts(run) == (3, 2, 1, 0, 0)
    assert case(run, "counts").outcome is Outcome.FAILED


def test_ctest_reason_with_a_line_end() -> None:
    run = run_of(
        """
        Test project /srv/shop/build
              Start 1: rx
        1/2 Test #1: rx ...............................***Failed  Required regular expression not found. Regex=[some
        thing]  0.25 sec
              Start 2: ok
        2/2 Test #2: ok ...............................   Passed    0.01 sec

        50% tests passed, 1 tests failed out of 2

        Total Test time (real) =   1.03 sec

        The following tests FAILED:
        \t  1 - rx (Failed)
        """
    )
    assert run.format == "ctest-console"
    assert counts(run) == (2, 1, 1, 0, 0)
    rx = case(run, "rx")
    assert rx.duration == 0.25
    assert rx.failures[0].message.startswith("Failed  Required regular expression not found.")


def test_ctest_of_which_only_the_end_is_there() -> None:
    run = run_of("""
    The following tests FAILED:
         27 - ShelfTest (SEGFAULT)
    Errors while running CTest
    make: *** [test] Error 8
    """)
    assert run.format == "ctest-console"
    assert case(run, "ShelfTest").failures[0].headline == "SEGFAULT"


def test_nextest_whose_output_is_indented() -> None:
    run = run_of("""
       Nextest run ID 5f1 with nextest profile: default
          Starting 1 test across 1 binary
              FAIL [   0.548s] (1/1) shelf::all counts::boxes
        stdout ───

          running 1 test
          test counts::boxes ... FAILED

        stderr ───

          thread 'counts::boxes' (156) panicked at src/shelf.rs:18:14:
          eleven is not twelve
              Summary [   0.6s] 1 test run: 0 passed, 1 failed, 0 skipped
    """)
    failure = case(run, "counts::boxes").failures[0]
    assert (failure.headline, failure.line) == ("eleven is not twelve", 18)


def test_boost_on_macos_writes_places_with_colons() -> None:
    run = run_of("""
    Running 3 test cases...
    Entering test module "depot"
    shelf.cpp:15: Entering test case "holds"
    shelf.cpp:19: error: in "holds": check boxes == 12 has failed [11 != 12]
    shelf.cpp:15: Leaving test case "holds"; testing time: 178us
    unknown location:0: fatal error: in "weighs": std::runtime_error: no scale
    shelf.cpp:31: last checkpoint: "weighs" entry.
    shelf.cpp:40: Test case "waits" is skipped because disabled
    Leaving test module "depot"; testing time: 323us

    *** 2 failures are detected in the test module "depot"
    """)
    assert run.format == "boost-test-console"
    assert counts(run) == (4, 1, 2, 0, 1)
    failure = case(run, "holds").failures[0]
    assert (failure.message, failure.file, failure.line) == (
        "check boxes == 12 has failed [11 != 12]",
        "shelf.cpp",
        19,
    )
    assert case(run, "weighs").failures[0].file is None


def test_boost_is_red_where_its_last_words_are() -> None:
    aborted = run_of("""
    Running 2 test cases...

    *** The test module "depot" was aborted; see standard output for details
    *** 1 failure is detected in the test module "depot"
    """)
    assert headlines(aborted) == ['*** The test module "depot" was aborted; see standard output for details']
    said = "Test setup error: no test cases matching filter or all test cases were disabled"
    assert headlines(run_of(said)) == [said]
    expected = run_of("""
    Running 1 test case...

    *** 1 failure is detected (1 failure is expected) in the test module "depot"
    """)
    assert not expected.failures


_GTEST = (
    "[==========] Running 2 tests from 1 test suite.\n[----------] 2 tests from Door\n[ RUN      ] Door.rings\n"
    "[       OK ] Door.rings (0 ms)\n[ RUN      ] Door.opens\ndoor.cpp:21: Failure\n"
    "Expected equality of these values:\n  open\n    Which is: 2\n  3\n\n[  FAILED  ] Door.opens (0 ms)\n"
    "[----------] 2 tests from Door (0 ms total)\n\n[==========] 2 tests from 1 test suite ran. (0 ms total)\n"
    "[  PASSED  ] 1 test.\n[  FAILED  ] 1 test, listed below:\n[  FAILED  ] Door.opens\n\n 1 FAILED TEST\n"
)


@pytest.mark.parametrize(
    "report",
    [
        "Test project /srv/demo\n    Start 1: door\n1/1 Test #1: door .............***Failed    0.01 sec\n"
        + _GTEST
        + "\n0% tests passed, 1 tests failed out of 1\n",
        '<Site Generator="ctest-3.30"><Testing><TestList/><Test Status="failed"><Name>door</Name><Results>'
        '<NamedMeasurement name="Exit Code"><Value>Failed</Value></NamedMeasurement><Measurement><Value>'
        + _GTEST
        + "</Value></Measurement></Results></Test></Testing></Site>",
        '<testsuite name="linux" tests="1" failures="1"><testcase name="door" classname="door" status="fail">'
        '<failure message="Failed"/><system-out>' + _GTEST + "</system-out></testcase></testsuite>",
    ],
    ids=["console", "Test.xml", "JUnit"],
)
def test_ctest_says_what_a_program_of_google_test_says(report: str) -> None:
    (found,) = run_of(report).cases
    assert found.failures[0].message.startswith("Expected equality of these values:\n  open\n    Which is: 2")
