"""pytest's console: plugins and modes that no recording has."""

from __future__ import annotations

from tests.ingest.consoles import case, counts, made
from tests.ingest.made import run_of
from triage.model import Outcome


def test_quieter_than_quiet() -> None:
    run = made(
        """
        .F                                                                       [100%]
        =================================== FAILURES ===================================
        __________________________________ test_total __________________________________

        >   ???
        E   assert 1 == 2

        tests/test_cart.py:4: AssertionError
        =========================== short test summary info ============================
        FAILED tests/test_cart.py::test_total[a - b] - assert 1 == 2
        """.replace("test_total ____", "test_total[a - b] ____"),
        "pytest-console",
    )
    assert [c.id for c in run.cases] == ["tests/test_cart.py::test_total[a - b]"]
    assert [f.message for f in run.cases[0].failures] == ["assert 1 == 2"]


def test_dots_count_where_the_run_was_cut_off() -> None:
    run = made(
        """
        ============================= test session starts ==============================
        collected 30 items

        tests/test_cart.py ..F.s.x                                               [ 23%]
        tests/test_door.py ..E
        """,
        "pytest-console",
    )
    assert counts(run) == (10, 6, 1, 1, 2)
    assert ["cut off" in warn.text for warn in run.warnings] == [True]


def test_instafail_tells_between_the_marks() -> None:
    run = made(
        """
        ============================= test session starts ==============================
        collected 3 items

        tests/test_cart.py .F

        __________________________________ test_total __________________________________

        E   assert 1 == 2

        tests/test_cart.py:4: AssertionError

        tests/test_cart.py .

        ________________________________ no test at all ________________________________
        printed

        =========================== short test summary info ============================
        FAILED tests/test_cart.py::test_total - assert 1 == ...
        ========================= 1 failed, 2 passed in 0.10s ==========================
        """,
        "pytest-console",
    )
    assert counts(run) == (3, 2, 1, 0, 0)
    failure = case(run, "test_total").failures[0]
    assert (failure.message, failure.line, failure.source_line) == ("assert 1 == 2", 4, 8)
    assert len(run.cases) == 1


def test_sugar_calls_a_broken_set_up_failed() -> None:
    run = made(
        """
        Test session starts (platform: linux, Python 3.11.7, pytest 8.0.0, pytest-sugar 1.0.0)

        \u2015\u2015\u2015\u2015\u2015\u2015 ERROR at setup of test_total \u2015\u2015\u2015\u2015\u2015\u2015

        E   OSError: closed

        tests/test_cart.py:9: OSError
         tests/test_cart.py \u2717 100% \u2588\u2588\u2588\u2588
        =========================== short test summary info ============================
        FAILED tests/test_cart.py::test_total - OSError: closed

        Results (0.11s):
               1 error
        """,
        "pytest-console",
    )
    assert case(run, "test_total").outcome is Outcome.ERROR
    assert counts(run) == (1, 0, 0, 1, 0)


def test_subtests_are_told_with_one_line_each() -> None:
    run = made(
        """
        ============================= test session starts ==============================
        =========================== short test summary info ============================
        SUBFAILED(i=2) tests/test_cart.py::CartTest::test_rows - AssertionError: 2 == 2
        FAILED tests/test_cart.py::CartTest::test_rows - contains 1 failed subtest
        ========================= 2 failed, 2 passed in 0.10s ==========================
        """,
        "pytest-console",
    )
    assert [f.message for f in case(run, "test_rows").failures] == ["AssertionError: 2 == 2"]


def test_a_group_of_exceptions() -> None:
    run = made(
        """
        ============================= test session starts ==============================
        =================================== FAILURES ===================================
        __________________________________ test_total __________________________________
          + Exception Group Traceback (most recent call last):
          |   File "/srv/shop/test_cart.py", line 31, in test_total
          |     raise ExceptionGroup("two", [ValueError("one"), KeyError("b")])
          | ExceptionGroup: two (2 sub-exceptions)
          +-+---------------- 1 ----------------
            | ValueError: one
            +---------------- 2 ----------------
            | KeyError: 'b'
            +------------------------------------
        =========================== short test summary info ============================
        FAILED test_cart.py::test_total - ExceptionGroup: two (2 sub-exceptions)
        ============================== 1 failed in 0.10s ===============================
        """,
        "pytest-console",
    )
    failure = case(run, "test_total").failures[0]
    assert failure.message == "ExceptionGroup: two (2 sub-exceptions)\nValueError: one\nKeyError: 'b'"


def test_a_run_that_a_hook_ends() -> None:
    run = made(
        "Exit: no licence\n!!!!!!!!!! _pytest.outcomes.Exit: no licence !!!!!!!!!!\n", "pytest-console"
    )
    assert [f.message for f in run.failures] == ["Exit: no licence"]


