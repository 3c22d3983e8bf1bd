"""FitNesse: what ``?test&format=xml`` and ``?suite&format=xml`` answer.

Source: ``fitnesse/resources/templates/testResults.vm`` and ``suiteXML.vm``. A page is a test; of its assertions only the counts are sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer
from triage.model import CaseResult, Failure, Item, Outcome

_SIGN = re.compile(r"<FitNesseVersion>|<relativePageName>")
_TAG = re.compile(r"<[^<>]*>")
_RED = re.compile(r"class=\"(?:fail|error|exception)\b")
_WRONG = {"wrong", "exception", "error"}
_MOST = 20
"""Assertions of one page that are told."""


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "testResults" and _SIGN.search(sample.text) else 0


class _Handler(Tree):
    records = frozenset({"result", "exception"})

    def found(self, node: Node) -> None:
        if node.name == "exception":  # what broke the program that the pages are run by
            if said := node.text.strip():
                self.tell(Failure(said, kind="error", source_line=node.line))
            return
        name = node.said("relativePageName") or "(unnamed)"
        millis = integer(node.said("runTimeInMillis"))
        outcome = _outcome(node)
        self.tell(
            CaseResult(
                name,
                outcome,
                duration=None if millis is None else millis / 1000,
                failures=tuple(_failures(node, outcome)) if outcome.is_red else (),
            )
        )


def _count(node: Node, name: str) -> int:
    counts = node.child("counts")
    return (integer(counts.said(name)) or 0) if counts else 0


def _outcome(node: Node) -> Outcome:
    if _count(node, "exceptions"):
        return Outcome.ERROR
    if _count(node, "wrong"):
        return Outcome.FAILED
    return Outcome.SKIPPED if _count(node, "ignores") and not _count(node, "right") else Outcome.PASSED


def _failures(node: Node, outcome: Outcome) -> Iterator[Failure]:
    kind = "error" if outcome is Outcome.ERROR else "failure"
    told = [(said, line) for said, line in (_expectations(node) or _cells(node)) if said]
    counts = ", ".join(f"{_count(node, name)} {name}" for name in ("right", "wrong", "exceptions"))
    for said, line in told[:_MOST] or [(counts, node.line)]:
        yield Failure(said, kind=kind, source_line=line)


def _expectations(node: Node) -> list[tuple[str, int]]:
    """What Slim's instructions were expected to return and did not."""
    found = (inner for inner in node.walk() if inner.name == "expectation" and inner.said("status") in _WRONG)
    return [
        (_plain(inner.said("evaluationMessage")), (inner.child("evaluationMessage") or inner).line)
        for inner in found
    ]


def _cells(node: Node) -> list[tuple[str, int]]:
    """The red cells of the page."""
    content = node.child("content")
    if content is None:
        return []
    found, line = [], content.line
    for cell in content.text.split("</td>"):
        begin = cell.rfind("<td")
        if begin >= 0 and _RED.search(cell, begin):
            found.append((_plain(cell[begin:]), line + cell.count("\n", 0, begin)))
        line += cell.count("\n")
    return found


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("fitnesse-xml", _sniff, _read)
