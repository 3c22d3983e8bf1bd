"""The XML of Check, the unit test framework for C (``srunner_set_xml``, ``CK_XML_LOG_FILE_NAME``).

Source: ``xml_lfun`` in ``check_log.c``. A signal, a wrong exit and a time-out are errors. Its root is named as JUnit's.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, seconds
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {"success": Outcome.PASSED, "failure": Outcome.FAILED, "error": Outcome.ERROR}


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    return 98 if name == "testsuites" and "check.sourceforge.net" in attributes else 0


class _Handler(Tree):
    records = frozenset({"test", "title", "datetime", "duration"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._suite = ""

    def found(self, node: Node) -> None:
        text = node.text.strip()
        if node.name == "test":
            self.tell(_case(node, self._suite))
        elif node.name == "title":
            self._suite = text
        elif node.name == "datetime":
            self.tell(RunInfo(started=text.replace(" ", "T", 1)))
        else:
            self.tell(RunInfo(duration=seconds(text)))


def _case(node: Node, suite: str) -> CaseResult:
    outcome = _OUTCOMES.get(node.get("result"), Outcome.SKIPPED)
    name, turn = node.said("id") or "(unnamed)", integer(node.said("iteration"))
    file, _, line = node.said("fn").rpartition(":")
    folder = node.said("path")
    if file and folder not in ("", "."):
        file = f"{folder}/{file}"
    took = seconds(node.said("duration"))
    return CaseResult(
        name=f"{name}[{turn}]" if turn else name,
        outcome=outcome,
        suite="::".join(filter(None, (suite, node.said("description")))),
        file=file or None,
        # A failure moves the line to that of the last check; the test itself has none here.
        duration=took if took is not None and took >= 0 else None,
        failures=(_failure(node, outcome, file, line),) if outcome.is_red else (),
    )


def _failure(node: Node, outcome: Outcome, file: str, line: str) -> Failure:
    message = node.child("message") or node
    return Failure(
        node.said("message") or "failed without a message",
        kind="error" if outcome is Outcome.ERROR else "failure",
        file=file or None,
        line=integer(line),
        source_line=message.text_line,
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("check-xml", _sniff, _read)
