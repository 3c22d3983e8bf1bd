"""A zip that breaks off: its directory was at the end, but a header stands before each member too."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_HEADER = struct.Struct("<4s5H3L2H")
_SIGNATURE = b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZE_BEHIND, _UTF8 = 1 << 0, 1 << 3, 1 << 11
_ZIP64 = 1
_UNKNOWN = 0xFFFFFFFF
_DESCRIPTOR = b"PK\x07\x08"
_READ = 256 << 10


@dataclass(frozen=True)
class Entry:
    """A member whose header is there."""

    name: str
    start: int
    """Of its packed bytes."""
    size: int
    """Packed bytes that are there."""
    is_deflated: bool
    is_whole: bool


def entries(stream: BinaryIO, most: int) -> Iterator[Entry]:
    """The members in ``stream``, which can jump, up to where it breaks; ``most`` bytes are unpacked of one to find its
    end."""
    end = stream.seek(0, io.SEEK_END)
    at = 0
    while at < end:
        stream.seek(at)
        head = stream.read(_HEADER.size)
        if len(head) < _HEADER.size or not head.startswith(_SIGNATURE):
            return
        _, _, flags, method, _, _, _, packed, unpacked, name_size, extra_size = _HEADER.unpack(head)
        name, extra = stream.read(name_size), stream.read(extra_size)
        start = at + _HEADER.size + name_size + extra_size
        if start > end or flags & _ENCRYPTED or method not in (_STORED, _DEFLATED):
            return
        size: int | None = _size(packed, unpacked, extra)
        if flags & _SIZE_BEHIND and not size:
            size = _deflated_size(stream, start, most) if method == _DEFLATED else None
        there = end - start if size is None else min(size, end - start)
        is_whole = size is not None and size == there
        said = name.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        if there and not said.endswith("/"):
            yield Entry(said, start, there, method == _DEFLATED, is_whole)
        if not is_whole:
            return
        at = start + there
        if flags & _SIZE_BEHIND:
            at = _behind_descriptor(stream, at)


def _size(packed: int, unpacked: int, extra: bytes) -> int:
    """The packed size, which stands elsewhere if it is large."""
    while packed == _UNKNOWN and len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        # The unpacked size stands before it where that is large as well.
        place = 4 + 8 * (unpacked == _UNKNOWN)
        if kind == _ZIP64 and length + 4 >= place + 8 <= len(extra):
            return int.from_bytes(extra[place : place + 8], "little")
        extra = extra[4 + length :]
    return packed


def _deflated_size(stream: BinaryIO, start: int, most: int) -> int | None:
    """How many bytes of ``stream`` from ``start`` on are one deflated member; None if it breaks off."""
    stream.seek(start)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    taken = unpacked = 0
    while not inflater.eof and unpacked <= most:
        chunk = inflater.unconsumed_tail
        if not chunk:
            chunk = stream.read(_READ)
            taken += len(chunk)
        if not chunk:
            return None
        try:
            unpacked += len(inflater.decompress(chunk, _READ))
        except zlib.error:
            return None
    return taken - len(inflater.unused_data) if inflater.eof else None


def _behind_descriptor(stream: BinaryIO, at: int) -> int:
    """Where the next header is: behind sizes that stand after the member, in one of four forms."""
    stream.seek(at)
    data = stream.read(24 + 4)
    signed = 4 * data.startswith(_DESCRIPTOR)
    for length in (signed + 12, signed + 20):
        if data[length : length + 2] == b"PK":
            return at + length
    return at + signed + 12


class Inflated(io.RawIOBase):
    """What the packed bytes of a member unpack to; ``EOFError`` where they break off."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__()
        self._packed, self._inflater = packed, zlib.decompressobj(-zlib.MAX_WBITS)

    def read1(self, size: int) -> bytes:
        """The next bytes, at most ``size``; none at the end."""
        while not self._inflater.eof:
            chunk = self._inflater.unconsumed_tail or self._packed.read(min(size, _READ))
            data = self._inflater.decompress(chunk, size)
            if data or self._inflater.eof:
                return data
            if not chunk:
                raise EOFError("the packed bytes break off")
        return b""

    def close(self) -> None:
        self._packed.close()
        super().close()
