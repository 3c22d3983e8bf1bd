"""What a reader is, and what it is given: the contract of ``triage/ingest/readers``."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from triage.ingest.lines import LongLines, cleaner_of, lines_in, spoken
from triage.ingest.text import Cleaner, encoding_of, is_binary, open_text
from triage.model import Item, TriageError, Warn

HEAD_BYTES = 65_536
TAIL_BYTES = 16_384
_COUNTED_BYTES = 1 << 18
_BLANKS = "\ufeff \t\r\n"
_PEELED_BYTES = 32 << 20
"""Bytes of a document that is held in memory to take prefixes off its lines."""

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class IngestError(TriageError):
    """A source that cannot be read: names the source, the reason and what to do."""


@dataclass(frozen=True)
class Source:
    """Bytes with a name, readable as often as needed."""

    name: str
    """Path, URL, ``archive.zip!member`` or ``-``: what messages call it."""
    open: Callable[[], BinaryIO]
    """A fresh stream from the first byte on; the caller closes it."""
    notes: list[Warn] = field(default_factory=list, compare=False)
    """What turned out to be wrong with the bytes themselves while they were read."""
    long: LongLines = field(default_factory=LongLines, compare=False)
    """What is known of the lines that were read so far."""

    def __post_init__(self) -> None:
        # Names of files may be any bytes; half surrogate pairs are what Python makes of them, and no text.
        clean = self.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        # A name with lines in it could speak as triage does.
        object.__setattr__(self, "name", clean.replace("\n", "\u240a").replace("\r", "\u240d"))

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def tail(self) -> bytes:
        """The last 16 KiB (the same bytes as the head for a small source)."""
        if self._is_all_head:
            return self.head[max(0, len(self.head) - TAIL_BYTES) & ~3 :]
        with self.open() as stream:
            if not stream.seekable():
                return b""
            size = stream.seek(0, io.SEEK_END)
            # So that UTF-16 and UTF-32 stay in step.
            stream.seek(max(0, size - TAIL_BYTES) & ~3)
            return stream.read()

    @cached_property
    def sample(self) -> Sample:
        """What a sniffer sees."""
        return Sample.of(self)

    @cached_property
    def encoding(self) -> str:
        return encoding_of(self.head)

    def lines(self) -> Iterator[str]:
        """The text, line by line, without line ends, colours and CI prefixes.

        The n-th line yielded is line n of the file, so ``enumerate(source.lines(), 1)`` gives true line numbers. CR LF, CR
        and LF each end a line.
        """
        with self.open() as stream, open_text(stream, self.encoding) as text:
            yield from map(self.cleaner.clean, lines_in(text, self.long))

    def spoken_lines(self) -> Iterator[tuple[str, str]]:
        """``lines()``, each behind the name of who says it where several print into one log, else behind nothing."""
        with self.open() as stream, open_text(stream, self.encoding) as text:
            yield from spoken(lines_in(text, self.long), self.cleaner)

    @cached_property
    def cleaner(self) -> Cleaner:
        """What cleans the lines."""
        return cleaner_of(self.head.decode(self.encoding, "replace"))

    @property
    def _is_all_head(self) -> bool:
        return len(self.head) < HEAD_BYTES

    @cached_property
    def size(self) -> int | None:
        """Bytes; None for what has no size before it is read."""
        if self._is_all_head:
            return len(self.head)
        with self.open() as stream:
            return stream.seek(0, io.SEEK_END) if stream.seekable() else None

    def counted(self, told: Callable[[int], None]) -> Source:
        """The same source; ``told`` gets the number of bytes whenever some of it is read."""
        counted = lambda: io.BufferedReader(_Counted(self.open(), told), _COUNTED_BYTES)  # noqa: E731
        same = Source(self.name, counted, self.notes, self.long)
        # What was looked at already need not be looked at again.
        for known in {"head", "tail", "sample", "encoding", "size"} & self.__dict__.keys():
            same.__dict__[known] = self.__dict__[known]
        return same

    def peeled(self) -> Source:
        """The source without the prefixes of the CI system that printed it, in UTF-8; the same one if it has none.

        Readers of documents want that: those of lines take the prefixes off as they go.
        """
        text = self.sample.text.lstrip(_BLANKS)
        begin = self.head.decode(self.encoding, "replace").lstrip(_BLANKS)[:1]
        is_document = begin == text[:1] and (begin in ("<", "{", "[") or not self.cleaner.wrapper.prefixes)
        if is_document or not text or (self.size or 0) > _PEELED_BYTES:
            return self
        lines = "\n".join(self.lines()).encode("utf-8", "replace")
        return Source(self.name, lambda: io.BytesIO(lines), self.notes, self.long)

    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal: what makes the same file known again."""
        state = hashlib.sha256()
        with self.open() as stream:
            while chunk := stream.read(1 << 20):
                state.update(chunk)
        return state.hexdigest()

    def read(self, limit: int) -> bytes:
        """All bytes, for formats that have no streaming reader.

        Raises:
            IngestError: the source is larger than ``limit`` bytes.
        """
        with self.open() as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise IngestError(
                f"{self.name}: larger than {limit >> 20} MiB; split the file or convert it to JUnit XML"
            )
        return data


class _Counted(io.RawIOBase):
    def __init__(self, stream: BinaryIO, told: Callable[[int], None]) -> None:
        self._stream, self._told = stream, told

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: WriteableBuffer) -> int:
        data = self._stream.read(len(memoryview(buffer)))
        memoryview(buffer)[: len(data)] = data
        self._told(len(data))
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


@dataclass(frozen=True, eq=False)
class Sample:
    """What a sniffer sees: the two ends of a source, raw and as clean text."""

    head: bytes
    text: str
    """The head as clean lines joined by newlines; empty for binary data."""
    end: str
    """The tail likewise."""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of both ends."""
        return tuple(f"{self.text}\n{self.end}".split("\n"))

    @classmethod
    def of(cls, source: Source) -> Sample:
        head = source.head
        if is_binary(head):
            return cls(head, "", "")
        text = _clean(head, source.encoding)
        if source.tail == head:
            return cls(head, text, text)
        # A byte order mark is only at the start.
        codec = source.encoding
        if codec in ("utf-16", "utf-32"):
            codec += "-be" if head[0] in (0xFE, 0) else "-le"
        return cls(head, text, _clean(source.tail, codec))


def _clean(data: bytes, codec: str) -> str:
    with open_text(io.BytesIO(data), codec) as text:
        return "\n".join(map(cleaner_of(data.decode(codec, "replace")).clean, lines_in(text, LongLines())))


@dataclass(frozen=True)
class Reader:
    """One format. A module in ``triage/ingest/readers`` exports one as ``READER`` and is then known."""

    name: str
    """Short and stable: ``junit-xml``, ``pytest-console``. Shown to people and stored with the run."""
    sniff: Callable[[Sample], int]
    """How sure this reader is that it can read the source: 0 (no) to 100 (certain). Must not raise."""
    read: Callable[[Source], Iterator[Item]]
    """The content as cases, failures outside any case, facts and warnings, in the order of the file.

    Raises ``IngestError`` when nothing could be read; what was complete before a break is yielded, then a
    ``Warn`` says where it broke.
    """
    bounded: bool = False
    """Whether its numbers are within ``bounds`` already: asked of every item, it costs as much as reading it."""
    hearsay: bool = False
    """Whether it retells, by bare names, tests that other sources of the same call may hold: read after them."""
    joins: bool = False
    """Whether a run is a directory of its documents: they are given to ``read`` as one source, each in a line."""
