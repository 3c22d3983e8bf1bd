"""What the tests of the screens share: an app on a store that was filled before, and waiting for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.conftest import ROOT, SAMPLES
from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import open_store
from triage.tui.app import TriageApp
from triage.tui.screens.clusters import ClustersScreen

Open = Callable[..., TriageApp]
"""An app on a store of its own in which these sources are; they are read once for all tests."""

NIGHTS = ("sample_logs/nightly-1-api.xml", "sample_logs/nightly-2-api.xml")
"""Dated, so that no picture shows the day on which the test ran."""


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Callable[..., Path]:
    """A store with sources, which are named from the root of the project."""

    @cache
    def made(*sources: str) -> Path:
        store = tmp_path_factory.mktemp("filled") / "triage.db"
        with pytest.MonkeyPatch.context() as patch, closing(open_store(store)) as db:
            patch.chdir(ROOT)
            patch.setattr("triage.store.ingest.now", lambda: "2026-03-04T06:00:00Z")
            ingest_all(db, list(sources), engine)
        return store

    return made


@pytest.fixture
def opened(tmp_path: Path, filled: Callable[..., Path], engine: Engine) -> Open:
    def made(*sources: str) -> TriageApp:
        store = tmp_path / "triage.db"
        shutil.copy(filled(*map(os.fspath, sources)), store)
        app = TriageApp(store, [])
        app._use(engine, ())
        return app

    return made


@pytest.fixture
def app(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TriageApp:
    """On all samples."""
    monkeypatch.chdir(tmp_path)
    return opened(str(SAMPLES))


async def until(pilot: Pilot[None], there: Callable[[], bool]) -> None:
    while not there():  # pytest's own time-out ends a failure
        await pilot.pause(0.01)


async def ready(pilot: Pilot[None]) -> ClustersScreen:
    """The list, when all work is done and drawn."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, ClustersScreen)
    return screen
