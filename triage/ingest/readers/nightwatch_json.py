"""Nightwatch's ``json`` reporter, versions 2 and 3: modules of test cases of assertions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, number, rows, seconds, text, words
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome


def _sniff(sample: Sample) -> int:
    if not has_ends(sample, "completed", "assertions", "errmessages"):
        return 0
    return 91 if has_ends(sample, "modules") or has_ends(sample, "reportPrefix") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    inner = get(report, "report") if isinstance(get(report, "report"), dict) else report
    modules = get(inner, "modules")
    if not isinstance(modules, dict):
        completed = get(inner, "completed")
        modules = (
            {text(report, "name") or text(inner, "name"): inner} if isinstance(completed, dict) else None
        )
    if modules is None:
        raise IngestError(
            f"{source.name}: no modules in this Nightwatch report; write it with --reporter json"
        )
    # A report of one module is that module itself.
    for said in words(inner, "errmessages") if inner not in modules.values() else ():
        yield failure_from(said, kind="error")
    for name, module in modules.items():
        completed, cases = get(module, "completed"), list[CaseResult]()
        for title, test in completed.items() if isinstance(completed, dict) else ():
            cases.append(_case(name, module, title, test))
        yield from cases
        skipped = get(module, "skipped")
        for title in skipped if isinstance(skipped, list | dict) else ():
            if isinstance(title, str):
                yield CaseResult(title, Outcome.SKIPPED, name, _file(module))
        said_before = [why.message for case in cases for why in case.failures]
        for said in words(module, "errmessages"):
            if any(why and why in said for why in said_before):
                continue
            yield failure_from(said.strip("\n"), kind="error")


def _file(module: Any) -> str | None:
    return text(module, "modulePath") or None


def _case(name: str, module: Any, title: str, test: Any) -> CaseResult:
    failures = [
        _failure(one) for one in rows(test, "assertions") if get(one, "failure") not in (False, None, "")
    ]
    broken = (number(test, "errors") or 0) > 0
    if not failures and (text(test, "lastError", "message") or broken):
        said = text(test, "lastError", "message") or "broke, and the report does not say why"
        stack = text(test, "stackTrace") or text(test, "lastError", "stack")
        failures = [
            failure_from(
                stack if said in stack else f"{said}\n{stack}".strip(),
                message=said,
                type=text(test, "lastError", "name"),
                kind="error" if broken else "failure",
            )
        ]
    status = text(test, "status")
    if failures or status == "fail":
        outcome = Outcome.ERROR if broken and not (number(test, "failed") or 0) else Outcome.FAILED
        failures = failures or [Failure("failed, and the report does not say why")]
    else:
        outcome = (
            Outcome.SKIPPED if status == "skip" or (number(test, "skipped") or 0) > 0 else Outcome.PASSED
        )
    spent = seconds(test, "timeMs")
    return CaseResult(
        name=title,
        outcome=outcome,
        suite=name,
        file=_file(module),
        duration=spent if spent is not None else _time(test),
        failures=tuple(failures),
    )


def _time(test: Any) -> float | None:
    """``"0.5310"``; a text it is, and of seconds."""
    said = text(test, "time")
    return float(said) if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", said) else None


def _failure(told: dict[str, Any]) -> Failure:
    message = text(told, "fullMsg") or text(told, "message")
    why = text(told, "failure")
    nothing = 'expected "undefined" but got: "undefined"'
    added = why and why != nothing and why.casefold() not in message.casefold()
    said = f"{message} - {why}" if added else message
    stack = text(told, "stackTrace")
    return failure_from(f"{said}\n{stack}".strip(), message=said, type=text(told, "name"))


READER = Reader("nightwatch-json", _sniff, json_report(_read, cases="assertions"))
