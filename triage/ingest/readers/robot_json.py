"""Robot Framework's result as JSON: ``output.json`` of version 7.2 and newer, and a suite as ``to_json`` writes it.

After the JSON schema ``doc/schema/result.json`` of robotframework.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import get, has_ends, has_keys, integer, number, rows, seconds, text, words
from triage.ingest.parts import exception_type
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.robot_text import WHERE
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

_Object = dict[str, Any]
_OUTCOMES = {
    "PASS": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "SKIP": Outcome.SKIPPED,
    "NOT RUN": Outcome.SKIPPED,
}
_DEEPEST = 200


def _sniff(sample: Sample) -> int:
    if (has_keys(sample, "generator", "suite") and '"Rebot' in sample.text) or '"Robot ' in sample.text:
        return 94 if has_keys(sample, "generator") else 0
    return 88 if has_ends(sample, "elapsed_time", "status", "tests") and has_keys(sample, "name") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    whole = get(report, "suite")
    root = whole if isinstance(whole, dict) else report
    if not isinstance(root, dict) or not ("tests" in root or "suites" in root):
        raise IngestError(f"{source.name}: no suite in this Robot result; write it with --output output.json")
    yield RunInfo(
        started=text(root, "start_time") or None,
        duration=number(root, "elapsed_time"),
        suites=tuple(name for name in [text(root, "name")] if name),
        properties=tuple(("generator", said) for said in [text(report, "generator")] if said),
    )
    listed = 0
    red = False
    for suite, path, file, broken in _suites(root):
        tests = rows(suite, "tests")
        for test in tests:
            listed += 1
            case = _case(test, path, file, broken)
            red = red or case.outcome.is_red
            yield case
        if not listed and not tests and text(suite, "status") == "FAIL":
            for fixture in (get(suite, "setup"), get(suite, "teardown")):
                if text(fixture, "status") == "FAIL":
                    yield replace(_failure(fixture, text(suite, "message")), kind="error")
    if listed and not red and text(root, "status") == "FAIL":
        said = text(root, "message") or f"the suite '{text(root, 'name')}' failed, and none of its tests"
        yield Failure(said, kind="error")
    for error in rows(report, "errors"):
        yield Warn(f"{text(error, 'level') or 'error'}: {text(error, 'message')}".strip())
    stated = [integer(report, "statistics", "total", key) for key in ("pass", "fail", "skip")]
    total = sum(count for count in stated if count)
    if any(count is not None for count in stated) and total != listed:
        yield Warn(f"the report counts {total} tests, {listed} are listed")


def _suites(root: _Object) -> Iterator[tuple[_Object, tuple[str, ...], str, str]]:
    """Every suite with its names, its file, and how its tear-down broke; the outer ones first."""
    todo: list[tuple[_Object, tuple[str, ...], str, str]] = [(root, (), "", "")]
    while todo:
        suite, above, file, broken = todo.pop()
        path = (*above, text(suite, "name"))
        file = text(suite, "source") or file
        if text(suite, "teardown", "status") == "FAIL":
            broken = text(suite, "teardown", "message") or text(suite, "message") or "failed"
        yield suite, path, file, broken
        todo += [(inner, path, file, broken) for inner in reversed(rows(suite, "suites"))]


def _case(test: _Object, path: tuple[str, ...], file: str, broken: str) -> CaseResult:
    outcome = _OUTCOMES.get(text(test, "status"), Outcome.ERROR)
    message = text(test, "message")
    failures = (_failure(test, message),) if outcome.is_red else ()
    if broken and outcome is not Outcome.SKIPPED and "arent suite teardown failed" not in message:
        # Robot tells it so in its reports; in the result the tests end before the suite does.
        outcome = Outcome.FAILED
        failures = (*failures, Failure(f"Parent suite teardown failed: {broken}", kind="error"))
    return CaseResult(
        name=text(test, "name"),
        outcome=outcome,
        suite=".".join(filter(None, path)),
        file=file or None,
        line=integer(test, "lineno"),
        duration=number(test, "elapsed_time") or seconds(test, "elapsedtime"),
        failures=failures,
        properties=(
            *(("tag", tag) for tag in words(test, "tags")),
            *((("reason", message),) if message and outcome is Outcome.SKIPPED else ()),
        ),
    )


def _failure(item: Any, message: str) -> Failure:
    path, said, trace = _way(item)
    message = message or text(item, "message") or said
    lines = [f"{'  ' * depth}{keyword}" for depth, keyword in enumerate(path)]
    body = "\n".join([message, *lines, *([trace] if trace else [])])
    where = WHERE.match(message)
    return Failure(
        message=WHERE.sub(r"\1 ", message) or "failed, and the report does not say why",
        type=exception_type(message),
        kind="error" if where else "failure",
        trace=body if lines or trace else "",
    )


def _way(item: Any) -> tuple[list[str], str, str]:
    """The keywords that failed, outermost first, what the last of them logged, and its traceback."""
    path: list[str] = []
    said, trace = "", ""
    current: Any = item
    for _ in range(_DEEPEST):
        steps = [
            step for step in (get(current, "setup"), *rows(current, "body"), get(current, "teardown")) if step
        ]
        for step in steps:
            if text(step, "type") == "MESSAGE" or ("message" in step and "level" in step):
                if text(step, "level") in ("FAIL", "ERROR"):
                    said = text(step, "message")
                elif text(step, "message").startswith("Traceback (most recent call last)"):
                    trace = text(step, "message")
        following = next((step for step in steps if text(step, "status") == "FAIL"), None)
        if following is None:
            break
        path.append(_keyword(following))
        current = following
    return path, said, trace


def _keyword(step: Any) -> str:
    name = text(step, "name") or text(step, "type")
    owner = text(step, "owner") or text(step, "libname")
    return "    ".join([f"{owner}.{name}" if owner else name, *words(step, "args")])


READER = Reader("robot-json", _sniff, json_report(_read, cases="tests", counts=True))
