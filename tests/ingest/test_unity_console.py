"""Unity, ThrowTheSwitch's framework for C."""

from __future__ import annotations

from tests.ingest.made import case, counts, run_of
from triage.model import Outcome


def test_two_programs() -> None:
    run = run_of(
        """
        tank_test.c:12:test_fills:PASS
        tank_test.c:19:test_drains:FAIL: Expected 0 Was 3
        tank_test.c:25:test_leaks:IGNORE: no seal: later
        tank_test.c:31:test_bursts:FAIL

        -----------------------
        4 Tests 2 Failures 1 Ignored
        FAIL
        pump_test.c:7:test_pumps:PASS (12 ms)

        -----------------------
        1 Tests 0 Failures 0 Ignored
        OK
        """
    )
    assert run.format == "unity-console"
    assert counts(run) == (5, 2, 2, 0, 1)
    drains = case(run, "test_drains")
    assert (drains.suite, drains.failures[0].message) == ("tank_test.c", "Expected 0 Was 3")
    assert (drains.failures[0].file, drains.failures[0].line) == ("tank_test.c", 19)
    assert case(run, "test_bursts").failures[0].trace == "tank_test.c:31:test_bursts:FAIL"
    assert case(run, "test_leaks").properties == (("reason", "no seal: later"),)
    assert case(run, "test_pumps").duration == 0.012


def test_its_fixture_names_groups() -> None:
    run = run_of(
        """
        Unity test run 1 of 1
        TEST(Tank, Fills) PASS
        TEST(Tank, Drains)tank_test.c:19:TEST(Tank, Drains):FAIL: Expected TRUE Was FALSE
        tank_test.c:22:TEST(Tank, Leaks):FAIL: Memory leaked

        -----------------------
        3 Tests 2 Failures 0 Ignored
        FAIL
        """
    )
    assert counts(run) == (3, 1, 2, 0, 0)
    assert (case(run, "Leaks").suite, case(run, "Leaks").outcome) == ("Tank", Outcome.FAILED)
    assert case(run, "Drains").failures[0].message == "Expected TRUE Was FALSE"


def test_dots_name_nothing() -> None:
    run = run_of(
        "Unity test run 1 of 1\n..!.\n\n-----------------------\n4 Tests 1 Failures 1 Ignored \nFAIL\n"
    )
    assert counts(run) == (4, 2, 1, 0, 1)


def test_what_a_compiler_finds_is_no_result() -> None:
    run = run_of("tank.c:12:fill:warning: PASS\ntank.c:13:error: FAIL\n")
    assert not run.cases
