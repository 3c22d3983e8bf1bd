"""Templates, hard tokens, groups: what varies is masked, what means something keeps apart."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from triage.model import Failure
from triage.signature import group, normalize, signature_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user 17 not found", "user 99 not found"),
        ("timed out after 3.2 s", "timed out after 41 s"),
        ("GET http://127.0.0.1:35863/v1/quota failed", "GET http://127.0.0.1:1/v1/x?y=1 failed"),
        ("order 7f3a9c2d1e lost", "order 0b44de91aa lost"),
        ("at 2026-11-20T22:02:01.078Z down", "at 2026-01-02 03:04:05 down"),
        ("id 123e4567-e89b-12d3-a456-426614174000 gone", "id 00000000-e89b-12d3-a456-000000000000 gone"),
        ("cannot read /srv/app/a/b.py:12", "cannot read /home/x/c.py:9"),
        ("<obj at 0x7f5222e13c50> died", "<obj at 0x1a> died"),
    ],
)
def test_values_are_masked(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)
    assert group([one, other]) == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Request failed with status code 429", "Request failed with status code 403"),
        ("assert 403 == 200", "assert 500 == 200"),
        ("connect ECONNREFUSED 127.0.0.1:5432", "connect ECONNRESET 127.0.0.1:5432"),
        ("Process finished with exit code 137", "Process finished with exit code 1"),
        ("[Errno 111] refused", "[Errno 104] refused"),
        ("KeyError: 'mug'", "KeyError: 'mag'"),
        ("ValueError: bad input", "TypeError: bad input"),
    ],
)
def test_small_differences_that_mean_everything_keep_apart(one: str, other: str) -> None:
    assert group([one, other]) == [0, 1]


def _partition(numbers: list[int]) -> set[frozenset[int]]:
    return {frozenset(i for i, n in enumerate(numbers) if n == number) for number in numbers}


@given(
    st.lists(
        st.sampled_from(
            [
                f"worker {a} lost its {b} after {c} ms"
                for a in range(3)
                for b in ("lease", "leases", "lock")
                for c in (1, 2)
            ]
        ),
        max_size=30,
    ),
    st.randoms(),
)
def test_groups_do_not_depend_on_order(texts: list[str], rng: random.Random) -> None:
    order = list(range(len(texts)))
    rng.shuffle(order)
    straight = _partition(group(texts))
    shuffled = group([texts[i] for i in order])
    back = [0] * len(texts)
    for place, index in enumerate(order):
        back[index] = shuffled[place]
    assert _partition(back) == straight


@given(st.text(max_size=300))
def test_normalize_takes_any_text_and_settles(text: str) -> None:
    once = normalize(text)
    assert triage.normalize(text) == once
    assert "\n" not in once


def test_a_bare_comparison_is_told_apart_by_its_test() -> None:
    failure = Failure(message="assert 17.84 == 17.85", type="AssertionError")
    here = signature_of(failure, "tests/a.py::test_total[gold]")
    there = signature_of(failure, "tests/a.py::test_receipt")
    assert here.id == signature_of(failure, "tests/a.py::test_total[silver]").id
    assert here.id != there.id


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("java.lang.AssertionError", "expected:<2> but was:<1>"),
        ("java.lang.AssertionError", "expected [2] but found [1]"),
        ("java.lang.AssertionError", "null"),
        ("org.opentest4j.AssertionFailedError", "expected: <true> but was: <false>"),
        ("org.junit.ComparisonFailure", "expected:<[ok]> but was:<[late]>"),
        ("NUnit.Framework.AssertionException", "Expected: 3\n  But was:  4"),
        ("Xunit.Sdk.EqualException", "Assert.Equal() Failure: Values differ\nExpected: 1\nActual:   2"),
        ("Xunit.Sdk.TrueException", "Assert.True() Failure\nExpected: True\nActual:   False"),
        ("PHPUnit\\Framework\\ExpectationFailedException", "Failed asserting that 1 matches expected 2."),
        ("RSpec::Expectations::ExpectationNotMetError", "expected: 2\n     got: 1\n\n(compared using ==)"),
        ("AssertionError [ERR_ASSERTION]", "Expected values to be strictly equal:\n\n1 !== 2\n"),
        ("AssertionError", "expected 1 to equal 2"),
        ("panicked", "assertion `left == right` failed\n  left: 1\n right: 2"),
        ("AssertionError", "assert [+ received] == [- snapshot]"),
        ("Error", "expect(received).toMatchSnapshot()\n\nSnapshot name: `basket 1`"),
    ],
)
def test_what_a_runner_says_of_a_bare_comparison_is_no_cause(type_: str, message: str) -> None:
    failure = Failure(message=message, type=type_)
    assert signature_of(failure, "one").id != signature_of(failure, "other").id
    # What somebody wrote beside it is one.
    told = Failure(message=f"basket of a gold customer: {message}", type=type_)
    assert signature_of(told, "one").id == signature_of(told, "other").id


def test_a_status_that_was_not_expected_is_one_cause_in_many_tests() -> None:
    failure = Failure(message="expected:<200> but was:<503>", type="java.lang.AssertionError")
    other = Failure(message="expected:<200> but was:<404>", type="java.lang.AssertionError")
    assert signature_of(failure, "one").id == signature_of(failure, "other").id
    assert signature_of(failure, "one").id != signature_of(other, "one").id


def test_an_id_is_made_from_the_template_alone() -> None:
    failure = Failure(message="tenant 7 has no lease", type="LookupError")
    assert (
        signature_of(failure, "a").id
        == signature_of(Failure(message="tenant 12345 has no lease", type="LookupError"), "b").id
    )
    assert signature_of(failure).id == "cd853e2f7472"  # ids are for ever: notes hang on them


def test_an_exception_that_only_wraps_another_one_is_that_other_one() -> None:
    trace = (
        "java.lang.ExceptionInInitializerError\n\tat shop.CartTest.t(CartTest.java:6)\n"
        'Caused by: java.lang.NumberFormatException: For input string: "7,5"\n\t... 3 more'
    )
    wrapped = Failure(type="java.lang.ExceptionInInitializerError", trace=trace)
    assert signature_of(wrapped).headline == 'java.lang.NumberFormatException: For input string: "7,5"'
    said = Failure("no price list", type="shop.PriceException", trace=trace)
    assert signature_of(said).headline == "shop.PriceException: no price list"
