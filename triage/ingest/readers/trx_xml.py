"""TRX, the XML of Visual Studio, ``vstest.console`` and ``dotnet test --logger trx``.

Source: ``vstst.xsd`` of Visual Studio, and the TrxLogger of the test platform. The classes of the tests stand behind their
results, so the file is read twice. A result without an outcome is an error: that is the schema's default, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from xml.parsers import expat

from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.dotnet_text import dotnet_failure
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, between, clock, integer
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "passedbutrunaborted": Outcome.PASSED,
    "completed": Outcome.PASSED,
    "warning": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "timeout": Outcome.FAILED,
    "notexecuted": Outcome.SKIPPED,
    "notrunnable": Outcome.SKIPPED,
    "inconclusive": Outcome.SKIPPED,
    "pending": Outcome.SKIPPED,
}
_GREEN = ("completed", "passed", "warning", "inconclusive", "")
# xUnit.net's adapter tells each failed test once more as messages of the run.
_ECHO = re.compile(r"^\[xUnit\.net [\d:.]+\](?:\s{5,}| .{0,2000}\[(?:FAIL|SKIP)\]\s*$)", re.DOTALL)

_EXIT_CODE = re.compile(r"Exit code indicates failure")


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    if name != "TestRun":
        return 0
    return (
        95
        if "TeamTest" in attributes or "<UnitTestResult" in sample.text or "<ResultSummary" in sample.text
        else 0
    )


@dataclass(frozen=True)
class _Definition:
    class_name: str
    properties: tuple[tuple[str, str], ...]


class _Definitions(Tree):
    """The first reading: what is defined of each test."""

    def __init__(self, parser: expat.XMLParserType, tests: dict[str, _Definition]) -> None:
        super().__init__(parser)
        self._tests = tests

    def is_record(self, node: Node) -> bool:
        return bool(self.path) and self.path[-1].name == "TestDefinitions"

    def found(self, node: Node) -> None:
        self._tests[node.get("id").lower()] = _definition(node)


def _definition(node: Node) -> _Definition:
    method = node.child("TestMethod")
    told = [("description", node.said("Description"))]
    told += [("priority", node.get("priority"))]
    for inner in node.walk():
        if inner.name == "TestCategoryItem":
            told.append(("category", inner.get("TestCategory")))
        elif inner.name == "Owner":
            told.append(("owner", inner.get("name")))
        elif inner.name == "Property":
            told.append((inner.said("Key"), inner.said("Value")))
    properties = tuple((name, value) for name, value in told if name and value)
    return _Definition(method.get("className").partition(",")[0] if method else "", properties)


class _Handler(Tree):
    records = frozenset({"Times", "Counters", "RunInfo"})

    def __init__(self, parser: expat.XMLParserType, tests: dict[str, _Definition]) -> None:
        super().__init__(parser)
        self._tests = tests
        self._cases = self._sums = self._red = 0
        self._broken_runs: list[Failure] = []
        self._warned: set[str] = set()
        # What sums the results up stands before them or behind them.
        self._counters: Node | None = None
        self._summary: Node | None = None

    def is_record(self, node: Node) -> bool:
        return super().is_record(node) or "testName" in node.attributes

    def found(self, node: Node) -> None:
        if "testName" in node.attributes:
            self._result(node)
        elif node.name == "Times":
            start, finish = node.get("start"), node.get("finish")
            self.tell(RunInfo(started=start or node.get("creation") or None, duration=between(start, finish)))
        elif node.name == "Counters":
            self._counters = node
        elif node.name == "RunInfo":
            self._run_info(node)

    def closed(self, node: Node) -> None:
        if node.name == "ResultSummary":
            self._summary = node

    def ended(self) -> None:
        if self._counters is not None:
            self._compare(self._counters)
        if self._summary is None:
            return
        outcome = self._summary.get("outcome")
        for failure in self._broken_runs:
            if outcome.lower() in _GREEN:
                self.tell(Warn(failure.headline, failure.source_line))
            elif not self._red or not _EXIT_CODE.match(failure.message):
                self.tell(failure)
        if outcome.lower() not in _GREEN and not self._red and not self._broken_runs:
            text = f"the run ended as '{outcome}', and no test failed"
            self.tell(Failure(text, kind="error", source_line=self._summary.line))

    def _result(self, node: Node) -> None:
        """A result whose rows (data-driven) or steps (ordered) are tests only sums those up."""
        rows = [row for inner in node.all("InnerResults") for row in inner.children if row.get("testName")]
        red = self._red
        for row in rows:
            self._result(row)
        if not rows:
            case = self._case(node)
            self._cases += 1
            self._red += case.outcome.is_red
            self.tell(case)
            if node.get("outcome") == "NotRunnable":
                # Counted among those that were not executed, and the run is a failed one.
                self.tell(_failure(node, kind="error"))
            return
        self._sums += 1
        if _outcome(node).is_red and red == self._red:
            self._red += 1
            self.tell(_failure(node, kind="error"))

    def _run_info(self, node: Node) -> None:
        text = node.said("Text") or node.text.strip()
        if not text or _ECHO.match(text):
            return
        message = next((line for line in text.split("\n") if line.strip()), text).strip()
        if node.get("outcome") == "Warning":
            if message not in self._warned:
                self._warned.add(message)
                self.tell(Warn(message, node.line))
        else:
            trace = text if text != message else ""
            begins = node.child("Text") or node
            self._broken_runs.append(
                Failure(message, kind="error", trace=trace, source_line=begins.text_line)
            )

    def _compare(self, node: Node) -> None:
        count = {
            name: integer(node.get(name)) or 0 for name in ("total", "passed", "failed", "error", "timeout")
        }
        broken = count["error"] + sum(integer(node.get(name)) or 0 for name in ("aborted", "disconnected"))
        failed = count["failed"] + count["timeout"]
        skipped = max(0, count["total"] - count["passed"] - failed - broken)
        totals = Totals(count["total"], count["passed"], failed, broken, skipped)
        if self.state(totals, self._cases, node.line):
            self._red += totals.red
            return
        if count["total"] not in (self._cases, self._cases + self._sums):
            text = (
                f"the summary speaks of {count['total']} tests, {self._cases} are listed: those were counted"
            )
            self.tell(Warn(text, node.line))

    def _case(self, node: Node) -> CaseResult:
        outcome = _outcome(node)
        defined = self._tests.get(node.get("testId").lower(), _Definition("", ()))
        name = node.get("testName") or "(unnamed)"
        if defined.class_name:
            name = name.removeprefix(f"{defined.class_name}.")
        if row := node.get("dataRowInfo"):  # Visual Studio gives all rows the name of their test
            name = f"{name} (Data Row {row})"
        output = node.child("Output") or node
        kind = "failure" if node.get("outcome") == "Failed" else "error"
        reason = () if outcome is not Outcome.SKIPPED else tuple(_reason(node, output))
        return CaseResult(
            name=name,
            suite=defined.class_name,
            outcome=outcome,
            duration=clock(node.get("duration")),
            failures=(_failure(node, kind),) if outcome.is_red else (),
            output=_output(output),
            properties=(*reason, *defined.properties),
        )


def _outcome(node: Node) -> Outcome:
    return _OUTCOMES.get(node.get("outcome").lower(), Outcome.ERROR)


def _failure(node: Node, kind: str) -> Failure:
    output = node.child("Output")
    info = (output.child("ErrorInfo") if output else None) or node
    failure = dotnet_failure(info.child("Message"), info.child("StackTrace"), kind=kind, line=node.line)
    if failure.message:
        return failure
    return Failure(
        f"ended as '{node.get('outcome') or 'Error'}' without a message", kind=kind, source_line=node.line
    )


def _reason(node: Node, output: Node) -> Iterator[tuple[str, str]]:
    info = output.child("ErrorInfo")
    if reason := (info.said("Message") if info else "") or node.get("outcome"):
        yield "reason", reason


def _output(output: Node) -> str:
    told = [output.said(name) for name in ("StdOut", "StdErr", "DebugTrace")]
    told += [line.text.strip() for parent in output.all("TextMessages") for line in parent.all("Message")]
    return "\n".join(filter(None, told))


def _read(source: Source) -> Iterator[Item]:
    tests: dict[str, _Definition] = {}
    try:
        for _ in stream(source, partial(_Definitions, tests=tests)):
            pass
    except IngestError:
        pass  # the second reading says what is wrong, if nothing can be read
    yield from stream(source, partial(_Handler, tests=tests))


READER = Reader("trx", _sniff, _read)
