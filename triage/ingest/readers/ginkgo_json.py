"""Ginkgo 2's ``--json-report``, after ``types.Report`` of its source: a list of suites.

Its own summary counts only the ``It`` nodes; a suite node that broke is a failure of the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, integer, items, rows, seconds, text, words
from triage.ingest.parts import exception_type
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "timedout": Outcome.FAILED,
    "panicked": Outcome.ERROR,
    "interrupted": Outcome.ERROR,
    "aborted": Outcome.ERROR,
}


def _sniff(sample: Sample) -> int:
    return 95 if has_ends(sample, "SpecReports", "LeafNodeText", "State") else _sniff_empty(sample)


def _sniff_empty(sample: Sample) -> int:
    return 92 if has_ends(sample, "SuiteDescription", "SpecReports") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    suites = [one for one in (report if isinstance(report, list) else [report]) if isinstance(one, dict)]
    if not any("SpecReports" in suite for suite in suites):
        raise IngestError(f"{source.name}: no SpecReports in this Ginkgo report; write it with --json-report")
    for suite in suites:
        yield RunInfo(
            started=text(suite, "StartTime") or None,
            duration=seconds(suite, "RunTime", per=1e9),
            workers=integer(suite, "SuiteConfig", "ParallelTotal"),
            suites=tuple(filter(None, (text(suite, "SuiteDescription"),))),
        )
        red = False
        for spec in rows(suite, "SpecReports"):
            if text(spec, "LeafNodeType") in ("It", ""):
                case = _case(suite, spec)
                red = red or case.outcome.is_red
                yield case
                continue
            for failure in (
                _failures(spec) if _OUTCOMES.get(text(spec, "State")) not in (None, Outcome.PASSED) else ()
            ):
                red = True
                yield failure
        reasons = words(suite, "SpecialSuiteFailureReasons")
        if get(suite, "SuiteSucceeded") is False and not red:
            why = "; ".join(reasons) or "the suite failed, and the report does not say why"
            yield Failure(f"{text(suite, 'SuiteDescription')}: {why}".lstrip(": "), kind="error")


def _case(suite: dict[str, Any], spec: dict[str, Any]) -> CaseResult:
    state = text(spec, "State")
    outcome = _OUTCOMES.get(state, Outcome.SKIPPED)
    again = integer(spec, "MaxMustPassRepeatedly") or 0
    labels = [
        label
        for group in items(spec, "ContainerHierarchyLabels")
        if isinstance(group, list)
        for label in group
    ]
    reason = text(spec, "Failure", "Message") or ("pending" if state == "pending" else "")
    return CaseResult(
        name=text(spec, "LeafNodeText") or text(spec, "LeafNodeType"),
        outcome=outcome,
        suite=" > ".join(filter(None, (text(suite, "SuiteDescription"), *words(spec, "ContainerHierarchyTexts")))),
        file=text(spec, "LeafNodeLocation", "FileName") or None,
        line=integer(spec, "LeafNodeLocation", "LineNumber"),
        duration=seconds(spec, "RunTime", per=1e9),
        attempts=max(1, integer(spec, "NumAttempts") or 1) if again < 2 else 1,
        failures=tuple(_failures(spec)) if outcome is not Outcome.SKIPPED else (),
        output="\n".join(filter(None, (text(spec, "CapturedGinkgoWriterOutput"), text(spec, "CapturedStdOutErr")))),
        properties=(
            *(("tag", label) for label in (*labels, *words(spec, "LeafNodeLabels")) if isinstance(label, str) and label),
            *((("reason", reason),) if reason and outcome is Outcome.SKIPPED else ()),
        ),
    )  # fmt: skip


def _failures(spec: dict[str, Any]) -> Iterator[Failure]:
    """Those of earlier tries and clean-ups are additional ones."""
    told = [(text(spec, "State"), get(spec, "Failure"))] if text(spec, "Failure", "Message") else []
    others = [(text(one, "State"), get(one, "Failure")) for one in rows(spec, "AdditionalFailures")]
    for state, failure in (others + told) if text(spec, "State") == "passed" else (told + others):
        message, panic = text(failure, "Message"), text(failure, "ForwardedPanic")
        at = get(failure, "Location")
        said = f"{message}: {panic}" if panic and panic not in message else message
        kind = text(failure, "FailureNodeType")
        outside = kind if kind not in ("", "It") else text(spec, "LeafNodeType")
        yield Failure(
            message=f"[{outside}] {said}" if outside not in ("", "It") else said,
            type=exception_type(said),
            kind="error" if _OUTCOMES.get(state) is Outcome.ERROR else "failure",
            trace="\n".join(filter(None, (said, text(at, "FullStackTrace"))))
            if text(at, "FullStackTrace")
            else "",
            file=text(at, "FileName") or None,
            line=integer(at, "LineNumber"),
        )
    if not told and not others and _OUTCOMES.get(text(spec, "State")) is not Outcome.PASSED:
        yield Failure(f"{text(spec, 'LeafNodeType')} ended as '{text(spec, 'State')}'", kind="error")


READER = Reader("ginkgo-json", _sniff, json_report(_read, cases="SpecReports"))
