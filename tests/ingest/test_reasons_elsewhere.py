"""Why a test failed where its runner does not say so at the test: above it, behind it, or in a process that died."""

from __future__ import annotations

import pytest

from tests.ingest.made import case, counts, headlines, run_of
from triage.ingest.logs.severity import CAUSE, HINT, is_echo, severity
from triage.model import Outcome


def test_a_worker_of_webdriverio_that_died() -> None:
    run = run_of(
        """
        [0-0] RUNNING in chrome - /test/tank.js
        [0-0] filling the tank
        [0-0] FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
        [0-0] bye
        [0-0] FAILED in chrome - /test/tank.js
        [0-1] RUNNING in chrome - /test/pump.js
        [0-1] pumping
        [0-1] FAILED in chrome - /test/pump.js

        Spec Files:\t 0 passed, 2 failed, 2 total (100% completed) in 00:00:09
        """
    )
    assert counts(run) == (2, 0, 2, 0, 0)
    [died] = case(run, "/test/tank.js").failures
    assert died.headline.endswith("JavaScript heap out of memory")
    assert "filling the tank" in died.trace
    assert "FAILED in chrome" in case(run, "/test/pump.js").failures[0].trace


def test_a_worker_of_webdriverio_that_told_an_error_keeps_it() -> None:
    run = run_of(
        """
        [0-0] RUNNING in chrome - /test/tank.js
        [0-0] ERROR: tap is open
        [0-0] TypeError in "tank fills"
        TypeError: tank.fill is not a function
        [0-0] FAILED in chrome - /test/tank.js

        Spec Files:\t 0 passed, 1 failed, 1 total (100% completed) in 00:00:09
        """
    )
    assert [why.headline for why in run.cases[0].failures] == ['TypeError in "tank fills"']


def test_checks_that_failed_before_a_test_of_google_test_died() -> None:
    run = run_of(
        """
        [==========] Running 2 tests from 1 test suite.
        [ RUN      ] Tank.Fills
        tank.cpp:4: Failure
        Expected: (pump) != (nullptr), actual: NULL vs (nullptr)

        sh: line 1: 77 Segmentation fault ./tank
        """
    )
    fills = case(run, "Fills")
    assert fills.outcome is Outcome.ERROR
    check, death = fills.failures
    assert (check.message, check.line) == ("Expected: (pump) != (nullptr), actual: NULL vs (nullptr)", 4)
    assert death.headline.startswith("the process died while Tank.Fills was running")


def test_a_skipped_place_is_no_check_that_failed() -> None:
    run = run_of("[ RUN      ] Tank.Fills\ntank.cpp:4: Skipped\nno pump\n\nkilled\n")
    assert len(case(run, "Fills").failures) == 1


def test_a_scenario_whose_head_is_cut_off() -> None:
    run = run_of(
        """
            When the tap opens      # steps/tank.py:3
            Then the tank fills     # steps/tank.py:9
              Traceback (most recent call last):
                File "steps/tank.py", line 11, in step_impl
                  assert tank.full, "still empty"
              AssertionError: still empty


        Failing scenarios:
          tank.feature:2  Filling

        0 features passed, 1 failed, 0 skipped
        0 scenarios passed, 1 failed, 0 skipped
        1 step passed, 1 failed, 0 skipped, 0 undefined
        """
    )
    assert counts(run) == (1, 0, 1, 0, 0)
    assert case(run, "Filling").failures[0].headline == "AssertionError: still empty"


def test_steps_without_a_head_are_of_no_scenario_where_two_are_listed() -> None:
    run = run_of(
        """
            Then the tank fills     # steps/tank.py:9
              AssertionError: still empty

        Failing scenarios:
          tank.feature:2  Filling
          tank.feature:9  Draining

        0 scenarios passed, 2 failed, 0 skipped
        """
    )
    assert not case(run, "Filling").failures[0].message


def test_details_of_ava_0_stand_behind_its_counts() -> None:
    run = run_of(
        """
        > tank@1.0.0 test

          ✔ fills
          ✖ drains Tank is still full
          ✖ leaks

          2 tests failed

          1. drains
          AssertionError
            at Test.fn (tank.js:3:1)

          2. leaks
          AssertionError: no leak
            at Test.fn (tank.js:8:1)
        """
    )
    assert counts(run) == (3, 1, 2, 0, 0)
    assert case(run, "drains").failures[0].message == "Tank is still full"
    assert case(run, "leaks").failures[0].headline == "AssertionError: no leak"


