"""Whatever ends the program or stops it for a while: the terminal is left as it was found."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from tests.conftest import SAMPLES
from tests.tui.test_terminal import Terminal

_MODES = (1000, 1003, 1004, 1006, 1015, 1049, 2004, 2048)
"""Mouse, focus, alternate screen, bracketed paste, resizing in band: what a screen turns on."""


def on(seen: str) -> set[int]:
    """The modes that are on behind ``seen``; 25 where the cursor is hidden, 7 where lines do not wrap."""
    state = {25: False, 7: False}
    for number, switch in re.findall(r"\x1b\[\?(\d+)([hl])", seen):
        state[int(number)] = (switch == "h") is (int(number) not in (25, 7))
    kitty = seen.count("\x1b[>") - seen.count("\x1b[<u")
    return {number for number in (*_MODES, 25, 7) if state.get(number)} | ({0} if kitty > 0 else set())


@pytest.fixture(params=["clusters", "log"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    log = str(SAMPLES / "nightly-2-warehouse.txt")
    words = ("view", log) if request.param == "log" else ("--db", str(tmp_path / "triage.db"), log)
    made = Terminal(*words)
    made.wait_for("line 1" if request.param == "log" else "with it fixed")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("way", "code"),
    [("q", 0), ("\x03", 0), (signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGHUP, 128 + signal.SIGHUP)],
)
def test_ended(terminal: Terminal, way: str | signal.Signals, code: int) -> None:
    assert {1049, 25, 1000, 2004} <= on(terminal.seen)
    if isinstance(way, str):
        terminal.type(way)
    else:
        terminal.process.send_signal(way)
    assert terminal.end() == code, terminal.seen[-2_000:]
    assert on(terminal.seen) == set()
    assert terminal.attributes == terminal.before
    assert "Traceback" not in terminal.seen


def test_the_terminal_is_closed(terminal: Terminal) -> None:
    """As when the connection breaks: the program ends."""
    terminal.hang_up()
    assert terminal.process.wait(20) == 128 + signal.SIGHUP


def test_the_terminal_of_another_session_is_closed(tmp_path: Path) -> None:
    """Nobody sends a signal then: it must not go on reading."""
    terminal = Terminal(
        "--db", str(tmp_path / "triage.db"), str(SAMPLES / "nightly-2-warehouse.txt"), controls=False
    )
    terminal.wait_for("with it fixed")
    terminal.hang_up()
    assert terminal.process.wait(20) == 128 + signal.SIGHUP
    terminal.close()


def _shown(written: str) -> list[str]:
    screen = pyte.Screen(80, 24)
    # What the emulator does not know, it shows: modes with a sign in front, and what sets the pointer's shape.
    pyte.Stream(screen).feed(re.sub(r"\x1b\[[<>=][\d;]*[a-z]|\x1b\][^\x07]*\x07", "", written))
    return list(screen.display)


@pytest.mark.parametrize("back", ["resumed", "asked"])
def test_all_is_drawn_anew_where_others_wrote(terminal: Terminal, back: str) -> None:
    """What stands there already is not written again, but others may have written over it."""
    terminal.wait_for_quiet()
    before, terminal.seen = _shown(terminal.seen), ""
    if back == "resumed":
        terminal.type("\x1a")
        terminal.wait_for_stop()
        terminal.process.send_signal(signal.SIGCONT)
    else:
        terminal.type("\x0c")
    while _shown(terminal.seen) != before:
        assert terminal.read()


@pytest.mark.parametrize("way", ["\x1a", signal.SIGTSTP])
def test_suspended_and_resumed(terminal: Terminal, way: str | signal.Signals) -> None:
    """As often as one likes; in between the shell has its terminal."""
    for time in range(2):
        if isinstance(way, str):
            terminal.type(way)
        else:
            terminal.process.send_signal(way)
        terminal.wait_for_stop()
        assert on(terminal.seen) == set()
        assert terminal.attributes == terminal.before
        terminal.seen = ""
        terminal.process.send_signal(signal.SIGCONT)
        terminal.resize(100 + time, 30)  # another size each time: all is drawn anew
        while not {1049, 25, 1000, 2004} <= on(terminal.seen):
            assert terminal.read()
        terminal.wait_for_quiet()  # the library does not expect to be stopped while it begins again
    terminal.type("q")
    assert terminal.end() == 0
    assert on(terminal.seen) == set()
    assert terminal.attributes == terminal.before