def test_options_that_are_not_there() -> None:
    run = made(
        """
        ERROR: usage: pytest [options] [file_or_dir] [file_or_dir] [...]
        pytest: error: unrecognized arguments: --cov
          inifile: None
          rootdir: /srv/shop
        """,
        "pytest-console",
    )
    assert [f.message for f in run.failures] == ["pytest: error: unrecognized arguments: --cov"]


def test_a_timeout_that_ends_the_process() -> None:
    run = made(
        """
        ============================= test session starts ==============================
        tests/test_cart.py::test_ok PASSED                                       [ 50%]
        tests/test_cart.py::test_total +++++++++++ Timeout +++++++++++
        ~~~~~~~~~ Stack of MainThread (140444889151168) ~~~~~~~~~
          File "/srv/shop/test_cart.py", line 3, in test_total
            sleep(9)
        +++++++++++ Timeout +++++++++++
        """,
        "pytest-console",
    )
    assert counts(run) == (2, 1, 0, 1, 0)
    failure = case(run, "test_total").failures[0]
    assert failure.message.startswith("Timeout")
    assert failure.line == 3


def test_a_line_for_each_failure_where_the_summary_has_no_room() -> None:
    run = run_of("""
    ============================= test session starts ==============================
    collected 2 items

    tests/test_pump.py FF                                                    [100%]

    =================================== FAILURES ===================================
    /plant/tests/test_pump.py:4: AssertionError: the tank leaks
    /plant/pump.py:19: OSError: no water
    =========================== short test summary info ============================
    FAILED tests/test_pump.py::test_fill_the_tank_on_the_roof_of_the_house_next_door_twice
    FAILED tests/test_pump.py::test_fill_the_tank_in_the_cellar_of_the_house_next_door_now
    ============================== 2 failed in 0.10s ===============================
    """)
    assert counts(run) == (2, 0, 2, 0, 0)
    told = [failure.headline for known in run.cases for failure in known.failures]
    assert told == ["AssertionError: the tank leaks", "OSError: no water"]


def test_seconds_between_the_status_and_the_name() -> None:
    run = run_of("""
    ============================= test session starts ==============================
    collected 2 items

    test_pump.py::TestPump::test_fill PASSED [0.1194s]                       [ 50%]
    test_pump.py::TestPump::test_drain FAILED [0.3790s]                      [100%]

    =========================== short test summary info ============================
    FAILED [0.3790s] test_pump.py::TestPump::test_drain - OSError: the drain is closed
    ==================== 1 failed, 1 passed in 0.60s ===============================
    """)
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "test_drain").failures[0].headline == "OSError: the drain is closed"


def test_a_run_that_was_interrupted_is_red() -> None:
    run = made(
        """
        ============================= test session starts ==============================
        collected 2 items

        tests/test_cart.py .                                                     [ 50%]
        tests/test_door.py

        !!!!!!!!!!!!!!!!!!!!!!!!!!!!!! KeyboardInterrupt !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
        /srv/demo/tests/test_door.py:1: KeyboardInterrupt
        (to show a full traceback on KeyboardInterrupt use --full-trace)
        ============================== 1 passed in 0.13s ===============================
        """,
        "pytest-console",
    )
    assert counts(run) == (1, 1, 0, 0, 0)
    assert [failure.message for failure in run.failures] == ["KeyboardInterrupt"]


def test_what_another_worker_prints_behind_a_name_is_no_part_of_it() -> None:
    run = made(
        """
        ============================= test session starts ==============================
        platform linux -- Python 3.12.1, pytest-8.4.1, pluggy-1.6.0
        plugins: xdist-3.8.0
        created: 2/2 workers
        2 workers [2 items]

        tests/test_a.py::test_lamp[a b]
        tests/test_a.py::test_door
        [gw1] [ 50%] PASSED tests/test_a.py::test_lamp[a b]
        [gw0] [100%] ERROR tests/test_a.py::test_door lamp 2.6 (on)
        Hello from the lamp.

        ==================================== ERRORS ====================================
        _________________________ ERROR at setup of test_door __________________________
        E       fixture 'door' not found
        =========================== short test summary info ============================
        ERROR tests/test_a.py::test_door
        ========================= 1 passed, 1 error in 0.30s ===========================
        """,
        "pytest-console",
    )
    assert sorted(c.id for c in run.cases) == [
        "tests/test_a.py::test_door",
        "tests/test_a.py::test_lamp[a b]",
    ]
    assert counts(run) == (2, 1, 0, 1, 0)
