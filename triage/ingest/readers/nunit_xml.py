"""NUnit's own XML: version 2 (``<test-results>``, ``Results.xsd``) and version 3 (``<test-run>``, ``TestResult.xsd``).

NUnit 3 writes both, and others (Unity, Xamarin, MbUnit, Pester, IEUnit) write one of the two.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.parsers import expat

from triage.ingest.parts import failure_from, pytest_message
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.dotnet_text import dotnet_failure, split_name
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, seconds, truth
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "success": Outcome.PASSED,
    "warning": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "failure": Outcome.FAILED,
    "error": Outcome.ERROR,
    "cancelled": Outcome.ERROR,
    "invalid": Outcome.SKIPPED,
    "notrunnable": Outcome.SKIPPED,
    "skipped": Outcome.SKIPPED,
    "ignored": Outcome.SKIPPED,
    "explicit": Outcome.SKIPPED,
    "inconclusive": Outcome.SKIPPED,
}
_ECHO = re.compile(
    r"(?:One or more |Some )?child(?:ren)? tests? (?:had|failed)|One or more child tests", re.IGNORECASE
)
"""What a suite says of failures that its tests tell themselves."""
_PART = re.compile(r"\b(?:executed|success|asserts|testcasecount|runstate)=")
_SOURCE = re.compile(r"^(?:Assembly|Project|Test Project)$")


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    if name == "test-run":
        return 95
    if name == "test-suite":  # a part of a report; Allure 1 calls its root so, too
        return 97 if _PART.search(attributes) else 0
    # The same name is used by others for other things.
    return 95 if name == "test-results" and ("<test-suite" in sample.text or "not-run=" in attributes) else 0


def _outcome(node: Node) -> Outcome:
    """The outcome of a case; early versions only say whether it was executed and succeeded."""
    told = node.get("result").partition("(")[0].partition(":")[0].replace(" ", "").lower()
    if told:
        return _OUTCOMES.get(told, Outcome.ERROR)
    if truth(node.get("executed")) is False:
        return Outcome.SKIPPED
    if truth(node.get("success")) is False:
        return Outcome.FAILED
    if node.child("failure"):
        return Outcome.FAILED
    # Version 3 always tells a result, but where it only lists the tests (`--explore`).
    return Outcome.SKIPPED if node.get("runstate") else Outcome.PASSED


class _Handler(Tree):
    records = frozenset({"test-case", "failure", "reason", "environment", "property", "command-line"})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._root: Node | None = None
        self._cases = 0
        self._red = 0
        """Failures told so far."""
        self._red_before: list[int] = []

    def opened(self, node: Node) -> None:
        self._red_before.append(self._red)
        if self._root is None and node.name in ("test-run", "test-results"):
            self._root = node
            self.tell(_run(node))

    def closed(self, node: Node) -> None:
        if node is self._root:
            self._compare(node)
            # A list of tests (--explore) has no result either, but it counts them.
            told = any(node.get(name) for name in ("result", "total", "testcasecount"))
            if node.name == "test-run" and not told and not self._cases:
                text = "the run has no result: NUnit's engine broke before any test, its console says why"
                self._fail(Failure(text, kind="error", source_line=node.line))
        # Version 2 does not tell of a fixture's tear-down but by the fixture's result.
        silent = self._red_before.pop() == self._red
        if silent and node.name in ("test-suite", "test-run") and _is_red(node):
            name = node.get("fullname") or node.get("name") or "the run"
            text = f"{name} ended as '{node.get('result') or 'failed'}', and none of its tests says why"
            self._fail(Failure(text, kind="error", source_line=node.line))

    def _fail(self, failure: Failure) -> None:
        self._red += 1
        self.tell(failure)

    def found(self, node: Node) -> None:
        around = self.path[-1] if self.path else node
        if node.name == "test-case":
            # Version 2 has an element <results> in between.
            suites = (outer for outer in reversed(self.path) if outer.name == "test-suite")
            suite = next(suites, around)
            case = _case(node, suite)
            self._cases += 1
            self._red += case.outcome.is_red
            self.tell(case)
            if node.get("result") in ("NotRunnable", "Invalid"):
                # Counted among those that were not run, and the runner's exit code is that of a failure.
                failure = next(_failures(node, Outcome.ERROR))
                if not _said(suite, failure):
                    self._fail(failure)
        elif node.name == "environment":
            names = ("nunit-version", "framework-version", "clr-version", "os-version", "platform")
            told = tuple((name, node.get(name)) for name in names if node.get(name))
            self.tell(RunInfo(environment=node.get("os-version") or None, properties=told))
        elif node.name in ("failure", "reason") and around.name == "test-suite":
            self._suite_failure(node, around)

    def _suite_failure(self, node: Node, suite: Node) -> None:
        """What broke outside of the tests: set-up, tear-down, an assembly that is none."""
        red = _is_red(suite)
        own = suite.get("site") not in ("Child", "Parent") and not _ECHO.match(node.said("message"))
        if red and own and (node.name == "failure" or _is_invalid(suite)):
            failure = dotnet_failure(
                node.child("message"), node.child("stack-trace"), kind="error", line=node.line
            )
            if failure.message and not _said(suite, failure):
                suite.children.append(node)
                self._fail(failure)

    def ended(self) -> None:
        if self._root in self.path:  # the file breaks off
            self._compare(self._root)

    def _compare(self, node: Node) -> None:
        totals = _stated(node, self._cases)
        if totals and self.state(totals, self._cases, node.line):
            return
        stated = integer(node.get("total"))
        not_run = integer(node.get("not-run")) or 0
        listed = integer(node.get("testcasecount"))
        if stated is not None and self._cases not in (stated, stated + not_run, listed):
            text = f"the head speaks of {stated} tests, {self._cases} are listed: those were counted"
            self.tell(Warn(text, node.line))


def _said(suite: Node, failure: Failure) -> bool:
    """Whether ``suite`` said so itself: Mono's writer tells it twice, version 2 with each test of a fixture that is none."""
    return failure.message in (told.said("message") for told in suite.children)


