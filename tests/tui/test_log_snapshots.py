"""What the log screen looks like. After a wanted change: ``--snapshot-update``, and look at it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.test_log_screen import log_text, press, settled
from tests.tui.test_snapshots import LARGE, SMALL, Compare
from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import open_store
from triage.tui.app import TriageApp
from triage.tui.log_source import Desk, Place
from triage.tui.view_app import ViewApp

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names without directories, so that no picture shows where the test ran."""
    monkeypatch.chdir(tmp_path)
    colours = "\x1b[32mPASS\x1b[0m first\n\x1b[1;31mFAIL\x1b[0m second\n\ttabbed\t宽字 e\u0301\n"
    texts = {
        "build-1.log": log_text(fails=False),
        "build-2.log": log_text(),
        "empty.log": "",
        "colours.log": colours + "a line that is longer than the screen " * 8 + "\nlast\n",
    }
    for name, text in texts.items():
        Path(name).write_text(text)
    Path("junk.bin").write_bytes(bytes(range(256)) * 20)


@SIZES
@pytest.mark.parametrize(
    ("place", "keys"),
    [
        (Place("build-2.log", 303), ()),
        (Place("build-2.log", 304), ("enter", "v", "j")),
        (Place("build-2.log"), ("slash", *"step [bc]a", "enter", "n")),
        (Place("build-2.log"), ("slash", *"absent")),
        (Place("build-2.log"), ("slash", *"a(")),
        (Place("build-2.log"), ("colon", *"120")),
        (Place("build-2.log"), ("question_mark",)),
        (Place("empty.log"), ()),
        (Place("gone.log"), ()),
        (Place("junk.bin"), ()),
        (Place("colours.log"), ("j", "j")),
        (Place("colours.log"), ("w", "G")),
    ],
    ids=[
        "folded", "unfolded", "search", "no hit", "no pattern", "go to", "help", "empty", "missing", "junk", "colours",
        "wrapped",
    ],
)  # fmt: skip
def test_a_log(snap_compare: Compare, place: Place, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    async def prepared(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await press(pilot, *keys)

    assert snap_compare(ViewApp(place, Desk()), terminal_size=size, run_before=prepared)


@SIZES
@pytest.mark.parametrize(
    ("keys", "gone"),
    [((), False), (("space",), False), (("p",), False), (("s",), False), ((), True)],
    ids=["failure", "evidence", "passing", "kept", "gone"],
)
def test_the_log_of_a_failure(
    snap_compare: Compare,
    tmp_path: Path,
    engine: Engine,
    keys: tuple[str, ...],
    gone: bool,
    size: tuple[int, int],
) -> None:
    with closing(open_store(tmp_path / "t.db")) as db:
        ingest_all(db, ["build-1.log", "build-2.log"], engine)
    if gone:
        Path("build-2.log").unlink()

    async def prepared(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await press(pilot, "l", *keys)
        pilot.app.clear_notifications()

    assert snap_compare(TriageApp(tmp_path / "t.db", []), terminal_size=size, run_before=prepared)
