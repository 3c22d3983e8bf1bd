"""YAML files to rules, with errors that name file, line and column."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import re2
import yaml
from platformdirs import user_config_path

from triage.rules.model import CATEGORIES, DEFAULT_THRESHOLD, Condition, Rule, RuleError

MAX_BYTES = 4 << 20
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_RULE_KEYS = (
    "id", "title", "category", "match", "priority", "merge", "split_by",
    "causes", "checks", "questions", "links", "examples",
)  # fmt: skip
_CONDITION_KEYS = ("pattern", "phrase", "type", "threshold")


@dataclass(frozen=True)
class Loaded:
    """Rules of one or several files; what is wrong is left out and told."""

    rules: tuple[Rule, ...]
    errors: tuple[RuleError, ...]


def library() -> Path:
    """The directory of the rules that come with the program."""
    packaged = Path(__file__).with_name("library")
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "rules"


def directories() -> list[Path]:
    """Where rules come from: the library, the user's own, the project's; later ones override by id."""
    return [library(), user_config_path("triage", appauthor=False) / "rules", Path(".triage/rules")]


def load(directories: Iterable[Path]) -> Loaded:
    """The rules of all ``*.yaml`` files in ``directories``; a later directory overrides an earlier one by id."""
    by_id: dict[str, Rule] = {}
    errors: list[RuleError] = []
    for directory in directories:
        in_directory: dict[str, Rule] = {}
        for path in sorted((*directory.glob("*.yaml"), *directory.glob("*.yml"))):
            loaded = load_file(path)
            errors.extend(loaded.errors)
            for rule in loaded.rules:
                if twin := in_directory.get(rule.id):
                    errors.append(
                        RuleError(
                            rule.file, rule.line, 1, f"id '{rule.id}' is also in {twin.file}:{twin.line}"
                        )
                    )
                else:
                    in_directory[rule.id] = rule
        by_id |= in_directory
    return Loaded(tuple(by_id.values()), tuple(errors))


def load_file(path: Path) -> Loaded:
    """The rules of one file; a wrong rule is an error, the others are kept."""
    name = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RuleError(name, 1, 1, f"larger than {MAX_BYTES >> 20} MiB; split it by family")
        return load_text(path.read_text("utf-8"), name)
    except RuleError as error:
        return _unread(error)
    except OSError as error:
        return _unread(RuleError(name, 1, 1, f"{error.strerror}; check its permissions"))
    except UnicodeDecodeError:
        return _unread(RuleError(name, 1, 1, "not UTF-8; save it as UTF-8"))


def _unread(error: RuleError) -> Loaded:
    error.left_out = "file"
    return Loaded((), (error,))


def load_text(text: str, name: str) -> Loaded:
    """The rules in ``text``; ``name`` is what errors call it."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return _unread(RuleError(name, line, column, f"not YAML: {error.problem or error.context}"))
    except yaml.YAMLError as error:
        return _unread(RuleError(name, 1, 1, f"not YAML: {error}".split("\n", 1)[0]))
    reader = _NodeReader(name)
    rules: list[Rule] = []
    errors: list[RuleError] = []
    try:
        nodes = list(reader.items(reader.mapping(root, ("rules",), "a file of rules").get("rules"), root))
    except RuleError as error:
        return _unread(error)
    seen: dict[str, int] = {}
    for node in nodes:
        try:
            rule = reader.rule(node)
            if rule.id in seen:
                reader.fail(node, f"id '{rule.id}' is also in line {seen[rule.id]}")
            seen[rule.id] = rule.line
            rules.append(rule)
        except RuleError as error:
            errors.append(error)
    return Loaded(tuple(rules), tuple(errors))


