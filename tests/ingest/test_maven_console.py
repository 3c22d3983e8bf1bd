"""Maven's console: old and new Surefire, lists without stacks, reruns, builds that break."""

from __future__ import annotations

import pytest

from tests.ingest.made import case, counts, headlines, run_of
from triage.model import Outcome

OLD = """
    -------------------------------------------------------
     T E S T S
    -------------------------------------------------------
    Running demo.ShelfTest
    Tests run: 4, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 0.05 sec <<< FAILURE!
    Running demo.DoorTest
    Tests run: 1, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1,000.5 sec

    Results :

    Failed tests:   counts(demo.ShelfTest): boxes on shelf 7 expected:<12> but was:<11>

    Tests in error:
      falls(demo.ShelfTest): the shelf fell

    Tests run: 5, Failures: 1, Errors: 1, Skipped: 1

    [INFO] ------------------------------------------------------------------------
    [INFO] BUILD FAILURE
    [ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:2.12:test (default-test) on project demo: There are test failures.
"""


def test_old_surefire_without_stacks() -> None:
    run = run_of(OLD)
    assert run.format == "maven-console"
    assert counts(run) == (5, 2, 1, 1, 1)
    assert case(run, "counts").suite == "demo.ShelfTest"
    assert "boxes on shelf 7" in case(run, "counts").failures[0].message
    assert case(run, "falls").outcome is Outcome.ERROR
    assert not run.failures, "the goal only repeats that tests failed"


MODERN = """
    [INFO] Running demo.ShelfTest
    [ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.052 s <<< FAILURE! -- in demo.ShelfTest
    [ERROR] demo.ShelfTest.counts(int)[2] -- Time elapsed: 0.003 s <<< FAILURE!
    org.opentest4j.AssertionFailedError: boxes on shelf 7 ==> expected: <12> but was: <11>
    \tat demo.ShelfTest.counts(ShelfTest.java:12)

    [ERROR] demo.ShelfTest.falls -- Time elapsed: 0.001 s <<< ERROR!
    java.lang.IllegalStateException: the shelf fell
    \tat demo.ShelfTest.falls(ShelfTest.java:20)
    Caused by: java.io.IOException: no shelf

    [INFO] Results:
    [INFO]
    [ERROR] Failures:
    [ERROR]   ShelfTest.counts:12 boxes on shelf 7 ==> expected: <12> but was: <11>
    [ERROR] Errors:
    [ERROR]   ShelfTest.falls:20 » IllegalState the shelf fell
    [INFO]
    [ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0
"""


def test_the_list_at_the_end_names_no_test_twice() -> None:
    run = run_of(MODERN)
    assert counts(run) == (3, 1, 1, 1, 0)
    assert [known.name for known in run.cases] == ["counts(int)[2]", "falls"]
    failure = case(run, "counts(int)[2]").failures[0]
    assert (failure.type, failure.file, failure.line) == (
        "org.opentest4j.AssertionFailedError",
        "ShelfTest.java",
        12,
    )


@pytest.mark.parametrize("prefix", ["", "Error: ", "[2024-05-01T10:00:00.000Z] "])
def test_levels_that_a_ci_rewrote(prefix: str) -> None:
    text = "\n".join(
        line.replace("[ERROR] ", prefix + (" " if prefix == "Error: " else "")).replace("[INFO] ", "")
        if prefix != "[2024-05-01T10:00:00.000Z] "
        else prefix + line
        for line in (
            line.strip(" ") if not line.strip().startswith("[") else line[4:] for line in MODERN.split("\n")
        )
    )
    run = run_of(text)
    assert counts(run) == (3, 1, 1, 1, 0)
    assert case(run, "falls").outcome is Outcome.ERROR


def test_a_flake_keeps_what_failed() -> None:
    run = run_of("""
        [INFO] Results:
        [INFO]
        [WARNING] Flakes:
        [WARNING] demo.ShelfTest.flips
        [ERROR]   Run 1: ShelfTest.flips:38 first try slips
        [INFO]   Run 2: PASS
        [INFO]
        [WARNING] Tests run: 970, Failures: 0, Errors: 0, Skipped: 1, Flakes: 1
    """)
    assert counts(run) == (970, 969, 0, 0, 1)
    assert run.totals.flaky == 1
    flaky = case(run, "flips")
    assert flaky.flaky and flaky.failures[0].message == "first try slips"


