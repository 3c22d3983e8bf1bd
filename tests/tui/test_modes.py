"""The number row: clusters, tests, runs, investigations, rules; each from each of the others."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.tui.conftest import NIGHTS, Open, ready, until
from triage.rules import Engine
from triage.store import Store
from triage.store.place import left_at
from triage.store.tags import tags_of_tests
from triage.store.tests import FailingTest, failing_tests
from triage.tui.app import TriageApp
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.investigations import InvestigationsScreen
from triage.tui.screens.listing import ListingScreen
from triage.tui.screens.log import LogScreen
from triage.tui.screens.rules import RulesScreen
from triage.tui.screens.runs import RunsScreen
from triage.tui.screens.tests import TestsScreen
from triage.tui.screens.verdict import VerdictScreen
from triage.tui.screens.whys import WhysScreen
from triage.tui.widgets.key_bar import KeyBar

MODES = {
    "1": ClustersScreen,
    "2": TestsScreen,
    "3": RunsScreen,
    "4": InvestigationsScreen,
    "5": RulesScreen,
}


@pytest.fixture
def app(opened: Open) -> TriageApp:
    return opened(*NIGHTS)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Each key when all that the one before began is done."""
    for key in keys:
        await pilot.press(key)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def listing(pilot: Pilot[None]) -> ListingScreen[Any]:
    screen = pilot.app.screen
    assert isinstance(screen, ListingScreen)
    return screen


def said(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).render())


@pytest.mark.parametrize("way", [(), ("w", "escape"), ("w", "escape", "l"), "2", "4"])
async def test_each_is_a_key_away_from_everywhere(app: TriageApp, way: tuple[str, ...]) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await ready(pilot)
        for key, screen in MODES.items():
            await press(pilot, "1", *way, key)
            assert type(app.screen) is screen
            await press(pilot, key)
            assert type(app.screen) is screen, "once more: nothing"
            assert len(app.screen_stack) == 2 + (key != "1")
        await press(pilot, "escape")
        assert isinstance(app.screen, ClustersScreen)


