"""Gradle's console: its test logging, devices, plugins, retries, broken builds."""

from __future__ import annotations

from tests.conftest import DATA, source_of
from tests.ingest.made import case, counts, headlines, run_of
from triage.ingest import collect
from triage.model import Outcome

TAIL = """
    FAILURE: Build failed with an exception.

    * What went wrong:
    Execution failed for task ':app:test'.
    > There were failing tests. See the report at: file:///x/index.html

    * Try:
    > Run with --stacktrace option to get the stack trace.

    BUILD FAILED in 1m 3s
"""


def test_events_and_totals() -> None:
    run = run_of(
        """
    > Task :app:test FAILED

    demo.ShelfTest > counts() FAILED
        org.opentest4j.AssertionFailedError: boxes on shelf 7 ==> expected: <12> but was: <11>
            at app//demo.ShelfTest.counts(ShelfTest.java:12)

    demo.ShelfTest > holds() PASSED

    demo.ShelfTest > Empty > weighs() SKIPPED

    Gradle Test Run :app:test > Gradle Test Executor 1 > demo.ShelfTest > printed STANDARD_OUT
        looking at the shelf

    5 tests completed, 1 failed, 1 skipped
"""
        + TAIL
    )
    assert run.format == "gradle-console"
    assert counts(run) == (5, 3, 1, 0, 1)
    assert case(run, "counts()").failures[0].line == 12
    assert case(run, "weighs()").suite == "demo.ShelfTest > Empty"
    assert run.info.duration == 63
    assert not run.failures


def test_several_tasks_are_summed_and_green_ones_counted() -> None:
    run = run_of("""
    > Task :a:test
    demo.ATest > one() PASSED
    demo.ATest > two() PASSED
    > Task :b:test FAILED
    demo.BTest > one() FAILED
        java.lang.IllegalStateException at BTest.java:7
    3 tests completed, 1 failed
    BUILD FAILED in 3s
    """)
    assert counts(run) == (5, 4, 1, 0, 0)
    failed = next(known for known in run.cases if known.outcome is Outcome.FAILED)
    assert (failed.failures[0].type, failed.failures[0].line) == ("java.lang.IllegalStateException", 7)


def test_events_before_the_header_of_their_task_count_once() -> None:
    run = run_of("""
    demo.BTest > one() FAILED
        java.lang.IllegalStateException at BTest.java:7

    > Task :b:test FAILED
    3 tests completed, 1 failed
    BUILD FAILED in 3s
    """)
    assert counts(run) == (3, 2, 1, 0, 0)


def test_a_retry_that_passes_is_flaky() -> None:
    run = run_of("""
    > Task :test
    demo.ShelfTest > flips() FAILED
        java.lang.AssertionError: first try slips
    demo.ShelfTest > flips() PASSED
    demo.ShelfTest > holds() PASSED
    3 tests completed, 1 failed
    BUILD SUCCESSFUL in 3s
    """)
    assert counts(run) == (2, 2, 0, 0, 0)
    assert run.totals.flaky == 1


def test_devices_state_their_own_counts() -> None:
    run = run_of(
        """
    > Task :app:connectedDebugAndroidTest
    Starting 3 tests on Pixel_3a(AVD) - 11

    demo.ShelfTest > counts[Pixel_3a(AVD) - 11] FAILED
    \tjava.lang.AssertionError: boxes on shelf 7
    \tat org.junit.Assert.fail(Assert.java:89)
    \tat demo.ShelfTest.counts(ShelfTest.java:12)
    Tests 1/3 completed. (0 skipped) (1 failed)
    Tests 3/3 completed. (1 skipped) (1 failed)
"""
        + TAIL
    )
    assert counts(run) == (3, 1, 1, 0, 1)
    assert run.cases[0].failures[0].message == "java.lang.AssertionError: boxes on shelf 7"
    assert ("device", "Pixel_3a(AVD) - 11") in run.cases[0].properties


def test_the_test_logger_plugin() -> None:
    run = run_of("""
    > Task :test FAILED

    demo.ShelfTest

      Test holds() PASSED
      Test counts() FAILED (1.2s)

      java.lang.AssertionError: boxes on shelf 7
          at demo.ShelfTest.counts(ShelfTest.java:12)

      Test waits() SKIPPED

    FAILURE: Executed 3 tests in 2.5s (1 failed, 1 skipped)
    BUILD FAILED in 4s
    """)
    assert counts(run) == (3, 1, 1, 0, 1)
    assert case(run, "counts()").suite == "demo.ShelfTest"
    assert "boxes on shelf 7" in case(run, "counts()").failures[0].message


