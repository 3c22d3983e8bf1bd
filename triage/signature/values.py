"""What stood in the holes of a template, how often, and which codes never vary there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from triage.signature.normalize import Hole, codes_in

_MOST = 20
"""Values that are kept of each hole."""
_TOLD = 3
_STATUSES = frozenset(str(status.value) for status in HTTPStatus)
_NAMED = re.compile(r"([A-Za-z][A-Za-z_ ]*)[\W_]*(-?\d+|(?<=\W)\w{5})")
"""A code behind the word that says what it is: ``exit code 137``."""


@dataclass(frozen=True, slots=True)
class Values:
    """What stood in one place."""

    kind: str
    """Of a hole ``num``, ``path`` ..., as written in the template; of a code what it is (``status``, ``exit code``)."""
    different: int
    values: tuple[tuple[str, int], ...]
    """Each with how often it stood there, the most frequent first; not more than twenty."""

    def __str__(self) -> str:
        if self.different == 1:
            return f"always {self.values[0][0]}"
        told = ", ".join(f"{value} ({times}×)" for value, times in self.values[:_TOLD])
        return f"{self.different} values: {told}{' ...' * (self.different > _TOLD)}"


def values_of(found: Iterable[tuple[Hole, ...]]) -> tuple[Values, ...]:
    """The values of each hole, given those of each text; a text whose holes are not as many as the first one's tells nothing."""
    columns: list[tuple[str, Counter[str]]] = []
    for holes in found:
        columns = columns or [(hole.kind, Counter()) for hole in holes]
        if len(holes) == len(columns):
            for hole, (_, values) in zip(holes, columns, strict=True):
                values[hole.value] += 1
    return tuple(counted(kind, values) for kind, values in columns)


def counted(kind: str, values: Counter[str]) -> Values:
    """What stood in one place, and how often."""
    return Values(kind, len(values), tuple(values.most_common(_MOST)))


def kept_in(template: str, times: int) -> tuple[Values, ...]:
    """The codes of a template, which all its texts, ``times`` of them, share.

    >>> [f"{kept.kind}: {kept}" for kept in kept_in("tenant <num>: HTTP 429, exit code 3", 7)]
    ['status: always 429', 'exit code: always 3']
    """
    places = (re.search(re.escape(code), template, re.IGNORECASE) for code in codes_in(template))
    told = sorted((place.start(), place[0]) for place in places if place)
    return tuple(Values(kind, 1, ((code, times),)) for kind, code in (_named(code) for _, code in told))


def _named(code: str) -> tuple[str, str]:
    kind = ""
    if found := _NAMED.fullmatch(code):
        kind, code = " ".join(found[1].replace("_", " ").split()).lower(), found[2]
    if code in _STATUSES and kind in ("", "code"):
        return "status", code
    if kind or code.isdigit():
        return kind or "number", code
    return "errno" if re.fullmatch("E[A-Z]+", code) else "signal" if code.startswith("SIG") else "type", code
