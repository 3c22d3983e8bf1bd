"""A log by its lines: where each begins, what it says, which number it has."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from triage.escapes import strip_ansi
from triage.ingest.lines import cleaner_of
from triage.ingest.text import Cleaner, encoding_of
from triage.viewer.data import Data
from triage.viewer.line_index import LineIndex

HEAD = 1 << 16
"""Bytes that the encoding is told from, as when a log is ingested."""
WINDOW = 1 << 14
"""Bytes of one line that are looked at; of a longer line a window is shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or the window of it that was asked for."""

    start: int
    """Offset of its first byte."""
    end: int
    """Offset behind its last byte, without what ends the line."""
    after: int | None
    """Where the next line begins; None behind the last one."""
    text: str
    """Decoded, as it stands there: with colours and control characters."""
    skipped: int = 0
    """Bytes of the line before ``text``."""
    left: int = 0
    """Bytes of the line behind ``text``."""

    @property
    def plain(self) -> str:
        """What it says, without colours: what is searched, compared and copied."""
        return strip_ansi(self.text)


class LogFile:
    """A log that is open. Lines are known by the offset where they begin: there may be no numbers yet.

    ``data`` may grow. Its encoding is one in which CR and LF are bytes (see ``opening`` for others).
    """

    def __init__(self, data: Data, name: str, first_number: int | None = 1) -> None:
        self.data, self.name = data, name
        self.index = LineIndex(data)
        self.encoding = _of_bytes(encoding_of(data.read(0, HEAD)))
        self._first = first_number
        """Number of the first line; None where it is not known which lines of a file these are."""
        self._cleaner: Cleaner | None = None
        self.is_file = False
        """Whether ``name`` is a file, and these are its bytes as they are."""

    @classmethod
    def of_text(cls, name: str, text: str, first_number: int | None = 1) -> LogFile:
        """What somebody else kept of a log; ``first_number`` is the number that its first line has there."""
        return cls(Data(io.BytesIO(text.encode("utf-8", "replace"))), name, first_number)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.index.size

    def refresh(self) -> int:
        """Look whether the log grew; by how many bytes, below zero where it was cut off."""
        was_empty = not self.size
        grown = self.index.refresh()
        if was_empty or grown < 0:
            self.encoding = _of_bytes(encoding_of(self.data.read(0, HEAD)))
            self._cleaner = None
        return grown

    def said(self, line: str) -> str:
        """What ``line`` says without colours, stamps of CI systems and mojibake, as when a log is ingested."""
        if self._cleaner is None:
            self._cleaner = cleaner_of(self.data.read(0, HEAD).decode(self.encoding, "replace"))
        return self._cleaner.clean(line)

    def line(self, start: int, skip: int = 0, limit: int = WINDOW) -> Line:
        """The line that begins at ``start``: at most ``limit`` of its bytes, behind the first ``skip``."""
        after = self.index.next(start)
        stop = self.size if after is None else after
        ended = self.data.read(max(start, stop - 2), stop)
        end = stop - (2 if ended.endswith(b"\r\n") else 1 if ended.endswith((b"\n", b"\r")) else 0)
        begin = min(start + skip, end)
        # A character that the window begins within stands before it.
        raw = self.data.read(begin, min(end, begin + limit))
        if begin == 0 and self.encoding == "utf-8":
            raw = raw.removeprefix(codecs.BOM_UTF8)
        cut = 0
        if begin > start and self.encoding == "utf-8":
            cut = next((at for at, byte in enumerate(raw[:4]) if byte & 0xC0 != 0x80), 0)
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        left = end - min(end, begin + limit)
        text = decoder.decode(raw[cut:], final=not left)
        return Line(start, end, after, text, begin + cut - start, left)

    def said_at(self, starts: Sequence[int], limit: int) -> list[str]:
        """What the lines say that begin at ``starts``, one behind the other: at most ``limit`` characters of each.

        They are read at once, with all that stands between them.
        """
        if not starts:
            return []
        raw = self.data.read(starts[0], starts[-1] + 4 * limit)
        places = [start - starts[0] for start in starts]
        parts = [raw[at : min(end, at + 4 * limit)] for at, end in pairwise([*places, len(raw)])]
        if not starts[0] and self.encoding == "utf-8":
            parts[0] = parts[0].removeprefix(codecs.BOM_UTF8)
        # Behind the last one may come others.
        parts[-1] = re.split(rb"[\r\n]", parts[-1], maxsplit=1)[0]
        return [self.said(part.decode(self.encoding, "replace"))[:limit] for part in parts]

    def after(self, start: int) -> int | None:
        """Where the next line begins."""
        return self.index.next(start)

    def before(self, start: int) -> int | None:
        """Where the line before begins."""
        return self.index.last(start - 1) if start > 0 else None

    def at(self, place: int) -> int:
        """Where the line begins that holds the byte at ``place``."""
        return self.index.last(max(0, place))

    def last(self) -> int:
        """Where the last line begins."""
        return self.index.last(self.size)

    def number(self, start: int) -> int | None:
        """The number of the line that begins at ``start``, as far as it is known."""
        number = self.index.number(start)
        return None if number is None or self._first is None else self._first + number

    def offset(self, number: int) -> int | None:
        """Where line ``number`` begins; None where there is none, or not counted yet."""
        if self._first is None or number < self._first:
            return None
        return self.index.offset(number - self._first)

    def fate(self) -> str:
        """What became of the file of this name since it was opened, in words; empty as long as it is the same."""
        identity = self.data.identity()
        if identity is None or not self.is_file:
            return ""
        try:
            found = Path(self.name).stat()
        except OSError:
            return "the file was removed; this is what it held"
        return (
            ""
            if (found.st_dev, found.st_ino) == identity
            else "another file has this name now; this is the one before"
        )

    def close(self) -> None:
        self.data.close()


def _of_bytes(encoding: str) -> str:
    """The codec to decode single lines with: the mark is at the beginning only."""
    return "cp1252" if encoding == "cp1252" else "utf-8"
