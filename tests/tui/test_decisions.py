"""What is decided on the screen: merge, split, apart, names, marks; and all of it taken back by one key."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Label, Static

from tests.tui.conftest import Open, ready
from triage.export.report import gather
from triage.model import Verdict
from triage.store import open_store
from triage.store.clusters import ClusterRow, clusters, titles, variants
from triage.store.history import history
from triage.store.investigations import open_investigation, write_answer
from triage.store.moves import merge
from triage.store.tags import tag_clusters, tag_tests, tags_of_clusters, tags_of_tests
from triage.tui.app import TriageApp
from triage.tui.screens.choose import ChooseScreen
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.confirm import ConfirmScreen
from triage.tui.screens.export import ExportScreen
from triage.tui.screens.tests import TestsScreen
from triage.tui.widgets.detail import PARTS, Detail
from triage.tui.widgets.key_bar import KeyBar
from triage.tui.widgets.row_list import RowList

SIZES = [(80, 24), (140, 45)]


def _said(app: TriageApp) -> str:
    return " ".join(note.message for note in app._notifications)


def _rows(screen: ClustersScreen) -> list[ClusterRow]:
    return list(screen.rows.rows)


@pytest.mark.parametrize("size", SIZES)
async def test_merged_and_taken_back(app: TriageApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = await ready(pilot)
        before = _rows(screen)
        await pilot.press("j", "space", "space", "m")
        assert isinstance(app.screen, ChooseScreen)
        told = " ".join(str(part.render()) for part in app.screen.query(Static))
        assert f"The {before[1].failures + before[2].failures} failures of these 2 clusters" in told
        await pilot.press("j", "enter")
        into = {row.id: row for row in _rows(screen)}[before[2].id]
        assert before[1].id not in {row.id for row in _rows(screen)}
        assert into.failures == before[1].failures + before[2].failures
        assert screen.rows.current == {row.id: row for row in _rows(screen)}[before[3].id], "the cursor stays"
        await pilot.press("u")
        assert _rows(screen) == before
        assert screen.rows.current == before[3]
        assert "Taken back" in _said(app) and before[1].title in _said(app)
        await pilot.press("u")
        assert _said(app) == "Nothing to take back."


async def test_a_cursor_whose_cluster_went_goes_along_with_it(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        before = _rows(screen)
        await pilot.press("j", "j", "j", "space", "space", "k", "m", "enter")
        assert screen.rows.current is not None
        assert screen.rows.current.id == before[3].id, "what it was merged into"


async def test_what_two_places_raise_is_offered_by_its_places(opened: Open, tmp_path: Path) -> None:
    raised = (
        'Traceback (most recent call last):\n  File "/srv/shop/{}.py", line 3, in take\nLeaseError: gone\n'
    )
    cases = "".join(
        f'<testcase name="t{at}"><failure message="LeaseError: the lease of this very long order is gone for good">'
        f"{raised.format(file)}</failure></testcase>"
        for at, file in enumerate(["cart", "cart", "order"])
    )
    (tmp_path / "r.xml").write_text(f'<testsuite name="s">{cases}</testsuite>')
    app = opened(tmp_path / "r.xml")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert len(_rows(screen)) == 1
        await pilot.press("s")
        rows = app.screen.query_one("#choices", RowList)
        drawn = ["".join(part.text for part in rows.render_line(y)) for y in range(2)]
        assert "2× cart.py: Lease" in drawn[0] and "1× order.py: Lease" in drawn[1]
        await pilot.press("j", "space", "enter")
        assert sorted(row.failures for row in _rows(screen)) == [1, 2]
        assert any(row.title.endswith("raised in order.py") for row in _rows(screen))


async def test_a_variant_is_split_off_and_comes_back(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        before, first = _rows(screen), _rows(screen)[0]
        parts = variants(app.db, first.id)
        assert len(parts) == 3
        await pilot.press("s", "space", "space", "enter")
        rows = {row.id: row for row in _rows(screen)}
        assert len(rows) == len(before) + 1
        assert rows[first.id].failures == parts[2].failures
        await pilot.press("u")
        assert _rows(screen) == before
        await pilot.press("s", "space", "space", "space", "enter")
        assert _rows(screen) == before
        assert "one has to stay" in _said(app)
        await pilot.press("s", "escape")
        assert isinstance(app.screen, ClustersScreen)


async def test_the_variant_that_the_detail_shows_is_offered(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        parts = variants(app.db, _rows(screen)[0].id)
        steps = 0
        while screen.shown_variant() != parts[1].signature:
            await pilot.press("n")
            steps += 1
        assert steps
        await pilot.press("s", "enter")
        assert {row.failures for row in _rows(screen)} >= {
            parts[1].failures,
            parts[0].failures + parts[2].failures,
        }


async def test_kept_apart_until_somebody_says_otherwise(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        before = _rows(screen)
        mark = ("g", "space", "space")
        await pilot.press(*mark, "d", *mark, "m", "enter")
        assert isinstance(app.screen, ConfirmScreen)
        await pilot.press("n")
        assert _rows(screen) == before
        await pilot.press("escape", *mark, "m", "enter", "y")
        assert len(_rows(screen)) == len(before) - 1
        await pilot.press("u", *mark, "m", "enter")
        assert isinstance(app.screen, ConfirmScreen), "kept apart again"
        await pilot.press("n", "escape", *mark, "d", *mark, "m", "enter")
        assert isinstance(app.screen, ClustersScreen)
        assert len(_rows(screen)) == len(before) - 1


async def test_two_with_notes_are_not_merged_and_named(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        for row in _rows(screen)[:2]:
            made = open_investigation(app.db, row.id, row.title, "why?")
            write_answer(app.db, made.whys[0].id, "because")
        screen.reload()
        before = _rows(screen)
        await pilot.press("space", "space", "m", "enter")
        assert "both have five whys" in _said(app)
        assert all(row.title in _said(app) for row in before[:2])
        assert _rows(screen) == before


async def test_renamed(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        first = _rows(screen)[0]
        await pilot.press("R")
        app.screen.query_one(Input).value = "one [bold]key\x1b[31m"
        await pilot.press("enter")
        assert titles(app.db)[first.id] == "one [bold]key\x1b[31m"
        detail = str(screen.query_one("#body", Static).render())
        assert "one [bold]key" in detail and "\x1b" not in detail
        await pilot.press("R")
        app.screen.query_one(Input).value = "  "
        await pilot.press("enter", "u")
        assert titles(app.db)[first.id] == first.title
        assert first.title in _said(app) and "\x1b" not in _said(app)


async def test_every_kind_of_decision_is_undone_and_in_the_history(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45), notifications=True) as pilot:
        screen = await ready(pilot)
        before = _rows(screen)
        await pilot.press("v", "3", "t", *"night ly", "enter", "t", *"-night", "enter")
        screen.query_one(Detail).part = PARTS.index("history")
        told = str(screen.query_one("#body", Static).render())
        assert [line.split("  ")[1] for line in told.strip().split("\n")] == [
            "tag: night removed", "tag: ly", "tag: night", "verdict: flaky",
        ]  # fmt: skip
        await pilot.press("u")
        assert "has #night again" in _said(app)
        await pilot.press("u")
        assert "no longer has #night #ly" in _said(app)
        await pilot.press("u")
        assert "no longer has the verdict flaky" in _said(app)
        assert _rows(screen) == before
        assert "taken back" in str(screen.query_one("#body", Static).render())
        assert all(change.undone_at for change in history(app.db, before[0].id))


async def test_a_locked_store_is_told_and_nothing_is_lost(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        await pilot.press("v", "2")
        before = _rows(screen)
        app.db.conn.execute("PRAGMA busy_timeout = 0")
        other = open_store(app.store_path)
        other.conn.execute("BEGIN IMMEDIATE")
        for keys in (
            ("v", "3"), ("t", "x", "enter"), ("R", "x", "enter"), ("u",), ("s", "enter"),
            ("g", "space", "space", "m", "enter"), ("g", "escape", "space", "space", "d"),
        ):  # fmt: skip
            await pilot.press(*keys)
            assert "locked" in _said(app), keys
            app.clear_notifications()
        other.conn.execute("ROLLBACK")
        assert _rows(screen) == before
        await pilot.press("m", "enter")
        assert len(_rows(screen)) == len(before) - 1, "what was marked is still marked"


async def test_keys_that_need_more_say_so(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        for keys in (("m",), ("d",), ("space", "m"), ("g", "space", "j", "d")):
            await pilot.press(*keys)
            assert "Mark two or more" in _said(app), keys
            await pilot.press("escape")
        alone = next(number for number, row in enumerate(_rows(screen)) if len(variants(app.db, row.id)) == 1)
        screen.rows.cursor = alone
        await pilot.press("s")
        assert "Nothing to split off" in _said(app)
        for keys in (("m",), ("d",), ("s",), ("R",), ("v",), ("t",), ("x",)):
            await pilot.press("slash", *"zzzznothing", "enter", *keys)
            assert "No cluster here" in _said(app), keys
            assert isinstance(app.screen, ClustersScreen)
        assert not app.db.conn.execute("SELECT * FROM history").fetchall()


async def test_marks_are_inverted_and_all_act_on_them(app: TriageApp, tmp_path: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        everything = len(_rows(screen))
        await pilot.press("slash", *"429", "enter")
        shown = [row.id for row in _rows(screen)]
        assert 2 < len(shown) < everything
        await pilot.press("space", "A")
        assert f"{len(shown) - 1} marked" in str(screen.query_one("#status", Static).render())
        await pilot.press("v", "3")
        flaky = {row.id for row in clusters(app.db) if row.verdict is Verdict.FLAKY}
        assert flaky == set(shown[1:])
        await pilot.press("g", "a", "A", "A", "x")
        assert isinstance(app.screen, ExportScreen)
        await pilot.press("tab", "down", "down", "enter")
        app.screen.query_one("#file", Input).value = "deep/er"
        await pilot.press("enter")
        await pilot.pause()
        documents = sorted((tmp_path / "deep" / "er").iterdir())
        assert {path.suffix for path in documents} == {".json"}
        assert {json.loads(path.read_text("utf-8"))["cluster"]["id"] for path in documents} == set(shown)
        documents[0].write_text("edited by hand")
        await pilot.press("x")
        app.screen.query_one("#file", Input).value = "deep/er"
        await pilot.press("tab", "down", "down", "enter", "enter")
        await pilot.pause()
        assert isinstance(app.screen, ConfirmScreen)
        await pilot.press("n")
        assert documents[0].read_text("utf-8") == "edited by hand"


async def test_the_decisions_are_in_the_footer_the_help_and_the_palette(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        palette = {command.title for command in app.get_system_commands(app.screen)}
        footer = {key.description for line in screen.query_one(KeyBar).lines for key in line}
        await pilot.press("question_mark")
        said = "\n".join(str(part.render()) for part in app.screen.query(Static))
        for name, told in (
            ("Merge", "m  Merge what is marked"), ("Split", "s  Split variants off"), ("Apart", "d  Never merge"),
            ("Rename", "R  Call the cluster"), ("Undo", "u  Take the last decision back"),
        ):  # fmt: skip
            assert name in palette and name in footer and told in said


async def test_an_owner_of_all_that_is_marked(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        await pilot.press("space", "space", "O", *"@ann", "enter")
        rows = _rows(screen)
        assert [row.owner for row in rows[:3]] == ["ann", "ann", ""]
        assert "@ann" in "".join(part.text for part in screen.rows.render_line(0))
        await pilot.press("slash", *"owner:ann", "enter")
        assert [row.id for row in _rows(screen)] == [row.id for row in rows[:2]]
        await pilot.press("escape", "g", "O")
        assert "now ann" in str(app.screen.query_one(Label).render())
        await pilot.press("enter")
        assert [row.owner for row in _rows(screen)[:3]] == ["", "ann", ""]
        await pilot.press("u", "u")
        assert not any(row.owner for row in _rows(screen))


async def test_what_is_so_already_is_no_act_and_says_so(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45), notifications=True) as pilot:
        screen = await ready(pilot)
        before = _rows(screen)
        await pilot.press("t", *"nightly", "enter", "O", *"ann", "enter")
        assert "othing to do" not in _said(app)
        for keys in (("t", *"nightly"), ("O", *"@ann"), ("t", *"-never"), ("R",)):
            app.clear_notifications()
            await pilot.press(*keys, "enter")
            assert _said(app) == "Nothing to do: it is so already.", keys
        await pilot.press("u", "u")
        assert _rows(screen) == before


async def test_another_program_decides_meanwhile(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45), notifications=True) as pilot:
        screen = await ready(pilot)
        one, other, third = (row.id for row in _rows(screen)[:3])
        await pilot.press("j", "t", *"late")
        with closing(open_store(app.store_path)) as db:
            merge(db, one, [other])
            tag_clusters(db, [third], ["elsewhere"])
        await pilot.press("enter")
        assert "another cluster has its failures now" in _said(app)
        assert not any("late" in tags for tags in tags_of_clusters(app.db).values())
        app._look_at_store()
        assert other not in [row.id for row in _rows(screen)]
        assert next(row for row in _rows(screen) if row.id == third).tags == ("elsewhere",)


async def test_tags_of_tests(app: TriageApp) -> None:
    """Of all that a filter shows at once; they are seen where the test is, and taken back by one key."""
    async with app.run_test(size=(140, 45), notifications=True) as pilot:
        screen = await ready(pilot)
        await pilot.press("2")
        await ready_list(pilot)
        tests = app.screen
        assert isinstance(tests, TestsScreen)
        await pilot.press("slash", *"test_access", "enter", "a")
        shown = [row.test for row in tests.rows.rows]
        assert len(shown) > 2 and f"{len(shown)} marked" in str(tests.query_one("#title", Static).render())
        await pilot.press("t", *"quarantine, slow", "enter")
        await ready_list(pilot)
        assert tags_of_tests(app.db) == dict.fromkeys(shown, ("quarantine", "slow"))
        assert not tests.marked
        assert "#quarantine #slow" in "".join(part.text for part in tests.rows.render_line(0))
        assert "#quarantine" in str(tests.query_one("#told", Static).render())
        await pilot.press("escape", "slash", *"#slow", "enter")
        assert [row.test for row in tests.rows.rows] == shown
        await pilot.press("t", *"-slow", "enter")
        await ready_list(pilot)
        assert sorted(tags_of_tests(app.db).values()) == sorted(
            [("quarantine",)] + [("quarantine", "slow")] * (len(shown) - 1)
        )
        await pilot.press("u", "u")
        await ready_list(pilot)
        assert tags_of_tests(app.db) == {}
        assert f"{len(shown)} tests no longer have #quarantine #slow" in _said(app)
        await pilot.press("escape", "space", "escape")
        assert app.screen is tests and not tests.marked, "escape takes the marks off first"
        await pilot.press("escape")
        assert app.screen is screen


async def test_tags_of_tests_stand_in_their_cluster(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        tag_tests(app.db, [gather(app.db, _rows(screen)[0]).tests[0]], ["quarantine"])
        await pilot.press("2", "1", "right", "right")
        await pilot.pause()
        assert str(screen.query_one("#body", Static).render()).count("#quarantine") == 1


async def ready_list(pilot: Pilot[None]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
