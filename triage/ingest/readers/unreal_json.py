"""Unreal Engine's automation report, ``index.json`` of ``-ReportExportPath``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, integer, number, rows, text
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

_OUTCOMES = {
    "Success": Outcome.PASSED,
    "SuccessWithWarnings": Outcome.PASSED,
    "Fail": Outcome.FAILED,
    "NotRun": Outcome.SKIPPED,
    "Skipped": Outcome.SKIPPED,
    "NotEnoughParticipants": Outcome.SKIPPED,
}
_COUNTS = ("succeeded", "succeededWithWarnings", "failed", "notRun", "inProcess")


def _sniff(sample: Sample) -> int:
    return 93 if has_ends(sample, "succeeded", "notRun", "tests", "totalDuration") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    tests = rows(report, "tests")
    if not isinstance(get(report, "tests"), list):
        raise IngestError(f"{source.name}: no tests in this report; write it with -ReportExportPath")
    device = next((text(one, "platform") for one in rows(report, "devices")), "")
    yield RunInfo(duration=number(report, "totalDuration"), environment=device or None)
    yield from map(_case, tests)
    stated = sum(max(0, integer(report, key) or 0) for key in _COUNTS)
    if stated != len(tests):
        yield Warn(f"the report counts {stated} tests, {len(tests)} are listed")


def _case(test: dict[str, Any]) -> CaseResult:
    # One that is still in process was running when the editor crashed.
    outcome = _OUTCOMES.get(text(test, "state"), Outcome.ERROR)
    name, path = text(test, "testDisplayName"), text(test, "fullTestPath")
    entries = rows(test, "entries")
    failures = [_failure(entry) for entry in entries if text(entry, "event", "type") == "Error"]
    if outcome.is_red and not failures:
        failures = [Failure(f"ended as '{text(test, 'state')}', and the report does not say why")]
    return CaseResult(
        name=name or path,
        outcome=outcome,
        suite=path.removesuffix(name).rstrip(".") if name else "",
        duration=number(test, "duration"),
        failures=tuple(failures) if outcome.is_red else (),
        output="\n".join(
            f"{text(entry, 'event', 'type')}: {text(entry, 'event', 'message')}"
            for entry in entries
            if text(entry, "event", "type") != "Error"
        ),
    )


def _failure(entry: dict[str, Any]) -> Failure:
    line = integer(entry, "lineNumber")
    return Failure(
        message=text(entry, "event", "message") or "an error without a message",
        file=text(entry, "filename") or None,
        line=line if line and line > 0 else None,
    )


READER = Reader("unreal-json", _sniff, json_report(_read, cases="tests"))
