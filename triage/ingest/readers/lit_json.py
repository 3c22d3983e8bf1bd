"""What LLVM's ``lit`` writes with ``-o``: each test with its code and all that its script printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_keys, number, rows, text
from triage.ingest.logs.severity import telling_line
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {
    "PASS": Outcome.PASSED,
    "FLAKYPASS": Outcome.PASSED,
    "XFAIL": Outcome.XFAILED,
    # It ends red where a test passes that was to fail.
    **dict.fromkeys(("FAIL", "XPASS", "TIMEOUT"), Outcome.FAILED),
    "UNRESOLVED": Outcome.ERROR,
    **dict.fromkeys(("UNSUPPORTED", "SKIPPED", "EXCLUDED"), Outcome.SKIPPED),
}
_UNTOLD = {"XPASS": "passed, and was expected to fail", "TIMEOUT": "did not end in time"}
_SHELL = re.compile(
    r"^(?:\+ |--$|Exit Code: |Command Output |# (?:RUN|executed command|note)\b|# [.`]-)|# RUN: "
)
"""What lit's shells say of the commands, and the heads of what these printed."""
_PIPED = re.compile(r"^# (?:\| ?|error: )")
_STDERR = "Command Output (stderr):"


def _sniff(sample: Sample) -> int:
    return 92 if has_keys(sample, "__version__", "tests", "code", "elapsed") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "tests"), list):
        raise IngestError(f"{source.name}: no list of tests in this report of lit; write it with -o")
    yield RunInfo(duration=number(report, "elapsed"))
    for test in rows(report, "tests"):
        code = text(test, "code")
        # Projects add codes of their own.
        outcome = _OUTCOMES.get(code, Outcome.ERROR)
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
    if not output or code in _UNTOLD:
        return Failure(_UNTOLD.get(code, f"ended as {code}"), kind=kind, trace=output)
    return failure_from(output, message=_why(output), kind=kind)


def _why(output: str) -> str:
    """What tells most of what the commands printed to their standard error; else of all."""
    for part in (output.partition(_STDERR)[2], output):
        lines = [_PIPED.sub("", line) for line in part.split("\n") if not _SHELL.search(line)]
        if any(line.strip() for line in lines):
            return telling_line("\n".join(lines))
    return output.split("\n", 1)[0]


READER = Reader("lit-json", _sniff, json_report(_read, cases="tests"))
