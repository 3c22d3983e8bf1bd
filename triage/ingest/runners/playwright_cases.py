"""Playwright's own model of tests and errors in JSON: what its ``json`` and its ``blob`` reporter share."""

from __future__ import annotations

import posixpath
from typing import Any

from triage.ingest.json_text import clean, get, integer, rows, seconds, text, words
from triage.ingest.parts import exception_type, failure_from
from triage.model import CaseResult, Failure, Outcome

OUTCOMES = {
    "expected": Outcome.PASSED,
    "flaky": Outcome.PASSED,
    "unexpected": Outcome.FAILED,
    "skipped": Outcome.SKIPPED,
}


def folder_of(config: Any) -> str:
    """What the files of the report are relative to, relative to where the tests were started."""
    root, file = text(config, "rootDir").replace("\\", "/"), text(config, "configFile").replace("\\", "/")
    if not root or not file:
        return ""
    if file.startswith("."):
        file = posixpath.normpath(posixpath.join(root, file))
    folder = posixpath.relpath(root, posixpath.dirname(file) or "/")
    return "" if folder.startswith("..") or folder == "." else folder


def case_of(spec: dict[str, Any], test: dict[str, Any], folder: str, path: tuple[str, ...]) -> CaseResult:
    """The case of a spec in a project; ``folder`` holds its file, ``path`` are the describes around it."""
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
    last = text(results[-1], "status") if results else "skipped"
    if outcome := OUTCOMES.get(text(test, "status")):
        # Its own summary counts what was interrupted apart from what was skipped, among what is red.
        return Outcome.ERROR if outcome is Outcome.SKIPPED and last == "interrupted" else outcome
    # Reports of Playwright before 1.20 have no status of the whole.
    if last == "skipped":
        return Outcome.SKIPPED
    return Outcome.PASSED if last == (text(test, "expectedStatus") or "passed") else Outcome.FAILED


def _failures(result: dict[str, Any]) -> list[Failure]:
    """What went wrong in one try; soft assertions make several, and count as one."""
    errors = rows(result, "errors") or [error for error in [get(result, "error")] if isinstance(error, dict)]
    if not errors:
        return []
    first = failure_of(errors[0])
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


def failure_of(error: dict[str, Any], kind: str = "failure") -> Failure:
    """What one error of a try, or of the run, says."""
    message = _message(error)
    file, line = text(error, "location", "file") or None, integer(error, "location", "line")
    return Failure(message, exception_type(message), kind, _full(error), file, line)


def _unexplained(test: dict[str, Any], results: list[dict[str, Any]]) -> Failure:
    ended = text(results[-1], "status") if results else "never ran"
    if ended == "passed":
        declared = "time out" if text(test, "expectedStatus") == "timedOut" else "fail"
        return Failure(f"Expected to {declared}, but passed.")
    return Failure(f"The test ended as '{ended}', and the report does not say why.")
