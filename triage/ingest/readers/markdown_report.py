"""Test reports written by hand, in Markdown or in what copying left of it.

There is no format: what a report states is read (totals, named tests, tables, surroundings), what it states twice is
compared, and what looks like a result and cannot be read is a warning. Nothing is invented: cases are those that the
report names, so its stated totals stand for the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.ingest.markdown.blocks import blocks, sections
from triage.ingest.markdown.cases import read_cases
from triage.ingest.markdown.facts import Stated, contradictions, overall, surroundings
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, RunInfo, Warn

_FORM = re.compile(r"^(?:#{1,6} \S|\*\*[^*\n]+\*\*|\|.*\||[^\S\n]*[-*] |\d+\. |---$|```)", re.MULTILINE)
_RESULTS = re.compile(
    r"\bpass rate\b|\btotal tests\b|\btests? (?:passed|failed|executed|run)\b|\b\d+\s*(?:/|of)\s*\d+\)?\s*(?:total|tests?|pass\w*)"
    r"|\bpass(?:ed|ing)\b\W{0,6}\d|\bfail(?:ed|ing)\b\W{0,6}\d|\b\d+ (?:passed|failed|passing|failing)\b|\b\d+/\d+ (?:PASSED|passing)"
    r"|\b(?:PASSED|FAILED)\b|\ball passing\b|\bpassed \| failed\b|[|:]\W{0,6}(?:PASS|FAIL)(?:ED|ING)?\b",
    re.IGNORECASE,
)
_CONSOLE = re.compile(
    r"^(?:=+ test session starts|--- (?:PASS|FAIL)|test result: |Traceback \(most|[^\S\n]+at \S+\(.*:\d+\)|ok \d+ |not ok \d+ |\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* )",
    re.MULTILINE,
)

_QUOTED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(
    r"\s*# .*(?<![a-z])(?:tests?|qa|quality)(?![a-z]).*(?<![a-z])(?:reports?|results?)(?![a-z])",
    re.IGNORECASE,
)


def _sniff(sample: Sample) -> int:
    text = sample.text[:40_000]
    if _CONSOLE.search(_QUOTED.sub("", text)):
        return 0
    lines = sum(1 for line in text.split("\n") if line.strip())
    form = len(_FORM.findall(text))
    if form < 4 or form < 0.15 * lines:
        return 0
    # A report by its title says it once, a short one in two lines; a long guide speaks of passing tests more often.
    if len(_RESULTS.findall(text)) < (1 if _TITLE.match(text) else 2 if lines <= 40 else 4):
        return 0
    found = sections(blocks(text.split("\n")))
    return 75 if overall(found) or any(isinstance(item, CaseResult) for item in read_cases(found)) else 0


def _read(source: Source) -> Iterator[Item]:
    found = sections(blocks(source.lines()))
    items = list(read_cases(found))
    stated = overall(found)
    if stated is None and not any(isinstance(item, CaseResult | Failure) for item in items):
        raise IngestError(
            f"{source.name}: no totals and no test results in this report; name the log or the JUnit file"
        )
    yield surroundings(found, stated is not None and stated.is_sum)
    if stated is not None:
        yield RunInfo(totals=stated.totals, totals_stand=True)
    yield from items
    yield from _unnamed(stated, items)
    yield from contradictions(found, stated)


def _unnamed(stated: Stated | None, items: list[Item]) -> Iterator[Item]:
    named = sum(isinstance(item, CaseResult) and item.outcome.is_red for item in items)
    if stated is not None and stated.totals.red > named:
        text = f"{stated.totals.red} failed tests are stated, {named} are named: the others cannot be grouped"
        yield Warn(text, stated.line)


READER = Reader("markdown-report", _sniff, _read, hearsay=True)
