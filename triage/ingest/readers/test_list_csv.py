"""Tables with a test in each line: JMeter's JTL, Allure's ``suites.csv``, pytest-csv, exports of test management.

The names of the columns decide: one names the test, one its result. Katalon's tables hold suites and steps too, and Locust's
tell each request once with how often it failed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from triage.ingest.json_text import clean
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.rows import case_of, name_of, outcome_among, outcome_of, row_of
from triage.ingest.runners.junit_tries import joined
from triage.model import CaseResult, Item, Warn

_DELIMITERS = ",;\t|"
_HEAD = re.compile(r'(?i)^[\ufeff"]*[a-z]')
_RESULTS = frozenset(
    ("status", "outcome", "result", "success", "state", "verdict", "failurecount", "passfail")
)
_FAILURES = frozenset(("error", "occurrences"))
"""Columns of the table that Locust writes of what failed."""
_CASES = "Test Cases/"
_LOOKED_AT = 20
"""Rows that a sniffer looks at."""


def _sniff(sample: Sample) -> int:
    lines = sample.text.split("\n", _LOOKED_AT + 1)
    if len(lines) < 2 or not _HEAD.match(lines[0]) or len(lines[0]) > 4_000:
        return 0
    columns, delimiter = _columns(lines[0])
    folded = row_of(dict.fromkeys(columns, "-")).keys()
    if len(columns) < 3 or (_RESULTS.isdisjoint(folded) and not folded >= _FAILURES):
        return 0
    try:
        read = list(csv.reader(lines[1:-1] or lines[1:], delimiter=delimiter))
    except csv.Error:
        return 0
    rows = [_row(columns, cells) for cells in read if len(cells) == len(columns)]
    return 65 if any(outcome_of(row) and name_of(row) for row in rows) else 0


def _row(columns: list[str], cells: list[str]) -> dict[str, Any]:
    """The folded row of a test; empty where the line tells of none."""
    row = row_of(dict(zip(columns, cells, strict=False)))
    if not str(row.get("suiteteststepname", _CASES)).startswith(_CASES) or row.get("name") == "Aggregated":
        return {}
    if row.keys() >= _FAILURES and str(row["occurrences"]).isdecimal():
        row["status"] = "failed"
    if (failed := str(row.get("failurecount", ""))).isdecimal() and "requestcount" in row:
        told = f"{failed} of {row['requestcount']} requests failed"
        row |= {"status": "failed", "message": told} if failed.strip("0") else {"status": "passed"}
    return row


def _columns(head: str) -> tuple[list[str], str]:
    head = head.lstrip("\ufeff")
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        return next(csv.reader([head], delimiter=delimiter)), delimiter
    except (csv.Error, StopIteration):
        return [], delimiter


def _read(source: Source) -> Iterator[Item]:
    last: Item | None = None
    last_id = ""
    for test_id, item in _rows(source):
        is_same = "::" in test_id and test_id == last_id
        if is_same and isinstance(last, CaseResult) and isinstance(item, CaseResult):
            # pytest-csv gives each try a row, and one to a tear-down that broke.
            last = joined(last, item, same_try=not last.outcome.is_red)
            continue
        if last is not None:
            yield last
        last, last_id = item, test_id
    if last is not None:
        yield last


def _rows(source: Source) -> Iterator[tuple[str, Item]]:
    """What each row tells, with the id of its test where it has one."""
    lines = source.lines()
    columns, delimiter = _columns(next(iter(lines), ""))
    table = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    begin, told, unknown = 2, False, 0
    try:
        for cells in table:
            row = _row(columns, cells)
            outcome = outcome_of(row) or outcome_among(row)
            if outcome is not None and name_of(row):
                told = True
                yield str(row.get("id", "")), _placed(case_of(row, outcome), row, begin)
            elif row and len(cells) == len(columns):
                unknown += 1
            begin = table.line_num + 2
    except csv.Error as error:
        yield "", Warn(f"the table cannot be read further: {error}", begin)
    if not told:
        raise IngestError(f"{source.name}: no test in this table; it needs columns for a name and a result")
    if unknown:
        yield "", Warn(f"{unknown} rows tell no known result and are left out")


def _placed(case: CaseResult, row: dict[str, object], line: int) -> CaseResult:
    """The case with the line of its row, and what a server answered in front of a bare reason."""
    code = clean(str(row.get("responsecode", "")))
    failures = [replace(failure, source_line=line) for failure in case.failures]
    if code and failures and "failuremessage" not in row and code not in failures[0].message:
        failures[0] = replace(failures[0], message=f"{code} {failures[0].message}".strip())
    return replace(case, failures=tuple(failures))


READER = Reader("test-table", _sniff, _read)
