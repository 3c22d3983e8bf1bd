"""What Bruno's command line writes with ``--reporter-json``: each assertion and each test of a request is a test.

After ``packages/bruno-cli`` of usebruno/bruno. Requests without an answer are failures of the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath, PureWindowsPath
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, integer, rows, seconds, text
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome

_TESTS = ("preRequestTestResults", "testResults", "postResponseTestResults")
_OUTCOMES = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "skip": Outcome.SKIPPED}
_OWN = ("lhsExpr", "suitename", "iterationIndex", "preRequestTestResults")
"""Keys that only Bruno has; Jest has lists of the same names."""


def _sniff(sample: Sample) -> int:
    if not has_ends(sample, "results", "assertionResults", "testResults", "request"):
        return 0
    return 96 if any(f'"{key}"' in sample.text or f'"{key}"' in sample.end for key in _OWN) else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    rounds = report if isinstance(report, list) else [report]
    if not any(isinstance(get(one, "results"), list) for one in rounds):
        raise IngestError(f"{source.name}: no results in this Bruno report; write it with --reporter-json")
    for one in rounds:
        turn = integer(one, "iterationIndex") or 0
        for request in rows(one, "results"):
            path = [_name(request)]
            if len(rounds) > 1:
                path.append(f"iteration {turn + 1}")
            yield from _told(request, " > ".join(path))


def _name(request: dict[str, Any]) -> str:
    """What the request is called, with its folders; some versions tell only its path on the machine."""
    path = text(request, "path") or text(request, "suitename")
    if PurePath(path).is_absolute() or PureWindowsPath(path).is_absolute():
        path = PureWindowsPath(path).name
    return path or text(request, "name") or text(request, "test", "filename")


def _told(request: dict[str, Any], suite: str) -> Iterator[Item]:
    spent = seconds(request, "response", "responseTime")
    asserted = [
        (f"{text(one, 'lhsExpr')} {text(one, 'rhsExpr')}", one) for one in rows(request, "assertionResults")
    ]
    tested = [(text(one, "description"), one) for key in _TESTS for one in rows(request, key)]
    for index, (name, one) in enumerate([*asserted, *tested]):
        outcome = _OUTCOMES.get(text(one, "status"), Outcome.ERROR)
        yield CaseResult(
            name=name,
            outcome=outcome,
            suite=suite,
            file=text(request, "test", "filename") or None,
            duration=spent if index == 0 else None,
            failures=(_failure(one, name),) if outcome.is_red else (),
        )
    if said := text(request, "error"):
        asked = f"{text(request, 'request', 'method')} {text(request, 'request', 'url')}".strip()
        yield failure_from(said, message=f"{said}\n{suite}: {asked}".strip(": "), kind="error")


def _failure(one: dict[str, Any], name: str) -> Failure:
    said = text(one, "error") or text(one, "error", "message")
    return failure_from(said or f"{name} failed", kind="failure")


READER = Reader("bruno-json", _sniff, json_report(_read, cases="results"))
