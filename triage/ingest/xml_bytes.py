"""The bytes of an XML report as expat takes them: in UTF-8, without what runners write and XML forbids."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from triage.ingest.reader import Source

CHUNK = 1 << 17
# Control characters and references to them are not allowed in XML 1.0, and runners write them all the same.
_CONTROL = bytes(ch if ch in b"\t\n\r" or ch >= 32 else 0x20 for ch in range(256))
_ESCAPE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")
_BAD_REFERENCE = re.compile(
    rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45]));",
    re.IGNORECASE,
)
_NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_BEGUN = re.compile(rb"(?:\x1b|&)[^;\x1b&<>]{0,16}\Z")
"""An escape or a reference that the end of a chunk may have cut."""
_DECLARED = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]+)")


def encoding_of(source: Source) -> str | None:
    """The codec of the bytes: what they show beats what they declare; None where they contradict each other."""
    shown = source.encoding
    if shown not in ("utf-8", "cp1252") or (shown == "utf-8" and not source.head.isascii()):
        return shown
    match = _DECLARED.match(source.head)
    declared = match[1].decode().lower() if match else "utf-8"
    try:
        b"<".decode(declared)
    except (LookupError, UnicodeError):
        declared = "utf-8"
    if declared.startswith(("utf", "ucs", "us-ascii", "ascii")):
        declared = "utf-8"
    return None if (shown, declared) == ("cp1252", "utf-8") else declared


def utf8_chunks(source: Source, encoding: str) -> Iterator[bytes]:
    """The text in UTF-8, cut where no escape or reference is."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    utf8 = encoding in ("utf-8", "utf-8-sig")
    rest = b""
    with source.open() as stream:
        while chunk := stream.read(CHUNK):
            if not (utf8 and chunk.isascii() and not decoder.getstate()[0]):
                chunk = _NO_CHARACTER.sub(b"?", decoder.decode(chunk).encode("utf-8", "replace"))
            chunk = rest + chunk
            cut = _BEGUN.search(chunk, max(0, len(chunk) - 18))
            rest = chunk[cut.start() :] if cut else b""
            yield chunk[: cut.start()] if cut else chunk
    rest += decoder.decode(b"", True).encode("utf-8", "replace")
    if rest:
        yield rest


def allowed(chunk: bytes) -> bytes:
    """``chunk`` without what runners write and XML forbids."""
    if b"\x1b" in chunk:
        chunk = _ESCAPE.sub(b"", chunk)
    if b"&#" in chunk:
        chunk = _BAD_REFERENCE.sub(b"?", chunk)
    return chunk.translate(_CONTROL)
