"""The log screen, driven as a person drives it: at a failure, without its file, searched, compared, picked from."""

from __future__ import annotations

import gzip
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import ClassVar

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from tests.conftest import ROOT, SAMPLES
from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import open_store
from triage.store.clusters import clusters, members
from triage.store.investigations import find_investigation
from triage.tui.app import TriageApp
from triage.tui.log_source import Desk, Place, log_of
from triage.tui.screens.clusters import ClustersScreen
from triage.tui.screens.log import LogScreen
from triage.tui.screens.whys import WhysScreen
from triage.tui.view_app import ViewApp
from triage.tui.widgets.ask_bar import AskBar
from triage.tui.widgets.log_pane import LogPane

TRACE = """\
Traceback (most recent call last):
  File "/srv/shop/client.py", line 7, in get
    return self._http.get(url)
  File "/usr/lib/python3.11/site-packages/httpx/_client.py", line 1045, in get
    return self.request(
  File "/usr/lib/python3.11/site-packages/httpx/_client.py", line 814, in request
    return self.send(request)
ConnectionError: [Errno 111] db at 10.0.0.7:5432 refused the connection"""


def log_text(fails: bool = True, before: int = 300) -> str:
    lines = [
        f"10:00:{n % 60:02d} INFO step {chr(97 + n // 26 % 26)}{chr(97 + n % 26)} of the job, {n} ms"
        for n in range(before)
    ]
    return "\n".join([*lines, *(TRACE.split("\n") if fails else ["all is well"]), "10:09:00 INFO bye"]) + "\n"


@asynccontextmanager
async def viewing(
    path: Path, line: int | None = None, desk: Desk | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], LogScreen]]:
    app = ViewApp(Place(str(path), line), desk or Desk())
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, LogScreen)
        yield pilot, app.screen


async def settled(pilot: Pilot[None]) -> None:
    """Until nothing goes on in the background, and everything is drawn."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def number(screen: LogScreen) -> int | None:
    return screen.log_file.number(screen.view.cursor)


def drawn(screen: LogScreen) -> list[str]:
    view = screen.view
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


def told(screen: LogScreen, selector: str = "#place") -> str:
    return str(screen.query_one(selector, Static).render())


def name(screen: LogScreen, pane: str = "#log") -> str:
    return str(screen.query_one(f"{pane} .name", Static).render())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "build-2.log"
    path.write_text(log_text())
    return path


@pytest.fixture
def app(tmp_path: Path, log: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> TriageApp:
    """A store with a run that passed and one that failed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build-1.log").write_text(log_text(fails=False))
    with closing(open_store(tmp_path / "t.db")) as db:
        ingest_all(db, ["build-1.log", "build-2.log"], engine)
    return TriageApp(tmp_path / "t.db", [])


async def at_the_log(pilot: Pilot[None]) -> LogScreen:
    await settled(pilot)
    await press(pilot, "l")
    screen = pilot.app.screen
    assert isinstance(screen, LogScreen)
    return screen


async def test_a_log_opens_at_the_line(log: Path) -> None:
    async with viewing(log, 280) as (_, screen):
        assert number(screen) == 280
        assert any(row.endswith("279 ms") for row in drawn(screen))
        assert "line 280 of 309" in told(screen)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("G",), 309),
        (("end", "g"), 1),
        (("j", "j", "down", "k"), 3),
        (("ctrl+d", "ctrl+u"), 1),
        (("pagedown", "pagedown", "pageup"), 21),
        (("colon", "1", "2", "0", "enter"), 120),
        (("colon", "5", "0", "%", "enter"), 157),
        (("colon", "9", "9", "9", "9", "enter"), 309),
        (("colon", "0", "enter"), 1),
        (("colon", "x", "enter"), 1),
        (("G", "k", "k", "k"), 303),
    ],
)  # fmt: skip
async def test_moving(log: Path, keys: tuple[str, ...], line: int) -> None:
    async with viewing(log) as (pilot, screen):
        await press(pilot, *keys)
        assert number(screen) == line
        assert any(row[:7].strip(" ▶●") == str(line) for row in drawn(screen))


async def test_frames_of_libraries_fold_and_open(log: Path) -> None:
    async with viewing(log, 301) as (pilot, screen):
        assert any("⋯ 4 lines of libraries" in row for row in drawn(screen))
        await press(pilot, "j", "j", "j")
        assert number(screen) == 304
        await press(pilot, "enter")
        assert not any("⋯" in row for row in drawn(screen))
        assert any("_client.py" in row for row in drawn(screen))
        await press(pilot, "z", "z")
        assert any("⋯" in row for row in drawn(screen))


