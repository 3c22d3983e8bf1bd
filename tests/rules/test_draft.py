"""A draft is a rule that works: it loads, it matches what it was made from, and tells its neighbours apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.rules import Engine
from triage.rules.check import presumed, run_examples
from triage.rules.draft import Cluster, draft
from triage.rules.load import load_text
from triage.rules.model import Rule
from triage.signature import normalize


def loaded(cluster: Cluster, taken: tuple[str, ...] = ()) -> Rule:
    made = draft(cluster, taken)
    result = load_text(made.text, "draft.yaml")
    assert result.errors == ()
    [rule] = result.rules
    assert rule.id == made.id
    return rule


def of(*texts: str, near: tuple[str, ...] = (), title: str = "", category: str = "") -> Cluster:
    templates = list(dict.fromkeys(normalize(text.split("\n")[0]) for text in texts))
    return Cluster(title or texts[0], category, templates, texts, near)


def test_templates_become_patterns_and_members_examples() -> None:
    rule = loaded(
        of("PumpError: valve 7 is stuck", "PumpError: valve 12 is stuck", near=("PumpError: valve 7 is dry",))
    )
    [condition] = rule.conditions
    assert (condition.kind, condition.value) == ("pattern", r"PumpError: valve \d[\d.,_]* is stuck")
    assert rule.matching == ("PumpError: valve 7 is stuck", "PumpError: valve 12 is stuck")
    assert rule.not_matching == ("PumpError: valve 7 is dry",)
    assert rule.id == "pumperror-valve-is-stuck"


def test_what_the_pattern_cannot_tell_apart_is_no_near_miss() -> None:
    made = draft(of("valve 7 is stuck", near=("oh, valve 8 is stuck", "valve 7 is dry")))
    assert load_text(made.text, "x").rules[0].not_matching == ("valve 7 is dry",)
    assert "make it narrower" in made.text


def test_a_bare_comparison_is_known_by_its_test() -> None:
    rule = loaded(
        Cluster("assert 1 == 2", "", ["assert <num> == <num> @ tests/test_a.py::test_x"], ["assert 1 == 2"])
    )
    assert [c.kind for c in rule.conditions] == ["pattern", "test"]
    engine = Engine([rule])
    assert engine.match("assert 3 == 4") is None
    assert engine.match("assert 3 == 4", where=presumed(rule)) is not None


def test_an_id_that_is_taken_gets_a_number() -> None:
    assert loaded(of("no water"), ("no-water", "no-water-2")).id == "no-water-3"


LINES = st.lists(
    st.one_of(st.sampled_from(["HTTP 500", "valve 17", "'a'", "(x|y)*", "[0]", "C:\\tmp", "a: b # c", "é\t!", "\\d"]),
              st.text(max_size=12)),
    min_size=1, max_size=6,
).map(" ".join)  # fmt: skip


@given(
    st.lists(LINES.filter(str.strip), min_size=1, max_size=4),
    st.lists(LINES, max_size=3),
    st.one_of(st.text(max_size=30), st.sampled_from(["0E0", "404", "null", "~"])),
)
def test_a_draft_of_any_texts_is_a_rule_that_holds(texts: list[str], near: list[str], title: str) -> None:
    encodable = [text for text in (*texts, *near, title) if text == text.encode("utf-8", "replace").decode()]
    texts = [text for text in texts if text in encodable]
    if texts and title in encodable:
        rule = loaded(of(*texts, near=tuple(text for text in near if text in encodable), title=title))
        assert rule.matching
        assert list(run_examples(Engine([rule]))) == []


@pytest.mark.parametrize("category", ["", "flaky"])
def test_the_category_is_what_was_decided(category: str) -> None:
    assert loaded(of("no water", category=category)).category == (category or "product_bug")
