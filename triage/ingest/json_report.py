"""Readers of one JSON document: parsed, mended where it breaks off, and its failures found in its lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson

from triage.ingest.broken_off import counted_red, is_red, unlisted, untold
from triage.ingest.json_lines import Finder
from triage.ingest.json_stream import outline
from triage.ingest.json_text import LIMIT, load, load_all
from triage.ingest.reader import IngestError, Source
from triage.model import CaseResult, Failure, Item, Warn

_TOKEN = re.compile(r'"(?>(?:[^"\\]|\\.)*)(?P<end>"?)|[{}\[\],:]', re.DOTALL)
LARGE = 32 << 20
"""Bytes from which a document is streamed: then the lines of its failures are not looked for."""
_MENDED = 64 << 20
"""Bytes of a broken document that are looked at."""


class Behind(NamedTuple):
    """What a reader yields where the same names come again and again: what it tells next stands behind ``text``."""

    text: str


def json_report(
    read: Callable[[Source, Any], Iterator[Item | Behind]],
    cases: str,
    *,
    several: bool = False,
    counts: bool = False,
) -> Callable[[Source], Iterator[Item]]:
    """A ``Reader.read`` from a function of the parsed document.

    ``cases`` is the key of the lists that hold the cases: of a document that breaks off, those that are complete
    are read. ``several`` documents may follow each other in one source: a run for each file of tests. With ``counts``
    its head counts what is in it: a report that counts failures and lists none is red.
    """

    def compared(source: Source, document: Any) -> Iterator[Item | Behind]:
        red = False
        for item in read(source, document):
            red = red or (not isinstance(item, Behind) and is_red(item))
            yield item
        if counts and not red and isinstance(document, dict) and (count := counted_red(document)):
            yield unlisted(count)

    def read_source(source: Source) -> Iterator[Item]:
        warn: Warn | None = None
        if (source.size or 0) > LARGE and source.encoding == "utf-8":
            document, whole = outline(source)
            if document:
                yield from (item for item in compared(source, document) if not isinstance(item, Behind))
                if not whole:
                    yield Warn("the JSON breaks off; what was complete before is read")
                return
        try:
            document = load(source)
        except IngestError as error:
            if (mended := _mended(source, cases)) is None:
                raise
            document, line = mended
            warn = Warn("the JSON breaks off here; what was complete before is read", line)
            try:
                items = list(compared(source, document))
            except IngestError:
                raise error from None
            if not any(isinstance(item, CaseResult | Failure) for item in items):
                raise error from None
            yield from placed(source, iter(items))
            count = counted_red(document) if isinstance(document, dict) else 0
            if count and not any(is_red(item) for item in items if not isinstance(item, Behind)):
                yield untold(count, line)
            yield warn
            return
        if several and len(documents := load_all(source)) > 1:
            yield from placed(source, _each(source, documents))
        else:
            yield from placed(source, compared(source, document))

    def _each(source: Source, documents: list[Any]) -> Iterator[Item | Behind]:
        error: IngestError | None = None
        told = False
        for document in documents:
            try:
                for item in compared(source, document):
                    told = True
                    yield item
            except IngestError as refused:
                error = refused
        if error is not None and not told:
            raise error

    return read_source


def placed(source: Source, items: Iterator[Item | Behind]) -> Iterator[Item]:
    """``items`` with the line of every failure that is found in ``source``."""
    finder: Finder | None = None
    behind: Behind | None = None
    for item in items:
        if isinstance(item, Behind):
            behind = item
        elif isinstance(item, Failure) or (isinstance(item, CaseResult) and item.failures):
            finder = finder or Finder(_utf8(source))
            if behind is not None:
                finder.pass_by(behind.text)
                behind = None
            yield finder.place(item)
        else:
            yield item


def _utf8(source: Source) -> bytes:
    data = source.read(LIMIT)
    plain = source.encoding in ("utf-8", "utf-8-sig")
    return data if plain else data.decode(source.encoding, "replace").encode("utf-8", "replace")


def _mended(source: Source, cases: str) -> tuple[Any, int] | None:
    """What is left of a document without its end, and the line where it breaks; None if that is nothing."""
    try:
        text = source.read(_MENDED).decode(source.encoding, "replace").lstrip("\ufeff")
    except IngestError:
        return None
    open_brackets: list[tuple[str, str, int]] = []
    key = last = ""
    whole = 0
    elements: list[int] = []
    for token in _TOKEN.finditer(text):
        said = token[0]
        if said[0] == '"':
            if not token["end"]:
                break
            last = said[1:-1]
        elif said == ":":
            key = last
        elif said in "{[":
            open_brackets.append((said, key, token.end()))
            elements.append(token.end())
            key, whole = "", token.end()
        elif said == ",":
            if elements:
                elements[-1] = token.start()
            key, whole = "", token.start()
        elif not open_brackets:
            return None
        else:
            open_brackets.pop()
            elements.pop()
            whole = token.end()
    if not open_brackets:
        return None
    # An unfinished case is no case: it is left out as a whole.
    for depth in range(len(open_brackets) - 1, -1, -1):
        if open_brackets[depth][:2] == ("[", cases):
            if depth + 1 < len(open_brackets):
                whole = elements[depth]
            open_brackets = open_brackets[: depth + 1]
            break
    closing = "".join("}" if bracket == "{" else "]" for bracket, _, _ in reversed(open_brackets))
    try:
        document = orjson.loads((text[:whole].rstrip().rstrip(",") + closing).encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        return None
    return document, text.count("\n") + 1


def miscounted(stated: int | None, listed: int) -> Iterator[Warn]:
    """A warning where the head of a report counts other tests than are listed in it."""
    if stated is not None and stated != listed:
        yield Warn(f"the report counts {stated} tests, {listed} are listed")
