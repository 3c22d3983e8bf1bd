"""Results that come in while the screen is open: what moves, what stays, how it is told, how it ends."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from xml.sax.saxutils import quoteattr

import pytest
from textual.pilot import Pilot

from tests.conftest import SAMPLES
from tests.tui.conftest import until
from tests.tui.test_terminal import Terminal
from triage.rules import Engine
from triage.sources import live
from triage.sources.live import Command, Followed, follow
from triage.sources.session import Session
from triage.store import Store, open_store
from triage.store.clusters import clusters
from triage.store.database import StoreError
from triage.store.runs import runs
from triage.tui.app import TriageApp
from triage.tui.feed import Feed, how_it_ended
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.confirm import ConfirmScreen
from triage.tui.screens.log import LogScreen
from triage.tui.screens.tests import TestsScreen
from triage.tui.terminal import notification
from triage.tui.widgets.live_bar import LiveBar

_LAMPS = ("the lamp is dark", "the pump ran dry", "no letter in the mailbox", "the door does not open")


class Written:
    """A report that grows a failure at a time, and is read when the test says so."""

    def __init__(self, path: Path) -> None:
        self._path, self._messages = path, list[str]()
        self._go, self._stop = Event(), Event()
        self.ends = False
        self.feed = Feed("make [bold]\x1b[2Jtest", self._sessions)

    def _sessions(self, db: Store, engine: Engine, stop: Event) -> Iterator[Session]:
        followed = Followed(db, engine)
        while not stop.is_set() and not self.ends:
            if self._go.wait(0.01):
                self._go.clear()
                yield followed.read([str(self._path)], anew=True)

    async def add(self, pilot: Pilot[None], *messages: str) -> None:
        """Until it is shown."""
        self._messages += messages
        cases = "".join(
            f'<testcase name="t{number}"><failure message={quoteattr(message)}/></testcase>'
            for number, message in enumerate(self._messages)
        )
        self._path.write_text(f'<testsuite name="s">{cases}</testsuite>')
        self._go.set()
        await until(pilot, lambda: self.feed.tests == len(self._messages))
        await pilot.pause()

    async def end(self, pilot: Pilot[None]) -> None:
        self.ends = True
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def listed(pilot: Pilot[None]) -> ClustersScreen:
    screen = pilot.app.screen_stack[1]
    assert isinstance(screen, ClustersScreen)
    return screen


def bar(pilot: Pilot[None]) -> str:
    return str(listed(pilot).query_one(LiveBar).render())


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path / "r.xml")


@pytest.fixture
def app(tmp_path: Path, written: Written) -> TriageApp:
    return TriageApp(tmp_path / "triage.db", [], feed=written.feed)


async def test_cursor_and_marks_stay_while_results_come(app: TriageApp, written: Written) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = listed(pilot)
        assert "0 tests so far" in bar(pilot)
        assert not screen.has_class("-empty")
        await written.add(pilot, *_LAMPS[:3])
        await pilot.press("j", "space", "k")
        marked, at = set(screen.marked), screen.rows.current
        assert marked and at is not None
        await written.add(pilot, _LAMPS[3], *[_LAMPS[2]] * 3)  # another is first now
        assert screen.rows.rows[0].title == _LAMPS[2]
        assert screen.rows.current is not None
        assert (screen.marked, screen.rows.current.id) == (marked, at.id)
        assert "7 tests so far" in bar(pilot)
        assert len(runs(app.db)) == 1


async def test_following_until_a_cursor_key(app: TriageApp, written: Written) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = listed(pilot)
        await pilot.press("F")  # nothing to go to yet
        for message in (*_LAMPS, _LAMPS[0]):
            await written.add(pilot, message)
            assert screen.rows.current is not None
            assert screen.rows.current.title == message
        assert bar(pilot).startswith("following")
        for key in ("k", "g", "pageup", "end"):
            await pilot.press(key)
            assert not screen.following, key
            await pilot.press("F")
            assert screen.rows.current.title == _LAMPS[0]
        await pilot.press("k")
        there = screen.rows.current
        await written.add(pilot, "the roof leaks")
        assert screen.rows.current is not None and there is not None
        assert screen.rows.current.id == there.id
        await pilot.press("F", "F")
        assert not screen.following


async def test_what_is_filtered_out_is_not_followed(app: TriageApp, written: Written) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = listed(pilot)
        await written.add(pilot, *_LAMPS)
        await pilot.press("F", "slash", *"pump", "enter")
        await written.add(pilot, "the roof leaks")
        assert [row.title for row in screen.rows.rows] == [_LAMPS[1]]
        await pilot.press("escape")
        assert len(screen.rows.rows) == 5


async def test_another_screen_is_not_disturbed(app: TriageApp, written: Written) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await written.add(pilot, *_LAMPS[:2])
        await pilot.press("w", *"because")
        await written.add(pilot, _LAMPS[2])
        await pilot.press(*" of it", "escape", "escape")
        assert len(listed(pilot).rows.rows) == 3
        assert app.db.conn.execute("SELECT answer FROM whys").fetchall() == [("because of it",)]


async def test_a_list_beside_the_clusters_follows(app: TriageApp, written: Written) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await written.add(pilot, _LAMPS[0])
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, TestsScreen) and len(app.screen.rows.rows) == 1)
        await written.add(pilot, _LAMPS[1])
        app._look_at_store()
        await until(pilot, lambda: isinstance(app.screen, TestsScreen) and len(app.screen.rows.rows) == 2)


async def test_the_end_is_told_and_quitting_does_not_ask_behind_it(app: TriageApp, written: Written) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await written.add(pilot, *_LAMPS)
        await written.end(pilot)
        assert re.fullmatch(r"ended after 0:\d\d, 4 tests: make \[bold\]test", bar(pilot))
        assert [note.message for note in app._notifications] == [bar(pilot)]
        await pilot.press("q")
        assert app.return_code == 0


async def test_what_cannot_be_read_at_the_end_is_told(app: TriageApp, written: Written) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await written.add(pilot, _LAMPS[0])
        written._path.write_text("<html>502</html>")
        written._go.set()
        await until(pilot, lambda: bool(written.feed.unread))
        await written.end(pilot)
        assert "r.xml" in next(iter(app._notifications)).message
        assert "1 not read" in str(listed(pilot).query_one("#status").render())
        assert len(listed(pilot).rows.rows) == 1


async def test_without_a_command_there_is_nothing_to_follow(tmp_path: Path) -> None:
    app = TriageApp(tmp_path / "triage.db", [])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("F", "L")
        assert not listed(pilot).following
        assert not {"F", "L"} & set(app.screen.active_bindings)


def _running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> TriageApp:
    """An app on a Python program."""
    monkeypatch.setattr(live, "_EVERY", 0.01)
    script = tmp_path / "runner.py"
    script.write_text(text)
    command = Command([sys.executable, str(script)], tmp_path / "logs" / "run.log")
    feed = Feed("runner", lambda db, engine, stop: follow(db, engine, command, [], stop), command)
    return TriageApp(tmp_path / "triage.db", [], feed=feed)


_WAITS = "import time\nprint('ERROR: no mailbox', flush=True)\ntime.sleep(600)\n"


async def test_quitting_asks_and_ends_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = _running(tmp_path, monkeypatch, _WAITS)
    feed = app.feed
    assert feed is not None and feed.command is not None
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(listed(pilot).rows.rows))
        await pilot.press("q")
        assert isinstance(app.screen, ConfirmScreen)
        await pilot.press("x", "n", "q", "escape")
        assert feed.is_running and not feed.stop.is_set()
        assert "running for" in bar(pilot)
        await pilot.press("q", "y")
        await until(pilot, lambda: app._exit)
    assert feed.command.code == -15
    assert [row.title for row in clusters(open_store(tmp_path / "triage.db"))] == ["no mailbox"]


async def test_what_names_no_test_yet_shows_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pytest -q does, which prints a dot for each test and their names at its end."""
    said = r"'\x1b[32m...\x1b[0mF.\x07.'"
    app = _running(
        tmp_path, monkeypatch, f"import time\nprint({said}, end='', flush=True)\ntime.sleep(600)\n"
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bar(pilot).endswith("0 tests so far: runner  ...F.␇."))
        await pilot.press("ctrl+c")


