"""UnitTest++'s ``XmlTestReporter``.

Source: ``XmlTestReporter.cpp``. Its totals know failures only; each failed check begins with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, seconds
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn

_PLACE = re.compile(r"(?P<file>.{1,500}?)\((?P<line>\d{1,9})\) : ")
_UNEXPECTED = ("Unhandled exception", "Signal", "Test crashed")


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "unittest-results" else 0


class _Handler(Tree):
    records = frozenset({"test"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._cases = 0

    def found(self, node: Node) -> None:
        self._cases += 1
        failures = tuple(_failure(child) for child in node.all("failure"))
        self.tell(
            CaseResult(
                name=node.get("name") or "(unnamed)",
                outcome=Outcome.FAILED if failures else Outcome.PASSED,
                suite=node.get("suite"),
                duration=seconds(node.get("time")),
                failures=failures,
            )
        )

    def closed(self, node: Node) -> None:
        tests = integer(node.get("tests"))
        if tests is None:
            return
        failed = integer(node.get("failedtests")) or 0
        totals = Totals(tests, max(0, tests - failed), failed)
        self.tell(RunInfo(duration=seconds(node.get("time")), totals=totals))
        if tests != self._cases:
            text = f"the head speaks of {tests} tests, {self._cases} are listed: those were counted"
            self.tell(Warn(text, node.line))


def _failure(node: Node) -> Failure:
    message = node.get("message")
    place = _PLACE.match(message)
    text = message[place.end() :] if place else message
    return Failure(
        text or "failed without a message",
        kind="error" if text.startswith(_UNEXPECTED) else "failure",
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
        source_line=node.line,
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("unittestpp-xml", _sniff, _read)
