"""The failure text that Playwright prints: shared by its console reporters and its JUnit report."""

from __future__ import annotations

import re
from dataclasses import dataclass

from triage.ingest.parts import exception_type, location
from triage.model import Failure

HEADER = re.compile(
    r"^\s*(?:(?P<number>\d+)\) )?(?:\[(?P<project>[^\]]+)\] › )?(?P<file>[^\s›][^›]*?):(?P<line>\d{1,9}):(?P<column>\d+) › (?P<title>.+?)(?: =+|\s*─*)$"
)
"""``  1) [api] › e2e/orders.spec.js:10:3 › orders › are all paid ────``"""

_RETRY = re.compile(r"^\s*Retry #(\d+) (?:─{3,}|-{3,})")
_CODE_FRAME = re.compile(r"^\s*+>?\s*+(?:\d++ )?(?<= )\|")
_ATTACHMENT = re.compile(r"^\s*(?:Error Context: |attachment #\d+: |─{5,}\s*$|Usage:$|\[\[ATTACHMENT)")
_FRAME = re.compile(r"^\s+at ")


@dataclass(frozen=True, slots=True)
class Title:
    """A test as Playwright names it."""

    project: str
    file: str
    line: int
    path: tuple[str, ...]
    """Describe blocks, then the test, then, in failure headers, its steps."""


def title_of(line: str) -> Title | None:
    """The test that a header or result line names, or None."""
    match = HEADER.match(line)
    if match is None:
        return None
    parts = tuple(part.strip() for part in match["title"].split(" › "))
    return Title(match["project"] or "", match["file"], int(match["line"]), parts)


def error_blocks(text: str, first_line: int | None = None) -> list[Failure]:
    """Every attempt's failure in the text below (or including) a header; empty for other runners' text.

    ``first_line`` is the number of the text's first line in the source.
    """
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), None)
    if start is None or title_of(lines[start]) is None:
        return []
    return failures_below(lines[start + 1 :], None if first_line is None else first_line + start + 1)


def failures_below(lines: list[str], first_line: int | None) -> list[Failure]:
    """The failures in the lines that follow a header, one for each attempt."""
    cuts = [i for i, line in enumerate(lines) if _RETRY.match(line)]
    starts = [0, *(cut + 1 for cut in cuts)]
    ends = [*cuts, len(lines)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        block = lines[start:end]
        if not any(line.strip() for line in block):
            continue
        skip = next(i for i, line in enumerate(block) if line.strip())
        found.append(_failure(block[skip:], None if first_line is None else first_line + start + skip))
    return found


def _failure(lines: list[str], source_line: int | None) -> Failure:
    message: list[str] = []
    for line in lines:
        if _CODE_FRAME.match(line) or _FRAME.match(line) or _ATTACHMENT.match(line):
            break
        message.append(line[4:] if line.startswith("    ") else line)
    text = "\n".join(message).strip()
    trace = "\n".join(lines).strip("\n")
    file, number = location(trace)
    return Failure(
        message=text, type=exception_type(text), trace=trace, file=file, line=number, source_line=source_line
    )
