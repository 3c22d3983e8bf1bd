"""Screens for terminals without Unicode: everything that is drawn has a form in ASCII, of the same width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

_SIGNS = {
    "…": "~", "⋯": "~", "×": "x", "·": ".", "•": "*", "‣": "*", "◦": "o", "●": "*", "○": "o", "⭘": "o", "◆": "#", "◇": "+",
    "▪": "-", "▶": ">", "◀": "<", "▲": "^", "▼": "v", "→": ">", "←": "<", "↑": "^", "↓": "v", "✓": "v", "✗": "x", "⏎": "<",
    "⌫": "<", "—": "-", "–": "-", "🔎": "/ ", "�": "?",
}  # fmt: skip
_BLOCKS = "▁▂▃▄▅▆▇█", "_.-=+*%#"
"""Heights: as bars beside each other they still rise."""


def _table() -> dict[int, str]:
    table = {ord(sign): form for sign, form in _SIGNS.items()}
    for code in range(0x2500, 0x2580):
        name = unicodedata.name(chr(code))
        lies, stands = ("HORIZONTAL" in name), ("VERTICAL" in name)
        bends = any(f" {way}" in name for way in ("UP", "DOWN", "LEFT", "RIGHT"))
        if "DIAGONAL" in name:
            table[code] = "X" if "CROSS" in name else "\\" if "UPPER LEFT" in name else "/"
        else:
            table[code] = "+" if bends or lies is stands else "-" if lies else "|"
    # Quadrants are corners, the others sides.
    table |= dict.fromkeys(range(9622, 9632), "+")
    table |= {ord(side): "|" for side in "▉▊▋▌▍▎▏▐▕"} | {ord("▔"): "-", ord("▀"): "-"}
    table |= {ord(shade): form for shade, form in zip("░▒▓", ".:%", strict=True)}
    return table | {ord(block): form for block, form in zip(*_BLOCKS, strict=True)}


_FORMS = _table()


class Ascii(LineFilter):
    """What is drawn becomes ASCII; in what remains, which is data, each character that the terminal's ``encoding`` does not
    have becomes a question mark."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() else Segment(plain(segment.text, self._encoding), *segment[1:])
            for segment in segments
        ]


@lru_cache(4096)
def plain(text: str, encoding: str) -> str:
    """``text`` in ASCII and what ``encoding`` has besides, as wide as before.

    >>> plain("└ 漢 é…", "latin-1")
    '+ ?? é~'
    """
    drawn = text.translate(_FORMS)
    try:
        drawn.encode(encoding)
    except UnicodeEncodeError:
        drawn = "".join(_known(sign, encoding) for sign in drawn)
    width = cell_len(text)
    return drawn if cell_len(drawn) == width else set_cell_size(drawn, width)


def _known(sign: str, encoding: str) -> str:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return "?" * cell_len(sign)
    return sign
