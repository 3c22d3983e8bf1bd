"""Passed cases without children, many in a row: most of a large report, read with one pattern.

Each element that expat reports is three calls into Python, which cost more than the case is worth. A *run* is taken out of
the text before expat sees it; what makes it safe is that it is taken only if XML can mean it in one way, and if
expat itself has said before that it stands between two elements (see ``xml_text``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from triage.ingest.xml_text import Run

_S = rb"[ \t\r\n]"
_END = rb"%s*+(?:/>|>%s*+</testcase>)" % (_S, _S)
_ATTRIBUTES = re.compile(rb'<testcase((?>(?:%s++[A-Za-z_][\w.-]*+="[^"<]*+")+))%s' % (_S, _END))
_NAMES = re.compile(rb'([A-Za-z_][\w.-]*+)="[^"]*+"')
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos);)?")
_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}

_READ = {"name", "classname", "file", "line", "time"}
_NOTHING = {"assertions", "timestamp", "hostname", "id", "class", "type_param", "value_param", "uuid"}
"""Attributes that make no difference to a case with a name and a class."""
_SAYING = {"status", "result"}
_GREEN = {"run", "completed", "passed", "pass", "success", "ok"}
_BREAKS = bytes(set(range(256)) - set(b"\r\n"))


@dataclass(frozen=True, slots=True)
class CaseRun(Run):
    """A run of passed cases: their attributes in columns, in the order of the file."""

    size: int
    columns: dict[str, list[str]]
    """``name`` and ``classname``, and those of ``file``, ``line`` and ``time`` that the cases have."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """Cases with the same attributes in the same order."""

    many: re.Pattern[bytes]
    columns: tuple[tuple[int, str], ...]
    """Those that are read, by their places among the attributes."""
    saying: tuple[int, ...]
    """The places of those that may say that a case did not pass."""
    width: int


@lru_cache(maxsize=64)
def _shape(names: tuple[bytes, ...]) -> _Shape | None:
    told = {name.decode() for name in names}
    if not {"name", "classname"} <= told <= _READ | _NOTHING | _SAYING or len(told) < len(names):
        return None
    attributes = b"".join(rb'%s++%s="[^"]*+"' % (_S, re.escape(name)) for name in names)
    many = re.compile(rb"(?>(?:<testcase%s%s%s*+)+)" % (attributes, _END, _S))
    columns = tuple((at, name.decode()) for at, name in enumerate(names))
    read = tuple((at, name) for at, name in columns if name in _READ)
    return _Shape(many, read, tuple(at for at, name in columns if name in _SAYING), len(names))


def _shape_at(chunk: bytes, at: int) -> _Shape | None:
    first = _ATTRIBUTES.match(chunk, at)
    return _shape(tuple(_NAMES.findall(first[1]))) if first else None


class Runs:
    """Finds the runs in the chunks of one report, whose cases mostly have one shape."""

    def __init__(self) -> None:
        self._shape: _Shape | None = None

    def within(self, chunk: bytes) -> list[CaseRun]:
        """The runs of passed cases in ``chunk``, in its order."""
        found: list[tuple[_Shape, re.Match[bytes]]] = []
        at = 0
        while (at := chunk.find(b"<testcase", at)) >= 0:
            many = self._shape.many.match(chunk, at) if self._shape else None
            if many is None and (shape := _shape_at(chunk, at)):
                self._shape, many = shape, shape.many.match(chunk, at)
            if many and self._shape:
                found.append((self._shape, many))
            at = many.end() if many else at + 9
        return [
            run
            for shape, runs in groupby(found, itemgetter(0))
            for run in _runs([many for _, many in runs], shape)
        ]


def _runs(found: list[re.Match[bytes]], shape: _Shape) -> list[CaseRun]:
    """The cases in what the shape found, all at once; without those that expat should read."""
    columns = _columns(b"".join([many[0] for many in found]), shape)
    if columns is None:
        return [run for many in found for run in _runs([many], shape)] if found[1:] else []
    runs, begin = [], 0
    for many in found:
        text = many[0]
        size = text.count(b'"') // (2 * shape.width)
        breaks = text.translate(None, _BREAKS) if b"\r" in text else b"\n" * text.count(b"\n")
        own = {name: column[begin : begin + size] for name, column in columns.items()}
        runs.append(CaseRun(many.start(), many.end(), breaks, size, own))
        begin += size
    return runs


def _columns(text: bytes, shape: _Shape) -> dict[str, list[str]] | None:
    """The attributes of the cases in ``text``; None if one of them is not sure to have passed, or to mean what it says."""
    width = shape.width
    values = text.decode("utf-8", "replace").split('"')[1::2]
    everything = "".join(values)
    if "<" in everything or not everything.isprintable():
        return None
    if "&" in everything:
        if any(not match[1] for match in _ENTITY.finditer(everything)):
            return None
        values = [_ENTITY.sub(_character, value) if "&" in value else value for value in values]
    columns = {name: values[at::width] for at, name in shape.columns}
    columns["name"] = list(map(str.strip, columns["name"]))
    if not all(columns["name"]) or not all(_GREEN.issuperset(values[at::width]) for at in shape.saying):
        return None
    return columns


def _character(match: re.Match[str]) -> str:
    return _CHARACTERS[match[1]]
