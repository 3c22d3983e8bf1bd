"""What Cypress' module API and its ``after:run`` event hand over, saved as JSON: runs of spec files, with tries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, has_keys, integer, moment, rows, seconds, text, words
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "pending": Outcome.SKIPPED,
    "skipped": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    if has_ends(sample, "runs", "totalTests", "totalFailed") or has_ends(sample, "runs", "cypressVersion"):
        return 94
    return 93 if has_keys(sample, "spec", "tests", "attempts", "displayError") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    runs = rows(report, "runs")
    if not runs and isinstance(get(report, "tests"), list):
        runs = [report]  # the results of one spec, from ``after:spec``
    if not runs and not (said := text(report, "message")):
        raise IngestError(f"{source.name}: no runs in this Cypress result; save what cypress.run() returns")
    if not runs:
        yield Failure(said, kind="error")
    browser = " ".join(filter(None, (text(report, "browserName"), text(report, "browserVersion"))))
    facts = (("Cypress", text(report, "cypressVersion")), ("browser", browser))
    yield RunInfo(
        started=moment(report, "startedTestsAt") or moment(runs[0] if runs else None, "stats", "startedAt"),
        duration=seconds(report, "totalDuration"),
        properties=tuple((key, said) for key, said in facts if said),
    )
    counted = 0
    for run in runs:
        tests = rows(run, "tests")
        if error := text(run, "error") or text(run, "error", "message"):
            yield failure_from(error, kind="error")
        for test in tests:
            case = _case(run, test)
            counted += 1
            yield case
    yield from miscounted(integer(report, "totalTests"), counted)


def _case(run: dict[str, Any], test: dict[str, Any]) -> CaseResult:
    outcome = _OUTCOMES.get(text(test, "state"), Outcome.ERROR)
    titles = words(test, "title") or [text(test, "title")]
    tries = rows(test, "attempts")
    failures = [_attempt(one) for one in tries if text(one, "state") == "failed"]
    if outcome.is_red or (outcome is Outcome.PASSED and failures):
        # Versions before 5 tell an error of the test itself, and no tries.
        told = text(test, "displayError") or text(test, "stack") or text(test, "error")
        failures = _explained(failures, told)
    spent = [
        time
        for one in tries
        if (time := seconds(one, "wallClockDuration") or seconds(one, "duration")) is not None
    ]
    return CaseResult(
        name=titles[-1],
        outcome=outcome,
        suite=" > ".join(titles[:-1]),
        file=text(run, "spec", "relative") or text(run, "spec", "name") or None,
        duration=round(sum(spent), 6)
        if spent
        else seconds(test, "duration") or seconds(test, "wallClockDuration"),
        attempts=max(1, len(tries)),
        failures=tuple(failures),
    )


def _explained(failures: list[Failure], told: str) -> list[Failure]:
    """The last failure with what is shown to people; newer versions keep only that, and not what each try told."""
    silent = [failure for failure in failures if not failure.message]
    if not told:
        return [f if f.message else Failure("failed, and the result does not say why") for f in failures] or [
            Failure("failed, and the result does not say why")
        ]
    shown = failure_from(told)
    if not failures:
        return [shown]
    if not silent:
        return failures
    return [*(f if f.message else Failure("failed before it was tried again") for f in failures[:-1]), shown]


def _attempt(told: dict[str, Any]) -> Failure:
    error = get(told, "error")
    message, stack, name = text(error, "message"), text(error, "stack"), text(error, "name")
    if not message and not stack:
        return Failure()
    headed = f"{name}: {message}" if name and message and not message.startswith(name) else message
    trace = stack if message and message.split("\n", 1)[0] in stack else f"{headed}\n{stack}".strip()
    failure = failure_from(trace, message=message, type=name)
    file = text(error, "codeFrame", "relativeFile") or text(error, "codeFrame", "originalFile")
    line = integer(error, "codeFrame", "line")
    if file and line:
        return Failure(failure.message, failure.type, failure.kind, failure.trace, file, line)
    return failure


READER = Reader("cypress-json", _sniff, json_report(_read, cases="tests", counts=True))