def test_gocheck_tells_its_methods_before_the_test_of_go() -> None:
    run = run_of(
        """

        ----------------------------------------------------------------------
        FAIL: tank_test.go:9: Tank.TestFills

        tank_test.go:12:
            c.Assert(level, Equals, 4)
        ... obtained int = 3
        ... expected int = 4

        OOPS: 1 passed, 1 FAILED
        --- FAIL: Test (0.01s)
        FAIL
        FAIL\tdemo/tank\t0.012s
        """
    )
    [failure] = case(run, "Test").failures
    assert failure.message.split("\n") == [
        "c.Assert(level, Equals, 4)",
        "... obtained int = 3",
        "... expected int = 4",
        "in Tank.TestFills",
    ]
    assert (failure.file, failure.line) == ("tank_test.go", 12)


def test_a_go_test_without_a_word_takes_nothing_that_others_printed() -> None:
    run = run_of("tank_test.go:12:\nlevel is 3\n--- FAIL: TestTank (0.01s)\nFAIL\nFAIL\tdemo/tank\t0.012s\n")
    assert not case(run, "TestTank").failures[0].message


def test_a_race_that_no_test_of_go_failed_of() -> None:
    run = run_of(
        """
        === RUN   TestTank
        ==================
        WARNING: DATA RACE
        Write at 0x00c000122 by goroutine 8:
          demo.(*Tank).fill()
              /src/demo/tank.go:7 +0x44
        ==================
        --- PASS: TestTank (0.00s)
        PASS
        FAIL\tdemo/tank\t0.012s
        """
    )
    [failure] = run.failures
    assert failure.headline == "WARNING: DATA RACE"
    assert (failure.file, failure.line) == ("/src/demo/tank.go", 7)


def test_suites_of_cabal() -> None:
    run = run_of(
        """
        Running 3 test suites...
        Test suite units: RUNNING...
        Test suite units: PASS
        Test suite logged to:
        /src/tank/dist/units.log
        Test suite laws: RUNNING...
        tank: Tank.hs:3:1: tank is not full
        Test suite laws: FAIL
        Test suite logged to:
        /src/tank/dist/laws.log
        Test suite pumps: RUNNING...
        Test suite pumps: FAIL
        1 of 3 test suites (1 of 3 test cases) passed.
        """
    )
    assert run.format == "cabal-console"
    assert counts(run) == (3, 1, 2, 0, 0)
    assert case(run, "laws").failures[0].headline == "tank: Tank.hs:3:1: tank is not full"
    assert case(run, "pumps").failures[0].trace == "Test suite pumps: FAIL"


def test_a_suite_of_cabal_that_shows_what_its_library_prints() -> None:
    run = run_of(
        """
        Running 1 test suites...
        Test suite units: RUNNING...

        Tank
          fills [✔]

        Finished in 0.0009 seconds
        1 example, 0 failures
        Test suite units: PASS
        1 of 1 test suites (1 of 1 test cases) passed.
        """
    )
    assert (run.format, counts(run)) == ("haskell-console", (1, 1, 0, 0, 0))


def test_a_suite_of_cabal_that_never_ends() -> None:
    run = run_of(
        "Test suite a: RUNNING...\nTest suite b: RUNNING...\nTest suite b: PASS\n"
        "1 of 2 test suites (1 of 2 test cases) passed.\n"
    )
    assert counts(run) == (2, 1, 0, 1, 0)


@pytest.mark.parametrize(
    "line",
    [
        "WARNING: CPU: 1 PID: 30 at drivers/pump/core.c:204 pump_put+0x3c/0xf8",
        "WARNING: drivers/pump/core.c:204 at pump_put+0x3c/0xf8, CPU#1: pumpd/30",
    ],
)
def test_a_kernel_that_warns_shows_where(line: str) -> None:
    assert severity(line) == CAUSE
    run = run_of(
        f"booting\n{line}\nModules linked in:\nKernel panic - not syncing: kernel: panic_on_warn set ...\n"
    )
    assert headlines(run) == [line]


@pytest.mark.parametrize(
    "line",
    ["WARNING: CPU: load is high", "pump.c:12: warning: unused variable 'level'", "WARNING: tank.c is empty"],
)
def test_other_warnings_are_none(line: str) -> None:
    assert severity(line) <= HINT


def test_a_panic_on_a_warning_is_an_echo() -> None:
    assert is_echo("Kernel panic - not syncing: panic_on_warn set ...")
    assert not is_echo("Kernel panic - not syncing: VFS: Unable to mount root fs")


def test_a_bare_exception_below_a_line_that_only_says_failed() -> None:
    trace = 'Traceback (most recent call last):\n  File "tank.py", line 3, in test_fill\n    assert full()\nAssertionError\n'
    assert headlines(run_of(f"step: test\ntank.py::test_fill FAILED\n{trace}done\n")) == ["AssertionError"]
    said = "ERROR tank: cannot fill the tank"
    assert headlines(run_of(f"step: test\n{said}\n{trace}done\n")) == [said]


def test_npm_says_not_ok_last() -> None:
    run = run_of(
        """
        make: *** [fill] Error 1
        npm ERR! Test failed.  See above for more details.
        npm ERR! not ok code 0
        """
    )
    assert run.failures
    assert "npm ERR! not ok code 0" not in headlines(run)


