"""TestNG's ``testng-results.xml``.

Source: ``XMLSuiteResultWriter`` and ``XMLReporterConfig``. A failed try that was repeated is a skipped method: version 7 marks it
as retried, version 6 leaves it with the exception of the failure. Set-up and tear-down methods are no tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from xml.parsers import expat

from triage.ingest.parts import location, split_message
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.cucumber_text import broken_step, is_account
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, seconds, truth
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn

_OUTCOMES = {
    "PASS": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "SKIP": Outcome.SKIPPED,
    # Failed, and within the share of failures that the test allows.
    "SUCCESS_PERCENTAGE_FAILURE": Outcome.XFAILED,
}
_NOT_A_TRY = re.compile(r"\bSkipException$|^java\.lang\.Throwable$")
_INSTANCE = re.compile(r"@[0-9a-f]{1,16}\b")
_VALUE = 80
"""Characters of one parameter that go into a name."""


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "testng-results" else 0


class _Handler(Tree):
    records = frozenset({"test-method"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._held: list[Node] = []
        """The methods of the class that is open: tries of one test need not stand together."""
        self._listed = 0
        self._tries = 0
        self._root: Node | None = None

    def opened(self, node: Node) -> None:
        if node.name == "testng-results":
            self._root = node
        elif node.name == "suite" and len(self.path) == 2:
            took = integer(node.get("duration-ms"))
            started = node.get("started-at") or None
            self.tell(RunInfo(started=started, duration=took / 1000 if took is not None else None))

    def closed(self, node: Node) -> None:
        if node.name == "class":
            self._tell_class(node.get("name"))
        elif node is self._root:
            self._compare(node)

    def found(self, node: Node) -> None:
        if not truth(node.get("is-config")):
            self.seen += 1
            self._held.append(node)
        elif node.get("status") == "FAIL":
            failure = _failure(node, node.child("exception"))
            text = f"{_class_name(self.path)}.{node.get('name')}: {failure.message}"
            self.tell(replace(failure, message=text, kind="error"))

    def ended(self) -> None:
        self._tell_class(_class_name(self.path))

    def _tell_class(self, class_name: str) -> None:
        groups: dict[tuple[str, str, str], list[Node]] = {}
        for node in self._held:
            key = (node.get("name"), node.get("signature"), str(_parameters(node)))
            groups.setdefault(key, []).append(node)
        earlier: dict[int, list[Node]] = {}
        tried: set[int] = set()
        for nodes in groups.values():
            tries = _tries(nodes)
            tried |= {id(node) for node in tries}
            final = next(node for node in reversed(nodes) if id(node) not in tried)
            earlier[id(final)] = tries
        self._tries += len(tried)
        for node in self._held:
            if id(node) in tried:
                continue
            case = _case(node, class_name, earlier.get(id(node), []))
            self._listed += 1
            self.tell(case)
        self._held = []

    def _compare(self, node: Node) -> None:
        passed, failed, skipped = (integer(node.get(name)) for name in ("passed", "failed", "skipped"))
        if passed is None or failed is None or skipped is None:
            return
        total = passed + failed + skipped
        if self.state(Totals(total, passed, failed, 0, skipped), self._listed, node.line):
            return
        if total not in (self._listed, self._listed + self._tries):
            text = f"the head speaks of {total} tests, {self._listed} are listed: those were counted"
            self.tell(Warn(text, node.line))


def _class_name(path: list[Node]) -> str:
    return next((node.get("name") for node in reversed(path) if node.name == "class"), "")


def _tries(nodes: list[Node]) -> list[Node]:
    """Those of the results of one test that were tried again."""
    marked = [node for node in nodes if truth(node.get("retried"))]
    if not marked and any(node.get("status") in ("PASS", "FAIL") for node in nodes):
        marked = [node for node in nodes if node.get("status") == "SKIP" and _was_try(node)]
    return marked if len(marked) < len(nodes) else marked[:-1]


def _was_try(node: Node) -> bool:
    exception = node.child("exception")
    return exception is not None and not _NOT_A_TRY.search(exception.get("class"))


def _case(node: Node, class_name: str, tries: list[Node]) -> CaseResult:
    exception = node.child("exception")
    outcome = _OUTCOMES.get(node.get("status"), Outcome.SKIPPED)
    failures = [_failure(earlier, earlier.child("exception")) for earlier in tries]
    if outcome.is_red or outcome is Outcome.XFAILED:
        failures.append(_failure(node, exception))
    took = seconds(node.get("duration-ms"))
    told = [("description", node.get("description"))]
    if outcome is Outcome.SKIPPED and exception is not None:
        told.append(("reason", _message(exception)[0]))
    parameters = _parameters(node)
    name = node.get("name") or "(unnamed)"
    lines = [line.text.strip() for parent in node.all("reporter-output") for line in parent.all("line")]
    return CaseResult(
        name=f"{name}({', '.join(parameters)})" if parameters else name,
        outcome=outcome,
        suite=class_name,
        duration=took / 1000 if took is not None else None,
        attempts=1 + len(tries),
        failures=tuple(failures),
        output="\n".join(lines),
        properties=tuple((name, value) for name, value in told if value),
    )


def _parameters(node: Node) -> list[str]:
    values = [value for param in node.walk() if param.name == "param" for value in param.all("value")]
    texts = ["null" if truth(value.get("is-null")) else value.text.strip() for value in values]
    return [_INSTANCE.sub("", text[:_VALUE].replace("\n", " ")) for text in texts]


def _message(exception: Node) -> tuple[str, Node, str]:
    """Message, the element where it or the stack begins, and the stack."""
    stack = exception.child("full-stacktrace") or exception.child("short-stacktrace")
    trace = stack.text.strip() if stack else ""
    told = exception.child("message")
    message = told.text.strip() if told else ""
    begins = (stack if trace else told if message else None) or exception
    if is_account(message):
        thrown, step = split_message(trace)[0], broken_step(message)
        trace = f"{trace}\n\n{message}".strip()
        message = f"{thrown}\n{step}" if _class(exception) else f"{step}\n{thrown}".strip()
    return message or split_message(trace)[0] or exception.get("class"), begins, trace


def _class(exception: Node) -> str:
    """The class of what was thrown; Cucumber says there in words how a scenario ended."""
    told = exception.get("class")
    return "" if " " in told else told


def _failure(node: Node, exception: Node | None) -> Failure:
    if exception is None:
        return Failure("failed without an exception", source_line=node.line)
    message, begins, trace = _message(exception)
    file, line = location(trace)
    kind = "failure" if "Assertion" in exception.get("class") else "error"
    return Failure(message, _class(exception), kind, trace, file, line, begins.text_line)


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("testng-xml", _sniff, _read)
