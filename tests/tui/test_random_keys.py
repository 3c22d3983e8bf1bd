"""Whatever is pressed on whatever screen, whatever the store holds and however large the terminal is: no exception.

``TRIAGE_RANDOM_KEYS=1000`` presses so many on each screen instead of a few, ``TRIAGE_RANDOM_SEED`` other ones. Of what a state
machine finds, hypothesis gives the fewest keys.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from contextvars import copy_context
from pathlib import Path
from typing import TypeVar
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from textual import events
from textual.command import CommandPalette
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size
from textual.keys import _character_to_key
from textual.pilot import Pilot

from tests.conftest import SAMPLES
from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import open_store
from triage.tui.app import TriageApp
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.small import SmallScreen

_KEYS = int(os.environ.get("TRIAGE_RANDOM_KEYS", "8"))
_SEED = os.environ.get("TRIAGE_RANDOM_SEED", "1")

T = TypeVar("T")
_SIZES = ((1, 1), (20, 5), (60, 20), (80, 24), (140, 45))
_SPECIAL = (
    *("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab", "enter", "escape"),
    *("space", "backspace", "delete", "ctrl+p", "ctrl+s", "ctrl+d", "ctrl+u", "ctrl+f", "ctrl+a", "ctrl+k", "ctrl+w"),
    *("ctrl+v", "ctrl+z", "ctrl+left", "ctrl+home", "ctrl+end", "shift+down", "shift+end", "f1", "f5", "insert"),
)  # fmt: skip
_LETTERS = "abcdefghijklmnoprstuvwxyzADFGLNRS0123456789/:?!*+-,.#%_\"'()[]{}\\|^$~=<>;&@`"
_STRANGE = "é漢字👩‍👧🇩🇪עברית\u202e\u200b\u0301ﷺ"

_SCREENS = {
    "clusters": (),
    "filter": ("slash",),
    "saved filters": ("slash", "x", "ctrl+s", "y", "enter", "ctrl+o"),
    "detail": ("z",),
    "log": ("l",),
    "log search": ("l", "slash"),
    "whys": ("w",),
    "notes": ("w", "escape"),
    "tests": ("2",),
    "runs": ("3",),
    "investigations": ("w", *"yes", "4"),
    "rules": ("5", "slash"),
    "rule": ("c",),
    "export": ("x",),
    "verdict": ("v",),
    "choose": ("a", "m"),
    "prompt": ("t",),
    "ingest": ("i",),
    "send": ("exclamation_mark",),
    "action": ("w", "escape", "a"),
    "help": ("question_mark",),
    "palette": ("ctrl+p",),
}
"""The keys that lead from the clusters to each."""
_EMPTY = (
    "clusters",
    "filter",
    "saved filters",
    "detail",
    "tests",
    "runs",
    "rules",
    "ingest",
    "help",
    "palette",
)
"""Those that an empty store has."""

_JUNK = (
    "漢字かな交じり文が多すぎる 👩‍👧‍👦 🇩🇪 e\u0301\u0301\u0301 ｆｕｌｌ",
    "שלום \u202eoverride\u202c مرحبا ﷺ \u2066isolate",
    "[bold red]x[/] [@click=app.quit]y[/] [/nope] [link=file:///] \\[ [",
    "\x07bell \x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b5n \x00 nul \x7f \r\x08 \x85 \u2028",
    "w" * 100_000,
    "<a b='c'>&amp; %s {} {0} $x `y` \\u0041 --- - | > ! & * ? : #",
    "",
    "\n\n \t\n",
    "multi\nline\n" + "deep " * 3_000,
)


@pytest.fixture(params=["empty", "samples", "junk", "unwritable"])
def store(request: pytest.FixtureRequest, tmp_path: Path, engine: Engine) -> Path:
    path = tmp_path / "filled" / "triage.db"
    path.parent.mkdir()
    sources = {"empty": [], "junk": _junk(tmp_path)}.get(request.param, [str(SAMPLES)])
    with closing(open_store(path)) as db:
        if sources:
            ingest_all(db, sources, engine)
    return path


@pytest.fixture
def started(
    store: Path,
    tmp_path: Path,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Callable[[], TriageApp]:
    """A program on a copy of the store; it stays when it is told to quit, and reads nothing but one file, whatever
    somebody asks for."""
    ingest = TriageApp.ingest
    monkeypatch.setattr(TriageApp, "exit", lambda *_, **__: None)
    monkeypatch.setattr(
        TriageApp, "ingest", lambda self, _: ingest(self, [str(SAMPLES / "nightly-1-api.xml")])
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITOR", "true")

    def start() -> TriageApp:
        copied = Path(shutil.copy(store, tmp_path / "triage.db"))
        app = TriageApp(copied, [])
        app._use(engine, ())
        if request.node.callspec.id == "unwritable":
            app.db.conn.execute("PRAGMA query_only = 1")
        app.animation_level = "none"
        return app

    return start


def _junk(directory: Path) -> list[str]:
    report, log, runner = directory / "junk.xml", directory / "junk.log", directory / "junk.txt"
    cases = "".join(
        f"<testcase classname={_attribute(text[:300])} name={_attribute(text[-200:] + str(number))}>"
        f"<failure message={_attribute(text)}>{_attribute(text)[1:-1]} in trace {number}</failure>"
        f"<system-out>{_attribute(text * 2)[1:-1]}</system-out></testcase>"
        for number, text in enumerate(_JUNK * 2)
    )
    report.write_text(f"<testsuite name='[b]{_JUNK[0]}' hostname='\u202e[x]'>{cases}</testsuite>", "utf-8")
    log.write_bytes(
        b"".join(b"12:00:00 ERROR " + text.encode("utf-8", "replace") + b"\xff\xfe\n" for text in _JUNK)
    )
    runner.write_text(
        "\n".join(f"not ok {n} - {text}" for n, text in enumerate(_JUNK, 1)) + "\n1..9\n", "utf-8"
    )
    return [str(report), str(log), str(runner)]


def _attribute(text: str) -> str:
    """As XML can have it: without the characters that it forbids."""
    return quoteattr("".join(c for c in text if c >= " " or c in "\t\n\r"))


def _some_keys(chance: random.Random) -> Iterator[str | tuple[int, int]]:
    """Keys, and a new size now and then."""
    for _ in range(_KEYS):
        what = chance.random()
        if what < 0.04:
            yield chance.choice(_SIZES)
        elif what < 0.4:
            yield chance.choice(_SPECIAL)
        else:
            yield chance.choice(_STRANGE if what < 0.45 else _LETTERS)
    yield 80, 24


async def _do(pilot: Pilot[None], what: str | tuple[int, int]) -> None:
    """Press a key or be of another size; unlike the pilot's own ways, without a pause for the processor to be idle."""
    if isinstance(what, tuple):
        assert isinstance(pilot.app._driver, HeadlessDriver)
        pilot.app._driver._size = Size(*what)
        pilot.app.post_message(events.Resize(Size(*what), Size(*what)))
    else:
        name = _character_to_key(what) if len(what) == 1 else what
        pilot.app.post_message(events.Key(name, {"space": " "}.get(what, what if len(what) == 1 else None)))
    await pilot.pause(0)
    if pilot.app._exception is not None:
        raise pilot.app._exception


