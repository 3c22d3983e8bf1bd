"""Conditions on more than words, and conditions inside conditions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model import Failure
from triage.rules import Engine, Rule
from triage.rules.check import run_examples
from triage.rules.load import load_text
from triage.rules.model import NOWHERE, Condition, Group, Where
from triage.rules.nearest import consider
from triage.rules.statuses import statuses

PLACE = Where.of(
    Failure(
        "it broke",
        "app.Broken",
        trace='  File "/srv/site-packages/pool/core.py", line 7, in checkout\n',
        file="src\\shop\\pay.py",
    ),
    "tests/test_pay.py::test_pays[eur]",
    "tests/test_pay.py",
    "pytest-console",
    "nightly/7.log",
    (("priority", "P1"), ("tag", "@smoke")),
)


def matches(match: str, text: str = "it broke", where: Where = PLACE) -> bool:
    rule = f"rules:\n  - id: x\n    title: x\n    category: infra\n    match: {match}\n"
    loaded = load_text(rule, "x.yaml")
    assert loaded.errors == ()
    return Engine(loaded.rules).match(text, "app.Broken", where) is not None


@pytest.mark.parametrize(
    ("hit", "miss"),
    [
        ("test: 'tests/*::test_pays*'", "test: 'test_pays*'"),
        ("path: 'tests/*'", "path: 'lib/*'"),
        ("path: 'src/shop/*'", "path: 'src\\shop\\*'"),
        ("runner: 'pytest-*'", "runner: pytest"),
        ("source: '*.log'", "source: '*.xml'"),
        ("frame: checkout", "frame: check"),
        ("frame: '*/site-packages/pool/*'", "frame: '*/pool'"),
        ("tag: 'priority=P1'", "tag: 'priority=P2'"),
        ("tag: '@smoke'", "tag: smoke"),
        ("type: '*.Broken'", "type: 'app.Brok?'"),
    ],
)
def test_a_glob_is_held_against_the_place(hit: str, miss: str) -> None:
    assert matches(f"{{any: [{{{hit}}}]}}")
    assert not matches(f"{{any: [{{{miss}}}]}}")
    assert not matches(f"{{any: [{{{hit}}}]}}", where=NOWHERE) or hit.startswith("type")


@pytest.mark.parametrize(
    ("status", "text", "hit"),
    [
        ("403", "HTTP 403", True),
        ("4xx", "request failed with status code 403", True),
        ("5xx", "502 Bad Gateway", True),
        ("403", "expected status 403 but got 200", False),
        ("200", "expected status 403 but got 200", True),
        ("403", "Expected: 200\nReceived: 403", True),
        ("404", "assert 404 == 200", True),
        ("403", "took 403 ms", False),
        ("500", "Server error '500 Internal Server Error' for url 'x'", True),
    ],
)
def test_a_status_is_what_was_answered(status: str, text: str, hit: bool) -> None:
    assert matches(f"{{any: [{{status: {status}}}]}}", text) is hit


def test_groups_nest() -> None:
    nested = "{any: [{all: [{pattern: a}, {not: {pattern: b}}]}, {all: [{pattern: c}, {any: [{pattern: d}, {test: 't*'}]}]}]}"
    assert matches(nested, "a") and not matches(nested, "a b")
    assert matches(nested, "c d") and matches(nested, "c") and not matches(nested, "c", NOWHERE)
    assert matches("{all: [{not: [{pattern: x}]}]}", "") and not matches(
        "{all: [{not: [{pattern: x}]}]}", "x"
    )


LEAVES = st.sampled_from([Condition("pattern", letter) for letter in "abcd"])
GROUPS = st.recursive(
    LEAVES,
    lambda terms: st.builds(
        Group,
        any=st.lists(terms, max_size=2).map(tuple),
        all=st.lists(terms, max_size=2).map(tuple),
        none=st.lists(terms, max_size=1).map(tuple),
    ),
    max_leaves=8,
)


def holds(term: Condition | Group, text: str) -> bool:
    """What a group means, word for word."""
    if isinstance(term, Condition):
        return term.value in text
    return (
        (not term.any or any(holds(part, text) for part in term.any))
        and all(holds(part, text) for part in term.all)
        and not any(holds(part, text) for part in term.none)
    )


@given(GROUPS, st.text("abcd", max_size=3))
def test_looking_only_at_candidates_leaves_no_match_out(term: Condition | Group, text: str) -> None:
    group = term if isinstance(term, Group) else Group(all=(term,))
    engine = Engine([Rule("x", "x", "infra", any=group.any, all=group.all, none=group.none)])
    assert (engine.match(text) is not None) == holds(group, text)


@given(st.text(max_size=300))
def test_statuses_of_any_text(text: str) -> None:
    assert all(
        len(status) == 3 and status in text for status in statuses(text.encode("utf-8", "replace").decode())
    )


def test_failures_are_alike_where_no_rule_asks_for_their_place() -> None:
    asking = Engine([Rule("x", "x", "infra", any=(Condition("test", "a*"),))])
    assert asking.narrowed(PLACE) == Where(test=PLACE.test)
    assert Engine([Rule("x", "x", "infra", any=(Condition("pattern", "a"),))]).narrowed(PLACE) == NOWHERE


def test_examples_are_tried_where_the_rule_wants_to_be() -> None:
    rule = Rule(
        "x", "x", "infra",
        all=(Condition("pattern", "broke"), Condition("test", "tests/*"), Condition("frame", "*/pool/*")),
        matching=("it broke",), not_matching=("it held",),
    )  # fmt: skip
    assert list(run_examples(Engine([rule]))) == []


def test_losers_and_near_misses_say_why() -> None:
    rules = [
        Rule("winner", "w", "infra", any=(Condition("pattern", "ran dry"),), priority=60),
        Rule("loser", "l", "infra", any=(Condition("pattern", "pump"),)),
        Rule("excluded", "e", "infra", any=(Condition("pattern", "dry"),), none=(Condition("pattern", "pump"),),
             matching=("the pump ran dry",)),
        Rule("nearly", "n", "infra", any=(Condition("phrase", "pump ran dry again today"),)),
    ]  # fmt: skip
    found = {one.rule.id: one for one in consider(Engine(rules), "the pump ran dry")}
    assert list(found)[:2] == ["winner", "loser"]
    assert "by priority, 50 to 60" in found["loser"].why
    assert found["excluded"].why == 'excluded: pattern "pump" holds'
    assert "needed 90) does not hold" in found["nearly"].why and found["nearly"].score == 60
