"""What a user names on the command line to sources: files, directories, globs, ``-``, archives.

Archives are known by their first bytes, not by their name. A directory or an archive is searched for results:
files there that no format claims are passed over, a file that is named itself must be readable.
"""

from __future__ import annotations

import bz2
import codecs
import glob
import gzip
import io
import lzma
import re
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from triage.ingest.reader import IngestError, Source
from triage.ingest.registry import surest
from triage.model import Warn

_RATIO_FREE = 64 << 20
"""Bytes that any archive may unpack to."""
_MOST_NESTED = 8
"""Archives within archives."""
_MAX_PIPED = 1 << 30
"""Bytes of standard input, which is held in memory."""
_LOG_SUFFIXES = {".log", ".txt", ".out", ".err", ".console"}
_COMPRESSED_SUFFIXES = {".gz", ".bz2", ".xz"}
_REPORT_SUFFIXES = {".xml", ".jsonl", ".tap"}
_HELD = 32 << 20
"""Bytes of an archive's member that are read at once: opening an archive anew for each of thousands is slow."""
_READ = 256 << 10
_ATTACHED = re.compile(
    r"(?:^|[/!])(?:attachment-[^/!]+|[^/!]+-attachment(?:\.\w+)?|data/attachments/[^/!]+)$"
)
"""What Allure calls that which a test attached: logs, pictures, and anything."""
_SKIPPED_DIRECTORIES = {"node_modules", "__pycache__", "site-packages"}

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
            if not (isinstance(error, EOFError) and self._taken):
                raise _broken(self._member.name, error) from None
            self._member.cut()
            data = b""
        self._taken += len(data)
        self._member.reached(self._taken)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Begin(io.RawIOBase):
    """The next bytes of a stream, and no more than ``size`` of them."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__()
        self._stream, self._size, self._at = stream, size, 0
        self._start = stream.tell() if stream.seekable() else 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        self._stream.seek(self._start + self._at)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants its Buffer protocol
        data = self._stream.read(max(0, min(len(buffer), self._size - self._at)))
        self._at += len(data)
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
        return io.BufferedReader(_Limited(stream, self), _READ)

    def reached(self, position: int) -> None:
        """The first ``position`` bytes are unpacked."""
        if position > self.seen:
            self.allowance.left -= position - self.seen
            self.seen = position
            if self.allowance.left < 0:
                raise self.allowance.refuse(self.name)

    def cut(self) -> None:
        """The packed bytes break off."""
        if not self.notes:
            self.notes.append(Warn("the archive breaks off; what was complete before is read"))


def find(names: list[str], limits: Limits = DEFAULT) -> Iterator[Found]:
    """The sources behind ``names``, in the order given; directories are walked in the order of their names."""
    for name in names:
        if name == "-":
            yield from _piped(limits)
            continue
        path = Path(name)
        if glob.has_magic(name) and not _exists(path):
            matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207  (an absolute pattern is no Path.glob)
            if not matches:
                yield IngestError(f"{name}: nothing matches this pattern; check the path")
            for match in matches:
                yield from _local(Path(match), limits)
        else:
            yield from _local(path, limits)


def joined(found: Iterator[Found]) -> Iterator[Found]:
    """``found``, the documents of one directory that are one run as one source, behind all others."""
    groups: dict[str, list[Source]] = {}
    for item in found:
        if isinstance(item, Source) and _is_document(item):
            # Anew, since each keeps what was looked at of it.
            groups.setdefault(_directory_of(item.name), []).append(Source(item.name, item.open))
        else:
            yield item
    for name, parts in groups.items():
        yield parts[0] if len(parts) == 1 else Source(name, partial(_one_a_line, tuple(parts)))


def _is_document(source: Source) -> bool:
    try:
        if not source.head.strip().startswith((b"{", codecs.BOM_UTF8)):
            return False
        return surest(source)[1].joins
    except (OSError, IngestError):
        return False  # told when it is read


def _directory_of(name: str) -> str:
    return re.sub(r"[/\\!]?[^/\\!]*$", "", name) or "."


def _one_a_line(parts: tuple[Source, ...]) -> BinaryIO:
    """The documents one after the other. A line end in JSON is only ever white space between its words."""
    lines = io.BytesIO()
    for part in parts:
        with part.open() as stream:
            data = stream.read()
        lines.write(data.removeprefix(codecs.BOM_UTF8).replace(b"\r", b" ").replace(b"\n", b" ").strip())
        lines.write(b"\n")
    lines.seek(0)
    return lines


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _piped(limits: Limits) -> Iterator[Found]:
    data = piped()
    if len(data) > _MAX_PIPED:
        size = f"{_MAX_PIPED >> 20} MiB"
        yield IngestError(f"-: more than {size} on standard input; write it to a file and name that")
    else:
        yield from unpack(Source("-", partial(io.BytesIO, data)), limits)


def piped() -> bytes:
    """Standard input; of one that is too long for ``find`` only as much as shows that."""
    data = bytearray()
    while len(data) <= _MAX_PIPED and (chunk := sys.stdin.buffer.read(_READ)):
        data += chunk
    return bytes(data)


def _local(path: Path, limits: Limits) -> Iterator[Found]:
    try:
        if path.is_dir():
            yield from _directory(path, limits)
        elif path.is_file():
            yield from unpack(_file(path), limits)
        elif path.exists():
            yield IngestError(f"{path}: neither a file nor a directory; pipe it in with '-' instead")
        else:
            yield IngestError(f"{path}: no such file or directory; check the path")
    except OSError as error:
        yield IngestError(f"{path}: {error.strerror or error}; check its permissions")


def _file(path: Path) -> Source:
    """What is in the file now: one that grows while it is read would have no end, and no bytes to be known by."""
    size = path.stat().st_size
    return Source(
        str(path),
        lambda: io.BufferedReader(_Begin(path.open("rb", 0), size), _READ) if size else path.open("rb"),
    )


def _directory(root: Path, limits: Limits) -> Iterator[Found]:
    looked_at = 0
    found = False
    for path in _walk(root):
        looked_at += 1
        if _ATTACHED.search(path.as_posix()):
            continue
        try:
            for item in unpack(_file(path), limits):
                if isinstance(item, UnpackError):
                    yield item
                elif isinstance(item, Source) and _is_result(item):
                    found = True
                    yield item
        except OSError as error:
            yield IngestError(f"{path}: {error.strerror or error}; check its permissions")
    if not found:
        yield IngestError(
            f"{root}: no test results among its {looked_at} files; name the file or another directory"
        )


def _walk(root: Path) -> Iterator[Path]:
    for directory, folders, files in root.walk() if hasattr(root, "walk") else _os_walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED_DIRECTORIES)
        for name in sorted(files):
            path = directory / name
            if not name.startswith(".") and path.is_file():
                yield path


def _os_walk(root: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    import os

    for directory, folders, files in os.walk(root):
        yield Path(directory), folders, files


def _is_result(source: Source) -> bool:
    """Whether a file that nobody named is a test result: a format claims it, or it is called a log."""
    suffixes = [suffix.lower() for suffix in Path(source.name.rpartition("!")[2]).suffixes]
    suffix = next((suffix for suffix in reversed(suffixes) if suffix not in _COMPRESSED_SUFFIXES), "")
    if not source.head.strip():
        # An empty report is what a killed run leaves behind, and is told when it is read.
        return suffix in _REPORT_SUFFIXES
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
        if _ATTACHED.search(member.name):
            continue
        items: Iterable[Found]
        try:
            items = _unpack(member, allowance) if _packing(member.head) or _is_result(member) else ()
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
    with source.open() as stream, zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            if info.is_dir() or not info.file_size:
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
        while start > 0 and (skipped := len(stream.read(min(start, _READ)))):
            start -= skipped
    return io.BufferedReader(_Begin(stream, size), _READ)


_Unpacker = Callable[[Source, Callable[..., Any], _Allowance], Iterator[Found]]
_MAGIC: tuple[tuple[int, bytes, _Unpacker, Callable[..., Any]], ...] = (
    (0, b"\x1f\x8b", _compressed, gzip.open),
    (0, b"BZh", _compressed, bz2.open),
    (0, b"\xfd7zXZ", _compressed, lzma.open),
    (0, b"PK\x03\x04", _members, _zip_members),
    (257, b"ustar", _members, _tar_members),
)


def _packing(head: bytes) -> tuple[_Unpacker, Callable[..., Any]] | None:
    """How what begins with ``head`` is unpacked; None if it is no archive."""
    return next(
        ((how, opener) for at, magic, how, opener in _MAGIC if head[at : at + len(magic)] == magic), None
    )
