"""Whether a log has a line too, values aside: of a log of any size, at about the speed of ``grep``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Protocol

from triage.escapes import ANSI
from triage.ingest.logs.scan import NOT_BYTES, WARNINGS, WORDS, Scan, chunks_of, whole_lines
from triage.ingest.logs.severity import WRAPPER, severity
from triage.ingest.reader import Source
from triage.ingest.text import MAX_LINE

_VALUE = re.compile(
    r"0x[0-9a-fA-F]+|@[0-9a-f]{4,8}\b|\b[0-9a-f]{7,40}(?:-[0-9a-f]{4,12})*\b"
    r"|\d+(?:[.,:/-]\d+)*(?: ?(?:[mn]?s|min|h|m|[kKMG]?B)\b)?"
)
"""Numbers, hashes and addresses; of durations and sizes the unit as well."""
_FAINT = (
    b"0123456789abcdefABCDEFx@#.,:/-"  # values, their mark, what stands in them
    b"msinhkKMGB"  # units
    b"TZO[]+"  # stamps that CI systems put before a line
    b" \x7f" + bytes(set(range(32)) - set(b"\n")) + bytes(range(128, 256))
)
"""Whatever masking and cleaning change: without these bytes, lines of one mask are the same."""
_ANSI = re.compile(ANSI.pattern.replace("[^\\x07\\x1b]", "[^\\x07\\x1b\\n]").encode())
_COMMANDS = (b"##[", b"section_", b"travis_")
"""Of the lines that hold one, cleaning may take more than ``_FAINT``."""
_DIGITS = b"0123456789"
_SMALL = 8 << 20
"""Bytes of a log of which every line is looked at: a diff below an error may be long, and have no word of failure."""
_AFTER = 40
"""Of a larger one, the lines behind such a word."""
_MOST_KEYS, _LONGEST_KEY = 20_000, 400


def mask(line: str) -> str:
    """``line`` without its values: what it says in every run.

    >>> mask("served  17 in 3.2 ms, pump@1b2c3d")
    'served # in #, pump#'
    """
    return " ".join(_VALUE.sub("#", line).split()).replace("# #", "#")


def key_of(line: str) -> bytes:
    """What lines of one mask have in common: few others do, and it is had at the speed of ``bytes.translate``."""
    return line.encode("utf-8", "surrogatepass").translate(None, _FAINT)


def keys_of(chunk: bytes) -> list[bytes]:
    """The keys of all lines of ``chunk``, which are not cleaned yet."""
    bare = _ANSI.sub(b"", chunk) if b"\x1b" in chunk else chunk
    return bare.translate(None, _FAINT).split(b"\n")


class Log(Protocol):
    """What is asked of a log, be it a file or lines in memory."""

    def suspicious(self) -> Iterable[tuple[int, str]]:
        """The lines around what may be a failure, with their 1-based numbers."""

    def hints(self) -> Iterable[tuple[int, str]]:
        """The lines that may be warnings, and others."""

    def besides(self, known: set[bytes]) -> Iterable[tuple[int, bytes, str]]:
        """The lines that are not among the ``known``, which may grow meanwhile: number, key, text.

        The key of a line is its bytes without digits.
        """

    def without(self, wanted: Iterable[str]) -> set[str]:
        """Those of the lines ``wanted`` whose masks the log does not have; the result is masks."""


class Lines:
    """A log in memory."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def suspicious(self) -> Iterable[tuple[int, str]]:
        return enumerate(self._lines, 1)

    def hints(self) -> Iterable[tuple[int, str]]:
        return enumerate(self._lines, 1)

    def besides(self, known: set[bytes]) -> Iterable[tuple[int, bytes, str]]:
        return _besides(self._lines, known)

    def without(self, wanted: Iterable[str]) -> set[str]:
        left = _Wanted(wanted)
        left.cross_off(self._lines)
        return left.masks()


