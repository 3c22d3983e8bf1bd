"""FitNesse: what ``?test&format=xml`` and ``?suite&format=xml`` answer.

Source: ``fitnesse/resources/templates/testResults.vm`` and ``suiteXML.vm``. A page is a test; of its assertions only the counts are sure.
A page that asserts nothing was ignored, unless it sets up the others: so FitNesse counts its pages at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from xml.parsers import expat

from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.fitnesse_pages import outcome_of
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer
from triage.model import CaseResult, Failure, Item, Outcome

_ROW = "<tr"
_DETAIL = re.compile(r"<tr class=\"[^\"<>]*\bexception-detail\b")
"""The row below one of red cells: what was thrown there."""
_SLIM = re.compile(r"__EXCEPTION__:(?:ABORT_SLIM_(?:TEST|SUITE):)?")
_SAID = re.compile(r"\A.*?message:<<(?P<said>.*?)>>", re.DOTALL)
_SIGN = re.compile(r"<FitNesseVersion>|<relativePageName>")
_TAG = re.compile(r"<[^<>]*>")
_RED = re.compile(r"class=\"(?:fail|error|exception)\b")
_WRONG = {"wrong", "fail", "exception", "error"}
"""How an expectation ends, in the words of FitNesse before 2014 and of later ones."""
_MOST = 20
"""Assertions of one page that are told."""


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "testResults" and _SIGN.search(sample.text) else 0


class _Handler(Tree):
    records = frozenset({"result", "exception", "finalCounts"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self.red = 0

    def found(self, node: Node) -> None:
        if node.name == "finalCounts":
            # Where the program that runs the pages did not start, there is no result, and this alone is red.
            if not self.red and (_number(node, "wrong") or _number(node, "exceptions")):
                counts = ", ".join(f"{_number(node, name)} {name}" for name in ("wrong", "exceptions"))
                said = f"the pages were not run to their end: {counts}, and no page tells of one"
                self.tell(Failure(said, kind="error", source_line=node.line))
            return
        if node.name == "exception":  # what broke the program that the pages are run by
            if said := node.text.strip():
                self.red += 1
                self.tell(Failure(said, kind="error", source_line=node.line))
            return
        name = node.said("relativePageName") or "(unnamed)"
        millis = integer(node.said("runTimeInMillis"))
        outcome = _outcome(node, name)
        self.red += outcome.is_red
        self.tell(
            CaseResult(
                name,
                outcome,
                duration=None if millis is None else millis / 1000,
                failures=tuple(_failures(node, outcome)) if outcome.is_red else (),
            )
        )


def _number(node: Node, name: str) -> int:
    return integer(node.said(name)) or 0


def _count(node: Node, name: str) -> int:
    counts = node.child("counts")
    return _number(counts, name) if counts else 0


def _outcome(node: Node, name: str) -> Outcome:
    return outcome_of(name, *(_count(node, what) for what in ("right", "wrong", "exceptions")))


def _failures(node: Node, outcome: Outcome) -> Iterator[Failure]:
    kind = "error" if outcome is Outcome.ERROR else "failure"
    told = [(said, line) for said, line in (_cells(node) or _expectations(node)) if said]
    counts = ", ".join(f"{_count(node, name)} {name}" for name in ("right", "wrong", "exceptions"))
    for said, line in told[:_MOST] or [(counts, node.line)]:
        yield failure_from(said, kind=kind, source_line=line)


def _expectations(node: Node) -> list[tuple[str, int]]:
    """What Slim's instructions were expected to return and did not."""
    found = (inner for inner in node.walk() if inner.name == "expectation" and inner.said("status") in _WRONG)
    return [(_plain(_expected(inner)), (inner.child("evaluationMessage") or inner).line) for inner in found]


def _expected(node: Node) -> str:
    if said := node.said("evaluationMessage"):
        return said
    return f"[{node.said('actual')}] expected [{node.said('expected')}]" if node.child("expected") else ""


def _cells(node: Node) -> list[tuple[str, int]]:
    """The red cells of the page, and what was thrown instead of the cells of a row."""
    content = node.child("content")
    if content is None:
        return []
    found: list[tuple[str, int]] = []
    line, row = content.line, 0
    for cell in content.text.split("</td>"):
        begin = cell.rfind("<td")
        before = len(found)
        if begin >= 0 and _DETAIL.search(cell, 0, begin):
            del found[row:]
            found.append((_thrown(cell[begin:]), line + cell.count("\n", 0, begin)))
        elif begin >= 0 and _RED.search(cell, begin):
            found.append((_plain(cell[begin:]), line + cell.count("\n", 0, begin)))
        if _ROW in cell:
            row = before
        line += cell.count("\n")
    return found


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _thrown(html: str) -> str:
    text = _SLIM.sub("", unescape(_TAG.sub("", html)))
    return _SAID.sub(lambda match: match["said"], text, count=1).strip()


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("fitnesse-xml", _sniff, _read)
