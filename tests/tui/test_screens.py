"""The screens, driven as a person drives them: the main path, the wrong keys, small and large."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from tests.conftest import FRESH, SAMPLES
from tests.tui.conftest import ready
from triage.model import Verdict
from triage.store import open_store
from triage.store.clusters import clusters
from triage.store.investigations import find_investigation
from triage.tui.app import TriageApp
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.export import ExportScreen
from triage.tui.screens.investigations import InvestigationsScreen
from triage.tui.screens.rule import RuleScreen
from triage.tui.screens.runs import RunsScreen
from triage.tui.screens.whys import WhysScreen
from triage.tui.widgets.detail import PARTS, Detail
from triage.tui.widgets.filter_input import FilterInput
from triage.tui.widgets.toggles import Choice

SIZES = [(80, 24), (140, 45)]


def _text(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).render())


@pytest.mark.parametrize("size", SIZES)
async def test_from_ingest_to_exported_postmortem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.chdir(tmp_path)
    app = TriageApp(tmp_path / "triage.db", [str(SAMPLES)])
    async with app.run_test(size=size) as pilot:
        screen = await ready(pilot)
        assert screen.rows.rows[0].rule == "http-429-rate-limit"
        assert "429" in _text(pilot, "#body")
        await pilot.press("w")
        assert isinstance(app.screen, WhysScreen)
        await pilot.press(*"one key for all", "enter")
        await pilot.press(*"the fixture reads it once")
        await pilot.press("escape", "r", "e", "enter", "escape", "a")
        await pilot.press(*"one key a worker", "enter", *"Ann", "enter", *"+7", "enter")
        await pilot.pause()
        await pilot.press("x")
        assert isinstance(app.screen, ExportScreen)
        app.screen.query_one("#file", Input).value = "p.md"
        await pilot.press("enter")
        await pilot.pause()
    document = (tmp_path / "p.md").read_text("utf-8")
    assert "one key for all" in document
    assert "**Root cause:** the fixture reads it once" in document
    assert "one key a worker" in document
    assert "Ann" in document
    assert "evidence:" in document


async def test_answers_are_saved_while_they_are_typed(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        cluster = screen.rows.rows[0].id
        await pilot.press("w", *"half a senten")
        other = open_store(app.store_path)
        saved = ""
        while saved != "half a senten":  # the pilot's clock runs on; pytest's own time-out ends a failure
            await pilot.pause(0.05)
            found = find_investigation(other, cluster)
            assert found is not None
            saved = found.whys[0].answer


async def test_what_a_rule_asks_says_what_the_log_said(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        assert screen.rows.rows[0].rule == "http-429-rate-limit"
        await pilot.press("w")
        await pilot.pause()
        assert isinstance(app.screen, WhysScreen)
        asked = [row.suggestion for row in app.screen.notes.rows]
        assert "Does the client wait the 58 s that the answer asks for?" in asked


async def test_an_answer_opened_again_is_gone_on_with(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        cluster = screen.rows.rows[0].id
        await pilot.press(
            "w", *"one key", "escape", "escape", "w", *" for all", "escape", "enter", *"!", "escape"
        )
        found = find_investigation(app.db, cluster)
        assert found is not None
        assert found.whys[0].answer == "one key for all!"
        await pilot.press("f", *" Really", "enter")
        again = find_investigation(app.db, cluster)
        assert again is not None
        assert again.whys[0].question == f"{found.whys[0].question} Really"


async def test_enter_without_an_answer_stays_there(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("w", "enter", *"xv")
        assert app.screen.query_one("#answer", Input).value == "xv"


async def test_branch_detection_and_removal(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        cluster = screen.rows.rows[0].id
        await pilot.press(
            "w", *"first", "enter", "escape", "k", "k", "b", *"second", "escape", "d", *"no alarm", "escape"
        )
        found = find_investigation(app.db, cluster)
        assert found is not None
        roots = found.children(None)
        assert [why.answer for why in roots][:1] == ["first"]
        assert "no alarm" in [why.answer for why in roots]
        assert "second" in [why.answer for why in found.whys]
        await pilot.press("delete")
        await pilot.press("y")
        after = find_investigation(app.db, cluster)
        assert after is not None
        assert "no alarm" not in [why.answer for why in after.whys]


async def test_mark_tag_and_verdict_on_many(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        first, second = screen.rows.rows[0].id, screen.rows.rows[1].id
        await pilot.press("space", "space", "v", "3")
        await pilot.press("g", "space", "space", "t", *"nightly, owner-ann,", "enter")
        rows = {row.id: row for row in clusters(app.db)}
        for id_ in (first, second):
            assert rows[id_].verdict is Verdict.FLAKY
            assert set(rows[id_].tags) == {"nightly", "owner-ann"}
        assert sum(row.verdict is Verdict.FLAKY for row in rows.values()) == 2
        await pilot.press("g", "space", "space", "t", *"-nightly", "enter")
        assert {row.tags for row in clusters(app.db) if row.tags} == {("owner-ann",)}


async def test_verdicts_on_many_are_replaced_only_when_told(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        first = screen.rows.rows[0].id
        await pilot.press("v", "3", "a", "v", "1", "n")
        verdicts = {row.id: row.verdict for row in clusters(app.db)}
        assert verdicts.pop(first) is Verdict.FLAKY
        assert set(verdicts.values()) == {Verdict.UNKNOWN}
        await pilot.press("v", "1", "y")
        assert {row.verdict for row in clusters(app.db)} == {Verdict.PRODUCT_BUG}
        await pilot.press("g", "v", "2")
        changed = [row.id for row in clusters(app.db) if row.verdict is Verdict.TEST_BUG]
        assert changed == [first], "no mark is left behind the act"


async def test_filter_narrows_while_typing_and_escape_clears(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        everything = len(screen.rows.rows)
        await pilot.press("slash", *"403 websocket")
        assert 0 < len(screen.rows.rows) < everything
        await pilot.press("enter", "escape")
        assert len(screen.rows.rows) == everything
        await pilot.press("slash", *"zzzznothing")
        assert len(screen.rows.rows) == 0
        await pilot.press("enter", "v", "t", "w", "x", "y", "space", "n")
        assert isinstance(app.screen, ClustersScreen)


async def test_a_filter_that_is_not_seen_takes_no_key(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        for _ in range(6):
            assert not isinstance(screen.focused, Input)
            await pilot.press("tab", "j")
        assert screen.query_one("#filter", Input).value == ""


async def test_every_part_of_the_detail_says_something(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await ready(pilot)
        seen = set()
        for _ in PARTS:
            seen.add(_text(pilot, "#body"))
            await pilot.press("right")
        assert len(seen) == len(PARTS)
        assert app.screen.query_one(Detail).part == 0
        await pilot.press("n", "n", "N")
        assert app.screen.query_one(Detail).part == 1


async def test_evidence_begins_where_the_message_stands(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("right")
        await pilot.pause()
        told = _text(pilot, "#body").split("\n")[0]
        assert told.endswith(
            "E           RuntimeError: Failed to create test user: 429 Too Many Requests: rate limit exceeded for key nightly (retry after 58 s)"
        )
        seen = screen.query_one("Body").region
        assert seen.y <= screen.query_one("#body").region.y < seen.bottom


async def test_runs_show_totals_and_warnings(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("r")
        assert isinstance(app.screen, RunsScreen)
        assert "tests:" in _text(pilot, "#told")
        await pilot.press("j", "G", "g", "escape")
        assert isinstance(app.screen, ClustersScreen)


async def test_an_empty_store_says_how_to_start(tmp_path: Path) -> None:
    app = TriageApp(tmp_path / "empty.db", [])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        assert app.screen.has_class("-empty")
        for key in "wvtxy":
            app.clear_notifications()
            await pilot.press(key)
            assert [note.message for note in app._notifications] == [
                "No cluster here: press i to read results."
            ]
        await pilot.press("n", "right", "space", "a", "z", "escape")
        await pilot.press("i", *str(FRESH / "pytest" / "console-ci.txt"), "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert not app.screen.has_class("-empty")


async def test_a_bad_path_is_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    app = TriageApp(tmp_path / "t.db", [str(tmp_path / "gone.xml"), str(FRESH / "pytest" / "console-ci.txt")])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        assert screen.rows.rows
        assert any("gone.xml" in note.message for note in app._notifications)
        assert "1 not read" in _text(pilot, "#status")
        await pilot.press("r")
        assert "gone.xml: no such file" in _text(pilot, "#unread")


async def test_what_is_known_already_is_not_news(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        app.clear_notifications()
        app.ingest([str(SAMPLES / "nightly-1-api.xml")])
        await ready(pilot)
        assert not app._notifications


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
async def test_every_dialog_opens_and_closes_at_any_size(app: TriageApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        for press in ("question_mark", "v", "t", "x", "i", "w", "r", "ctrl+p"):
            await pilot.press(press)
            await pilot.pause()
            assert not isinstance(app.screen, ClustersScreen), press
            await pilot.resize_terminal(70, 22)
            await pilot.press("escape", "escape")
            await pilot.pause()
            assert isinstance(app.screen, ClustersScreen), press
            await pilot.resize_terminal(*size)


async def test_mouse_chooses_and_opens(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await ready(pilot)
        await pilot.click("#clusters", offset=(10, 3))
        assert screen.rows.cursor == 3
        await pilot.click("PartBar", offset=(14, 0))
        assert screen.query_one(Detail).part == 1
        await pilot.click("#clusters", offset=(10, 3), times=2)
        await pilot.pause()
        assert isinstance(app.screen, WhysScreen)


async def test_the_palette_names_keys_as_they_are_typed(app: TriageApp) -> None:
    async with app.run_test() as pilot:
        await ready(pilot)
        said = {command.title: command.help for command in app.get_system_commands(app.screen)}
        assert said["Help"] == "key ?"
        assert said["Filter"] == "key /"


async def test_hostile_text_reaches_the_screen_as_text(tmp_path: Path) -> None:
    nasty = tmp_path / "nasty.xml"
    body = "[bold red]x[/] [@click=app.quit]y[/] \u202eoverride \u2603" + "w" * 3000
    nasty.write_text(
        f'<testsuite name="[b]"><testcase name="[/nope]"><failure message="{body}"/></testcase></testsuite>'
    )
    app = TriageApp(tmp_path / "t.db", [str(nasty)])
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "[bold red]x[/]" in _text(pilot, "#body")
        for key in ("right", "right", "right", "right", "w"):
            await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, WhysScreen)


async def test_the_form_and_the_end_of_the_name_agree(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("x", "backspace", "backspace", *"json")
        await pilot.pause()
        name, forms = app.screen.query_one("#file", Input), list(app.screen.query(Choice))
        assert [form.name for form in forms if form.value] == ["json"]
        assert [str(form.render())[:3] for form in forms] == ["( )", "( )", "(●)"]
        await pilot.press("tab", "down", "enter")
        await pilot.pause()
        assert name.value.endswith(".html")
        assert name.has_focus


async def test_an_export_replaces_a_file_only_when_told(app: TriageApp, tmp_path: Path) -> None:
    document = tmp_path / "mine.html"
    document.write_text("edited by hand")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for answer, kept in (("n", True), ("y", False)):
            if not isinstance(app.screen, ExportScreen):
                await pilot.press("x")
            app.screen.query_one("#file", Input).value = "mine.html"
            await pilot.press("enter")
            await pilot.pause()
            await pilot.press(answer)
            await pilot.pause()
            assert (document.read_text("utf-8") == "edited by hand") is kept
    assert document.read_text("utf-8").startswith("<!DOCTYPE html>"), "the name says which form"


@pytest.mark.parametrize("screen", [(), ("3",)])
async def test_nothing_covers_what_one_types_to_filter(app: TriageApp, screen: tuple[str, ...]) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press(*screen)
        app.notify("this database is old, and much is to be said about that; " * 3, timeout=60)
        await pilot.pause()
        await pilot.press("slash", "4", "2")
        await pilot.pause()
        box = app.screen.query_one(FilterInput)
        assert box.value == "42"
        assert app.screen.get_widget_at(box.region.right - 5, box.region.y)[0] is box


async def test_an_export_without_a_name_says_so(app: TriageApp, tmp_path: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("x")
        app.screen.query_one("#file", Input).value = "  "
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ExportScreen)
        assert [told.message for told in app._notifications] == ["Name a file to write, or press escape."]


@pytest.mark.parametrize("name", ["up.pdf", "x" * 300, "~nobody-here/x.md", "/", ".", "a\0b", "a\nb/\x1b[2J"])
async def test_a_name_that_no_file_can_have_is_told(app: TriageApp, name: str, tmp_path: Path) -> None:
    """Somebody may paste the summary into it."""
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("x")
        box = app.screen.query_one("#file", Input)
        box.value = name
        await pilot.press("tab", "down", "enter")
        await pilot.pause()
        box.value = name
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ExportScreen)
        [told] = app._notifications
        assert told.severity == "error"
        assert re.search("name (another|a) file", told.message)
    assert not (tmp_path / "up.pdf").exists()


async def test_of_two_keys_the_first_answers_a_dialog(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        row = screen.rows.rows[0].id
        await pilot.press("v")
        for character in "34":
            app.post_message(events.Key(character, character))
        await pilot.pause()
        assert isinstance(app.screen, InvestigationsScreen), (
            "the second one is for what the first has led back to"
        )
        assert screen in app.screen_stack
        assert {r.id: r.verdict for r in clusters(app.db)}[row] is Verdict.FLAKY


async def test_a_rule_that_was_begun_is_given_up_only_when_that_is_wanted(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("c", "escape")
        assert app.screen is screen, "nothing was typed"
        await pilot.press("c", "x", "escape", "n")
        assert isinstance(app.screen, RuleScreen)
        assert app.screen.query_one(TextArea).text.startswith("x")
        await pilot.press("escape", "y")
        assert app.screen is screen


async def test_lines_that_are_pasted_are_one(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("w")
        app.post_message(events.Paste("the key is shared\n  by both runs\n"))
        await pilot.pause()
        assert app.screen.query_one("#answer", Input).value == "the key is shared by both runs"


async def test_what_is_typed_is_kept_when_the_program_ends_at_once(app: TriageApp) -> None:
    """Also what was drawn already, but told to nobody yet."""
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert screen.rows.current is not None
        cluster = screen.rows.current.id
        await pilot.press("w")
        box = app.screen.query_one("#answer", Input)
        with box.prevent(Input.Changed):
            box.value = "the key is shared"
        app.exit()
    with closing(open_store(app.store_path)) as db:
        found = find_investigation(db, cluster)
    assert found is not None and found.whys[0].answer == "the key is shared"