async def test_ctrl_c_ends_both_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = _running(tmp_path, monkeypatch, _WAITS)
    feed = app.feed
    assert feed is not None and feed.command is not None
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(listed(pilot).rows.rows))
        await pilot.press("ctrl+c")
        assert feed.stop.is_set()
    assert feed.command.wait(20)
    assert feed.command.code == -15


async def test_the_output_is_kept_and_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = _running(tmp_path, monkeypatch, "print('ERROR: no mailbox'); raise SystemExit(3)")
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "ended with exit code 3 after 0:" in bar(pilot)
        await pilot.press("L")
        assert isinstance(app.screen, LogScreen)
        assert app.screen.view.log_file is not None
        assert app.screen.view.log_file.name == str(tmp_path / "logs" / "run.log")
        await pilot.press("escape", "l")
        assert isinstance(app.screen, LogScreen)


async def test_a_command_goes_on_when_nothing_can_be_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = tmp_path / "go"
    app = _running(
        tmp_path, monkeypatch,
        f"import os, time\nprint('ERROR: no mailbox', flush=True)\nwhile not os.path.exists({str(go)!r}): time.sleep(0.01)",
    )  # fmt: skip
    feed = app.feed
    assert feed is not None and feed.command is not None

    def full(*_: object) -> Iterator[Session]:
        raise StoreError("triage.db: database or disk is full; is the disk full?")
        yield

    monkeypatch.setattr(feed, "_sessions", full)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: bool(feed.unread))
        assert feed.is_running and feed.command.code is None
        go.touch()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "disk is full" in next(iter(app._notifications)).message
        assert bar(pilot).startswith("ended with exit code 0 after 0:")
    assert feed.command.log.read_text() == "ERROR: no mailbox\n"


