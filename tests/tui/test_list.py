"""The list of clusters: what follows stands below its cause, and filters are those of the command line."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Static

from tests.conftest import ROOT
from tests.tui.conftest import Open, ready, until
from triage.tui.app import TriageApp
from triage.tui.screens import clusters
from triage.tui.screens.clusters import ClustersScreen

CASCADES = ROOT / "tests" / "data" / "recorded" / "cascades"


def _drawn(screen: ClustersScreen) -> list[str]:
    rows = screen.rows
    return ["".join(part.text for part in rows.render_line(y)).rstrip() for y in range(len(rows.rows))]


@pytest.mark.parametrize("few", [0, 2_000], ids=["in a thread", "at once"])
async def test_consequences_stand_below_their_cause(
    opened: Open, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(clusters, "_FEW", few)
    app = opened(CASCADES / "service-gone.xml")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: any("└" in line for line in _drawn(screen)))
        refused, unavailable, _ = _drawn(screen)
        assert "urllib.error.URLError" in refused
        assert "└ stock.StockUnavailable" in unavailable
        await pilot.press("g")
        said = str(screen.query_one("#body", Static).render())
        assert "28 tests blocked with them, pass rate at most 98.6 %" in said
        await pilot.press("j")
        said = str(screen.query_one("#body", Static).render())
        assert "probably follows from\n" in said
        assert "after 38 of 72 tests" in said
        # Alone in a filter it stands on its own.
        await pilot.press("slash", *"StockUnavailable")
        await pilot.pause()
        [alone] = _drawn(screen)
        assert "└" not in alone


async def test_a_filter_is_that_of_the_command_line(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        everything = len(screen.rows.rows)
        await pilot.press("slash", *"category:infra -is:new")
        await pilot.pause()
        assert {row.category for row in screen.rows.rows} == {"infra"}
        assert not any(row.new for row in screen.rows.rows)
        status = screen.query_one("#status", Static)
        screen.query_one("#filter", Input).value = "categry:infra"
        await pilot.pause()
        assert "did you mean category:?" in str(status.render())
        screen.query_one("#filter", Input).value = "category:"  # on the way
        await pilot.pause()
        assert len(screen.rows.rows) == everything


async def test_a_row_is_opened_however_soon_the_cursor_moves_on(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        rows = screen.rows
        rows.post_message(rows.Chosen(rows, rows.cursor))
        rows.post_message(rows.Moved(rows, rows.cursor))
        await until(pilot, lambda: app.screen is not screen)
