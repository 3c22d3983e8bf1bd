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
