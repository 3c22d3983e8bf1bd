"""Nodes of YAML to rules; ``docs/rules.schema.json`` says the same for editors, and a test holds them together."""

from __future__ import annotations

import math

from triage.model import TriageError
from triage.rules.model import (
    CATEGORIES,
    DEFAULT_THRESHOLD,
    KINDS,
    Condition,
    Group,
    Rule,
    Term,
    nearest,
)
from triage.rules.nodes import Document, Node
from triage.rules.texts import MAX_PHRASE, compiled

RULE_KEYS = (
    "id", "title", "category", "match", "captures", "priority", "merge", "split_by",
    "causes", "checks", "questions", "links", "examples",
)  # fmt: skip
GROUP_KEYS = ("any", "all", "not", "none")
"""``none`` is the older word for ``not``."""
CONDITION_KEYS = (*KINDS, "threshold")
EXAMPLE_KEYS = ("match", "no_match")
MAX_PRIORITY = 100
LOW_THRESHOLD = 50


class Fields:
    """Values of one document; every complaint is a ``RuleError`` that carries the place of its node."""

    def __init__(self, document: Document, file: str) -> None:
        self.file = file
        self.fail = document.fail
        self.root = document.root

    def listed(self, key: str, what: str) -> list[Node]:
        """The nodes of the only list there is, under ``key``."""
        values = self.mapping(self.root, (key,), what)
        if key not in values:
            self.fail(self.root, f"expected {what} with the key '{key}'")
        return self.items(values[key])

    def mapping(self, node: Node, keys: tuple[str, ...], what: str) -> dict[str, Node]:
        if node.kind != "mapping":
            self.fail(node, f"expected {what} with the keys {', '.join(keys)}")
        values: dict[str, Node] = {}
        for key, value in zip(node.items[::2], node.items[1::2], strict=True):
            name = key.text
            if name not in keys:
                self.fail(key, f"unknown key '{name}'; {nearest(name, keys)}")
            if name in values:
                self.fail(key, f"key '{name}' stands twice")
            values[name] = value
        return values

    def items(self, node: Node) -> list[Node]:
        if node.kind != "list":
            self.fail(node, "expected a list")
        return node.items

    def text(self, node: Node) -> str:
        if node.kind in ("number", "bool"):
            self.fail(node, f"expected a text; put quotes around it: '{node.text}'")
        if node.kind != "text" or not node.text.strip():
            self.fail(node, "expected a text")
        return node.text

    def texts(self, node: Node | None) -> tuple[str, ...]:
        return () if node is None else tuple(self.text(item) for item in self.items(node))

    def links(self, node: Node | None) -> tuple[str, ...]:
        links = self.texts(node)
        for item, link in zip(node.items if node else (), links, strict=True):
            if not link.startswith(("https://", "http://")):
                self.fail(item, "expected a link that begins with https://")
        return links

    def number(self, node: Node, low: float, high: float, *, whole: bool = False) -> float:
        try:
            number = float(node.text) if node.kind == "number" else math.nan
        except ValueError:
            number = math.nan
        if not low <= number <= high or (whole and not number.is_integer()):
            self.fail(node, f"expected a {'whole ' * whole}number from {low:g} to {high:g}")
        return number

    def boolean(self, node: Node) -> bool:
        if node.kind != "bool":
            self.fail(node, "expected true or false")
        return node.text.lower() == "true"


