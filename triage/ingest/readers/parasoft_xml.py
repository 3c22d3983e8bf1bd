"""Parasoft's reports as XML (C++test, Jtest, dotTEST): the tests that were run, and what their executions found.

After reports of C++test 7 and 9: ``<ExecutedTestsDetails>`` lists the tests, each with how often it passed and failed;
``<ExecViols>`` tells why, by the id of the test. Reports before 9 only count. What static analysis found is no test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from xml.parsers import expat

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, clock, integer
from triage.model import CaseResult, Failure, Item, Outcome, Totals

_UNVERIFIED = "6"
"""The category of values that nobody has said yet whether they are right."""
_MOST = 20_000
"""Violations that are kept until the tests are known."""


def _sniff(sample: Sample) -> int:
    if root(sample)[0] != "ResultsSession":
        return 0
    if any(mark in sample.text for mark in ("<ExecutedTestsDetails", "<Exec ", "<ExecViol")):
        return 92
    return 0 if "<StdViol" in sample.text or "<CodingStandards" in sample.text else 55


class _Handler(Tree):
    records: ClassVar[frozenset[str]] = frozenset({"Test", "ExecViol"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._red: dict[str, CaseResult] = {}
        self._why: dict[str, list[Failure]] = {}
        self._names: dict[str, str] = {}
        self._kept = self._listed = 0
        self._total = self._below = Totals()
        self._line: int | None = None

    def opened(self, node: Node) -> None:
        passed, failed = integer(node.get("pass")) or 0, integer(node.get("fail")) or 0
        if node.name == "Total" and "pass" in node.attributes:
            self._total += Totals(passed + failed, passed, failed)
        elif node.name == "Project" and any(outer.name == "Summary" for outer in self.path):
            self._below += Totals(passed + failed, passed, failed)
        if node.name in ("Total", "Project"):
            self._line = self._line or node.line

    def found(self, node: Node) -> None:
        if node.name == "ExecViol":
            self._violation(node)
            return
        self._listed += 1
        passed, failed = integer(node.get("pass")) or 0, integer(node.get("fail")) or 0
        outcome = Outcome.FAILED if failed else Outcome.PASSED if passed else Outcome.SKIPPED
        suite, _, name = (node.get("name") or "(unnamed)").rpartition("::")
        if not suite:
            suite = next(
                (outer.get("name") for outer in reversed(self.path) if outer.name == "TestSuite"), ""
            )
        case = CaseResult(name, outcome, suite=suite, duration=clock(node.get("time")))
        if failed:
            self._red[node.get("id") or node.get("name")] = case
        else:
            self.tell(case)

    def _violation(self, node: Node) -> None:
        test = node.get("testId") or node.get("testName")
        if node.get("cat") == _UNVERIFIED or self._kept >= _MOST:
            return
        self._kept += 1
        self._names.setdefault(test, node.get("testName"))
        self._why.setdefault(test, []).append(_failure(node))

    def ended(self) -> None:
        for test, case in self._red.items():
            why = self._why.pop(test, None) or [Failure("failed, and the report does not say why")]
            self.tell(replace(case, failures=tuple(why)))
        if self._listed:
            self._why = {}  # a test that passed in spite of it
        for test, why in self._why.items():
            suite, _, name = self._names[test].rpartition("::")
            self.tell(CaseResult(name or "(unnamed)", Outcome.FAILED, suite=suite, failures=tuple(why)))
        totals = self._total if self._total.tests else self._below
        if totals.tests:
            self.state(totals, self._listed, self._line)


def _failure(node: Node) -> Failure:
    part = next((inner for inner in node.walk() if inner.name == "ThrPart"), None)
    said = (part.get("detMsg") or part.get("prnMsg") or part.get("clName")) if part else ""
    frames = [inner for inner in node.walk() if inner.name == "Trace"]
    places = [f"    at {frame.get('fileName')}:{frame.get('ln')}" for frame in frames]
    return Failure(
        said or "failed without a message",
        trace="\n".join([said, *places]) if places else "",
        file=node.get("locFile") or None,
        line=integer(node.get("ln")),
        source_line=node.line,
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("parasoft-xml", _sniff, _read)
