"""The keys at the foot of a screen: whole words on at most two lines, whatever the width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.screen import Screen
from textual.widget import Widget

_MOST_LINES = 2
_HELP = "help"


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it is shown."""

    key: str
    """As the library names it; several, one for each cell of ``display``, where a group is shown as one."""
    display: str
    """As it stands on a keyboard."""
    description: str
    action: str
    enabled: bool
    tooltip: str
    group: str = ""
    """What is shown for it and its neighbours of the same group, where there is no room for all; or empty."""

    @property
    def cells(self) -> int:
        """Its width, with the blank behind it."""
        return len(f"{self.display} {self.description} ")


class KeyBar(Widget, can_focus=False):
    """What does not fit is left to the help, whose key always stands there.

    It is one widget that draws text: the library's ``Footer`` makes a widget of every key whenever the focus moves, which
    takes longer than all else that such a key does.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--description"}
    DEFAULT_CSS = """
    KeyBar {
        dock: bottom; height: auto; text-wrap: nowrap; color: $footer-foreground; background: $footer-background;
        & > .key-bar--key { color: $footer-key-foreground; background: $footer-key-background; text-style: bold; }
        & > .key-bar--description { color: $footer-description-foreground; background: $footer-description-background; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[Key] = []
        self.lines: list[list[Key]] = []
        """What is shown."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[Any]) -> None:
        if self.app.app_focus and self.is_attached and screen is self.screen:
            self.call_after_refresh(self._take)

    def _take(self) -> None:
        if not self.is_attached:
            return
        shown: dict[str, Key] = {}
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if (binding.show or binding.group) and binding.action not in shown:
                shown[binding.action] = Key(
                    binding.key, self.app.get_key_display(binding), binding.description, binding.action, enabled, tooltip,
                    binding.group.description if binding.group else "",
                )  # fmt: skip
        self._keys = list(shown.values())
        self._lay()

    def _lay(self) -> None:
        before, self.lines = self.lines, lines_of(self._keys, self.app.size.width)
        if self.lines != before:
            self.refresh(layout=len(self.lines) != len(before))

    def on_resize(self) -> None:
        self.call_after_refresh(self._lay)

    def render(self) -> Text:
        key, description = map(self.get_component_rich_style, ("key-bar--key", "key-bar--description"))
        text = Text(no_wrap=True)
        for number, line in enumerate(self.lines):
            text.append("\n" * bool(number))
            for shown in line:
                begin = len(text)
                text.append(shown.display, key).append(f" {shown.description}", description)
                if not shown.enabled:
                    text.stylize("dim", begin)
                text.append(" ")
        return text

    def _at(self, event: events.MouseEvent) -> tuple[Key | None, int]:
        """The key under the mouse, and how many cells from its edge."""
        edge = 0
        for shown in self.lines[event.y] if event.y < len(self.lines) else ():
            if event.x < edge + shown.cells:
                return shown, event.x - edge
            edge += shown.cells
        return None, 0

    def on_mouse_move(self, event: events.MouseMove) -> None:
        shown, _ = self._at(event)
        self.tooltip = (shown.tooltip if shown else "") or None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        shown, cell = self._at(event)
        if shown is not None and shown.enabled:
            keys = shown.key.split(",")
            self.app.simulate_key(keys[min(cell, len(keys) - 1)])


def lines_of(keys: Iterable[Key], width: int) -> list[list[Key]]:
    """The keys on lines of ``width`` cells, the key of the help at the end of the last; groups are one key each where
    that makes more of them fit."""
    keys = list(keys)
    lines = _laid(keys, width)
    return lines if sum(map(len, lines)) == len(keys) else _laid(_folded(keys), width)


def _folded(keys: Iterable[Key]) -> Iterator[Key]:
    for group, members in groupby(keys, lambda key: key.group):
        if not group:
            yield from members
            continue
        one, *others = members
        yield replace(
            one,
            key=",".join(key.key for key in (one, *others)),
            display="".join(key.display for key in (one, *others)),
            description=group,
        )


def _laid(keys: Iterable[Key], width: int) -> list[list[Key]]:
    keys = list(keys)
    helping = [key for key in keys if key.action == _HELP]
    others = [key for key in keys if key.action != _HELP]
    of_help = sum(key.cells for key in helping)
    lines: list[list[Key]] = [[]]
    room = width
    for key in others:
        if room < key.cells + (of_help if len(lines) == _MOST_LINES else 0):
            if len(lines) == _MOST_LINES:
                break
            lines.append([])
            room = width
        lines[-1].append(key)
        room -= key.cells
    if room < of_help:
        lines.append([])
    lines[-1] += helping
    return lines
