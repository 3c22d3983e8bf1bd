"""Decoded text to its clean lines, and which of them were too long to be looked at whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TextIO

from triage.ingest.text import MAX_LINE, Cleaner
from triage.ingest.wrappers import HEAD_LINES

_CHUNK = 1 << 16


class LongLines:
    """What is known of lines of more than ``MAX_LINE`` characters."""

    def __init__(self) -> None:
        self.first = 0
        """Number of the first one; 0 for none."""

    def add(self, number: int) -> None:
        """Of this line only the beginning is looked at."""
        self.first = self.first or number


def lines_in(text: TextIO, long: LongLines) -> Iterator[str]:
    """The lines of ``text`` (see ``text.open_text``), without what is beyond ``MAX_LINE`` of one."""
    number, rest = 0, ""
    while chunk := text.read(_CHUNK):
        lines = (rest + chunk).split("\n")
        rest = lines.pop()
        if lines and len(lines[0]) > MAX_LINE:
            long.add(number + 1)
            lines[0] = lines[0][:MAX_LINE]
        number += len(lines)
        yield from lines
        # What is not ended yet goes on in what is read next; it is no use to hold all of it.
        rest = rest[: MAX_LINE + 1]
    if rest:
        if len(rest) > MAX_LINE:
            long.add(number + 1)
        yield rest[:MAX_LINE]


def cleaner_of(begin: str) -> Cleaner:
    """What cleans the lines of a text that begins so: CI systems write their stamps where a line of the file begins, and
    not before what a progress bar overwrites it with."""
    lines = begin.replace("\r\n", "\n").split("\n" if "\n" in begin else "\r")
    return Cleaner.of(line.split("\r", 1)[0][:MAX_LINE] for line in lines[:HEAD_LINES])


def clean(raw: Iterable[str]) -> Iterator[str]:
    """Lines without line ends, colours and CI prefixes; one out for each one in."""
    said = iter(raw)
    head = list(islice(said, HEAD_LINES))
    return map(Cleaner.of(head).clean, chain(head, said))


def spoken(lines: Iterable[str], cleaner: Cleaner) -> Iterator[tuple[str, str]]:
    """Clean lines, each behind the name of who says it."""
    return ((cleaner.speaker(line), cleaner.clean(line)) for line in lines)
