"""Catch2's own XML (``-r xml``): ``<Catch>`` of versions 1 and 2, ``<Catch2TestRun>`` of version 3.

Source: ``catch_reporter_xml.cpp``. Its totals know failures only, so an exception is a failure; a test that failed as its
tags declare is told as a success.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.cpp_text import failures_in, lines
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, seconds, stopped
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] in ("Catch", "Catch2TestRun") else 0


class _Handler(Tree):
    records = frozenset({"TestCase", "OverallResultsCases", "Randomness", "OverallResults"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._listed = 0

    def opened(self, node: Node) -> None:
        if node.name == "Catch2TestRun":
            names = ("catch2-version", "rng-seed", "filters")
            told = tuple((name, node.get(name)) for name in names if node.get(name))
            self.tell(RunInfo(properties=told))

    def found(self, node: Node) -> None:
        if node.name == "TestCase":
            case = _case(node)
            self._listed += 1
            self.tell(case)
        elif node.name == "OverallResultsCases" and len(self.path) == 1:
            self._compare(node)

    def cut(self, node: Node) -> None:
        if node.name == "TestCase":
            self.tell(_case(node, Outcome.ERROR, (*failures_in(node), stopped(node))))

    def _compare(self, node: Node) -> None:
        names = ("successes", "failures", "expectedFailures", "skips")
        passed, failed, expected, skipped = (integer(node.get(name)) or 0 for name in names)
        total = passed + failed + expected + skipped
        totals = Totals(total, passed, failed, 0, skipped, expected)
        self.tell(RunInfo(totals=totals))
        self.compare(totals, self._listed, node.line, "totals")


def _case(node: Node, outcome: Outcome | None = None, failures: tuple[Failure, ...] = ()) -> CaseResult:
    result = node.child("OverallResult") or Node("OverallResult", {}, node.line)
    failures = failures or tuple(failures_in(node))
    tags = node.get("tags")
    skips = [inner for inner in node.walk() if inner.name == "Skip"]
    tolerated = "[!shouldfail]" in tags or "[!mayfail]" in tags
    if outcome is None:
        # Who writes the format without Catch2 may leave the result to the assertions, or the reason to the text.
        if result.get("success") == "false" or (failures and not result.get("success") and not tolerated):
            outcome = Outcome.FAILED
            said = node.text.strip() or "failed without a message"
            said = "should have failed, and passed" if "[!shouldfail]" in tags else said
            failures = failures or (Failure(said, source_line=node.line),)
        elif failures and tolerated:
            outcome = Outcome.XFAILED
        else:
            # CHECK_NOFAIL tells a failure that counts for nothing.
            failures = ()
            outcome = Outcome.SKIPPED if skips or integer(result.get("skips")) else Outcome.PASSED
    told = [("tag", tag.rstrip("]")) for tag in tags.split("[") if tag.strip()]
    told += [("reason", lines(skip)) for skip in skips]
    return CaseResult(
        name=node.get("name") or "(unnamed)",
        outcome=outcome,
        file=node.get("filename") or None,
        line=integer(node.get("line")),
        duration=seconds(result.get("durationInSeconds")),
        failures=failures,
        output="\n".join(filter(None, (result.said("StdOut"), result.said("StdErr")))),
        properties=tuple(told),
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("catch2-xml", _sniff, _read)
