"""What is shown where the terminal is too small for anything else."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

LEAST = Size(60, 20)
"""Columns and rows that every screen needs."""


def too_small(size: Size) -> bool:
    """Whether a terminal of this size shows nothing but that."""
    return size.width < LEAST.width or size.height < LEAST.height


class SmallScreen(Screen[None]):
    """Stands over the others until there is room."""

    DEFAULT_CSS = (
        "SmallScreen { background: $background; } SmallScreen Static { width: auto; text-align: center; }"
    )

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def on_resize(self, event: events.Resize) -> None:
        has = f"{event.size.width}x{event.size.height}"
        self.query_one(Static).update(
            f"{has} is too small:\nmake it {LEAST.width}x{LEAST.height}\nor larger.\nctrl+c quits"
        )