def test_its_mocha_theme() -> None:
    run = run_of("""
    > Task :test FAILED
    demo.ShelfTest

      ✔ holds()
      ✘ counts() (1.2s)

        java.lang.AssertionError: boxes on shelf 7

      1 passing (1.3s)
      2 pending
      1 failing

    BUILD FAILED in 4s
    """)
    assert counts(run) == (4, 1, 1, 0, 2)


def test_compiler_errors_beat_their_wrapper() -> None:
    run = run_of("""
    > Task :compileKotlin FAILED
    e: file:///x/src/Shelf.kt:12:5 Unresolved reference: boxes

    > Task :compileJava FAILED
    /x/src/main/java/A.java:5: error: ';' expected
            int x = 5
                     ^
    1 error

    FAILURE: Build failed with an exception.

    * What went wrong:
    Execution failed for task ':compileJava'.
    > Compilation failed; see the compiler error output for details.

    * Try:
    BUILD FAILED in 3s
    """)
    assert headlines(run) == ["Unresolved reference: boxes", "';' expected"]
    assert [(failure.file, failure.line) for failure in run.failures][1] == ("/x/src/main/java/A.java", 5)


def test_what_went_wrong_without_tests_is_the_cause() -> None:
    run = run_of("""
    > Task :test FAILED

    FAILURE: Build failed with an exception.

    * What went wrong:
    Execution failed for task ':test'.
    > Process 'Gradle Test Executor 1' finished with non-zero exit value 134

    * Try:
    BUILD FAILED in 3s
    """)
    assert headlines(run) == ["Process 'Gradle Test Executor 1' finished with non-zero exit value 134"]


def test_mixed_streams_part_a_test_from_its_stack() -> None:
    run = run_of("""
    > Task :test FAILED
    10 tests completed, 1 failed

    ShelfTest > counts() FAILED
    FAILURE: Build failed with an exception.
        java.lang.IllegalArgumentException at ShelfTest.java:61

    * What went wrong:
    Execution failed for task ':test'.
    > There were failing tests. See the report at: file:///x/index.html

    BUILD FAILED in 14s
    """)
    assert counts(run) == (10, 9, 1, 0, 0)
    assert case(run, "counts()").failures[0].line == 61


def test_xctest_under_gradle() -> None:
    run = run_of(
        """
    > Task :xcTest FAILED

    ShelfTests.testAdd STARTED

    ShelfTests.testAdd FAILED
        java.lang.Throwable: XCTAssertEqual failed: ("11") is not equal to ("12")

    ShelfTests.testDrop STARTED

    ShelfTests.testDrop PASSED

    2 tests completed, 1 failed
    """
        + TAIL
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert "XCTAssertEqual failed" in case(run, "testAdd").failures[0].message


def test_a_nested_class_is_the_one_of_its_report() -> None:
    directory = DATA / "recorded" / "gradle"
    console = collect(source_of(directory / "gradle-4.8-junit5.txt"))
    [reported] = collect(source_of(directory / "gradle-4.8-nested.xml")).cases
    assert reported.id in {case.id for case in console.cases}


def test_kotlin_on_windows_behind_what_powershell_says() -> None:
    run = run_of("""
    > Task :app:compileDebugKotlin FAILED
    ./gradlew : e: file:///D:/lamp/app/Lamp.kt:26:30 Unresolved reference 'Oil'.
    At line:1 char:2
        + FullyQualifiedErrorId : NativeCommandError

    FAILURE: Build failed with an exception.

    * What went wrong:
    Execution failed for task ':app:compileDebugKotlin'.
    > Compilation error. See log for more details

    * Try:
    > Run with --info

    BUILD FAILED in 2s
    """)
    [failure] = run.failures
    assert failure.message == "Unresolved reference 'Oil'."
    assert (failure.file, failure.line) == ("D:/lamp/app/Lamp.kt", 26)


def test_a_build_that_came_right_is_green() -> None:
    run = run_of("""
    > Task :app:test FAILED

    > Task :app:test
    BUILD SUCCESSFUL in 2s
    """)
    assert not run.failures
