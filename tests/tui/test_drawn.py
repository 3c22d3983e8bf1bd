"""What is written to the terminal: only what differs, and with that the terminal shows what it would show with all of it."""

from __future__ import annotations

import random

import pyte
import pytest
from textual._compositor import CompositorUpdate

from tests.tui.conftest import ready
from triage.tui.app import TriageApp
from triage.tui.drawn import Drawn
from triage.tui.terminal_app import TerminalApp

_SIZE = (100, 30)
_KEYS = ["j", "k", "down", "z", "tab", "right", "left", "space", "slash", "c", "o", "escape", "w", "2", "1", "3", "5", "question_mark", "v", "enter", "ctrl+p", "pagedown", "l"]  # fmt: skip


class _Screens:
    """A terminal to which all is written, and one to which the news are."""

    def __init__(self) -> None:
        self.whole, self.parts = pyte.Screen(*_SIZE), pyte.Screen(*_SIZE)
        self._whole, self._parts = pyte.Stream(self.whole), pyte.Stream(self.parts)
        self.written = [0, 0]

    def draw(self, app: TerminalApp, update: CompositorUpdate, drawn: Drawn) -> None:
        whole = update.render_segments(app.console)
        news = drawn.news(update, app.console).render_segments(app.console)  # type: ignore[arg-type]
        self._whole.feed(whole)
        self._parts.feed(news)
        self.written = [self.written[0] + len(whole), self.written[1] + len(news)]
        assert self.parts.buffer == self.whole.buffer


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_news_show_what_the_whole_shows(
    app: TriageApp, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    screens = _Screens()

    def display(app: TerminalApp, screen: object, update: object) -> None:
        if isinstance(update, CompositorUpdate):
            screens.draw(app, update, app._drawn)

    monkeypatch.setattr(TerminalApp, "_display", display)
    keys = random.Random(seed)
    async with app.run_test(size=_SIZE) as pilot:
        await ready(pilot)
        for _ in range(30):
            await pilot.press(keys.choice(_KEYS))
        await pilot.pause()
    assert screens.written[1] < screens.written[0] / 2
