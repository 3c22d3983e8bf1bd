"""A line as a terminal may show it: its colours as styles, tabs as spaces, whatever could act on the terminal made visible."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from rich.cells import cell_len

from triage.escapes import ANSI, visible

TAB = 8
_SGR = re.compile(r"\x1b\[([\d;:]*)m")
_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}
"""What is not among these (blinking, hidden text) is left out."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in a row of the screen."""

    text: str
    """Safe: every character is printable."""
    styles: tuple[tuple[int, int, str], ...]
    """From, to before, and a style in the words of ``rich``: the colours that the log itself has."""
    _places: tuple[int, ...] | None
    """Where each character of the plain line stands in ``text``, where they are not the same."""

    def place(self, at: int) -> int:
        """Where the character ``at`` of the plain line stands."""
        if self._places is None:
            return min(at, len(self.text))
        return self._places[min(at, len(self._places) - 1)]

    def origin(self, at: int) -> int:
        """Which character of the plain line stands at ``at``."""
        return at if self._places is None else bisect_left(self._places, at)


def shown(line: str) -> Shown:
    """``line``, decoded, without what ends it.

    >>> shown("\\x1b[31mbad\\x1b[0m\\x07").text
    'bad␇'
    """
    plain, styles = _styled(line)
    if plain.isprintable():
        return Shown(plain, styles, None)
    pieces, column = [], 0
    for char in plain:
        if char == "\t":
            piece = " " * (TAB - column % TAB)
        else:
            # One by one, so that nothing becomes a sequence of the terminal by what stands beside it.
            piece = char if char.isprintable() else visible(char).replace("\n", "\u240a")
        pieces.append(piece)
        column += cell_len(piece)
    places = tuple(accumulate(map(len, pieces), initial=0))
    moved = tuple((places[start], places[end], style) for start, end, style in styles)
    return Shown("".join(pieces), moved, places)


def _styled(line: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """``line`` without escape sequences, and the styles that they asked for."""
    if "\x1b" not in line:
        return line, ()
    parts: list[str] = []
    styles: list[tuple[int, int, str]] = []
    state: dict[str, str] = {}
    length = done = 0
    for match in ANSI.finditer(line):
        part = line[done : match.start()]
        if part:
            if state:
                styles.append((length, length + len(part), " ".join(state.values())))
            parts.append(part)
            length += len(part)
        done = match.end()
        if sgr := _SGR.fullmatch(match[0]):
            _change(state, [int(code or 0) for code in re.split("[;:]", sgr[1][:200])])
    if done < len(line):
        if state:
            styles.append((length, length + len(line) - done, " ".join(state.values())))
        parts.append(line[done:])
    return "".join(parts), tuple(styles)


def _change(state: dict[str, str], codes: list[int]) -> None:
    """What the codes of one SGR (ECMA-48, 8.3.117) do to the style."""
    left = iter(codes)
    for code in left:
        if code == 0:
            state.clear()
        elif code in _ON:
            state[_ON[code]] = _ON[code]
        elif code in _OFF:
            for name in _OFF[code]:
                state.pop(name, None)
        elif code in (39, 49):
            state.pop("colour" if code == 39 else "ground", None)
        elif code in (38, 48):
            if colour := _colour(left):
                state["colour" if code == 38 else "ground"] = colour if code == 38 else f"on {colour}"
        elif (row := code // 10) in (3, 4, 9, 10) and code % 10 < 8:
            name = ("bright_" if row > 4 else "") + _NAMES[code % 10]
            state["colour" if row in (3, 9) else "ground"] = name if row in (3, 9) else f"on {name}"


def _colour(codes: Iterator[int]) -> str:
    """The colour behind 38 or 48: of the table of 256, or of red, green and blue."""
    form = next(codes, None)
    if form == 5:
        number = next(codes, 256)
        return f"color({number})" if number < 256 else ""
    if form == 2:
        rgb = [next(codes, 256) for _ in range(3)]
        return f"rgb({rgb[0]},{rgb[1]},{rgb[2]})" if max(rgb) < 256 else ""
    return ""
