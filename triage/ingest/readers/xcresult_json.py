"""What ``xcrun xcresulttool get test-results tests`` (``summary``, ``test-details``) says of an Xcode result bundle.

After the JSON schemas that ``xcresulttool help get test-results`` prints (Xcode 16 and newer).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, integer, number, rows, text, words
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn

_OUTCOMES = {
    "Passed": Outcome.PASSED,
    "Failed": Outcome.FAILED,
    "Skipped": Outcome.SKIPPED,
    "Expected Failure": Outcome.XFAILED,
    "unknown": Outcome.SKIPPED,
}
_PLACE = re.compile(r"^(?P<file>[^\s:]+\.\w{1,5}):(?P<line>\d{1,9}): (?P<rest>.+)$", re.DOTALL)
_SPENT = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)(?P<unit>ms|[hms])")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def _sniff(sample: Sample) -> int:
    if has_ends(sample, "testNodes", "nodeType"):
        return 94
    if has_ends(sample, "testRuns", "testResult", "nodeType"):
        return 93
    return 92 if has_ends(sample, "totalTestCount", "passedTests", "failedTests") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if isinstance(get(report, "testNodes"), list):
        yield from _nodes(report)
    elif isinstance(get(report, "testRuns"), list):
        yield _details(report)
    elif integer(report, "totalTestCount") is not None:
        yield from _summary(report)
    else:
        raise IngestError(
            f"{source.name}: no test nodes in it; write it with xcresulttool get test-results tests"
        )


def _nodes(report: Any) -> Iterator[Item]:
    devices = [text(device, "deviceName") for device in rows(report, "devices")]
    yield RunInfo(properties=tuple(("device", name) for name in devices if name))
    todo: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        (node, ()) for node in reversed(rows(report, "testNodes"))
    ]
    while todo:
        node, path = todo.pop()
        kind, name = text(node, "nodeType"), text(node, "name")
        if kind == "Test Case":
            yield _case(node, path)
            continue
        if kind == "Failure Message":
            yield replace(_failure(node), kind="error")
        below = path if kind in ("Test Plan", "Test Plan Configuration", "Device") else (*path, name)
        todo += [(inner, below) for inner in reversed(rows(node, "children"))]


def _case(node: dict[str, Any], path: tuple[str, ...]) -> CaseResult:
    outcome = _OUTCOMES.get(text(node, "result"), Outcome.ERROR)
    runs = _of_kind(node, "Repetition")
    if all(text(run, "result") == "Passed" for run in runs):
        runs = []  # asked to run several times, and none of them failed
    failures = [_failure(told) for told in _of_kind(node, "Failure Message")]
    if outcome.is_red and not failures:
        failures = [Failure("failed, and the result does not say why")]
    if outcome in (Outcome.SKIPPED, Outcome.XFAILED):
        failures = []
    kinds = ("Skip Message", "Failure Message") if outcome is Outcome.SKIPPED else ("Skip Message",)
    reasons = [text(told, "name") for kind in kinds for told in _of_kind(node, kind)]
    return CaseResult(
        name=text(node, "name") or text(node, "nodeIdentifier").rpartition("/")[2],
        outcome=outcome,
        suite=" > ".join(filter(None, path)),
        duration=number(node, "durationInSeconds") or _seconds(text(node, "duration")),
        attempts=max(1, len(runs)),
        failures=tuple(failures),
        properties=(
            *(("tag", tag) for tag in words(node, "tags")),
            *(("reason", reason) for reason in reasons if reason),
        ),
    )


def _details(report: Any) -> CaseResult:
    """The one test of ``test-details``; what broke in a run of it is the name of a node there."""
    identifier = text(report, "testIdentifier")
    suite, _, name = identifier.rpartition("/")
    node = {
        "name": text(report, "testName") or name,
        "result": text(report, "testResult"),
        "durationInSeconds": number(report, "durationInSeconds"),
        "children": rows(report, "testRuns"),
    }
    case = _case(node, tuple(suite.split("/")))
    broken = [told for told in _of_kind(node, "Test Case Run") if text(told, "result") == "Failed"]
    if not broken or _of_kind(node, "Failure Message"):
        return case
    return replace(case, failures=tuple(map(_failure, broken)))


def _of_kind(node: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found, todo = [], rows(node, "children")[::-1]
    while todo:
        inner = todo.pop()
        if text(inner, "nodeType") == kind:
            found.append(inner)
        todo += rows(inner, "children")[::-1]
    return found


def _seconds(said: str) -> float | None:
    parts = [float(m["number"].replace(",", ".")) * _UNITS[m["unit"]] for m in _SPENT.finditer(said[:100])]
    return round(sum(parts), 6) if parts else None


def _failure(told: dict[str, Any]) -> Failure:
    said = text(told, "name") or text(told, "failureText")
    if match := _PLACE.match(said):
        return Failure(match["rest"].strip(), trace=said, file=match["file"], line=int(match["line"]))
    place = get(told, "documentLocationInCreatingWorkspace")
    return Failure(
        said or "failed, and the result does not say why",
        file=text(place, "url").removeprefix("file://") or None,
        line=integer(place, "lineNumber"),
    )


def _summary(report: Any) -> Iterator[Item]:
    passed, failed, skipped, expected = (
        max(0, integer(report, key) or 0)
        for key in ("passedTests", "failedTests", "skippedTests", "expectedFailures")
    )
    begin, end = number(report, "startTime"), number(report, "finishTime")
    yield RunInfo(
        duration=round(end - begin, 3) if begin and end and end >= begin else None,
        environment=text(report, "environmentDescription") or None,
        totals=Totals(passed + failed + skipped + expected, passed, failed, 0, skipped, expected),
        totals_stand=True,
    )
    for told in rows(report, "testFailures"):
        failure = _failure(told)
        yield CaseResult(
            text(told, "testName"), Outcome.FAILED, text(told, "targetName"), failures=(failure,)
        )
    yield Warn("a summary names only the tests that failed")


READER = Reader("xcresult-json", _sniff, json_report(_read, cases="children"))
