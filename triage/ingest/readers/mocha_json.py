"""Mocha's ``json`` reporter: one list of all tests, and lists of those that passed, failed or did not run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_keys, integer, rows, seconds, text
from triage.ingest.parts import exception_type, failure_from, split_message
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

_Key = tuple[str, str]
_HOOK = re.compile(r'"(?:before|after) (?:all|each)" hook')
_LISTS = ("passes", "failures", "pending", "skipped")
_NO_TESTS = re.compile(r'"tests": ?\[\s*\]')


def _sniff(sample: Sample) -> int:
    # Mochawesome has the same head and other lists.
    if has_keys(sample, "stats", "passes", "pending") and not has_keys(sample, "passPercent"):
        return 90 if '"fullTitle"' in sample.text or _NO_TESTS.search(sample.text) else 0
    return 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not any(isinstance(get(report, key), list) for key in ("tests", *_LISTS)):
        raise IngestError(
            f"{source.name}: no list of tests in this Mocha report; write it with --reporter json"
        )
    yield RunInfo(
        started=text(report, "stats", "start") or None, duration=seconds(report, "stats", "duration")
    )
    pending = {_key(test) for key in ("pending", "skipped") for test in rows(report, key)}
    tests = rows(report, "tests")
    if get(report, "tests") is None:
        # Versions before 1.21 have only the lists of their results.
        listed = (test for key in _LISTS for test in rows(report, key))
        tests = [test for test in listed if not _HOOK.match(text(test, "title"))]
    known = {_key(test) for test in tests}
    failed = {_key(test): test for test in rows(report, "failures")}
    for hook in rows(report, "failures"):
        # Hooks that broke are among the failures, and are no tests.
        if _key(hook) not in known:
            yield _failure(hook, kind="error")
    counted = 0
    for test in tests:
        # Versions before 2 tell only among the failures what went wrong.
        red = _key(test) in failed
        case = _case(test if "err" in test else failed.get(_key(test), test), pending, red=red)
        counted += 1
        yield case
    stated = integer(report, "stats", "tests")
    if stated is not None and stated != counted:
        yield Warn(f"the report counts {stated} tests, {counted} are listed")


def _key(test: dict[str, Any]) -> _Key:
    return text(test, "file"), text(test, "fullTitle")


def _case(test: dict[str, Any], pending: set[_Key], *, red: bool) -> CaseResult:
    title, full = text(test, "title"), text(test, "fullTitle")
    outcome = Outcome.PASSED
    if get(test, "err") or (red and "err" not in test):
        outcome = Outcome.FAILED
    elif _key(test) in pending:
        outcome = Outcome.SKIPPED
    return CaseResult(
        name=title,
        outcome=outcome,
        suite=full.removesuffix(title).strip(),
        file=text(test, "file") or None,
        duration=seconds(test, "duration"),
        attempts=1 + max(0, integer(test, "currentRetry") or 0),
        failures=(_failure(test),) if outcome.is_red else (),
    )


def _failure(test: dict[str, Any], kind: str = "failure") -> Failure:
    message, stack, name = (text(test, "err", key) for key in ("message", "stack", "name"))
    trace = stack or message
    if kind == "error":
        trace = f"{text(test, 'fullTitle')}\n{trace}"
    return failure_from(
        trace,
        message=message or split_message(stack)[0] or "failed, and the report does not say why",
        type=name or exception_type(stack),
        kind=kind,
    )


READER = Reader("mocha-json", _sniff, json_report(_read, cases="tests", several=True, counts=True))
