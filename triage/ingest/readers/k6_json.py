"""k6's summary, of ``--summary-export`` or of ``handleSummary``: each check and each threshold is a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, integer, rows, seconds, text
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo


def _sniff(sample: Sample) -> int:
    known = has_ends(sample, "root_group", "metrics")
    return 92 if known and (has_ends(sample, "iterations") or has_ends(sample, "checks")) else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    metrics = get(report, "metrics")
    if not isinstance(metrics, dict):
        raise IngestError(f"{source.name}: no metrics in this k6 summary; write it with --summary-export")
    yield RunInfo(duration=seconds(report, "state", "testRunDurationMs"))
    for check, path in _checks(get(report, "root_group")):
        yield _check(check, path)
    for name, metric in metrics.items():
        thresholds = get(metric, "thresholds")
        for threshold in thresholds if isinstance(thresholds, dict) else ():
            yield _threshold(name, metric, threshold)


def _rows(holder: Any, key: str) -> list[dict[str, Any]]:
    """The objects at ``key``: a list in one of the two dialects, an object by name in the other."""
    found = get(holder, key)
    return rows({"": list(found.values())}, "") if isinstance(found, dict) else rows(holder, key)


def _checks(root: Any) -> Iterator[tuple[dict[str, Any], str]]:
    todo: list[tuple[Any, str]] = [(root, "")]
    while todo:
        group, path = todo.pop()
        for check in _rows(group, "checks"):
            yield check, path
        todo += [
            (inner, f"{path} > {text(inner, 'name')}" if path else text(inner, "name"))
            for inner in reversed(_rows(group, "groups"))
        ]


def _check(check: dict[str, Any], path: str) -> CaseResult:
    passes, fails = integer(check, "passes") or 0, integer(check, "fails") or 0
    if not fails:
        return CaseResult(text(check, "name"), Outcome.PASSED if passes else Outcome.SKIPPED, path)
    said = f"{fails} of {passes + fails} times: {text(check, 'name')}"
    return CaseResult(text(check, "name"), Outcome.FAILED, path, failures=(Failure(said, "check failed"),))


def _threshold(name: str, metric: Any, threshold: str) -> CaseResult:
    told = get(metric, "thresholds", threshold)
    # ``--summary-export`` says whether it was crossed, ``handleSummary`` whether it was kept.
    crossed = get(told, "ok") is False if isinstance(told, dict) else told is True
    values = get(metric, "values") if isinstance(get(metric, "values"), dict) else metric
    shown = ", ".join(
        f"{key} {value:g}"
        for key, value in (values.items() if isinstance(values, dict) else ())
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
    )
    failure = Failure(f"{name} crossed the threshold {threshold}\n{shown}".strip(), "threshold")
    title = f"{name}: {threshold}"
    outcome = Outcome.FAILED if crossed else Outcome.PASSED
    return CaseResult(title, outcome, "thresholds", failures=(failure,) if crossed else ())


READER = Reader("k6-json", _sniff, json_report(_read, cases="checks"))
