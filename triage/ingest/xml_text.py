"""XML reports, streamed with expat: memory does not grow with the file, and what was complete before a break is kept."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from secrets import token_hex
from typing import Any, Protocol, cast
from xml.parsers import expat

from triage.ingest.reader import IngestError, Sample, Source
from triage.ingest.xml_mending import mended
from triage.model import Item, Warn

_CHUNK = 1 << 17
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
_AFTER_THE_END = [
    expat.errors.codes[text]
    for text in (expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT, expat.errors.XML_ERROR_MISPLACED_XML_PI)
]
_BEFORE_THE_ROOT = [
    expat.errors.codes[text] for text in (expat.errors.XML_ERROR_SYNTAX, expat.errors.XML_ERROR_INVALID_TOKEN)
]
_UNESCAPED = [
    expat.errors.codes[text]
    for text in (
        expat.errors.XML_ERROR_INVALID_TOKEN,
        expat.errors.XML_ERROR_UNDEFINED_ENTITY,
        expat.errors.XML_ERROR_TAG_MISMATCH,
    )
]
_MENDED = 1 << 23
"""Bytes of a file that is mended where it is not well-formed."""
_DEFERS = expat.version_info >= (2, 6) and not hasattr(expat.ParserCreate(), "SetReparseDeferralEnabled")
"""Whether expat may tell an event later than it could, with no way to forbid it."""
_NEXT = re.compile(rb"<(?=\?xml\b|(?:\w+:)?testsuites?\b)")
_PROLOGUE = re.compile(
    r"[^<]{1,4000}|<\?.{0,2000}?\?>|<!--.{0,20000}?-->|<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]{0,20000}\]\s{0,100})?>",
    re.DOTALL,
)
_ROOT = re.compile(r"<(?:[\w.-]{1,60}:)?([A-Za-z_][\w.-]{0,99})((?:\s[^<>]{0,4000})?)")
_FIRST = re.compile(rb"<(?=[?!A-Za-z_])")
_TAG = re.compile(rb"<[!A-Za-z_]")


class Place:
    """Where in the source the parser is: to a handler, expat's parser of one long document."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.above = 0
        """Lines above the document that is being read."""

    @property
    def CurrentLineNumber(self) -> int:  # noqa: N802
        """1-based line of the current event, by expat's own name for it."""
        return self.above + self.parser.CurrentLineNumber


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


@dataclass(slots=True)
class Run:
    """Elements of one kind in a row, as a handler found them in a chunk."""

    start: int
    end: int
    breaks: bytes
    """The line ends in it, which expat gets in its place, so that line numbers stay true."""


class RunHandler(Protocol):
    """A handler that can read elements which make up most of a report faster than by events."""

    @property
    def between(self) -> bool:
        """Whether no element is open that a run may not be in, or of which the text counts."""

    def runs_within(self, chunk: bytes) -> Sequence[Run]:
        """The runs in ``chunk``, in its order."""

    def take_run(self, run: Any) -> None:
        """Make items of a run."""


@lru_cache(maxsize=2)  # every reader of XML asks for that of the same sample
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


def stream(source: Source, make: Callable[[Any], Handler]) -> Iterator[Item]:
    """The items that the handler finds in ``source``, which may hold several documents one after the other.

    Raises:
        IngestError: the document declares entities, or is broken before anything could be read.
    """
    return chain.from_iterable(_batches(source, make))


def _batches(source: Source, make: Callable[[Any], Handler]) -> Iterator[Sequence[Item]]:
    encoding = _encoding(source)
    if encoding is None:
        yield (Warn("not in the encoding that it declares; read as Latin-1", 1),)
        encoding = "iso-8859-1"
    told, runs, broken, is_mended = 0, not _DEFERS, 0, False
    while True:
        chunks: Iterable[bytes] = _chunks(source, encoding)
        if broken:
            written = b"".join(chunks)
            chunks = [read := mended(written)]
            is_mended = read != written
        mendable = not broken and _small(source)
        try:
            for items in _after(told, _parsed(source, make, chunks, runs=runs, mendable=mendable)):
                told += len(items)
                yield items
            break
        except _HiddenRunError:
            runs = False
        except _UnescapedError as error:
            broken = error.line
    if is_mended:
        text = "not well-formed: each '<', '&' and quote that is no markup was read as the character"
        yield (Warn(text, broken),)


