"""Keys that are changed in the configuration work, are shown, and are refused where they cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from tests.tui.conftest import NIGHTS, Open, ready
from triage.rules.packs import config_files, read_config
from triage.tui import live_rules
from triage.tui.app import TriageApp
from triage.tui.keymap import bindings, read_keys
from triage.tui.log_source import Desk, Place
from triage.tui.screens.log import LogScreen
from triage.tui.screens.tests import TestsScreen
from triage.tui.screens.verdict import VerdictScreen
from triage.tui.screens.whys import WhysScreen
from triage.tui.view_app import ViewApp
from triage.tui.widgets.key_bar import KeyBar


@pytest.fixture
def app(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TriageApp:
    monkeypatch.chdir(tmp_path)
    return opened(*NIGHTS)


def configured(text: str, whose: int = 1) -> Path:
    """Write the user's (0) or the project's (1) configuration."""
    path = config_files()[whose]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def told(app: App[None]) -> list[str]:
    """What was said; not that the configuration was read again, which was written when the program knew the old one."""
    return [note.message for note in app._notifications if note.message != live_rules.told(0)]


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def test_changed_keys_work_and_are_shown(app: TriageApp) -> None:
    configured('[keys]\nverdict = "B"\nwhys = ["W", "ctrl+e"]\ntests = "f2"\n', 0)
    configured('[keys]\nverdict = "?"\nhelp = "H"\ndown = ["down", "ctrl+n"]\n')
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await ready(pilot)
        assert not told(app)
        footer = {key.description: key.display for line in screen.query_one(KeyBar).lines for key in line}
        assert (footer["Verdict"], footer["Whys"], footer["Help"]) == ("?", "W", "H"), "the project's wins"
        await press(pilot, "v", "B")
        assert app.screen is screen
        await press(pilot, "ctrl+n", "j")
        assert screen.rows.cursor == 1, "j is none any more"
        await press(pilot, "question_mark")
        assert isinstance(app.screen, VerdictScreen)
        await press(pilot, "escape", "ctrl+e")
        assert isinstance(app.screen, WhysScreen)
        await press(pilot, *"e", "escape", "escape", "2")
        assert app.screen is screen
        await press(pilot, "H")
        said = "\n".join(str(part.render()) for part in app.screen.query(Static))
        assert "               ?  Say what it is" in said
        assert "          W ^e  Five whys" in said
        await press(pilot, "escape", "f2")
        assert isinstance(app.screen, TestsScreen)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('verdcit = "B"', "keys: nothing has the id 'verdcit'; did you mean 'verdict'?"),
        ('zzzzzz = "B"', "keys: nothing has the id 'zzzzzz'; docs/keys.md lists them"),
        ('verdict = "ctrl+paegup"', "there is no key 'ctrl+paegup'; did you mean 'ctrl+pageup'?"),
        ('verdict = "qqqqqqqq"', "there is no key 'qqqqqqqq'; docs/keys.md"),
        ('verdict = "hyper+x"', "there is no key 'hyper+x'"),
        ('verdict = ""', "verdict: expected a key, or a list of keys"),
        ("verdict = 7", "verdict: expected a key, or a list of keys"),
        ('verdict = ["B", 7]', "verdict: expected a key, or a list of keys"),
        ("verdict = []", "verdict: expected a key, or a list of keys"),
        ('verdict = "t"', "keys: verdict: 't' is 'tag' on the screen 'clusters' already"),
        ('verdict = "ctrl+c"', "'ctrl+c' is 'Quit' on the screen 'clusters' already"),
        ('whys-branch = "j"', "'j' is 'down' on the screen 'five whys' already"),
        ('tag = "B"\nverdict = "B"', "keys: verdict: 'B' is 'tag' on"),
        ('log-search = "v"', "'v' is 'log-select' on the screen 'log' already"),
        ("verdict", "not TOML"),
    ],
)
async def test_what_cannot_be_is_told_in_one_line_and_left_out(app: TriageApp, text: str, said: str) -> None:
    path = configured(f'[keys]\ncopy = "Y"\n{text}\n')
    keys, errors = read_keys([path])
    [error] = errors
    assert said in str(error) and str(path) in str(error) and "\n" not in str(error)
    assert "verdict" not in keys
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await ready(pilot)
        assert [said in message for message in told(app)] == [True]
        await press(pilot, "v")
        assert isinstance(app.screen, VerdictScreen)


async def test_the_keys_of_a_log(app: TriageApp, tmp_path: Path) -> None:
    configured('[keys]\nlog-search = "f3"\nlog-next = "f4"\nlog-wrap = "W"\ndown = "J"\n')
    log = tmp_path / "some.log"
    log.write_text("".join(f"line {n}\n" for n in range(200)))
    for program in (app, ViewApp(Place(str(log)), Desk())):
        async with program.run_test(size=(100, 30), notifications=True) as pilot:
            if program is app:
                await ready(pilot)
                await press(pilot, "l")
            screen = program.screen
            assert isinstance(screen, LogScreen)
            assert not told(program)
            at = screen.view.cursor
            await press(pilot, "j")
            assert screen.view.cursor == at
            await press(pilot, "J")
            assert screen.view.cursor > at
            await press(pilot, "slash")
            assert screen.view.has_focus
            await press(pilot, "f3")
            assert not screen.view.has_focus, "the question has it"


def test_two_can_change_places(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\nnext-part = "]"\ntag = "right"\n')
    assert read_keys([path]) == ({"next-part": "right_square_bracket", "tag": "right"}, [])
    path.write_text('[keys]\ntag = "v"\nverdict = "t"\n')
    assert read_keys([path]) == ({"tag": "v", "verdict": "t"}, [])
    path.write_text('[keys]\ntag = "v"\nverdict = "?"\n')
    keys, errors = read_keys([path])
    assert not keys and len(errors) == 2, "what is left out has its own key again"


@pytest.mark.parametrize("text", ["keys = 7", "[kyes]", "\xff"])
def test_a_file_that_is_wrong_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode("latin-1"))
    keys, [error] = read_keys([path, tmp_path / "none.toml"])
    assert not keys and str(path) in str(error)


def test_rules_and_keys_stand_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[rules]\noff = ["x"]\n[keys]\ntag = "T"\n')
    assert read_config(path).off == ("x",) and not read_config(path).errors
    assert read_keys([path]) == ({"tag": "T"}, [])


def test_an_id_is_one_thing_on_each_screen() -> None:
    for known in bindings().values():
        actions: dict[str, set[str]] = {}
        for binding in known:
            if binding.id:
                actions.setdefault(binding.id, set()).add(binding.action.removeprefix("app."))
        several = {id_ for id_, does in actions.items() if len(does) > 1}
        assert several in (set(), {"runs"}, {"log-next", "log-previous", "log-open"}), (
            "what shares a key, each at its time"
        )
