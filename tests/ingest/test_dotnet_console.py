"""The consoles of dotnet test: every logger, several projects, crashes, xUnit on its own."""

from __future__ import annotations

from tests.ingest.made import case, counts, headlines, run_of
from triage.model import Outcome


def test_normal_verbosity_names_every_test() -> None:
    run = run_of("""
    Test run for /x/X.dll (.NETCoreApp,Version=v8.0)
    Starting test execution, please wait...
    [xUnit.net 00:00:00.27]     Demo.Shelf.Counts [FAIL]
    [xUnit.net 00:00:00.27]       Assert.Equal() Failure
      Failed Demo.Shelf.Counts [3 ms]
      Error Message:
       Assert.Equal() Failure: Values differ
    Expected: 12
    Actual:   11
      Stack Trace:
         at Demo.Shelf.Counts() in /x/Shelf.cs:line 12
      Standard Output Messages:
     looking at shelf 7

      Passed Demo.Shelf.Holds(size: "a.b", n: 2) [< 1 ms]
      Skipped Demo.Shelf.Waits [1 ms]

    Test Run Failed.
    Total tests: 3
         Passed: 1
         Failed: 1
        Skipped: 1
     Total time: 1.2 Seconds
    """)
    assert run.format == "dotnet-test-console"
    assert counts(run) == (3, 1, 1, 0, 1)
    failed = case(run, "Counts")
    assert (failed.suite, failed.output, failed.duration) == ("Demo.Shelf", "looking at shelf 7", 0.003)
    failure = failed.failures[0]
    assert failure.message == "Assert.Equal() Failure: Values differ\nExpected: 12\nActual:   11"
    assert (failure.file, failure.line, failure.source_line) == ("/x/Shelf.cs", 12, 6)
    assert case(run, 'Holds(size: "a.b", n: 2)').suite == "Demo.Shelf"


def test_minimal_verbosity_sums_the_projects() -> None:
    run = run_of("""
      Failed Counts [3 ms]
      Error Message:
       System.InvalidOperationException : the shelf fell
      Stack Trace:
         at Demo.Shelf.Counts() in /x/Shelf.cs:line 12

    Failed!  - Failed:     1, Passed:     3, Skipped:     0, Total:     4, Duration: 12 ms - A.dll (net8.0)
    Passed!  - Failed:     0, Passed:     3, Skipped:     1, Total:     4, Duration: 1 m 2 s - B.dll (net8.0)
    """)
    assert counts(run) == (8, 6, 1, 0, 1)
    assert run.info.duration == 62.012


def test_old_totals_in_one_line() -> None:
    run = run_of("""
    Starting test execution, please wait...
    Failed   Demo.Shelf.Counts
    Error Message:
     boxes on shelf 7
    Total tests: 5. Passed: 3. Failed: 1. Skipped: 1.
    Test Run Failed.
    Test execution time: 1.5 Seconds
    """)
    assert counts(run) == (5, 3, 1, 0, 1)
    assert run.info.duration == 1.5


def test_old_totals_alone() -> None:
    run = run_of("Build succeeded.\n\nTotal tests: 4. Passed: 2. Failed: 1. Skipped: 1.\n")
    assert counts(run) == (4, 2, 1, 0, 1)


def test_the_terminal_logger() -> None:
    run = run_of("""
    Restore complete (0.5s)
      X succeeded (0.1s) → bin/Debug/net9.0/X.dll
    [xUnit.net 00:00:00.39]     Demo.Shelf.Falls [FAIL]
      X test failed with 2 error(s) (0.8s)
        Shelf.cs(28): error TESTERROR:
          Demo.Shelf.Fits(size: 6) (< 1ms): Error Message: Assert.True() Failure
          Expected: True
          Actual:   False
          Stack Trace:
             at Demo.Shelf.Fits(Int32 size) in Shelf.cs:line 28
        Shelf.cs(14): error TESTERROR:
          Demo.Shelf.Falls (2ms): Error Message: the shelf fell
          Stack Trace:
             at Demo.Shelf.Falls() in Shelf.cs:line 14

    Test summary: total: 5, failed: 2, succeeded: 3, skipped: 0, duration: 0.8s
    Build failed with 2 error(s) in 1.4s
    """)
    assert counts(run) == (5, 3, 2, 0, 0)
    assert [known.name for known in run.cases] == ["Fits(size: 6)", "Falls"]
    assert case(run, "Fits(size: 6)").failures[0].message.endswith("Actual:   False")


def test_the_testing_platform() -> None:
    run = run_of("""
    failed Demo.Server.Restores (270ms)
      from /x/M.dll (net10.0|x64)
      Expected the body to be the same
        at Demo.Server.Restores(String name) in /x/Server.cs:915
    /x/M.dll (net10.0|x64) failed with 1 error(s) (8s 406ms)

    Test run summary: Failed!
      /x/M.dll (net10.0|x64) failed with 1 error(s)

      total: 56
      failed: 1
      succeeded: 54
      skipped: 1
      duration: 8s 600ms
    """)
    assert counts(run) == (56, 54, 1, 0, 1)
    assert case(run, "Restores").failures[0].message == "Expected the body to be the same"


