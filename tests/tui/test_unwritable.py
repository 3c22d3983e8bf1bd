"""A store that cannot be written (locked, full, of somebody else): it is said so, nothing that was typed is lost, nothing breaks."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import ready
from triage.store.investigations import find_investigation
from triage.tui.app import TriageApp
from triage.tui.screens.log import LogScreen
from triage.tui.screens.whys import WhysScreen


def _told(app: TriageApp) -> str:
    return " ".join(str(each.message) for each in app._notifications)


async def _press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


def _writable(app: TriageApp, yes: bool) -> None:
    app.db.conn.execute(f"PRAGMA query_only = {int(not yes)}")


async def test_notes_are_not_begun(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        _writable(app, False)
        await _press(pilot, "w")
        assert app.screen is screen
        assert "may not be written" in _told(app)
        await _press(pilot, "l", "space")
        assert isinstance(app.screen, LogScreen)
        assert "may not be written" in _told(app)


async def test_an_answer_stays_until_it_is_stored(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        assert screen.rows.current is not None
        cluster = screen.rows.current.id
        await _press(pilot, "w")
        _writable(app, False)
        await _press(pilot, *"because", "enter", "escape")
        box = app.screen.query_one("#answer", Input)
        assert isinstance(app.screen, WhysScreen) and box.value == "because"
        assert "may not be written" in _told(app)
        _writable(app, True)
        await _press(pilot, "escape", "escape")
        assert app.screen is screen
        found = find_investigation(app.db, cluster)
        assert found is not None and [why.answer for why in found.whys] == ["because"]


@pytest.mark.parametrize("key", [*"bdrcafsi", "delete"])
async def test_each_act_on_notes(app: TriageApp, key: str) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        assert screen.rows.current is not None
        cluster = screen.rows.current.id
        await _press(pilot, "w", *"one", "enter", *"two", "escape")
        before = find_investigation(app.db, cluster)
        assert before is not None and len(before.whys) == 2
        _writable(app, False)
        await _press(pilot, key, *"text", "enter", "y", "escape")
        assert app.is_running
        _writable(app, True)
        assert find_investigation(app.db, cluster) == before
