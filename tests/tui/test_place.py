"""The screen goes on where it was left."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.conftest import SAMPLES
from triage.store import open_store
from triage.store.clusters import clusters
from triage.store.moves import merge
from triage.store.place import leave, left_at
from triage.tui.app import TriageApp
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.runs import RunsScreen
from triage.tui.screens.whys import WhysScreen
from triage.tui.widgets.detail import Detail

_API = str(SAMPLES / "nightly-1-api.xml")


async def _left(store: Path, *keys: str, paths: tuple[str, ...] = (_API,)) -> None:
    app = TriageApp(store, list(paths))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press(*keys)
        app.exit()


async def _settled(pilot: Pilot[None]) -> ClustersScreen:
    await pilot.pause()
    first = pilot.app.screen_stack[1]
    assert isinstance(first, ClustersScreen)
    return first


@pytest.mark.parametrize(
    ("key", "screen"), [("w", WhysScreen), ("r", RunsScreen), ("escape", ClustersScreen)]
)
async def test_cursor_filter_part_and_screen_come_back(tmp_path: Path, key: str, screen: type) -> None:
    store = tmp_path / "t.db"
    await _left(store, "slash", *"assert", "enter", "j", "j", "right", "right")
    before = left_at(open_store(store))
    assert before["filter"] == "assert" and before["part"] == "tests"
    if key != "escape":
        await _left(store, key, paths=())
    app = TriageApp(store, [])
    async with app.run_test(size=(80, 24)) as pilot:
        first = await _settled(pilot)
        assert isinstance(app.screen, screen)
        if key == "w":
            assert clusters(app.db, [before["cluster"]])[0].title in str(
                app.screen.query_one("#title", Static).render()
            )
        assert first.rows.current is not None
        assert first.rows.current.id == before["cluster"]
        assert first.query_one("#filter", Input).value == "assert"
        assert 0 < len(first.rows.rows) < len(clusters(app.db))
        assert first.query_one(Detail).part == 2
        await pilot.press("escape", "escape", "escape")
        assert len(first.rows.rows) == len(clusters(app.db))


async def test_what_is_gone_does_no_harm(tmp_path: Path) -> None:
    store = tmp_path / "t.db"
    await _left(store, "j", "w")
    db = open_store(store)
    rows = clusters(db)
    merge(db, rows[0].id, [rows[1].id])
    leave(db, left_at(db) | {"part": "no such part", "filter": "nothing has this"})
    app = TriageApp(store, [])
    async with app.run_test(size=(80, 24)) as pilot:
        first = await _settled(pilot)
        assert app.screen is first and not first.rows.rows
        await pilot.press("escape")
        assert first.rows.current is not None


async def test_nobody_waits_for_another_program_that_writes(tmp_path: Path) -> None:
    store = tmp_path / "t.db"
    await _left(store, "j")
    other = open_store(store)
    other.conn.execute("BEGIN IMMEDIATE")
    await _left(store, "j", paths=())
    other.conn.execute("ROLLBACK")
    assert left_at(other)["cluster"] == clusters(other)[1].id, "as it was before"


async def test_what_is_named_is_shown_and_not_hidden_by_an_old_filter(tmp_path: Path) -> None:
    store = tmp_path / "t.db"
    await _left(store, "slash", *"assert", "enter")
    app = TriageApp(store, [_API])
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        first = await _settled(pilot)
        assert len(first.rows.rows) == len(clusters(app.db))


async def test_a_rule_that_is_left_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rules = tmp_path / ".triage" / "rules"
    rules.mkdir(parents=True)
    (rules / "mine.yaml").write_text("rules:\n  - id: x\n  - id: y\n")
    app = TriageApp(tmp_path / "t.db", [_API])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        [said] = [note.message for note in app._notifications]
        assert "mine.yaml:2" in said
        assert "(the rule was left out)" in said and "(and 1 more: 'triage rules check')" in said


async def test_a_run_without_a_date_is_marked(tmp_path: Path) -> None:
    undated = tmp_path / "x.xml"
    undated.write_text(
        '<testsuite name="s"><testcase name="a"><failure message="no"/></testcase></testsuite>'
    )
    app = TriageApp(tmp_path / "t.db", [_API, str(undated)])
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("r")
        await pilot.pause()
        assert "~ says when it was read" in str(app.screen.query_one("#title", Static).render())
        lines = ["".join(s.text for s in strip) for strip in app.screen._compositor.render_strips()]
        assert lines[1].startswith("~20") and lines[2].startswith(" 2026-03-02")
        assert "not said" in str(app.screen.query_one("#told", Static).render())
