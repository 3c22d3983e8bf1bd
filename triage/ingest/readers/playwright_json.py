"""Playwright's ``json`` reporter: suites of specs, each run once per project, each with its tries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import (
    get,
    has_ends,
    has_keys,
    integer,
    number,
    rows,
    seconds,
    text,
)
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.playwright_cases import OUTCOMES, case_of, failure_of, folder_of
from triage.model import CaseResult, Item, RunInfo, Warn


def _sniff(sample: Sample) -> int:
    if has_keys(sample, "config", "rootDir", "projects"):
        return 95
    # What changed in the repository may stand between, and be long.
    if has_keys(sample, "config", "rootDir") and has_ends(sample, "expected", "unexpected", "flaky"):
        return 95
    if has_keys(sample, "suites", "specs", "expectedStatus"):
        return 90
    listed = has_keys(sample, "suites", "specs", "results")
    if listed and (has_keys(sample, "ok") or has_keys(sample, "config", "rootDir")):
        return 85
    return 70 if listed and has_keys(sample, "tests", "title", "status") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "suites"), list):
        raise IngestError(
            f"{source.name}: no suites in this Playwright report; write it with --reporter=json"
        )
    config = get(report, "config")
    yield RunInfo(
        started=text(report, "stats", "startTime") or None,
        duration=seconds(report, "stats", "duration"),
        workers=integer(config, "metadata", "actualWorkers") or integer(config, "workers"),
        suites=tuple(name for project in rows(config, "projects") if (name := text(project, "name"))),
        properties=tuple(("Playwright", version) for version in [text(config, "version")] if version),
    )
    for error in rows(report, "errors"):
        yield failure_of(error, kind="error")
    counted = 0
    folder = folder_of(config)
    for suite in rows(report, "suites"):
        for case in _suite(suite, folder, ()):
            counted += 1
            yield case
    stated = sum(number(report, "stats", name) or 0 for name in OUTCOMES)
    if "stats" in report and stated != counted:
        yield Warn(f"the report counts {stated:.0f} tests, {counted} are listed")


def _suite(suite: dict[str, Any], folder: str, path: tuple[str, ...]) -> Iterator[CaseResult]:
    # An explicit stack: a report may nest deeper than Python's own.
    todo = [(suite, path)]
    while todo:
        current, above = todo.pop()
        for spec in rows(current, "specs"):
            for test in rows(spec, "tests"):
                yield case_of(spec, test, folder, above)
        inner = rows(current, "suites")
        todo += [(child, (*above, text(child, "title"))) for child in reversed(inner)]


READER = Reader("playwright-json", _sniff, json_report(_read, cases="specs", counts=True))
