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