def test_how_a_command_ended() -> None:
    assert [how_it_ended(code) for code in (0, 7, -9, -999, None)] == [
        "ended with exit code 0", "ended with exit code 7", "ended by SIGKILL", "ended with exit code -999", "ended",
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["osc9", "osc777"])
def test_nothing_in_a_notification_acts_on_the_terminal(how: str) -> None:
    hostile = "4;3;90\x07\x1b]52;c;x\x07\x9c\x1b\\\r\n" + "\x00" * 9 + "x" * 9_000
    written = notification(how, hostile)  # type: ignore[arg-type]
    inside = written.removeprefix("\x1b]").removesuffix("\x07")
    assert inside.isprintable()
    assert len(inside) < 250
    assert inside.count(";") == (1 if how == "osc9" else 3)
    assert notification("bell", hostile) == "\x07"


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    made: list[Terminal] = []

    def start(script: str, *options: str) -> Terminal:
        (tmp_path / "runner.py").write_text(script)
        words = (
            "run",
            "--db",
            str(tmp_path / "triage.db"),
            *options,
            "--",
            sys.executable,
            str(tmp_path / "runner.py"),
        )
        made.append(Terminal(*words, size=(100, 30)))
        return made[-1]

    yield start
    for terminal in made:
        if terminal.process.poll() is None:  # a killed one leaves its command behind
            terminal.process.terminate()
            terminal.process.wait(20)
        terminal.close()


def test_in_a_terminal_from_start_to_exit_code(terminals: Callable[..., Terminal], tmp_path: Path) -> None:
    feed, go = str(SAMPLES / "nightly-1-feed.txt"), tmp_path / "go"
    terminal = terminals(
        f"""
import os, sys, time
data = open({feed!r}, "rb").read()
os.write(1, data[: len(data) // 2])
while not os.path.exists({str(go)!r}):
    time.sleep(0.01)
os.write(1, data[len(data) // 2 :])
sys.exit(7)
""",
        "--notify", "osc9",
    )  # fmt: skip
    terminal.wait_for("running for")
    terminal.wait_for("with it fixed")  # a failure is there before the end
    assert "\x1b]9;" not in terminal.seen
    go.touch()
    terminal.wait_for("ended with exit code 7")
    while "\x1b]9;" not in terminal.seen:
        assert terminal.read()
    terminal.type("q")
    assert terminal.end() == 7
    assert "1 new cluster, 0 known; kept: " in terminal.seen.split("\x1b[?1049l")[-1]
    assert terminal.attributes == terminal.before


def _lives(process: int) -> bool:
    """Whether it does anything; what is dead may wait for somebody to ask for it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("way", ["q", "\x03", "term"])
def test_a_command_does_not_outlive_the_screen(
    terminals: Callable[..., Terminal], tmp_path: Path, way: str
) -> None:
    child = tmp_path / "child"
    terminal = terminals(
        f"""
import pathlib, subprocess
child = subprocess.Popen(["sleep", "600"])
pathlib.Path({str(child)!r}).write_text(str(child.pid))
print("ERROR: no mailbox", flush=True)
child.wait()
"""
    )
    terminal.wait_for("no mailbox")
    if way == "term":
        terminal.process.terminate()
    else:
        terminal.type(way)
    if way == "q":
        terminal.wait_for("y or enter: yes")
        terminal.type("y")
    assert terminal.end() == 128 + 15
    assert not _lives(int(child.read_text()))
    assert terminal.attributes == terminal.before
    assert "Traceback" not in terminal.seen


def test_a_watched_directory_in_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "a.xml").write_text(
        '<testsuite name="s"><testcase name="t"><failure message="the lamp is dark"/></testcase></testsuite>'
    )
    terminal = Terminal("watch", "--db", str(tmp_path / "triage.db"), str(tmp_path / "w"), size=(100, 30))
    try:
        terminal.wait_for("watching for")
        terminal.wait_for("the lamp is dark")
        terminal.type("q")
        assert terminal.end() == 0
    finally:
        terminal.close()
