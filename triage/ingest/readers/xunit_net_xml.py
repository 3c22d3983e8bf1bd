"""xUnit.net's XML, versions 1 (``<assembly>``), 2 and 3 (``<assemblies>``).

Source: xunit.net/docs/format-xml-v1, -v2, -v3. A test without a result was not run: "explicit" ones in version 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.dotnet_text import dotnet_failure, split_name
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, seconds
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn

_OUTCOMES = {"pass": Outcome.PASSED, "fail": Outcome.FAILED}
_HEAD = re.compile(r"\b(?:run-date|test-framework|total|environment|timestamp|start-rtf|schema-version)=")


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    if name == "assemblies":
        return 95 if _HEAD.search(attributes) or "<assembly" in sample.text else 60
    # Build tools have an <assembly> of their own.
    return 95 if name == "assembly" and _HEAD.search(attributes) else 0


class _Handler(Tree):
    records = frozenset({"test", "error", "failure"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._cases = self._all = 0
        self._dated = False
        self._stated = Totals()
        self._wrong: list[Warn] = []

    def opened(self, node: Node) -> None:
        if node.name == "assembly":
            self._cases = 0
            names = ("test-framework", "environment", "target-framework")
            told = tuple((name, node.get(name)) for name in names if node.get(name))
            self.tell(RunInfo(properties=told, environment=node.get("environment") or None))
        started = node.get("start-rtf") or node.get("timestamp")
        if node.get("run-date"):
            started = f"{node.get('run-date')}T{node.get('run-time')}"
        if started and not self._dated:
            self._dated = True
            self.tell(RunInfo(started=started))

    def closed(self, node: Node) -> None:
        if node.name != "assembly":
            return
        self._all += self._cases
        count = {name: integer(node.get(name)) or 0 for name in ("total", "passed", "failed", "skipped")}
        self._stated += Totals(count["total"], count["passed"], count["failed"], 0, count["skipped"])
        stated = integer(node.get("total"))
        if stated is not None and stated != self._cases:
            text = f"the head speaks of {stated} tests, {self._cases} are listed: those were counted"
            self._wrong.append(Warn(text, node.line))

    def ended(self) -> None:
        if self._all or not self.state(self._stated, 0, self._wrong[0].line if self._wrong else None):
            for warning in self._wrong:
                self.tell(warning)

    def found(self, node: Node) -> None:
        if node.name == "test":
            self._cases += 1
            self.tell(_case(node))
        elif node.name == "error":
            self.tell(_outside(node, node.child("failure") or node))
        else:  # of a class, in version 1: its fixture broke
            self.tell(_failure(node, kind="error"))


def _failure(node: Node, kind: str = "failure") -> Failure:
    message = node.child("message")
    return dotnet_failure(
        message, node.child("stack-trace"), type=node.get("exception-type"), kind=kind, line=node.line
    )


def _outside(error: Node, failure: Node) -> Failure:
    """What broke in the clean-up of an assembly, a collection, a class, or without a test at all."""
    told = _failure(failure, kind="error")
    if told.message or told.type:
        return told
    return Failure(f"{error.get('type')} {error.get('name')}".strip(), kind="error", source_line=error.line)


def _case(node: Node) -> CaseResult:
    outcome = _OUTCOMES.get(node.get("result").lower(), Outcome.SKIPPED)
    full, class_name = node.get("name") or node.get("method") or "(unnamed)", node.get("type")
    name = full.removeprefix(f"{class_name}.") if class_name else full
    if not class_name:
        class_name, name = split_name(full)
    failure = node.child("failure")
    failures: tuple[Failure, ...] = ()
    if outcome.is_red:
        failures = (_failure(failure) if failure else _printed(node),)
    return CaseResult(
        name=name,
        suite=class_name,
        outcome=outcome,
        file=node.get("source-file") or None,
        line=integer(node.get("source-line")),
        duration=seconds(node.get("time")),
        failures=failures,
        output=node.said("output"),
        properties=tuple(_properties(node)),
    )


def _printed(node: Node) -> Failure:
    """The failure of a test that only printed what went wrong, as jest-xunit has it."""
    output = node.child("output")
    if output is None or not output.text.strip():
        return Failure("failed", source_line=node.line)
    return failure_from(output.text, source_line=output.text_line)


def _properties(node: Node) -> Iterator[tuple[str, str]]:
    reason = node.child("reason")
    if reason is not None:
        yield "reason", reason.said("message") or reason.text.strip()
    elif node.get("result") == "NotRun":
        yield "reason", "not run"
    for parent in node.all("traits"):
        for trait in parent.all("trait"):
            yield trait.get("name").lower(), trait.get("value")
    for parent in node.all("warnings"):
        for warning in parent.all("warning"):
            yield "warning", warning.text.strip()


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("xunit-net-xml", _sniff, _read)