def test_xunit_alone() -> None:
    run = run_of("""
    xUnit.net v3 In-Process Runner v1.0.0 (64-bit .NET 8.0.11)
      Starting:    Demo.Tests
        Demo.Shelf.Falls [FAIL]
          Assert.Equal() Failure: Values differ
          Expected: 5
          Stack Trace:
            Shelf.cs(14,0): at Demo.Shelf.Falls()
        Demo.Shelf.Waits [SKIP]
          not today
      Finished:    Demo.Tests
    === TEST EXECUTION SUMMARY ===
       Demo.Tests  Total: 5, Errors: 0, Failed: 1, Skipped: 1, Not Run: 0, Time: 0.065s
    """)
    assert counts(run) == (5, 3, 1, 0, 1)
    assert case(run, "Waits").outcome is Outcome.SKIPPED
    assert case(run, "Falls").failures[0].message.startswith("Assert.Equal() Failure")


def test_a_crashed_host_is_red_under_a_green_summary() -> None:
    run = run_of("""
    Test run for /x/b.dll (.NETCoreApp,Version=v8.0)
    The active test run was aborted. Reason: Test host process crashed : Unhandled exception.
    Demo.ShelfException: no such shelf
       at Demo.Shelf.Answer() in /x/a.cs:line 5

    Passed!  - Failed:     0, Passed:  1115, Skipped:     1, Total:  1116, Duration: 16 s - b.dll (net10.0)
    Test Run Aborted.
    """)
    assert counts(run) == (1116, 1115, 0, 0, 1)
    assert "no such shelf" in run.failures[0].message


def test_compiler_errors_are_told_once() -> None:
    run = run_of("""
      Determining projects to restore...
    /x/Program.cs(5,10): error CS1002: ; expected [/x/app.csproj]

    Build FAILED.

    /x/Program.cs(5,10): error CS1002: ; expected [/x/app.csproj]
        1 Error(s)
    Test run for /x/b.dll (.NETCoreApp,Version=v8.0)
    """)
    assert headlines(run) == ["CS1002: error CS1002: ; expected"]
    assert (run.failures[0].file, run.failures[0].line) == ("/x/Program.cs", 5)


def test_tests_that_did_not_run_stand_between_others() -> None:
    """As VSTest 15 printed them, without a time and below a message without a blank line."""
    run = run_of("""
    Starting test execution, please wait...
    Not Run  Rounds
    Error Message:
     no printer here
    Failed   Fits(2)
    Error Message:
     Failed to fit
    Passed   Adds

    Total tests: 3. Passed: 1. Failed: 1. Skipped: 0.
    Test Run Failed.
    """)
    assert counts(run) == (3, 1, 1, 0, 1)
    assert case(run, "Fits(2)").failures[0].message == "Failed to fit"
    assert case(run, "Rounds").outcome is Outcome.SKIPPED


def test_an_assembly_that_is_not_there() -> None:
    run = run_of("""
    Microsoft (R) Test Execution Command Line Tool Version 15.3.0
    The test source file "/srv/Shop.dll" provided was not found.
    """)
    assert headlines(run) == ['The test source file "/srv/Shop.dll" provided was not found.']


def test_marks_of_vstest_16() -> None:
    run = run_of("""
    Starting test execution, please wait...
      √ Holds_boxes [3ms]
      ! Weighs_nothing [< 1ms]
      X Counts_boxes [134ms]
      Stack Trace:
         at Demo.Shelf.Counts_boxes() in C:\\shop\\Shelf.cs:line 11

    Test Run Failed.
    Total tests: 3
         Passed: 1
         Failed: 1
        Skipped: 1
     Total time: 3.3 Seconds
    """)
    assert counts(run) == (3, 1, 1, 0, 1)
    failure = case(run, "Counts_boxes").failures[0]
    assert failure.headline.startswith("at Demo.Shelf.Counts_boxes()")
    assert failure.line == 11


def test_what_azure_marks_as_an_error_may_be_well() -> None:
    run = run_of("""
    ##[error]  Passed Holds_boxes [< 1 ms]
    ##[error]  Failed Counts_boxes [3 ms]
    ##[error]  Error Message:
    ##[error]   eleven is not twelve
    ##[error]Test Run Failed.
    ##[error]Total tests: 2
    ##[error]     Passed: 1
    ##[error]     Failed: 1
    """)
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "Counts_boxes").failures[0].message == "eleven is not twelve"


def test_signs_of_vstest_16() -> None:
    """A skipped test may have no time, a mark may be lost to an encoding, a terminal puts its progress ahead."""
    run = run_of(f"""
    Starting test execution, please wait...
      V Adds [1m 2s]
      ! Waits
      X Counts [1h 5m]
      Error Message:
       the marks differ:
      X one
      ! two
      Stack Trace:
         at Demo.Shelf.Counts() in /x/Shelf.cs:line 12
      Standard Output Messages:
     looking:
      ! shelf 7

    Test run in progress.{" " * 100}  X Holds [< 1ms]
      Error Message:
       System.InvalidOperationException : the shelf fell
    Test run in progress...{" " * 100}

    Test Run Failed.
    Total tests: 4
         Passed: 1
         Failed: 2
        Skipped: 1
    """)
    assert [(one.name, one.outcome, one.duration) for one in run.cases] == [
        ("Adds", Outcome.PASSED, 62.0),
        ("Waits", Outcome.SKIPPED, None),
        ("Counts", Outcome.FAILED, 3900.0),
        ("Holds", Outcome.FAILED, 0.001),
    ]
    assert case(run, "Counts").failures[0].message == "the marks differ:\nX one\n! two"
    failure = case(run, "Holds").failures[0]
    assert (failure.type, failure.message) == (
        "System.InvalidOperationException",
        "System.InvalidOperationException : the shelf fell",
    )
    assert "progress" not in failure.trace
