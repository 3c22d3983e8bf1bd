"""Totals, dates, surroundings and tables of a report; what contradicts itself is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.ingest.markdown.blocks import Block, Section, names_something, plain, title
from triage.ingest.markdown.words import iso_date, seconds
from triage.model import RunInfo, Table, Totals, Warn

_COUNTS = {
    "tests": re.compile(
        r"^(?:total|#|count|all)?\s*(?:tests?|test cases|total tests?|cases)?(?: (?:run|executed|total|count))?$|^total$",
        re.IGNORECASE,
    ),
    "passed": re.compile(r"^(?:tests? )?pass(?:ed|ing|es)?(?: tests?)?$", re.IGNORECASE),
    "failed": re.compile(r"^(?:tests? )?fail(?:ed|ing|ures?|s)?(?: tests?)?$", re.IGNORECASE),
    "errors": re.compile(r"^(?:tests? )?error(?:s|ed)?$", re.IGNORECASE),
    "skipped": re.compile(
        r"^(?:tests? )?(?:skip(?:ped|s)?|pending|not run|ignored)(?: tests?)?$", re.IGNORECASE
    ),
}
_NUMBER = re.compile(r"^[~≈]?\s*(\d[\d,]{0,14})\b(?!\s*(?:[./%:]|-\d|ms\b|s\b|sec|min))")
_OVERALL = re.compile(r"\b(?:overall|total|all|sum|summe|gesamt)\b", re.IGNORECASE)
_PAIRS = (
    re.compile(r"(?P<passed>\d{1,9}) (?:tests? )?pass(?:ed|ing)?\s*(?:/|of|out of)\s*(?P<tests>\d{1,9})", re.IGNORECASE),
    re.compile(r"(?P<passed>\d{1,9})\s*(?:/|of|out of)\s*(?P<tests>\d{1,9})(?: tests?)?(?: (?:have|are|were))?[ :]*(?:pass(?:ed|ing|es)?|functioning|green)", re.IGNORECASE),
    re.compile(r"\((?P<passed>\d{1,9})\s*/\s*(?P<tests>\d{1,9})\b[^)]*\)"),
)  # fmt: skip
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?%")
_STARTED = (
    "date",
    "run date",
    "executed",
    "executed on",
    "started",
    "timestamp",
    "generated",
    "date/time",
    "execution date",
)
_TIME = re.compile(r"^(\d{1,2}:\d\d(?::\d\d)?)\s*(UTC|GMT|Z)?\b")


@dataclass(frozen=True, slots=True)
class Stated:
    """Totals that the report states, and where."""

    totals: Totals
    line: int
    is_sum: bool = False
    """Added up here from the suites that the report states."""


def pair(text: str) -> tuple[int, int] | None:
    """Passed and total, where ``text`` says ``8 passed / 281 total``, ``12/15 passed`` or ``(6/6)``."""
    for pattern in _PAIRS:
        if (match := pattern.search(text)) and int(match["passed"]) <= int(match["tests"]):
            return int(match["passed"]), int(match["tests"])
    return None


def overall(found: list[Section]) -> Stated | None:
    """The totals of the whole report: a list of counts, else a total row, else a sentence, else the sum of suites."""
    for section in found:
        counts = _counts(section)
        if "tests" in counts and ("passed" in counts or "failed" in counts):
            line = next(block.line for block in section.key_values() if _name_of(block.key) == "tests")
            return Stated(_complete(counts), line)
    for section in found:
        for table in (block for block in section.blocks if block.kind == "table"):
            if stated := _total_row(table):
                return stated
    for section in found[:6]:
        for block in section.blocks:
            if (
                block.kind in ("key", "item", "text")
                and (numbers := pair(plain(block.text)))
                and "total" in block.text.lower()
            ):
                return Stated(_complete({"passed": numbers[0], "tests": numbers[1]}), block.line)
    return _sum_of_suites(found)


def _name_of(key: str) -> str | None:
    key = re.sub(r"\s*\(.*\)$", "", key).strip()
    return next((name for name, pattern in _COUNTS.items() if key and pattern.match(key)), None)


def _counts(section: Section) -> dict[str, int]:
    counts: dict[str, int] = {}
    for block in section.key_values():
        name, number = _name_of(block.key), _NUMBER.match(plain(block.text))
        if name and number:
            counts.setdefault(name, int(number[1].replace(",", "")))
    return counts


def _complete(counts: dict[str, int]) -> Totals:
    """Totals from what is stated; the one number that is missing follows from the others."""
    tests, passed = counts.get("tests"), counts.get("passed")
    errors, skipped = counts.get("errors", 0), counts.get("skipped", 0)
    failed = counts.get("failed")
    if passed is None:
        passed = max(0, (tests or 0) - (failed or 0) - errors - skipped)
    if failed is None:
        failed = max(0, (tests or passed) - passed - errors - skipped)
    return Totals(
        tests if tests is not None else passed + failed + errors + skipped, passed, failed, errors, skipped
    )


def _columns(table: Block) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, heading in enumerate(table.rows[0]):
        if index and (name := _name_of(heading)):
            columns.setdefault(name, index)
    return columns


def _row_counts(row: tuple[str, ...], columns: dict[str, int]) -> dict[str, int]:
    counts = {}
    for name, index in columns.items():
        if index < len(row) and (number := _NUMBER.match(row[index])):
            counts[name] = int(number[1].replace(",", ""))
    return counts


def _total_row(table: Block) -> Stated | None:
    columns = _columns(table)
    if not ("passed" in columns and ("tests" in columns or "failed" in columns)):
        return None
    rows = [(row, line) for row, line in zip(table.rows[1:], table.row_lines[1:], strict=True) if row]
    for row, line in rows:
        if _OVERALL.search(row[0]) and (counts := _row_counts(row, columns)):
            return Stated(_complete(counts), line)
    return None


def suites(found: list[Section]) -> Iterator[tuple[Section, Totals]]:
    """Sections that state counts of their own: ``(6/6 PASSED)`` in the heading, or ``**Tests:** 4 total``."""
    for section in found:
        if numbers := (
            pair(section.heading) if re.search(r"\btests?\b", section.heading, re.IGNORECASE) else None
        ):
            yield section, _complete({"passed": numbers[0], "tests": numbers[1]})
            continue
        counts = _counts(section)
        if "tests" not in counts:
            continue
        for block in section.key_values():
            if "rate" in block.key.lower() and (numbers := pair(plain(block.text))):
                counts.setdefault("passed", numbers[0])
            if _name_of(block.key) == "tests" and (errors := re.search(r"(\d{1,9}) errors?\b", block.text)):
                counts.setdefault("errors", int(errors[1]))
        if "passed" in counts or "failed" in counts:
            yield section, _complete(counts)


def _sum_of_suites(found: list[Section]) -> Stated | None:
    stated = list(suites(found))
    if stated:
        return Stated(sum((totals for _, totals in stated), Totals()), stated[0][0].line, is_sum=True)
    for table in (block for section in found for block in section.blocks if block.kind == "table"):
        columns = _columns(table)
        if "passed" in columns and ("tests" in columns or "failed" in columns):
            rows = [_complete(counts) for row in table.rows[1:] if (counts := _row_counts(row, columns))]
            if rows:
                return Stated(sum(rows, Totals()), table.line, is_sum=True)
    return None


def contradictions(found: list[Section], stated: Stated | None) -> Iterator[Warn]:
    """Totals that do not add up, percentages that are wrong, tables whose rows miss their total."""
    if stated is not None:
        t = stated.totals
        if stated.is_sum:
            yield Warn(
                "no overall total is stated: the totals are the sum of the suites that are", stated.line
            )
        parts = t.passed + t.failed + t.errors + t.skipped
        if parts != t.tests:
            yield Warn(f"the stated counts add up to {parts}, not to the stated {t.tests} tests", stated.line)
    for section in found:
        for block in section.blocks:
            if block.kind == "table":
                yield from _table_warnings(block)
            elif block.kind in ("key", "item", "text"):
                yield from _rate_warning(block)


def _rate_warning(block: Block) -> Iterator[Warn]:
    text = plain(block.text)
    numbers, percent = pair(text), _PERCENT.search(text)
    if numbers and percent and numbers[1] and len(_PERCENT.findall(text)) == 1:
        real = 100 * numbers[0] / numbers[1]
        if abs(real - float(percent[1])) >= 1:
            yield Warn(
                f"{numbers[0]} of {numbers[1]} is {real:.1f} %, the report says {percent[1]} %", block.line
            )


def _table_warnings(table: Block) -> Iterator[Warn]:
    columns = _columns(table)
    if not ("passed" in columns and ("tests" in columns or "failed" in columns)):
        return
    added: dict[str, int] = {}
    for row, line in zip(table.rows[1:], table.row_lines[1:], strict=True):
        counts = _row_counts(row, columns)
        if not counts:
            continue
        if _OVERALL.search(row[0]):
            for name, number in counts.items():
                if added and added.get(name, 0) != number:
                    yield Warn(
                        f"the rows above add up to {added.get(name, 0)} {name}, the total row says {number}",
                        line,
                    )
            return
        if {"tests", "passed", "failed"} <= counts.keys():
            parts = sum(number for name, number in counts.items() if name != "tests")
            if parts != counts["tests"]:
                yield Warn(f"this row adds up to {parts}, not to its {counts['tests']} tests", line)
        for name, number in counts.items():
            added[name] = added.get(name, 0) + number


def surroundings(found: list[Section], overall_is_sum: bool) -> RunInfo:
    """Date, environment, workers, duration, suites, tables, and the other facts of the head of the report.

    ``overall_is_sum``: the sections with counts are suites, so what they say is not about the whole run.
    """
    values: dict[str, tuple[str, int]] = {}
    properties: list[tuple[str, str]] = []
    of_suites = {section.line for section, _ in suites(found)} if overall_is_sum else set()
    for index, section in enumerate(found):
        for block in section.key_values():
            value = plain(block.text)
            if value and section.line not in of_suites:
                values.setdefault(block.key.lower(), (value, block.line))
                if index < 5 and block.kind == "key":
                    properties.append((block.key, value))
    started = next(
        (date for name in _STARTED if name in values and (date := iso_date(values[name][0]))), None
    )
    if started and "T" not in started and "time" in values and (clock := _TIME.match(values["time"][0])):
        started = f"{started}T{clock[1]:0>5}" + ("+00:00" if clock[2] else "")
    duration = next(
        (
            seconds(values[n][0])
            for n in (
                "duration",
                "total duration",
                "total test duration",
                "execution time",
                "time elapsed",
                "test duration",
            )
            if n in values
        ),
        None,
    )
    workers = next(
        (int(m[0]) for n in ("workers",) if n in values and (m := re.match(r"\d{1,9}", values[n][0]))), None
    )
    environment = next(
        (values[n][0] for n in ("environment", "env", "target", "staging") if n in values), None
    )
    named = (
        re.split(r"\s*[,;]\s*", values["suites"][0])
        if "suites" in values
        else [title(section.heading) for section, _ in suites(found) if names_something(section.heading)]
    )
    tables = tuple(
        Table(next((h for h in reversed(section.path) if h), ""), block.rows[0], block.rows[1:], block.line)
        for section in found
        for block in section.blocks
        if block.kind == "table"
    )
    return RunInfo(
        started=started, duration=duration, environment=environment, workers=workers,
        suites=tuple(named), properties=tuple(properties), tables=tables,
    )  # fmt: skip
