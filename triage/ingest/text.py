"""Bytes to clean lines: encodings, colours, CI wrappers. Line numbers stay those of the original file."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from triage.escapes import strip_ansi
from triage.ingest.wrappers import Wrapper, wrapper_of

# UTF-8 that was read as cp1252 or Latin-1 and saved again shows these pairs.
_MOJIBAKE = re.compile("[ÂÃâð][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]")
# Marks of which cp1252 loses a byte (it has no 0x8F, 0x90, 0x9D, and a no-break space became a plain one): what
# is left is no UTF-8 any more, so no decoder brings them back.
_LOSSY = {
    mark.encode().decode("cp1252", "ignore").replace("\u00a0", space): mark
    for mark in ("\u26a0\ufe0f", "\u274c", "\u26a0", "\u23f3", "\U0001f50d", "\ufe0f")
    for space in ("\u00a0", " ")
}
_LOST = re.compile(
    f"(?:{'|'.join(_LOSSY)})(?![\u0080-\u009f\u00a1-\u00bf\u0152-\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122])"
)


def _class(first: int, last: int, codec: str) -> str:
    return f"[{re.escape(bytes(range(first, last + 1)).decode(codec))}]"


def _sequence(codec: str) -> re.Pattern[str]:
    """What matches one character of UTF-8 that was read as ``codec``."""
    leads, tail = ((0xC2, 0xDF, 1), (0xE0, 0xEF, 2), (0xF0, 0xF4, 3)), _class(0x80, 0xBF, codec)
    return re.compile(
        "|".join(f"{_class(first, last, codec)}{tail}{{{more}}}" for first, last, more in leads)
    )


# A console of Windows may take UTF-8 for its own code page, and PowerShell saves what it took (``> out.txt``). Most
# marks begin with the byte 0xE2: a letter that never stands in front of the two others where a word begins.
_OEM = {codec: _sequence(codec) for codec in ("cp437", "cp850", "cp852", "cp866")}
_OEM_MARK = re.compile(
    r"(?<!\w)(?:"
    + "|".join(
        f"{_class(0xE2, 0xE2, codec)}{_class(0x80, 0x9F, codec)}{_class(0x80, 0xBF, codec)}" for codec in _OEM
    )
    + ")(?![А-Яа-су-я])"  # of cp866 all of these may be letters
    r"|├[ùŚЧ](?= )|┬[╖ÀĚ]"  # the cross and the dot of progress
)

_PICTURED = re.compile(r"(?:\^\[|\u241b)\[(?:\d{1,3}(?:;\d{1,3}){0,15}[mK]|[mK](?![^\s\[\]]{0,20}\]))")
"""A colour whose escape somebody made visible: ``cat -v``, ``less``, an editor, a page that shows control characters."""
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b"))
"""Bytes that text rarely has."""
_FEW = 8

MAX_LINE = 1_000_000
"""Characters of one line that are looked at; the rest of a longer line is dropped."""


def encoding_of(head: bytes) -> str:
    """The codec for a file that starts with ``head``: by byte order mark, by NUL pattern, else UTF-8.

    >>> encoding_of("\\ufeffE2E".encode("utf-16-le"))
    'utf-16'
    """
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:4096]
    if len(sample) >= 4:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        half = len(sample) // 2
        if odd > 0.7 * half and even < 0.1 * half:
            return "utf-16-le"
        if even > 0.7 * half and odd < 0.1 * half:
            return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def is_binary(head: bytes) -> bool:
    """Whether ``head`` is no text in any encoding that logs are written in."""
    if encoding_of(head).startswith(("utf-16", "utf-32")):
        return False
    sample = head[:8192]
    control = len(sample) - len(sample.translate(None, _CONTROL))
    if control <= _FEW and not sample.count(0) and encoding_of(head) == "utf-8":
        return False  # a short report of a test that prints them
    return control > 0.05 * len(sample) or sample.count(0) > max(8, len(sample) // 100)


def mend(text: str) -> str:
    """``text`` with mojibake repaired (mostly by ftfy) where it shows its tell-tale pairs.

    >>> mend("Γ£ô adds ΓÇ║ two")
    '✓ adds › two'
    """
    if text.isascii():
        return text
    if _OEM_MARK.search(text):
        for codec, sequence in _OEM.items():
            if (mark := _OEM_MARK.search(text)) and sequence.fullmatch(mark[0]):
                text = sequence.sub(partial(_utf8, codec), text)
        return text
    if not _MOJIBAKE.search(text):
        return text
    import ftfy

    return ftfy.fix_encoding(_LOST.sub(lambda match: _LOSSY[match[0]], text))


def _utf8(codec: str, found: re.Match[str]) -> str:
    return found[0].encode(codec).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Decoded lines of one log to what they say: without line ends, colours, CI prefixes and mojibake."""

    wrapper: Wrapper

    @classmethod
    def of(cls, head: Iterable[str]) -> Cleaner:
        """The cleaner for a log that begins with ``head`` (``wrappers.HEAD_LINES`` lines are enough)."""
        return cls(wrapper_of([_bare(line) for line in head]))

    def clean(self, line: str) -> str:
        """What ``line`` says."""
        text = mend(self.wrapper.peel(_bare(line)))
        return text.replace("\x00", "\u2400") if "\x00" in text else text

    def speaker(self, line: str) -> str:
        """Who says ``line`` (see ``Wrapper.speaker``)."""
        return self.wrapper.speaker(_bare(line)) if self.wrapper.names is not None else ""


def _bare(line: str) -> str:
    text = strip_ansi(line[:MAX_LINE].rstrip("\r\n"))
    return _PICTURED.sub("", text) if "^[[" in text or "\u241b[" in text else text


def open_text(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """``stream`` decoded; CR LF, CR and LF each end a line; undecodable bytes become U+FFFD."""
    return io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=None)
