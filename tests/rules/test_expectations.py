"""What is expected: read with care, written without loss."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.rules.expectations import Expectation, load_expectations
from triage.rules.expecting import added
from triage.rules.model import RuleError

GOOD = """\
expectations:
  - rule: http-403
    tests: tests/security/*
    reason: roles are enforced
    owner: ann
    until: 2027-01-31
"""
DAY = date(2027, 1, 31)


def put(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "expectations.yaml"
    path.write_text(text)
    return path


def test_a_file_and_its_absence(tmp_path: Path) -> None:
    assert load_expectations(tmp_path / "none.yaml") == ((), ())
    [one], errors = load_expectations(put(tmp_path, GOOD))
    assert errors == ()
    assert (one.rule, one.until, one.line, one.scope) == (
        "http-403",
        DAY,
        2,
        "rule http-403, tests tests/security/*",
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    owner: ann\n", "", ":2:5: the expectation has no 'owner'"),
        ("until: 2027-01-31", "until: soon", ":6:12: expected a day like 2027-01-31"),
        ("reason:", "raeson:", ":4:5: unknown key 'raeson'; did you mean 'reason'?"),
        (
            "rule: http-403\n    tests: tests/security/*",
            "environment: staging",
            "expected 'cluster', 'rule' or 'tests'",
        ),
        ("rule: http-403", "cluster: xyz1", ":2:14: expected the beginning of a cluster's id"),
        ("rule: http-403", "cluster: 0", "expected the beginning of a cluster's id"),
        ("expectations:", "expectation:", "unknown key 'expectation'; did you mean 'expectations'?"),
        ("  - rule", "  - [rule", "not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    found, [error] = load_expectations(put(tmp_path, GOOD.replace(old, new)))
    assert found == ()
    assert says in str(error)


def test_the_scope_must_fit_in_all_its_parts() -> None:
    one = Expectation("r", "o", DAY, cluster="abcd", rule="http-403", tests="a/*", environment="stag*")
    fits = ("abcdef012345", "http-403", "a/b::c", "staging")
    assert one.covers(*fits)
    for at, other in enumerate(("bbcdef012345", "http-404", "b/b::c", "production")):
        assert not one.covers(*(other if i == at else value for i, value in enumerate(fits)))  # type: ignore[arg-type]


TEXTS = st.text(max_size=20).filter(
    lambda text: text.strip() and text == text.encode("utf-8", "replace").decode()
)


@given(
    st.lists(
        st.builds(Expectation, TEXTS, TEXTS, st.dates(), rule=TEXTS, tests=TEXTS, link=TEXTS),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_added_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[Expectation]
) -> None:
    path = tmp_path_factory.mktemp("project") / "expectations.yaml"
    text = ""
    for one in wanted:
        text = added(text, one)
    path.write_text(text, "utf-8", newline="")
    found, errors = load_expectations(path)
    assert errors == ()
    assert [(f.reason, f.owner, f.until, f.rule, f.tests, f.link) for f in found] == [
        (w.reason, w.owner, w.until, w.rule, w.tests, w.link) for w in wanted
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# ours\n" + GOOD,
        GOOD.replace("\n  ", "\n"),
        GOOD.replace("\n  ", "\n    "),
        GOOD + "\n\n# end",
    ],
)
def test_what_stands_there_stays(text: str) -> None:
    more = added(text, Expectation("why", "bob", DAY, rule="x"))
    assert more.startswith(text.rstrip())
    assert added(more, Expectation("why", "bob", DAY, rule="y")).startswith(more.rstrip())


@pytest.mark.parametrize(
    "text",
    [GOOD.replace("owner", "owned"), "expectations: [{rule: x, reason: y, owner: z, until: 2027-01-01}]"],
)
def test_a_file_that_cannot_take_more_is_left_alone(text: str) -> None:
    with pytest.raises(RuleError):
        added(text, Expectation("why", "bob", DAY, rule="x"))


BITS = st.sampled_from(
    ["expectations:", "\n", "  - ", "    ", "rule: a", "tests: '*'", "reason: b", "owner: c", "until: ", "2027-01-31", "2027-13-99",
     "cluster: 12e45", "[", "]", "{", "}", "*a", "&a ", "!!x ", "\x00", "é"]
)  # fmt: skip


@given(
    st.one_of(st.binary(max_size=120), st.lists(BITS, max_size=40).map(lambda parts: "".join(parts).encode()))
)
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("project") / "expectations.yaml"
    path.write_bytes(data)
    found, errors = load_expectations(path)
    assert found or errors or b"expectations" in data
    assert all(one.reason and one.owner for one in found)
