"""What was noted is taken back by the key that takes back decisions."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import ready
from triage.model import Verdict
from triage.store.clusters import find_cluster, set_verdict
from triage.store.investigations import Investigation, find_investigation
from triage.tui.app import TriageApp
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.whys import WhysScreen


async def _noting(pilot: Pilot[None]) -> str:
    screen = await ready(pilot)
    assert screen.rows.current is not None
    await pilot.press("w", *"disk full", "enter", *"no alarm", "escape")
    assert isinstance(pilot.app.screen, WhysScreen)
    return str(screen.rows.current.id)


def _notes(app: TriageApp, cluster: str) -> Investigation:
    found = find_investigation(app.db, cluster)
    assert found is not None
    return found


def _said(app: TriageApp) -> str:
    return " ".join(str(said.message) for said in app._notifications)


async def test_answers_are_taken_back_one_after_the_other(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        cluster = await _noting(pilot)
        assert [why.answer for why in _notes(app, cluster).whys] == ["disk full", "no alarm"]
        await pilot.press("u")
        assert [why.answer for why in _notes(app, cluster).whys] == ["disk full", ""]
        assert "answered: no alarm" in _said(app)
        await pilot.press("u", "u")
        assert _notes(app, cluster).is_empty
        assert app.screen.query_one("#answer", Input).value == ""
        row = find_cluster(app.db, cluster)
        assert row is not None
        assert row.status == "open", "nobody looks into it any more"
        await pilot.press("u")
        assert "Nothing to take back in these notes" in _said(app)


async def test_a_branch_that_was_removed_comes_back_with_what_proved_it(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        cluster = await _noting(pilot)
        await pilot.press("e", "space", "escape")
        [proof] = _notes(app, cluster).evidence
        before = _notes(app, cluster)
        await pilot.press("G", "g", "j", "j", "j", "delete")
        assert app.screen is not None
        await pilot.press("y")
        assert _notes(app, cluster) != before
        await pilot.press("u")
        after = _notes(app, cluster)
        assert (after.whys, after.evidence) == (before.whys, before.evidence)
        assert proof in after.evidence


async def test_what_was_decided_elsewhere_is_not_taken_back_here(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        cluster = await _noting(pilot)
        set_verdict(app.db, [cluster], Verdict.FLAKY)
        await pilot.press("u")
        assert "Nothing to take back in these notes" in _said(app)
        assert [why.answer for why in _notes(app, cluster).whys] == ["disk full", "no alarm"]
        await pilot.press("escape")
        assert isinstance(app.screen, ClustersScreen)
        await pilot.press("u", "u")
        assert "in the five whys of" in _said(app)
        assert [why.answer for why in _notes(app, cluster).whys] == ["disk full", ""]