def test_several_modules_are_summed_once() -> None:
    module = """
        [INFO] Running demo.A{n}Test
        [INFO] Tests run: {n}, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in demo.A{n}Test
        [INFO] Results:
        [INFO] Tests run: {n}, Failures: 0, Errors: 0, Skipped: 0
    """
    run = run_of("".join(module.format(n=n) for n in (2, 3)) + "        [INFO] BUILD SUCCESS\n")
    assert counts(run) == (5, 5, 0, 0, 0)
    assert not run.failures and not run.warnings


def test_a_run_that_was_cut_counts_its_classes() -> None:
    run = run_of("""
        [INFO] Running demo.ATest
        [INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 0.1 s - in demo.ATest
        [INFO] Running demo.BTest
    """)
    assert counts(run) == (2, 1, 0, 0, 1)
    assert run.warnings


def test_dependencies_that_do_not_resolve_are_the_cause() -> None:
    run = run_of("""
        [INFO] Scanning for projects...
        [INFO] BUILD FAILURE
        [ERROR] Failed to execute goal on project demo: Could not resolve dependencies for project demo:demo:jar:1: Could not find artifact demo:lost:jar:2 in central -> [Help 1]
        [ERROR]
        [ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
    """)
    assert run.totals.tests == 0
    assert headlines(run) == [
        "Could not resolve dependencies for project demo:demo:jar:1: Could not find artifact demo:lost:jar:2 in central"
    ]


def test_a_fork_that_hangs_is_told_beside_the_failed_tests() -> None:
    run = run_of(
        OLD.replace("There are test failures.", "There was a timeout or other error in the fork -> [Help 1]")
    )
    assert headlines(run) == ["There was a timeout or other error in the fork"]


def test_the_same_classes_again_are_the_same_tests() -> None:
    once = """
        [INFO] Scanning for projects...
        [INFO] Running demo.ATest
        [INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in demo.ATest
        [INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0
        [INFO] BUILD SUCCESS
    """
    assert counts(run_of(once * 3)) == (2, 2, 0, 0, 0)


BROKEN = """
        [ERROR] COMPILATION ERROR :
        [ERROR] /x/src/A.java:[25,31] cannot find symbol
          symbol:   class Shelf
        [ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.10:compile (default-compile) on project a: Compilation failure
"""
GREEN = """
        [INFO] Scanning for projects...
        [INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0
        [INFO] BUILD SUCCESS
"""


def test_what_fail_never_tolerated_leaves_a_later_build_green() -> None:
    run = run_of(BROKEN + GREEN)
    assert counts(run) == (2, 2, 0, 0, 0)
    assert not run.failures


def test_a_build_that_failed_stays_red_under_a_later_green_one() -> None:
    run = run_of("        [INFO] BUILD FAILURE\n" + BROKEN + GREEN)
    assert "cannot find symbol" in headlines(run)[0]


def test_an_exception_above_the_goal_is_told_with_its_stack() -> None:
    run = run_of("""
        [INFO] Scanning for projects...
        java.lang.UnsupportedClassVersionError: demo/Shelf has been compiled by a more recent version
        \tat java.lang.ClassLoader.defineClass1(Native Method)
        \tat demo.Main.main(Main.java:7)
        [INFO] BUILD FAILURE
        [ERROR] Failed to execute goal demo:shelf-plugin:1:run (default) on project demo: An API incompatibility was encountered -> [Help 1]
    """)
    assert headlines(run)[0].startswith("java.lang.UnsupportedClassVersionError")
    assert headlines(run)[1] == "An API incompatibility was encountered"
    assert run.failures[0].line == 7


