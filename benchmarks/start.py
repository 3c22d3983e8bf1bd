"""How long until the clusters are on the screen: the program in a pseudo terminal, beside an empty Textual app."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from measure import Row, times

ROOT = Path(__file__).resolve().parents[1]
_CODES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
EMPTY = (
    "from textual.app import App\nfrom textual.widgets import Static\n"
    "class Empty(App):\n    def compose(self):\n        yield Static('it is up')\nEmpty().run()"
)
_SHOWN = "tests blocked"
"""What the detail says of the first cluster: the list is there too."""
_PATIENCE = 30.0


def seconds_until(command: list[str], text: str, scratch: str) -> float:
    """Seconds from the start of ``command`` in a 100x30 terminal until ``text`` is drawn; it is killed then.

    What the user has configured lies elsewhere: ``scratch`` stands in for its directories.

    Raises:
        RuntimeError: it ended, or took too long, before it drew the text.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **own(scratch)}
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, cwd=ROOT, env=environment
    )
    os.close(slave)
    drawn = ""
    try:
        while text not in _CODES.sub("", drawn):
            left = begin + _PATIENCE - time.perf_counter()
            if left <= 0 or not select.select([master], [], [], left)[0]:
                raise RuntimeError(f"{command} did not draw {text!r}")
            drawn += os.read(master, 1 << 16).decode("utf-8", "replace")
        return time.perf_counter() - begin
    except OSError:
        raise RuntimeError(f"{command} ended before it drew {text!r}") from None
    finally:
        process.kill()
        process.wait()
        os.close(master)


def own(scratch: str) -> dict[str, str]:
    """What the user has configured, and where nothing is: ``scratch`` stands in for the directories."""
    return {"XDG_CONFIG_HOME": scratch, "XDG_DATA_HOME": scratch, "XDG_CACHE_HOME": scratch}


def start_times(rounds: int = 5) -> tuple[float, float, float]:
    """Medians in seconds: ``triage sample_logs`` on a new database, ``triage`` on a filled one, an empty app.

    The first is the very first start: nor are the rules in the cache yet.
    """
    fresh, filled, empty = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            command = [sys.executable, "-m", "triage", "--db", f"{scratch}/triage.db"]
            fresh.append(seconds_until([*command, "sample_logs"], _SHOWN, scratch))
            subprocess.run(
                [*command, "ingest", "sample_logs"],
                cwd=ROOT,
                env={**os.environ, **own(scratch)},
                capture_output=True,
                check=True,
            )
            filled.append(seconds_until(command, _SHOWN, scratch))
            empty.append(seconds_until([sys.executable, "-c", EMPTY], "it is up", scratch))
    return median(fresh), median(filled), median(empty)


def starting() -> Iterator[Row]:
    """From the start of the process to the clusters, with and without ingesting first, beside an empty Textual app."""
    fresh, filled, empty = start_times()
    peer = "empty Textual app"
    yield times("clusters on the screen, new database", "triage sample_logs", fresh, peer, empty)
    yield times("clusters on the screen, filled database", "triage", filled, peer, empty)
