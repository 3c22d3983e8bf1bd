"""XML reports, streamed with expat: memory does not grow with the file, and what was complete before a break is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Protocol
from xml.parsers import expat

from triage.ingest.reader import IngestError, Source
from triage.model import Item, Warn

_CHUNK = 1 << 18
# Control characters and references to them are not allowed in XML 1.0, and runners write them all the same.
_CONTROL = bytes(ch if ch in b"\t\n\r" or ch >= 32 else 0x20 for ch in range(256))
_ESCAPE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")
_BAD_REFERENCE = re.compile(
    rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));", re.IGNORECASE
)
_BEGUN = re.compile(rb"(?:\x1b|&)[^;\x1b&<>]{0,16}\Z")
"""An escape or a reference that the end of a chunk may have cut."""


class Handler(Protocol):
    """Turns expat's events into items."""

    seen: int
    """Cases and failures told so far."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; ``name`` may have a namespace prefix."""

    def data(self, text: str) -> None:
        """Text inside an element."""

    def end(self, name: str) -> None:
        """An element ends."""

    def take(self, *, all_of_it: bool) -> list[Item]:
        """The items that are complete; with ``all_of_it`` those too that a later element might have changed."""


def stream(source: Source, make: Callable[[expat.XMLParserType], Handler]) -> Iterator[Item]:
    """The items that the handler finds in ``source``.

    Raises:
        IngestError: the document declares entities, or is broken before anything could be read.
    """

    def refuse(*_: object) -> None:
        raise IngestError(f"{source.name}: declares XML entities, which no test report needs; refused unread")

    wrong_encoding = source.encoding == "cp1252" and b"iso-8859" not in source.head[:200].lower()
    parser = expat.ParserCreate("iso-8859-1" if wrong_encoding else None)
    parser.buffer_text = True
    parser.EntityDeclHandler = refuse
    handler = make(parser)
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.data
    if wrong_encoding:
        yield Warn("not in the encoding that it declares; read as Latin-1", 1)
    try:
        for chunk in _chunks(source):
            parser.Parse(chunk, False)
            yield from handler.take(all_of_it=False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        if not handler.seen:
            raise IngestError(
                f"{source.name}:{error.lineno}: broken XML ({reason}), nothing could be read; was the run killed?"
            ) from None
        yield from handler.take(all_of_it=True)
        yield Warn(
            f"broken XML ({reason}): what was complete up to here was read, the rest is lost", error.lineno
        )
        return
    yield from handler.take(all_of_it=True)


def _chunks(source: Source) -> Iterator[bytes]:
    """The bytes without what runners write and XML forbids."""
    plain = source.encoding not in ("utf-16", "utf-16-le", "utf-16-be")
    rest = b""
    with source.open() as stream:
        while chunk := stream.read(_CHUNK):
            if not plain:
                yield chunk
                continue
            chunk = rest + chunk
            cut = _BEGUN.search(chunk, max(0, len(chunk) - 18))
            rest = chunk[cut.start() :] if cut else b""
            yield _allowed(chunk[: cut.start()] if cut else chunk)
    if rest:
        yield _allowed(rest)


def _allowed(chunk: bytes) -> bytes:
    if b"\x1b" in chunk:
        chunk = _ESCAPE.sub(b"", chunk)
    if b"&#" in chunk:
        chunk = _BAD_REFERENCE.sub(b"?", chunk)
    return chunk.translate(_CONTROL)
