"""The shapes of test cases in JUnit XML: what one pattern cuts out of many cases that are written alike.

Cases with the same elements and attributes in the same order have one shape. Only what XML can mean in one way has one:
each value and each text is in one piece, and what refers to a character in it is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_S = rb"[ \t\r\n]"
_NAME = rb"[A-Za-z_][\w.-]*+"
_ATTRIBUTES = rb"(?>(?:%s++%s=(?:\"[^\"<]*+\"|'[^'<]*+'))*)%s*+" % (_S, _NAME, _S)
_IN_CDATA = rb"(?>(?:[^\]<]++|\](?!\]>))*)"
_TRACED = {b"failure", b"error"}
_TEXTS = {*_TRACED, b"skipped", b"system-out", b"system-err"}
_CASE = re.compile(
    rb"<testcase(?! name=\"\" )%s(?:/>|>(?>(?:%s++|<properties>%s*+(?>(?:<property%s/>%s*+)*)</properties>"
    rb"|<(?P<text>%s)%s(?:/>|>(?:<!\[CDATA\[%s\]\]>|[^<]*+)</(?P=text)>))*)</testcase>)"
    % (_ATTRIBUTES, _S, _S, _ATTRIBUTES, _S, b"|".join(sorted(_TEXTS)), _ATTRIBUTES, _IN_CDATA)
)
"""A case that XML can mean in one way, with what mostly stands in one."""
_TAG = re.compile(rb"<(/?[\w-]+)(%s)(/?>)(<!)?" % _ATTRIBUTES)
_ATTRIBUTE = re.compile(rb"(%s)=(?:(\")[^\"]*+\"|'[^']*+')" % _NAME)
_MOST = 60
"""Tags of a case that has a shape."""
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot|apos);|#(\d{1,7});|#x([0-9a-fA-F]{1,6});)?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_USUAL = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&#10;": "\n"}
"""References that are put in at once; that of ``&`` comes behind them."""

Columns = dict[str, list[str]]
"""The attributes of elements by their names, and their text by an empty one, in the order of the file."""


class Element(NamedTuple):
    """An element that stands in each of some cases."""

    name: str
    columns: Columns
    lines: list[int]
    """How many lines of the chunk end before it, or before its text; nothing where that is not asked."""


class _Tag(NamedTuple):
    name: bytes
    attributes: tuple[tuple[bytes, bytes], ...]
    """Their names, each with a double quote if such are around its value."""
    end: bytes
    cdata: bytes

    @property
    def has_text(self) -> bool:
        return self.name in _TEXTS and self.end == b">"

    @property
    def holes(self) -> list[str]:
        """The names of what is cut out of it."""
        return [name.decode() for name, _ in self.attributes] + [""] * self.has_text

    def pattern(self, hole: bytes) -> bytes:
        """What matches it and its text; ``hole`` is what to put around a value."""
        parts = [b"<", re.escape(self.name)]
        for name, quote in self.attributes:
            mark = quote or b"'"
            parts += (_S, b"++", re.escape(name), b"=", mark, hole % (b"[^%s]*+" % mark), mark)
        parts += (_S, b"*+", self.end)
        if not self.has_text:
            parts += (_S, b"*+")
        elif self.cdata:
            parts += (rb"<!\[CDATA\[", hole % _IN_CDATA, rb"\]\]>")
        else:
            parts.append(hole % b"[^<]*+")
        return b"".join(parts)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Cases with the same elements and attributes in the same order."""

    tags: list[_Tag]
    """Of the case and of the elements in it."""
    pattern: re.Pattern[bytes]
    """All that follow each other if their quotes tell the values; else one, with a group for each hole."""
    many: bool
    """Whether they do."""
    quotes: int
    """The double quotes in one of them."""

    def size(self, found: re.Match[bytes]) -> int:
        """The number of cases that the pattern found."""
        return found[0].count(b'"') // self.quotes if self.many else 1

    def elements(self, found: Sequence[re.Match[bytes]]) -> list[Element] | None:
        """The cases that the pattern found, and the elements in them; None if XML means something else by them."""
        whole = b"".join([match[0] for match in found])
        if not self.many and b"\r" in whole:
            return None
        holes = self._between_quotes(whole) if self.many else _groups(found)
        elements = []
        first = 1
        for tag in self.tags:
            columns: Columns = {}
            for name, hole in zip(tag.holes, holes, strict=False):
                meant = _meant(hole, is_text=not name, is_raw=bool(tag.cdata and not name))
                if meant is None:
                    return None
                columns[name] = meant
            lines = _lines(found, first, columns) if tag.name in _TRACED else []
            elements.append(Element(tag.name.decode(), columns, lines))
            first += len(tag.holes)
        return elements

    def _between_quotes(self, text: bytes) -> Iterator[list[str]]:
        pieces = text.decode("utf-8", "replace").split('"')
        return (pieces[at :: self.quotes] for at in range(1, self.quotes, 2))


