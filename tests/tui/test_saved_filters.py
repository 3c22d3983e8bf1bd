"""Filters that are kept under a name: on the screen, in the palette, on the command line."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.tui.conftest import NIGHTS, Open, ready
from triage.store.filters import save_filter, saved_filters
from triage.tui.app import TriageApp
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.prompt import PromptScreen
from triage.tui.screens.saved import SavedScreen
from triage.tui.widgets.key_bar import KeyBar


@pytest.fixture
def app(opened: Open) -> TriageApp:
    return opened(*NIGHTS)


def said(app: TriageApp) -> str:
    """The last message."""
    return [note.message for note in app._notifications][-1]


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


async def test_saved_used_and_forgotten(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        box = screen.query_one("#filter", Input)
        await press(pilot, "slash", *"category:infra")
        few = list(screen.rows.rows)
        footer = {key.description for line in screen.query_one(KeyBar).lines for key in line}
        assert {"Keep", "Save", "Saved"} <= footer
        await press(pilot, "ctrl+s", *"@infra", "enter")
        assert app.screen is screen
        assert saved_filters(app.db) == {"infra": "category:infra"}
        assert "@infra filters so" in said(app)
        await press(pilot, "escape")
        assert len(screen.rows.rows) > len(few)
        await press(pilot, "slash", *"@infra")
        assert list(screen.rows.rows) == few
        await press(pilot, *" is:new", "ctrl+s", *"new-infra", "enter")
        assert saved_filters(app.db)["new-infra"] == "category:infra is:new", (
            "it stays when the other one changes"
        )
        await press(pilot, "escape", "slash", "ctrl+o")
        assert isinstance(app.screen, SavedScreen)
        await press(pilot, "enter")
        assert app.screen is screen
        assert box.value == "category:infra"
        assert list(screen.rows.rows) == few
        await press(pilot, "slash", "ctrl+o", "j", "delete")
        assert saved_filters(app.db) == {"infra": "category:infra"}
        assert "it was category:infra is:new" in said(app)
        await press(pilot, "delete")
        assert app.screen is screen, "none is left"
        assert box.value == "category:infra"


async def test_wrong_keys(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        await press(pilot, "slash", "ctrl+s")
        assert app.screen is screen
        assert "Type a filter first" in said(app)
        await press(pilot, "ctrl+o")
        assert app.screen is screen
        assert "No filter is saved yet" in said(app)
        await press(pilot, *"x", "ctrl+s", "escape", "ctrl+s", "enter")
        assert app.screen is screen
        await press(pilot, "ctrl+s", *"two words", "enter")
        assert "a name has letters" in said(app)
        await press(pilot, "backspace", *"@nobody", "ctrl+s", *"y", "enter")
        assert "no saved filter has this name" in said(app)
        assert "no saved filter" in str(screen.query_one("#status", Static).render())
        assert not saved_filters(app.db)
        await press(pilot, "escape", "ctrl+s", "ctrl+o")
        assert app.screen is screen, "there are keys for it only where one types"
        await press(pilot, "slash", *'"open', "ctrl+s", *"q", "enter")
        assert saved_filters(app.db) == {"q": '"open"'}
        await press(pilot, "ctrl+o", "x", "escape")
        assert app.screen is screen
        assert screen.query_one("#filter", Input).value == '"open'


async def test_a_locked_store_is_told(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        save_filter(app.db, "a", "b")
        await press(pilot, "slash", "x", "ctrl+s", "y")
        assert isinstance(app.screen, PromptScreen)
        app.db.conn.execute("PRAGMA query_only = 1")
        await press(pilot, "enter")
        assert "may not be written" in said(app)
        await press(pilot, "ctrl+o", "delete")
        assert "may not be written" in said(app)
        app.db.conn.execute("PRAGMA query_only = 0")
        assert saved_filters(app.db) == {"a": "b"}


async def test_the_palette_has_them(app: TriageApp) -> None:
    save_filter(app.db, "limits", "rule:http-429")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await ready(pilot)
        await press(pilot, "2", "ctrl+p", *"@limits")
        await app.workers.wait_for_complete()
        await press(pilot, "enter")
        assert isinstance(app.screen, ClustersScreen)
        assert screen.query_one("#filter", Input).value == "rule:http-429"
        assert {row.rule for row in screen.rows.rows} == {"http-429-quota", "http-429-rate-limit"}
