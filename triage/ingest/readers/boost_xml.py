"""Boost.Test's XML: the log (``<TestLog>``), the report (``<TestResult>``), and both in one file.

Source: ``boost/test/impl/xml_log_formatter.ipp`` and ``xml_report_formatter.ipp``. The log has the messages, the report
the outcomes; where both are there, the report says how a test ended. A log of the level "error" names no tests. Of the
tests that are aborted the report does not say whether a required check or an exception ended them: the log does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.parsers import expat

from triage.ingest.parts import exception_type
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, stopped
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn, worse

_RED = {"Error": "failure", "FatalError": "failure", "Exception": "error"}
_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "aborted": Outcome.ERROR,
    "timed-out": Outcome.ERROR,
    "skipped": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    if name == "TestLog" and "/>" not in attributes:
        return 92
    return 95 if name == "TestResult" and "<TestSuite" in sample.text and "assertions_" in sample.text else 0


class _Handler(Tree):
    records = frozenset({"TestCase", *_RED})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._logged: dict[tuple[str, str], list[CaseResult]] = {}
        """Held back until the end: a report may follow."""
        self._red_before: list[int] = []
        self._red = 0
        self._reported = 0
        self._stated: Totals | None = None

    def opened(self, node: Node) -> None:
        self._red_before.append(self._red)
        if node.name == "TestSuite" and node.get("skipped") == "yes":
            reason = node.get("reason") or "no reason is given"
            self.tell(
                Warn(f"the suite {node.get('name')} was skipped, with all of its tests: {reason}", node.line)
            )

    def closed(self, node: Node) -> None:
        silent = self._red_before.pop() == self._red
        if node.name != "TestSuite" or self.path[:1] == [] or self.path[0].name != "TestResult":
            return
        if len(self.path) == 1:
            self._stated = _stated(node)
        listed = self._reported > 0
        if silent and listed and _outcome(node).is_red:
            count = node.get("assertions_failed")
            text = f"{node.get('name')} ended as '{node.get('result')}' ({count} assertions failed), and none of its tests did"
            self._fail(Failure(text, kind="error", source_line=node.line))

    def found(self, node: Node) -> None:
        suite = "/".join(inner.get("name") for inner in self.path if inner.name == "TestSuite")
        if node.name in _RED:
            # Outside of a test (a fixture), or in a log that does not name the tests.
            self._fail(replace(_failure(node), kind="error" if suite else _RED[node.name]))
        elif node.get("result"):
            self._report(node, suite)
        else:
            self._hold(_logged(node, suite))

    def cut(self, node: Node) -> None:
        """Boost writes the log as it runs: the process died in this test."""
        if node.name == "TestCase" and not node.get("result"):
            suite = "/".join(inner.get("name") for inner in self.path if inner.name == "TestSuite")
            case = _logged(node, suite)
            failures = (*case.failures, stopped(node))
            self._hold(replace(case, outcome=Outcome.ERROR, failures=failures))

    def _hold(self, case: CaseResult) -> None:
        self._logged.setdefault((case.suite, case.name), []).append(case)
        self.seen += 1

    def ended(self) -> None:
        for cases in self._logged.values():
            for case in cases:
                self.tell(case)
        if self._stated is not None:
            # A report names no test that was disabled, and a short one names none at all.
            stand = self._stated.tests > self._reported and not self._logged
            self.tell(RunInfo(totals=self._stated, totals_stand=stand))
            if not self._reported and not self._logged and self._stated.red:
                text = f"{self._stated.red} tests failed, and the report names none of them"
                self.tell(Failure(text, kind="error", source_line=1))

    def _fail(self, failure: Failure) -> None:
        self._red += 1
        self.tell(failure)

    def _report(self, node: Node, suite: str) -> None:
        outcome = _outcome(node)
        name = node.get("name")
        logged = next(iter(self._logged.get((suite, name), [])), None)
        if logged is not None:
            self._logged[suite, name].remove(logged)
        failures = logged.failures if logged else ()
        if outcome is Outcome.ERROR and failures and all(failure.kind == "failure" for failure in failures):
            outcome = Outcome.FAILED
        if outcome.is_red and not failures:
            count, of = (
                integer(node.get("assertions_failed")) or 0,
                integer(node.get("assertions_passed")) or 0,
            )
            text = f"{node.get('result')}: {count} of {count + of} assertions failed"
            failures = (
                Failure(text, kind="error" if outcome is Outcome.ERROR else "failure", source_line=node.line),
            )
        case = logged or CaseResult(name, outcome, suite=suite)
        case = replace(case, outcome=outcome, failures=failures if outcome.is_red else ())
        self._reported += 1
        self._red += outcome.is_red
        self.tell(case)


def _outcome(node: Node) -> Outcome:
    return _OUTCOMES.get(node.get("result").partition(" ")[0], Outcome.ERROR)


def _stated(node: Node) -> Totals:
    count = {
        name: integer(node.get(f"test_cases_{name}")) or 0
        for name in ("passed", "passed_with_warnings", "failed", "skipped", "aborted")
    }
    passed = count["passed"] + count["passed_with_warnings"]
    # The aborted are among the failed.
    failed, errors = max(0, count["failed"] - count["aborted"]), count["aborted"]
    if count["failed"] < errors:
        errors = count["failed"]
    return Totals(passed + failed + errors + count["skipped"], passed, failed, errors, count["skipped"])


def _logged(node: Node, suite: str) -> CaseResult:
    failures = tuple(_failure(child) for child in node.children if child.name in _RED)
    outcome = Outcome.SKIPPED if node.get("skipped") == "yes" else Outcome.PASSED
    for failure in failures:
        outcome = worse(outcome, Outcome.ERROR if failure.kind == "error" else Outcome.FAILED)
    took = integer(node.said("TestingTime"))
    said = [child.text.strip() for child in node.children if child.name in ("Message", "Warning")]
    return CaseResult(
        name=node.get("name") or "(unnamed)",
        outcome=outcome,
        suite=suite,
        file=node.get("file") or None,
        line=integer(node.get("line")),
        duration=took / 1_000_000 if took is not None else None,
        failures=failures,
        output="\n".join(said),
        properties=(("reason", node.get("reason")),) if node.get("reason") else (),
    )


def _failure(node: Node) -> Failure:
    """A failed check, with the context it was made in; an exception, with the last place that is known."""
    message = node.text.strip()
    frames = [frame.text.strip() for context in node.all("Context") for frame in context.all("Frame")]
    place = node
    if checkpoint := node.child("LastCheckpoint"):
        place = checkpoint
        frames.append(f"last checkpoint: {checkpoint.text.strip()}")
    line = integer(place.get("line"))
    return Failure(
        message="\n".join([message, *frames]).strip() or node.name,
        type=_type(message) if node.name == "Exception" else "",
        kind=_RED[node.name],
        file=place.get("file") or None if line else None,
        line=line or None,
        source_line=node.text_line,
    )


def _type(message: str) -> str:
    """``std::runtime_error: text``."""
    name, colon, _ = message.partition(": ")
    return name if colon and " " not in name else exception_type(message)


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("boost-xml", _sniff, _read)
