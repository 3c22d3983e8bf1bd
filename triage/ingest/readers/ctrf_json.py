"""CTRF, the Common Test Report Format of ctrf.io, which reporters for many runners write.

After its JSON schema (0.0.0 and, before it had a version, without ``reportFormat``) and what its reporters for
Playwright, Jest, Cypress and pytest make of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, integer, items, moment, number, rows, seconds, text, words
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.pytest_text import node_parts
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "skipped": Outcome.SKIPPED,
    "pending": Outcome.SKIPPED,
}
_RAW = {"xfailed": Outcome.XFAILED, "xfail": Outcome.XFAILED, "xpassed": Outcome.XPASSED}
_BROKEN = ("error", "broken", "abort", "timedout", "timeout", "interrupt", "crash", "undefined", "ambiguous")
_NAMED = ("browser", "device", "type", "testId", "id")


def _sniff(sample: Sample) -> int:
    if not has_ends(sample, "results", "tool", "summary", "tests"):
        return 0
    stated = '"CTRF"' in sample.text or '"CTRF"' in sample.end
    return 96 if stated else 90 if has_ends(sample, "passed", "failed", "skipped", "other") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    results = get(report, "results")
    tests = rows(results, "tests")
    if not isinstance(get(results, "tests"), list):
        raise IngestError(
            f"{source.name}: no list of tests in this CTRF report; it needs them under 'results'"
        )
    yield _info(report, results)
    for error in rows(results, "extra", "errors"):
        yield _failure(error, kind="error")
    counted = 0
    for test in tests:
        case = _case(test)
        counted += 1
        yield case
    yield from miscounted(integer(results, "summary", "tests"), counted)
    stated = integer(results, "summary", "failed")
    listed = sum(text(test, "status") == "failed" for test in tests)
    if stated is not None and stated != listed:
        yield Warn(f"the report counts {stated} failed tests, {listed} are listed")


def _info(report: Any, results: Any) -> RunInfo:
    begin, end = number(results, "summary", "start"), number(results, "summary", "stop")
    spent = seconds(results, "summary", "duration")
    if spent is None and begin is not None and end is not None and end >= begin > 0:
        spent = round((end - begin) / 1000, 6)
    environment = get(results, "environment")
    named = [(key, text(environment, key)) for key in environment] if isinstance(environment, dict) else []
    tool = " ".join(filter(None, (text(results, "tool", "name"), text(results, "tool", "version"))))
    return RunInfo(
        started=moment(results, "summary", "start") or text(report, "timestamp") or None,
        duration=spent,
        environment=text(environment, "testEnvironment") or None,
        properties=tuple((key, said) for key, said in (("tool", tool), *named) if said),
    )


def _outcome(test: dict[str, Any]) -> Outcome:
    raw = text(test, "rawStatus").lower().replace("_", "")
    if raw in _RAW and text(test, "status") != "failed":
        return _RAW[raw]
    if outcome := _OUTCOMES.get(text(test, "status").lower()):
        return outcome
    broken = any(word in (raw or text(test, "status").lower()) for word in _BROKEN) or bool(
        text(test, "message") or text(test, "trace")
    )
    return Outcome.ERROR if broken else Outcome.SKIPPED


def _case(test: dict[str, Any]) -> CaseResult:
    outcome = _outcome(test)
    earlier = rows(test, "retryAttempts")
    tries = 1 + max(0, integer(test, "retries") or 0, len(earlier))
    if outcome is Outcome.PASSED and get(test, "flaky") is True:
        tries = max(2, tries)
    failures = [_failure(one) for one in earlier if text(one, "status") == "failed"]
    told = bool(text(test, "message") or text(test, "trace"))
    if outcome.is_red or (outcome is Outcome.PASSED and tries > 1 and told and not failures):
        last = _failure(test, kind="error" if outcome is Outcome.ERROR else "failure")
        # Some reporters list the last try among the retries too.
        if not failures or (failures[-1].message, failures[-1].trace) != (last.message, last.trace):
            failures.append(last)
    name, suite, file = text(test, "name"), _suite(test), text(test, "filePath") or None
    if ".py::" in name:
        file, suite, name = node_parts(name)
    return CaseResult(
        name=name,
        outcome=outcome,
        suite=suite,
        file=file,
        line=integer(test, "line"),
        duration=seconds(test, "duration"),
        attempts=tries,
        failures=tuple(failures),
        output="\n".join(filter(None, (text(test, "stdout"), text(test, "stderr")))),
        properties=tuple(_properties(test, outcome)),
    )


def _suite(test: dict[str, Any]) -> str:
    return " > ".join(words(test, "suite")) if items(test, "suite") else text(test, "suite")


def _properties(test: dict[str, Any], outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield from (("tag", tag) for tag in words(test, "tags"))
    for group in ("labels", "parameters"):
        found = get(test, group)
        if isinstance(found, dict):
            yield from ((key, said) for key in found if (said := text(found, key)))
    yield from ((key, said) for key in _NAMED if (said := text(test, key)))
    if not outcome.is_red and outcome is not Outcome.PASSED and (reason := text(test, "message")):
        yield "reason", reason


def _failure(told: dict[str, Any], kind: str = "failure") -> Failure:
    message, trace = text(told, "message"), text(told, "trace") or text(told, "stack")
    if not message and not trace:
        why = text(told, "rawStatus") or text(told, "status") or "failed"
        return Failure(f"ended as '{why}', and the report does not say why", kind=kind)
    if (snippet := text(told, "snippet")) and snippet not in trace:
        trace = f"{trace}\n\n{snippet}".strip("\n")
    failure = failure_from(trace or message, message=message, kind=kind)
    if failure.file is None and text(told, "filePath") and integer(told, "line"):
        return Failure(
            failure.message, failure.type, kind, failure.trace, text(told, "filePath"), integer(told, "line")
        )
    return failure


READER = Reader("ctrf-json", _sniff, json_report(_read, cases="tests", counts=True))