async def _home(pilot: Pilot[None]) -> None:
    """Back to the clusters; what is left open is closed."""
    await _do(pilot, (80, 24))
    while not isinstance(pilot.app.screen, ClustersScreen):
        if isinstance(pilot.app.screen, CommandPalette):
            await _do(pilot, "escape")  # it looks for commands until it is left in its own way
        elif isinstance(pilot.app.screen, SmallScreen):
            await pilot.pause()  # goes when the new size is told; another one may be below it
        else:
            await pilot.app.pop_screen()
    for key in ("escape", "escape", "escape", "home"):
        await _do(pilot, key)


def _screens(kind: str) -> dict[str, tuple[str, ...]]:
    return {name: way for name, way in _SCREENS.items() if kind != "empty" or name in _EMPTY}


async def test_random_keys(started: Callable[[], TriageApp], request: pytest.FixtureRequest) -> None:
    pressed: list[object] = []
    try:
        async with started().run_test(size=(80, 24), notifications=True) as pilot:
            for name, way in _screens(request.node.callspec.id).items():
                chance = random.Random(f"{_SEED} {name} {request.node.name}")
                await _home(pilot)
                pressed = ["home", *way]
                for key in way:
                    await _do(pilot, key)
                for key in _some_keys(chance):
                    pressed.append(key)
                    await _do(pilot, key)
                await pilot.pause()
    except BaseException as error:
        error.add_note(f"after these keys: {pressed}")
        raise


_WHAT = st.one_of(
    *[st.sampled_from(_SPECIAL)] * 4,
    *[st.sampled_from(_LETTERS)] * 5,
    st.sampled_from(_STRANGE),
    st.sampled_from(_SIZES),
)


def test_keys_as_a_state_machine(started: Callable[[], TriageApp], request: pytest.FixtureRequest) -> None:
    ways = _screens(request.node.callspec.id)

    class Keys(RuleBasedStateMachine):
        """A program of its own for each run, on any screen; what is pressed there may lead to any other."""

        def __init__(self) -> None:
            super().__init__()
            self._loop, self._context = asyncio.Runner(), copy_context()
            self._run = started().run_test(size=(80, 24), notifications=True)
            self._pilot = self._do(self._run.__aenter__())

        def _do(self, what: Coroutine[object, object, T]) -> T:
            return self._loop.run(what, context=self._context)

        @initialize(screen=st.sampled_from(list(ways)))
        def go(self, screen: str) -> None:
            for key in ways[screen]:
                self._do(_do(self._pilot, key))

        @rule(what=_WHAT)
        def press(self, what: str | tuple[int, int]) -> None:
            self._do(_do(self._pilot, what))

        def teardown(self) -> None:
            self._do(_do(self._pilot, (80, 24)))
            self._do(self._run.__aexit__(None, None, None))
            self._loop.close()

    run_state_machine_as_test(
        Keys,
        settings=settings(
            max_examples=4 if _KEYS < 100 else len(ways),
            stateful_step_count=max(_KEYS, 24),
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
