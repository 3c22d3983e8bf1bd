"""Mocha's ``json-stream`` reporter: one list a line, of the name of an event and what it tells.

It names the tests that passed and failed; those that are pending are only counted at its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from triage.ingest.json_text import get, integer, moment, seconds, text
from triage.ingest.parts import exception_type, failure_from, split_message
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Tally, Warn

_EVENT = re.compile(r'^\["(?:start|pass|fail|end)",\{', re.MULTILINE)
_BEGINS = re.compile(r'(?=\["(?:start|pass|fail|end)",\{)')
"""Where an event begins: some end the line before it, and the words of a test may not."""
_HOOK = re.compile(r'"(?:before|after) (?:all|each)" hook')


def _sniff(sample: Sample) -> int:
    return 93 if _EVENT.search(sample.text) else 0


def _read(source: Source) -> Iterator[Item]:
    tally, ended, last, told = Tally(), False, 0, False
    lines = ((n, part) for n, line in enumerate(source.lines(), 1) for part in _BEGINS.split(line))
    for last, line in lines:
        if not _EVENT.match(line):
            continue
        kind, event = _event(line)
        told = told or event is not None
        if event is None:
            yield Warn(f"no JSON here: {line.strip()[:60]}", last)
        elif kind == "fail" and _HOOK.search(text(event, "title")):
            yield _failure(event, last, "error")
        elif kind in ("pass", "fail"):
            case = _case(event, kind, last)
            tally.add(case)
            yield case
        elif kind == "end":
            ended = True
            totals = tally.totals
            pending = max(0, integer(event, "pending") or 0)
            yield RunInfo(
                started=moment(event, "start"),
                duration=seconds(event, "duration"),
                totals=replace(totals, tests=totals.tests + pending, skipped=pending),
                totals_stand=pending > 0,
            )
            if pending:
                yield Warn(f"{pending} pending tests are counted and not named", last)
    if not told:
        raise IngestError(f"{source.name}:{last}: no event of a Mocha run; was it stopped at its start?")
    if not ended:
        yield Warn("no 'end' event: the run was stopped or crashed", last)


def _event(line: str) -> tuple[str, dict[str, Any] | None]:
    try:
        parts = orjson.loads(line)
    except orjson.JSONDecodeError:
        return "", None
    if isinstance(parts, list) and len(parts) > 1 and isinstance(parts[1], dict):
        return str(parts[0]), parts[1]
    return "", None


def _case(event: dict[str, Any], kind: str, number: int) -> CaseResult:
    title, full = text(event, "title"), text(event, "fullTitle")
    return CaseResult(
        name=title or full,
        outcome=Outcome.PASSED if kind == "pass" else Outcome.FAILED,
        suite=full.removesuffix(title).strip() if title else "",
        file=text(event, "file") or None,
        duration=seconds(event, "duration"),
        attempts=1 + max(0, integer(event, "currentRetry") or 0),
        failures=(_failure(event, number, "failure"),) if kind == "fail" else (),
    )


def _failure(event: dict[str, Any], number: int, kind: str) -> Failure:
    message = text(event, "err") or text(event, "err", "message")
    stack = text(event, "stack") if isinstance(get(event, "stack"), str) else ""
    said = message or split_message(stack)[0] or "failed, and the report does not say why"
    return failure_from(
        stack or said, message=said, type=exception_type(stack), kind=kind, source_line=number
    )


READER = Reader("mocha-json-stream", _sniff, _read)
