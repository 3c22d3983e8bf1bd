"""TAP as the Linux kernel and node:test write it, in versions that no recording has."""

from __future__ import annotations

import pytest

from tests.ingest.made import case, counts, headlines, run_of

OLD_KUNIT = """\
printk: console [tty0] enabled
TAP version 14
1..2
\t# Subtest: pump
\t1..2
\t# pump_fills: initializing
\tok 1 - pump_fills
\t# pump_drains: initializing
Stack:
 6016f7db 6f81bd30
\t# pump_drains: kunit test case crashed!
\tnot ok 2 - pump_drains
kunit pump: one or more tests failed
not ok 1 - pump
\t# Subtest: valve
\t1..1
\tok 1 - valve_opens # SKIP no valve
ok 2 - valve # SKIP
"""


def test_a_program_that_dies_behind_its_results_is_told_by_prove_alone() -> None:
    run = run_of(
        "t/cart.t ..\nok 1 - adds\nok 2 - counts\n1..2\nDubious, test returned 255 (wstat 65280, 0xff00)\n"
        "All 2 subtests passed\nt/door.t ..\nno door\nDubious, test returned 2 (wstat 512, 0x200)\n"
        "No subtests run\n\nTest Summary Report\n-------------------\n"
        "t/cart.t (Wstat: 65280 (exited 255) Tests: 2 Failed: 0)\n  Non-zero exit status: 255\n"
        "t/door.t (Wstat: 512 (exited 2) Tests: 0 Failed: 0)\n  Non-zero exit status: 2\n"
        "  Parse errors: No plan found in TAP output\n"
        "Files=2, Tests=2,  0 wallclock secs ( 0.02 usr  0.01 sys +  0.12 cusr  0.01 csys =  0.16 CPU)\n"
        "Result: FAIL\n"
    )
    assert (run.format, counts(run)) == ("tap", (2, 2, 0, 0, 0))
    assert [(f.message, f.file) for f in run.failures] == [
        ("Non-zero exit status: 255", "t/cart.t"),
        ("no door", "t/door.t"),
    ]


def test_suites_of_kunit_before_it_had_a_dialect_are_no_tests() -> None:
    run = run_of(OLD_KUNIT)
    assert (run.format, counts(run)) == ("tap", (3, 1, 1, 0, 1))
    drains = case(run, "pump_drains")
    assert (drains.suite, drains.failures[0].headline) == (
        "pump",
        "pump_drains: kunit test case crashed!",
    )


def test_a_kernel_that_panics_inside_of_a_suite() -> None:
    lines = [
        *OLD_KUNIT.split("\n")[1:7],
        "Kernel panic - not syncing: no root",
        "CPU: 0 PID: 1 Comm: swapper",
    ]
    run = run_of("\n".join(f"[    0.060000][    T1] {line}" for line in lines))
    assert counts(run) == (1, 1, 0, 0, 0)
    assert headlines(run) == ["Kernel panic - not syncing: no root"]
    assert run.failures[0].source_line == 7


def test_a_panic_behind_the_last_test_is_no_failure_of_it() -> None:
    run = run_of(
        "KTAP version 1\n1..1\n  # Subtest: pump\n  1..1\n  ok 1 fills\nok 1 pump\nKernel panic - no root\n"
    )
    assert (counts(run), run.failures) == ((1, 1, 0, 0, 0), ())


def test_a_version_below_a_failed_test_is_not_its_reason() -> None:
    run = run_of(
        "KTAP version 1\n1..2\nnot ok 1 a\n    KTAP version 1\n    1..1\n    not ok 1 c\nnot ok 2 b\n"
    )
    assert [failure.headline for case in run.cases for failure in case.failures] == [
        "not ok 1 a",
        "not ok 1 c",
    ]


def test_node_tells_retries_and_blocks_that_are_no_yaml() -> None:
    run = run_of(
        """
        TAP version 13
        # Subtest: pump
            # Subtest: fills
            ok 1 - fills # FLAKY 2 re-tries
              ---
              duration_ms: *
              ...
            # Subtest: drains
            not ok 2 - drains
              ---
              duration_ms: *
              failureType: 'testCodeFailure'
              error: 'leaks: at the joint'
              stack: |-
                *
              ...
            1..2
        not ok 1 - pump
          ---
          duration_ms: *
          type: 'suite'
          failureType: 'hookFailed'
          error: 'still wet'
          ...
        1..1
        # tests 2
        """
    )
    assert (counts(run), run.totals.flaky) == ((2, 1, 1, 0, 0), 1)
    assert case(run, "drains").failures[0].message == "leaks: at the joint"
    assert headlines(run) == ["still wet"]


