"""JUnit XML: which elements of one name are tries of one test."""

from __future__ import annotations

import pytest

from tests.ingest.made import run_of


def _three(outcomes: str, attributes: str = 'name="price"') -> str:
    told = {"f": '><failure message="333 cents do not round"/></testcase>', "p": "/>"}
    cases = "".join(f'<testcase classname="price" name="rounds"{told[outcome]}' for outcome in outcomes)
    return f"<testsuites><testsuite {attributes}>{cases}</testsuite></testsuites>"


@pytest.mark.parametrize("outcomes", ["pfp", "fpp", "ppfp", "fppp", "pffp"])
def test_parameters_of_one_name_are_no_retries_as_what_passed_is_not_run_again(outcomes: str) -> None:
    run = run_of(_three(outcomes))

    assert [case.outcome.value[0] for case in run.cases] == list(outcomes)
    assert run.totals.flaky == 0


@pytest.mark.parametrize(("outcomes", "attempts"), [("fp", 2), ("ffp", 3)])
def test_failures_that_end_in_a_pass_are_tries(outcomes: str, attempts: int) -> None:
    run = run_of(_three(outcomes))

    assert [(case.outcome.value, case.attempts) for case in run.cases] == [("passed", attempts)]


def test_a_pass_far_behind_is_no_word_on_the_tries() -> None:
    cases = _three("fp").replace(
        "</testsuite>", '<testcase name="other"/><testcase classname="price" name="rounds"/></testsuite>'
    )

    assert run_of(cases).totals.flaky == 1


@pytest.mark.parametrize(
    "head",
    [
        'name="price" time="0.000" tests="2" failures="1" errors="0" skipped="0"',
        'name="Criterion Tests"',
    ],
)
def test_runners_that_know_no_retries(head: str) -> None:
    run = run_of(_three("fp", head))

    assert [case.outcome.value for case in run.cases] == ["failed", "passed"]


@pytest.mark.parametrize("name", ["nose2-junit", "test_shop.Shut-20261122145214"])
def test_what_unittest_tears_down_belongs_to_its_test(name: str) -> None:
    run = run_of(
        f'<testsuite name="{name}"><testcase classname="test_shop.Shut" name="test_both">'
        '<failure message="broken too"/></testcase><testcase classname="test_shop.Shut" name="test_both">'
        '<error message="the door does not shut"/></testcase><testcase classname="" name="setUpClass (x.Y)"/></testsuite>'
    )

    assert [(case.outcome.value, len(case.failures)) for case in run.cases] == [("error", 2), ("passed", 0)]
    assert "20261122" not in run.cases[1].suite