def _is_red(suite: Node) -> bool:
    return suite.get("result") == "NotRunnable" or _outcome(suite).is_red


def _is_invalid(suite: Node) -> bool:
    return suite.get("label") in ("Invalid", "Error") or suite.get("result") == "NotRunnable"


def _run(node: Node) -> RunInfo:
    """Facts in the head. Only version 3 says when it began in one word, and how long it took."""
    started = node.get("start-time") or "T".join(filter(None, (node.get("date"), node.get("time"))))
    return RunInfo(started=started or None, duration=seconds(node.get("duration")))


def _stated(node: Node, listed: int) -> Totals | None:
    """The totals in the head; some writers of version 2 count the tests that were not run apart."""
    count = {
        name: integer(node.get(name))
        for name in ("total", "passed", "failed", "failures", "errors", "not-run")
    }
    red, errors = count["failed"] or count["failures"] or 0, count["errors"] or 0
    tests, not_run, passed = count["total"], count["not-run"] or 0, count["passed"]
    if tests is None:
        return None
    tests += not_run if tests != listed else 0
    if passed is None:
        passed = max(0, tests - red - errors - not_run - (integer(node.get("inconclusive")) or 0))
    passed += integer(node.get("warnings")) or 0
    return Totals(tests, passed, red, errors, max(0, tests - passed - red - errors))


def _case(node: Node, suite: Node) -> CaseResult:
    outcome = _outcome(node)
    name, class_name = _names(node, suite)
    file, is_pytest, rest = name.partition(".py::")
    if is_pytest:  # pytest-nunit writes whole ids
        class_name, _, name = rest.rpartition("::")
    failures = tuple(_failures(node, outcome)) if outcome.is_red else ()
    return CaseResult(
        name=name,
        suite=class_name,
        file=f"{file}.py" if is_pytest else None,
        outcome=outcome,
        duration=seconds(node.get("duration") or node.get("time")),
        failures=failures,
        output=node.said("output"),
        properties=tuple(_properties(node, outcome)),
    )


def _names(node: Node, suite: Node) -> tuple[str, str]:
    """The case's own name and its class; ``fullname`` has the arguments of the class."""
    name, full = node.get("name") or "(unnamed)", node.get("fullname")
    if full and full != name and full.endswith(f".{name}"):
        return name, full.removesuffix(f".{name}")
    if class_name := node.get("classname"):
        return name.removeprefix(f"{class_name}."), class_name
    around = suite.get("name")
    if around and name.startswith(f"{around}."):  # names with spaces, as Pester has them
        return name.removeprefix(f"{around}."), around
    class_name, method = split_name(name)
    if class_name:
        return method, class_name
    return name, "" if _SOURCE.match(suite.get("type")) else suite.get("fullname") or suite.get("name")


def _failures(node: Node, outcome: Outcome) -> Iterator[Failure]:
    unexpected = outcome is Outcome.ERROR or node.get("label") in ("Error", "Invalid", "Cancelled")
    kind = "error" if unexpected else "failure"
    failure = node.child("failure") or node.child("reason") or node
    assertions = [
        child
        for parent in node.all("assertions")
        for child in parent.all("assertion")
        if child.get("result") in ("Failed", "Error")
    ]
    if len(assertions) > 1 and "TearDown :" not in failure.said("message"):
        for child in assertions:
            kind = "error" if child.get("result") == "Error" else "failure"
            yield dotnet_failure(
                child.child("message"), child.child("stack-trace"), kind=kind, line=child.line
            )
        return
    for told in node.all("failure") or [failure]:
        yield _failure(told, node, kind)


def _failure(told: Node, node: Node, kind: str) -> Failure:
    message = told.child("message")
    failure = dotnet_failure(message, told.child("stack-trace"), kind=kind, line=node.line)
    if message and (
        said := pytest_message(failure.message)
    ):  # pytest-nunit puts the whole section there, escaped twice
        section = html.unescape(failure.message)
        return failure_from(section, message=html.unescape(said), kind=kind, source_line=message.text_line)
    if failure.message in ("", "None"):
        return Failure(
            f"ended as '{node.get('result') or 'Failed'}' without a message", kind=kind, source_line=node.line
        )
    return failure


def _properties(node: Node, outcome: Outcome) -> Iterator[tuple[str, str]]:
    reason = node.child("reason")
    if reason is not None and reason.said("message"):
        yield ("warning" if node.get("result") == "Warning" else "reason"), reason.said("message")
    elif outcome is Outcome.SKIPPED:
        failure = node.child("failure")
        if told := (failure.said("message") if failure else "") or node.get("label"):
            yield "reason", told
    if description := node.get("description"):
        yield "description", description
    for parent in node.all("categories"):
        for category in parent.all("category"):
            yield "category", category.get("name")
    for parent in node.all("properties"):
        for child in parent.all("property"):
            if child.get("name") and not child.get("name").startswith("_"):
                yield child.get("name").lower(), child.get("value")


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("nunit-xml", _sniff, _read)
