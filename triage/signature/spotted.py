"""Large patterns that are rarely found, at the speed of google-re2."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import re2

_LETTERS = {"İ": "i", "ı": "i", "ſ": "s", "\u212a": "k"}
"""Those that ``re`` takes for letters of ASCII where it ignores case."""
_STRANGE = re.compile(r"[^\0-\x7f]")


class Spotted:
    """A verbose pattern that looks around, which google-re2 cannot: that finds where what it is made of begins, and only there
    it is tried. It takes a tenth of the time, and finds the same to the letter."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        # Compiled when first asked: most commands show what was grouped before.
        return re.compile(self._pattern, re.VERBOSE)

    @cached_property
    def _hints(self) -> re2._Regexp:
        return re2.compile(_plain(_loosened(self._pattern)))

    def finditer(self, text: str, begin: int = 0) -> Iterator[re.Match[str]]:
        """Its matches in ``text`` from ``begin`` on, which do not overlap. None may be empty."""
        said = _plain(text).encode()
        while hint := self._hints.search(said, begin):
            begin = hint.start()
            if found := self._exact.match(text, begin):
                yield found
            begin = found.end() if found else begin + 1


class Substitutions:
    """Patterns that look around, and what takes the place of what they find: one after the other, of which google-re2 tells in
    one pass those that may find anything."""

    def __init__(self, rules: Iterable[tuple[str, str]]) -> None:
        """``rules``: patterns that are not verbose, and templates of ``re.sub``."""
        self._given = tuple(rules)

    @cached_property
    def _rules(self) -> list[tuple[re.Pattern[str], str]]:
        return [(re.compile(pattern), value) for pattern, value in self._given]

    @cached_property
    def _hints(self) -> re2.Set:
        hints = re2.Set.SearchSet()
        for pattern, _ in self._given:
            hints.Add(_plain(_loosened(pattern, verbose=False)))
        hints.Compile()
        return hints

    def apply(self, text: str) -> str:
        """``text`` with all of them made."""
        hints = self._hinted(text, -1)
        while hints:
            at = hints.pop(0)
            pattern, value = self._rules[at]
            text, found = pattern.subn(value, text)
            if found:
                hints = self._hinted(text, at)
        return text

    def _hinted(self, text: str, behind: int) -> list[int]:
        return sorted(at for at in self._hints.Match(_plain(text)) or () if at > behind)


_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<?[=!]|\{\d+,\d*\}|\s|.")
_PRIVATE = re.compile(r"\\u[\da-f]{4}(?:-\\u[\da-f]{4})?")


def _loosened(pattern: str, *, verbose: bool = True) -> str:
    """``pattern`` in the syntax of google-re2, without what it looks for around, what it counts and what it compares: finds as
    much, and more."""
    kept: list[str] = []
    looking = 0
    for part in _PART.findall(pattern):
        if looking or re.fullmatch(r"\(\?<?[=!]", part):
            looking += part.startswith("(") - (part == ")")
        elif re.fullmatch(r"\\\d", part):
            kept.append(".*")
        elif re.fullmatch(r"\{\d+,\d*\}", part):
            kept.append("*" if part.startswith("{0") else "+")
        elif not (verbose and part.isspace()):
            kept.append(_PRIVATE.sub("", part) if part.startswith("[^") else part)
    return "".join(kept)


def _plain(text: str) -> str:
    """``text`` in ASCII, of the same length: what ``re`` takes for letters, digits and space google-re2 takes for it as well."""
    return text if text.isascii() else _STRANGE.sub(_stand_in, text)


def _stand_in(strange: re.Match[str]) -> str:
    sign = strange[0]
    other = "0" if sign.isdecimal() else "x" if sign.isalnum() else " " if sign.isspace() else "~"
    return _LETTERS.get(sign, other)
