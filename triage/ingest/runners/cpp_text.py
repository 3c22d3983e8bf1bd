"""What Catch2 and doctest write in common: expressions with their expansion, sections, messages."""

from __future__ import annotations

from collections.abc import Iterator

from triage.ingest.parts import exception_type
from triage.ingest.xml_tree import Node, integer
from triage.model import Failure

_ALWAYS = ("Exception", "FatalErrorCondition", "Failure")


_HARMLESS = ("WARN", "CHECK_NOFAIL")
"""Assertions that tell, and fail nothing."""


def failures_in(case: Node) -> Iterator[Failure]:
    """Everything that failed in a test case, in its sections too, each with the messages that were in scope."""
    told: list[str] = []
    inside = {id(inner) for node in case.walk() if node.name == "Expression" for inner in node.walk()}
    for node in case.walk():
        if id(node) in inside:
            continue
        if node.name == "Info" or (node.name == "Warning" and node.text.strip()):
            told.append(lines(node))
        elif node.name == "Expression":
            if node.get("success") == "false" and not node.get("type").startswith(_HARMLESS):
                yield _expression(node, told)
            told = []
        elif node.name in _ALWAYS or (node.name == "Message" and "ERROR" in node.get("type")):
            message = lines(node) or lines(node.child("Text"))
            about = [lines(info) for info in node.all("Info")]
            kind = "failure" if node.name in ("Failure", "Message") else "error"
            yield _failure(node, [message or node.name, *told, *about], kind)
            told = []


def lines(node: Node | None) -> str:
    """The text of an element without the indentation of the file."""
    return "\n".join(line.strip() for line in node.text.strip().split("\n")) if node else ""


def _expression(node: Node, told: list[str]) -> Failure:
    original, expanded = lines(node.child("Original")), lines(node.child("Expanded"))
    parts = [f"{node.get('type')}( {original} )"]
    if expanded and expanded != original:
        parts.append(f"with expansion: {expanded}")
    for child in node.children:
        if child.name in ("Exception", "ExpectedException", "ExpectedExceptionString"):
            parts.append(f"{'threw' if child.name == 'Exception' else 'expected'}: {lines(child)}")
        elif child.name == "Info":
            told = [*told, lines(child)]
    return _failure(node, [*parts, *told], "failure")


def _failure(node: Node, parts: list[str], kind: str) -> Failure:
    message = "\n".join(filter(None, parts))
    return Failure(
        message=message,
        type=exception_type(message),
        kind=kind,
        file=node.get("filename") or None,
        line=integer(node.get("line")),
        source_line=node.line,
    )