async def test_a_search_goes_to_the_first_hit_while_one_types(log: Path) -> None:
    async with viewing(log) as (pilot, screen):
        await press(pilot, "slash", *"refused")
        assert number(screen) == 308
        assert screen.view.hits("was refused") == [(4, 11)]
        await press(pilot, "escape")
        assert number(screen) == 1
        assert screen.query_one(AskBar).pattern is None
        await press(pilot, "slash", *"step [ab]a", "enter", "n")
        assert number(screen) == 27
        await press(pilot, "n")
        assert number(screen) == 1
        assert "from the top again" in told(screen)
        await press(pilot, "N")
        assert number(screen) == 27
        assert "from the end again" in told(screen)
        await press(pilot, "escape")
        assert screen.query_one(AskBar).pattern is None
        assert number(screen) == 27


async def test_a_search_that_finds_nothing_or_is_no_pattern_stays(log: Path) -> None:
    async with viewing(log, 40) as (pilot, screen):
        await press(pilot, "slash", *"zzz")
        assert "not found" in told(screen)
        assert number(screen) == 40
        await press(pilot, *"(")
        assert "no pattern yet" in told(screen)
        await press(pilot, "enter", "n", "N")
        assert number(screen) == 40


async def test_what_is_inside_a_fold_is_found(log: Path) -> None:
    async with viewing(log) as (pilot, screen):
        await press(pilot, "slash", *"line 814", "enter")
        assert number(screen) == 306
        assert any("line 814" in row for row in drawn(screen))


async def test_long_lines_are_cut_scrolled_wrapped_and_searched(tmp_path: Path) -> None:
    path = tmp_path / "wide.log"
    path.write_bytes(
        b"short\n" + b"x" * 3_000_000 + b"needle" + b"y" * 1_000 + b"\nlast 80 " + b"z" * 100 + b"\n"
    )
    async with viewing(path, size=(60, 12)) as (pilot, screen):
        assert all(len(row) <= 60 for row in drawn(screen))
        await press(pilot, "slash", *"needle", "enter")
        assert number(screen) == 2
        assert any("needle" in row for row in drawn(screen))
        await press(pilot, "0", "l", "right", "h", "w")
        rows = drawn(screen)
        assert len([row for row in rows if "xxxx" in row]) > 3
        await press(pilot, "G")
        assert number(screen) == 3
        assert drawn(screen)[-1].strip("z ") == ""


