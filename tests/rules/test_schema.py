"""The schema for editors and the loader say the same, whatever the document."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.conftest import ROOT
from triage.rules import CATEGORIES, library
from triage.rules.load import load_text
from triage.rules.model import DEFAULT_THRESHOLD
from triage.rules.reading import (
    CONDITION_KEYS,
    EXAMPLE_KEYS,
    GROUP_KEYS,
    LOW_THRESHOLD,
    MAX_PRIORITY,
    RULE_KEYS,
)
from triage.rules.texts import MAX_PATTERN, MAX_PHRASE

SCHEMA = json.loads((ROOT / "docs" / "rules.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
# What no schema can say: the loader may complain of these where the schema does not.
BEYOND = ("is also in line", "google-re2 refuses", "no pattern has a group of the name")

WORDS = st.text(
    st.sampled_from("abcxyz ABC0159.:-_#'\"\\{}[]()|&*!%@`,<>=~?/é世\n\t"), min_size=1, max_size=12
)
TEXTS = WORDS.filter(str.strip)
PATTERNS = st.sampled_from([r"\b(?P<x>\d+)\b", "refused", "(?i)a|b", "[^\n]*x"])
GLOBS = st.dictionaries(
    st.sampled_from(["type", "test", "path", "runner", "source", "frame", "tag"]),
    TEXTS,
    min_size=1,
    max_size=1,
)
CONDITIONS = st.one_of(
    PATTERNS.map(lambda value: {"pattern": value}),
    TEXTS.map(lambda value: {"phrase": value}),
    st.tuples(TEXTS, st.floats(50, 100)).map(lambda pair: {"phrase": pair[0], "threshold": pair[1]}),
    st.one_of(st.integers(100, 599), st.sampled_from(["5xx", "40X", "200"])).map(
        lambda value: {"status": value}
    ),
    GLOBS,
)


def groups(terms: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.lists(terms, min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {}, optional={"any": lists, "all": lists, "not": st.one_of(terms, lists)}
    ).filter(bool)


TERMS = st.recursive(CONDITIONS, groups, max_leaves=4)
RULES = st.fixed_dictionaries(
    {
        "id": TEXTS,
        "title": TEXTS,
        "category": st.sampled_from([*CATEGORIES]),
        "match": groups(TERMS).filter(lambda group: "any" in group or "all" in group),
    },
    optional={
        "priority": st.integers(0, MAX_PRIORITY),
        "merge": st.booleans(),
        "causes": st.lists(TEXTS, max_size=2),
        "questions": st.lists(TEXTS, max_size=1),
        "links": st.lists(TEXTS.map(lambda text: f"https://{text}"), max_size=1),
        "examples": st.fixed_dictionaries(
            {}, optional={"match": st.lists(TEXTS), "no_match": st.lists(TEXTS)}
        ),
    },
)
FILES = st.lists(RULES, max_size=3).map(lambda rules: {"rules": rules})
JUNK = st.sampled_from(
    [None, True, 7, 101, -1, 49.5, 0.5, "", " ", "x", "true", "12", "4xx", "600", [], ["x"], [[]], {}, {"any": []},
     {"pattern": "x"}, {"pattern": "x", "phrase": "y"}, {"pattern": "x", "threshold": 90}, {"not": {"type": "x"}},
     {"none": [{"type": "x"}]}, {"any": [{"test": "x"}], "none": [{"tag": "x"}], "not": {"tag": "y"}}]
)  # fmt: skip


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document: what holds it, and its key there."""
    found = []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, key))
        if isinstance(inner, dict | list):
            found += places(inner)
    return found


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A file of rules in which up to three places hold something else."""
    document = copy.deepcopy(draw(FILES))
    for _ in range(draw(st.integers(1, 3))):
        if not (found := places(document)):
            break
        holder, key = draw(st.sampled_from(found))
        match draw(st.integers(0, 2)) if isinstance(holder, dict) else 0:
            case 0:
                holder[key] = copy.deepcopy(draw(JUNK))
            case 1:
                del holder[key]
            case 2:
                holder[draw(st.sampled_from(["ids", *RULE_KEYS, *GROUP_KEYS, *CONDITION_KEYS]))] = holder.pop(
                    key
                )
    return document


def agree(document: Any) -> bool:
    """Whether the schema accepts, after seeing that the loader is of the same mind."""
    accepted = bool(VALIDATOR.is_valid(document))
    loaded = load_text(json.dumps(document, ensure_ascii=False), "x.yaml")
    complaints = [error.text for error in loaded.errors if not any(said in error.text for said in BEYOND)]
    assert accepted == (not complaints), (complaints, [e.message for e in VALIDATOR.iter_errors(document)])
    return accepted


@given(FILES)
def test_what_the_schema_accepts_the_loader_accepts(document: Any) -> None:
    assert agree(document)


@given(spoiled())
def test_what_the_schema_refuses_the_loader_refuses(document: Any) -> None:
    agree(document)


@pytest.mark.parametrize("path", sorted(library().glob("*.yaml")), ids=lambda path: path.stem)
def test_the_library_fits_the_schema(path: Any) -> None:
    assert list(VALIDATOR.iter_errors(yaml.safe_load(path.read_text("utf-8")))) == []


def test_keys_and_bounds_are_those_of_the_loader() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    parts = SCHEMA["$defs"]
    keys = {"rule": RULE_KEYS, "group": GROUP_KEYS, "condition": CONDITION_KEYS, "examples": EXAMPLE_KEYS}
    for name, expected in keys.items():
        assert set(parts[name]["properties"]) == set(expected)
        assert parts[name]["additionalProperties"] is False
    assert SCHEMA["additionalProperties"] is False
    assert parts["rule"]["properties"]["category"]["enum"] == list(CATEGORIES)
    kinds = parts["condition"]["properties"]
    assert (kinds["pattern"]["maxLength"], kinds["phrase"]["maxLength"]) == (MAX_PATTERN, MAX_PHRASE)
    threshold, priority = (
        parts["condition"]["properties"]["threshold"],
        parts["rule"]["properties"]["priority"],
    )
    assert (threshold["default"], threshold["minimum"]) == (DEFAULT_THRESHOLD, LOW_THRESHOLD)
    assert priority["maximum"] == MAX_PRIORITY
