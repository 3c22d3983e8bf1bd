"""Android's compatibility suites (CTS, VTS, GTS and their likes): the ``test_result.xml`` of Trade Federation.

Source: ``XmlSuiteResultFormatter`` and, before Android 7, CTS's ``CtsXmlResultReporter``, whose root is ``<TestResult>``. A module
that did not come to its end says why; its other tests are not listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.parsers import expat

from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.junit_values import moment
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Tally, Totals, Warn

_OUTCOMES = {
    "pass": Outcome.PASSED,
    "fail": Outcome.FAILED,
    "timeout": Outcome.ERROR,
    "incomplete": Outcome.ERROR,
}
"""By ``result``; ignored tests, those whose assumptions do not hold and those not executed are skipped."""
_MODULES = ("Module", "TestPackage")


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    is_suite = name == "Result" and ("suite_name=" in attributes or "<Module " in sample.text)
    is_old = name == "TestResult" and "<TestPackage " in sample.text
    return 95 if is_suite or is_old else 0


class _Handler(Tree):
    records = frozenset({"Test", "Summary", "Reason"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._tally = Tally()
        self._summary: Node | None = None

    def opened(self, node: Node) -> None:
        if len(self.path) == 1:
            start, end = (integer(node.get(name)) for name in ("start", "end"))
            took = (end - start) / 1000 if start and end else None
            known = [
                (name, node.get(name)) for name in ("suite_name", "suite_version", "suite_plan", "devices")
            ]
            self.tell(
                RunInfo(
                    started=moment(node.get("start") or node.get("starttime")),
                    duration=took,
                    properties=tuple(pair for pair in known if pair[1]),
                )
            )

    def found(self, node: Node) -> None:
        module = next((outer for outer in self.path if outer.name in _MODULES), None)
        if node.name == "Summary":
            self._summary = node
        elif node.name == "Reason":
            name = module.get("name") if module else "a module"
            said = node.get("message") or "it did not come to its end"
            self.tell(Failure(f"{name}: {said}", kind="error", source_line=node.line))
        else:
            around = [outer.get("name") for outer in self.path if outer.name in ("TestSuite", "TestCase")]
            case = _case(node, ".".join(around), module)
            self._tally.add(case)
            self.tell(case)

    def ended(self) -> None:
        node, totals = self._summary, self._tally.totals
        passed, failed = (integer(node.get(name)) if node else None for name in ("pass", "failed"))
        if node is None or passed is None or failed is None:
            return
        stated = Totals(passed + failed + totals.errors + totals.skipped, passed, failed, totals.errors)
        self.tell(RunInfo(totals=replace(stated, skipped=totals.skipped)))
        if (passed, failed) != (totals.passed, totals.failed):
            text = (
                f"the summary speaks of {passed} passed and {failed} failed, {totals.passed} and {totals.failed} are"
                " listed: those were counted"
            )
            self.tell(Warn(text, node.line))


def _case(node: Node, suite: str, module: Node | None) -> CaseResult:
    outcome = _OUTCOMES.get(node.get("result").lower(), Outcome.SKIPPED)
    told = [("module", module.get("name")), ("abi", module.get("abi"))] if module else []
    if outcome is Outcome.SKIPPED:
        told.append(("reason", node.get("result")))
    return CaseResult(
        name=node.get("name") or "(unnamed)",
        outcome=outcome,
        suite=suite,
        failures=(_failure(node, outcome),) if outcome.is_red else (),
        properties=tuple(pair for pair in told if pair[1]),
    )


def _failure(node: Node, outcome: Outcome) -> Failure:
    kind = "error" if outcome is Outcome.ERROR else "failure"
    told = node.child("Failure") or node.child("FailedScene") or node
    stack = told.child("StackTrace")
    message = told.get("message")
    if stack is None and not message:
        return Failure(f"ended as {node.get('result')!r} without a message", kind=kind, source_line=node.line)
    line = stack.text_line if stack else told.line
    return failure_from(stack.text if stack else "", message=message, kind=kind, source_line=line)


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("tradefed-xml", _sniff, _read)
