"""Salesforce's ``sf apex run test --result-format json``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, integer, rows, seconds, text
from triage.ingest.parts import exception_type
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {
    "Pass": Outcome.PASSED,
    "Fail": Outcome.FAILED,
    "CompileFail": Outcome.ERROR,
    "Skip": Outcome.SKIPPED,
}
_PLACE = re.compile(r"^(?P<file>[\w.]+): line (?P<line>\d{1,9}), column \d+", re.MULTILINE)


def _sniff(sample: Sample) -> int:
    return 93 if has_ends(sample, "summary", "tests", "ApexClass", "MethodName", "Outcome") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    result = get(report, "result") if isinstance(get(report, "result"), dict) else report
    if not isinstance(get(result, "tests"), list):
        raise IngestError(f"{source.name}: no tests in this Apex result; write it with --result-format json")
    summary = get(result, "summary")
    spent = text(summary, "testTotalTime").removesuffix(" ms")
    yield RunInfo(
        started=text(summary, "testStartTime") or None,
        duration=int(spent) / 1000 if spent.isdecimal() and len(spent) < 12 else None,
    )
    counted = 0
    for test in rows(result, "tests"):
        case = _case(test)
        counted += 1
        yield case
    yield from miscounted(integer(summary, "testsRan"), counted)


def _case(test: dict[str, Any]) -> CaseResult:
    outcome = _OUTCOMES.get(text(test, "Outcome"), Outcome.ERROR)
    suite = text(test, "ApexClass", "Name") or text(test, "FullName").rpartition(".")[0]
    namespace = text(test, "ApexClass", "NamespacePrefix")
    return CaseResult(
        name=text(test, "MethodName"),
        outcome=outcome,
        suite=f"{namespace}.{suite}" if namespace else suite,
        duration=seconds(test, "RunTime"),
        failures=(_failure(test),) if outcome.is_red else (),
    )


def _failure(test: dict[str, Any]) -> Failure:
    message, stack = text(test, "Message"), text(test, "StackTrace")
    place = _PLACE.search(stack)
    return Failure(
        message=message or "failed, and the result does not say why",
        type=exception_type(message),
        trace=f"{message}\n{stack}".strip() if stack else "",
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
    )


READER = Reader("apex-json", _sniff, json_report(_read, cases="tests"))
