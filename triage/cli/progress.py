"""A bar on stderr for reading that takes longer than a second; nothing where no terminal is."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

from triage.escapes import visible

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from triage.sources.watching import Reading

_AFTER = 1.0
"""Seconds of silence."""


class ReadingBar:
    """Shows the source that is being read: how much of it, how fast, how long still."""

    def __init__(self) -> None:
        self._began = monotonic()
        self._wanted = sys.stderr.isatty()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._sources = 0
        self._step = ""

    def __enter__(self) -> ReadingBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, reading: Reading) -> None:
        """Take note of ``reading``; draw it if it is time."""
        self._sources += not reading.done
        if not self._wanted or monotonic() - self._began < _AFTER:
            return
        if self._bar is None:
            self._start()
        assert self._bar is not None
        assert self._task is not None
        name = visible(reading.name)
        if reading.step != self._step:
            self._step = reading.step
            self._bar.reset(self._task)
        self._bar.update(
            self._task,
            total=reading.size,
            completed=reading.done,
            description=f"{self._sources}: {reading.step} …{name[-40:]}",
        )

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._bar.start()
