"""Counts of tests as reports name them: in columns, keys and sentences."""

from __future__ import annotations

import re

from triage.ingest.markdown.blocks import Block, Section, plain
from triage.ingest.markdown.words import MARKS

_COUNTS = {
    "tests": re.compile(
        r"^(?:total|#|count|all)?\s*(?:tests?|test cases|total tests?|cases)?(?: (?:run|executed|total|count))?$|^total$",
        re.IGNORECASE,
    ),
    "passed": re.compile(
        r"^(?:tests? )?(?:pass(?:ed|ing|es)?|succe(?:ssful|eded))(?: tests?)?$", re.IGNORECASE
    ),
    "failed": re.compile(r"^(?:tests? )?fail(?:ed|ing|ures?|s)?(?: tests?)?$", re.IGNORECASE),
    "errors": re.compile(r"^(?:tests? )?error(?:s|ed)?$", re.IGNORECASE),
    "skipped": re.compile(
        r"^(?:tests? )?(?:skip(?:ped|s)?|pending|not run|ignored)(?: tests?)?$", re.IGNORECASE
    ),
    "flaky": re.compile(r"^flak(?:y|es)(?: tests?)?$", re.IGNORECASE),
}
_TOLD = re.compile(r"(\d[\d,]{0,14}) (?:tests? )?(pass\w*|fail\w*|errors?|skipped|pending)\b", re.IGNORECASE)
"""Counts in words: ``558 passed``."""
_ALL = re.compile(r"\b(\d[\d,]{0,14}) tests?,? (?:are |were )?all (?:pass\w*|green)\b", re.IGNORECASE)
"""``152 tests, all passing``."""
_RESULT = re.compile(
    r"^(?:(?:overall|final|test|total|latest|suite) )*(?:results?|totals?|summary|outcome|status|tests?)$",
    re.IGNORECASE,
)
"""The key before counts in words."""


def name_of(key: str) -> str | None:
    """What ``key`` counts, as ``Totals`` calls it; None if it counts no tests."""
    key = re.sub(r"\s*\(.*\)$", "", key).strip()
    return next((name for name, pattern in _COUNTS.items() if key and pattern.match(key)), None)


def told_counts(cell: str) -> dict[str, int]:
    """The counts that a cell begins with, in words: ``558 passed, 2 failed``."""
    return _counts(cell) if _TOLD.match(MARKS.sub("", cell).strip()) else {}


def counts_in_words(section: Section) -> tuple[dict[str, int], int] | None:
    """The first counts in words that ``section`` states, and their line: behind a key like ``Result``, in a heading or
    an item that is nothing else, or in a sentence that says both what passed and what failed, or that all did."""
    if counts := _of_key(section.heading):
        return counts, section.line
    for block in section.blocks:
        if block.kind in ("key", "item", "text") and (counts := _of_block(block)):
            return counts, block.line
    return None


def _of_block(block: Block) -> dict[str, int]:
    text = plain(block.text)
    if block.key and _RESULT.match(block.key) and (counts := told_counts(text)):
        return counts
    if match := _ALL.search(text):
        return {"tests": int(match[1].replace(",", "")), "passed": int(match[1].replace(",", ""))}
    counts = _counts(text)
    return counts if {"passed", "failed"} <= counts.keys() else {}


def _of_key(heading: str) -> dict[str, int]:
    key, _, value = heading.partition(": ")
    return told_counts(value) if _RESULT.match(key) else {}


def _counts(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for match in _TOLD.finditer(text):
        if name := name_of(match[2]):
            counts.setdefault(name, int(match[1].replace(",", "")))
    return counts
