"""Long reading: a bar after a second, and Ctrl-C that keeps what was finished."""

from __future__ import annotations

import io
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call
from tests.conftest import SAMPLES
from triage.cli import progress
from triage.cli.progress import ReadingBar
from triage.ingest.logs.traces import _Growing as Growing
from triage.sources import taking as module
from triage.sources.watching import Reading


def test_ctrl_c_keeps_what_was_finished(triage: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = module.store, 0

    def stopped(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(module, "store", stopped)
    done = triage("ingest", SAMPLES)
    assert done.code == 130
    assert "read to their end are in the database" in done.err
    assert len(triage("runs", "--json").json["runs"]) == 2


def test_reading_is_told_in_two_steps(triage: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int, int | None]] = []
    monkeypatch.setattr(ReadingBar, "show", lambda _, r: seen.append((r.step, r.done, r.size)))
    path = SAMPLES / "nightly-1-api.xml"
    triage("ingest", path)
    size = path.stat().st_size
    assert seen[0] == ("checking", 0, size)
    assert ("checking", size, size) in seen and ("reading", size, size) in seen
    assert all(done <= size for _, done, _ in seen)


def test_extract_is_told_how_far_it_reads(
    triage: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also where most of the time goes into what was found, in a log too large to look at every line."""
    seen: list[tuple[str, int, int | None]] = []
    monkeypatch.setattr(ReadingBar, "show", lambda _, r: seen.append((r.step, r.done, r.size)))
    log = tmp_path / "dense.log"
    log.write_text(
        "".join(f"{'INFO quiet' + chr(10)}" * 9 + f"ERROR: lost request {n}\n" for n in range(90_000))
    )
    size = log.stat().st_size
    found = triage("extract", log, "--json")
    assert found.json["lines"] and "were left out" in found.err
    assert all(step == "reading" and total == size for step, _, total in seen)
    done = [count for _, count, _ in seen]
    assert done == sorted(done) and (done[0], done[-1]) == (0, size)
    assert max(after - before for before, after in pairwise(done)) <= 1 << 20


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("seconds", "drawn"), [(0.2, False), (1.5, True)])
def test_the_bar_comes_after_a_second(monkeypatch: pytest.MonkeyPatch, seconds: float, drawn: bool) -> None:
    clock = [0.0]
    terminal = _Terminal()
    monkeypatch.setattr(progress, "monotonic", lambda: clock[0])
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with ReadingBar() as bar:
        clock[0] = seconds
        bar.show(Reading("runs/\x1b[2Jnightly.xml", 1_000, 400, "reading"))
    assert ("nightly.xml" in terminal.getvalue()) == drawn
    assert "\x1b[2J" not in terminal.getvalue()


def test_no_bar_where_no_terminal_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = iter([0.0, 5.0, 10.0])
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    with ReadingBar() as bar:
        bar.show(Reading("a.xml", 10, 5, "reading"))
    assert pipe.getvalue() == ""


def test_a_log_is_searched_while_it_is_read(
    triage: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All the time goes into the search: a bar for the reading alone was gone before it was drawn."""
    log = tmp_path / "big.log"
    log.write_text("ERROR: the pump ran dry\nfine\n" * 60_000)
    events: list[str] = []
    real = Growing.finish
    monkeypatch.setattr(Growing, "finish", lambda self: events.append("found") or real(self))
    monkeypatch.setattr(ReadingBar, "show", lambda *_: events.append("read"))
    assert triage("extract", log, "-n", 3).code == 0
    assert "found" in events[: events.index("read", len(events) // 2)], (
        "found while there was still more to read"
    )
