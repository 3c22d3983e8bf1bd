"""Rules that are kept between starts: always those that reading the files anew would give."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.rules import Rule, library, load_all
from triage.rules import cache as cache_module
from triage.rules.cache import _packed, _unpacked, cache_place, load_cached
from triage.rules.load import Loaded, load_directory
from triage.rules.model import CATEGORIES, KINDS, Condition, Group

RULE = "rules:\n  - id: pump-dry\n    title: %s\n    category: infra\n    match: {any: [{pattern: x}]}\n"
FILLER = "# " + "x" * cache_module._FEW_BYTES + "\n"
"""What makes a file worth keeping."""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    directory = tmp_path / "rules"
    directory.mkdir()
    (directory / "a.yaml").write_text(RULE % "Dry" + FILLER)
    return directory


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The directories whose YAML was read."""
    found: list[Path] = []

    def told(directory: Path) -> Loaded:
        found.append(directory)
        return load_directory(directory)

    monkeypatch.setattr(cache_module, "load_directory", told)
    return found


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))


def test_the_library_is_read_once_and_stays_the_same(read: list[Path]) -> None:
    first, second = load_all(), load_all()
    assert read.count(library()) == 1
    assert first == second
    assert second.rules == load_directory(library()).rules


texts = st.text(max_size=8)
conditions = st.builds(Condition, st.sampled_from(KINDS), texts, st.floats(50, 100))
terms = st.recursive(
    conditions,
    lambda inner: st.builds(Group, *[st.lists(inner, max_size=2).map(tuple)] * 3),
    max_leaves=4,
)
some, many = st.lists(terms, max_size=3).map(tuple), st.lists(texts, max_size=3).map(tuple)


@given(
    st.lists(
        st.builds(
            Rule, texts, texts, st.sampled_from(list(CATEGORIES)), some, some, some, many, st.integers(0, 100),
            st.booleans(), *[many] * 7, texts, st.integers(0, 1 << 40),
        ),
        max_size=3,
    ).map(tuple)
)  # fmt: skip
def test_every_rule_comes_back_as_it_was(rules: tuple[Rule, ...]) -> None:
    back = _unpacked(_packed(rules, b"files"), b"files")
    assert back == rules
    assert hash(back) == hash(rules)  # a list in it has none


@pytest.mark.parametrize(
    "junk",
    [b"", b"{}", b"\0" * 40, b"x" * 32 + b"[]", b"x" * 32 + b'[{"id": 7}]'],
    ids=["empty", "short", "zeros", "foreign", "wrong"],
)
def test_junk_in_the_cache_is_made_anew(rules: Path, read: list[Path], junk: bytes) -> None:
    fresh = load_cached(rules)
    whole = cache_place(rules).read_bytes()
    cache_place(rules).write_bytes(junk)
    assert load_cached(rules) == fresh
    assert cache_place(rules).read_bytes() == whole
    assert len(read) == 2


@given(st.data())
def test_a_byte_that_is_wrong_is_seen(data: st.DataObject) -> None:
    packed = _packed((Rule("a", "a", "infra", any=(Condition("pattern", "x"),)),), b"files")
    at = data.draw(st.integers(0, len(packed) - 1))
    spoilt = bytearray(packed)
    spoilt[at] ^= data.draw(st.integers(1, 255))
    for wrong in (bytes(spoilt), packed[:at]):
        with pytest.raises(ValueError):
            _unpacked(wrong, b"files")


def test_rules_that_somebody_wrote_into_the_cache_are_not_taken(rules: Path) -> None:
    fresh = load_cached(rules)
    place = cache_place(rules)
    forged = _packed((fresh.rules[0]._replace(title="Forged"),), b"")[32:]
    place.write_bytes(place.read_bytes()[:32] + forged)
    assert load_cached(rules) == fresh


def test_a_file_that_changes_comes_or_goes_is_noticed(rules: Path) -> None:
    first = rules / "a.yaml"

    def titles() -> list[str]:
        return [rule.title for rule in load_cached(rules).rules]

    assert titles() == ["Dry"]
    before = first.stat()
    first.write_text(RULE % "Wet" + FILLER)
    os.utime(first, ns=(before.st_atime_ns, before.st_mtime_ns))  # neither its size nor its time tells
    assert titles() == ["Wet"]
    (rules / "b.yml").write_text((RULE % "Full").replace("pump-dry", "pump-full"))
    assert titles() == ["Wet", "Full"]
    first.rename(rules / "c.yaml")
    assert titles() == ["Full", "Wet"]
    (rules / "b.yml").unlink()
    assert [rule.file for rule in load_cached(rules).rules] == [str(rules / "c.yaml")]


def test_the_rules_of_another_version_are_made_anew(
    rules: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_cached(rules)
    monkeypatch.setattr(cache_module, "__version__", "0.0.1")
    load_cached(rules)
    assert len(read) == 2


def test_errors_are_told_every_time(rules: Path) -> None:
    load_cached(rules)
    (rules / "b.yaml").write_text("rules:\n  - id: broken\n")
    for _ in range(2):
        loaded = load_cached(rules)
        assert [str(error) for error in loaded.errors] == [f"{rules / 'b.yaml'}:2:5: the rule has no 'title'"]
        assert loaded.errors[0].shown
        assert len(loaded.rules) == 1


@pytest.mark.parametrize("blocked", ["", "triage", "triage/rules"])
def test_without_a_place_for_the_cache_the_rules_are_read(
    rules: Path, tmp_path: Path, read: list[Path], blocked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A file in its way, which stops the superuser too; permissions would not.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    obstacle = tmp_path / "cache" / blocked
    obstacle.parent.mkdir(parents=True, exist_ok=True)
    obstacle.write_text("in the way")
    assert load_cached(rules).rules == load_cached(rules).rules == load_directory(rules).rules
    assert len(read) == 2
    assert obstacle.read_text() == "in the way"


def test_a_disk_that_is_full_leaves_nothing_behind(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert [rule.id for rule in load_cached(rules).rules] == ["pump-dry"]
    assert list(cache_place(rules).parent.iterdir()) == []


def test_little_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RULE % "Dry")
    assert [rule.title for rule in load_cached(tmp_path).rules] == ["Dry"]
    assert not cache_place(tmp_path).exists()