async def test_digits_are_text_where_one_types_and_answers_in_dialogs(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        clusters = await ready(pilot)
        await press(pilot, "slash", *"42")
        assert clusters.query_one("#filter", Input).value == "42"
        await press(pilot, "escape", "w", *"5 of 3")
        assert isinstance(app.screen, WhysScreen)
        assert app.screen.query_one("#answer", Input).value == "5 of 3"
        await press(pilot, "escape", "escape", "v")
        assert isinstance(app.screen, VerdictScreen)
        await press(pilot, "9")
        assert isinstance(app.screen, VerdictScreen)
        await press(pilot, "3")
        assert clusters.rows.current is not None
        assert clusters.rows.current.verdict.label == "flaky"


async def test_a_test_leads_to_its_cluster_even_behind_a_filter(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        clusters = await ready(pilot)
        everything = len(clusters.rows.rows)
        await press(pilot, "slash", *"nothing has this", "enter", "2")
        tests = listing(pilot)
        failed = len(tests.rows.rows)
        assert f"Tests: {failed} failed" in said(pilot, "#title")
        await press(pilot, "slash", *"platinum test_ord")
        assert 0 < len(tests.rows.rows) < failed
        assert f"{len(tests.rows.rows)} shown" in said(pilot, "#title")
        await press(pilot, "backspace", *"zzz")
        assert "No row has these words" in said(pilot, "#told")
        await press(pilot, "enter", "enter", "escape")
        assert len(tests.rows.rows) == failed
        await press(pilot, "G", "enter")
        assert app.screen is clusters
        assert len(clusters.rows.rows) == everything
        row = clusters.rows.current
        assert row is not None
        await press(pilot, "2", "G")
        tests = listing(pilot)
        assert tests.rows.current.cluster == row.id
        assert f"cluster  {row.title}" in said(pilot, "#told")
        assert "2026-03-0" in said(pilot, "#told")


async def test_a_rule_and_a_run_lead_to_their_clusters(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        clusters = await ready(pilot)
        await press(pilot, "5")
        rules = listing(pilot)
        named = rules.rows.current
        assert isinstance(rules, RulesScreen)
        assert named is not None
        assert "library: " in said(pilot, "#told") and "looks for" in said(pilot, "#told")
        await press(pilot, "G", "enter")
        assert app.screen is rules, "it names none"
        await press(pilot, "g", "enter")
        assert app.screen is clusters
        assert len(clusters.rows.rows) == named.clusters
        assert {row.rule for row in clusters.rows.rows} == {named.rule.id}
        await press(pilot, "3", "enter")
        assert app.screen is clusters
        assert clusters.query_one("#filter", Input).value == f'source:"{NIGHTS[1]}"'
        assert clusters.rows.rows


async def test_investigations_say_how_far_they_came(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        clusters = await ready(pilot)
        await press(pilot, "4")
        assert "Nothing was investigated yet" in said(pilot, "#told")
        await press(pilot, "enter", "slash", "x", "enter", "escape")
        await press(pilot, "escape", "w", "4")
        assert app.screen.query_one("#answer", Input).value == "4"
        await press(pilot, "backspace", "escape", "4")
        assert not listing(pilot).rows.rows, "who only looked investigates nothing"
        await press(pilot, "1", "j")
        row = clusters.rows.current
        assert row is not None
        await press(pilot, "w", *"the key is shared", "escape", "r", "4")
        [found] = listing(pilot).rows.rows
        assert found.root_causes == ("the key is shared",)
        assert found.status == "investigating"
        assert "→ ◆ root cause: the key is shared" in said(pilot, "#told")
        await press(pilot, "1", "k", "4", "enter")
        assert isinstance(app.screen, WhysScreen)
        await press(pilot, *"!", "escape", "escape")
        assert isinstance(app.screen, InvestigationsScreen)
        assert "the key is shared!" in said(pilot, "#told"), "read again"
        await press(pilot, "enter")
        app.exit()
    again = TriageApp(app.store_path, [])
    async with again.run_test(size=(140, 45)) as pilot:
        await again.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(again.screen, WhysScreen)
        assert again.screen.whereabouts == {"cluster": row.id}


@pytest.mark.parametrize("key", ["2", "4", "5"])
async def test_the_next_program_begins_there(app: TriageApp, key: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, key)
        app.exit()
    assert left_at(app.db)["screen"] == {"2": "tests", "4": "investigations", "5": "rules"}[key]
    again = TriageApp(app.store_path, [])
    async with again.run_test(size=(80, 24)) as pilot:
        await again.workers.wait_for_complete()
        await pilot.pause()
        assert type(again.screen) is MODES[key]


@pytest.mark.parametrize("key", [*MODES])
async def test_an_empty_store_has_all_of_them(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    app = TriageApp(tmp_path_factory.mktemp("empty") / "t.db", [])
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, key, "enter", "slash", "x", "enter", "escape", "escape")
        assert isinstance(app.screen, ClustersScreen)


async def test_a_click_on_the_footer_opens_the_screen_under_it(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        bar = app.screen.query_one(KeyBar)
        [group] = [key for line in bar.lines for key in line if key.description == "Screens"]
        assert group.display == "12345"
        line = bar.render_line(1).text
        await pilot.click(KeyBar, offset=(line.index("12345") + 4, 1))
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, RulesScreen)


async def test_the_log_goes_with_what_it_stands_on(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, "w", *"so", "escape", "l")
        assert isinstance(app.screen, LogScreen)
        await press(pilot, "4")
        [found] = listing(pilot).rows.rows
        assert found.last_answer == "so"
        await press(pilot, "1", "l")
        app.exit()
    assert left_at(app.db)["screen"] == ""


async def test_who_comes_back_is_where_they_were(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, "5", "slash", *"timeout", "enter", "j", "j")
        rules = listing(pilot)
        before = rules.rows.current
        assert rules.rows.cursor == 2
        await press(pilot, "3", "1")
        await pilot.resize_terminal(140, 45)
        await press(pilot, "5")
        assert app.screen is rules
        assert rules.rows.current is before
        assert rules.has_class("-wide")
        app.action_mode("rules", "http-429-quota")
        await press(pilot)
        assert listing(pilot).rows.current.rule.id == "http-429-quota", "whatever the filter leaves out"


async def test_who_comes_back_sees_what_changed(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await press(pilot, "3")
        assert len(listing(pilot).rows.rows) == len(NIGHTS)
        await press(pilot, "5")
        known = len(listing(pilot).rows.rows)
        await press(pilot, "1")
        app._engine = Engine(app.engine.rules[1:])
        app.show_samples()
        await press(pilot, "1")  # which waits until they are read
        await press(pilot, "3")
        sources = {row.source for row in listing(pilot).rows.rows}
        assert len(sources) > len(NIGHTS), "of another database"
        await press(pilot, "5")
        assert len(listing(pilot).rows.rows) == known - 1


async def test_what_is_typed_ahead_waits_for_the_rows_it_is_meant_for(
    app: TriageApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a slow line, by somebody who knows the keys: were they taken before the list is there, ``q`` would leave it."""
    go = Event()

    def slowly(db: Store) -> Sequence[FailingTest]:
        go.wait()
        return failing_tests(db)

    monkeypatch.setattr("triage.tui.screens.tests.failing_tests", slowly)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for key in ("2", "slash", *"catalog", "enter", "a", "t", *"qa", "enter"):
            app.post_message(events.Key(key, "/" if key == "slash" else key if len(key) == 1 else "\r"))
        await until(pilot, lambda: isinstance(app.screen, TestsScreen))
        assert app.screen.query_one("#filter", Input).value == ""
        go.set()
        await until(pilot, lambda: bool(tags_of_tests(app.db)))
        tagged = tags_of_tests(app.db)
        assert set(tagged) == {test.test for test in failing_tests(app.db) if "catalog" in test.test}
        assert set(tagged.values()) == {("qa",)}


async def test_runs_can_be_told_apart_in_a_narrow_terminal(app: TriageApp) -> None:
    async with app.run_test(size=(60, 20)) as pilot:
        await ready(pilot)
        await press(pilot, "3")
        rows = listing(pilot).rows
        drawn = ["".join(part.text for part in rows.render_line(y)).rstrip() for y in range(len(NIGHTS))]
        assert [line.endswith(f"-{night}-api.xml") for line, night in zip(drawn, (2, 1), strict=True)] == [
            True
        ] * 2
