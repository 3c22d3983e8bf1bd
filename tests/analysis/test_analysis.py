"""Impact, moments, and the lines that tell a failure."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.analysis import impact as impact_module
from triage.analysis import moments
from triage.analysis.extract import extract
from triage.analysis.impact import impact, overall
from triage.ingest import parts
from triage.ingest.markdown import blocks, words
from triage.model import Totals
from triage.whys import questions


def test_what_fixing_a_cluster_could_give() -> None:
    totals = Totals(tests=153, passed=146, failed=7)
    found = impact(7, totals)
    assert found.share == 1.0
    assert found.rate_now == pytest.approx(146 / 153)
    assert found.rate_if_fixed == 1.0


def test_nothing_ran() -> None:
    found = impact(0, Totals())
    assert (found.rate_now, found.rate_if_fixed, found.share) == (None, None, None)


_COUNTS = st.lists(st.integers(0, 50), min_size=6, max_size=6)


@given(st.lists(_COUNTS.map(lambda counts: Totals(sum(counts), *counts)), max_size=5), st.integers(0, 300))
def test_rates_stay_rates(runs: list[Totals], tests: int) -> None:
    found = impact(tests, overall(runs))
    for rate in (found.rate_now, found.rate_if_fixed, found.share):
        assert rate is None or 0 <= rate <= 1
    if found.rate_now is not None and found.rate_if_fixed is not None:
        assert found.rate_if_fixed >= found.rate_now


def test_new_lines_count_more_than_loud_ones() -> None:
    passing = ["start 1", "ERROR: known and harmless", "done in 3 s"]
    failing = ["start 2", "ERROR: known and harmless", "could not open lock 17", "done in 5 s", "exit code 3"]
    assert [line.number for line in extract(failing, passing)] == [3]
    assert extract(failing)[0].text == "ERROR: known and harmless"


@given(st.lists(st.text(max_size=60), max_size=30))
def test_lines_are_those_of_the_log(lines: list[str]) -> None:
    found = extract(lines)
    assert all(lines[line.number - 1] == line.text and 0 < line.score <= 1 for line in found)
    assert extract(lines, lines) == []


@pytest.mark.parametrize("module", [moments, impact_module, parts, blocks, words, questions])
def test_the_examples_in_the_code(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.failed == 0


def test_the_cause_below_a_long_stack_is_among_the_first() -> None:
    stack = [f"\tat org.demo.C{n}.run(C{n}.java:{n})" for n in range(40)]
    log = ["org.demo.BeanException: no bean", *stack, "Caused by: java.net.ConnectException: refused", *stack]
    assert [line.number for line in extract(log)][:2] == [1, 42]
