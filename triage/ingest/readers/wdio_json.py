"""WebdriverIO's ``json`` reporter, one file a worker, or merged by its ``mergeResults``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, integer, rows, seconds, text, words
from triage.ingest.parts import failure_from, split_message
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "skipped": Outcome.SKIPPED,
    "pending": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    return 91 if has_ends(sample, "capabilities", "suites", "state", "framework") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "suites"), list):
        raise IngestError(
            f"{source.name}: no suites in this WebdriverIO report; write it with the json reporter"
        )
    browser = text(report, "capabilities", "browserName")
    yield RunInfo(
        started=text(report, "start") or None,
        properties=(("browser", browser),) if browser else (),
    )
    counted = broken = 0
    specs = words(report, "specs")
    for suite in rows(report, "suites"):
        # Only where there is one file the suite is known to be of it.
        file = specs[0].removeprefix("file://") if len(specs) == 1 else None
        tries: list[CaseResult] = []
        for test in rows(suite, "tests"):
            case = _case(test, text(suite, "name"), file)
            counted += 1
            if tries and tries[-1].name != case.name:
                yield from _settled(tries)
                tries = []
            tries.append(case)
        yield from _settled(tries)
        for hook in rows(suite, "hooks"):
            if text(hook, "state") == "failed" or text(hook, "error"):
                broken += 1
                yield _failure(hook, "error")
    stated = [integer(report, "state", key) for key in ("passed", "failed", "skipped")]
    tests = sum(count for count in stated if count) if any(count is not None for count in stated) else None
    # A hook that broke before the tests counts as a failed one.
    yield from miscounted(tests, counted + broken if tests == counted + broken else counted)


def _settled(tries: list[CaseResult]) -> list[CaseResult]:
    """Mocha's retries stand one after the other; what failed again may as well be tests of one name."""
    if len(tries) < 2 or tries[-1].outcome.is_red or not all(case.outcome.is_red for case in tries[:-1]):
        return tries
    failures = tuple(why for case in tries for why in case.failures)
    return [replace(tries[-1], attempts=len(tries), failures=failures)]


def _case(test: dict[str, Any], suite: str, file: str | None) -> CaseResult:
    outcome = _OUTCOMES.get(text(test, "state"), Outcome.ERROR)
    return CaseResult(
        name=text(test, "name") or text(test, "title"),
        outcome=outcome,
        suite=suite,
        file=file,
        duration=seconds(test, "duration"),
        failures=(_failure(test, "failure"),) if outcome.is_red else (),
        output=text(test, "output"),
    )


def _failure(told: dict[str, Any], kind: str) -> Failure:
    message = text(told, "error") or text(told, "error", "message")
    stack = text(told, "standardError") or text(told, "error", "stack")
    title = text(told, "title") if kind == "error" else ""
    said = message or split_message(stack)[0] or "failed, and the report does not say why"
    return failure_from(
        "\n".join(filter(None, (title, stack or said))), message=said, type=text(told, "errorType"), kind=kind
    )


READER = Reader("wdio-json", _sniff, json_report(_read, cases="tests"))
