"""Who may import whom, also inside functions, where a deferred import hides from the eye."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import triage

PACKAGE = Path(triage.__file__).parent
# module: the rooms that may know it
OWNERS = {
    "textual": {"tui"},
    "sqlite_utils": {"store"},
    "sqlite3": {"store"},
    "httpx": {"sources", "probes"},
    "distributed": {"sources"},
    "jinja2": {"export"},
    "yaml": {"rules", "ingest"},
    "ftfy": {"ingest"},
    "click": {"cli"},
}


@cache
def imports(path: Path) -> frozenset[str]:
    """The top-level modules that a file imports at run time, wherever in it."""
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_without_type_checking(ast.parse(path.read_bytes()))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _without_type_checking(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return tree


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("module", OWNERS)
def test_one_room_knows_each_library(module: str) -> None:
    users = {room(path) for path in PACKAGE.rglob("*.py") if module in imports(path)}
    assert users, "nobody imports it: the table is out of date"
    assert users <= OWNERS[module]
