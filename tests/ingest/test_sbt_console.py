"""sbt's console: ScalaTest, munit, specs2, broken builds."""

from __future__ import annotations

from tests.ingest.made import case, counts, headlines, run_of
from triage.model import Outcome


def test_scalatest_with_an_aborted_suite() -> None:
    run = run_of("""
    [info] compiling 3 Scala sources to /x/target ...
    [info] ShelfSpec:
    [info] A shelf
    [info] - should hold boxes (12 milliseconds)
    [info] - should count boxes *** FAILED *** (3 milliseconds)
    [info]   11 did not equal 12 (ShelfSpec.scala:12)
    [info] - should weigh nothing !!! IGNORED !!!
    [info] - should not fall (pending)
    [info] - should not throw *** FAILED ***
    [info]   java.lang.IllegalStateException: the shelf fell
    [info]   at demo.ShelfSpec.run(ShelfSpec.scala:20)
    [info]   ...
    [info] DoorSpec:
    [info] demo.DoorSpec *** ABORTED ***
    [info]   java.lang.RuntimeException: no key
    [info]   at demo.DoorSpec.<init>(DoorSpec.scala:5)
    [info] Run completed in 523 milliseconds.
    [info] Total number of tests run: 3
    [info] Suites: completed 1, aborted 1
    [info] Tests: succeeded 1, failed 2, canceled 0, ignored 1, pending 1
    [info] *** 2 TESTS FAILED ***
    [error] Failed: Total 3, Failed 2, Errors 0, Passed 1, Ignored 1, Pending 1
    [error] Failed tests:
    [error] \tdemo.ShelfSpec
    [error] (Test / test) sbt.TestsFailedException: Tests unsuccessful
    """)
    assert run.format == "sbt-console"
    assert counts(run) == (5, 1, 2, 0, 2)
    assert case(run, "A shelf should count boxes").failures[0].line == 12
    assert case(run, "A shelf should not throw").failures[0].type == "java.lang.IllegalStateException"
    assert headlines(run) == ["java.lang.RuntimeException: no key"]


def test_munit() -> None:
    run = run_of("""
    [info] demo.TillSuite:
    ==> X demo.TillSuite.adds  0.012s munit.ComparisonFailException: /x/TillSuite.scala:6
    values are not the same
        at munit.Assertions.failComparison(Assertions.scala:274)
      + holds 0.001s
    ==> i demo.TillSuite.later ignored 0.0s
    [error] Failed: Total 2, Failed 1, Errors 0, Passed 1, Ignored 1
    """)
    assert counts(run) == (3, 1, 1, 0, 1)
    assert case(run, "later").outcome is Outcome.SKIPPED
    assert "values are not the same" in case(run, "adds").failures[0].message


def test_specs2_tells_errors_from_failures() -> None:
    run = run_of("""
    [info] ShelfSpecification
    [info] The shelf should
    [info]   + hold
    [error]   x count
    [error]    11 != 12 (ShelfSpecification.scala:9)
    [error]   ! fall
    [error]    java.lang.RuntimeException: the shelf fell (ShelfSpecification.scala:10)
    [info]   o wait
    [info] Total for specification ShelfSpecification
    [info] 4 examples, 1 failure, 1 error, 1 skipped
    """)
    assert counts(run) == (4, 1, 1, 1, 1)
    assert case(run, "count").failures[0].headline.startswith("11 != 12")


def test_projects_are_summed() -> None:
    line = "[info] Passed: Total 3, Failed 0, Errors 0, Passed 3\n"
    assert counts(run_of(line * 2)) == (6, 6, 0, 0, 0)


def test_code_that_does_not_compile() -> None:
    run = run_of("""
    [info] compiling 1 Scala source to /x ...
    [error] /x/src/test/scala/A.scala:5:10: not found: value missing
    [error]     val a = missing
    [error]             ^
    [error] one error found
    [error] (Test / compileIncremental) Compilation failed
    [error] Total time: 3 s, completed Jan 1, 2024
    """)
    assert headlines(run) == ["not found: value missing"]
    assert (run.failures[0].file, run.failures[0].line) == ("/x/src/test/scala/A.scala", 5)


def test_a_log_that_breaks_off_before_the_counts() -> None:
    run = run_of("""
    [info] ShelfSpec:
    [info] - holds boxes *** FAILED ***
    [info]   11 did not equal 12 (ShelfSpec.scala:12)
    [info] ScalaTest
    [info] Run completed in 111 milliseconds.
    """)
    assert run.format == "sbt-console"
    assert case(run, "holds boxes").failures[0].message == "11 did not equal 12 (ShelfSpec.scala:12)"


