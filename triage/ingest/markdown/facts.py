"""Totals, dates, surroundings and tables of a report; what contradicts itself is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.ingest.markdown.blocks import Block, Section, names_something, plain, title
from triage.ingest.markdown.told import counts_in_words, name_of, told_counts
from triage.ingest.markdown.words import MARKS, iso_date, said, seconds
from triage.model import Outcome, RunInfo, Table, Totals, Warn

_NUMBER = re.compile(r"^[~≈]?\s*(\d[\d,]{0,14})\b(?!\s*(?:[./%:]|-\d|ms\b|s\b|sec|min))")
STATUS_COLUMN = re.compile(r"^(?:status|result|outcome|state|verdict)$", re.IGNORECASE)
_OVERALL = re.compile(r"\b(?:overall|total|all|sum|summe|gesamt)\b", re.IGNORECASE)
_PAIRS = (
    re.compile(r"(?P<passed>\d{1,9}) (?:tests? )?pass(?:ed|ing)?\s*(?:/|of|out of)\s*(?P<tests>\d{1,9})", re.IGNORECASE),
    re.compile(r"(?P<passed>\d{1,9})\s*(?:/|of|out of)\s*(?P<tests>\d{1,9})(?: (?:tests?|suites?))?(?: (?:have|are|were))?[ :]*(?:pass(?:ed|ing|es)?|functioning|green)", re.IGNORECASE),
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


_ONE = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.ERROR: "errors",
    Outcome.SKIPPED: "skipped",
}


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
    """The totals of the whole report: a list of counts, else a total row, else a table with one count a row, else a
    sentence, else the one section that counts what passed and what failed, else the sum of suites."""
    for section in found:
        counts = _counts(section)
        if "tests" in counts and ("passed" in counts or "failed" in counts):
            line = next(block.line for block in section.key_values() if name_of(block.key) == "tests")
            return Stated(_complete(counts), line)
    for table in _tables(found):
        if stated := _total_row(table):
            return stated
    counted = [(counts, table.line) for table in _tables(found) if (counts := _count_rows(table))]
    if counted:
        totals = sum((_complete(counts) for counts, _ in counted), Totals())
        return Stated(totals, counted[0][1], is_sum=len(counted) > 1)
    for section in found[:6]:
        for block in section.blocks:
            if (
                block.kind in ("key", "item", "text")
                and (numbers := pair(plain(block.text)))
                and "total" in block.text.lower()
            ):
                return Stated(_complete({"passed": numbers[0], "tests": numbers[1]}), block.line)
    both = [
        (section, counts) for section in found if {"passed", "failed"} <= (counts := _counts(section)).keys()
    ]
    if len(both) == 1:
        section, counts = both[0]
        line = next(block.line for block in section.key_values() if name_of(block.key) == "passed")
        return Stated(_complete(counts), line)
    words = [(section, *spoken) for section in found if (spoken := counts_in_words(section))]
    for section, told, line in words:
        if section in found[:2] or _OVERALL.search(section.heading):
            return Stated(_complete(told), line)
    if suites_sum := _sum_of_suites(found):
        return suites_sum
    totals = sum((_complete(told) for _, told, _ in words), Totals())
    return Stated(totals, words[0][2], is_sum=len(words) > 1) if words else None


def _tables(found: list[Section]) -> Iterator[Block]:
    return (block for section in found for block in section.blocks if block.kind == "table")


def _counts(section: Section) -> dict[str, int]:
    counts: dict[str, int] = {}
    for block in section.key_values():
        name, number = name_of(block.key), _NUMBER.match(plain(block.text))
        if name and number:
            counts.setdefault(name, int(number[1].replace(",", "")))
    return counts


def _complete(counts: dict[str, int]) -> Totals:
    """Totals from what is stated; the one number that is missing follows from the others."""
    tests, passed = counts.get("tests"), counts.get("passed")
    errors, skipped = counts.get("errors", 0), counts.get("skipped", 0)
    failed, flaky = counts.get("failed"), counts.get("flaky", 0)
    # Playwright counts flaky tests beside those that passed.
    if passed is not None and passed + (failed or 0) + errors + skipped + flaky == tests:
        passed += flaky
    if passed is None:
        passed = max(0, (tests or 0) - (failed or 0) - errors - skipped)
    if failed is None:
        failed = max(0, (tests or passed) - passed - errors - skipped)
    return Totals(
        tests if tests is not None else passed + failed + errors + skipped,
        passed, failed, errors, skipped, flaky=flaky,
    )  # fmt: skip


def _columns(table: Block) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, heading in enumerate(table.rows[0]):
        if index and (name := name_of(heading)):
            columns.setdefault(name, index)
    return columns


def _row_counts(row: tuple[str, ...], columns: dict[str, int]) -> dict[str, int]:
    counts = {}
    for name, index in columns.items():
        if index < len(row) and (number := _NUMBER.match(row[index])):
            counts[name] = int(number[1].replace(",", ""))
    return counts


def counts_suites(table: Block) -> bool:
    """Whether each row counts the tests of a suite."""
    return bool(_columns(table))


def _count_rows(table: Block) -> dict[str, int]:
    """The counts of a table with one a row: ``| Passed | 7 |``. Two numbers in a row are two runs."""
    counts: dict[str, int] = {}
    for row in table.rows[1:]:
        name = name_of(MARKS.sub("", row[0]).strip())
        cells = [_NUMBER.match(MARKS.sub("", cell)) for cell in row[1:3]]
        if name and cells and cells[0] and not any(cells[1:]):
            counts.setdefault(name, int(cells[0][1].replace(",", "")))
    known = "passed" in counts or "failed" in counts
    return counts if known and len(counts.keys() - {"flaky"}) > 1 else {}


def _told_rows(table: Block) -> Totals | None:
    """The sum of a table whose rows tell counts in words; a row without a number is one check."""
    column = next((i for i, name in enumerate(table.rows[0]) if STATUS_COLUMN.match(name)), None)
    if column is None or not any(told_counts(row[column]) for row in table.rows[1:] if len(row) > column):
        return None
    totals = Totals()
    for row in table.rows[1:]:
        cell = row[column] if len(row) > column else ""
        if counts := told_counts(cell):
            totals += _complete(counts)
        elif not _OVERALL.search(row[0]) and (outcome := said(cell)) in _ONE:
            totals += _complete({_ONE[outcome]: 1})
    return totals


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
            pair(section.heading)
            if re.search(r"\b(?:tests?|suites?)\b", section.heading, re.IGNORECASE)
            else None
        ):
            yield section, _complete({"passed": numbers[0], "tests": numbers[1]})
            continue
        counts = _counts(section)
        if "tests" not in counts:
            continue
        for block in section.key_values():
            if "rate" in block.key.lower() and (numbers := pair(plain(block.text))):
                counts.setdefault("passed", numbers[0])
            if name_of(block.key) == "tests" and (errors := re.search(r"(\d{1,9}) errors?\b", block.text)):
                counts.setdefault("errors", int(errors[1]))
        if "passed" in counts or "failed" in counts:
            yield section, _complete(counts)


def _sum_of_suites(found: list[Section]) -> Stated | None:
    stated = list(suites(found))
    if stated:
        return Stated(sum((totals for _, totals in stated), Totals()), stated[0][0].line, is_sum=True)
    for table in _tables(found):
        if told := _told_rows(table):
            return Stated(told, table.line, is_sum=True)
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
            parts = sum(number for name, number in counts.items() if name not in ("tests", "flaky"))
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
