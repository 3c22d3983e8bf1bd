"""What Postman's Collection Runner exports: the tests of each request, once for each iteration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import Behind, json_report, miscounted
from triage.ingest.json_text import get, has_ends, integer, number, rows, seconds, text
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo


def _sniff(sample: Sample) -> int:
    return 93 if has_ends(sample, "totalPass", "totalFail", "results", "collection_id") else 0


def _read(source: Source, report: Any) -> Iterator[Item | Behind]:
    if not isinstance(get(report, "results"), list):
        raise IngestError(f"{source.name}: no results in this Postman export; export the run again")
    name = text(report, "name")
    yield RunInfo(
        started=text(report, "startedAt") or text(report, "timestamp") or None,
        duration=seconds(report, "totalTime"),
        suites=(name,) if name else (),
    )
    counted = 0
    for result in rows(report, "results"):
        # Tests of many requests have one name, and each is named several times.
        yield Behind(text(result, "id"))
        rounds = rows(result, "allTests") or [get(result, "tests")]
        for index, tests in enumerate(rounds):
            for case in _cases(result, tests, index if len(rounds) > 1 else None):
                counted += 1
                yield case
    stated = [integer(report, key) for key in ("totalPass", "totalFail")]
    yield from miscounted(sum(count for count in stated if count), counted)


def _cases(result: dict[str, Any], tests: Any, index: int | None) -> Iterator[CaseResult]:
    suite = text(result, "name") + ("" if index is None else f" > iteration {index + 1}")
    code, said = text(result, "responseCode", "code"), text(result, "responseCode", "name")
    answer = f"{code} {said}".strip()
    for name, ok in tests.items() if isinstance(tests, dict) else ():
        good = ok is True or (isinstance(ok, dict) and text(ok, "status") in ("pass", "passed"))
        why = f"{name}\n{text(result, 'url')} answered {answer or 'nothing'}".strip()
        yield CaseResult(
            name=name,
            outcome=Outcome.PASSED if good else Outcome.FAILED,
            suite=suite,
            duration=None if number(result, "time") is None or index else seconds(result, "time"),
            failures=() if good else (Failure(why, "assertion"),),
            properties=tuple((key, value) for key, value in (("answer", answer),) if value),
        )


READER = Reader("postman-json", _sniff, json_report(_read, cases="results"))