def _after(count: int, batches: Iterable[Sequence[Item]]) -> Iterator[Sequence[Item]]:
    """The batches without their first ``count`` items."""
    for items in batches:
        yield items[count:]
        count = max(0, count - len(items))


def _parsed(
    source: Source, make: Callable[[Any], Handler], chunks: Iterable[bytes], *, runs: bool, mendable: bool
) -> Iterator[Sequence[Item]]:
    place = Place()
    handler = make(place)
    documents = _Documents(source.name, place, handler, runs=runs)
    over = False
    try:
        for chunk in chunks:
            documents.feed(chunk)
            yield handler.take(all_of_it=False)
        over = True
        documents.close()
    except expat.ExpatError as error:
        reason = "the file ends too early" if over else expat.ErrorString(error.code)
        line = place.above + error.lineno
        if mendable and not over and error.code in _UNESCAPED:
            raise _UnescapedError(line) from None
        items = handler.take(all_of_it=True)
        if not handler.seen:
            raise IngestError(
                f"{source.name}:{line}: broken XML ({reason}), nothing could be read; was the run killed?"
            ) from None
        yield items
        yield (Warn(f"broken XML ({reason}): what was complete up to here was read, the rest is lost", line),)
        return
    yield handler.take(all_of_it=True)
    yield documents.warnings


class _Documents:
    """Feeds expat, and gives each document that follows another one a parser of its own."""

    def __init__(self, name: str, place: Place, handler: Handler, *, runs: bool) -> None:
        self.warnings: list[Warn] = []
        self._name, self._place, self._handler = name, place, handler
        self._fed = 0
        self._before = b""
        self._begun = False
        self._lost = False
        self._runs = cast(RunHandler, handler) if runs and hasattr(handler, "take_run") else None
        self._mark = f"run-{token_hex(8)}"
        """The instruction that stands for a run which expat does not read: none that a report could have itself."""
        self._pending: deque[Run] = deque()
        """Those that expat should come to."""

    def feed(self, chunk: bytes) -> None:
        """Parse the next bytes, with a mark in the place of each run of elements that the handler can read itself.

        Expat tells a mark only where it stands between other markup: not within CDATA or a comment.

        Raises:
            _HiddenRunError: a mark was not told, or where the handler expects no elements.
        """
        chunk = _allowed(chunk)
        if self._runs is None or self._lost:
            return self._parse(chunk)
        parts: list[bytes] = []
        at = 0
        self._pending.extend(self._runs.runs_within(chunk))
        for run in self._pending:
            parts += (chunk[at : run.start], f"<?{self._mark} {run.start}?>".encode(), run.breaks)
            at = run.end
        parts.append(chunk[at:])
        try:
            self._parse(b"".join(parts))
        finally:
            if self._pending:
                raise _HiddenRunError from None

    def _see_instruction(self, target: str, start: str) -> None:
        if target == self._mark and self._runs is not None and self._runs.between:
            run = self._pending.popleft()
            if start != str(run.start):
                raise _HiddenRunError
            self._runs.take_run(run)

    def _parse(self, chunk: bytes) -> None:
        while chunk and not self._lost:
            if not self._begun and not (chunk := self._begin(chunk)):
                return
            try:
                self._place.parser.Parse(chunk, False)
            except expat.ExpatError as error:
                # The junk may begin in the chunk before.
                both = self._before + chunk
                at = self._place.parser.ErrorByteIndex - self._fed + len(self._before)
                before = error.code in _BEFORE_THE_ROOT and not self._fed and not _TAG.search(both, 0, at)
                if not before and error.code not in _AFTER_THE_END:
                    raise
                self._place.above += error.lineno - 1
                self._begun = False
                chunk = self._skip_lines(both[at:]) if before else self._skip_junk(both[at:])
            else:
                self._fed += len(chunk)
                self._before = chunk
                return

    def close(self) -> None:
        if self._begun and not self._lost:
            self._place.parser.Parse(b"", True)
        elif not self._lost and not self._handler.seen:
            raise IngestError(
                f"{self._name}: no XML element; was the run stopped before it wrote its results?"
            )

    def _begin(self, chunk: bytes) -> bytes:
        """A new parser, and the chunk without what may not stand before a declaration: blanks, lines of a console."""
        begin = _FIRST.search(chunk)
        rest = chunk[begin.start() :] if begin else b""
        self._place.above += chunk[: len(chunk) - len(rest)].replace(b"\r\n", b"\n").count(b"\n")
        if rest:
            parser = expat.ParserCreate("utf-8")
            parser.buffer_text = True
            parser.EntityDeclHandler = self._see_entity
            parser.StartElementHandler = self._handler.start
            parser.EndElementHandler = self._handler.end
            parser.CharacterDataHandler = self._handler.data
            if self._runs is not None:
                parser.ProcessingInstructionHandler = self._see_instruction
                if hasattr(parser, "SetReparseDeferralEnabled"):
                    parser.SetReparseDeferralEnabled(False)
            self._place.parser = parser
            self._begun, self._fed, self._before = True, 0, b""
        return rest

    def _skip_junk(self, chunk: bytes) -> bytes:
        if chunk.startswith(b"<") and not chunk.startswith(b"</"):
            return chunk
        found = _NEXT.search(chunk)
        if b"<" in chunk[: found.start() if found else None]:
            text = "something else stands behind the end of the XML; it was not read"
            self.warnings.append(Warn(text, self._place.above + 1))
        self._lost = found is None
        self._place.above += chunk.count(b"\n", 0, found.start()) if found else 0
        return chunk[found.start() :] if found else b""

    def _skip_lines(self, chunk: bytes) -> bytes:
        """``chunk`` without the lines of a console between a declaration and the root."""
        found = _NEXT.search(chunk, 1) or _FIRST.search(chunk, 1)
        end = found.start() if found else len(chunk)
        self._place.above += chunk.count(b"\n", 0, end)
        return chunk[end:]

    def _see_entity(self, name: str, is_parameter: bool, value: str | None, *_: object) -> None:
        """What an entity stands for is never put into its place; one that only names another file does no harm so."""
        if is_parameter or value is not None:
            raise IngestError(
                f"{self._name}: declares XML entities, which no test report needs; refused unread"
            )
        text = f"declares the entity &{name}; which stands for another file; that file was not read"
        self.warnings.append(Warn(text, self._place.CurrentLineNumber))


