"""The tree of tests in a report of Allure 2 (``data/suites.json``): names, results and times, and no messages.

A report repeats the tests in several such trees, and holds each test in a document of its own. So this is only read
where somebody names the file: its sniffer is less sure than any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_keys, integer, rows, seconds, text, words
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, Warn

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "broken": Outcome.ERROR,
    "skipped": Outcome.SKIPPED,
    "unknown": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    return 4 if has_keys(sample, "uid", "children", "parentUid", "status", "time") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "children"), list):
        raise IngestError(f"{source.name}: no tree of tests in it; name suites.json of an Allure report")
    todo: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        (child, ()) for child in reversed(rows(report, "children"))
    ]
    while todo:
        node, path = todo.pop()
        if "children" in node:
            below = (*path, text(node, "name"))
            todo += [(child, below) for child in reversed(rows(node, "children"))]
        else:
            yield _case(node, path)
    yield Warn("a tree of an Allure report tells no messages; name data/test-cases of the report for these")


def _case(node: dict[str, Any], path: tuple[str, ...]) -> CaseResult:
    outcome = _OUTCOMES.get(text(node, "status"), Outcome.SKIPPED)
    kind = "error" if outcome is Outcome.ERROR else "failure"
    said = f"ended as '{text(node, 'status')}', and the report does not say here why"
    return CaseResult(
        name=text(node, "name"),
        outcome=outcome,
        suite=" > ".join(path),
        duration=seconds(node, "time", "duration"),
        attempts=1 + max(0, integer(node, "retriesCount") or 0),
        failures=(Failure(said, kind=kind),) if outcome.is_red else (),
        properties=tuple(("tag", tag) for tag in words(node, "tags")),
    )


READER = Reader("allure-suites", _sniff, json_report(_read, cases="children"))
