"""What a log says again and again: equal once values are masked, told once, and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.model import Failure, Warn

COPIES = 50
"""Of one kind of message that are looked at and told where they differ."""
_KEY = 400
"""Bytes of a line that say of which kind it is."""
_MOST_WARNINGS = 20

_DIGITS = b"0123456789"
_HEX = re.compile(rb"\b[a-fA-F]+\b")
"""What is left of a word of hex digits without its digits."""
_CODES = re.compile(
    rb"(?:[Cc]ode|CODE|[Ss]tatus|STATUS|[Ee]xit|[Ss]ignal|errno|ERROR|with|HTTPS?(?:/[\d.]{1,3})?)[^\w\n]{1,3}\d{1,3}\b"
)
"""Numbers that say what went wrong."""
_NAMED = re.compile(rb"\b[A-Z]{1,8}-?\d{3,6}\b|\w\.[A-Za-z]\w{0,4}[:(]\d+")
"""Codes of compilers and databases, lines of files."""
_LISTED = re.compile(r"^\[FAILED\] ")
"""How Listr says what is said below again."""
_EXCERPT_END = "╵"
"""Below what Sass shows of the code: what follows depends on who tells it."""
_OF_MSBUILD = re.compile(r" ?: (?:fatal )?error [A-Z]{1,8}\d{3,5}: ")
"""What MSBuild and its tools tell where it happens, and again in their summary, whatever stands around it."""


def kind(raw: bytes) -> bytes:
    """What lines have in common that differ in values alone; codes and statuses are none.

    >>> kind(b"10:02 request 3ceb3ffd failed") == kind(b"10:17 request ea7b5bf5 failed")
    True
    >>> kind(b"exit code 1") == kind(b"exit code 137")
    False
    """
    raw = raw[:_KEY].rstrip()
    return b" ".join((_masked(raw), *_CODES.findall(raw)))


def _masked(raw: bytes) -> bytes:
    return _HEX.sub(b"", raw.translate(None, _DIGITS))


def _kind_of(line: str) -> bytes:
    return kind(line.strip().encode("utf-8", "replace"))


@dataclass(slots=True)
class _Kind:
    """Failures whose messages differ in values alone."""

    first: int
    """1-based number of the line where it was said first."""
    count: int = 0
    lines: set[bytes] = field(default_factory=set)
    """Of which kinds the lines are that say it, and those that begin it."""
    told: dict[int, list[int]] = field(default_factory=dict)
    """Where each that was told begins, and how often it was said."""


class Copies:
    """How often each failure was said."""

    def __init__(self) -> None:
        self._kinds: dict[bytes, _Kind] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    @property
    def first(self) -> int:
        """Number of the line where the first failure was said."""
        return min(kind.first for kind in self._kinds.values())

    def knows(self, message: str) -> bool:
        """Whether a failure that says ``message``, values aside, was added."""
        return _kind_of(message) in self._kinds

    def add(self, message: str, lines: list[str], failure: Failure, step: int = 0) -> bool:
        """Whether ``failure`` is to be told: the first of those with equal ``lines`` and place in one ``step``."""
        message = _LISTED.sub("", message)
        number = failure.source_line or 0
        known = self._kinds.setdefault(_kind_of(message), _Kind(number))
        known.count += 1
        if len(known.lines) < COPIES:
            saying = next((line for line in lines if message.strip() in line), lines[0])
            known.lines |= {_kind_of(saying), _kind_of(lines[0])}
        whole = len(lines)
        end = next((at for at, line in enumerate(lines) if line.strip() == _EXCERPT_END), whole)
        lines = [_LISTED.sub("", line) for line in lines[:end]]
        raw = (message.strip() if _OF_MSBUILD.search(message) else "\n".join(lines)).encode(
            "utf-8", "replace"
        )
        said = (_masked(raw), *_CODES.findall(raw), *_NAMED.findall(raw))
        place = (failure.file, failure.line) if end == whole else ()
        key = hash((said, place, step))
        if (told := known.told.get(key)) is not None:
            told[1] += 1
            return False
        if len(known.told) >= COPIES:
            return False
        known.told[key] = [number, 1]
        return True

    def more(self, times: dict[str, int]) -> None:
        """Counts those that nobody looked at: how often each of their lines was passed by."""
        passed = {_kind_of(line): count for line, count in times.items()}
        shared = Counter(line for known in self._kinds.values() for line in known.lines)
        for known in self._kinds.values():
            own = [passed[line] for line in known.lines if line in passed and shared[line] == 1]
            known.count += max(own, default=0)

    def warnings(self, since: int = 0) -> Iterator[Warn]:
        """How often each was said that was said more than once, from line ``since`` on; the most frequent."""
        said = [pair for known in self._kinds.values() for pair in _said(known) if pair[0] >= since]
        said.sort(key=lambda pair: -pair[1])
        for number, count, why in sorted(said[:_MOST_WARNINGS]):
            yield Warn(f"said {count} times{why}", number)
        if rest := said[_MOST_WARNINGS:]:
            yield Warn(f"{len(rest)} failures more were said up to {rest[0][1]} times", min(rest)[0])


def _said(known: _Kind) -> Iterator[tuple[int, int, str]]:
    """Line, number of times, and what is to be said of them."""
    if len(known.told) == 1:
        if known.count > 1:
            yield known.first, known.count, ""
        return
    if known.count > sum(count for _, count in known.told.values()):
        yield known.first, known.count, f" with other values, the first {len(known.told)} are kept"
        return
    yield from ((number, count, "") for number, count in known.told.values() if count > 1)
