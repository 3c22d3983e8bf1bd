"""Newman's ``json`` reporter (Postman): each assertion of each request is a test.

After ``lib/reporters/json`` of postmanlabs/newman. Scripts that broke and requests without an answer are among the
failures of the run, and are no assertions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_keys, integer, moment, number, rows, seconds, text
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.postman_text import address, script_failure
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_HEAD = re.compile(r'\s*\{\s*"(?:collection|run|environment|globals)"\s*:')
_RUN = re.compile(r'"(?:run|executions|transfers|failures|assertions|responseAverage|cursor)"\s*:')


def _sniff(sample: Sample) -> int:
    if not _HEAD.match(sample.text.lstrip("\ufeff")) or not has_keys(sample):
        return 0
    return 93 if _RUN.search(sample.text) or _RUN.search(sample.end) else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    run = get(report, "run")
    if not isinstance(get(run, "executions"), list):
        raise IngestError(f"{source.name}: no executions in this Newman report; write it with -r json")
    begin, end = number(run, "timings", "started"), number(run, "timings", "completed")
    yield RunInfo(
        started=moment(run, "timings", "started"),
        duration=round((end - begin) / 1000, 6) if begin and end and end >= begin else None,
        environment=text(report, "environment", "name") or None,
        suites=tuple(name for name in [text(report, "collection", "info", "name")] if name),
    )
    folders = _folders(get(report, "collection"))
    rounds = integer(run, "stats", "iterations", "total") or 1
    counted = 0
    for execution in rows(run, "executions"):
        for case in _cases(execution, folders, rounds):
            counted += 1
            yield case
    for failed in rows(run, "failures"):
        if not _is_assertion(failed):
            yield _outside(failed)
    if isinstance(broken := get(run, "error"), dict):
        yield script_failure(broken, "error")
    yield from miscounted(integer(run, "stats", "assertions", "total"), counted)


def _is_assertion(failed: dict[str, Any]) -> bool:
    at = text(failed, "error", "at")
    return at.startswith("assertion") or (not at and text(failed, "error", "name") == "AssertionError")


def _folders(collection: Any) -> dict[str, tuple[str, ...]]:
    """The names of the folders that hold each request, by its id."""
    found: dict[str, tuple[str, ...]] = {}
    todo: list[tuple[Any, tuple[str, ...]]] = [(collection, ())]
    while todo:
        holder, path = todo.pop()
        for item in rows(holder, "item"):
            if isinstance(get(item, "item"), list):
                todo.append((item, (*path, text(item, "name"))))
            elif key := text(item, "id"):
                found[key] = path
    return found


def _cases(
    execution: dict[str, Any], folders: dict[str, tuple[str, ...]], rounds: int
) -> Iterator[CaseResult]:
    item = get(execution, "item")
    path = [*folders.get(text(item, "id"), ()), text(item, "name")]
    if rounds > 1:
        path.append(f"iteration {(integer(execution, 'cursor', 'iteration') or 0) + 1}")
    request = " ".join(
        filter(None, (text(execution, "request", "method"), address(get(execution, "request"))))
    )
    answer = " ".join(
        filter(None, (text(execution, "response", "code"), text(execution, "response", "status")))
    )
    spent = seconds(execution, "response", "responseTime")
    for index, assertion in enumerate(rows(execution, "assertions")):
        error = get(assertion, "error")
        outcome = Outcome.FAILED if isinstance(error, dict) and error else Outcome.PASSED
        if get(assertion, "skipped") is True:
            outcome = Outcome.SKIPPED
        yield CaseResult(
            name=text(assertion, "assertion"),
            outcome=outcome,
            suite=" > ".join(filter(None, path)),
            # The answer is one, whatever is asserted of it.
            duration=spent if index == 0 else None,
            failures=(script_failure(error, "failure"),) if outcome.is_red else (),
            properties=tuple((key, said) for key, said in (("request", request), ("answer", answer)) if said),
        )


def _outside(failed: dict[str, Any]) -> Failure:
    error = get(failed, "error")
    told = script_failure(error, "error")
    where = " > ".join(filter(None, (text(failed, "parent", "name"), text(failed, "source", "name"))))
    at = text(error, "at")
    head = f"{where} ({at})" if where and at else where or at
    return Failure(f"{told.message}\n{head}".strip(), told.type, "error", told.trace, told.file, told.line)


READER = Reader("newman-json", _sniff, json_report(_read, cases="executions", counts=True))