def test_classes_that_only_the_list_at_the_end_names() -> None:
    run = run_of("""
    [error] Failed: Total 9, Failed 1, Errors 1, Passed 7
    [error] Failed tests:
    [error] \tdemo.ShelfSpec
    [error] Error during tests:
    [error] \tdemo.DoorSpec
    [error] (Test / test) sbt.TestsFailedException: Tests unsuccessful
    """)
    assert counts(run) == (9, 7, 1, 1, 0)
    assert [f.message for f in run.failures] == [
        "Failed tests: demo.ShelfSpec",
        "Error during tests: demo.DoorSpec",
    ]


def test_specs2_without_indentation() -> None:
    run = run_of("""
    [info] ShelfSpec
    [info] A shelf should
    [info] + hold boxes
    [info] x count them
    [error]    '11' is not equal to '12' (ShelfSpec.scala:26)
    [info] Total for specification ShelfSpec
    [info] Finished in 119 ms
    [info] 2 examples, 1 failure, 0 error
    """)
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "count them").failures[0].line == 26


def test_utest() -> None:
    run = run_of("""
    [info] X demo.ShelfTests.boxes.count 4ms
    [info]   java.lang.Exception: eleven
    [info]     demo.ShelfTests$.$anonfun$tests$2(ShelfTests.scala:7)
    [info] + demo.ShelfTests.weight 0ms
    [info] Tests: 2, Passed: 1, Failed: 1
    [error] Failed tests:
    [error] \tdemo.ShelfTests
    [error] (Test / test) sbt.TestsFailedException: Tests unsuccessful
    """)
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "boxes.count").suite == "demo.ShelfTests"
    assert case(run, "boxes.count").failures[0].type == "java.lang.Exception"
    assert not run.failures


def test_utest_in_its_first_versions() -> None:
    run = run_of("""
    [info] demo.ShelfTests       Success
    [info]     weight            Success
    [info]     boxes             Failure(utest.AssertionError: (assert(a == b)...
    [info] Tests: 4
    [info] Passed: 3
    [info] Failed: 1
    [success] Total time: 1 s, completed Apr 19, 2014 7:59:20 PM
    """)
    assert counts(run) == (4, 3, 1, 0, 0)
    assert case(run, "boxes").failures[0].message == "utest.AssertionError: (assert(a == b)..."


def test_utest_without_levels() -> None:
    run = run_of("""
    [info] compiling 1 Scala source to /x/target ...
    -------------------------------- Running Tests --------------------------------
    + demo.ShelfTests.weight 1ms  12
    X demo.ShelfTests.boxes 0ms
      java.lang.Exception: eleven
        demo.ShelfTests$.$anonfun$tests$4(ShelfTests.scala:7)
    ----------------------------------- Failures -----------------------------------
    X demo.ShelfTests.boxes 0ms
      java.lang.Exception: eleven
    Tests: 2, Passed: 1, Failed: 1
    """)
    assert run.format == "sbt-console"
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "boxes").failures[0].headline == "java.lang.Exception: eleven"


def test_zio_tests_that_throw() -> None:
    run = run_of("""
    [info] + ShelfSpec
    [info]   - counts boxes
    [info]       Exception in thread "zio-fiber-97" java.lang.RuntimeException: the shelf fell
    [info]       \tat demo.ShelfSpec$.run(ShelfSpec.scala:9)
    [error] Error during tests:
    [error] \tdemo.ShelfSpec
    [error] (Test / test) sbt.TestsFailedException: Tests unsuccessful
    """)
    assert counts(run) == (1, 0, 1, 0, 0)
    (failed,) = run.cases
    assert "the shelf fell" in failed.failures[0].message


def test_munit_without_levels() -> None:
    run = run_of("""
    ==> X demo.ShelfSuite.counts boxes  0.001s munit.FailException: /x/ShelfSuite.scala:12 eleven is not twelve
    11:    val boxes = 11
    12:    assertEquals(boxes, 12)
    """)
    assert run.format == "sbt-console"
    assert "eleven is not twelve" in case(run, "counts boxes").failures[0].message


def test_scenarios_of_scalatest() -> None:
    run = run_of("""
    [info] PumpSpec:
    [info] Feature: pumps fill tanks
    [info]   Scenario: a tank that is empty
    [info]     Given an empty tank
    [info]   Scenario: a tank that leaks *** FAILED ***
    [info]     Given a leak
    [info]     2 did not equal 3 (PumpSpec.scala:14)
    [info] Run completed in 300 milliseconds.
    [info] Total number of tests run: 2
    [info] Suites: completed 1, aborted 0
    [info] Tests: succeeded 1, failed 1, canceled 0, ignored 0, pending 0
    [info] *** 1 TEST FAILED ***
    """)
    assert run.format == "sbt-console"
    assert counts(run) == (2, 1, 1, 0, 0)
    red = [known.name for known in run.cases if known.outcome.is_red]
    assert len(red) == 1
    assert "a tank that leaks" in red[0]