async def test_selected_lines_are_copied_without_credentials(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("one\n\x1b[31mtwo\x1b[0m password=hunter2secret\nthree\n")
    async with viewing(path) as (pilot, screen):
        await press(pilot, "j", "v", "j")
        assert "2 lines selected" in told(screen)
        await press(pilot, "y")
        assert pilot.app.clipboard.startswith("two password=")
        assert pilot.app.clipboard.endswith("\nthree")
        assert "hunter2secret" not in pilot.app.clipboard
        await press(pilot, "escape")
        assert screen.view.picked_from is None


async def test_a_log_that_grows_is_followed_at_its_end(log: Path) -> None:
    async with viewing(log) as (pilot, screen):
        with log.open("a") as more:
            more.write("added\n")
            more.flush()
            screen.query_one("#log", LogPane)._watch()
            await settled(pilot)
            assert number(screen) == 1
            await press(pilot, "G")
            assert number(screen) == 310
            more.write("and\nmore")
            more.flush()
            screen.query_one("#log", LogPane)._watch()
            await settled(pilot)
        assert number(screen) == 312
        assert drawn(screen)[-1].endswith("more")


async def test_a_log_that_is_cut_off_or_removed_is_told(log: Path) -> None:
    async with viewing(log, 200) as (pilot, screen):
        pane = screen.query_one("#log", LogPane)
        log.write_text("anew\n")
        pane._watch()
        await settled(pilot)
        assert "cut off" in name(screen)
        assert drawn(screen)[0].endswith("anew")
        log.unlink()
        pane._watch()
        await settled(pilot)
        assert "removed" in name(screen)
        await press(pilot, "G", "j", "k", "slash", "a", "enter")
        assert number(screen) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "this log is empty"),
        (b"\n", ""),
        (bytes(range(256)) * 40, "␀"),
        ("dünn\r\n".encode("utf-16"), "dünn"),
        ("\u202eevil \u5bbd\u5b57 e\u0301 [bold]x[/bold] \x1b]0;title\x07\n".encode(), "<U+202E>evil 宽字 e\u0301 [bold]x[/bold]"),
    ],
    ids=["empty", "one empty line", "junk", "utf-16", "hostile"],
)  # fmt: skip
async def test_any_bytes_are_shown_and_harmless(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(data)
    async with viewing(path) as (pilot, screen):
        assert said in "\n".join(drawn(screen))
        keys = [
            "G",
            "g",
            "j",
            "k",
            "ctrl+d",
            "ctrl+u",
            "pageup",
            "l",
            "0",
            "w",
            "w",
            "z",
            "v",
            "y",
            "p",
            "n",
            "s",
            "space",
        ]
        await press(pilot, *keys, "slash", "a", "enter", "n", "N", "escape", "colon", "5", "enter")
        assert all(char.isprintable() for row in drawn(screen) for char in row)


async def test_a_compressed_log_is_seen_through(tmp_path: Path) -> None:
    path = tmp_path / "build.log.gz"
    path.write_bytes(gzip.compress(log_text(before=30_000).encode()))
    async with viewing(path, 30_001) as (pilot, screen):
        assert number(screen) == 30_001
        assert any("Traceback" in row for row in drawn(screen))
        await press(pilot, "e")
        assert any("no file" in note.message for note in pilot.app._notifications)


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with viewing(tmp_path / "gone.log") as (pilot, screen):
        assert "no such file" in name(screen)
        await press(pilot, "G", "j", "n", "slash", "colon", "v", "y", "e", "p", "z", "w", "enter")


async def test_the_log_of_a_cluster_opens_at_its_failure(app: TriageApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await at_the_log(pilot)
        assert number(screen) == 308
        assert "build-2.log" in name(screen)
        [sign] = [row for row in drawn(screen) if row.startswith("▶")]
        assert sign[1:7].strip() == "308", "the sign stands where the log opens"
        marks = screen.view.marks("ConnectionError: [Errno 111] db at 10.0.0.7:5432 refused the connection")
        assert marks
        await press(pilot, "escape")
        assert isinstance(app.screen, ClustersScreen)


async def test_lines_become_evidence_and_are_taken_back(app: TriageApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await at_the_log(pilot)
        cluster = clusters(app.db)[0].id
        await press(pilot, "space")
        found = find_investigation(app.db, cluster)
        assert found is not None
        [item] = found.evidence
        assert (item.line, item.source, item.why_id) == (308, "build-2.log", found.whys[0].id)
        assert item.text == TRACE.split("\n")[-1]
        assert any(row.startswith("●") for row in drawn(screen))
        await press(pilot, "g", "v", "j", "space")
        found = find_investigation(app.db, cluster)
        assert found is not None
        assert found.evidence[1].text.count("\n") == 1
        assert [row[:1] for row in drawn(screen)[:3]] == ["●", "●", ""] or drawn(screen)[2].startswith(" ")
        await press(pilot, "g", "v", "j", "space", "colon", "3", "0", "8", "enter", "space")
        left = find_investigation(app.db, cluster)
        assert left is not None and left.is_empty, "it may be brought back"


async def test_evidence_for_the_answer_in_the_whys(app: TriageApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "w", *"the db was down", "enter", "escape", "k", "l")
        screen = app.screen
        assert isinstance(screen, LogScreen)
        await press(pilot, "space", "escape")
        assert isinstance(app.screen, WhysScreen)
        found = find_investigation(app.db, clusters(app.db)[0].id)
        assert found is not None
        assert [item.line for item in found.evidence] == [308]
        rows = [line.text.plain for line in app.screen.notes.rows]
        assert any("(build-2.log:308)" in row for row in rows)


async def test_the_passing_log_stands_beside(app: TriageApp) -> None:
    async with app.run_test(size=(140, 30)) as pilot:
        screen = await at_the_log(pilot)
        await press(pilot, "p")
        other = screen.query_one("#beside", LogPane).view
        assert "build-1.log" in name(screen, "#beside")
        here = {screen.log_file.number(at) for at in screen.view.differing}
        assert here == set(range(301, 309))
        assert other.log_file is not None
        assert {other.log_file.line(at).text for at in other.differing} == {"all is well"}
        assert any(row.startswith("+") for row in drawn(screen))
        await press(pilot, "colon", "2", "5", "0", "enter")
        assert other.log_file.number(other.cursor) == 250
        assert other.cursor_row == screen.view.cursor_row
        await press(pilot, "tab", "j", "tab", "escape")
        assert not screen.has_class("-beside")


async def test_a_log_that_is_gone_or_has_changed(app: TriageApp, log: Path) -> None:
    log.write_text("something else\n" * 400)
    async with app.run_test(size=(120, 30)) as pilot:
        screen = await at_the_log(pilot)
        assert "has changed since it was read" in name(screen)
        await press(pilot, "s")
        assert "what is kept" in name(screen)
        assert number(screen) == 308
        assert any("refused the connection" in row for row in drawn(screen))
        await press(pilot, "s")
        assert any("something else" in row for row in drawn(screen))
        await press(pilot, "escape")
        log.unlink()
        screen = await at_the_log(pilot)
        assert "no such file" in name(screen)
        assert number(screen) == 308
        await press(pilot, "space")
        found = find_investigation(app.db, clusters(app.db)[0].id)
        assert found is not None
        assert found.evidence[0].line == 308


async def test_the_next_failure_may_be_in_another_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = TriageApp(tmp_path / "t.db", [str(SAMPLES)])
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        cluster = app.screen.rows.rows[0].id  # type: ignore[attr-defined]
        known = members(app.db, cluster)
        screen = await at_the_log(pilot)
        seen = []
        for _ in known:
            seen.append((screen.log_file.name, screen.place.line))
            await press(pilot, "n")
        assert seen == [(member.source, member.failure.source_line) for member in known]
        await press(pilot, "N")
        assert screen.place.member == known[-1]


async def test_the_editor_opens_where_the_cursor_is(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from triage.tui import editor

    asked: list[list[str]] = []
    monkeypatch.setenv("EDITOR", "hx")
    monkeypatch.setattr("subprocess.run", lambda words, check: asked.append(words))
    async with viewing(log, 302) as (pilot, screen):
        monkeypatch.setattr(pilot.app, "suspend", lambda: _nothing())
        await press(pilot, "e")
        assert asked == [["hx", f"{log}:302"]]
        code = tmp_path / "client.py"
        code.write_text("pass")
        log.write_text(log.read_text().replace("/srv/shop/client.py", str(code)))
        screen.query_one("#log", LogPane)._watch()
        await press(pilot, "e")
    assert asked[1] == ["hx", f"{code}:7"]
    assert editor.command("vim -u NONE", "-x", 3) == ["vim", "-u", "NONE", "+3", "./-x"]
    assert editor.command("'", "x", None) == ["'", "x"]


class _nothing:  # noqa: N801  (stands for a function)
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


async def test_a_thousand_keys_do_no_harm(app: TriageApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", lambda words, check: None)
    chance = random.Random(11)
    keys = [
        *"jkgGhl0wzovnNpesy", "colon", "slash", "space", "enter", "escape", "tab", "ctrl+d", "ctrl+u", "pagedown", "pageup", "home",
        "end", "left", "right", "question_mark", "a", "1", "(", "backspace", "down", "up",
        *["enter", "escape"] * 3,
    ]  # fmt: skip
    sizes = [(90, 20), (60, 20), (20, 5), (200, 60), (1, 1)]
    row = clusters(app.db)[0]
    places = log_of(app.db, app.engine, row, members(app.db, row.id)[0])
    again = _Again(places)
    async with again.run_test(size=sizes[0]) as pilot:
        for _ in range(50):
            for key in chance.choices(keys, k=20):
                # As fast as they come from a terminal: nobody waits for what the last one began.
                char = {"slash": "/", "colon": ":", "space": " "}.get(key, key)
                again.post_message(events.Key(key, char if len(char) == 1 else None))
            await pilot.pause()
            await pilot.resize_terminal(*chance.choice(sizes))
        await settled(pilot)
        assert again.opened > 1


class _Again(ViewApp):
    """Opens the log again whenever it is left."""

    CSS_PATH: ClassVar[list[str]] = [str(ROOT / "triage" / "tui" / "app.tcss")]  # type: ignore[assignment]

    def __init__(self, places: tuple[list[Place], int, Desk]) -> None:
        super().__init__(places[0][0], places[2])
        self._places = places
        self.opened = 0

    async def on_mount(self, event: events.Mount) -> None:  # type: ignore[override]
        event.prevent_default()  # the library calls that of the class above too
        await self._open()

    async def _open(self) -> None:
        self.opened += 1
        await self.push_screen(LogScreen(*self._places), lambda _: self.call_later(self._open))