class _HiddenRunError(Exception):
    """What looked like elements is none, or stands where none are expected."""


class _UnescapedError(Exception):
    """The text may become XML if characters that are no markup are escaped."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _small(source: Source) -> bool:
    return source.size is not None and source.size <= _MENDED


def _encoding(source: Source) -> str | None:
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


def _chunks(source: Source, encoding: str) -> Iterator[bytes]:
    """The text in UTF-8, cut where no escape or reference is."""
    if source.cleaner.wrapper.prefixes:
        # Printed on a console of a CI system: its stamps would stand in the middle of messages.
        lines = source.lines()
        while text := "".join(f"{line}\n" for line in islice(lines, 1_000)):
            yield text.encode("utf-8", "replace")
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    utf8 = encoding in ("utf-8", "utf-8-sig")
    rest = b""
    with source.open() as stream:
        while chunk := stream.read(_CHUNK):
            if not (utf8 and chunk.isascii() and not decoder.getstate()[0]):
                chunk = _NO_CHARACTER.sub(b"?", decoder.decode(chunk).encode("utf-8", "replace"))
            chunk = rest + chunk
            cut = _BEGUN.search(chunk, max(0, len(chunk) - 18))
            rest = chunk[cut.start() :] if cut else b""
            yield chunk[: cut.start()] if cut else chunk
    rest += decoder.decode(b"", True).encode("utf-8", "replace")
    if rest:
        yield rest


def _allowed(chunk: bytes) -> bytes:
    """``chunk`` without what runners write and XML forbids."""
    if b"\x1b" in chunk:
        chunk = _ESCAPE.sub(b"", chunk)
    if b"&#" in chunk:
        chunk = _BAD_REFERENCE.sub(b"?", chunk)
    return chunk.translate(_CONTROL)
