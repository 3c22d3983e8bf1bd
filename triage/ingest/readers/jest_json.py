"""Jest's ``--json`` result, which Vitest's ``json`` reporter writes too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.broken_off import counted_red
from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, integer, moment, number, rows, seconds, text, words
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    **dict.fromkeys(("pending", "skipped", "todo", "disabled", "focused"), Outcome.SKIPPED),
}
# The title that Jest puts over an error in its text for people.
_BULLET = re.compile(r"^\s*● .*\n")


def _sniff(sample: Sample) -> int:
    if has_ends(sample, "numTotalTests", "numFailedTestSuites"):
        return 95
    listed = ("assertionResults", "testExecError")  # the second of a reporter's results whose files all broke
    return 90 if any(has_ends(sample, "testResults", name) for name in listed) else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "testResults"), list):
        raise IngestError(
            f"{source.name}: no testResults in this Jest report; write it with --json --outputFile"
        )
    files = rows(report, "testResults")
    ends = [end for file in files if (end := number(file, "endTime") or number(file, "perfStats", "end"))]
    begin = number(report, "startTime")
    yield RunInfo(
        started=moment(report, "startTime"),
        duration=round((max(ends) - begin) / 1000, 3) if ends and begin else None,
    )
    counted, calm = 0, True
    for file in files:
        # What a ``testResultsProcessor`` is given has other names for files and tests.
        tests = rows(file, "assertionResults") or rows(file, "testResults")
        red = 0
        for test in tests:
            case = _case(file, test)
            counted += 1
            red += case.outcome.is_red
            yield case
        broken = not red and (text(file, "status") == "failed" or text(file, "testExecError", "message"))
        if broken:
            yield _unloaded(file)
        calm = calm and not red and not broken
    if calm and get(report, "success") is False and not counted_red(report):
        yield _unsuccessful(report)
    stated = integer(report, "numTotalTests")
    if stated is not None and stated != counted:
        yield Warn(f"the report counts {stated} tests, {counted} are listed")


def _unsuccessful(report: Any) -> Failure:
    """What failed besides the tests, as far as the report says it."""
    obsolete = integer(report, "snapshot", "unchecked") or 0
    why = f"{obsolete} snapshots are obsolete" if obsolete else "a threshold of coverage, or a reporter"
    return Failure(f"the run did not succeed, and no test failed: {why}", kind="error")


def _unloaded(file: dict[str, Any]) -> Failure:
    """A file that ended before its tests, or broke outside them: an import that failed, a syntax error."""
    said = _BULLET.sub("", text(file, "message") or text(file, "failureMessage"))
    said = said if said.strip() else text(file, "testExecError", "message")
    if said.strip():
        return failure_from(said, kind="error")
    return Failure(f"{_file(file)} failed outside its tests, and the report does not say why", kind="error")


def _file(file: dict[str, Any]) -> str:
    return text(file, "name") or text(file, "testFilePath")


def _case(file: dict[str, Any], test: dict[str, Any]) -> CaseResult:
    outcome = _OUTCOMES.get(text(test, "status"), Outcome.ERROR)
    said = [message for message in words(test, "failureMessages") if message.strip()]
    tries = max(integer(test, "invocations") or 1, 1)
    retried = outcome is Outcome.PASSED and bool(said or words(test, "retryReasons"))
    failures = [failure_from(message) for message in said or words(test, "retryReasons")]
    if outcome.is_red and not failures and text(test, "message").strip():
        failures = [failure_from(text(test, "message"))]  # of those who write the format without Jest
    elif outcome.is_red and not failures:
        failures = [Failure(f"ended as '{text(test, 'status')}', and the report does not say why")]
    return CaseResult(
        name=text(test, "title") or text(test, "fullName"),
        outcome=outcome,
        suite=" > ".join(words(test, "ancestorTitles")),
        file=_file(file) or None,
        line=integer(test, "location", "line"),
        duration=seconds(test, "duration"),
        attempts=max(tries, 1 + len(failures)) if retried else tries,
        failures=tuple(failures),
    )


READER = Reader("jest-json", _sniff, json_report(_read, cases="assertionResults", counts=True))
