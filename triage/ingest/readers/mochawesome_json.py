"""Mochawesome's JSON, versions 1 to 7, alone or put together by mochawesome-merge: suites of suites of tests."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, has_keys, integer, moment, rows, seconds, text
from triage.ingest.parts import failure_from, split_message
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_HOOKS = ("beforeHooks", "afterHooks")
_BREAK = re.compile(r"<br ?/?>")
_TAG = re.compile(r"</?span[^<>]*>")


def _sniff(sample: Sample) -> int:
    if has_keys(sample, "stats", "passPercent") and has_ends(sample, "failures"):
        return 94 if '"results"' in sample.text or '"suites"' in sample.text else 0
    return 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    roots = rows(report, "results") or [suite for suite in [get(report, "suites")] if isinstance(suite, dict)]
    # Without any test the list of results holds ``false``.
    if not roots and not isinstance(get(report, "results"), list):
        raise IngestError(f"{source.name}: no results in this Mochawesome report; merge or write it again")
    stats, meta = get(report, "stats"), get(report, "meta")
    yield RunInfo(
        started=moment(stats, "start"),
        duration=seconds(stats, "duration"),
        properties=tuple(
            (tool, version)
            for tool in ("mocha", "mochawesome", "marge")
            if (version := text(meta, tool, "version"))
        ),
    )
    counted = 0
    for suite, path, file in _suites(roots):
        for hook in (hook for key in _HOOKS for hook in rows(suite, key)):
            if _is_failed(hook):
                yield _failure(hook, kind="error")
        for test in rows(suite, "tests"):
            if get(test, "isHook") is True:
                if _is_failed(test):
                    yield _failure(test, kind="error")
                continue
            case = _case(test, path, file)
            counted += 1
            yield case
    registered = integer(stats, "testsRegistered")
    stated = integer(stats, "tests")
    if counted not in (registered, stated):
        yield from miscounted(registered if registered is not None else stated, counted)


def _suites(roots: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], tuple[str, ...], str]]:
    """Every suite with the titles that lead to it and its file, in the order of the report."""
    todo: list[tuple[dict[str, Any], tuple[str, ...], str]] = [(root, (), "") for root in reversed(roots)]
    while todo:
        suite, above, file = todo.pop()
        title = text(suite, "title")
        path = (*above, title) if title and get(suite, "root") is not True else above
        file = text(suite, "file") or text(suite, "fullFile") or file
        yield suite, path, file
        todo += [(inner, path, file) for inner in reversed(rows(suite, "suites"))]


def _is_failed(test: dict[str, Any]) -> bool:
    return get(test, "fail") is True or text(test, "state") == "failed"


def _outcome(test: dict[str, Any]) -> Outcome:
    if _is_failed(test):
        return Outcome.FAILED
    return Outcome.PASSED if get(test, "pass") is True or text(test, "state") == "passed" else Outcome.SKIPPED


def _case(test: dict[str, Any], path: tuple[str, ...], file: str) -> CaseResult:
    outcome = _outcome(test)
    return CaseResult(
        name=text(test, "title") or text(test, "fullTitle"),
        outcome=outcome,
        suite=" > ".join(path),
        file=file.lstrip("/") or None,
        duration=seconds(test, "duration"),
        attempts=1 + max(0, integer(test, "currentRetry") or 0),
        failures=(_failure(test),) if outcome.is_red else (),
        output=text(test, "context"),
    )


def _plain(stack: str) -> str:
    """The stack that version 1 coloured with HTML, as it was."""
    if "<br>" not in stack and "<span" not in stack:
        return stack
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", stack)))


def _failure(test: dict[str, Any], kind: str = "failure") -> Failure:
    error = get(test, "err")
    message, stack = text(error, "message"), text(error, "estack") or _plain(text(error, "stack"))
    diff = text(error, "diff")
    trace = "\n\n".join(filter(None, (stack or message, diff if diff not in stack else "")))
    if kind == "error":
        trace = f"{text(test, 'fullTitle') or text(test, 'title')}\n{trace}".strip()
    said = message or split_message(stack)[0] or "failed, and the report does not say why"
    return failure_from(trace or said, message=said, type=text(error, "name"), kind=kind)


READER = Reader("mochawesome-json", _sniff, json_report(_read, cases="tests", counts=True))