def test_what_kselftest_says_of_a_red_program_begins_with_its_reason() -> None:
    run = run_of(
        """
        TAP version 13
        1..2
        # overriding timeout to 300
        # selftests: cgroup: test_pump
        # ok 1 test_fill
        ok 1 selftests: cgroup: test_pump
        # overriding timeout to 300
        # selftests: cgroup: test_valve
        # TAP version 13
        # 1..2
        # ok 1 test_open
        # valve is stuck
        # not ok 2 test_shut
        not ok 2 selftests: cgroup: test_valve # exit=1
        """
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    assert case(run, "test_shut").suite == "selftests: cgroup: test_valve"
    assert case(run, "test_shut").failures[0].headline == "valve is stuck"


def test_a_program_of_kselftest_whose_time_ran_out() -> None:
    run = run_of(
        """
        TAP version 13
        1..1
        # timeout set to 45
        # selftests: pump: fill.sh
        # filling
        not ok 1 selftests: pump: fill.sh # TIMEOUT 45 seconds
        """
    )
    assert counts(run) == (1, 0, 1, 0, 0)
    assert case(run, "selftests: pump: fill.sh").failures[0].headline == "TIMEOUT 45 seconds"


def test_tap_that_the_tests_of_node_print_is_theirs() -> None:
    run = run_of(
        """
        TAP version 13
        ok 1 opens
        ✔ prints TAP (1.5ms)
        ℹ tests 1
        ℹ suites 0
        ℹ pass 1
        ℹ fail 0
        ℹ cancelled 0
        ℹ skipped 0
        ℹ todo 0
        ℹ duration_ms 12.5
        """
    )
    assert run.format == "node-test-console"
    assert counts(run) == (1, 1, 0, 0, 0)


def test_results_without_names_and_numbers() -> None:
    run = run_of(
        """
        1..3
        ok
        not ok
        #   Failed test at t/pump.t line 17.
        #          got: '23'
        #     expected: '42'
        not ok 3
        #     Failed test (t/pump.t at line 20)
        #          got: undef
        """
    )
    assert [case.name for case in run.cases] == ["test 1", "test 2", "test 3"]
    told = [(failure.message, failure.file, failure.line) for case in run.cases for failure in case.failures]
    assert told == [("got: '23'\nexpected: '42'", "t/pump.t", 17), ("got: undef", "t/pump.t", 20)]


@pytest.mark.parametrize(
    "text",
    [
        "checking for gcc... yes\nchecking for x\nok\nchecking y\nok\nconfigure: error: no compiler in $PATH\n",
        "ok\nok\nok\nok\nok\nTraceback (most recent call last):\n  File 'a.py', line 3, in f\nValueError: boom\n",
        "ok github.com/x/y 0.3s\nok github.com/x/z 0.2s\nERROR: disk full\n",
        "ok 200 GET /a\nok 200 GET /b\nok 404 GET /c\nERROR: disk full\n",
    ],
    ids=["configure", "five", "packages", "status"],
)
def test_lines_that_only_say_ok_are_no_tests(text: str) -> None:
    run = run_of(text)
    assert (run.format, counts(run)) == ("log", (0, 0, 0, 0, 0))
    assert len(run.failures) == 1


def test_numbered_results_need_no_version_and_no_plan() -> None:
    run = run_of("ok 1 - opens\nnot ok 2 - closes\n")
    assert (run.format, counts(run)) == ("tap", (2, 1, 1, 0, 0))


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (
            "TAP version 13\n1..2\nok 1 - fills\nok 2 - drains\nok 3 - hums\n",
            "2 tests were planned, 3 ran",
            2,
        ),
        ("ok 1 - fills\nok 2 - drains\n1..3\n", "3 tests were planned, 2 ran", 3),
        ("TAP Version 13\n1..3\nok 1 - fills\nok 2 - drains\n", "3 tests were planned, 2 ran", 2),
    ],
    ids=["more", "fewer", "spelled as old writers do"],
)
def test_a_plan_that_is_not_met_is_a_failure_of_the_run(text: str, said: str, line: int) -> None:
    run = run_of(text)
    assert [(failure.message, failure.source_line) for failure in run.failures] == [(said, line)]


