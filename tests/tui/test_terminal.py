"""The program in a real terminal: what it draws, what it survives, what it leaves behind."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from triage.escapes import strip_ansi
from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import open_store
from triage.store.clusters import clusters
from triage.store.investigations import find_investigation

PATIENCE = 20.0
"""Seconds after which a terminal counts as hung."""


class Terminal:
    """A pseudo terminal with the program in it."""

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        pipe: Path | None = None,
        controls: bool = True,
        **environment: str,
    ) -> None:
        """``pipe``: a file that is piped into the program; ``controls``: whether its session has this terminal."""
        self._master, slave = pty.openpty()
        self.before = self.attributes
        program = [sys.executable, "-m", "triage", *arguments]
        self.resize(*size)
        self.process = subprocess.Popen(
            [*(["sh", "-c", f"cat '{pipe}' | \"$@\"", "sh"] if pipe else []), *program],
            stdin=slave, stdout=slave, stderr=slave, close_fds=True, start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if controls else None,  # what makes it /dev/tty
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
        )  # fmt: skip
        os.close(slave)
        self.seen = ""

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys: str | bytes) -> None:
        os.write(self._master, keys if isinstance(keys, bytes) else keys.encode())

    def read(self) -> bool:
        """Take what was drawn; False when the program has ended."""
        ready, _, _ = select.select([self._master], [], [], PATIENCE)
        assert ready, f"nothing was drawn for {PATIENCE} s; last was {self.seen[-300:]!r}"
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)

    def wait_for(self, text: str) -> None:
        hung = time.monotonic() + PATIENCE
        while text not in strip_ansi(self.seen):
            assert self.read(), f"ended before it showed {text!r}: {strip_ansi(self.seen)[-600:]!r}"
            assert time.monotonic() < hung, f"never showed {text!r}"

    def end(self) -> int:
        hung = time.monotonic() + PATIENCE
        while self.read():
            assert time.monotonic() < hung, "did not end"
        return self.process.wait()

    @property
    def attributes(self) -> list[object]:
        """What ``stty`` would say."""
        return termios.tcgetattr(self._master)

    def wait_for_stop(self) -> None:
        """Until the program is stopped, as by ctrl-z in a shell, and all is read that it wrote before."""
        hung = time.monotonic() + PATIENCE
        while not (os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOHANG)):
            assert time.monotonic() < hung, "was not stopped"
            if select.select([self._master], [], [], 0.05)[0]:
                self.read()
        while select.select([self._master], [], [], 0)[0]:
            self.read()

    def wait_for_quiet(self) -> None:
        """Until nothing is written any more."""
        while select.select([self._master], [], [], 0.3)[0]:
            self.read()

    def hang_up(self) -> None:
        """Close the terminal, as when its window is closed or the connection breaks."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "triage.db"


@pytest.fixture
def terminal(store: Path) -> Iterator[Terminal]:
    made = Terminal("--db", str(store), str(SAMPLES))
    yield made
    made.close()


def test_killed_while_typing(terminal: Terminal, store: Path) -> None:
    """``kill -9`` in the middle of a sentence: what had been saved is there, and the file is sound."""
    terminal.wait_for("HTTP 429: rate limit")
    terminal.wait_for("with it fixed")
    terminal.type("w")
    terminal.wait_for("because")
    terminal.type("the key is shared")
    db = open_store(store)
    cluster = clusters(db)[0].id
    saved = ""
    while saved != "the key is shared":  # saved within a second of the last key, without any further key
        terminal.read()
        found = find_investigation(db, cluster)
        saved = found.whys[0].answer if found else ""
        if saved != "the key is shared":
            terminal.type(
                "\x1b[C"
            )  # the cursor at the end stays where it is; the terminal has something to draw
    terminal.type(", and that is")
    os.kill(terminal.process.pid, signal.SIGKILL)
    assert terminal.process.wait() == -signal.SIGKILL
    db.close()
    db = open_store(store)
    found = find_investigation(db, cluster)
    assert found is not None
    assert found.whys[0].answer.startswith("the key is shared")
    assert db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not db.conn.execute("PRAGMA foreign_key_check").fetchall()
    db.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_while_typing(terminal: Terminal, store: Path, number: signal.Signals) -> None:
    """What was typed is saved, and the terminal is given back."""
    terminal.wait_for("with it fixed")
    terminal.type("w")
    terminal.wait_for("because")
    terminal.type("the key is shared")
    terminal.wait_for("the key is shared")
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    assert "\x1b[?1049l" in terminal.seen
    assert "\x1b[?25h" in terminal.seen
    assert terminal.echoes
    with closing(open_store(store)) as db:
        found = find_investigation(db, clusters(db)[0].id)
    assert found is not None
    assert found.whys[0].answer == "the key is shared"


def test_keys_typed_before_the_screen_is_there(store: Path, engine: Engine) -> None:
    """They act on the list, and show neither in a filter nor before the prompt."""
    with closing(open_store(store)) as db:
        ingest_all(db, [str(SAMPLES)], engine)
        third = clusters(db)[2].title
    terminal = Terminal("--db", str(store))
    try:
        terminal.type("jjw")
        terminal.wait_for(f"Five whys: {third}"[:60])
        before = terminal.seen.split("\x1b[?1049h")[0]
        assert before in ("", "jjw\r\x1b[K")
        terminal.type("\x03")
        assert terminal.end() == 0
        assert terminal.echoes
    finally:
        terminal.close()


