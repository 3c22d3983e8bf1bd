"""What a user names on the command line to sources: files, directories, globs, pipes, ``-``, archives.

A directory or an archive is searched for results: files there that no format claims are passed over, a file that is
named itself must be readable.
"""

from __future__ import annotations

import codecs
import glob
import io
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from triage.ingest.archives import (
    ATTACHED,
    DEFAULT,
    READ,
    Found,
    Limits,
    UnpackError,
    is_result,
    unpack,
)
from triage.ingest.begin import Begin
from triage.ingest.reader import IngestError, Source

_MAX_PIPED = 1 << 30
"""Bytes of standard input, which is held in memory."""
_SKIPPED_DIRECTORIES = {"node_modules", "__pycache__", "site-packages"}


def find(names: list[str], limits: Limits = DEFAULT) -> Iterator[Found]:
    """The sources behind ``names``, in the order given; directories are walked in the order of their names."""
    for name in names:
        if name == "-":
            yield from _piped(name, piped(), limits)
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
    from triage.ingest.registry import surest

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


def _piped(name: str, data: bytes, limits: Limits) -> Iterator[Found]:
    """What came through a pipe, and can be read once only: held in memory."""
    if len(data) > _MAX_PIPED:
        size = f"{_MAX_PIPED >> 20} MiB"
        yield IngestError(f"{name}: more than {size} in a pipe; write it to a file and name that")
    else:
        yield from unpack(Source(name, partial(io.BytesIO, data)), limits)


def piped() -> bytes:
    """Standard input; of one that is too long for ``find`` only as much as shows that."""
    return _drained(sys.stdin.buffer)


def _drained(stream: BinaryIO) -> bytes:
    data = bytearray()
    while len(data) <= _MAX_PIPED and (chunk := stream.read(READ)):
        data += chunk
    return bytes(data)


def _local(path: Path, limits: Limits) -> Iterator[Found]:
    try:
        if path.is_dir():
            yield from _directory(path, limits)
        elif path.is_file():
            yield from unpack(_file(path), limits)
        elif path.is_fifo():
            # Also what a shell makes of <(command).
            with path.open("rb") as stream:
                data = _drained(stream)
            yield from _piped(str(path), data, limits)
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
        lambda: io.BufferedReader(Begin(path.open("rb", 0), size), READ) if size else path.open("rb"),
    )


def changed_results(root: Path, since: float) -> Iterator[str]:
    """The files with results that ``root``, a directory or a file, holds and that were written since then (seconds of the epoch)."""
    for path in _walk(root) if root.is_dir() else (root,):
        with suppress(OSError):
            if path.stat().st_mtime >= since and holds_results(path):
                yield str(path)


def holds_results(path: Path) -> bool:
    """Whether a file that nobody named is one that a directory would be searched for."""
    if ATTACHED.search(path.as_posix()) or path.name.startswith("."):
        return False
    try:
        return any(isinstance(item, Source) and is_result(item) for item in unpack(_file(path)))
    except (OSError, IngestError):
        return False


def _directory(root: Path, limits: Limits) -> Iterator[Found]:
    looked_at = 0
    found = False
    for path in _walk(root):
        looked_at += 1
        if ATTACHED.search(path.as_posix()):
            continue
        try:
            for item in unpack(_file(path), limits):
                if isinstance(item, UnpackError):
                    yield item
                elif isinstance(item, Source) and is_result(item):
                    found = True
                    yield item
        except OSError as error:
            yield IngestError(f"{path}: {error.strerror or error}; check its permissions")
    if not found:
        yield IngestError(
            f"{root}: no test results among its {looked_at} file{'s' * (looked_at != 1)}; name the file or another directory"
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
