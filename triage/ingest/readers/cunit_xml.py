"""CUnit's automated interface: ``*-Results.xml``.

Source: ``CUnit/Sources/Automated/Automated.c``. A test has one record for each assertion that failed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.parsers import expat

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer
from triage.model import CaseResult, Failure, Item, Outcome


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "CUNIT_TEST_RUN_REPORT" else 0


class _Handler(Tree):
    records = frozenset(
        {
            "SUITE_NAME",
            "GROUP_NAME",
            "CUNIT_RUN_TEST_SUCCESS",
            "CUNIT_RUN_TEST_FAILURE",
            "CUNIT_RUN_SUITE_FAILURE",
            "CUNIT_RUN_GROUP_FAILURE",
        }
    )

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._suite = ""
        self._held: CaseResult | None = None

    def found(self, node: Node) -> None:
        if node.name in ("SUITE_NAME", "GROUP_NAME"):
            self._suite = node.text.strip()
        elif node.name.endswith(("SUITE_FAILURE", "GROUP_FAILURE")):
            name = node.said("SUITE_NAME") or node.said("GROUP_NAME")
            text = f"{name}: {node.said('FAILURE_REASON') or 'the suite failed'}"
            self.tell(Failure(text, kind="error", source_line=node.line))
        else:
            self._case(node)

    def ended(self) -> None:
        self._tell_held()

    def _tell_held(self) -> None:
        if self._held is not None:
            self.tell(self._held)
        self._held = None

    def _case(self, node: Node) -> None:
        self.seen += 1
        name = node.said("TEST_NAME") or "(unnamed)"
        if node.name == "CUNIT_RUN_TEST_SUCCESS":
            self._tell_held()
            self.tell(CaseResult(name, Outcome.PASSED, suite=self._suite))
            return
        failure = Failure(
            node.said("CONDITION") or "failed without a message",
            file=node.said("FILE_NAME") or None,
            line=integer(node.said("LINE_NUMBER")),
            source_line=(node.child("CONDITION") or node).line,
        )
        held = self._held
        if held is not None and (held.suite, held.name) == (self._suite, name):
            self._held = replace(held, failures=(*held.failures, failure))
            return
        self._tell_held()
        self._held = CaseResult(name, Outcome.FAILED, suite=self._suite, failures=(failure,))


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("cunit-xml", _sniff, _read)
