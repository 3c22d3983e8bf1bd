"""pytest-json-report: every test with its set-up, call and tear-down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from triage.ingest.broken_off import BROKEN, counted_red
from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_keys, integer, number, rows, seconds, text
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.pytest_text import native_message, node_parts
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_STAGES = ("setup", "call", "teardown")


def _sniff(sample: Sample) -> int:
    return 95 if has_keys(sample, "exitcode", "root", "summary", "created") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "summary"), dict):
        raise IngestError(
            f"{source.name}: no summary in this pytest-json-report; write it with --json-report"
        )
    environment = get(report, "environment")
    environment = environment if isinstance(environment, dict) else {}
    created = number(report, "created")
    moment = datetime.fromtimestamp(created, UTC) if created and 0 < created < 1e11 else None
    stated = None if "tests" in report else _stated(report)
    yield RunInfo(
        started=moment.isoformat(timespec="seconds") if moment else None,
        duration=seconds(report, "duration", per=1.0),
        properties=tuple((key, said) for key in environment if (said := text(environment, key))),
        totals=stated,
        totals_stand=stated is not None,
    )
    unloaded = [_unloaded(one) for one in rows(report, "collectors") if text(one, "outcome") == "failed"]
    yield from unloaded
    tests, calm = rows(report, "tests"), stated is None and not unloaded
    for test in tests:
        case = _case(test)
        calm = calm and not case.outcome.is_red
        yield case
    if calm and (code := integer(report, "exitcode")) in BROKEN and not counted_red(report):
        yield Failure(f"pytest ended with the exit code {code}, and no test failed", kind="error")
    total = integer(report, "summary", "total")
    if "tests" not in report:
        yield Warn("the report was written without its tests (--json-report-summary)")
    elif total is not None and total != len(tests):
        yield Warn(f"the report counts {total} tests, {len(tests)} are listed")


def _stated(report: Any) -> Totals:
    """The counts of a report that was written without its tests."""
    told = {key: max(0, integer(report, "summary", key) or 0) for key in _OUTCOMES}
    errors = told.pop("error")
    return Totals(sum(told.values()) + errors, errors=errors, **told)


def _unloaded(collector: dict[str, Any]) -> Failure:
    said = text(collector, "longrepr")
    message = "" if "\nE   " in f"\n{said}" else native_message(said)
    return failure_from(said or f"{text(collector, 'nodeid')} did not load", message=message, kind="error")


def _case(test: dict[str, Any]) -> CaseResult:
    file, suite, name = node_parts(text(test, "nodeid"))
    broken = [stage for stage in _STAGES if text(test, stage, "outcome") == "failed"]
    outcome = _OUTCOMES.get(text(test, "outcome"), Outcome.ERROR)
    retried = text(test, "outcome") == "rerun"
    if retried:
        # A test that passed on a retry is left at the outcome of its first try.
        outcome = Outcome.FAILED if broken else Outcome.PASSED
    if outcome.is_red and broken:
        outcome = Outcome.FAILED if "call" in broken else Outcome.ERROR
    failures = [_failure(get(test, stage), stage) for stage in broken] if outcome.is_red else []
    if outcome.is_red and not failures:
        failures = [Failure(f"ended as '{text(test, 'outcome')}', and the report does not say why")]
    times = [time for stage in _STAGES if (time := seconds(test, stage, "duration", per=1.0)) is not None]
    line = integer(test, "lineno")
    output = [said for stage in _STAGES for key in ("stdout", "stderr") if (said := text(test, stage, key))]
    return CaseResult(
        name=name,
        outcome=outcome,
        suite=suite,
        file=file,
        line=None if line is None else line + 1,
        duration=round(sum(times), 6) if times else None,
        attempts=2 if retried else 1,
        failures=tuple(failures),
        output="\n".join(output),
    )


def _failure(stage: dict[str, Any], name: str) -> Failure:
    crash = text(stage, "crash", "message")
    return failure_from(
        text(stage, "longrepr") or crash or f"{name} failed",
        message=crash,
        kind="failure" if name == "call" else "error",
    )


READER = Reader("pytest-json-report", _sniff, json_report(_read, cases="tests", counts=True))
