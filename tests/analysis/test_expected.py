"""Expected is not passed: who is covered, what the rates are, what is out of date."""

from __future__ import annotations

from datetime import date

import pytest

from triage.analysis.expected import judge, rates
from triage.model import Totals
from triage.rules.expectations import Expectation
from triage.store.reds import Red

TODAY = date(2026, 11, 21)
RULE = Expectation("r", "o", date(2026, 11, 21), rule="http-403")
OVER = Expectation("r", "o", date(2026, 11, 20), rule="http-429")


def red(*rules: str, run: int = 1, test: str = "a::b") -> Red:
    return Red(run, "", test, tuple((f"{rule}-id", rule) for rule in rules))


def test_each_failure_of_a_case_must_be_expected() -> None:
    found = judge([red("http-403"), red("http-403", "other"), red()], [RULE], TODAY)
    assert [len(r.clusters) for r in found.expected] == [1]
    assert [len(r.clusters) for r in found.unexpected] == [2, 0]


def test_an_expectation_holds_on_its_last_day_and_no_longer() -> None:
    found = judge([red("http-403"), red("http-429")], [RULE, OVER], TODAY)
    assert [s.state for s in found.standings] == ["holds", "expired"]
    assert [r.clusters[0][1] for r in found.unexpected] == ["http-429"]
    assert found.of_state("expired")[0].covers == 1


def test_what_no_longer_fails_is_stale() -> None:
    def state(newest: set[int]) -> str:
        return judge([red("http-403", run=1)], [RULE], TODAY, newest).standings[0].state

    assert (state({1}), state({2})) == ("holds", "stale")


@pytest.mark.parametrize(
    ("cases", "expected", "rate"),
    [(10, 0, 0.5), (10, 5, 1.0), (10, 2, 5 / 8), (0, 0, None)],
)
def test_the_adjusted_rate_leaves_the_expected_out(cases: int, expected: int, rate: float | None) -> None:
    totals = Totals(tests=cases, passed=cases // 2, failed=cases - cases // 2)
    found = judge([red("http-403")] * expected + [red("http-403", test="")], [RULE], TODAY)
    assert found.rate(totals) == rate
    assert (" raw, " in rates(totals, found), " raw, " in rates(totals, None)) == (True, False)
