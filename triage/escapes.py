"""Escape sequences and control characters: taken off, or made visible. Nothing that a log says steers a terminal."""

from __future__ import annotations

import re

# CSI, strings (OSC, DCS, SOS, PM, APC, ended by BEL or ST), and short escapes: ECMA-48 section 5, ECMA-35.
ANSI = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]+[0-~]|[0-OQ-WYZ\\])"
)


def strip_ansi(text: str) -> str:
    """``text`` without terminal escape sequences."""
    return ANSI.sub("", text) if "\x1b" in text else text


def visible(text: str) -> str:
    """``text`` safe for a terminal: control characters as their Unicode pictures, newline and tab kept.

    Bidirectional overrides are shown as their code points, so that a log cannot reorder the screen.
    """
    if text.isprintable():
        return text
    return "".join(_visible_char(ch) for ch in strip_ansi(text))


def _visible_char(ch: str) -> str:
    if ch in "\n\t" or ch.isprintable():
        return ch
    code = ord(ch)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return " " if ch.isspace() else f"<U+{code:04X}>"
