"""YAML files to rules, with errors that name file, line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from triage.rules.model import Rule, RuleError

MAX_BYTES = 4 << 20
"""Of one file of rules."""


@dataclass(frozen=True)
class Loaded:
    """Rules of one or several files; what is wrong is left out and told."""

    rules: tuple[Rule, ...]
    errors: tuple[RuleError, ...]


def rule_files(directory: Path) -> list[Path]:
    """The files of rules in ``directory``, by name."""
    return sorted((*directory.glob("*.yaml"), *directory.glob("*.yml")))


def load_directory(directory: Path) -> Loaded:
    """The rules of all rule files in ``directory``; of rules with the same id the first is kept."""
    by_id: dict[str, Rule] = {}
    errors: list[RuleError] = []
    for path in rule_files(directory):
        loaded = load_file(path)
        errors.extend(loaded.errors)
        for rule in loaded.rules:
            if twin := by_id.get(rule.id):
                said = f"id '{rule.id}' is also in {twin.file}:{twin.line}"
                errors.append(RuleError(rule.file, rule.line, 1, said))
            else:
                by_id[rule.id] = rule
    return Loaded(tuple(by_id.values()), tuple(errors))


def load(directories: Iterable[Path], read: Callable[[Path], Loaded] = load_directory) -> Loaded:
    """The rules in ``directories``, read by ``read``; a later one overrides an earlier one by id."""
    by_id: dict[str, Rule] = {}
    errors: list[RuleError] = []
    for loaded in map(read, directories):
        by_id |= {rule.id: rule for rule in loaded.rules}
        errors.extend(loaded.errors)
    return Loaded(tuple(by_id.values()), tuple(errors))


def load_file(path: Path) -> Loaded:
    """The rules of one file; a wrong rule is an error, the others are kept."""
    try:
        return load_text(text_of(path), str(path))
    except RuleError as error:
        return _unread(error)


def text_of(path: Path) -> str:
    """What stands in a file of YAML.

    Raises:
        RuleError: it is too large, no UTF-8, or cannot be read.
    """
    name = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RuleError(name, 1, 1, f"larger than {MAX_BYTES >> 20} MiB; split it by family")
        return path.read_text("utf-8")
    except OSError as error:
        raise RuleError(name, 1, 1, f"{error.strerror}; check its permissions") from None
    except UnicodeDecodeError:
        raise RuleError(name, 1, 1, "not UTF-8; save it as UTF-8") from None


def _unread(error: RuleError) -> Loaded:
    error.left_out = "file"
    return Loaded((), (error,))


def load_text(text: str, name: str) -> Loaded:
    """The rules in ``text``; ``name`` is what errors call it."""
    # A start takes its rules from the cache, and needs nothing that reads YAML.
    from triage.rules.nodes import Document
    from triage.rules.reading import Reader

    try:
        document = Document(text, name)
        reader = Reader(document, name)
        nodes = reader.listed("rules", "a file of rules")
    except RuleError as error:
        return _unread(error)
    rules: dict[str, Rule] = {}
    errors: list[RuleError] = []
    for node in nodes:
        try:
            rule = reader.rule(node)
            if twin := rules.get(rule.id):
                document.fail(node, f"id '{rule.id}' is also in line {twin.line}")
            rules[rule.id] = rule
        except RuleError as error:
            errors.append(error)
    return Loaded(tuple(rules.values()), tuple(errors))
