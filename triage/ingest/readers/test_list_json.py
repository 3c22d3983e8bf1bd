"""Any JSON that lists tests by name and result, without a runner's reader of its own: rows in lists, or objects by name.

Avocado's ``results.json``, Zephyr's ``twister.json``, kirk's and runltp-ng's reports, ``forge test --json``, Buildkite
Test Engine's uploads, what TestRail's API answers, and what people's own scripts write. Where a list stands in a row, the
row is a suite and the list holds the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triage.ingest.json_report import json_report
from triage.ingest.json_text import clean, has_keys, opens_json, parse_object
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.rows import (
    OUTCOMES,
    case_of,
    folded,
    is_of_tests,
    is_part,
    name_of,
    outcome_of,
    outside_of,
    row_of,
)
from triage.model import CaseResult, Item, Outcome

_DEPTH = 40
_PAIR = re.compile(
    r'(?i)"(?:status|kind|outcome|result|state|verdict|test_?status|test_?result|executionStatus)"\s*:\s*"(?P<word>[\w -]{2,24})"'
    r'|"(?:passed|failed|success|pass|ok|status)"\s*:\s*(?:true|false)\b|"status_id"\s*:\s*[1-5]\b'
)
_KNOWN = (
    "test_fqn",
    "whiteboard",
    "testsuites",
    "testcases",
    "test_results",
    "specResults",
    "scenarioResults",
    "pastAttempts",
    "ScenarioTitle",
    "failedExpectations",
    "browserLogs",
)
_PATH = re.compile(r"[/.:]")
"""A key that names a suite rather than what it holds."""
_HOLDS = re.compile(r"(?:test|spec|scenario|suite|test_?case)s$", re.IGNORECASE)
"""A key under which a suite lists its tests."""
_ABOUT = re.compile(
    r'"[\w ]{0,40}(?:test|spec|scenario|suite|testcase)s?(?:[_A-Z][\w ]{0,40})?"\s*:', re.IGNORECASE
)


def _sniff(sample: Sample) -> int:
    known = any(f'"{key}"' in sample.text or f'"{key}"' in sample.end for key in _KNOWN)
    if not opens_json(sample) and not (known and has_keys(sample)):
        return 0
    found = [match for text in (sample.text, sample.end) for match in _PAIR.finditer(text)]
    words = {folded(match["word"]) for match in found if match["word"]}
    if not found or (words and not any(word in OUTCOMES for word in words)):
        return 0
    if known:
        return 20
    about = _ABOUT.search(sample.text) or _ABOUT.search(sample.end)
    first, _, rest = sample.text.lstrip("\ufeff \n").partition("\n")
    if rest.strip() and parse_object(first):
        return 6 if about else 0  # one object a line may be any log
    # So little that it is only read where it is named itself, not for lying in a directory.
    return 3 if about or words else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    sure = False
    held: list[Item] = []
    for item, about in _found(report, (), False, 0):
        sure = sure or about
        held.append(item)
        if sure:
            yield from held
            held.clear()
    if not sure:
        raise IngestError(
            f"{source.name}: unknown format: JSON that lists no tests with names and results; "
            "see 'triage parse --help' for the formats that are read"
        )


def _found(value: Any, suites: tuple[str, ...], about: bool, depth: int) -> Iterator[tuple[Item, bool]]:
    """What is told at ``value``, and whether it is sure to tell of tests; ``about``: a key above it says so."""
    if isinstance(value, dict):
        yield from _told(value, suites, "", about, depth)
    elif isinstance(value, list) and depth < _DEPTH:
        for element in value:
            yield from _found(element, suites, about, depth + 1)


def _told(
    told: dict[str, Any], suites: tuple[str, ...], named: str, about: bool, depth: int
) -> Iterator[tuple[Item, bool]]:
    """What an object tells that stands in a list, or under the key ``named``: a test, a suite, or neither."""
    if depth > _DEPTH:
        return
    row = row_of(told)
    outcome, name = outcome_of(row), name_of(row) or named
    case = case_of(row, outcome, " > ".join(suites), name) if outcome is not None and name else None
    inside = (*suites, name) if name and depth else suites
    listed: set[tuple[str, Outcome]] = set()
    red = False
    for key, value in told.items():
        if not isinstance(value, list | dict) or (case and is_part(key)):
            continue
        cases = _below(key, value, inside, about, depth + 1)
        if listed:
            cases = iter(_unless_known([*cases], listed))
        for item, sure in cases:
            if isinstance(item, CaseResult):
                red = red or item.outcome.is_red
                listed.add((item.name, item.outcome))
            yield item, sure
    for failure in outside_of(row):
        yield failure, about
    empty = any(value == [] and _HOLDS.match(key) for key, value in told.items())
    if case and not listed and not empty:
        yield case, about or is_of_tests(row) or any(key in _KNOWN or _is_about(key) for key in told)
    elif case and case.failures and not red and depth:
        [why] = case.failures
        yield (
            replace(why, message=f"{name}: {why.message}", trace=why.trace or why.message, kind="error"),
            False,
        )


def _unless_known(
    found: list[tuple[Item, bool]], listed: set[tuple[str, Outcome]]
) -> list[tuple[Item, bool]]:
    """Nothing where a list only says once more what another one holds: that of the failed tests, say."""
    told = {(item.name, item.outcome) for item, _ in found if isinstance(item, CaseResult)}
    return [] if told and told <= listed else found


def _below(
    key: str, value: Any, suites: tuple[str, ...], about: bool, depth: int
) -> Iterator[tuple[Item, bool]]:
    about = about or _is_about(key)
    if isinstance(value, dict) and (tests := _tests_by_name(value)) and depth < _DEPTH:
        for name, one in value.items():
            if name in tests:
                yield from _told(one, suites, clean(name), about, depth)
            else:
                yield from _below(name, one, suites, about, depth + 1)
        return
    yield from _found(value, (*suites, clean(key)) if _PATH.search(key) else suites, about, depth)


def _tests_by_name(value: dict[str, Any]) -> set[str]:
    """The keys of an object under which tests stand, where these are most of it; LAVA has groups of steps among them."""
    if not all(isinstance(one, dict) for one in value.values()):
        return set()
    rows = {name: row_of(one) for name, one in value.items()}
    found = {name for name, row in rows.items() if outcome_of(row) is not None and not name_of(row)}
    return found if len(found) > len(rows) / 2 else set()


def _is_about(key: str) -> bool:
    return bool(_ABOUT.match(f'"{key[:90]}":'))


READER = Reader("test-list", _sniff, json_report(_read, cases="tests", several=True))
