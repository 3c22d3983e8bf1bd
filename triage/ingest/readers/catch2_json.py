"""Catch2's ``json`` reporter (3.5 and newer): test cases of runs of sections of assertions.

It tells where an assertion stands, not what it said; an exception looks like any other failed assertion.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, integer, rows, text, words
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo


def _sniff(sample: Sample) -> int:
    return 93 if has_ends(sample, "test-run", "test-cases", "metadata") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    run = get(report, "test-run")
    if not isinstance(get(run, "test-cases"), list):
        raise IngestError(
            f"{source.name}: no test cases in this Catch2 report; write it with --reporter json"
        )
    version, name = text(report, "metadata", "catch2-version"), text(report, "metadata", "name")
    yield RunInfo(suites=(name,) if name else (), properties=(("Catch2", version),) if version else ())
    counted = 0
    for test in rows(run, "test-cases"):
        case = _case(test)
        counted += 1
        yield case
    totals = get(run, "totals", "test-cases")
    stated = [integer(totals, key) for key in ("passed", "failed", "fail-but-ok", "skipped")]
    if any(count is not None for count in stated):
        yield from miscounted(sum(count for count in stated if count), counted)


def _case(test: dict[str, Any]) -> CaseResult:
    info, totals = get(test, "test-info"), get(test, "totals", "assertions")
    failures = [failure for run in rows(test, "runs") for failure in _failures(rows(run, "path"), ())]
    failed, allowed = integer(totals, "failed") or 0, integer(totals, "fail-but-ok") or 0
    skipped = (integer(totals, "skipped") or 0) or (integer(test, "totals", "test-cases", "skipped") or 0)
    if failed or (failures and not allowed):
        outcome = Outcome.FAILED
        fixed = "expected-to-fail" in words(info, "properties")
        said = "should have failed, and passed" if fixed else "failed, and the report does not say why"
        failures = failures or [Failure(said)]
    elif allowed:
        outcome = Outcome.XFAILED
    else:
        outcome = Outcome.SKIPPED if skipped else Outcome.PASSED
    place = get(info, "source-location")
    return CaseResult(
        name=text(info, "name"),
        outcome=outcome,
        suite=text(info, "class-name"),
        file=text(place, "filename") or None,
        line=integer(place, "line"),
        failures=tuple(failures),
        output="".join(
            text(run, stream)
            for run in rows(test, "runs")
            for stream in ("captured-stdout", "captured-stderr")
        ),
        properties=tuple(("tag", tag) for tag in words(info, "tags")),
    )


def _failures(path: list[dict[str, Any]], above: tuple[str, ...]) -> Iterator[Failure]:
    todo = [(node, above) for node in reversed(path)]
    while todo:
        node, sections = todo.pop()
        if text(node, "kind") == "section":
            below = (*sections, text(node, "name"))
            todo += [(inner, below) for inner in reversed(rows(node, "path"))]
        elif get(node, "status") is False:
            yield _failure(node, sections)


def _failure(node: dict[str, Any], sections: tuple[str, ...]) -> Failure:
    place = get(node, "source-location")
    file, line, where = text(place, "filename"), integer(place, "line"), " > ".join(filter(None, sections))
    at = f" at {file}:{line}" if file else ""
    inside = f" in {where}" if where else ""
    return Failure(f"assertion failed{at}{inside}", file=file or None, line=line)


READER = Reader("catch2-json", _sniff, json_report(_read, cases="test-cases"))
