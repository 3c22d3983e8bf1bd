"""A log of a gigabyte on the screen: ``triage view`` in a pseudo terminal, beside ``lnav`` and ``toolong``.

Each opens the log, goes to its end, back to its beginning, and searches for what stands in its last line.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import inputs
import start
from measure import Row, rates, skipped, timed, times

ROOT = Path(__file__).resolve().parents[1]
_CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][AB0]|[=>78])")
_PATIENCE = 120.0
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


class _Terminal:
    """A program in a terminal of 100x30."""

    def __init__(self, command: tuple[str, ...], scratch: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        own = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), scratch)
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPATH": str(ROOT),
            **own,
        }
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            cwd=ROOT,
            env=environment,
        )
        os.close(slave)
        self._drawn = ""

    def press(self, keys: str) -> float:
        """Type ``keys``; when that was."""
        self._drawn = ""
        os.write(self._master, keys.encode())
        return time.perf_counter()

    def seconds_until(self, text: str, since: float) -> float:
        """Seconds from ``since`` until ``text`` is drawn.

        Raises:
            RuntimeError: it is not.
        """
        while text not in _CODES.sub("", self._drawn):
            left = since + _PATIENCE - time.perf_counter()
            if left <= 0 or not select.select([self._master], [], [], left)[0]:
                raise RuntimeError(f"never drew {text!r}: {_CODES.sub('', self._drawn)[-500:]!r}")
            self._take()
        return time.perf_counter() - since

    def seconds_to_draw(self, key: str) -> float:
        """Seconds from ``key`` until all is drawn that it changes, as far as it comes in one go."""
        while select.select([self._master], [], [], 0.1)[0]:
            self._take()
        begin = time.perf_counter()
        os.write(self._master, key.encode())
        if not select.select([self._master], [], [], _PATIENCE)[0]:
            raise RuntimeError(f"drew nothing for {key!r}")
        self._take()
        return time.perf_counter() - begin

    def _take(self) -> None:
        data = os.read(self._master, 1 << 16)
        if b"\x1b[c" in data:
            os.write(self._master, b"\x1b[?62c")  # who asks what the terminal is waits for an answer
        self._drawn = self._drawn[-100_000:] + data.decode("utf-8", "replace")

    def rest(self, seconds: float) -> float:
        """CPU seconds that go by in ``seconds``."""
        before, end = self._cpu(), time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._master], [], [], left)[0]:
                self._take()
        return self._cpu() - before

    def settle(self) -> None:
        """Wait until nothing goes on any more."""
        end = time.perf_counter() + _PATIENCE
        while self.rest(1.0) > 0.2 and time.perf_counter() < end:
            pass

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[float, float]:
        """MiB: now without pages of files, and at most with them."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = {name: int(kib) / 1024 for name, kib in re.findall(r"(\w+):\s+(\d+) kB", status)}
        return found["RssAnon"] + found["RssShmem"], found["VmHWM"]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)


def _figures(viewer: _Viewer, log: Path) -> _Figures:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        terminal = _Terminal((*viewer.command, str(log)), scratch)
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