def test_a_version_without_a_plan_is_a_program_that_died() -> None:
    """``prove`` says so too; where neither is there, somebody may have left the plan out."""
    text = "TAP version 13\n# fills\nok 1 holds\n"
    assert headlines(run_of(text)) == ["no plan behind the tests: the program died, or its output was cut"]
    assert headlines(run_of(f"{text}Error: no water\n")) == ["Error: no water"]
    red = run_of(f"{text}not ok 2 drains\n")
    assert (counts(red), headlines(red)) == ((2, 1, 1, 0, 0), [])
    assert headlines(run_of("ok 1 - holds\nok 2 - drains\n")) == []


def test_the_plan_of_old_perl_names_what_is_yet_to_be_done() -> None:
    run = run_of("1..4 todo 3 2;\nok 1\nok 2\nnot ok 3\nok 4\n")
    assert [c.outcome.value for c in run.cases] == ["passed", "xpassed", "xfailed", "passed"]
    assert not run.warnings


def test_one_number_and_name_is_one_test() -> None:
    """Qt tells each failure of a test that was expected."""
    run = run_of(
        "TAP version 13\n# tst_Shelf\nok 1 - initTestCase()\n"
        "not ok 2 - holds() # TODO A box\n  ---\n  line: 69\n  ...\n"
        "not ok 2 - holds() # TODO Bug 5 (a box)\n  ---\n  line: 71\n  ...\n1..2\n"
    )
    assert [(c.name, c.outcome.value) for c in run.cases] == [
        ("initTestCase()", "passed"),
        ("holds()", "xfailed"),
    ]
    assert not run.warnings


def test_a_failure_that_tape_was_told_says_why_in_its_name() -> None:
    run = run_of(
        "TAP version 13\n# fills\nnot ok 1 the pump ran dry\n  ---\n    operator: fail\n    at: <anonymous> (/srv/demo/pump.js:5:3)\n"
        "  ...\nnot ok 2 plan != count\n  ---\n    operator: fail\n    expected: 4\n    actual:   3\n  ...\n\n1..2\n"
    )
    assert [c.failures[0].message for c in run.cases] == [
        "the pump ran dry",
        "plan != count\nexpected: 4, actual: 3",
    ]


