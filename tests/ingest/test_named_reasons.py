"""What stands behind the names of TAP's results, between groups of them, and in lines of one runner's own."""

from __future__ import annotations

import pytest

from tests.ingest.made import case, counts, run_of


@pytest.mark.parametrize(
    ("line", "name", "why"),
    [
        ("not ok 1 - opens Could not run test: shop.c:13: error: Failure!Test setup failed", "opens", "Test setup failed"),
        ("not ok - stock::waits timed out (0.30s)", "waits", "timed out"),
        ("not ok - stock::points unexpected signal after shop.c:17", "points", "unexpected signal after shop.c:17"),
        ("not ok 1 gone # unexpected success: [XPASS(strict)] known", "gone", "unexpected success: [XPASS(strict)] known"),
        ("not ok 1 - counts: FAILED", "counts", ""),
        ("not ok 1 - it timed out: the lamp", "it timed out: the lamp", ""),
    ],
)  # fmt: skip
def test_why_a_test_failed_is_no_part_of_its_name(line: str, name: str, why: str) -> None:
    run = run_of(f"TAP version 13\n1..1\n{line}\n")

    assert case(run, name).outcome.is_red
    assert why in case(run, name).failures[0].message


def test_how_long_it_took_is_no_part_of_a_name() -> None:
    run = run_of("TAP version 13\n1..2\nok - price::rounds  (0.25s)\nok - price::waits 3 (days)\n")

    assert [(c.name, c.duration) for c in run.cases] == [("rounds", 0.25), ("waits 3 (days)", None)]


def test_groups_of_cmocka_have_plans_of_their_own() -> None:
    run = run_of("1..1\nok 1 - a\n# ok - one\n1..2\nok 1 - b\n# ok - two\n1..1\nok 1 - c\n# ok - three\n")

    assert counts(run)[0] == 3
    assert [failure.message for failure in run.failures] == ["2 tests were planned, 1 ran"]


def test_a_sentence_is_a_name_of_cmocka() -> None:
    run = run_of("""
    [==========] Running 2 test(s).
    [ RUN      ] price of 3, rounded
    [       OK ] price of 3, rounded
    [ RUN      ] price of 4
    ERROR: no lamp
    [  ERROR   ] --- [   LINE   ] --- shop.c:18: error: Failure!
    [  FAILED  ] price of 4
    [==========] 2 test(s) run.
    [  PASSED  ] 1 test(s).
    [  FAILED  ] 1 test(s), listed below:
    [  FAILED  ] price of 4
     1 FAILED TEST(S)
    """)

    assert counts(run) == (2, 1, 1, 0, 0)
    [failure] = case(run, "price of 4").failures
    assert (failure.message, failure.file, failure.line) == ("no lamp", "shop.c", 18)


def test_a_cpputest_that_died_is_an_error_of_its_test() -> None:
    run = run_of("TEST(cart, one) - 0 ms\nTEST(cart, two)\nshop.cpp:3: error: Failure in TEST(cart, two)\n\tno\n\n"
                 " - 1 ms\nTEST(cart, three)terminate called without an active exception\n")  # fmt: skip

    assert [(c.name, c.outcome.value) for c in run.cases] == [
        ("one", "passed"),
        ("two", "failed"),
        ("three", "error"),
    ]
