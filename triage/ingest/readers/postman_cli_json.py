"""The Postman CLI's ``json`` reporter: each test of each request is a test.

After what Postman CLI 1.34 writes. Scripts that broke and requests without an answer are errors of their request,
and are no tests; folders are not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, integer, moment, rows, seconds, text
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.postman_text import address, script_failure
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}


def _sniff(sample: Sample) -> int:
    return 95 if has_ends(sample, "run", "meta", "collectionId", "executions") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    run = get(report, "run")
    if not isinstance(get(run, "executions"), list):
        raise IngestError(f"{source.name}: no executions in this Postman report; write it with -r json")
    name = text(run, "meta", "collectionName")
    yield RunInfo(started=moment(run, "meta", "started"), suites=(name,) if name else ())
    rounds = integer(run, "summary", "iterations", "executed") or 1
    counted = 0
    for execution in rows(run, "executions"):
        suite = text(execution, "requestExecuted", "name")
        if rounds > 1:
            suite += f" > iteration {(integer(execution, 'iterationCount') or 0) + 1}"
        for case in _cases(execution, suite):
            counted += 1
            yield case
        for error in rows(execution, "errors"):
            yield _outside(error, suite)
    if isinstance(broken := get(run, "runError"), dict):
        yield script_failure(broken, "error")
    yield from miscounted(integer(run, "summary", "tests", "executed"), counted)


def _cases(execution: dict[str, Any], suite: str) -> Iterator[CaseResult]:
    asked, got = get(execution, "requestExecuted"), get(execution, "response")
    request = " ".join(filter(None, (text(asked, "method"), address(asked))))
    answer = " ".join(filter(None, (text(got, "code"), text(got, "status"))))
    spent = seconds(got, "responseTime")
    for index, test in enumerate(rows(execution, "tests")):
        outcome = _OUTCOMES.get(text(test, "status"), Outcome.SKIPPED)
        yield CaseResult(
            name=text(test, "name"),
            outcome=outcome,
            suite=suite,
            # The answer is one, whatever is asked of it.
            duration=spent if index == 0 else None,
            failures=(script_failure(get(test, "error"), "failure"),) if outcome.is_red else (),
            properties=tuple((key, said) for key, said in (("request", request), ("answer", answer)) if said),
        )


def _outside(error: dict[str, Any], suite: str) -> Failure:
    told, at = script_failure(error, "error"), text(error, "source")
    where = f"{suite} ({at})" if suite and at else suite or at
    return replace(told, message=f"{told.message}\n{where}".strip())


READER = Reader("postman-cli-json", _sniff, json_report(_read, cases="executions"))