def test_a_test_more_that_failed_says_it_itself() -> None:
    """As Bats tells a ``teardown_file`` that failed."""
    run = run_of(
        "1..1\nok 1 fills\nnot ok 2 teardown_file failed\n# bats warning: Executed 2 instead of expected 1 tests\n"
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert not run.failures


def test_nothing_runs_behind_a_bail_out() -> None:
    run = run_of("1..3\nok 1 - fills\nBail out! no water\nok 2 - drains\nok 3 - hums\n")
    assert counts(run) == (1, 1, 0, 0, 0)
    assert headlines(run) == ["no water"]


@pytest.mark.parametrize(
    "text",
    [
        "1..2\nok 1 - fills\nok 2 - drains\n1..1\nnot ok 1 - hums\n",
        "ok 1 - fills\nok 2 - drains\n1..2\nnot ok 1 - hums\n1..1\n",
        "TAP version 14\nok 1 - fills\nok 2 - drains\n1..2\nTAP version 14\nnot ok 1 - hums\n1..1\n",
    ],
    ids=["plans ahead", "plans behind", "versions"],
)
def test_the_output_of_several_programs_has_several_plans(text: str) -> None:
    run = run_of(text)
    assert counts(run) == (3, 2, 1, 0, 0)
    assert not run.failures and not run.warnings


def test_what_a_subtest_says_when_it_dies_is_the_reason_of_its_failure() -> None:
    """pgTAP counts it by number, Perl's Test::More not; what an earlier subtest said is no reason."""
    run = run_of(
        """
        # Subtest: pump.test_fill()
            # filling
            ok 1 - fills
            # Looks like it is full
            1..1
        ok 1 - pump.test_fill
        # Subtest: pump.test_drain()
            # Test died: P0001: the drain is clogged
            #         CONTEXT:
            #             function pump.test_drain() line 3 at RAISE
        not ok 2 - pump.test_drain
        # Failed test 2: "pump.test_drain"
        # Subtest: pump.test_open()
            not ok 1 - opens
            # Failed test 1: "opens"
            #         have: shut
            #         want: open
            1..1
            # Looks like you failed 1 test of 1
        not ok 3 - pump.test_open
        # Failed test 3: "pump.test_open"
        1..3
        """
    )
    assert (run.format, counts(run)) == ("tap", (3, 1, 2, 0, 0))
    assert "Test died: P0001: the drain is clogged" in case(run, "pump.test_drain").failures[0].message
    assert "have: shut" in "\n".join(f.trace + f.message for f in case(run, "pump.test_open").failures)


def test_an_indented_comment_outside_of_a_subtest_is_of_the_result_above_it() -> None:
    run = run_of("1..2\nok 1 - fills\n    # the tank was dry\nnot ok 2 - drains\n# clogged\n")
    assert case(run, "drains").failures[0].message == "clogged"


def test_of_several_blocks_the_first_tells_why() -> None:
    run = run_of(
        """
        TAP version 13
        not ok 1 cart > total
          ---
          message: one is two
          severity: failed
          actual  : 1
          expected: 2
          ...
          ---
          message: and then
          severity: failed
          ...
        ok 2 cart > adds
        1..2
        """
    )
    assert run.format == "tap"
    assert counts(run) == (2, 1, 1, 0, 0)
    failure = case(run, "total").failures[0]
    assert "one is two" in failure.message
    assert "and then" in failure.trace


def test_the_class_that_luaunit_announces_is_nobodys_reason() -> None:
    run = run_of("""
    1..2
    # Started on 03/22/16 21:54:40
    # Starting class: TestCart
    not ok 1\tTestCart.test_total
    # Starting class: TestDoor
    ok     2\tTestDoor.test_opens
    # Ran 2 tests in 0.000 seconds, 1 success, 1 failure
    """)
    assert counts(run) == (2, 1, 1, 0, 0)
    assert "Starting" not in case(run, "TestCart.test_total").failures[0].headline


@pytest.mark.parametrize("mark", ["TODOWN the line", "todos left", "XFAILING"])
def test_a_word_that_only_begins_like_a_directive_is_none(mark: str) -> None:
    run = run_of(f"TAP version 13\n1..1\nnot ok 1 - sends # {mark}\n")
    assert counts(run) == (1, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("backslashes", "name", "how"),
    [(1, "path # skip", "failed"), (2, "path \\", "skipped"), (3, "path \\# skip", "failed")],
)
def test_a_backslash_keeps_only_what_is_behind_it(backslashes: int, name: str, how: str) -> None:
    [case_] = run_of("1..1\nnot ok 1 - path " + "\\" * backslashes + "# skip\n").cases
    assert (case_.name, case_.outcome.value) == (name, how)


@pytest.mark.parametrize("mark", ["TODO", "todo: later", "TODO(ann) later", "Todo later"])
def test_what_is_yet_to_be_done_may_fail(mark: str) -> None:
    assert [c.outcome.value for c in run_of(f"1..1\nnot ok 1 - sends # {mark}\n").cases] == ["xfailed"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "ok 1 - a\nno disk at t/a.t line 6.\n1..1\n# Looks like your test died just after 1.\n",
            "no disk at",
        ),
        ("ok 1 - a\n1..1\n# Looks like your test exited with 3 just after 1.\n", "exited with 3"),
        ("not ok 1 - a\n1..1\n# Looks like your test exited with 3 just after 1.\n", "exited with 3"),
    ],
)
def test_a_test_more_that_dies_with_its_plan_met_is_red(text: str, said: str) -> None:
    (died,) = run_of(text).failures
    assert said in died.message


def test_a_test_more_that_dies_before_its_plan_is_met_is_one_failure() -> None:
    run = run_of("1..2\nok 1 - a\nno disk at t/a.t line 6.\n# Looks like your test died just after 1.\n")
    assert [f.message for f in run.failures] == ["no disk at t/a.t line 6."]