def _groups(found: Sequence[re.Match[bytes]]) -> Iterator[list[str]]:
    columns = zip(*[match.groups() for match in found], strict=True)
    return (b"\0".join(column).decode("utf-8", "replace").split("\0") for column in columns)


def _meant(told: list[str], *, is_text: bool, is_raw: bool) -> list[str] | None:
    """What XML means by the values or texts of an element; None if it needs expat."""
    everything = "\0".join(told)
    if any(mark in everything for mark in (("\r", "]]>") if is_text else "<\t\r\n")):
        return None
    if is_raw or "&" not in everything:
        return told
    for reference, character in _USUAL.items():
        everything = everything.replace(reference, character)
    if everything.count("&") == everything.count("&amp;"):
        return everything.replace("&amp;", "&").split("\0")
    try:
        return [_REFERENCE.sub(_character, text) if "&" in text else text for text in told]
    except ValueError:
        return None


def _character(reference: re.Match[str]) -> str:
    name, decimal, hexadecimal = reference.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal or "0", 16)
    if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0xFFFF < code <= 0x10FFFF:
        return chr(code)
    raise ValueError(reference[0])


def _lines(found: Sequence[re.Match[bytes]], first: int, columns: Columns) -> list[int]:
    """The lines of elements whose holes are the groups from ``first`` on: where their texts begin, else where they do."""
    texts = columns.get("") or [""] * len(found)
    last = first + len(columns) - 1
    lines, at, line = [], 0, 0
    for match, text in zip(found, texts, strict=True):
        chunk = match.string
        begin = match.start(last) if text and not text.isspace() else chunk.rfind(b"<", 0, match.start(first))
        line += chunk.count(b"\n", at, begin)
        at = begin
        lines.append(line)
    return lines


def shape_at(chunk: bytes, at: int) -> Shape | None:
    """The shape of the case that begins there; None if it has none, or is not whole."""
    case = _CASE.match(chunk, at)
    if case is None:
        return None
    tags = (
        _Tag(name, tuple(_ATTRIBUTE.findall(attributes)), end, cdata or b"")
        for name, attributes, end, cdata in _TAG.findall(case[0])
    )
    return _shape(tuple(tags))


@lru_cache(maxsize=64)
def _shape(tags: tuple[_Tag, ...]) -> Shape | None:
    opened = [tag for tag in tags if tag.name != b"properties" and not tag.name.startswith(b"/")]
    if (
        len(tags) > _MOST
        or not tags[0].attributes
        or any(tag.name in _TRACED and not tag.holes for tag in opened)
    ):
        return None
    if any(len(set(tag.holes)) < len(tag.holes) for tag in opened):
        return None
    many = not any(
        tag.has_text or tag.name in _TRACED or not all(quote for _, quote in tag.attributes) for tag in opened
    )
    pattern = b"".join(tag.pattern(b"%s" if many else b"(%s)") for tag in tags)
    found = re.compile(b"(?>(?:%s)+)" % pattern if many else pattern)
    return Shape(opened, found, many, 2 * sum(len(tag.attributes) for tag in opened))
