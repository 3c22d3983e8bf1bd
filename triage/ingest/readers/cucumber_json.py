"""Cucumber's ``json`` format, which behave and others write too: features of scenarios of steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_keys, integer, rows, seconds, text, words
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.rows import OUTCOMES
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, worse

_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    **dict.fromkeys(
        ("error", "undefined", "ambiguous", "pending", "hook_error", "cleanup_error"), Outcome.ERROR
    ),
}
_UNTOLD = {
    "undefined": "undefined step",
    "pending": "pending step",
    "ambiguous": "ambiguous step: more than one definition matches",
}
_FEATURE = re.compile(r'"keyword"\s*+:\s*+"Feature"')
_NANOSECONDS = 1e9


def _sniff(sample: Sample) -> int:
    if has_keys(sample, "elements", "keyword", "steps"):
        return 92
    # A feature without scenarios.
    return 80 if has_keys(sample, "keyword", "uri", "name") and _FEATURE.search(sample.text) else 0


def _read(source: Source, features: Any) -> Iterator[Item]:
    if isinstance(get(features, "features"), list):
        features = features["features"]  # behave before 1.2.3
    if not isinstance(features, list):
        raise IngestError(
            f"{source.name}: no list of features in this Cucumber report; write it with format json"
        )
    elements = [element for feature in rows({"": features}, "") for element in rows(feature, "elements")]
    if starts := sorted(filter(None, (text(element, "start_timestamp") for element in elements))):
        yield RunInfo(started=starts[0])
    for feature in rows({"": features}, ""):
        red = False
        for case in _cases(feature):
            red = red or case.outcome.is_red
            yield case
        stated = _outcome(text(feature, "status"))
        if stated is not None and stated.is_red and not red:
            # behave: a hook around the feature broke.
            said = f"the feature '{text(feature, 'name')}' ended as '{text(feature, 'status')}', and no scenario says why"
            yield Failure(said, kind="error")


def _cases(feature: dict[str, Any]) -> Iterator[CaseResult]:
    """The scenarios; one behind a red one that is the same in all is its next try."""
    background: list[dict[str, Any]] = []
    tries: list[CaseResult] = []
    identity: tuple[str, ...] = ()
    for element in rows(feature, "elements"):
        if text(element, "type") == "background":
            background = _steps(element)
            continue
        case = _case(feature, element, background)
        background = []
        named = (text(element, "id"), case.name, str(case.line), text(element, "keyword"))
        if tries and not (named[0] and named == identity and tries[-1].outcome.is_red):
            yield _joined(tries)
            tries = []
        tries.append(case)
        identity = named
    if tries:
        yield _joined(tries)


def _joined(tries: list[CaseResult]) -> CaseResult:
    """Several tries of one scenario as one case: the last decides."""
    return replace(
        tries[-1],
        attempts=len(tries),
        duration=round(sum(case.duration or 0.0 for case in tries), 6),
        failures=tuple(failure for case in tries for failure in case.failures),
    )


def _steps(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Its steps between its hooks."""
    steps = rows(element, "steps")
    around = [hook for step in steps for hook in (*rows(step, "before"), *rows(step, "after"))]
    return [*rows(element, "before"), *steps, *around, *rows(element, "after")]


def _case(feature: dict[str, Any], element: dict[str, Any], background: list[dict[str, Any]]) -> CaseResult:
    steps = [*background, *_steps(element)]
    outcome = None
    failures = []
    for step in steps:
        status = text(step, "result", "status").lower()
        told = _outcome(status)
        if told is None or (outcome is Outcome.FAILED and status in _UNTOLD):
            continue  # behind a step that failed nothing ran: that one is not defined either is not why
        if told.is_red and ("keyword" not in step or get(step, "hidden") is True):
            told = Outcome.ERROR  # a hook
        outcome = told if outcome is None else worse(outcome, told)
        if told.is_red:
            failures.append(_failure(step, told))
    stated = _outcome(text(element, "status"))
    if stated and (outcome is None or stated.is_red):
        outcome = stated
    if outcome is not None and outcome.is_red and not failures:
        failures = [
            Failure(f"the scenario ended as '{text(element, 'status')}', and no step says why", kind="error")
        ]
    file, _, line = text(element, "location").rpartition(":")
    tags = [text(tag, "name") for tag in rows(element, "tags")] or words(element, "tags")
    return CaseResult(
        name=text(element, "name").strip(),
        outcome=outcome or Outcome.SKIPPED,
        suite=text(feature, "name"),
        file=file or text(feature, "uri") or text(feature, "location").rpartition(":")[0] or None,
        line=int(line) if line.isdecimal() and len(line) < 10 else integer(element, "line"),
        duration=round(sum(_seconds(step) for step in steps), 6),
        failures=tuple(failures),
        properties=tuple(("tag", tag) for tag in tags),
    )


def _outcome(status: str) -> Outcome | None:
    """What a status means; None for steps that did not run. Words that no Cucumber says mean what they mean elsewhere."""
    status = status.lower()
    known = _OUTCOMES.get(status) or OUTCOMES.get(status)
    return known if known in (Outcome.PASSED, Outcome.FAILED, Outcome.ERROR) else None


def _seconds(step: dict[str, Any]) -> float:
    duration = get(step, "result", "duration")
    # Cucumber counts whole nanoseconds, behave seconds with a fraction.
    return (
        seconds(step, "result", "duration", per=1.0 if isinstance(duration, float) else _NANOSECONDS) or 0.0
    )


def _failure(step: dict[str, Any], outcome: Outcome) -> Failure:
    status = text(step, "result", "status").lower()
    name = f"{text(step, 'keyword').strip()} {text(step, 'name')}".strip()
    said = text(step, "result", "error_message").strip()
    kind = "failure" if outcome is Outcome.FAILED else "error"
    place = text(step, "match", "location") or text(step, "location")
    name = name or f"hook {place}".strip()
    message = f"{_UNTOLD[status]}: {name}" if status in _UNTOLD and not said else ""
    failure = failure_from(said or message or f"{name} failed", message=message, kind=kind)
    file, _, line = place.rpartition(":")
    if failure.file is None and line.isdecimal() and len(line) < 10:
        failure = Failure(failure.message, failure.type, kind, failure.trace, file, int(line))
    return failure


READER = Reader("cucumber-json", _sniff, json_report(_read, cases="elements"))
