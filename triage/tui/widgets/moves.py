"""The keys that lead through lines, the same wherever there are some: arrows, those of vi, and those of pagers."""

from __future__ import annotations

from textual.binding import Binding, BindingType

MOVES: list[BindingType] = [
    Binding("down,j", "move(1)", "Down", show=False, id="down"),
    Binding("up,k", "move(-1)", "Up", show=False, id="up"),
    Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="page-down"),
    Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="page-up"),
    Binding("home,g", "first", "First", show=False, id="first"),
    Binding("end,G", "last", "Last", show=False, id="last"),
]

LOG_MOVES: list[BindingType] = [
    Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="log-half-down"),
    Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="log-half-up"),
    Binding("right,l", "side(1)", "Scroll right", show=False, id="log-right"),
    Binding("left,h", "side(-1)", "Scroll left", show=False, id="log-left"),
    Binding("0,circumflex_accent", "side(0)", "Begin of the line", show=False, id="log-begin"),
    Binding("w", "wrap", "Wrap", show=False, tooltip="Wrap long lines, or cut them", id="log-wrap"),
    Binding("z", "folds", "Fold", tooltip="Open or close all folds", id="log-folds"),
    Binding("o", "fold", "Open fold", show=False, id="log-fold"),
    Binding(
        "v",
        "select",
        "Select",
        show=False,
        tooltip="Select lines from here on, or no more",
        id="log-select",
    ),
]
"""Those of a log besides."""