class Reader(Fields):
    """Rules of one document."""

    def rule(self, node: Node) -> Rule:
        """The rule that ``node`` is."""
        values = self.mapping(node, RULE_KEYS, "a rule")
        for key in ("id", "title", "category", "match"):
            if key not in values:
                self.fail(node, f"the rule has no '{key}'")
        category = self.text(values["category"])
        if category not in CATEGORIES:
            self.fail(values["category"], f"unknown category '{category}'; {nearest(category, CATEGORIES)}")
        match = self._group(values["match"])
        if not match.any and not match.all:
            self.fail(values["match"], "expected 'any' or 'all' with at least one condition")
        examples = (
            self.mapping(values["examples"], EXAMPLE_KEYS, "'examples'") if "examples" in values else {}
        )
        rule = Rule(
            id=self.text(values["id"]),
            title=self.text(values["title"]),
            category=category,
            any=match.any,
            all=match.all,
            none=match.none,
            capturing=self._capturing(values.get("captures")),
            priority=int(self.number(values["priority"], 0, MAX_PRIORITY, whole=True)) if "priority" in values else 50,
            merge=self.boolean(values["merge"]) if "merge" in values else True,
            split_by=self.texts(values.get("split_by")),
            causes=self.texts(values.get("causes")),
            checks=self.texts(values.get("checks")),
            questions=self.texts(values.get("questions")),
            links=self.links(values.get("links")),
            matching=self.texts(examples.get("match")),
            not_matching=self.texts(examples.get("no_match")),
            file=self.file,
            line=node.line,
        )  # fmt: skip
        self._expect_captures(rule, values.get("split_by"))
        return rule

    def _capturing(self, node: Node | None) -> tuple[str, ...]:
        patterns = self.texts(node)
        for item in node.items if node else ():
            if not self._pattern(item):
                self.fail(item, "expected a pattern with a named group: (?P<name>...)")
        return patterns

    def _expect_captures(self, rule: Rule, node: Node | None) -> None:
        for item, name in zip(node.items if node else (), rule.split_by, strict=True):
            if name not in rule.groups:
                self.fail(item, f"no pattern has a group of the name '{name}': (?P<{name}>...)")

    def _group(self, node: Node) -> Group:
        values = self.mapping(node, GROUP_KEYS, "conditions")
        if not values:
            self.fail(node, "expected 'any' or 'all' with at least one condition")
        if "not" in values and "none" in values:
            self.fail(values["none"], "'not' and 'none' are the same; write one of them")
        excluded = values.get("not")
        return Group(
            any=self._terms(values.get("any")),
            all=self._terms(values.get("all")),
            none=(self._term(excluded),)
            if excluded is not None and excluded.kind == "mapping"
            else self._terms(excluded or values.get("none")),
        )

    def _terms(self, node: Node | None) -> tuple[Term, ...]:
        if node is None:
            return ()
        found = tuple(self._term(item) for item in self.items(node))
        if not found:
            self.fail(node, "expected at least one condition")
        return found

    def _term(self, node: Node) -> Term:
        names = {key.text for key in node.items[::2]} if node.kind == "mapping" else set()
        return self._group(node) if names & set(GROUP_KEYS) else self._condition(node)

    def _condition(self, node: Node) -> Condition:
        values = self.mapping(node, CONDITION_KEYS, "a condition")
        kinds = [kind for kind in KINDS if kind in values]
        if len(kinds) != 1:
            self.fail(node, f"expected one of {', '.join(KINDS)} in a condition")
        kind = kinds[0]
        value = self._status(values[kind]) if kind == "status" else self.text(values[kind])
        if kind == "pattern":
            self._pattern(values[kind])
        if kind == "phrase" and len(value) > MAX_PHRASE:
            self.fail(values[kind], f"a phrase has at most {MAX_PHRASE} characters; use a pattern")
        if "threshold" in values and kind != "phrase":
            self.fail(values["threshold"], "a threshold goes with a phrase")
        threshold = (
            self.number(values["threshold"], LOW_THRESHOLD, 100)
            if "threshold" in values
            else DEFAULT_THRESHOLD
        )
        return Condition(kind, value, threshold)

    def _pattern(self, node: Node) -> list[str]:
        """The names of its groups."""
        try:
            return compiled(node.text)
        except TriageError as error:
            self.fail(node, f"google-re2 refuses this pattern: {error}")

    def _status(self, node: Node) -> str:
        text = node.text.lower()
        if len(text) != 3 or text[0] not in "12345" or not set(text[1:]) <= set("0123456789x"):
            self.fail(node, "expected an HTTP status like 403 or 5xx")
        return text
