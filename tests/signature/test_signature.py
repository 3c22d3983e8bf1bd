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
