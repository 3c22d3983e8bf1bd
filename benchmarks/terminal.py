"""A program in a pseudo terminal: what is typed, how long until it is drawn, what it costs."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_CODES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][AB0]|[=>78])")
_PATIENCE = 120.0
_QUIET = 0.15


class Terminal:
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

    def type(self, keys: str) -> None:
        """Type ``keys`` one after the other, each when the one before is drawn: an escape is not the begin of the next."""
        for key in keys:
            os.write(self._master, key.encode())
            self.wait_for_quiet()

    def wait_for_quiet(self) -> None:
        """Until nothing is drawn any more."""
        while select.select([self._master], [], [], _QUIET)[0]:
            self._take()

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

    def seconds_until_drawn(self, key: str) -> float:
        """Seconds from ``key`` until the last of what it changes is drawn: nothing comes for ``_QUIET`` seconds then."""
        self.wait_for_quiet()
        last = begin = self.press(key)
        while select.select([self._master], [], [], _QUIET if last > begin else _PATIENCE)[0]:
            self._take()
            last = time.perf_counter()
        if last == begin:
            raise RuntimeError(f"drew nothing for {key!r}")
        return last - begin

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