def test_what_dies_inside_of_a_subtest_is_told_by_its_result() -> None:
    run = run_of(
        "# Subtest: a\n    ok 1 - b\n    1..1\n    # Looks like your test exited with 3 just after 1.\n"
        "not ok 1 - a\n1..1\n"
    )
    assert (counts(run), run.failures) == ((1, 0, 1, 0, 0), ())


@pytest.mark.parametrize("rest", ["", "# warming up\n# opening the door\n"])
def test_a_version_with_nothing_behind_it_but_comments_is_red(rest: str) -> None:
    run = run_of(f"TAP version 13\n{rest}")
    assert (counts(run), [f.source_line for f in run.failures]) == ((0, 0, 0, 0, 0), [1])
    assert run.failures[0].message.startswith("no result and no plan behind the version")


def test_what_was_said_behind_a_version_is_why_nothing_ran() -> None:
    run = run_of("TAP version 13\nError: cannot find the door\n    at open (door.js:3:1)\n")
    assert [f.message for f in run.failures] == ["Error: cannot find the door"]


@pytest.mark.parametrize(
    ("failed", "outcomes"),
    [
        (1, ["passed", "failed", "xpassed", "xfailed"]),
        (0, ["passed", "xpassed", "xpassed", "xfailed"]),
    ],
)
def test_qt_counts_a_surprise_as_a_failure_unless_it_is_on_the_black_list(
    failed: int, outcomes: list[str]
) -> None:
    run = run_of(
        "TAP version 13\n# tst_Door\nok 1 - initTestCase()\n"
        "ok 2 - opens() # TODO QVERIFY(open) returned TRUE unexpectedly.\nok 3 - rings() # TODO \n"
        f"not ok 4 - closes() # TODO on the black list\n1..4\n# tests 4\n# pass 1\n# fail {failed}\n"
    )
    assert [c.outcome.value for c in run.cases] == outcomes
    said = [failure.message for case in run.cases for failure in case.failures]
    assert said == (["QVERIFY(open) returned TRUE unexpectedly."] if failed else [])


def test_bats_tells_each_function_on_the_way_to_an_assertion() -> None:
    run = run_of(
        "1..1\nnot ok 1 rings\n# (from function `rings' in file lib/bats-assert/src/assert.bash, line 9,\n"
        "#  from function `bell' in file test/help.bash, line 4,\n#  in test file test/door.bats, line 7)\n"
        "#   `bell' failed\n# -- the bell is silent --\n"
    )
    (failure,) = run.cases[0].failures
    assert (failure.message, failure.file, failure.line) == (
        "`bell' failed\n-- the bell is silent --",
        "test/help.bash",
        4,
    )


def test_ava_up_to_3_tells_the_difference_among_values() -> None:
    run = run_of(
        "TAP version 13\nnot ok 1 - counts\n  ---\n    name: AssertionError\n    assertion: is\n    values:\n"
        "      'Difference:': |-\n        - 4\n        + 5\n    at: 'test.js:4:4'\n  ...\n\n1..1\n# tests 1\n"
    )
    (failure,) = run.cases[0].failures
    assert (failure.message, failure.type, failure.line) == ("Difference: - 4\n+ 5", "AssertionError", 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1..2\nok 1\nok 3\n", "test 3 is out of the range of the plan, 1..2"),
        ("ok 1 - a\nok 5 - b\n1..2\n", "test 5 is out of the range of the plan, 1..2"),
        (
            "TAP version 13\nok 1 - a\n1..1\n# tests 1\n# fail 1\n",
            "the output counts 1 failed, and lists none of them",
        ),
        ("1..1\nok 1 - a\nbail out! no disk\n", "no disk"),
    ],
)
def test_green_results_that_their_own_program_denies_are_red(text: str, said: str) -> None:
    assert headlines(run_of(text)) == [said]


@pytest.mark.parametrize(
    "text",
    [
        "1..2\nok 2\nok 1\n",
        "1..2\nok 1\nok 2\n1..2\nok 3\nok 4\n",
        "1..1\nok 1\n# fail 0\n",
        "1..2\nok 1\nnot ok 2 # SKIP no disk\n# fail 1\n",
    ],
)
def test_results_that_nobody_denies_are_green(text: str) -> None:
    assert headlines(run_of(text)) == []
