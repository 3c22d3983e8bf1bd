"""What the screens look like. After a wanted change: ``python3 dev.py test tests/tui --snapshot-update``, and look at it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.conftest import ROOT
from tests.tui.conftest import NIGHTS, Open
from triage.rules import Engine
from triage.store import investigations as notes
from triage.store import open_store
from triage.store.clusters import clusters
from triage.tui.app import TriageApp
from triage.whys import first_question, next_question

SMALL, LARGE = (80, 24), (140, 45)

Compare = Callable[..., bool]


@pytest.fixture
def app(opened: Open, monkeypatch: pytest.MonkeyPatch) -> TriageApp:
    monkeypatch.chdir(ROOT)
    # The cursor stands still: a picture taken half a second later is the same one.
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    return opened(*NIGHTS)


def pressed(*keys: str) -> Callable[[Pilot[None]], object]:
    """Wait until everything is read and drawn, then press the keys one after the other."""

    async def run(pilot: Pilot[None]) -> None:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        # A pause ends after a second, whether or not a busy machine has drawn everything.
        for _ in range(3):
            drawn = asyncio.Event()
            pilot.app.screen.call_after_refresh(drawn.set)
            await drawn.wait()

    return run


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
@pytest.mark.parametrize(
    "keys",
    [
        (),
        ("down", "right"),
        ("right", "right"),
        ("left", "left"),
        ("slash", *"platinum"),
        ("slash", *"nothing has this"),
        ("a", "v"),
        ("3",),
        ("x",),
        ("question_mark",),
        ("a", "m"),
        ("s", "space"),
        ("A", "x"),
        ("slash", *"category:infra", "ctrl+s", *"infra", "enter", "ctrl+o"),
        ("m",),
    ],
    ids=["summary", "evidence", "tests", "why-grouped", "filter", "filter-empty", "verdict", "runs", "export", "help",
         "merge", "split", "export-marked", "saved", "message"],
)  # fmt: skip
def test_clusters(
    snap_compare: Compare, app: TriageApp, keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=pressed(*keys))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
def test_rules(snap_compare: Compare, app: TriageApp, engine: Engine, size: tuple[int, int]) -> None:
    """Of a few rules: the picture stays the same when the library grows."""
    few = (
        "http-401",
        "http-403",
        "http-429-quota",
        "http-429-rate-limit",
        "python-key",
        "websocket-handshake-403",
    )
    app._engine = Engine([rule._replace(line=5) for rule in engine.rules if rule.id in few])
    keys = ("5", "slash", *"http", "enter", "j")
    assert snap_compare(app, terminal_size=size, run_before=pressed(*keys))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
@pytest.mark.parametrize(
    "keys",
    [("w",), ("w", "escape"), ("w", "escape", "a"), ("4",)],
    ids=["answer", "notes", "action", "investigations"],
)
def test_whys(
    snap_compare: Compare,
    app: TriageApp,
    monkeypatch: pytest.MonkeyPatch,
    keys: tuple[str, ...],
    size: tuple[int, int],
) -> None:
    async def prepared(pilot: Pilot[None]) -> None:
        monkeypatch.setattr(notes, "now", lambda: "2026-03-04T06:30:00Z")
        await pilot.app.workers.wait_for_complete()
        db = open_store(app.store_path)
        row = clusters(db)[0]
        made = notes.open_investigation(
            db, row.id, row.title, first_question(row.title, row.tests, row.failures)
        )
        answer = "All workers sign up with one key"
        notes.write_answer(db, made.whys[0].id, answer)
        notes.add_evidence(
            db, made.id, "limit of 22 a minute", why=made.whys[0].id, source="backend.log", line=12
        )
        below = notes.ask(db, made.id, made.whys[0].id, next_question(answer))
        notes.write_answer(db, below, "The key is read once, in the session fixture")
        notes.set_role(db, below, "root_cause")
        notes.add_action(db, made.id, "One key a worker", "Ann", "2026-03-10")
        db.close()
        await pressed(*keys)(pilot)  # type: ignore[misc]

    assert snap_compare(app, terminal_size=size, run_before=prepared)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
@pytest.mark.parametrize("keys", [(), ("slash", *"platinum")], ids=["all", "filter"])
def test_tests(snap_compare: Compare, app: TriageApp, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pressed("2")(pilot)  # type: ignore[misc]
        await pressed(*keys)(pilot)  # type: ignore[misc]

    assert snap_compare(app, terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
def test_palette(snap_compare: Compare, app: TriageApp, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pressed("ctrl+p", *"platinum")(pilot)  # type: ignore[misc]
        await pressed()(pilot)  # type: ignore[misc]

    assert snap_compare(app, terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
def test_history(
    snap_compare: Compare, app: TriageApp, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    for module in ("history", "undo"):
        monkeypatch.setattr(f"triage.store.{module}.now", lambda: "2026-03-04T06:30:00Z")
    keys = (
        "v",
        "3",
        "t",
        *"nightly",
        "enter",
        "g",
        "space",
        "space",
        "d",
        "g",
        "space",
        "space",
        "m",
        "enter",
        "y",
    )
    assert snap_compare(app, terminal_size=size, run_before=pressed(*keys, "u", "g", "left"))


@pytest.mark.parametrize("size", [(40, 12), (59, 19)], ids=["40x12", "59x19"])
def test_too_small(snap_compare: Compare, app: TriageApp, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=pressed())


@pytest.mark.parametrize("theme", ["textual-light", "ansi-light"])
def test_on_a_light_terminal(snap_compare: Compare, app: TriageApp, theme: str) -> None:
    app.theme = theme
    assert snap_compare(app, terminal_size=SMALL, run_before=pressed("v", "3", "j", "space"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
def test_an_empty_store(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(TriageApp(tmp_path / "t.db", []), terminal_size=size, run_before=pressed())
