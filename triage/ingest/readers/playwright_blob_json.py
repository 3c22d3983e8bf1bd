"""Playwright's ``blob`` reporter, of which shards are merged later: the events of a run, each in a line.

After ``teleReceiver.ts`` of its source.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.ingest.json_text import get, integer, load_lines, moment, rows, seconds, text
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.playwright_cases import case_of, failure_of, folder_of
from triage.model import Item, RunInfo, Warn

_Test = tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]
"""As the ``json`` reporter has it: the spec, the test of one project, the describes around it."""


def _sniff(sample: Sample) -> int:
    begins = sample.text.lstrip("\ufeff \n").startswith('{"method":"on')
    return 95 if begins and any(f'"{name}"' in sample.text for name in ("onConfigure", "onProject")) else 0


def _read(source: Source) -> Iterator[Item]:
    tests: dict[str, _Test] = {}
    config: Any = None
    broken, ended = 0, False
    for number, event, _ in load_lines(source):
        if event is None:
            broken = broken or number
            continue
        method, told = text(event, "method"), get(event, "params")
        if method == "onConfigure":
            config = get(told, "config")
        elif method == "onProject":
            project = get(told, "project")
            for suite in rows(project, "suites"):
                tests |= _tests(suite, text(project, "name"))
        elif method == "onTestEnd":
            _ended(tests, told)
        elif method == "onError":
            yield failure_of(get(told, "error") or {}, kind="error")
        elif method == "onEnd":
            ended = True
            yield RunInfo(
                started=moment(told, "result", "startTime"), duration=seconds(told, "result", "duration")
            )
    yield RunInfo(
        workers=integer(config, "metadata", "actualWorkers") or integer(config, "workers"),
        properties=tuple(("Playwright", version) for version in [text(config, "version")] if version),
    )
    for spec, test, path in tests.values():
        yield case_of(spec, test, folder_of(config), path)
    if broken:
        yield Warn("a line is broken JSON", broken)
    if not ended:
        yield Warn("the report does not end: the run was cut off, what did not run counts as skipped")


def _tests(file: dict[str, Any], project: str) -> dict[str, _Test]:
    found: dict[str, _Test] = {}
    todo: list[tuple[dict[str, Any], tuple[str, ...]]] = [(file, ())]
    while todo:
        suite, path = todo.pop()
        # Before 1.42 suites and tests stood apart.
        inner = [*rows(suite, "entries"), *rows(suite, "tests"), *rows(suite, "suites")]
        for one in inner:
            if "testId" in one:
                spec = {
                    "title": text(one, "title"),
                    "file": text(one, "location", "file"),
                    "line": integer(one, "location", "line"),
                    "tags": get(one, "tags"),
                }
                test: dict[str, Any] = {"projectName": project, "results": []}
                found[text(one, "testId")] = (spec, test, path)
        todo += [(one, (*path, text(one, "title"))) for one in reversed(inner) if "testId" not in one]
    return found


def _ended(tests: dict[str, _Test], told: Any) -> None:
    if (known := tests.get(text(told, "test", "testId"))) is not None:
        _, test, _ = known
        test["expectedStatus"] = text(told, "test", "expectedStatus")
        test["annotations"] = rows(told, "test", "annotations")
        test["results"].append(get(told, "result") or {})


READER = Reader("playwright-blob", _sniff, _read)
