"""Passed cases without children, many in a row: most of a large report, read with one pattern.

Each element that expat reports is three calls into Python, which cost more than the case is worth. A *run* is taken out of
the text before expat sees it; what makes it safe is that it is taken only if XML can mean it in one way, and if
expat itself has said before that it stands between two elements (see ``xml_text``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from triage.ingest.xml_text import Run

_S = rb"[ \t\r\n]"
_END = rb"%s*+(?:/>|>%s*+</testcase>)" % (_S, _S)
_ATTRIBUTES = re.compile(rb'<testcase((?:%s++[A-Za-z_][\w.-]*+="[^"<]*+")++)%s' % (_S, _END))
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


@lru_cache(maxsize=64)
def _shape(names: tuple[bytes, ...]) -> re.Pattern[bytes] | None:
    """The pattern of many elements with these attributes in this order."""
    told = {name.decode() for name in names}
    if not {"name", "classname"} <= told <= _READ | _NOTHING | _SAYING or len(told) < len(names):
        return None
    attributes = b"".join(rb'%s++%s="[^"]*+"' % (_S, re.escape(name)) for name in names)
    return re.compile(rb"(?:<testcase%s%s%s*+)++" % (attributes, _END, _S))


class Runs:
    """Finds the runs in the chunks of one report, whose cases mostly have one shape."""

    def __init__(self) -> None:
        self._names: tuple[bytes, ...] = ()
        self._shape: re.Pattern[bytes] | None = None

    def next(self, chunk: bytes, at: int) -> CaseRun | None:
        """The first run of passed cases in ``chunk`` from ``at`` on."""
        while (at := chunk.find(b"<testcase", at)) >= 0:
            many = self._shape.match(chunk, at) if self._shape else None
            if many is None and (first := _ATTRIBUTES.match(chunk, at)):
                names = tuple(_NAMES.findall(first[1]))
                if shape := _shape(names):
                    self._names, self._shape = names, shape
                    many = shape.match(chunk, at)
            if many and (run := _run(many, self._names)):
                return run
            at = many.end() if many else at + 9
        return None


def _run(many: re.Match[bytes], names: tuple[bytes, ...]) -> CaseRun | None:
    """The cases in what the shape found, or None if expat should read them."""
    found = many[0]
    values = found.decode("utf-8", "replace").split('"')[1::2]
    everything = "".join(values)
    if "<" in everything or not everything.isprintable():
        return None
    if "&" in everything:
        if any(not match[1] for match in _ENTITY.finditer(everything)):
            return None
        values = [_ENTITY.sub(_character, value) if "&" in value else value for value in values]
    columns = {name.decode(): values[at :: len(names)] for at, name in enumerate(names)}
    columns["name"] = list(map(str.strip, columns["name"]))
    told = {value for name in _SAYING & columns.keys() for value in columns[name]}
    if not all(columns["name"]) or not told <= _GREEN:
        return None
    breaks = found.translate(None, _BREAKS) if b"\r" in found else b"\n" * found.count(b"\n")
    return CaseRun(many.start(), many.end(), breaks, len(columns["name"]), columns)


def _character(match: re.Match[str]) -> str:
    return _CHARACTERS[match[1]]
