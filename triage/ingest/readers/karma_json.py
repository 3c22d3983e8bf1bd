"""karma-json-reporter: the results of each browser, as Karma hands them to its reporters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, integer, rows, seconds, text, words
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Tally, Warn


def _sniff(sample: Sample) -> int:
    return 92 if has_ends(sample, "browsers", "result", "summary", "disconnected") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    results = get(report, "result")
    if not isinstance(results, dict):
        raise IngestError(
            f"{source.name}: no results in this Karma report; write it with karma-json-reporter"
        )
    names = {key: text(report, "browsers", key, "name") or key for key in results}
    yield RunInfo(suites=tuple(names.values()))
    counted = Tally()
    for key, name in names.items():
        for test in rows(results, key):
            # One browser needs no mention.
            case = _case(test, name if len(names) > 1 else "")
            counted.add(case)
            yield case
    summary = get(report, "summary")
    if get(summary, "error") is True and not counted.totals.red:
        yield Failure("Karma ended with an error outside the tests", kind="error")
    if get(summary, "disconnected") is True:
        yield Failure("a browser lost its connection to Karma", kind="error")
    stated = [integer(summary, key) or 0 for key in ("success", "failed", "skipped")]
    if sum(stated) != counted.totals.tests:
        yield Warn(f"the report counts {sum(stated)} tests, {counted.totals.tests} are listed")


def _case(test: dict[str, Any], browser: str) -> CaseResult:
    skipped = get(test, "skipped") is True or get(test, "pending") is True
    outcome = (
        Outcome.SKIPPED if skipped else Outcome.PASSED if get(test, "success") is True else Outcome.FAILED
    )
    said = "\n".join(words(test, "log")) or "failed, and the report does not say why"
    return CaseResult(
        name=text(test, "description") or text(test, "fullName"),
        outcome=outcome,
        suite=" > ".join(filter(None, (browser, *words(test, "suite")))),
        duration=seconds(test, "time"),
        failures=(failure_from(said),) if outcome.is_red else (),
    )


READER = Reader("karma-json", _sniff, json_report(_read, cases="result"))
