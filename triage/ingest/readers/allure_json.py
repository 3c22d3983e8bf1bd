"""Allure 2: the results and containers that its adapters write into one directory, and the test cases of a report.

After the models of allure-framework/allure2 and allure-java. Results with the same ``historyId`` are tries of one
case, of which the newest decides, as in Allure's own report; but pytest gives two rows of data of the same values one id, and
two names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import placed
from triage.ingest.json_text import get, has_ends, load, load_lines, moment, number, rows, text
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

_Document = dict[str, Any]
_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "broken": Outcome.ERROR,
    "skipped": Outcome.SKIPPED,
}
_FIXTURES = ("befores", "afters")
_SUITES = ("parentSuite", "suite", "subSuite")
_HIDDEN = (
    "package",
    "testClass",
    "testMethod",
    "class",
    "method",
    "host",
    "thread",
    "framework",
    "language",
    *_SUITES,
)
# What broke outside of any test, in a file of its own since Allure 3.
_GLOBAL = re.compile(r'^[\ufeff\s]*+\{\s*+"(?:errors|attachments)"\s*+:\s*+\[\s*+\{')


def _sniff(sample: Sample) -> int:
    if _GLOBAL.match(sample.text) and has_ends(sample, "errors", "attachments"):
        return 55
    ended = has_ends(sample, "status") or has_ends(sample, "stage")
    if (
        ended
        and has_ends(sample, "uuid", "start")
        and any(
            has_ends(sample, *keys) for keys in (("labels", "name"), ("historyId",), ("fullName", "stage"))
        )
    ):
        return 85
    if ended and has_ends(sample, "uuid", "name", "status", "start", "stop"):
        return 60
    if has_ends(sample, "uuid", "name", "start", "stop"):
        return 55
    if has_ends(sample, "uuid") and any(has_ends(sample, key) for key in _FIXTURES):
        return 84
    # Of a report; of late without the id of its history.
    known = has_ends(sample, "fullName") or has_ends(sample, "historyId")
    return 85 if known and has_ends(sample, "uid", "status", "time", "newFailed") else 0


def _read(source: Source) -> Iterator[Item]:
    documents, warnings = _documents(source)
    results = sorted((one for one in documents if _is_result(one)), key=lambda one: _begin(one) or 0.0)
    containers = [one for one in documents if any(key in one for key in _FIXTURES)]
    outside = [one for one in documents if "errors" in one and not _is_result(one)]
    if not results and not containers and not any(rows(one, "errors") for one in outside):
        raise IngestError(f"{source.name}: no Allure result in it; name the directory of the results")
    yield from warnings
    items: Iterator[Item] = _items(results, containers, outside)
    # The lines of a directory read as one are those of no file.
    yield from placed(source, items) if len(documents) == 1 else items


def _documents(source: Source) -> tuple[list[_Document], list[Warn]]:
    lines = list(load_lines(source))
    if lines and lines[0][1] is None and len(lines) > 1:
        # One document for people, over many lines; else the one of its directory that is broken.
        try:
            document = load(source)
        except IngestError:
            if not any(found for _, found, _ in lines):
                raise
        else:
            return ([document] if isinstance(document, dict) else []), []
    found = [document for _, document, _ in lines if document is not None]
    broken = [number for number, document, _ in lines if document is None]
    if not found:
        document = load(source)  # raises what is wrong
        return ([document] if isinstance(document, dict) else []), []
    if not broken:
        return found, []
    return found, [Warn(f"{len(broken)} of the {len(lines)} documents are broken JSON", broken[0])]


def _is_result(document: _Document) -> bool:
    named = "uuid" in document and "name" in document
    told = "status" in document or "stage" in document or (named and "start" in document)
    return told and not any(key in document for key in _FIXTURES)


def _items(results: list[_Document], containers: list[_Document], outside: list[_Document]) -> Iterator[Item]:
    for one in outside:
        for error in rows(one, "errors"):
            message, trace = text(error, "message"), text(error, "trace")
            yield failure_from(trace or message, message=message, kind="error")
    begins = [begin for one in results if (begin := _begin(one))]
    ends = [end for one in results if (end := number(one, "stop") or number(one, "time", "stop"))]
    yield RunInfo(
        started=moment(min(begins)) if begins else None,
        duration=round((max(ends) - min(begins)) / 1000, 6) if begins and ends else None,
    )
    tries: dict[tuple[str, str], list[_Document]] = {}
    for index, one in enumerate(results):
        tries.setdefault((text(one, "historyId") or f"\0{index}", _row(one)), []).append(one)
    red: set[str] = set()
    unknown = 0
    for group in tries.values():
        group.sort(key=lambda one: (_begin(one) or 0.0, number(one, "stop") or 0.0))
        case = _case(group)
        unknown += _status(group[-1]) not in _OUTCOMES
        if case.outcome.is_red:
            red.update(text(one, "uuid") for one in group)
        yield case
    for container in containers:
        if not red.isdisjoint(_children(container)):
            continue  # its tests tell what the fixture told
        for when in _FIXTURES:
            for fixture in rows(container, when):
                if (outcome := _OUTCOMES.get(text(fixture, "status"))) is not None and outcome.is_red:
                    yield _failure(fixture, f"{text(fixture, 'name') or when[:-1]}: ", "error")
    if unknown:
        yield Warn(f"{unknown} tests have no known status; they are counted as skipped")


def _row(one: _Document) -> str:
    """What tells a test from another one of its id."""
    is_pytest = any(text(label, "value") == "pytest" for label in rows(one, "labels"))
    return text(one, "name") if is_pytest else ""


def _begin(one: _Document) -> float | None:
    return number(one, "start") or number(one, "time", "start")


def _children(container: _Document) -> list[str]:
    children = get(container, "children")
    return [child for child in children if isinstance(child, str)] if isinstance(children, list) else []


def _status(one: _Document) -> str:
    return text(one, "status").lower()


def _outcome(one: _Document) -> Outcome:
    outcome = _OUTCOMES.get(_status(one), Outcome.SKIPPED)
    said = _said(one)[0]
    # allure-pytest tells what was declared to fail in the message alone.
    if outcome is Outcome.SKIPPED and said.startswith("XFAIL"):
        return Outcome.XFAILED
    if outcome is Outcome.PASSED and said.startswith("XPASS"):
        return Outcome.XPASSED
    return outcome


def _said(one: _Document) -> tuple[str, str]:
    """Message and trace of a result, a fixture, a step or a test case of a report."""
    details = get(one, "statusDetails")
    if isinstance(details, str):
        return text(one, "statusDetails"), ""
    return (
        text(details, "message") or text(one, "statusMessage"),
        text(details, "trace") or text(one, "statusTrace"),
    )


def _case(group: list[_Document]) -> CaseResult:
    last = group[-1]
    outcome = _outcome(last)
    retries = rows(last, "extra", "retries") if len(group) == 1 else []
    earlier = [*reversed(retries), *group[:-1]]
    failures = [_failure(one) for one in earlier if (_outcome(one)).is_red]
    if outcome.is_red:
        failures.append(_failure(last, kind="error" if outcome is Outcome.ERROR else "failure"))
    labels = [(text(label, "name"), text(label, "value")) for label in rows(last, "labels")]
    file, suite = _place(last, dict(labels))
    spent = [time for one in (*earlier, last) if (time := _spent(one)) is not None]
    return CaseResult(
        name=_name(last, dict(labels)),
        outcome=outcome,
        suite=suite,
        file=file,
        duration=round(sum(spent), 6) if spent else None,
        attempts=1 + (len(earlier) if failures else 0),
        failures=tuple(failures),
        properties=tuple(_properties(last, labels, outcome)),
    )


def _spent(one: _Document) -> float | None:
    begin, end = _begin(one), number(one, "stop") or number(one, "time", "stop")
    return round((end - begin) / 1000, 6) if begin is not None and end is not None and end >= begin else None


def _name(one: _Document, labels: dict[str, str]) -> str:
    name = text(one, "name") or text(one, "fullName").rpartition(".")[2] or labels.get("testMethod", "")
    values = [
        text(parameter, "value")
        for parameter in rows(one, "parameters")
        if get(parameter, "excluded") is not True and text(parameter, "mode") not in ("hidden", "masked")
    ]
    if labels.get("framework") == "pytest" or not values or all(value in name for value in values):
        return name
    return f"{name} [{', '.join(values)}]"


def _place(one: _Document, labels: dict[str, str]) -> tuple[str | None, str]:
    """File and suite, named as the runner's own reports do where that can be told."""
    if labels.get("framework") == "pytest" and labels.get("suite"):
        folder = labels.get("parentSuite", "").replace(".", "/")
        file = f"{folder}/{labels['suite']}.py" if folder else f"{labels['suite']}.py"
        return file, labels.get("subSuite", "")
    if tested := labels.get("testClass") or labels.get("class"):
        return None, tested
    named = " > ".join(said for key in _SUITES if (said := labels.get(key)))
    return None, named or text(one, "fullName").removesuffix(text(one, "name")).rstrip(".#: ")


