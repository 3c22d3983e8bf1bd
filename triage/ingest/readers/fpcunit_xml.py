"""FPCUnit's XML, the unit test framework of Free Pascal.

Source: ``xmltestreport.pp``. A test says in one word how it ended, and the totals stand behind the tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, clock, integer
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {
    "ok": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "error": Outcome.ERROR,
    "ignored": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "TestResults" and "<TestListing" in sample.text else 0


class _Handler(Tree):
    records = frozenset({"Test", "TotalElapsedTime", "DateTimeRan"})

    def found(self, node: Node) -> None:
        if node.name == "Test":
            suites = [outer.get("Name") for outer in self.path if outer.name == "TestSuite"]
            self.tell(_case(node, ".".join(filter(None, suites))))
        elif node.name == "DateTimeRan":
            self.tell(RunInfo(started=node.text.strip().replace(" ", "T", 1) or None))
        else:
            self.tell(RunInfo(duration=clock(node.text.strip())))


def _case(node: Node, suite: str) -> CaseResult:
    outcome = _OUTCOMES.get(node.get("Result").lower(), Outcome.ERROR)
    said = node.said("ExceptionMessage") or node.said("Message")
    return CaseResult(
        name=node.get("Name") or "(unnamed)",
        outcome=outcome,
        suite=suite,
        duration=clock(node.get("ElapsedTime")),
        failures=(_failure(node, said, outcome),) if outcome.is_red else (),
        properties=(("reason", said),) if outcome is Outcome.SKIPPED and said else (),
    )


def _failure(node: Node, said: str, outcome: Outcome) -> Failure:
    begins = node.child("ExceptionMessage") or node.child("Message") or node
    return Failure(
        said or "failed without a message",
        type=node.said("ExceptionClass"),
        kind="error" if outcome is Outcome.ERROR else "failure",
        file=node.said("SourceUnitName") or None,
        line=integer(node.said("LineNumber")),
        source_line=begins.text_line,
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("fpcunit-xml", _sniff, _read)
