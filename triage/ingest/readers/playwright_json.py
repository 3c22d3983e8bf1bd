"""Playwright's ``json`` reporter: suites of specs, each run once per project, each with its tries."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import (
    clean,
    get,
    has_ends,
    has_keys,
    integer,
    number,
    rows,
    seconds,
    text,
    words,
)
from triage.ingest.parts import exception_type, failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

_OUTCOMES = {
    "expected": Outcome.PASSED,
    "flaky": Outcome.PASSED,
    "unexpected": Outcome.FAILED,
    "skipped": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    if has_keys(sample, "config", "rootDir", "projects"):
        return 95
    # What changed in the repository may stand between, and be long.
    if has_keys(sample, "config", "rootDir") and has_ends(sample, "expected", "unexpected", "flaky"):
        return 95
    if has_keys(sample, "suites", "specs", "expectedStatus"):
        return 90
    return 85 if has_keys(sample, "suites", "specs", "results", "ok") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "suites"), list):
        raise IngestError(
            f"{source.name}: no suites in this Playwright report; write it with --reporter=json"
        )
    config = get(report, "config")
    yield RunInfo(
        started=text(report, "stats", "startTime") or None,
        duration=seconds(report, "stats", "duration"),
        workers=integer(config, "metadata", "actualWorkers") or integer(config, "workers"),
        suites=tuple(name for project in rows(config, "projects") if (name := text(project, "name"))),
        properties=tuple(("Playwright", version) for version in [text(config, "version")] if version),
    )
    for error in rows(report, "errors"):
        yield _failure(error, kind="error")
    counted = 0
    folder = _folder(config)
    for suite in rows(report, "suites"):
        for case in _suite(suite, folder, ()):
            counted += 1
            yield case
    stated = sum(number(report, "stats", name) or 0 for name in _OUTCOMES)
    if "stats" in report and stated != counted:
        yield Warn(f"the report counts {stated:.0f} tests, {counted} are listed")


def _folder(config: Any) -> str:
    """What the files of the report are relative to, relative to where the tests were started."""
    root, file = text(config, "rootDir"), text(config, "configFile")
    if not root or not file:
        return ""
    folder = posixpath.relpath(root.replace("\\", "/"), posixpath.dirname(file.replace("\\", "/")) or "/")
    return "" if folder.startswith("..") or folder == "." else folder


def _suite(suite: dict[str, Any], folder: str, path: tuple[str, ...]) -> Iterator[CaseResult]:
    # An explicit stack: a report may nest deeper than Python's own.
    todo = [(suite, path)]
    while todo:
        current, above = todo.pop()
        for spec in rows(current, "specs"):
            for test in rows(spec, "tests"):
                yield _case(spec, test, folder, above)
        inner = rows(current, "suites")
        todo += [(child, (*above, text(child, "title"))) for child in reversed(inner)]


def _case(spec: dict[str, Any], test: dict[str, Any], folder: str, path: tuple[str, ...]) -> CaseResult:
    results = rows(test, "results")
    project = text(test, "projectName")
    outcome = _outcome(test, results)
    failed_as_declared = outcome is Outcome.PASSED and text(test, "expectedStatus") in ("failed", "timedOut")
    failures = [] if failed_as_declared else [f for result in results for f in _failures(result)]
    if outcome.is_red and not failures:
        failures = [_unexplained(test, results)]
    output = [
        clean(text(part, "text")) for r in results for key in ("stdout", "stderr") for part in rows(r, key)
    ]
    properties = [("project", project)] if project else []
    properties += [("tag", tag) for tag in words(spec, "tags")]
    properties += [(text(note, "type"), text(note, "description")) for note in rows(test, "annotations")]
    times = [time for result in results if (time := seconds(result, "duration")) is not None]
    return CaseResult(
        name=text(spec, "title"),
        outcome=outcome,
        suite=" > ".join(filter(None, (project, *path))),
        file=posixpath.join(folder, text(spec, "file")) if text(spec, "file") else None,
        line=integer(spec, "line"),
        duration=round(sum(times), 6) if times else None,
        attempts=max(1, len(results)),
        failures=tuple(failures),
        output="".join(output),
        properties=tuple(properties),
    )


def _outcome(test: dict[str, Any], results: list[dict[str, Any]]) -> Outcome:
    if outcome := _OUTCOMES.get(text(test, "status")):
        return outcome
    # Reports of Playwright before 1.20 have no status of the whole.
    last = text(results[-1], "status") if results else "skipped"
    if last == "skipped":
        return Outcome.SKIPPED
    return Outcome.PASSED if last == (text(test, "expectedStatus") or "passed") else Outcome.FAILED


def _failures(result: dict[str, Any]) -> list[Failure]:
    """What went wrong in one try; soft assertions make several, and count as one."""
    errors = rows(result, "errors") or [error for error in [get(result, "error")] if isinstance(error, dict)]
    if not errors:
        return []
    first = _failure(errors[0])
    if len(errors) == 1:
        return [first]
    told = "\n\n".join(_full(error) for error in errors)
    return [failure_from(told, message="\n\n".join(_message(error) for error in errors), type=first.type)]


def _message(error: dict[str, Any]) -> str:
    """The message without the excerpt of the test's source that newer versions append to it."""
    said = text(error, "message") or text(error, "value")
    kept: list[str] = []
    for line in said.split("\n"):
        stripped = line.strip()
        if kept and (
            stripped.startswith(("at ", "> ")) or (stripped.split(" ", 1)[0].isdecimal() and "|" in stripped)
        ):
            break
        kept.append(line)
    return "\n".join(kept).strip()


def _full(error: dict[str, Any]) -> str:
    said, stack, snippet = (text(error, key).strip() for key in ("message", "stack", "snippet"))
    body = stack if len(stack) >= len(said) else said
    return body if not snippet or snippet in body else f"{body}\n\n{snippet}"


def _failure(error: dict[str, Any], kind: str = "failure") -> Failure:
    message = _message(error)
    file, line = text(error, "location", "file") or None, integer(error, "location", "line")
    return Failure(message, exception_type(message), kind, _full(error), file, line)


def _unexplained(test: dict[str, Any], results: list[dict[str, Any]]) -> Failure:
    ended = text(results[-1], "status") if results else "never ran"
    if ended == "passed":
        declared = "time out" if text(test, "expectedStatus") == "timedOut" else "fail"
        return Failure(f"Expected to {declared}, but passed.")
    return Failure(f"The test ended as '{ended}', and the report does not say why.")


READER = Reader("playwright-json", _sniff, json_report(_read, cases="specs"))