class _NodeReader:
    """YAML nodes to values; every complaint carries the place of its node."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._seen: set[int] = set()

    def fail(self, node: yaml.Node | None, text: str) -> NoReturn:
        mark = node.start_mark if node is not None else None
        raise RuleError(self._file, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, text)

    def mapping(self, node: yaml.Node | None, keys: tuple[str, ...], what: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self.fail(node, f"expected {what} with the keys {', '.join(keys)}")
        self._once(node)
        values: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in keys:
                near = difflib.get_close_matches(name, keys, 1)
                hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(keys)}"
                self.fail(key, f"unknown key '{name}'; {hint}")
            if name in values:
                self.fail(key, f"key '{name}' stands twice")
            values[name] = value
        return values

    def _once(self, node: yaml.Node) -> None:
        # An alias is the same node again: a file of aliases of aliases would explode.
        if id(node) in self._seen:
            self.fail(node, "aliases are not read in rules; write it out")
        self._seen.add(id(node))

    def items(self, node: yaml.Node | None, parent: yaml.Node | None) -> Iterator[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self.fail(node or parent, "expected a list")
        self._once(node)
        yield from node.value

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            self.fail(node, "expected a text")
        return str(node.value)

    def texts(self, node: yaml.Node | None) -> tuple[str, ...]:
        return () if node is None else tuple(self.text(item) for item in self.items(node, node))

    def number(self, node: yaml.Node, low: float, high: float) -> float:
        try:
            number = float(self.text(node))
        except ValueError:
            self.fail(node, f"expected a number from {low:g} to {high:g}")
        if not low <= number <= high:
            self.fail(node, f"expected a number from {low:g} to {high:g}")
        return number

    def boolean(self, node: yaml.Node) -> bool:
        word = self.text(node).lower()
        if word not in ("true", "false"):
            self.fail(node, "expected true or false")
        return word == "true"

    def rule(self, node: yaml.Node) -> Rule:
        values = self.mapping(node, _RULE_KEYS, "a rule")
        for key in ("id", "title", "category", "match"):
            if key not in values:
                self.fail(node, f"the rule has no '{key}'")
        category = self.text(values["category"])
        if category not in CATEGORIES:
            near = difflib.get_close_matches(category, CATEGORIES, 1)
            self.fail(
                values["category"],
                f"unknown category '{category}'; "
                + (f"did you mean '{near[0]}'?" if near else f"known are {', '.join(CATEGORIES)}"),
            )
        match = self.mapping(values["match"], ("any", "all", "none"), "a 'match'")
        if not ("any" in match or "all" in match):
            self.fail(values["match"], "expected 'any' or 'all' with at least one condition")
        examples = (
            self.mapping(values["examples"], ("match", "no_match"), "'examples'")
            if "examples" in values
            else {}
        )
        return Rule(
            id=self.text(values["id"]),
            title=self.text(values["title"]),
            category=category,
            any=self.conditions(match.get("any")),
            all=self.conditions(match.get("all")),
            none=self.conditions(match.get("none")),
            priority=int(self.number(values["priority"], 0, 100)) if "priority" in values else 50,
            merge=self.boolean(values["merge"]) if "merge" in values else True,
            split_by=self.texts(values.get("split_by")),
            causes=self.texts(values.get("causes")),
            checks=self.texts(values.get("checks")),
            questions=self.texts(values.get("questions")),
            links=self.texts(values.get("links")),
            matching=self.texts(examples.get("match")),
            not_matching=self.texts(examples.get("no_match")),
            file=self._file,
            line=node.start_mark.line + 1,
        )

    def conditions(self, node: yaml.Node | None) -> tuple[Condition, ...]:
        if node is None:
            return ()
        found = tuple(self.condition(item) for item in self.items(node, node))
        if not found:
            self.fail(node, "expected at least one condition")
        return found

    def condition(self, node: yaml.Node) -> Condition:
        values = self.mapping(node, _CONDITION_KEYS, "a condition")
        kinds = [kind for kind in ("pattern", "phrase", "type") if kind in values]
        if len(kinds) != 1:
            self.fail(node, "expected one of pattern, phrase, type in a condition")
        kind = kinds[0]
        value = self.text(values[kind])
        if kind == "pattern":
            try:
                re2.compile(value)
            except re2.error as error:
                self.fail(values[kind], f"google-re2 refuses this pattern: {_reason(error)}")
        if "threshold" in values and kind != "phrase":
            self.fail(values["threshold"], "a threshold goes with a phrase")
        threshold = self.number(values["threshold"], 50, 100) if "threshold" in values else DEFAULT_THRESHOLD
        return Condition(kind, value, threshold)


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
