"""What Jenkins keeps of a build's tests: ``junitResult.xml``, and the ``testReport/api/xml`` of its remote interface.

Source: ``CaseResult`` and ``SuiteResult`` of Jenkins' JUnit plugin. Jenkins knows failures and no errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, seconds
from triage.model import CaseResult, Failure, Item, Outcome

_OUTCOMES = {
    "PASSED": Outcome.PASSED,
    "FIXED": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "REGRESSION": Outcome.FAILED,
    "SKIPPED": Outcome.SKIPPED,
}
"""By the status, which the remote interface tells; the file says it by what is there."""


def _sniff(sample: Sample) -> int:
    marks = {"result": ("<suites",), "testResult": ("hudson.tasks.junit", "<failCount>")}
    return 95 if any(mark in sample.text for mark in marks.get(root(sample)[0], ())) else 0


class _Handler(Tree):
    records = frozenset({"case"})

    def found(self, node: Node) -> None:
        self.tell(_case(node))


def _case(node: Node) -> CaseResult:
    details, trace = node.child("errorDetails"), node.child("errorStackTrace")
    outcome = _OUTCOMES.get(node.said("status"))
    if outcome is None:
        outcome = Outcome.FAILED if details or trace else Outcome.PASSED
        outcome = Outcome.SKIPPED if node.said("skipped") == "true" else outcome
    reason = node.said("skippedMessage")
    return CaseResult(
        name=node.said("testName") or node.said("name") or "(unnamed)",
        outcome=outcome,
        suite=node.said("className"),
        duration=seconds(node.said("duration")),
        failures=(_failure(details, trace or details or node),) if outcome.is_red else (),
        output="\n".join(filter(None, (node.said("stdout"), node.said("stderr")))),
        properties=(("reason", reason),) if reason else (),
    )


def _failure(details: Node | None, trace: Node) -> Failure:
    found = failure_from(
        trace.text, message=details.text.strip() if details else "", source_line=trace.text_line
    )
    return found if found.message else replace(found, message="failed without a message")


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("jenkins-xml", _sniff, _read)
