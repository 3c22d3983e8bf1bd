"""What the screens look like when something is wrong, under way, or asked. How to change them: see ``test_snapshots``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import get_current_worker

from tests.conftest import ROOT
from tests.tui.conftest import NIGHTS, Open
from tests.tui.test_snapshots import LARGE, SMALL, Compare, pressed
from triage.sources.session import Session
from triage.sources.watching import Reading
from triage.store import open_store
from triage.tui.app import TriageApp
from triage.tui.feed import Feed

both_sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)


@pytest.fixture
def app(opened: Open) -> TriageApp:
    app = opened(*NIGHTS)
    app.NOTIFICATION_TIMEOUT = 600  # a picture taken later is the same one
    return app


@both_sizes
@pytest.mark.parametrize(
    "keys",
    [
        ("c",),
        ("i",),
        ("t",),
        ("R",),
        ("exclamation_mark",),
        ("w", *"one", "enter", *"two", "escape", "delete"),
        ("v", "3", "a", "v", "1"),
    ],
    ids=["rule", "ingest", "tag", "rename", "send", "delete", "replace"],
)
def test_dialogs(snap_compare: Compare, app: TriageApp, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=pressed(*keys))


@both_sizes
@pytest.mark.parametrize("keys", [(), ("r",)], ids=["list", "runs"])
def test_a_source_that_cannot_be_read(
    snap_compare: Compare, app: TriageApp, keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    app._paths = ["nowhere/nightly-3.xml", NIGHTS[0]]
    app._opening = True
    assert snap_compare(app, terminal_size=size, run_before=pressed(*keys))


@both_sizes
def test_a_locked_store(snap_compare: Compare, app: TriageApp, size: tuple[int, int]) -> None:
    app.store_path = Path("triage.db")  # as it would be named

    async def locked(pilot: Pilot[None]) -> None:
        await pressed()(pilot)  # type: ignore[misc]
        app.db.conn.execute("PRAGMA busy_timeout = 0")
        path = app.db.conn.execute("PRAGMA database_list").fetchone()[2]
        other = open_store(Path(path))
        other.conn.execute("BEGIN IMMEDIATE")
        await pressed("v", "3")(pilot)  # type: ignore[misc]
        other.close()

    assert snap_compare(app, terminal_size=size, run_before=locked)


def _reads_for_ever(
    db: object, names: object, engine: object, progress: Callable[[Reading], None], **_: Any
) -> Session:
    progress(Reading("build/reports/nightly-3.xml", 100_000, 42_000, "reading"))
    while not get_current_worker().is_cancelled:
        Event().wait(0.01)
    return Session()


@both_sizes
@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "filled"])
def test_reading(
    snap_compare: Compare, app: TriageApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int],
    is_empty: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr("triage.sources.session.ingest_all", _reads_for_ever)
    if is_empty:
        app = TriageApp(tmp_path / "empty.db", [])

    async def reading(pilot: Pilot[None]) -> None:
        await pressed()(pilot)  # type: ignore[misc]
        pilot.app.ingest(["build/reports"])  # type: ignore[attr-defined]
        while "42 %" not in str(pilot.app.screen.query_one("#status").render()):
            await pilot.pause(0.01)

    assert snap_compare(app, terminal_size=size, run_before=reading)


@both_sizes
@pytest.mark.parametrize("is_done", [False, True], ids=["running", "done"])
def test_live(snap_compare: Compare, app: TriageApp, size: tuple[int, int], is_done: bool) -> None:
    class Standing(Feed):
        seconds = 83  # type: ignore[assignment]

    command: Any = SimpleNamespace(code=1 if is_done else None, last_line="..F....  [ 41%]")
    app.feed = feed = Standing("pytest -q", lambda db, engine, stop: iter(()), command)
    feed.tests = 1_240
    feed.read = lambda *_: None  # type: ignore[method-assign]
    feed.has_ended = is_done
    assert snap_compare(app, terminal_size=size, run_before=pressed("F"))