def _properties(one: _Document, labels: list[tuple[str, str]], outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield from ((name, value) for name, value in labels if value and name not in _HIDDEN)
    for parameter in rows(one, "parameters"):
        if (name := text(parameter, "name")) and text(parameter, "mode") not in ("hidden", "masked"):
            yield name, text(parameter, "value")
    if get(one, "statusDetails", "flaky") is True or get(one, "flaky") is True:
        yield "flaky", "declared"
    yield from (("link", url) for link in rows(one, "links") if (url := text(link, "url")))
    if outcome in (Outcome.SKIPPED, Outcome.XFAILED, Outcome.XPASSED) and (said := _said(one)[0]):
        yield "reason", said


def _failure(one: _Document, head: str = "", kind: str = "failure") -> Failure:
    message, trace = _said(one)
    if not message and not trace:
        step = _broken_step(one)
        message, trace = _said(step)
        message = message or (f"step failed: {text(step, 'name')}" if step else "")
    if not message and not trace:
        message = f"ended as '{_status(one)}', and the result does not say why"
    if head:
        message = f"{head}{message}"
    kind = "error" if _status(one) == "broken" else kind
    return failure_from(trace or message, message=message, kind=kind)


def _broken_step(one: _Document) -> _Document:
    """The innermost step that went wrong."""
    found: _Document = {}
    level = rows(one, "steps") or rows(one, "testStage", "steps")
    while (
        step := next((s for s in level if _OUTCOMES.get(_status(s), Outcome.PASSED).is_red), None)
    ) is not None:
        found, level = step, rows(step, "steps")
    return found


READER = Reader("allure-json", _sniff, _read, joins=True)
