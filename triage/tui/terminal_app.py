"""What the applications have in common: how they take keys from a terminal, and that they can do with ASCII."""

from __future__ import annotations

import codecs
import os
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from triage.tui.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.message_pump import MessagePump

WIDE = 120
"""Columns from which on two panes stand side by side."""
_STUCK = 1.0
"""Seconds after which a key is no longer waited for, unless it opens a screen that is not there yet."""


def wanted(encoding: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a terminal of ``encoding`` has no Unicode, or ``LC_ALL`` says so (Python writes UTF-8 in the locale ``C``).

    >>> wanted("utf8", {}), wanted("iso8859-15", {}), wanted("utf-8", {"LC_ALL": "POSIX"})
    (False, True, True)
    """
    return codecs.lookup(encoding).name != "utf-8" or environment.get("LC_ALL") in ("C", "POSIX")


def of_terminal() -> str:
    """The encoding in which the screen is written."""
    return getattr(sys.__stderr__, "encoding", None) or "utf-8"


class TerminalApp(App[None]):
    """An application that can do with ASCII, and in which a key acts where the keys before it led.

    The library hands each key to what has the focus when it comes. What was typed at once (over a slow line, by somebody who
    knows the keys) would go to the list, where the first of these keys opens a prompt for the others.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, id="suspend"),
        Binding("ctrl+l", "draw_anew", "Draw the screen anew", show=False, id="draw-anew"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  (Textual types it so)

    _ascii: LineFilter | None = None

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._ahead: deque[events.Key | events.Paste] = deque()
        self._underway: str | None = None
        """The key that is not done yet; empty for what was pasted."""
        self._since = 0.0
        self._holds = 0
        """How many wait for what the next key is meant for."""
        self._drawn = Drawn()

    def _resume_signal(self) -> None:
        super()._resume_signal()
        self.action_draw_anew()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write what differs from what stands there."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            news = self._drawn.news(renderable, self.console)
            return super()._display(screen, news) if news else None  # type: ignore[arg-type]
        return super()._display(screen, renderable)

    def action_draw_anew(self) -> None:
        """Write all of the screen: others have written to the terminal."""
        self._drawn.forget()
        self.screen.refresh()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not self.screen_stack:
            return None  # the program ends
        if isinstance(event, events.Resize):
            self._drawn.forget()
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return await super().on_event(event)
        key = event.key if isinstance(event, events.Key) else ""
        is_held = key == self._underway and not self._ahead and self._is_move(key)
        if key == "ctrl+c" or (not self._holds and (self._underway is None or is_held)):
            return await self._press(event, key)
        self._ahead.append(event)
        if monotonic() - self._since > _STUCK and self.screen.is_mounted:
            await self._next_key()
        return None

    async def _press(self, event: events.Key | events.Paste, key: str) -> None:
        target = self.focused or self.screen
        if isinstance(event, events.Paste) and isinstance(target, Input):
            # It would keep the first line alone.
            event = events.Paste(" ".join(line.strip() for line in event.text.splitlines()))
        self._underway, self._since = key, monotonic()
        await super().on_event(event)
        self._follow(self._way(target))

    async def run_action(
        self, action: str | ActionParseResult, default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:  # fmt: skip
        """Do what a key means, but on no screen that is being made or closed: where that takes long a key may not have waited."""
        node = default_namespace
        if isinstance(node, Widget) and not (node.is_mounted and node.is_attached):
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def _is_move(self, key: str) -> bool:
        """Whether the key only leads on: held down it must not wait, or the cursor would go on when it is let go."""
        bound = self.screen.active_bindings.get(key)
        return bound is not None and bound.binding.action.startswith(("move(", "page(", "side("))

    def _way(self, target: MessagePump) -> Iterator[MessagePump]:
        """Whom a key comes by: what has the focus and what that is in, who acts, once more all of them (what has the focus is
        told that it did something, and tells of it), the screen that it may open, and who sets the focus."""
        above = [target]
        while (parent := above[-1]._parent) is not None and above[-1] is not self:
            above.append(parent)
        yield from above
        yield from above
        yield from self.screen_stack[-1:]
        yield self

    def _follow(self, way: Iterator[MessagePump]) -> None:
        """Go where the key goes, behind it; from the end on the next key may go."""
        if not any(one.call_later(self._follow, way) for one in way):
            self.call_later(self._next_key)

    def hold_keys(self) -> None:
        """Let keys wait until ``let_keys_go`` is called as often: what they are meant for is not there yet."""
        self._holds += 1

    async def let_keys_go(self) -> None:
        """Press what was typed meanwhile, unless others hold it."""
        self._holds -= 1
        if self._underway is None:
            await self._next_key()

    async def _next_key(self) -> None:
        """Press what was typed next: what was pressed before is done."""
        self._underway = None
        if self._ahead and self.screen_stack and not self._holds:
            await self.on_event(self._ahead.popleft())

    def use_ascii(self, asked: bool) -> None:
        """Draw ASCII alone, if that is ``asked`` for, or if the terminal has nothing else; a browser always has."""
        encoding = of_terminal()
        if asked or (wanted(encoding) and "TEXTUAL_DRIVER" not in os.environ):
            from triage.tui.ascii import Ascii

            self._ascii = Ascii("ascii" if os.environ.get("LC_ALL") in ("C", "POSIX") else encoding)

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found  # a browser, or Windows
        from triage.tui.driver import PromptDriver

        return PromptDriver

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        return filters if self._ascii is None else [*filters, self._ascii]

    def get_key_display(self, binding: Binding) -> str:
        shown = super().get_key_display(binding)
        return shown if self._ascii is None or shown.isascii() else binding.key
