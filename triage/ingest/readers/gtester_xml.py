"""The log of GLib's ``gtester -o``.

Source: ``gtester.c``, ``gtestutils.c``. A test that failed ends its program, and with ``-k`` the program is run again without
the tests that it ran before: those are listed as skipped once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, seconds
from triage.model import CaseResult, Failure, Item, Outcome

_PLACE = re.compile(r"(?P<file>[^\s:]+\.\w{1,4}):(?P<line>\d{1,9}):")


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "gtester" else 0


class _Handler(Tree):
    records = frozenset({"testcase"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self.ran: set[tuple[str, str]] = set()

    def found(self, node: Node) -> None:
        program = next((outer.get("path") for outer in self.path if outer.name == "testbinary"), "")
        test = (program, node.get("path"))
        if node.get("skipped") == "1" and test in self.ran:
            return
        self.ran.add(test)
        self.tell(_case(node, program.rpartition("/")[2]))


def _case(node: Node, program: str) -> CaseResult:
    status = node.child("status")
    result = status.get("result") if status else ""
    outcome = Outcome.PASSED
    # A test that skips itself is a success with this status.
    skips = status is not None and status.get("exit-status") == "1" and result == "success"
    if skips or node.get("skipped") == "1" or result in ("skipped", "incomplete", "todo"):
        outcome = Outcome.SKIPPED
    elif result != "success":
        outcome = Outcome.FAILED
    return CaseResult(
        name=node.get("path") or "(unnamed)",
        outcome=outcome,
        suite=program,
        duration=seconds(node.said("duration")),
        failures=(_failure(node),) if outcome.is_red else (),
        output="\n".join(message.text.strip() for message in node.all("message")),
    )


def _failure(node: Node) -> Failure:
    error = node.child("error") or node
    said = error.text.strip()
    status = node.child("status")
    place = _PLACE.search(said[:1_000])
    silent = (
        f"failed with exit status {status.get('exit-status')}" if status else "the program died in this test"
    )
    return Failure(
        said or silent,
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
        source_line=error.text_line,
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("gtester-xml", _sniff, _read)
