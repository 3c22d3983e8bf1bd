"""Whatever the terminal has of colours and cells: what is on it can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from rich.color import ColorSystem, ColorType
from rich.segment import Segment
from textual.widgets import OptionList, Static

from tests.tui.conftest import NIGHTS, Open, ready
from triage.model import Totals
from triage.tui.app import TriageApp
from triage.tui.colours import theme_for
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.runs import RunsScreen
from triage.tui.screens.small import SmallScreen
from triage.tui.widgets.key_bar import KeyBar

_KEYS = ("j", "space", "right", "right", "right", "right", "right", "left", "w", "escape", "escape", "r")
"""Through all screens that are not over another."""
_DRAWN = "█▉▊▋▌▍▎▏·▂▁▔─│╭╮╰╯▅▇▄▆▃ "


@pytest.fixture
def app(opened: Open) -> TriageApp:
    return opened(*NIGHTS)


def _words(app: TriageApp) -> Iterator[Segment]:
    for strip in app.screen._compositor.render_strips():
        yield from (segment for segment in strip if segment.text.strip(_DRAWN) and segment.style)


def _contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """The contrast ratio of WCAG 2, 1 to 21."""

    def luminance(colour: tuple[int, int, int]) -> float:
        parts = [c / 255 for c in colour]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_every_word_stands_out(app: TriageApp, theme: str) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        app.theme = theme
        await ready(pilot)
        await pilot.press("v", "3")
        seen = 0
        for key in _KEYS:
            await pilot.press(key)
            await pilot.pause()
            for segment in _words(app):
                assert segment.style and segment.style.color and segment.style.bgcolor
                colours = segment.style.color.triplet, segment.style.bgcolor.triplet
                assert colours[0] and colours[1], segment
                assert _contrast(*colours) > 4.2, (key, segment)
                seen += 1
        assert seen > 500


async def test_a_terminal_of_16_colours_is_drawn_in_its_own(app: TriageApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        app.theme = "ansi-dark"
        await ready(pilot)
        for key in _KEYS:
            await pilot.press(key)
            await pilot.pause()
            for segment in _words(app):
                assert segment.style and segment.style.color and segment.style.bgcolor
                colours = segment.style.color, segment.style.bgcolor
                assert all(c.type in (ColorType.DEFAULT, ColorType.STANDARD) for c in colours), segment
                assert colours[0].is_default or colours[0].number != colours[1].number, segment


async def test_without_colour_what_is_chosen_is_seen(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = opened(*NIGHTS)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        row = screen.rows.current
        assert row is not None
        assert any(row.title in segment.text and segment.style.reverse for segment in _words(app))  # type: ignore[union-attr]
        await pilot.press("v", "down")
        await pilot.pause()
        number = app.screen.query_one(OptionList).highlighted
        assert number is not None
        chosen = [
            segment.text[0]
            for segment in _words(app)
            if segment.style.underline and segment.text[0].isdigit()  # type: ignore[union-attr]  # headings are behind it
        ]  # fmt: skip
        assert chosen == [str(number + 1)]
        assert all(
            colour is None or colour.is_default
            for segment in _words(app)
            for colour in (segment.style.color, segment.style.bgcolor)  # type: ignore[union-attr]
        )


def test_the_theme_follows_the_terminal() -> None:
    assert theme_for(ColorSystem.TRUECOLOR, {}) == "textual-dark"
    assert theme_for(ColorSystem.TRUECOLOR, {"COLORFGBG": "0;default;15"}) == "textual-light"
    assert theme_for(ColorSystem.STANDARD, {"COLORFGBG": "15;0"}) == "ansi-dark"
    assert theme_for(ColorSystem.EIGHT_BIT, {"NO_COLOR": "", "COLORFGBG": "0;7"}) == "ansi-light"
    assert theme_for(ColorSystem.STANDARD, {"TEXTUAL_THEME": "nord"}) is None


@pytest.mark.parametrize("width", [60, 80, 100, 140, 200])
async def test_the_footer_has_whole_words_and_the_help(app: TriageApp, width: int) -> None:
    async with app.run_test(size=(width, 24)) as pilot:
        await ready(pilot)
        for key in ("", "w", "escape", "tab", "escape", "r"):
            await pilot.press(*[key] * bool(key))
            await pilot.pause()
            bar = app.screen.query_one(KeyBar)
            assert bar.size.height == len(bar.lines) <= 2
            for line, keys in enumerate(bar.lines):
                said = " ".join(f"{one.display} {one.description}" for one in keys)
                assert bar.render_line(line).text.rstrip() == said
                assert len(said) <= width
            if app.focused is None or not isinstance(app.screen, ClustersScreen):
                continue
            assert bar.lines[-1][-1].description == "Help"


@pytest.mark.parametrize(
    "keys",
    [
        (), ("w", "tab"), ("r",), ("z",), ("slash", "4"), ("question_mark",), ("x",), ("v",), ("i",),
        ("ctrl+p", "e"), ("w", "escape", "a"), ("space", "space", "m"),
    ],
)  # fmt: skip
async def test_a_terminal_too_small_says_so_and_all_is_back_when_it_is_not(
    app: TriageApp, keys: tuple[str, ...]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(*keys)
        before, focused = list(app.screen_stack), app.focused
        for width, height in ((59, 24), (80, 19), (1, 1)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert isinstance(app.screen, SmallScreen)
            for _ in range(200):  # it is told of the size in its own time
                if f"{width}x{height}" in str(app.screen.query_one(Static).render()):
                    break
                await pilot.pause()
            assert f"{width}x{height}" in str(app.screen.query_one(Static).render())
        await pilot.press("j", "q", "v", "enter", "escape", "question_mark", "ctrl+p", "space", "u")
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert app.screen_stack == before
        assert app.focused is focused


async def test_a_message_stands_on_the_line_on_top_and_alone(app: TriageApp) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        await pilot.press("m", "d", "m")
        await pilot.pause()
        [toast] = app.screen.query("Toast")
        assert toast.region.y == 0 and toast.region.height == 1


async def test_numbers_have_one_form(app: TriageApp) -> None:
    from triage.tui.texts import status_line

    said = status_line(Totals(tests=12_345, passed=1_000, failed=11_345), 1_234, [], 0, marked=2_000).plain
    assert all(number in said.replace("\u202f", " ") for number in ("12 345", "11 345", "1 234", "2 000"))


async def test_a_dialog_that_ends_while_the_terminal_gets_too_small(app: TriageApp) -> None:
    """It is the dialog that goes, not what says that there is no room."""
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("v")
        dialog = app.screen
        await pilot.resize_terminal(20, 5)
        assert isinstance(app.screen, SmallScreen)
        dialog.dismiss(None)
        await pilot.pause()
        assert isinstance(app.screen, SmallScreen)
        await pilot.resize_terminal(80, 24)
        assert app.screen is screen


async def test_a_dialog_that_ends_below_the_palette_takes_it_along(app: TriageApp) -> None:
    """Enter, and ctrl+p before it was heard."""
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("v")
        dialog = app.screen
        await pilot.press("ctrl+p")
        dialog.dismiss(None)
        dialog.dismiss(None)  # another key behind it
        await pilot.pause()
        assert app.screen is screen


@pytest.mark.parametrize("mode", ["", "runs"])
async def test_somebody_goes_elsewhere_while_the_terminal_gets_too_small(app: TriageApp, mode: str) -> None:
    """As the palette does, a moment after it was asked."""
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        wanted = screen.rows.rows[1].id
        await pilot.press("l")
        await pilot.resize_terminal(20, 5)
        if mode:
            app.action_mode(mode)
        else:
            app.show_cluster(wanted)
        await pilot.pause()
        assert isinstance(app.screen, SmallScreen)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        if mode:
            assert isinstance(app.screen, RunsScreen)
            await pilot.press("escape")
        else:
            assert screen.rows.current is not None and screen.rows.current.id == wanted
        assert app.screen is screen


@pytest.mark.parametrize("wanted", ["", "full"])
def test_nothing_glides_unless_it_is_wanted(wanted: str) -> None:
    """In a process of its own: the library reads it once."""
    told = "import triage.tui.app, textual.constants; print(textual.constants.TEXTUAL_ANIMATIONS)"
    environment = {key: value for key, value in os.environ.items() if key != "TEXTUAL_ANIMATIONS"}
    ran = subprocess.run(
        [sys.executable, "-c", told], env=environment | ({"TEXTUAL_ANIMATIONS": wanted} if wanted else {}),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == (wanted or "none")
