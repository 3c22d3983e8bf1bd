"""How the last runs went, in the first line."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.tui.conftest import NIGHTS, Open, ready
from triage.store.runs import recent_rates
from triage.tui.app import TriageApp
from triage.tui.texts import recent


@pytest.mark.parametrize(
    ("rates", "wide", "narrow"),
    [
        ([], "", ""),
        ([0.5], "", ""),
        ([0.25, 0.75], " ▁█ last 75.0 %", " +50.0"),
        ([1.0, 0.5, 0.0], " █▅▁ last 0.0 %", " -50.0"),
        ([0.9, 0.9], " ██ last 90.0 %", " =0.0"),
    ],
)
def test_the_line_of_the_last_runs(rates: list[float], wide: str, narrow: str) -> None:
    assert recent(rates, 100) == wide
    assert recent(rates, 99) == narrow


async def test_it_follows_the_width(opened: Open) -> None:
    app = opened(*NIGHTS)
    worse, better = recent_rates(app.db)
    assert worse < better, "the oldest first"
    assert recent_rates(app.db, 1) == [better]
    async with app.run_test(size=(120, 30)) as pilot:
        screen = await ready(pilot)
        status = screen.query_one("#status", Static)
        assert " ▁█ last 7" in str(status.render())
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "▁" not in str(status.render()) and f" +{(better - worse) * 100:.1f} " in str(status.render())
        await pilot.press("slash", *"catgory:x")
        await pilot.resize_terminal(120, 30)
        await pilot.pause()
        assert "did you mean category:" in str(status.render())


async def test_it_is_left_out_where_the_line_would_be_cut_off(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        status = screen.query_one("#status", Static)
        change = recent(recent_rates(app.db), 80)
        assert str(status.render()).endswith(" runs")
        assert change and change not in str(status.render())
        await pilot.resize_terminal(95, 24)
        await pilot.pause()
        assert change in str(status.render())
