"""Archives to the sources in them, within limits: gzip, bzip2, xz, zip and tar, known by their first bytes.

Members are only read where they lie: nothing is written to disk, so a member's name cannot escape.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from triage.ingest import cut_zip
from triage.ingest.begin import Begin
from triage.ingest.reader import IngestError, Source
from triage.model import Warn

_RATIO_FREE = 64 << 20
"""Bytes that any archive may unpack to."""
_MOST_NESTED = 8
"""Archives within archives."""
_LOG_SUFFIXES = {".log", ".txt", ".out", ".err", ".console"}
_COMPRESSED_SUFFIXES = {".gz", ".bz2", ".xz"}
_REPORT_SUFFIXES = {".xml", ".jsonl", ".tap"}
_HELD = 32 << 20
"""Bytes of an archive's member that are read at once: opening an archive anew for each of thousands is slow."""
READ = 256 << 10
"""Bytes that are read at once."""
ATTACHED = re.compile(r"(?:^|[/!])(?:attachment-[^/!]+|[^/!]+-attachment(?:\.\w+)?|data/attachments/[^/!]+)$")
"""What Allure calls that which a test attached: logs, pictures, and anything."""

Found = Source | IngestError
"""A source, or why what was named is none; the other names of the same call are still taken."""


class UnpackError(IngestError):
    """An archive that does not unpack, or to more than a report can need."""


