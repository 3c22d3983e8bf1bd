"""From what a user names, or a run was read from, to a log that is open: unpacked and decoded where that is needed."""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from triage.ingest import IngestError, Source
from triage.ingest.archives import is_packed
from triage.ingest.inputs import find
from triage.ingest.text import encoding_of
from triage.viewer.data import Data
from triage.viewer.log_file import HEAD, LogFile

_STEP = 1 << 20

Filling = Callable[[], Iterator[int]]
"""Unpacks a log step by step; yields how many bytes of it are there. The log is to be refreshed behind each."""


def source_of(name: str) -> Source:
    """The one log that ``name`` stands for: a file, one that is compressed, or ``archive!member``.

    Raises:
        IngestError: there is none, it cannot be read, or there are several.
    """
    if name == "-":
        raise IngestError("-: came through a pipe, and was kept nowhere; write it to a file and name that")
    path = name if Path(name).exists() else name.split("!", 1)[0]
    found: list[Source] = []
    for item in find([path]):
        if isinstance(item, IngestError):
            raise item
        if item.name == name:
            return item
        found.append(item)
    if len(found) != 1:
        names = ", ".join(source.name for source in found[:3])
        raise IngestError(
            f"{name}: holds several logs; name one of them: {names}, ..."
            if found
            else f"{name}: nothing matches this name; check the path"
        )
    return found[0]


def open_log(source: Source) -> tuple[LogFile, Filling | None]:
    """The log of ``source``, and what fills it, where it is not simply a file.

    Raises:
        IngestError: it cannot be read.
    """
    try:
        head = source.head
        encoding = encoding_of(head)
        decoded = encoding.startswith(("utf-16", "utf-32"))
        path = Path(source.name)
        if not decoded and path.is_file():
            stream = path.open("rb", 0)
            if not is_packed(stream.read(HEAD)):
                log = LogFile(Data(cast(BinaryIO, stream)), source.name)
                log.is_file = True
                return log, None
            stream.close()
    except OSError as error:
        raise IngestError(f"{source.name}: {error.strerror or error}; check its permissions") from None
    data = Data(cast(BinaryIO, tempfile.TemporaryFile()))  # noqa: SIM115  (open as long as the log is)
    return LogFile(data, source.name), lambda: _filled(data, source, encoding if decoded else None)


def _filled(data: Data, source: Source, encoding: str | None) -> Iterator[int]:
    decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
    done = 0
    with source.open() as stream:
        while chunk := stream.read(_STEP):
            chunk = decoder.decode(chunk).encode("utf-8", "replace") if decoder else chunk
            data.append(chunk)
            done += len(chunk)
            yield done
    if decoder and (rest := decoder.decode(b"", final=True)):
        data.append(rest.encode("utf-8", "replace"))
        yield done + len(rest)
