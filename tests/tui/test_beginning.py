"""An empty screen, and reading that somebody does not want to wait for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual import events
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Static

from tests.conftest import SAMPLES
from tests.tui.conftest import ready, until
from tests.tui.test_terminal import Terminal
from triage.sources import taking
from triage.sources.session import Session
from triage.sources.watching import Reading
from triage.store import open_store
from triage.store.runs import runs
from triage.tui.app import TriageApp

_FILES = [str(SAMPLES / name) for name in ("nightly-1-api.xml", "nightly-2-api.xml", "nightly-1-feed.txt")]


def _said(app: TriageApp) -> str:
    return " ".join(note.message for note in app._notifications)


async def test_sample_data_is_one_key_away_and_leaves_nothing(tmp_path: Path) -> None:
    app = TriageApp(tmp_path / "triage.db", [])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        assert "S " in str(screen.query_one("#empty", Static).render())
        assert "S" in screen.active_bindings
        await pilot.press("S")
        await ready(pilot)
        assert len(screen.rows.rows) > 10
        assert screen.rows.rows[0].title == "HTTP 429: rate limit"
        assert "S" not in screen.active_bindings
        await pilot.press("S", "v", "3", "j")  # it is a list as any
        assert len(runs(app.db)) > 5
        assert screen.rows.cursor == 1
        there = app.store_path
        assert there != tmp_path / "triage.db"
        await pilot.press("q")
    assert not there.exists()
    assert runs(open_store(tmp_path / "triage.db")) == []


async def test_whoever_has_results_is_not_given_samples(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        before = app.store_path
        await pilot.press("S")
        assert app.store_path == before


def test_samples_in_a_terminal(tmp_path: Path) -> None:
    terminal = Terminal(TRIAGE_DB=str(tmp_path / "triage.db"), TMPDIR=str(tmp_path))
    try:
        terminal.wait_for("Three ways to begin")
        terminal.type("S")
        terminal.wait_for("with it fixed")
        assert list(tmp_path.glob("triage-samples-*"))
        terminal.type("q")
        assert terminal.end() == 0
        assert not list(tmp_path.glob("triage-samples-*"))
    finally:
        terminal.close()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Event, Event]]:
    """Storing waits behind the first source: that it has come there, and that it may go on."""
    came, go = Event(), Event()
    real = taking.store

    def store(*arguments: Any) -> Any:
        done = real(*arguments)
        came.set()
        go.wait()
        return done

    monkeypatch.setattr(taking, "store", store)
    yield came, go
    go.set()


async def test_escape_ends_reading_and_keeps_what_was_read(tmp_path: Path, held: tuple[Event, Event]) -> None:
    came, go = held
    app = TriageApp(tmp_path / "triage.db", list(_FILES))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, came.is_set)
        await pilot.press("j", "escape")
        go.set()
        await ready(pilot)
        assert [Path(run.source).name for run in runs(app.db)] == ["nightly-1-api.xml"]
        assert "what was read to its end is kept" in _said(app)
        app.clear_notifications()
        await pilot.press("escape")  # nothing to end
        assert _said(app) == ""
        app.ingest(list(_FILES))  # and once more, from the beginning
        await ready(pilot)
        assert len(runs(app.db)) == 3


async def test_escape_undoes_what_narrows_before_it_ends_reading(
    tmp_path: Path, held: tuple[Event, Event]
) -> None:
    came, go = held
    app = TriageApp(tmp_path / "triage.db", list(_FILES))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, came.is_set)
        await pilot.press("slash", "x", "escape", "z", "escape")
        go.set()
        await ready(pilot)
        assert len(runs(app.db)) == 3


async def test_what_is_named_meanwhile_is_read_behind_it(tmp_path: Path, held: tuple[Event, Event]) -> None:
    came, go = held
    app = TriageApp(tmp_path / "triage.db", _FILES[:1])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, came.is_set)
        await pilot.press("S")
        assert "escape ends it" in _said(app)
        for name in _FILES[1:]:
            app.ingest([name])
        go.set()
        await until(pilot, lambda: len(runs(app.db)) == 3)
        await ready(pilot)


async def test_leaving_does_not_wait_for_what_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else this test would never end."""

    def for_ever(db: object, names: object, engine: object, progress: Callable[[Reading], None]) -> Session:
        while True:
            progress(Reading("a.log", 10, 5, "reading"))

    monkeypatch.setattr("triage.sources.session.ingest_all", for_ever)
    app = TriageApp(tmp_path / "triage.db", ["a.log"])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "reading a.log 50 %" in _status(pilot))
        await pilot.press("q")


def _status(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#status", Static).render())


async def test_a_locked_store_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.store.database.BUSY_MS", 0)
    app = TriageApp(tmp_path / "triage.db", [])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        other = open_store(tmp_path / "triage.db")
        other.conn.execute("BEGIN IMMEDIATE")
        app.ingest(_FILES[:1])
        await ready(pilot)
        assert re.search(r"triage\.db: database is locked; is another program", _said(app))
        assert "1 not read" in _status(pilot)
        other.conn.execute("ROLLBACK")
        app.ingest(_FILES[:1])
        await ready(pilot)
        assert len(runs(app.db)) == 1
        assert "not read" not in _status(pilot)


async def test_the_list_is_never_taken_off(app: TriageApp) -> None:
    """A palette in which enter comes twice at once ends twice."""
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("ctrl+p", *"filter")
        await until(pilot, lambda: bool(app.screen.query_one("CommandList").option_count))  # type: ignore[attr-defined]
        for _ in range(2):
            app.post_message(events.Key("enter", None))
        await until(pilot, lambda: not isinstance(app.screen, CommandPalette))
        await pilot.pause()
        assert app.screen is screen


async def test_a_database_of_another_grouping_is_told(
    app: TriageApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.store.grouping.ALGORITHM", 1_000)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        assert "'triage recluster'" in _said(app)
