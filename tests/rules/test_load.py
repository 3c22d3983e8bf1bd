"""Wrong rules are told with file, line and column, and only they are left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.rules.load import MAX_BYTES, load, load_file, load_text
from triage.rules.model import RuleError

GOOD = """\
  - id: fine
    title: Fine
    category: infra
    match:
      any:
        - pattern: fine
"""


def only_error(text: str) -> RuleError:
    loaded = load_text(text, "x.yaml")
    (error,) = loaded.errors
    return error


def test_a_rule_with_its_defaults() -> None:
    loaded = load_text("rules:\n" + GOOD, "dir/x.yaml")
    (rule,) = loaded.rules
    assert loaded.errors == ()
    assert (rule.id, rule.category, rule.priority, rule.merge) == ("fine", "infra", 50, True)
    assert (rule.file, rule.line, rule.family) == ("dir/x.yaml", 2, "x")


@pytest.mark.parametrize(
    ("wrong", "replacement", "line", "column", "says"),
    [
        ("category: infra", "categry: infra", 4, 5, "unknown key 'categry'; did you mean 'category'?"),
        ("category: infra", "category: infa", 4, 15, "unknown category 'infa'; did you mean 'infra'?"),
        ("category: infra", "category: weather", 4, 15, "known are product_bug, test_bug"),
        ("pattern: fine", "patern: fine", 7, 11, "did you mean 'pattern'?"),
        ("pattern: fine", "pattern: '(?=fine)'", 7, 20, "google-re2 refuses this pattern"),
        ("pattern: fine", "{pattern: fine, phrase: fine}", 7, 11, "one of pattern, phrase, type"),
        ("pattern: fine", "{phrase: fine, threshold: 101}", 7, 37, "a number from 50 to 100"),
        ("pattern: fine", "{phrase: fine, threshold: 49}", 7, 37, "a number from 50 to 100"),
        ("pattern: fine", "{phrase: fine, threshold: high}", 7, 37, "a number from 50 to 100"),
        ("pattern: fine", "{pattern: fine, threshold: 90}", 7, 38, "a threshold goes with a phrase"),
        ("any:\n        - pattern: fine", "none:\n        - pattern: fine", 6, 7, "expected 'any' or 'all'"),
        ("any:\n        - pattern: fine", "any: []", 6, 12, "at least one condition"),
        ("title: Fine", "title: [a]", 3, 12, "expected a text"),
        ("title: Fine", "title: ''", 3, 12, "expected a text"),
        ("title: Fine", "merge: maybe\n    title: Fine", 3, 12, "expected true or false"),
        ("title: Fine", "priority: 101\n    title: Fine", 3, 15, "a whole number from 0 to 100"),
        ("title: Fine", "causes: one\n    title: Fine", 3, 13, "expected a list"),
        ("title: Fine", "title: Fine\n    title: Fine", 4, 5, "key 'title' stands twice"),
        ("    title: Fine\n", "", 2, 5, "the rule has no 'title'"),
    ],
)
def test_errors_name_the_place(wrong: str, replacement: str, line: int, column: int, says: str) -> None:
    assert wrong in GOOD
    error = only_error("rules:\n" + GOOD.replace(wrong, replacement, 1))
    assert str(error).startswith(f"x.yaml:{line}:{column}: ")
    assert says in str(error)


def test_a_wrong_rule_is_left_out_and_the_others_stay() -> None:
    bad = GOOD.replace("infra", "weather").replace("id: fine", "id: bad")
    other = GOOD.replace("id: fine", "id: other")
    loaded = load_text("rules:\n" + GOOD + bad + other, "x.yaml")
    assert [rule.id for rule in loaded.rules] == ["fine", "other"]
    assert [(error.line, error.column) for error in loaded.errors] == [(10, 15)]


def test_duplicate_id_in_a_file_keeps_the_first() -> None:
    loaded = load_text("rules:\n" + GOOD + GOOD.replace("title: Fine", "title: Twin"), "x.yaml")
    assert [rule.title for rule in loaded.rules] == ["Fine"]
    (error,) = loaded.errors
    assert str(error) == "x.yaml:8:5: id 'fine' is also in line 2"


def test_duplicate_id_in_a_directory_keeps_the_first(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yml"):
        (tmp_path / name).write_text("rules:\n" + GOOD, "utf-8")
    loaded = load([tmp_path])
    assert [Path(rule.file).name for rule in loaded.rules] == ["a.yaml"]
    (error,) = loaded.errors
    assert Path(error.file).name == "b.yml"
    assert "id 'fine' is also in" in error.text
    assert "a.yaml:2" in error.text


def test_a_later_directory_overrides_by_id(tmp_path: Path) -> None:
    for name, title in (("library", "Ours"), ("project", "Theirs")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.yaml").write_text("rules:\n" + GOOD.replace("Fine", title), "utf-8")
    loaded = load([tmp_path / "library", tmp_path / "project", tmp_path / "missing"])
    assert [rule.title for rule in loaded.rules] == ["Theirs"]
    assert loaded.errors == ()


def test_aliases_are_refused() -> None:
    rule = GOOD.replace("match:", "match: &m")
    twin = "  - {id: twin, title: Twin, category: infra, match: *m}\n"
    loaded = load_text("rules:\n" + rule + twin, "x.yaml")
    assert [r.id for r in loaded.rules] == ["fine"]
    (error,) = loaded.errors
    assert "aliases are not read in rules" in error.text


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("rules:\n  - id: 'x\n", 3, "not YAML"),
        ("rules: [\n  {id: x]\n", 2, "not YAML"),
        ("rules:\n\t- id: x\n", 2, "not YAML"),
        ("", 1, "expected a file of rules with the keys rules"),
        ("- id: x\n", 1, "expected a file of rules"),
        ("rules: 7\n", 1, "expected a list"),
        ("ruels: []\n", 1, "unknown key 'ruels'; did you mean 'rules'?"),
        ("rules:\n  - 7\n", 2, "expected a rule with the keys id, title"),
    ],
)
def test_what_is_no_file_of_rules(text: str, line: int, says: str) -> None:
    error = only_error(text)
    assert (error.file, error.line) == ("x.yaml", line)
    assert says in error.text


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"rules: # caf\xe9\n")
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    directory = tmp_path / "directory.yaml"
    directory.mkdir()
    for path, says in ((latin, "not UTF-8"), (large, "larger than"), (directory, "")):
        (error,) = load_file(path).errors
        assert str(error).startswith(f"{path}:1:1: ")
        assert says in error.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * 300_000, "in each other"),
        ("- " * 300_000, "in each other"),
        ("rules: []\n---\nrules: []\n", "a second document"),
        ("rules: !!python/object/apply:os.system [x]\n", "tags are not read"),
        ("rules:\n  - &a [&b x]\n  - [*a, *a]\n", "expected a rule"),
        ("rules: &r\n  - *r\n", "aliases are not read"),
        ("\0", "control characters"),
    ],
)
def test_hostile_yaml_is_told(text: str, says: str) -> None:
    loaded = load_text(text, "x.yaml")
    assert not loaded.rules
    assert any(says in error.text for error in loaded.errors)


def test_the_line_itself_is_shown_with_a_mark() -> None:
    error = only_error("rules:\n" + GOOD.replace("category:", "categry:"))
    assert error.shown == "    4 |     categry: infra\n      |     ^"
    long = only_error(f"rules:\n  - {{id: x, title: {'y' * 5_000}, categry: infra}}\n")
    line, mark = error.shown.split("\n"), long.shown.split("\n")
    assert len(mark[0]) < 200
    assert mark[0][mark[1].index("^") :].startswith("categry")
    assert len(line) == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("title: 404", "put quotes around it: '404'"),
        ("title: true", "put quotes around it: 'true'"),
        ("title:", "expected a text"),
        ("title: Fine\n    split_by: [port]", "no pattern has a group of the name 'port'"),
        ("title: Fine\n    captures: ['\\d+']", "a pattern with a named group"),
        ("title: Fine\n    captures: ['(?P<x>a)(?=b)']", "google-re2 refuses this pattern"),
        ("title: Fine\n    captures: port", "expected a list"),
        ("title: Fine\n    captures: ['[(?P<a>]']", "a pattern with a named group"),
        ("title: Fine\n    links: [example.org]", "begins with https://"),
        ("title: Fine\n    priority: 50.5", "a whole number from 0 to 100"),
    ],
)
def test_what_reads_as_something_else_is_told(wrong: str, says: str) -> None:
    assert says in only_error("rules:\n" + GOOD.replace("title: Fine", wrong)).text


YAML_BITS = st.sampled_from(
    ["rules:", "\n", "  ", "- ", "id: a", "title: b", "category: infra", "match: ", "any: ", "not: ", "[", "]", "{", "}",
     "pattern: ", "'(?P<x>", ")'", "&a ", "*a", "!!str ", "|", ">", "? ", ": ", "#", "---", "...", "\t", "é", "\ud800",
     "\x85", "%TAG", "<<: ", "phrase: x", "threshold: ", "50", ".nan", "1e999", '"\\x00"']
)  # fmt: skip


@given(st.one_of(st.text(max_size=200), st.lists(YAML_BITS, max_size=60).map("".join)))
def test_no_text_breaks_the_loader(text: str) -> None:
    """Whatever it is: rules, or errors that name a place in it."""
    loaded = load_text(text, "x.yaml")
    assert loaded.rules or loaded.errors or "rules" in text
    for error in loaded.errors:
        assert error.file == "x.yaml" and 1 <= error.line <= text.count("\n") + text.count("\r") + 40
        assert error.column >= 1 and error.text and "\n" not in error.text


@given(st.binary(max_size=200))
def test_no_bytes_break_the_loader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("rules") / "x.yaml"
    path.write_bytes(data)
    loaded = load_file(path)
    assert all(str(error).startswith(f"{path}:") for error in loaded.errors)


def test_a_phrase_that_is_a_whole_page_is_told() -> None:
    text = "rules:\n" + GOOD.replace("pattern: fine", f"phrase: {'x y ' * 100}")
    assert "at most 300 characters" in only_error(text).text
