"""100,000 failures in 2,000 clusters on the screen, in a pseudo terminal: from a key until all that it changes is drawn, the
first screen, and what it costs to do nothing, beside a Textual app with nothing but a list of as many rows."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import inputs
import start
from measure import Row, times
from terminal import Terminal

_RUNS = 100
_ROUNDS, _STARTS = 20, 5
_IDLE = 2.0
"""Seconds for which nothing is done."""
_SHOWN = "blocked"
"""What the detail of the first cluster says: the list is complete then."""
_LIST = (
    "from textual.app import App\nfrom textual.widgets import OptionList\n"
    "class Plain(App):\n    def compose(self):\n        yield OptionList(*(f'row {n} of a list' for n in range(2000)))\nPlain().run()"
)
_KEYS = {
    "cursor down": ("", "\x1b[B", ""),
    "page down": ("", "\x1b[6~", ""),
    "next part of the detail": ("", "\x1b[C", ""),
    "detail opened": ("", "z", "\x1b"),
    "detail closed": ("z", "z", ""),
    "detail closed by escape": ("z", "\x1b", ""),
    "filter, 1st character": ("/", "m", "\x1b"),
    "filter, 2nd character, which narrows": ("/m", "e", "\x1b"),
    "filter, 3rd character, which narrows": ("/me", "n", "\x1b"),
    "filter, 3rd figure of a number that only failures have": ("/12", "3", "\x1b"),
    "five whys opened": ("", "w", "\x1b\x1b"),
    "five whys closed": ("w\x1b", "\x1b", ""),
    "tests opened, their list a moment later": ("", "2", "\x1b"),
    "runs opened": ("", "3", "\x1b"),
    "rules opened": ("", "5", "\x1b"),
}
"""What is typed before the key, the key, and what leads back."""


def pressing(scratch: Path) -> Iterator[Row]:
    reports, store = scratch / "nightly", scratch / "nightly.db"
    inputs.nightly_reports(reports, _RUNS)
    command = [sys.executable, "-m", "triage", "--db", str(store)]
    subprocess.run(
        [*command, "ingest", str(reports)], cwd=start.ROOT, env={**os.environ, **start.own(str(scratch))},
        capture_output=True, check=True,
    )  # fmt: skip
    said = f"{_RUNS * 1_000:,} failures"
    plain = [sys.executable, "-c", _LIST]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
        ours, peer = Terminal(tuple(command), own), Terminal(tuple(plain), own)
        try:
            ours.seconds_until(_SHOWN, ours.begun)
            peer.seconds_until("row 1", peer.begun)
            ours.settle()
            peer.settle()
            beside = [peer.seconds_until_drawn("\x1b[B") for _ in range(_ROUNDS)]
            for name, (before, key, after) in _KEYS.items():
                taken = [_drawn(ours, before, key, after) for _ in range(_ROUNDS)]
                yield times(
                    f"key to screen, {name}", said, median(taken), "plain list, cursor down", median(beside)
                )
                yield times(
                    f"key to screen, {name}, 95th percentile",
                    said,
                    _most(taken),
                    "plain list, cursor down",
                    _most(beside),
                )
            ours.settle()
            idle = ours.rest(_IDLE) / _IDLE
            yield Row("CPU when idle", said, "ms/s", idle * 1e3, "one core", 1e3, idle)
        finally:
            ours.close()
            peer.close()
    firsts, empties = [], []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
        start.seconds_until(command, _SHOWN, own)  # the rules are in the cache from here on
        for _ in range(_STARTS):
            firsts.append(start.seconds_until(command, _SHOWN, own))
            empties.append(start.seconds_until([sys.executable, "-c", start.EMPTY], "it is up", own))
    yield times(
        "clusters and the first in full on the screen",
        said,
        median(firsts),
        "empty Textual app",
        median(empties),
    )


def _drawn(terminal: Terminal, before: str, key: str, after: str) -> float:
    if before:
        terminal.type(before)
    taken = terminal.seconds_until_drawn(key)
    if after:
        terminal.type(after)
    return taken


def _most(taken: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(taken, n=20)[-1]
