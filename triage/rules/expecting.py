"""The file of expectations as YAML: read with the place of what is wrong, and added to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from triage.rules.expectations import EXPECTATIONS, Expectation
from triage.rules.load import text_of
from triage.rules.model import RuleError
from triage.rules.nodes import Document, Node, quoted
from triage.rules.reading import Fields

_SCOPE = ("cluster", "rule", "tests", "environment")
_KEYS = (*_SCOPE, "reason", "owner", "link", "until")
_MIN_ID = 4


def read_expectations(path: Path) -> tuple[tuple[Expectation, ...], tuple[RuleError, ...]]:
    """What stands in ``path``, and what is wrong with what was left out."""
    found: list[Expectation] = []
    errors: list[RuleError] = []
    try:
        reader = _Reader(Document(text_of(path), str(path)), str(path))
        nodes = reader.listed("expectations", "a file of expectations")
    except RuleError as error:
        error.left_out = "file"
        return (), (error,)
    for node in nodes:
        try:
            found.append(reader.expectation(node))
        except RuleError as error:
            error.left_out = "expectation"
            errors.append(error)
    return tuple(found), tuple(errors)


def added(text: str, expectation: Expectation) -> str:
    """``text``, a file of expectations, with one more; what stands there stays as it is.

    Raises:
        RuleError: the file is wrong, or so laid out that nothing can be added.
    """
    name = expectation.file or str(EXPECTATIONS)
    known = _read(text, name) if text.strip() else []
    told = [(key, str(getattr(expectation, key))) for key in _KEYS if getattr(expectation, key)]
    for lead in ("  ", "", "    "):
        item = "".join(
            f"{lead}{' ' if at else '-'} {key}: {quoted(value)}\n" for at, (key, value) in enumerate(told)
        )
        whole = f"{text.rstrip()}\n{item}" if known else f"expectations:\n{item}"
        try:
            if len(_read(whole, name)) == len(known) + 1:
                return whole
        except RuleError:
            continue
    raise RuleError(
        name, 1, 1, f"nothing can be added to its list; write it by hand: {' '.join(item.split())}"
    )


def _read(text: str, name: str) -> list[Expectation]:
    reader = _Reader(Document(text, name), name)
    return [reader.expectation(node) for node in reader.listed("expectations", "a file of expectations")]


class _Reader(Fields):
    def expectation(self, node: Node) -> Expectation:
        values = self.mapping(node, _KEYS, "an expectation")
        for key in ("reason", "owner", "until"):
            if key not in values:
                self.fail(node, f"the expectation has no '{key}'; without one it does not hold")
        if not any(key in values for key in _SCOPE[:3]):
            self.fail(node, "expected 'cluster', 'rule' or 'tests': what is expected to fail")
        told = {
            key: self._id(value) if key == "cluster" else self.text(value)
            for key, value in values.items()
            if key != "until"
        }
        return Expectation(until=self._date(values["until"]), file=self.file, line=node.line, **told)

    def _id(self, node: Node) -> str:
        # An id may be all digits, or look like 12e45.
        if len(node.text) < _MIN_ID or not set(node.text) <= set("0123456789abcdef"):
            self.fail(node, f"expected the beginning of a cluster's id, at least {_MIN_ID} digits of it")
        return node.text

    def _date(self, node: Node) -> date:
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            self.fail(node, "expected a day like 2027-01-31")
