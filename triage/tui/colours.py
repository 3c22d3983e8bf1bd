"""Colours that can be read: on dark and on light, in 16 colours and in 16 million.

The texts name the eight colours of a terminal (``red``, ``yellow``). Where there are more, these are the shades.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.color import ColorSystem
from rich.terminal_theme import TerminalTheme

_DARK = [(18, 18, 18), (255, 120, 125), (125, 205, 115), (235, 190, 90), (125, 175, 255), (220, 150, 245), (105, 205, 220), (224, 224, 224)]  # fmt: skip
_LIGHT = [(0, 0, 0), (150, 15, 25), (0, 90, 15), (105, 65, 0), (0, 55, 150), (115, 0, 120), (0, 75, 95), (60, 60, 60)]  # fmt: skip
DARK = TerminalTheme((18, 18, 18), (224, 224, 224), _DARK, _DARK)
LIGHT = TerminalTheme((224, 224, 224), (31, 31, 31), _LIGHT, _LIGHT)


def theme_for(colours: int, environment: Mapping[str, str]) -> str | None:
    """The name of the theme for a terminal of a ``ColorSystem``; None where one is named by ``TEXTUAL_THEME``.

    ``COLORFGBG`` is how terminals say which of their 16 colours the background has: 7 and 15 are white.

    >>> theme_for(ColorSystem.TRUECOLOR, {"COLORFGBG": "0;15"}), theme_for(ColorSystem.STANDARD, {})
    ('textual-light', 'ansi-dark')
    """
    if environment.get("TEXTUAL_THEME"):
        return None
    few = colours in (ColorSystem.STANDARD, ColorSystem.WINDOWS) or "NO_COLOR" in environment
    light = environment.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
    return f"{'ansi' if few else 'textual'}-{'light' if light else 'dark'}"