@dataclass(frozen=True)
class Limits:
    """What one archive may unpack to, the archives in it included (zip and gzip bombs)."""

    unpacked: int = 4 << 30
    """Bytes."""
    ratio: int = 1_000
    """Times the size of the archive, beyond the first 64 MiB."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Limits:
        """The limits that ``TRIAGE_MAX_UNPACKED`` (in MiB) and ``TRIAGE_MAX_RATIO`` set.

        Raises:
            IngestError: one of them is no whole number above 0.
        """
        unpacked = _whole(environment, "TRIAGE_MAX_UNPACKED")
        ratio = _whole(environment, "TRIAGE_MAX_RATIO")
        return cls(unpacked << 20 if unpacked else cls.unpacked, ratio or cls.ratio)


DEFAULT = Limits()


def _whole(environment: Mapping[str, str], name: str) -> int | None:
    said = environment.get(name, "").strip()
    if not said:
        return None
    if not re.fullmatch(r"(?=.*[1-9])[0-9]{1,12}", said):
        raise IngestError(f"{name}: {said[:40]!r} is no whole number above 0; mend or unset it")
    return int(said)


class _Allowance:
    """What may still be unpacked of one archive that was named."""

    def __init__(self, packed: int, limits: Limits, depth: int = _MOST_NESTED) -> None:
        by_ratio = max(_RATIO_FREE, packed * limits.ratio)
        self.all = self.left = min(limits.unpacked, by_ratio)
        self.depth = depth
        """Archives within archives that may still come."""
        self._setting = "TRIAGE_MAX_UNPACKED" if limits.unpacked <= by_ratio else "TRIAGE_MAX_RATIO"

    def refuse(self, name: str) -> UnpackError:
        """What is told of the member that is too much."""
        size = f"{self.all >> 20} MiB"
        return UnpackError(
            f"{name}: unpacks to more than {size}; unpack it yourself or raise {self._setting}"
        )


_BROKEN = (
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    gzip.BadGzipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


def _broken(name: str, error: Exception) -> UnpackError:
    return UnpackError(f"{name}: broken archive ({error}); download or pack it again")


class _Limited(io.RawIOBase):
    """A stream that refuses to unpack more than is allowed. Where its packed bytes break off, it ends with a warning."""

    def __init__(self, stream: BinaryIO, member: _Member) -> None:
        super().__init__()
        self._stream, self._member, self._taken = stream, member, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants its Buffer protocol
        try:
            data = self._stream.read1(len(buffer))  # type: ignore[attr-defined]  # read() would lose what is complete
        except (*_BROKEN, OSError) as error:
            # bz2 says with a bare OSError that its data are broken; one with a number is the disk's.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            if not (self._taken and isinstance(error, EOFError | gzip.BadGzipFile | zlib.error)):
                raise _broken(self._member.name, error) from None
            self._member.cut(self._taken, error)
            data = b""
        self._taken += len(data)
        self._member.reached(self._taken)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


@dataclass
class _Member:
    """What is unpacked as one stream, as often as that is opened."""

    name: str
    allowance: _Allowance
    notes: list[Warn] = field(default_factory=list)
    seen: int = 0
    """Bytes that were taken from the allowance."""

    def open(self, stream: BinaryIO) -> BinaryIO:
        """``stream``, of which no more is read than is allowed."""
        return io.BufferedReader(_Limited(stream, self), READ)

    def reached(self, position: int) -> None:
        """The first ``position`` bytes are unpacked."""
        if position > self.seen:
            self.allowance.left -= position - self.seen
            self.seen = position
            if self.allowance.left < 0:
                raise self.allowance.refuse(self.name)

    def cut(self, taken: int, error: Exception) -> None:
        """Behind the first ``taken`` bytes nothing more can be unpacked."""
        if not self.notes:
            why = "the archive breaks off" if isinstance(error, EOFError) else "the archive is damaged"
            if str(error).startswith("Not a gzipped file"):
                why = "something else stands in the archive"
            self.notes.append(Warn(f"{why} after {taken:,} unpacked bytes; what was complete before is read"))


def is_result(source: Source) -> bool:
    """Whether a file that nobody named is a test result: a format claims it, or it is called a log."""
    suffixes = [suffix.lower() for suffix in Path(source.name.rpartition("!")[2]).suffixes]
    suffix = next((suffix for suffix in reversed(suffixes) if suffix not in _COMPRESSED_SUFFIXES), "")
    if not source.head.strip():
        # An empty report is what a killed run leaves behind, and is told when it is read.
        return suffix in _REPORT_SUFFIXES
    # Who only unpacks does not pay for the formats.
    from triage.ingest.readers.log import READER as LOG
    from triage.ingest.registry import surest

    if suffix in _LOG_SUFFIXES and LOG.sniff(source.sample) > 0:
        return True  # that it is one is enough here; which of all it is takes a hundred times as long
    best, _ = surest(source)
    return best > 5 or (best > 0 and suffix in _LOG_SUFFIXES)


def unpack(source: Source, limits: Limits = DEFAULT) -> Iterator[Found]:
    """``source`` itself, or, for an archive, the results in it; a compressed file is seen through.

    Members are only read where they lie: nothing is written to disk, so a member's name cannot escape.
    """
    return _unpack(source, _Allowance(source.size or 0, limits))


def _unpack(source: Source, allowance: _Allowance) -> Iterator[Found]:
    try:
        if (packed := _packing(source.head)) is None:
            yield source
        elif not allowance.depth:
            yield UnpackError(f"{source.name}: archives in archives in archives; unpack it yourself")
        else:
            how, opener = packed
            allowance.depth -= 1
            try:
                yield from how(source, opener, allowance)
            finally:
                allowance.depth += 1
    except IngestError as error:
        yield error
    except _BROKEN as error:
        yield _broken(source.name, error)


def _compressed(source: Source, opener: Callable[..., Any], allowance: _Allowance) -> Iterator[Found]:
    member = _Member(source.name, allowance)
    yield from _unpack(
        Source(source.name, lambda: member.open(opener(source.open())), member.notes), allowance
    )


def _members(source: Source, members: Callable[..., Any], allowance: _Allowance) -> Iterator[Found]:
    found = False
    for member in members(source, allowance):
        if ATTACHED.search(member.name):
            continue
        items: Iterable[Found]
        try:
            items = _unpack(member, allowance) if _packing(member.head) or is_result(member) else ()
        except IngestError as error:
            items = (error,)
        except _BROKEN as error:
            items = (_broken(member.name, error),)
        for item in items:
            found = True
            yield item
    if not found:
        yield IngestError(f"{source.name}: no test results in this archive; name the report inside it")


def _seekable(source: Source) -> Source:
    """``source`` as one in which one can jump; an archive inside an archive is held in memory."""
    with source.open() as stream:
        return source if stream.seekable() else Source(source.name, partial(io.BytesIO, stream.read()))


def _zip_members(source: Source, allowance: _Allowance) -> Iterator[Source]:
    source = _seekable(source)
    try:
        with source.open() as stream, zipfile.ZipFile(stream):
            pass
    except zipfile.BadZipFile:
        members = list(_members_of_cut_zip(source, allowance))
        if not members:
            raise
        yield from members
        return
    with source.open() as stream, zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            # Not is_dir(): it fails on a member without a name.
            if info.filename.endswith("/") or not info.file_size:
                continue
            member = _Member(f"{source.name}!{info.filename}", allowance)

            def open_member(info: zipfile.ZipInfo = info, member: _Member = member) -> BinaryIO:
                # No more than it says is ever unpacked of a member.
                if info.file_size - member.seen > allowance.left:
                    raise allowance.refuse(member.name)
                return member.open(cast(BinaryIO, zipfile.ZipFile(source.open()).open(info)))

            opener: Callable[[], BinaryIO] = open_member
            if info.file_size <= min(_HELD, allowance.left):
                # What is broken is told when it is read.
                with suppress(*_BROKEN, OSError):
                    opener = partial(io.BytesIO, archive.read(info))
                    member.reached(info.file_size)
            yield Source(member.name, opener)


def _members_of_cut_zip(source: Source, allowance: _Allowance) -> Iterator[Source]:
    with source.open() as stream:
        found = list(cut_zip.entries(stream, allowance.left))
    if not found:
        return
    whole = sum(entry.is_whole for entry in found)
    end = found[-1].start + found[-1].size
    where = f"behind its {whole} members" if found[-1].is_whole else f"within {found[-1].name}"
    told = Warn(f"the archive breaks off {where}, at byte {end:,}; what was complete before is read")
    members = []
    for entry in found:
        member = _Member(f"{source.name}!{entry.name}", allowance)

        def open_member(entry: cut_zip.Entry = entry, member: _Member = member) -> BinaryIO:
            packed = _part(source, entry.start, entry.size)
            return member.open(cast(BinaryIO, cut_zip.Inflated(packed)) if entry.is_deflated else packed)

        members.append(Source(member.name, open_member, member.notes))
    # Told once, of the last one that will be read.
    for last in reversed(members):
        with suppress(IngestError, *_BROKEN):
            if not ATTACHED.search(last.name) and is_result(last):
                last.notes[:] = [told]
                break
    yield from members


def _tar_members(source: Source, allowance: _Allowance) -> Iterator[Source]:
    with source.open() as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for info in archive:
            if not info.isfile() or not info.size:
                continue
            name = f"{source.name}!{info.name}"
            if info.size > allowance.left and not stream.seekable():
                raise allowance.refuse(name)  # and what is behind it cannot be reached
            opener: Callable[[], BinaryIO] = partial(_part, source, info.offset_data, info.size)
            if info.issparse():
                opener = partial(_refuse_sparse, name)
            elif info.size <= _HELD and (inner := archive.extractfile(info)) is not None:
                # It may break off in here, as the next one will tell.
                with suppress(tarfile.ReadError):
                    opener = partial(io.BytesIO, inner.read())
            yield Source(name, opener, source.notes)


def _refuse_sparse(name: str) -> BinaryIO:
    raise UnpackError(f"{name}: packed with holes (a sparse file); unpack it yourself")


def _part(source: Source, start: int, size: int) -> BinaryIO:
    """The ``size`` bytes of ``source`` from ``start`` on."""
    stream = source.open()
    if stream.seekable():
        stream.seek(start)
    else:
        while start > 0 and (skipped := len(stream.read(min(start, READ)))):
            start -= skipped
    return io.BufferedReader(Begin(stream, size), READ)


_Unpacker = Callable[[Source, Callable[..., Any], _Allowance], Iterator[Found]]
_MAGIC: tuple[tuple[int, bytes, _Unpacker, Callable[..., Any]], ...] = (
    (0, b"\x1f\x8b", _compressed, gzip.open),
    (0, b"BZh", _compressed, bz2.open),
    (0, b"\xfd7zXZ", _compressed, lzma.open),
    (0, b"PK\x03\x04", _members, _zip_members),
    (257, b"ustar", _members, _tar_members),
)


def is_packed(head: bytes) -> bool:
    """Whether what begins with ``head`` is an archive, or compressed."""
    return _packing(head) is not None


def _packing(head: bytes) -> tuple[_Unpacker, Callable[..., Any]] | None:
    """How what begins with ``head`` is unpacked; None if it is no archive."""
    return next(
        ((how, opener) for at, magic, how, opener in _MAGIC if head[at : at + len(magic)] == magic), None
    )