@pytest.mark.parametrize(
    "line",
    [
        "'tank' 不是内部或外部命令，也不是可运行的程序",
        "'tank' 不是內部或外部命令、可執行的程式或批次檔。",
        '"tank" no se reconoce como un comando interno o externo,',
        "'tank' n'est pas reconnu en tant que commande interne",
        'Der Befehl "tank" ist entweder falsch geschrieben oder',
        '"tank" n\ufffdo \ufffd reconhecido como um comando interno',
        "'tank' は、内部コマンドまたは外部コマンド、",
        '"tank" не является внутренней или внешней',
    ],
)
def test_a_command_that_windows_does_not_know(line: str) -> None:
    assert severity(line) == CAUSE
    assert headlines(run_of(f"filling\n{line}\nother words\n")) == [line]


def test_commands_that_are_only_spoken_of() -> None:
    for line in (
        "El comando interno llena el tanque",
        "une commande interne du réservoir",
        "内部コマンドの一覧",
    ):
        assert not run_of(f"filling\n{line}\n").failures


@pytest.mark.parametrize("word", ["错误", "エラー", "Fehler", "\ufffd\ufffd\ufffd\ufffd"])
def test_a_compiler_of_java_that_speaks_another_language(word: str) -> None:
    run = run_of(
        f"""
        > Task :compileJava
        Tank.java:3: {word}: [removal] Pump
                Pump pump;
                ^
        Tank.java:9: {word}: Seal
                Seal seal;
                ^
        > Task :compileJava FAILED

        FAILURE: Build failed with an exception.

        * What went wrong:
        Execution failed for task ':compileJava'.
        > Compilation failed; see the compiler error output for details.

        BUILD FAILED in 1s
        """
    )
    assert [(failure.file, failure.line) for failure in run.failures] == [("Tank.java", 9)]
    assert severity(f"Tank.java:9: {word}: Seal") == CAUSE
    assert severity(f"Tank.java:3: {word}: [removal] Pump") < CAUSE


def test_luacheck_fails_of_its_warnings() -> None:
    run = run_of(
        """
        Checking tank.lua                        1 warning

            tank.lua:24:14: unused variable level

        Checking pump.lua                        OK

        Total: 1 warning / 0 errors in 2 files
        make: *** [Makefile:30: check] Error 1
        """
    )
    assert headlines(run) == ["tank.lua:24:14: unused variable level"]


def test_turbopack_says_below_its_place_what_was_wrong() -> None:
    run = run_of(
        """
        > Build error occurred
        Error: Turbopack build failed with 1 errors:
        ./src/tank.tsx:3:11
        Expression expected
          2 |
        > 3 |   <Tank
            |   ^
        """
    )
    [failure] = run.failures
    assert failure.message == "./src/tank.tsx:3:11: Expression expected"
    assert (failure.file, failure.line) == ("./src/tank.tsx", 3)


_TRIES = """
installed
    Error: tank is empty

        at tank.spec.ts:3:1

    Retry #1 ─────────────────────────────────────────────

    Error: tank is still empty

        at tank.spec.ts:3:1

"""


def test_the_tail_of_an_output_of_playwright() -> None:
    listed = "    [chromium] › tank.spec.ts:2:1 › fills ─────────────────────────\n"
    run = run_of(f"{_TRIES}  1 failed\n{listed}")
    assert counts(run) == (1, 0, 1, 0, 0)
    assert run.cases[0].failures[0].headline == "Error: tank is still empty"
    two = run_of(f"{_TRIES}  2 failed\n{listed}{listed.replace('fills', 'drains')}")
    assert not any(case.failures[0].message for case in two.cases)


_UNITTEST = """
F
======================================================================
FAIL: test_fills (tank.Tank)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "tank.py", line 3, in test_fills
    assert full
AssertionError

----------------------------------------------------------------------
Ran 1 test in 0.001s

FAILED (failures=1)
"""
_CTEST = """
Test project /build
    Start 1: tank
1/2 Test #1: tank .............................***Failed    0.01 sec
{printed}
    Start 2: pump
2/2 Test #2: pump .............................   Passed    0.01 sec

50% tests passed, 1 tests failed out of 2

Total Test time (real) =   0.02 sec

The following tests FAILED:
\t  1 - tank (Failed)
Errors while running CTest
"""


def test_a_test_of_ctest_that_is_a_unittest() -> None:
    run = run_of(_CTEST.format(printed=_UNITTEST))
    assert (run.format, counts(run)) == ("ctest-console", (2, 1, 1, 0, 0))


def test_a_unittest_that_ran_before_ctest() -> None:
    assert counts(run_of(_UNITTEST + _CTEST.format(printed="dry"))) == (3, 1, 2, 0, 0)