@pytest.mark.parametrize(("more", "screen"), [((), False), ((str(SAMPLES / "nightly-1-api.xml"),), True)])
def test_what_cannot_be_read_is_told(store: Path, more: tuple[str, ...], screen: bool) -> None:
    """As in a pipe: a line for each, exit 2; a screen only where there is something to look at."""
    terminal = Terminal("--db", str(store), "nope.xml", *more)
    try:
        if screen:
            terminal.wait_for("1 not read")
            terminal.type("q")
        assert terminal.end() == 2
        assert ("\x1b[?1049h" in terminal.seen) is screen
        told = terminal.seen.split("\x1b[?1049l")[-1]
        assert "triage: nope.xml: no such file" in told
    finally:
        terminal.close()


def test_wrong_keys_and_resizing_do_no_harm(terminal: Terminal) -> None:
    terminal.wait_for("with it fixed")
    for size in ((20, 5), (1, 1), (200, 60), (80, 24)):
        terminal.resize(*size)
        terminal.process.send_signal(signal.SIGWINCH)
        terminal.type("jjjkkk\x1b[Z\x1b[200~[bold]junk[/bold]\x00\x1b]0;x\x07\x1b[201~GgnNzz\t\t")
    terminal.type("\x03")
    assert terminal.end() == 0, strip_ansi(terminal.seen)[-3_000:]
    assert "Traceback" not in terminal.seen


def test_bytes_that_are_no_characters(terminal: Terminal) -> None:
    """A terminal in another encoding, and a character that comes in two pieces."""
    terminal.wait_for("with it fixed")
    terminal.type(b"/\xc3")
    terminal.wait_for_quiet()
    terminal.type(b"\xbc")
    terminal.wait_for("\u00fc")
    terminal.type(b"\xff")
    terminal.wait_for("\ufffd")
    terminal.type("\x1b")
    terminal.type("\x1b[B")
    terminal.type("q")
    assert terminal.end() == 0
    assert "Traceback" not in terminal.seen


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("/gra", "1 shown"),
        ("tquit\r", "#quit"),
        ("wbecause it asks too often\r", "Why is it that because it asks too often?"),
        ("3/pricing\r", "1 shown"),
        ("l/429 Too\r", "25 %"),
        ("\x10postm", "Export postmortems"),
        ("?\x1b[27u/gra", "1 shown"),
    ],
)
def test_what_is_typed_at_once(terminal: Terminal, typed: str, shown: str) -> None:
    """As over a slow line, or by somebody who knows the keys: each acts where the ones before it led."""
    terminal.wait_for("with it fixed")
    terminal.type(typed)
    terminal.wait_for(shown)
    terminal.type("\x03")
    assert terminal.end() == 0


def test_keys_work_behind_a_pipe(store: Path) -> None:
    terminal = Terminal("--db", str(store), "-", pipe=SAMPLES / "nightly-2-warehouse.txt")
    try:
        terminal.wait_for("with it fixed")
        terminal.type("w")
        terminal.wait_for("because")
        terminal.type("\x03")
        assert terminal.end() == 0, strip_ansi(terminal.seen)[-3_000:]
    finally:
        terminal.close()


def test_no_color(store: Path) -> None:
    terminal = Terminal("--db", str(store), str(SAMPLES), NO_COLOR="1")
    try:
        terminal.wait_for("with it fixed")
        terminal.type("q")
        assert terminal.end() == 0, strip_ansi(terminal.seen)[-3_000:]
        colours = re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", terminal.seen)
        assert all(red == green == blue for red, green, blue in colours)
    finally:
        terminal.close()


@pytest.fixture
def view(tmp_path: Path) -> Iterator[Terminal]:
    """A log of 60 MB on the screen."""
    log = tmp_path / "large.log"
    with log.open("wb") as out:
        for part in range(60):
            out.write(b"".join(b"%07d INFO nothing to see\n" % (part * 40_000 + n) for n in range(40_000)))
        out.write(b"the very last of them\n")
    made = Terminal("view", str(log))
    yield made
    made.close()


def test_a_large_log_in_a_terminal(view: Terminal) -> None:
    """Its end, its beginning, a search as one types, and the way out."""
    view.wait_for("0000011 INFO")
    view.type("G")
    view.wait_for("the very last of them")
    view.type("gg/2000000")
    view.wait_for("line 2,000,001")
    view.type("\r")
    view.type("q")
    assert view.end() == 0, strip_ansi(view.seen)[-3_000:]
    assert "\x1b[?1049l" in view.seen
    assert view.echoes


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_log_is_left_as_the_list_is(view: Terminal, number: signal.Signals) -> None:
    view.wait_for("0000011 INFO")
    view.process.send_signal(number)
    assert view.end() == 128 + number
    assert "\x1b[?25h" in view.seen
    assert view.echoes
