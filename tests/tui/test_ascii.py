"""Screens in ASCII: nothing else is drawn, and what the data says is there as far as the terminal can show it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.tui.conftest import Open, ready
from tests.tui.test_random_keys import _SCREENS
from tests.tui.test_terminal import Terminal
from triage.tui import ascii as module
from triage.tui.app import TriageApp
from triage.tui.ascii import plain
from triage.tui.log_source import Desk, Place
from triage.tui.terminal_app import wanted
from triage.tui.view_app import ViewApp

_PLAIN = "sample_logs/nightly-1-api.xml", "sample_logs/nightly-2-api.xml"


def drawn(pilot: Pilot[None]) -> str:
    """What stands on the terminal."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def strange(text: str) -> set[str]:
    return {sign for sign in text if sign != "\n" and not " " <= sign <= "~"}


@pytest.mark.parametrize("size", [(100, 30)])
@pytest.mark.parametrize("way", _SCREENS.values(), ids=_SCREENS)
async def test_every_screen_is_drawn_in_ascii(
    opened: Open, way: tuple[str, ...], size: tuple[int, int]
) -> None:
    app = opened(*_PLAIN)
    async with app.run_test(size=size, notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("space", *way)
        app.notify("Done … └ ✓", markup=False)
        await pilot.pause()
        before = drawn(pilot)
        app.use_ascii(True)
        await pilot.resize_terminal(size[0] + 1, size[1])  # all is drawn anew
        await pilot.pause()
        after = drawn(pilot)
        assert strange(before), "else this test could not fail"
        assert strange(after) == set()
        for key in ("down", "right", "left", "tab", "G"):
            await pilot.press(key)
            assert strange(drawn(pilot)) == set(), key


async def test_the_small_screen_and_the_empty_one(tmp_path: Path) -> None:
    app = TriageApp(tmp_path / "t.db", [])
    app.use_ascii(True)
    async with app.run_test(size=(80, 24)) as pilot:
        assert strange(drawn(pilot)) == set()
        await pilot.resize_terminal(40, 10)
        assert "too small" in drawn(pilot)
        assert strange(drawn(pilot)) == set()


async def test_a_log_in_ascii(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("é 漢字\n└── branch ✓\n" + "x" * 999 + "\n" * 99, "utf-8")
    app = ViewApp(Place(str(log)), Desk())
    app.use_ascii(True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        seen = drawn(pilot)
        assert "é 漢字" in seen
        assert "+-- branch v" in seen
        await pilot.press("end", "G", "slash", "x")
        assert strange(drawn(pilot)) <= set("é漢字")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "koi8-r", "euc-jp", "utf-8"])
@given(text=st.text(st.characters(exclude_categories=["C"])))
def test_what_is_drawn_can_be_written_and_is_as_wide(encoding: str, text: str) -> None:
    shown = plain(text, encoding)
    shown.encode(encoding)
    assert cell_len(shown) == cell_len(text)


def test_every_sign_has_a_form_of_its_width() -> None:
    for code, form in module._FORMS.items():
        assert form.isascii() and cell_len(form) == cell_len(chr(code)), chr(code)
    assert plain("".join(map(chr, range(0x2500, 0x25A0))), "ascii").isascii()
    assert "?" not in plain("".join(map(chr, range(0x2500, 0x25A0))), "ascii")
    assert plain("╭─╮│╰╯├┼ ██▌·", "ascii") == "+-+|++++ ##|."


def test_where_it_is_wanted() -> None:
    assert wanted("ANSI_X3.4-1968", {})
    assert wanted("utf-8", {"LC_ALL": "C"})
    assert not wanted("UTF-8", {"LC_ALL": "C.UTF-8", "LANG": "C"})


@pytest.mark.parametrize(
    ("options", "environment"),
    [(("--ascii",), {}), ((), {"LC_ALL": "C"}), ((), {"PYTHONIOENCODING": "latin-1"})],
    ids=["asked", "locale", "encoding"],
)
def test_in_a_terminal(tmp_path: Path, options: tuple[str, ...], environment: dict[str, str]) -> None:
    log = tmp_path / "r.xml"
    log.write_text(
        '<testsuite name="s"><testcase name="t"><failure message="漢 is dark"/></testcase></testsuite>'
    )
    terminal = Terminal(*options, "--db", str(tmp_path / "triage.db"), str(log), **environment)
    try:
        terminal.wait_for("with it fixed")
        terminal.type("v")
        terminal.wait_for("product bug")
        terminal.type("\x03")
        assert terminal.end() == 0
        assert strange(terminal.seen.replace("\x1b", "").replace("\r", "").replace("\x07", "")) == (
            {"漢"} if options else set()
        )
        assert options or "?? is dark" in terminal.seen
    finally:
        terminal.close()
