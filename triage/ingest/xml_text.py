"""XML reports, streamed with expat: memory does not grow with the file, and what was complete before a break is kept."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import Protocol
from xml.parsers import expat

from triage.ingest.reader import IngestError, Sample, Source
from triage.model import Item, Warn

_CHUNK = 1 << 18
_ROOF = "all-documents"
"""An element around everything: a file may hold several documents, or lines of a console before and behind one."""
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_FIRST_DECLARATION = re.compile(rb"([^<]*)<\?xml(?=\s)")
_LATER_DECLARATION = re.compile(rb"(>\s*)<\?xml(?=\s)")
_PROLOGUE = re.compile(
    r"[^<]{1,4000}|<\?.{0,2000}?\?>|<!--.{0,20000}?-->|<!DOCTYPE[^>\[]{0,500}(?:\[.{0,20000}?\]\s{0,20})?>",
    re.DOTALL,
)
_ROOT = re.compile(r"<(?:[\w.-]{1,60}:)?([A-Za-z_][\w.-]{0,99})((?:\s[^<>]{0,4000})?)")
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


def root(sample: Sample) -> tuple[str, str]:
    """The local name of the first element and its attributes as they are written; empty where there is none."""
    text = sample.text.lstrip("\ufeff")
    position = 0
    while match := _PROLOGUE.match(text, position):
        if match.end() == position:
            break
        position = match.end()
    found = _ROOT.match(text, position)
    return (found[1], found[2]) if found else ("", "")


def stream(source: Source, make: Callable[[expat.XMLParserType], Handler]) -> Iterator[Item]:
    """The items that the handler finds in ``source``.

    Raises:
        IngestError: the document declares entities, or is broken before anything could be read.
    """

    def refuse(*_: object) -> None:
        raise IngestError(f"{source.name}: declares XML entities, which no test report needs; refused unread")

    codec = _codec(source)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.EntityDeclHandler = refuse
    handler = make(parser)
    if codec == "iso-8859-1" and not _declares_latin(source):
        yield Warn("not in the encoding that it declares; read as Latin-1", 1)
    # A document type may only stand outside of any element.
    roof = None if b"<!DOCTYPE" in source.head[:8192] else _ROOF
    over = False
    try:
        parser.Parse(f"<{roof}>" if roof else "", False)
        parser.StartElementHandler = handler.start
        parser.EndElementHandler = handler.end
        parser.CharacterDataHandler = handler.data
        for chunk in _chunks(source, codec):
            parser.Parse(chunk, False)
            yield from handler.take(all_of_it=False)
        over = True
        parser.EndElementHandler = None
        parser.Parse(f"</{roof}>" if roof else "", True)
    except expat.ExpatError as error:
        reason = "the file ends too early" if over else expat.ErrorString(error.code)
        items = handler.take(all_of_it=True)
        if not handler.seen:
            raise IngestError(
                f"{source.name}:{error.lineno}: broken XML ({reason}), nothing could be read; was the run killed?"
            ) from None
        yield from items
        yield Warn(
            f"broken XML ({reason}): what was complete up to here was read, the rest is lost", error.lineno
        )
        return
    yield from handler.take(all_of_it=True)


def _declares_latin(source: Source) -> bool:
    return b"iso-8859" in source.head[:200].lower()


def _codec(source: Source) -> str:
    """What the bytes are: by their marks first, since the declaration is often that of a string in memory."""
    if source.encoding == "cp1252" and _declares_latin(source):
        return "iso-8859-1"
    declared = _DECLARED.search(source.head[:1024])
    if source.encoding in ("utf-8", "cp1252") and declared is not None:
        try:
            codec = codecs.lookup(declared[1].decode()).name
            "".encode(codec)
        except (LookupError, ValueError):
            codec = "utf-8"
        if not codec.startswith("utf") and codec != "ascii":
            return codec
    return "iso-8859-1" if source.encoding == "cp1252" else source.encoding


def _chunks(source: Source, codec: str) -> Iterator[bytes]:
    """The bytes as UTF-8, without what runners write and XML forbids."""
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    rest, first = b"", True
    with source.open() as stream:
        while True:
            data = stream.read(_CHUNK)
            text = decoder.decode(data, not data)
            if not text.isascii():
                text = text.replace("\ufffe", "?").replace("\uffff", "?")
            chunk = rest + text.encode("utf-8", "replace")
            cut = _BEGUN.search(chunk, max(0, len(chunk) - 18)) if data else None
            rest = chunk[cut.start() :] if cut else b""
            chunk = _allowed(chunk[: cut.start()] if cut else chunk)
            if first and chunk.strip():
                first = False
                if declaration := _FIRST_DECLARATION.match(chunk):
                    chunk = declaration[1] + b"<?was" + chunk[declaration.end() :]
            if b"<?xml" in chunk:  # of a second document
                chunk = _LATER_DECLARATION.sub(rb"\1<?was", chunk)
            yield chunk
            if not data:
                return


def _allowed(chunk: bytes) -> bytes:
    if b"\x1b" in chunk:
        chunk = _ESCAPE.sub(b"", chunk)
    if b"&#" in chunk:
        chunk = _BAD_REFERENCE.sub(b"?", chunk)
    return chunk.translate(_CONTROL)
