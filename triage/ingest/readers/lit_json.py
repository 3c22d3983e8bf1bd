"""What LLVM's ``lit`` writes with ``-o``: each test with its code and all that its script printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_keys, number, rows, text
from triage.ingest.logs.severity import telling_line
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.lit_text import OUTCOMES, reason
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_UNTOLD = {"XPASS": "passed, though it is marked as one that fails", "TIMEOUT": "did not end in time"}


def _sniff(sample: Sample) -> int:
    return 92 if has_keys(sample, "__version__", "tests", "code", "elapsed") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "tests"), list):
        raise IngestError(f"{source.name}: no list of tests in this report of lit; write it with -o")
    yield RunInfo(duration=number(report, "elapsed"))
    for test in rows(report, "tests"):
        code = text(test, "code")
        # Projects add codes of their own.
        outcome = OUTCOMES.get(code, Outcome.ERROR)
        suite, _, name = text(test, "name").rpartition(" :: ")
        yield CaseResult(
            name=name,
            outcome=outcome,
            suite=suite,
            duration=number(test, "elapsed"),
            attempts=2 if code == "FLAKYPASS" else 1,
            failures=(_failure(test, code, outcome),) if outcome.is_red else (),
        )


def _failure(test: dict[str, Any], code: str, outcome: Outcome) -> Failure:
    output = text(test, "output").strip()
    kind = "error" if outcome is Outcome.ERROR else "failure"
    if not output:
        return Failure(_UNTOLD.get(code, f"ended as {code}"), kind=kind)
    return failure_from(output, message=reason(output) or telling_line(output), kind=kind)


READER = Reader("lit-json", _sniff, json_report(_read, cases="tests"))