class File:
    """A log that is read as often as it is asked, and never held."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._scan: Scan | None = None

    def suspicious(self) -> Iterable[tuple[int, str]]:
        if self._is_small:
            return enumerate(self._source.lines(), 1)
        self._scan = Scan(self._source, _AFTER, whole_end=True)
        return self._scan

    def hints(self) -> Iterable[tuple[int, str]]:
        if self._is_small:
            return enumerate(self._source.lines(), 1)
        return Scan(self._source, 0, whole_end=True, words=WORDS + WARNINGS)

    @property
    def _is_small(self) -> bool:
        return (self._source.size or _SMALL) < _SMALL

    def besides(self, known: set[bytes]) -> Iterable[tuple[int, bytes, str]]:
        source = self._source
        if source.encoding in NOT_BYTES:
            yield from _besides(source.lines(), known)
            return
        clean = self._cleaned()
        number = 1
        with source.open() as stream:
            for chunk in whole_lines(chunks_of(stream.read), source.long):
                keys = chunk.removesuffix(b"\n").translate(None, _DIGITS).split(b"\n")
                if not known.issuperset(keys):
                    for n, (key, raw) in enumerate(zip(keys, chunk.split(b"\n"), strict=False), number):
                        if key not in known:
                            yield n, key, clean(raw)
                number += len(keys)

    def folded(self) -> tuple[int, int]:
        """How many suspicious lines were left out because they had been said often enough, and of how many kinds."""
        often = self._scan.repeated() if self._scan else ()
        out = [line.count - line.told for line in often if severity(line.line) >= WRAPPER]
        return sum(out), len(out)

    def without(self, wanted: Iterable[str]) -> set[str]:
        left, source = _Wanted(wanted), self._source
        if left.is_long or source.encoding in NOT_BYTES or not source.cleaner.wrapper.is_stamp:
            left.cross_off(source.lines())
            return left.masks()
        clean = self._cleaned()
        with source.open() as stream:
            for chunk in whole_lines(chunks_of(stream.read), source.long):
                if not left:
                    break
                left.cross_off(map(clean, left.like(chunk)))
        return left.masks()

    def _cleaned(self) -> Callable[[bytes], str]:
        clean, encoding = self._source.cleaner.clean, self._source.encoding
        return lambda raw: clean(raw[: MAX_LINE * 4].decode(encoding, "replace"))


def _besides(lines: Iterable[str], known: set[bytes]) -> Iterator[tuple[int, bytes, str]]:
    for number, line in enumerate(lines, 1):
        key = line.encode("utf-8", "surrogatepass").translate(None, _DIGITS)
        if key not in known:
            yield number, key, line


class _Wanted:
    """Masked lines, crossed off as they are met."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._left: dict[bytes, set[str]] = {}
        self.is_long = False
        """Whether one may be longer than what is looked at of a line."""
        for line in lines:
            self.is_long = self.is_long or len(line) >= MAX_LINE // 4
            masked = mask(line)
            self._left.setdefault(key_of(masked), set()).add(masked)

    def __bool__(self) -> bool:
        return bool(self._left)

    def masks(self) -> set[str]:
        """What was not met."""
        return set().union(*self._left.values())

    def cross_off(self, lines: Iterable[str]) -> None:
        """Cross off the masks of ``lines``."""
        for line in lines:
            key = key_of(line)
            if key in self._left and (masked := mask(line)) in self._left[key]:
                self._left[key].discard(masked)
                if not self._left[key]:
                    del self._left[key]
                if not self._left:
                    return

    def like(self, chunk: bytes) -> Iterator[bytes]:
        """The lines of ``chunk`` that may be among the wanted."""
        chunk = chunk.removesuffix(b"\n")
        keys = keys_of(chunk)
        if not self._left.keys().isdisjoint(keys):
            raw = chunk.split(b"\n")
            yield from {line for key, line in zip(keys, raw, strict=True) if key in self._left}
        for command in _COMMANDS:
            at = chunk.find(command)
            while at >= 0:
                end = chunk.find(b"\n", at)
                end = end if end >= 0 else len(chunk)
                yield chunk[chunk.rfind(b"\n", 0, at) + 1 : end]
                at = chunk.find(command, end)


class Seen:
    """The masks of a whole log in 32 MiB, however many: two bits for each.

    Of lines that are not there it takes one in 15,000 for known when a million different ones are, one in 200 when ten
    million are.
    """

    _BITS = 28

    def __init__(self, log: Log) -> None:
        self._bits = bytearray(1 << (self._BITS - 3))
        self._known: set[bytes] = set()
        self._new: set[bytes] = set()
        """What was told with other numbers need not be masked again."""
        for _, key, line in log.besides(self._known):
            _remember(self._known, key)
            for at in self._places(line):
                self._bits[at >> 3] |= 1 << (at & 7)

    def besides(self, log: Log) -> Iterator[tuple[int, str]]:
        """The lines of ``log`` that are none of these, with their numbers."""
        for number, key, line in log.besides(self._known):
            if key not in self._new:
                if all(self._bits[at >> 3] & 1 << (at & 7) for at in self._places(line)):
                    _remember(self._known, key)
                    continue
                _remember(self._new, key)
            if line.strip():
                yield number, line

    def _places(self, line: str) -> tuple[int, int]:
        said = mask(line).encode("utf-8", "surrogatepass")
        digest, most = int.from_bytes(blake2b(said, digest_size=8).digest(), "big"), (1 << self._BITS) - 1
        return digest & most, digest >> self._BITS & most


def _remember(keys: set[bytes], key: bytes) -> None:
    # Nothing is left of a line of digits, nor of an empty one.
    if 0 < len(key) <= _LONGEST_KEY and len(keys) < _MOST_KEYS:
        keys.add(key)
