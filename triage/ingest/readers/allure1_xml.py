"""Allure 1: one ``*-testsuite.xml`` a suite.

Source: ``allure.xsd`` of allure-core 1. A broken test is an error; canceled and pending ones were not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.parsers import expat

from triage.ingest.parts import exception_type, location, pytest_message
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "broken": Outcome.ERROR,
}


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    if name != "test-suite":
        return 0
    return 95 if "allure" in attributes or re.search(r"<test-cases?\b", sample.text) else 0


class _Handler(Tree):
    records = frozenset({"test-case", "name", "title"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._suite = ""

    def opened(self, node: Node) -> None:
        if node.name == "test-suite":
            start, took = _moment(node.get("start")), _took(node)
            self.tell(RunInfo(started=start, duration=took))

    def found(self, node: Node) -> None:
        if node.name == "test-case":
            self.tell(_case(node, self._suite))
        elif len(self.path) == 1 and (node.name == "name" or not self._suite):
            self._suite = node.text.strip()


def _case(node: Node, suite: str) -> CaseResult:
    outcome = _OUTCOMES.get(node.get("status"), Outcome.SKIPPED)
    failure = node.child("failure")
    labels = [label for parent in node.all("labels") for label in parent.all("label")]
    told = [(label.get("name"), label.get("value")) for label in labels]
    if node.get("severity") and "severity" not in dict(told):
        told.append(("severity", node.get("severity")))
    if outcome is Outcome.SKIPPED:
        told.append(("reason", (failure.said("message") if failure else "") or node.get("status")))
    parameters = [
        f"{parameter.get('name')}={parameter.get('value')}"
        for parent in node.all("parameters")
        for parameter in parent.all("parameter")
        if parameter.get("kind") == "argument"
    ]
    name = node.said("name") or node.said("title") or "(unnamed)"
    return CaseResult(
        name=f"{name}[{', '.join(parameters)}]" if parameters and "[" not in name else name,
        outcome=outcome,
        suite=suite,
        duration=_took(node),
        failures=(_failure(node, failure, outcome),) if outcome.is_red else (),
        properties=tuple((name, value) for name, value in told if name and value),
    )


def _failure(node: Node, failure: Node | None, outcome: Outcome) -> Failure:
    kind = "error" if outcome is Outcome.ERROR else "failure"
    if failure is None:
        return Failure(f"{node.get('status')} without a message", kind=kind, source_line=node.line)
    message, stack = failure.said("message"), failure.child("stack-trace")
    trace = stack.text.strip("\n") if stack else ""
    begins = (stack if trace.strip() else failure.child("message")) or failure
    file, line = location(trace)
    if message in _OUTCOMES:  # as pytest's adaptor says of a module that cannot be imported
        message = pytest_message(trace)
    return Failure(
        message or trace.strip().partition("\n")[0] or f"{node.get('status')} without a message",
        exception_type(message) or exception_type(trace),
        kind,
        trace,
        file,
        line,
        begins.text_line,
    )


def _took(node: Node) -> float | None:
    start, stop = integer(node.get("start")), integer(node.get("stop"))
    return max(0, stop - start) / 1000 if start is not None and stop is not None else None


def _moment(text: str) -> str | None:
    milliseconds = integer(text)
    if milliseconds is None or milliseconds > 1 << 43:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("allure1-xml", _sniff, _read)
