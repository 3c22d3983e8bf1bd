"""TestCafe's ``json`` reporter: fixtures of tests, each with the texts of its errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, integer, items, rows, seconds, text, words
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Tally, Warn

_PLACE = re.compile(
    r"\(?(?:file://)?(?P<file>[^\s():]+\.\w{2,4}):(?P<line>\d{1,9}):\d{1,9}\)?$", re.MULTILINE
)
_CODE = re.compile(r"^\s*+>?\s*+\d++ ?[|│]|^\s*Browser: |^\s*Screenshot: |^\s+at ")


def _sniff(sample: Sample) -> int:
    return 93 if has_ends(sample, "userAgents", "fixtures", "total") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "fixtures"), list):
        raise IngestError(f"{source.name}: no fixtures in this TestCafe report; write it with -r json")
    yield RunInfo(
        started=text(report, "startTime") or None,
        properties=tuple(("browser", agent) for agent in words(report, "userAgents")),
    )
    counted = Tally()
    for fixture in rows(report, "fixtures"):
        for test in rows(fixture, "tests"):
            case = _case(fixture, test)
            counted.add(case)
            yield case
    for warning in words(report, "warnings"):
        yield Warn(warning)
    # TestCafe does not count what it skips.
    stated, ran = integer(report, "total"), counted.totals.tests - counted.totals.skipped
    if stated != ran:
        yield from miscounted(stated, counted.totals.tests)


def _case(fixture: dict[str, Any], test: dict[str, Any]) -> CaseResult:
    failures = [_failure(said) for said in items(test, "errs")]
    outcome = Outcome.FAILED if failures else Outcome.PASSED
    if get(test, "skipped") is True:
        outcome, failures = Outcome.SKIPPED, []
    unstable = get(test, "unstable") is True and outcome is Outcome.PASSED
    meta = {**(get(fixture, "meta") or {}), **(get(test, "meta") or {})} if _are_named(fixture, test) else {}
    return CaseResult(
        name=text(test, "name"),
        outcome=outcome,
        suite=text(fixture, "name"),
        file=text(fixture, "path") or None,
        duration=seconds(test, "durationMs"),
        attempts=2 if unstable else 1,
        failures=tuple(failures),
        properties=tuple((key, said) for key in meta if (said := text(meta, key))),
    )


def _are_named(*holders: dict[str, Any]) -> bool:
    return all(isinstance(holder.get("meta") or {}, dict) for holder in holders)


def _failure(said: Any) -> Failure:
    told = text({"": said}, "") or text(said, "errMsg")
    head: list[str] = []
    for line in told.split("\n"):
        if head and _CODE.match(line[:1_000]):
            break
        head.append(line)
    message = "\n".join(head).strip()
    place = _PLACE.search(told)
    failure = failure_from(told or "failed", message=message)
    if failure.file is None and place:
        return Failure(failure.message, failure.type, failure.kind, told, place["file"], int(place["line"]))
    return failure


READER = Reader("testcafe-json", _sniff, json_report(_read, cases="tests"))
