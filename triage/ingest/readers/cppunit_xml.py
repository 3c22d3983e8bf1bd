"""CppUnit's ``XmlOutputter``: failed tests first, then the successful ones; AUnit, for Ada, and embUnit write nearly the same.

Source: ``XmlOutputter.cpp``, ``XmlDocument.cpp``; ``aunit-reporter-xml.adb``; embUnit's ``XMLOutputter.c``. The totals tell
errors (exceptions) from failures. AUnit calls all of its tests ``Test``, begins with the totals, and says of an error which
exception it was. embUnit has an element for each suite, named like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, seconds
from triage.model import CaseResult, Failure, Item, Outcome, Totals

_LISTS = ("TestRun", "FailedTests", "SuccessfulTests")
_UNCAUGHT = re.compile(r"uncaught exception of type ([\w:]+)")


def _sniff(sample: Sample) -> int:
    if root(sample)[0] != "TestRun":
        return 0
    return 95 if re.search(r"<(?:FailedTests?|SuccessfulTests|Statistics)\b", sample.text) else 0


class _Handler(Tree):
    records = frozenset({"FailedTest", "Test", "Statistics"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._cases = 0
        self._statistics: Node | None = None

    def found(self, node: Node) -> None:
        if node.name == "Statistics":
            self._statistics = node
        else:
            self._cases += 1
            around = self.path[-1].name if self.path else ""
            suite = "" if around in _LISTS else around
            self.tell(_case(node, suite, failed="FailedTest" in (node.name, around.removesuffix("s"))))

    def ended(self) -> None:
        if self._statistics is not None:
            self._compare(self._statistics)

    def _compare(self, node: Node) -> None:
        tests, errors, failures = (integer(node.said(name)) or 0 for name in ("Tests", "Errors", "Failures"))
        totals = Totals(tests, max(0, tests - errors - failures), failures, errors)
        if self.state(totals, self._cases, node.line):
            return
        self.compare(totals, self._cases, node.line, "statistics")


def _case(node: Node, around: str, *, failed: bool) -> CaseResult:
    full = " ".join(node.said("Name").split())
    suite, parted, name = full.rpartition("::")
    if not parted:
        suite, _, name = full.rpartition(" : ")
    error = node.said("FailureType") == "Error"
    outcome = Outcome.ERROR if error else Outcome.FAILED
    return CaseResult(
        name=name or "(unnamed)",
        outcome=outcome if failed else Outcome.PASSED,
        suite=suite or around,
        duration=seconds(node.said("Time") or node.get("time")),
        failures=(_failure(node, "error" if error else "failure"),) if failed else (),
    )


def _failure(node: Node, kind: str) -> Failure:
    place = node.child("Location") or node
    thrown = node.child("Exception")
    message = (thrown or node).child("Message") or node
    text = (thrown or node).said("Message")
    uncaught = _UNCAUGHT.match(text)
    type_, more = (text, thrown.said("Information")) if thrown else (uncaught[1] if uncaught else "", "")
    return Failure(
        message=": ".join(filter(None, (text, more))) or "failed without a message",
        type=type_,
        kind=kind,
        file=place.said("File") or None,
        line=integer(place.said("Line")),
        source_line=message.text_line if text else node.line,
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("cppunit-xml", _sniff, _read)
