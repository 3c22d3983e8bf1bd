"""What Laravel PAO prints in place of the console of PHPUnit, Pest, ParaTest and PHPStan when an agent runs them.

After ``src/Drivers`` of laravel/pao: one object that counts everything and lists what failed and broke; tests that passed
are not named. PHPStan's findings are lists by file, and failures of the run. Where the process died nothing is counted,
and the lines that it left are in ``raw``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, integer, rows, seconds, text, words
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals

_TOOLS = ("phpunit", "pest", "paratest", "phpstan")
_KEYS = ("tests", "duration_ms", "error_details", "raw")
"""One of these stands beside the result."""


def _sniff(sample: Sample) -> int:
    if not has_ends(sample, "tool", "result") or not any(has_ends(sample, key) for key in _KEYS):
        return 0
    return 94 if any(f'"{tool}"' in sample.text for tool in _TOOLS) else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    result, tests = text(report, "result"), integer(report, "tests")
    if result not in ("passed", "failed"):
        raise IngestError(f"{source.name}: no result 'passed' or 'failed' in this report of PAO")
    red = False
    if tests is not None:
        failed, errors = integer(report, "failed") or 0, integer(report, "errors") or 0
        skipped = (integer(report, "skipped") or 0) + (integer(report, "incomplete") or 0)
        passed = max(0, tests - failed - errors - skipped)
        yield RunInfo(
            duration=seconds(report, "duration_ms"),
            totals=Totals(tests, passed, failed, errors, skipped),
            totals_stand=True,
        )
        red = failed + errors > 0
    for key, outcome in (("failures", Outcome.FAILED), ("error_details", Outcome.ERROR)):
        for detail in rows(report, key):
            red = True
            yield _case(detail, outcome)
    for failure in _findings(get(report, "error_details")):
        red = True
        yield failure
    if result == "failed" and not red:
        said = "\n".join(words(report, "raw")) or text(report, "error") or text(report, "message")
        message = said or f"{text(report, 'tool')} says that it failed, and not of what"
        yield failure_from(message, kind="error")


def _case(detail: dict[str, Any], outcome: Outcome) -> CaseResult:
    suite, _, name = text(detail, "test").rpartition("::")
    # Pest makes the methods of its tests out of their titles.
    name = name.removeprefix("__pest_evaluable_") if suite.startswith("P\\") else name
    file, line = text(detail, "file") or None, integer(detail, "line")
    return CaseResult(
        name or text(detail, "test"),
        outcome,
        suite.removeprefix("P\\") if suite.startswith("P\\Tests\\") else suite,
        failures=(_failure(detail, file, line, "error" if outcome is Outcome.ERROR else "failure"),),
    )


def _failure(detail: dict[str, Any], file: str | None, line: int | None, kind: str) -> Failure:
    message = text(detail, "message")
    trace = "\n".join((message, *words(detail, "trace")))
    failure = failure_from(trace, message=message, kind=kind)
    return replace(failure, file=file or failure.file, line=line if file else failure.line)


def _findings(details: Any) -> Iterator[Failure]:
    for file, found in details.items() if isinstance(details, dict) else ():
        for one in rows(found):
            failure = _failure(one, file, integer(one, "line"), "error")
            yield replace(failure, type=text(one, "identifier") or failure.type)


READER = Reader("pao-json", _sniff, json_report(_read, cases="failures", counts=True))
