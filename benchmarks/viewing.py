"""A log of a gigabyte on the screen: ``triage view`` in a pseudo terminal, beside ``lnav`` and ``toolong``.

Each opens the log, goes to its end, back to its beginning, and searches for what stands in its last line.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import inputs
import start
from measure import Row, rates, skipped, timed, times
from terminal import Terminal

_PAGES, _STARTS = 30, 5
_IDLE = 4.0
"""Seconds for which nothing is done, to see what that costs."""
_LINE = "worker-"
"""What every line of the log has, and nothing else on the screens."""
_LAST = f"bye {inputs.LAST_WORD}"


@dataclass(frozen=True)
class _Viewer:
    name: str
    command: tuple[str, ...]
    end: str = "G"
    top: str = "g"
    find: str = "/"
    """What begins a search; empty where none is measured: one that goes to its hit by itself is."""
    page: str = "\x1b[6~"


@dataclass(frozen=True)
class _Figures:
    first: float
    """Seconds from the start of the process until a line of the log is drawn."""
    whole: float
    """Seconds from the start of the process until its last line is."""
    end: float
    """Seconds from the key that goes to the end until the last line is drawn."""
    search: float
    """Seconds from the first key of a search for it, from the beginning of the log, until it is drawn."""
    page: float
    """Seconds from the key for the next page until something is drawn; the median."""
    own: float
    """MiB of memory in the end, without pages of files."""
    peak: float
    """MiB at most, with them."""
    idle: float
    """Seconds of CPU time in a second in which nothing is done."""


def _figures(viewer: _Viewer, log: Path) -> _Figures:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        terminal = Terminal((*viewer.command, str(log)), scratch)
        try:
            first = terminal.seconds_until(_LINE, terminal.begun)
            pressed = terminal.press(viewer.end)
            end = terminal.seconds_until(_LAST, pressed)
            whole = time.perf_counter() - terminal.begun
            terminal.settle()
            pressed = terminal.press(viewer.top)
            terminal.seconds_until(inputs.FIRST_WORD, pressed)
            terminal.settle()
            page = median(terminal.seconds_to_draw(viewer.page) for _ in range(_PAGES))
            search = 0.0
            if viewer.find:
                terminal.press(viewer.find)
                terminal.settle()
                search = terminal.seconds_until(_LAST, terminal.press(f"{inputs.LAST_WORD}\r"))
                terminal.settle()
            idle = terminal.rest(_IDLE) / _IDLE
            return _Figures(first, whole, end, search, page, *terminal.memory(), idle)
        finally:
            terminal.close()


def viewing(scratch: Path, megabytes: int) -> Iterator[Row]:
    """The log on the screen, beside each of the others that is installed; the search beside ``grep`` as well."""
    log = scratch / "view.log"
    inputs.dated_log(log, megabytes << 20)
    size = log.stat().st_size / 1e6
    said = f"{size:,.0f} MB"
    command = (sys.executable, "-m", "triage", "view")
    ours = _figures(_Viewer("triage view", command), log)
    others = (
        _Viewer("lnav", ("lnav",), find=""),
        _Viewer("toolong", ("tl",), "\x1b[F", "\x1b[H", find=""),
    )
    for viewer in others:
        if shutil.which(viewer.command[0]) is None:
            yield skipped("a log on the screen", said, viewer.name, "not installed")
            continue
        peer = _figures(viewer, log)
        yield times("a log on the screen, first line", said, ours.first, viewer.name, peer.first)
        yield times("a log on the screen, first its last line", said, ours.whole, viewer.name, peer.whole)
        yield times("a log on the screen, next page", said, ours.page, viewer.name, peer.page)
        for name, mine, theirs in (
            ("memory of its own", ours.own, peer.own),
            ("peak memory with pages of files", ours.peak, peer.peak),
        ):
            yield Row(f"a log on the screen, {name}", said, "MiB", mine, viewer.name, theirs, mine / theirs)
        yield Row(
            "a log on the screen, CPU when idle", said, "ms/s", ours.idle * 1e3, viewer.name, peer.idle * 1e3,
            ours.idle / peer.idle if peer.idle else None,
        )  # fmt: skip
    empty = [sys.executable, "-c", start.EMPTY]
    firsts, empties = [], []
    for _ in range(_STARTS):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
            firsts.append(start.seconds_until([*command, str(log)], _LINE, own))
            empties.append(start.seconds_until(empty, "it is up", own))
    beside = "empty Textual app"
    yield times("a log on the screen, first line", said, median(firsts), beside, median(empties))
    yield times("a log on the screen, key to its end", said, ours.end, beside, median(empties))
    for name, words in (("one word", inputs.LAST_WORD), ("three words", "absent|nowhere|missing")):
        grep = ["grep", "-c", "-i", "-E", words, str(log)]
        seconds = timed(lambda grep=grep: subprocess.run(grep, capture_output=True))  # type: ignore[misc]
        if words == inputs.LAST_WORD:
            yield times(
                "a log on the screen, search typed and shown", said, ours.search, "grep -ciE", seconds
            )
        mine = timed(_search(log, words.lower()))
        yield rates(f"searching a log forward, {name}", said, "MB/s", size, mine, "grep -ciE", seconds)


def _search(log: Path, words: str) -> Callable[[], object]:
    from triage.viewer.opening import open_log, source_of
    from triage.viewer.search import Pattern, forward

    opened = open_log(source_of(str(log)))[0]
    return lambda: forward(opened, Pattern(words), 0)
