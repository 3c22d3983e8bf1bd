"""doctest's XML (``-r=xml``), of the C++ library.

Source: ``XmlReporter`` in ``doctest.h``. Its totals count a test that failed as it was declared to among the passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.cpp_text import failures_in
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, seconds, stopped
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "doctest" else 0


class _Handler(Tree):
    records = frozenset({"TestCase", "OverallResultsTestCases", "OverallResultsAsserts"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._cases = 0

    def opened(self, node: Node) -> None:
        if node.name == "doctest":
            self.tell(RunInfo(properties=(("doctest", node.get("version")),)))

    def found(self, node: Node) -> None:
        if node.name == "TestCase":
            self._cases += 1
            self.tell(_case(node, self.path[-1].get("name") if self.path else ""))
        elif node.name == "OverallResultsTestCases":
            passed, failed, skipped = (
                integer(node.get(name)) or 0 for name in ("successes", "failures", "skipped")
            )
            total = passed + failed + skipped
            self.tell(RunInfo(totals=Totals(total, passed, failed, 0, skipped)))
            if self._cases not in (total, passed + failed):
                text = f"the totals speak of {total} tests, {self._cases} are listed: those were counted"
                self.tell(Warn(text, node.line))

    def cut(self, node: Node) -> None:
        if node.name == "TestCase":
            suite = self.path[-1].get("name") if self.path else ""
            self.tell(_case(node, suite, Outcome.ERROR, (*failures_in(node), stopped(node))))


def _case(
    node: Node, suite: str, outcome: Outcome | None = None, failures: tuple[Failure, ...] = ()
) -> CaseResult:
    result = node.child("OverallResultsAsserts") or Node("OverallResultsAsserts", {}, node.line)
    failures = failures or tuple(failures_in(node))
    told = [(name, node.get(name)) for name in ("description", "should_fail", "may_fail") if node.get(name)]
    if outcome is None:
        # Without a result it was only listed.
        if node.get("skipped") == "true" or node.child(result.name) is None:
            outcome = Outcome.SKIPPED
        elif _succeeded(result):
            outcome = Outcome.PASSED
            told += [("expected failure", failure.headline) for failure in failures]
            failures = ()
        else:
            outcome = Outcome.FAILED
            failures = failures or (_silent(node, result),)
    return CaseResult(
        name=node.get("name") or "(unnamed)",
        outcome=outcome,
        suite=suite,
        file=node.get("filename") or None,
        line=integer(node.get("line")),
        duration=seconds(result.get("duration")),
        failures=failures,
        properties=tuple(told),
    )


def _succeeded(result: Node) -> bool:
    """Early versions only count the assertions."""
    said = result.get("test_case_success")
    return said == "true" if said else not integer(result.get("failures"))


def _silent(node: Node, result: Node) -> Failure:
    text = "failed without a message"
    if node.get("should_fail") or node.get("expected_failures"):
        text = "should have failed, and passed"
    elif node.get("timeout"):
        spent = f" ({result.get('duration')} s)" if result.get("duration") else ""
        text = f"took longer than its {node.get('timeout')} s{spent}"
    return Failure(text, source_line=node.line)


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("doctest-xml", _sniff, _read)
