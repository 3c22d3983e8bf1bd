"""Searching a log with google-re2, a chunk at a time, forward and backward."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import re2

from triage.escapes import ANSI
from triage.model import TriageError
from triage.viewer.log_file import LogFile

CHUNK = 1 << 20
"""Bytes that are searched at once: google-re2 lets other threads run meanwhile."""
_BACK = 1 << 19
"""Bytes that are searched at once backward, each from its beginning for the last line that matches."""
_OVERLAP = 1 << 12
"""Bytes of a line longer than a chunk that are searched twice: what matches more of it may not be found."""

_ANSI = re.compile(ANSI.pattern.replace("[^\\x07\\x1b]", "[^\\x07\\x1b\\r\\n]").encode())
_END = re.compile(rb"\r\n?|\n")


class PatternError(TriageError):
    """A pattern that google-re2 does not take: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that matches."""

    start: int
    """Offset where the line begins."""
    place: int
    """Offset of what matches in it; of a line with colours about that."""


class Pattern:
    """What is looked for in lines without their colours; written in small letters, regardless of case.

    ``^`` and ``$`` are the ends of a line.

    Raises:
        PatternError: ``said`` is no pattern, or an empty one.
    """

    def __init__(self, said: str) -> None:
        if not said:
            raise PatternError("nothing to search for")
        options = re2.Options()
        options.never_nl = True
        options.log_errors = False
        options.case_sensitive = any(map(str.isupper, re.sub(r"\\.", "", said)))
        self.said = said
        try:
            self._pattern = re2.compile(f"(?m:{said})", options)
        except UnicodeError:
            raise PatternError("no text") from None
        except re2.error as error:
            why = error.args[0] if error.args else "no pattern"
            raise PatternError(
                why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
            ) from None

    def spans(self, plain: str) -> list[tuple[int, int]]:
        """Where it matches in the text of a line."""
        # Half of a surrogate pair is no text for google-re2, which takes UTF-8.
        plain = plain.encode("utf-8", "replace").decode("utf-8")
        found = [match.span() for match in self._pattern.finditer(plain)]
        # For google-re2 a line begins wherever it goes on searching.
        return found[:1] if self.said.startswith("^") else found

    def search(self, lines: bytes, at: int, stop: int) -> tuple[int, int] | None:
        """Where it matches first in ``lines``, each ended by LF, from ``at``, which begins one, to ``stop``."""
        match = self._pattern.search(lines, at, stop)
        return match.span() if match else None


Told = Callable[[int], bool]
"""Gets how far was searched, chunk by chunk, and says whether to go on."""


def forward(log: LogFile, pattern: Pattern, start: int, told: Told = lambda at: True) -> Hit | None:
    """The first line that matches, of those that begin at ``start``, the beginning of one, or behind."""
    return next(_hits(log, pattern, start, log.size, told), None)


def backward(log: LogFile, pattern: Pattern, start: int, told: Told = lambda at: True) -> Hit | None:
    """The last line that matches, of those that begin before ``start``, the beginning of one."""
    stop, hit = start, None
    while stop > 0 and hit is None and told(stop):
        begin = log.at(max(0, stop - _BACK))
        for hit in _hits(log, pattern, begin, stop, told):  # noqa: B007  (the last one is wanted)
            pass
        stop = begin
    return hit


def _hits(log: LogFile, pattern: Pattern, start: int, stop: int, told: Told) -> Iterator[Hit]:
    """The lines that match, of those from ``start`` to before ``stop``, both beginnings of lines or the end."""
    found = -1
    for at, line, raw, is_whole in pieces(log, start, stop):
        if not told(at):
            return
        lines, is_same = plain_lines(raw, log.encoding, at)
        # Without its colours the last line may be empty: what ends before it is not its end.
        stop_at = len(lines) - (lines.endswith(b"\n") and raw.endswith((b"\n", b"\r")))
        for begin, place in _matches(pattern, lines, stop_at, at == line, is_whole):
            if is_same:
                hit = Hit(at + begin if begin else line, at + place)
            else:
                number = lines.count(b"\n", 0, begin)
                start = next(islice(_END.finditer(raw), number - 1, None)).end() if number else 0
                hit = Hit(at + start if start else line, at + min(start + place - begin, len(raw)))
            if hit.start != found:
                found = hit.start
                yield hit


def pieces(log: LogFile, start: int, stop: int) -> Iterator[tuple[int, int, bytes, bool]]:
    """Where each piece begins, where the line begins that it begins with, its bytes, and whether they end a line."""
    at = line = start
    while at < stop and (raw := log.data.read(at, min(at + CHUNK, stop))):
        cut = len(raw) if at + len(raw) >= stop else _whole_lines(raw)
        yield at, line, raw[:cut] if cut else raw, cut > 0
        if cut:
            at = line = at + cut
        else:
            at += max(1, len(raw) - _OVERLAP)


def _whole_lines(raw: bytes) -> int:
    """How many bytes of ``raw`` are whole lines, whatever comes behind."""
    # Behind a CR at its end may be an LF.
    return max(raw.rfind(b"\n"), raw.rfind(b"\r", 0, len(raw) - 1)) + 1


def _matches(
    pattern: Pattern, lines: bytes, stop: int, begins: bool, ends: bool
) -> Iterator[tuple[int, int]]:
    """Where each line begins that matches, and where what matches in it does, up to ``stop``; ``begins`` and ``ends``:
    whether the first one begins and the last one ends in ``lines``."""
    at = 0
    while at <= stop and (span := pattern.search(lines, at, stop)) is not None:
        # The ends of a piece of a line are none of the line.
        begins_line = begins or span[0] > 0 or "^" not in pattern.said
        if begins_line and (ends or span[1] < stop or "$" not in pattern.said):
            yield lines.rfind(b"\n", 0, span[0]) + 1, span[0]
        if (end := lines.find(b"\n", span[0])) < 0:
            return
        at = end + 1


def plain_lines(raw: bytes, encoding: str, at: int) -> tuple[bytes, bool]:
    """``raw``, which stands at offset ``at``, with its lines ended by LF, without colours, in UTF-8; and whether every
    byte is where it was."""
    lines = raw
    if b"\r" in lines:
        lines = lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    is_same = len(lines) == len(raw)
    if b"\x1b" in lines:
        lines, is_same = _ANSI.sub(b"", lines), False
    if lines.isascii():
        return lines, is_same
    if encoding == "utf-8":
        if not at and lines.startswith(codecs.BOM_UTF8):
            lines, is_same = lines.removeprefix(codecs.BOM_UTF8), False
        try:
            lines.decode()
        except UnicodeDecodeError:
            pass
        else:
            return lines, is_same
    return lines.decode(encoding, "replace").encode(), False