@pytest.mark.parametrize(
    ("above", "goal", "told"),
    [
        (
            "cp: error writing '/tmp/x': No space left on device",
            "An Ant BuildException has occured",
            ["cp: error writing '/tmp/x': No space left on device"],
        ),
        (
            "java.io.IOException: No space left on device\n        \tat demo.Jar.write(Jar.java:3)",
            "Error assembling JAR: No space left on device",
            ["java.io.IOException: No space left on device"],
        ),
        (
            "java.io.IOException: no cache, going on without",
            "Could not resolve dependencies for project x: Connection refused",
            [
                "Could not resolve dependencies for project x: Connection refused",
                "java.io.IOException: no cache, going on without",
            ],
        ),
        (
            "java.io.IOException: no cache, going on without",
            "You have 3 Checkstyle violations.",
            ["java.io.IOException: no cache, going on without", "You have 3 Checkstyle violations."],
        ),
    ],
)
def test_the_cause_stands_above_the_goal_that_broke_of_it(above: str, goal: str, told: list[str]) -> None:
    run = run_of(f"""
        [INFO] Scanning for projects...
        {above}
        [INFO] BUILD FAILURE
        [ERROR] Failed to execute goal demo:shelf-plugin:1:run (default) on project demo: {goal} -> [Help 1]
    """)
    assert headlines(run) == told


REPORT = """
    -------------------------------------------------------------------------------
    Test set: demo.{name}
    -------------------------------------------------------------------------------
    Tests run: 5, Failures: 1, Errors: 3, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! - in demo.{name}
    falls(demo.{name})  Time elapsed: 0 s  <<< FAILURE!
    java.lang.AssertionError: the shelf fell

    falls(demo.{name})  Time elapsed: 0 s  <<< ERROR!
    java.lang.IllegalStateException: cannot close

    stands(demo.{name})  Time elapsed: 0 s  <<< ERROR!
    java.lang.IllegalStateException: no shelf

    stands(demo.{name})  Time elapsed: 0 s  <<< ERROR!
    java.lang.IllegalStateException: no shelf
"""


def test_the_text_of_a_class_counts_a_test_once_and_needs_no_summary() -> None:
    run = run_of(REPORT.format(name="ShelfTest") + REPORT.format(name="DoorTest").strip("\n"))
    assert run.format == "maven-console"
    assert counts(run) == (6, 2, 0, 4, 0)
    assert run.warnings == ()
    told = [f.message for c in run.cases if c.name == "falls" for f in c.failures]
    assert told[:2] == [
        "java.lang.AssertionError: the shelf fell",
        "java.lang.IllegalStateException: cannot close",
    ]


def test_a_setup_that_broke_is_told_once_and_an_echo_without_words_not_at_all() -> None:
    run = run_of("""
    [INFO] Running shop.DoorTest
    [ERROR] Tests run: 2, Failures: 0, Errors: 2, Skipped: 0, Time elapsed: 2.5 s <<< FAILURE! -- in shop.DoorTest
    [ERROR] shop.DoorTest.opens -- Time elapsed: 0.4 s <<< ERROR!
    java.io.IOException: no key
        at shop.BaseTest.setUp(BaseTest.java:24)

    [ERROR] shop.DoorTest.shuts -- Time elapsed: 0.1 s <<< ERROR!
    java.io.IOException: no key
        at shop.BaseTest.setUp(BaseTest.java:24)

    [INFO]
    [INFO] Results:
    [INFO]
    [ERROR] Errors:
    [ERROR]   DoorTest>BaseTest.setUp:24 » IO no key
    [ERROR]   DoorTest>BaseTest.setUp:24 » IO no key
    [INFO]
    [ERROR] Tests run: 2, Failures: 0, Errors: 2, Skipped: 0
    [INFO]
    [INFO] BUILD FAILURE
    [ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test (default-test) on project shop:
    [ERROR]
    [ERROR] Please refer to /srv/shop/target/surefire-reports for the individual test results.
    [ERROR] -> [Help 1]
    """)
    assert counts(run) == (2, 0, 0, 2, 0)
    assert sorted(c.name for c in run.cases) == ["opens", "shuts"]
    assert not run.failures
