"""While one types: what the list says at once, what only failures and notes say when it was found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from threading import Event

import pytest

from tests.tui.conftest import ready, until
from triage.analysis.query import parse, select
from triage.store import Store
from triage.store.search import matching_clusters
from triage.tui.app import TriageApp
from triage.tui.screens import filtering
from triage.tui.screens.clusters import ClustersScreen


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """The search in failures and notes waits for it."""
    go = Event()

    def slow(db: Store, words: str) -> set[str]:
        assert go.wait(60)
        return matching_clusters(db, words)

    monkeypatch.setattr(filtering, "matching_clusters", slow)
    yield go
    go.set()


def _ids(screen: ClustersScreen) -> list[str]:
    return [row.id for row in screen.rows.rows]


def _said_by(screen: ClustersScreen, words: str, *, in_list_alone: bool = False) -> set[str]:
    every, terms = screen._all, parse(words)
    found = select(screen.triage.db, every, terms, (lambda *_: set()) if in_list_alone else matching_clusters)
    return {row.id for row in found}


async def test_what_the_list_says_is_there_before_what_failures_say(app: TriageApp, go: Event) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        at_once, in_the_end = _said_by(screen, "assert", in_list_alone=True), _said_by(screen, "assert")
        assert at_once < in_the_end < set(_ids(screen))
        await pilot.press("slash", *"assert")
        assert set(_ids(screen)) == at_once
        go.set()
        await until(pilot, lambda: set(_ids(screen)) == in_the_end)


async def test_the_cursor_stays_on_a_cluster_of_which_only_a_failure_says_it(
    app: TriageApp, go: Event
) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        late = _said_by(screen, "error") - _said_by(screen, "error", in_list_alone=True)
        ids = _ids(screen)
        # Fewer than three letters are not looked for in failures.
        cluster = max(late & _said_by(screen, "er", in_list_alone=True), key=ids.index)
        screen.rows.cursor = ids.index(cluster)
        await pilot.press("slash", *"error")
        assert screen.rows.current is None or screen.rows.current.id != cluster
        go.set()
        await until(pilot, lambda: cluster in _ids(screen))
        assert screen.rows.current is not None
        assert screen.rows.current.id == cluster


async def test_keys_behind_the_filter_are_meant_for_all_that_is_found(app: TriageApp, go: Event) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        in_the_end = _said_by(screen, "assert")
        await pilot.press("slash", *"assert", "enter", "a")
        assert not screen.marked
        go.set()
        await until(pilot, lambda: screen.marked == in_the_end)


async def test_who_types_on_sees_no_cluster_come_back(app: TriageApp, go: Event) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        go.set()
        await pilot.press("slash", *"asse")
        found = _said_by(screen, "asse")
        await until(pilot, lambda: set(_ids(screen)) == found)
        go.clear()
        await pilot.press("r")
        assert set(_ids(screen)) == found | _said_by(screen, "asser", in_list_alone=True)
        await pilot.press("escape")
        assert len(_ids(screen)) == len(screen._all)
        go.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert len(_ids(screen)) == len(screen._all), "what was looked for is not wanted any more"


async def test_who_takes_a_character_back_gets_what_was_asked_before(app: TriageApp, go: Event) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        found = _said_by(screen, "assert")
        await pilot.press("slash", *"assertx", "backspace", "enter", "a")
        go.set()
        await until(pilot, lambda: screen.marked == found)


async def test_a_search_that_breaks_says_so_and_keys_go_on(
    app: TriageApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(db: Store, words: str) -> set[str]:
        raise sqlite3.OperationalError("database is locked")

    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        monkeypatch.setattr(filtering, "matching_clusters", broken)
        at_once = _said_by(screen, "assert", in_list_alone=True)
        await pilot.press("slash", *"assert", "enter", "a")
        await until(pilot, lambda: screen.marked == at_once)
        assert any("locked" in str(said.message) for said in app._notifications)
