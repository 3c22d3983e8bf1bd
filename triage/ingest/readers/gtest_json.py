"""GoogleTest's ``--gtest_output=json``, after the JSON schema in its advanced guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, integer, rows, text
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_PLACE = re.compile(r"^(?P<file>(?:[A-Za-z]:)?[^:\n]+)[:(](?P<line>\d{1,9})\)?:?$")
_KNOWN = frozenset(
    ("name", "file", "line", "status", "result", "timestamp", "time", "classname", "failures", "type_param",
     "value_param", "skipped")
)  # fmt: skip


def _sniff(sample: Sample) -> int:
    return 93 if has_ends(sample, "testsuites", "testsuite", "tests", "disabled") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "testsuites"), list):
        raise IngestError(
            f"{source.name}: no testsuites in this GoogleTest report; write it with --gtest_output=json"
        )
    yield RunInfo(started=text(report, "timestamp") or None, duration=_seconds(report))
    counted = nameless = 0
    for suite in rows(report, "testsuites"):
        for test in rows(suite, "testsuite"):
            case = _case(suite, test)
            if not case.name and case.failures:
                # A set-up or a tear-down of the suite, or of all of them, which the head counts as well.
                nameless += 1
                yield from (
                    replace(told, message=f"{told.message}\nin {case.suite}", kind="error")
                    for told in case.failures
                )
                continue
            counted += 1
            yield case
    stated = integer(report, "tests")
    if stated != counted + nameless:
        yield from miscounted(stated, counted)


def _seconds(holder: Any) -> float | None:
    said = text(holder, "time").removesuffix("s")
    return float(said) if re.fullmatch(r"\d{1,9}(?:\.\d{1,12})?", said) else None


def _case(suite: dict[str, Any], test: dict[str, Any]) -> CaseResult:
    failures = [_failure(told) for told in rows(test, "failures")]
    reasons = [text(told, "message") for told in rows(test, "skipped")]
    if failures:
        outcome = Outcome.FAILED
    elif text(test, "status") == "NOTRUN" or text(test, "result") in ("SKIPPED", "SUPPRESSED") or reasons:
        outcome = Outcome.SKIPPED
    else:
        outcome = Outcome.PASSED
    notes = [(key, said) for key in ("type_param", "value_param") if (said := text(test, key))]
    notes += [(key, said) for key in test if key not in _KNOWN and (said := text(test, key))]
    return CaseResult(
        name=text(test, "name"),
        outcome=outcome,
        suite=text(test, "classname") or text(suite, "name"),
        file=text(test, "file") or None,
        line=integer(test, "line"),
        duration=_seconds(test),
        failures=tuple(failures),
        properties=(*notes, *(("reason", reason) for reason in reasons if reason)),
    )


def _failure(told: dict[str, Any]) -> Failure:
    said = text(told, "failure") or text(told, "message")
    first, _, rest = said.partition("\n")
    rest = rest.removeprefix("Failed\n")
    place = _PLACE.match(first[:1_000])
    return Failure(
        message=(rest if (place or first == "unknown file") and rest.strip() else said).strip()
        or "failed without a message",
        type=text(told, "type"),
        trace=said.strip("\n") if place else "",
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
    )


READER = Reader("gtest-json", _sniff, json_report(_read, cases="testsuite", counts=True))
