"""Screens for terminals without Unicode: everything that is drawn has a form in ASCII, of the same width."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.app import App
from textual.filter import LineFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import Binding
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


def wanted(encoding: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a terminal of ``encoding`` has no Unicode, or ``LC_ALL`` says so (Python writes UTF-8 in the locale ``C``).

    >>> wanted("utf8", {}), wanted("iso8859-15", {}), wanted("utf-8", {"LC_ALL": "POSIX"})
    (False, True, True)
    """
    return codecs.lookup(encoding).name != "utf-8" or environment.get("LC_ALL") in ("C", "POSIX")


def of_terminal() -> str:
    """The encoding in which the screen is written."""
    return getattr(sys.__stderr__, "encoding", None) or "utf-8"


class AsciiApp(App[None]):
    """An application that can do with ASCII."""

    _ascii: Ascii | None = None

    def use_ascii(self, asked: bool) -> None:
        """Draw ASCII alone, if that is ``asked`` for, or if the terminal has nothing else; a browser always has."""
        encoding = of_terminal()
        if asked or (wanted(encoding) and "TEXTUAL_DRIVER" not in os.environ):
            self._ascii = Ascii("ascii" if os.environ.get("LC_ALL") in ("C", "POSIX") else encoding)

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        return filters if self._ascii is None else [*filters, self._ascii]

    def get_key_display(self, binding: Binding) -> str:
        shown = super().get_key_display(binding)
        return shown if self._ascii is None or shown.isascii() else binding.key
