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
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from triage.ingest.reader import IngestError, Source
from triage.ingest.registry import surest

MAX_UNPACKED = 4 << 30
"""Bytes that one compressed member may unpack to."""
MAX_RATIO = 1_000
"""Times its packed size that a member may unpack to, beyond the first 64 MiB."""
_RATIO_FREE = 64 << 20
_LOG_SUFFIXES = {".log", ".txt", ".out", ".err", ".console"}
_COMPRESSED_SUFFIXES = {".gz", ".bz2", ".xz"}
_REPORT_SUFFIXES = {".xml", ".jsonl", ".tap"}
_HELD = 256 << 10
"""Bytes of an archive's member that are read at once: opening an archive anew for each of thousands is slow."""
_ATTACHED = re.compile(
    r"(?:^|[/!])(?:attachment-[^/!]+|[^/!]+-attachment(?:\.\w+)?|data/attachments/[^/!]+)$"
)
"""What Allure calls that which a test attached: logs, pictures, and anything."""
_SKIPPED_DIRECTORIES = {"node_modules", "__pycache__", "site-packages"}

Found = Source | IngestError
"""A source, or why what was named is none; the other names of the same call are still taken."""


class UnpackError(IngestError):
    """An archive that does not unpack, or to more than a report can need."""


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


@dataclass
class _Limited(io.RawIOBase):
    """A stream that refuses to unpack more than a report can need (zip and gzip bombs)."""

    stream: BinaryIO
    name: str
    limit: int

    def __post_init__(self) -> None:
        super().__init__()
        self._taken = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants its Buffer protocol
        try:
            data = self.stream.read(len(buffer))
        except (*_BROKEN, OSError) as error:
            # bz2 says with a bare OSError that its data are broken; one with a number is the disk's.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise _broken(self.name, error) from None
        self._taken += len(data)
        if self._taken > self.limit:
            raise UnpackError(
                f"{self.name}: unpacks to more than {self.limit >> 20} MiB; unpack it yourself to read it"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.stream.close()
        super().close()


def find(names: list[str]) -> Iterator[Found]:
    """The sources behind ``names``, in the order given; directories are walked in the order of their names."""
    for name in names:
        if name == "-":
            data = sys.stdin.buffer.read()
            yield from unpack(Source("-", partial(io.BytesIO, data)))
            continue
        path = Path(name)
        if glob.has_magic(name) and not _exists(path):
            matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207  (an absolute pattern is no Path.glob)
            if not matches:
                yield IngestError(f"{name}: nothing matches this pattern; check the path")
            for match in matches:
                yield from _local(Path(match))
        else:
            yield from _local(path)


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


def _local(path: Path) -> Iterator[Found]:
    try:
        if path.is_dir():
            yield from _directory(path)
        elif path.is_file():
            yield from unpack(_file(path))
        elif path.exists():
            yield IngestError(f"{path}: neither a file nor a directory; pipe it in with '-' instead")
        else:
            yield IngestError(f"{path}: no such file or directory; check the path")
    except OSError as error:
        yield IngestError(f"{path}: {error.strerror or error}; check its permissions")


def _file(path: Path) -> Source:
    return Source(str(path), lambda: path.open("rb"))


def _directory(root: Path) -> Iterator[Found]:
    looked_at = 0
    found = False
    for path in _walk(root):
        looked_at += 1
        if _ATTACHED.search(path.as_posix()):
            continue
        try:
            for item in unpack(_file(path)):
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


def unpack(source: Source) -> Iterator[Found]:
    """``source`` itself, or, for an archive, the results in it; a compressed file is seen through.

    Members are only read where they lie: nothing is written to disk, so a member's name cannot escape.
    """
    try:
        if (packed := _packing(source.head)) is None:
            yield source
        else:
            how, opener = packed
            yield from how(source, opener)
    except IngestError as error:
        yield error
    except _BROKEN as error:
        yield _broken(source.name, error)


def _compressed(source: Source, opener: Callable[..., Any]) -> Iterator[Found]:
    def open_inner() -> BinaryIO:
        raw = source.open()
        inner = opener(raw)
        size = 0
        if raw.seekable():
            size = raw.seek(0, io.SEEK_END)
            raw.seek(0)
        return io.BufferedReader(_Limited(inner, source.name, _limit(size)))

    yield from unpack(Source(source.name, open_inner))


def _limit(packed: int) -> int:
    return min(MAX_UNPACKED, max(_RATIO_FREE, packed * MAX_RATIO))


def _members(source: Source, members: Callable[..., Any]) -> Iterator[Found]:
    found = False
    for member in members(source):
        if _ATTACHED.search(member.name):
            continue
        if _packing(member.head) or _is_result(member):
            for item in unpack(member):
                found = True
                yield item
    if not found:
        yield IngestError(f"{source.name}: no test results in this archive; name the report inside it")


def _seekable(source: Source) -> BinaryIO:
    """``source`` opened so that one can jump in it; an archive inside an archive is held in memory."""
    stream = source.open()
    if stream.seekable():
        return stream
    with stream:
        return io.BytesIO(stream.read())


def _zip_members(source: Source) -> Iterator[Source]:
    with zipfile.ZipFile(_seekable(source)) as archive:
        for info in archive.infolist():
            if info.is_dir() or not info.file_size:
                continue

            def open_member(info: zipfile.ZipInfo = info) -> BinaryIO:
                archive = zipfile.ZipFile(_seekable(source))
                inner = cast(BinaryIO, archive.open(info))
                return io.BufferedReader(
                    _Limited(inner, f"{source.name}!{info.filename}", _limit(info.compress_size))
                )

            opener: Callable[[], BinaryIO] = open_member
            if info.file_size <= _HELD:
                # What is broken is told when it is read.
                with suppress(*_BROKEN, OSError):
                    opener = partial(io.BytesIO, archive.read(info))
            yield Source(f"{source.name}!{info.filename}", opener)


def _tar_members(source: Source) -> Iterator[Source]:
    with source.open() as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for place, info in enumerate(archive):
            if not info.isfile() or not info.size:
                continue

            # By its place: an archive may hold a name twice.
            def open_member(place: int = place, name: str = info.name) -> BinaryIO:
                with source.open() as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
                    for at, info in enumerate(archive):
                        if at == place and (inner := archive.extractfile(info)) is not None:
                            return io.BytesIO(inner.read(MAX_UNPACKED))
                raise IngestError(f"{source.name}!{name}: gone from the archive while it was read; try again")

            opener: Callable[[], BinaryIO] = open_member
            if info.size <= _HELD and (inner := archive.extractfile(info)) is not None:
                opener = partial(io.BytesIO, inner.read())
            yield Source(f"{source.name}!{info.name}", opener)


_Unpacker = Callable[[Source, Callable[..., Any]], Iterator[Found]]
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
