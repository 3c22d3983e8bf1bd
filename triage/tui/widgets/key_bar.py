"""The keys at the foot of a screen: whole words on at most two lines, whatever the width."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_MOST_LINES = 2
_HELP = "help"


class KeyBar(Footer):
    """What does not fit is left to the help, whose key always stands there."""

    DEFAULT_CSS = "KeyBar { layout: vertical; height: auto; overflow: hidden; }"

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)

    def compose(self) -> ComposeResult:
        keys = [key for key in super().compose() if isinstance(key, FooterKey)]
        for line in lines_of(keys, self.app.size.width):
            with HorizontalGroup():
                yield from line

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._width:
            self._width = event.size.width
            self.call_after_refresh(self.recompose)

    _width = 0


def lines_of(keys: Iterable[FooterKey], width: int) -> list[list[FooterKey]]:
    """The keys on lines of ``width`` cells, the key of the help at the end of the last."""
    keys = list(keys)
    helping = [key for key in keys if key.action == _HELP]
    others = [key for key in keys if key.action != _HELP]
    lines: list[list[FooterKey]] = [[]]
    room = width
    for key in others:
        if room < _cells(key) + (sum(map(_cells, helping)) if len(lines) == _MOST_LINES else 0):
            if len(lines) == _MOST_LINES:
                break
            lines.append([])
            room = width
        lines[-1].append(key)
        room -= _cells(key)
    if room < sum(map(_cells, helping)):
        lines.append([])
    lines[-1] += helping
    return lines


def _cells(key: FooterKey) -> int:
    return len(f"{key.key_display} {key.description} ")
