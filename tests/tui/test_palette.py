"""The command palette finds clusters, tests, runs and rules besides the commands."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.tui.conftest import NIGHTS, Open, ready
from triage.store.clusters import clusters
from triage.tui.app import TriageApp
from triage.tui.finding import Palette, found
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.rules import RulesScreen
from triage.tui.screens.runs import RunsScreen
from triage.tui.screens.whys import WhysScreen


@pytest.fixture
def app(opened: Open) -> TriageApp:
    return opened(*NIGHTS)


async def look_for(pilot: Pilot[None], words: str) -> list[str]:
    """What the palette offers for ``words``."""
    await pilot.press("ctrl+p", *words)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(pilot.app.screen, CommandPalette)
    options = pilot.app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(number).prompt) for number in range(options.option_count)]


async def choose(pilot: Pilot[None], words: str) -> None:
    await look_for(pilot, words)
    await pilot.press("enter")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_each_kind_leads_to_its_place(app: TriageApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await ready(pilot)
        last = screen.rows.rows[-1]
        await choose(pilot, last.title)
        assert screen.rows.current == last
        await choose(pilot, "nightly-1-api.xml")
        assert isinstance(app.screen, RunsScreen)
        assert app.screen.rows.current is not None
        assert app.screen.rows.current.source == NIGHTS[0]
        await choose(pilot, "http-429-quota")
        assert isinstance(app.screen, RulesScreen)
        assert app.screen.rows.current is not None
        assert app.screen.rows.current.rule.id == "http-429-quota"
        await choose(pilot, "test_quote_for_a_gold")
        assert app.screen is screen


async def test_themes_are_found_by_their_names(app: TriageApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        for words, theme in (("dracula", "dracula"), ("theme nord", "nord")):
            await choose(pilot, words)
            assert app.theme == theme


async def test_a_test_leads_to_its_cluster_from_anywhere(app: TriageApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await ready(pilot)
        await pilot.press("w", *"yes", "escape")
        assert isinstance(app.screen, WhysScreen)
        offered = await look_for(pilot, "test_admin_lists_users")
        assert offered == [
            "tests/api/test_access.py::test_admin_lists_users\ntest: its cluster",
        ]
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is screen
        assert screen.rows.current is not None
        assert screen.rows.current.title == "HTTP 403: refused"


async def test_commands_are_still_found_and_nothing_is_no_harm(app: TriageApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await ready(pilot)
        assert any("Theme" in offer for offer in await look_for(pilot, "theme"))
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert not [
            offer for offer in await look_for(pilot, "qqqqxxxxzzzz") if not re.search("(?i)no matches", offer)
        ]
        await pilot.press("enter", "escape", "escape")
        await pilot.pause()
        assert app.screen is screen


async def test_what_a_log_says_is_no_markup(opened: Open, tmp_path: Path) -> None:
    hostile = "[@click=app.quit]press[/] [bold]me \x1b[31m"
    report = tmp_path / "hostile.xml"
    message = quoteattr(hostile.replace("\x1b", ""))
    report.write_text(
        f'<testsuite name="s"><testcase name={message}><failure message={message}/></testcase></testsuite>'
    )
    app = opened(report)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await ready(pilot)
        [row] = clusters(app.db)
        offered = await look_for(pilot, "press[/]")
        assert len(offered) == 2
        assert all("[@click=app.quit]press[/] [bold]me" in offer for offer in offered)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ClustersScreen)
        assert screen.rows.current == row


def test_words_stand_before_what_is_only_near() -> None:
    said = ["checkout pays", "pays at the chekcout", "nothing of it", "a checkout that pays late"]
    assert [said[number] for number, _ in found("Pays checkout", said)][:2] == [said[0], said[3]]
    assert next(said[number] for number, _ in found("chekout pays", said)) == said[0]
    assert found("zzzzzz", said) == [] and found("x", []) == []
    assert len(found("e", ["e" * n for n in range(1, 100)])) == 15


async def test_a_page_of_a_list_of_which_nothing_is_seen(app: TriageApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await look_for(pilot, "theme")
        commands = app.screen.query_one(OptionList)
        commands.highlighted = 0
        commands.styles.display = "none"
        await pilot.pause()
        commands._line_cache.clear()  # as after new commands
        await pilot.press("pagedown", "pageup")
        commands.styles.display = "block"
        await pilot.pause()
        await pilot.press("pagedown", "enter")
        assert not isinstance(app.screen, CommandPalette)


async def test_it_is_left_before_it_looks(app: TriageApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await look_for(pilot, "theme")
        palette = app.screen
        assert isinstance(palette, Palette)
        await palette.query(CommandList).remove()
        palette._gather_commands("runs")
        await app.workers.wait_for_complete()
        await pilot.press("escape")
        assert isinstance(app.screen, ClustersScreen)
