"""What comes in while the screen is open: a command that runs, a directory that is written to."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from textwrap import shorten
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from triage.analysis.impact import count
from triage.escapes import visible
from triage.model import TriageError
from triage.store import open_store
from triage.store.database import telling
from triage.store.occurrences import last_cluster
from triage.store.runs import runs

if TYPE_CHECKING:
    from triage.rules import Engine
    from triage.sources.live import Command
    from triage.sources.session import Session
    from triage.store import Store

    Sessions = Callable[[Store, Engine, Event], Iterator[Session]]
    """What was read, step by step, until the event is set (see ``sources.live``)."""

_MOST_OF_A_NAME = 100


class Came(Message):
    """Something was read; it is in the store."""


class Ended(Message):
    """Nothing comes any more."""


class Feed:
    """What comes in, how far it is, and how to end it. Read in a thread, looked at by the screen."""

    def __init__(self, name: str, sessions: Sessions, command: Command | None = None) -> None:
        """``name``: of the command or the directory; ``command``: the one that runs, where there is one."""
        self.name = shorten(visible(name), _MOST_OF_A_NAME, placeholder=" ...")
        self.command = command
        self._sessions = sessions
        self.stop = Event()
        """Set it, and the feed ends soon."""
        self.has_ended = False
        self.unread: list[TriageError] = []
        """What could not be read."""
        self.clusters: set[str] = set()
        """In which anything came with what was read last: of a command that ended, all that it told."""
        self.last: str | None = None
        """The cluster of the failure that came last."""
        self.tests = 0
        """So far."""
        self._runs: dict[str, int] = {}
        self._began = monotonic()
        self._seconds: float | None = None

    @property
    def is_running(self) -> bool:
        """Whether quitting ends something that somebody may want to go on."""
        return self.command is not None and not self.has_ended

    @property
    def seconds(self) -> int:
        """Since it began, or from there to its end."""
        return int(monotonic() - self._began if self._seconds is None else self._seconds)

    def read(self, path: Path, engine: Engine, tell: Callable[[Message], object]) -> None:
        """Take what comes into the store at ``path`` until it ends; ``tell`` is called in the thread of the caller."""
        try:
            with telling(path), closing(open_store(path)) as db:
                for session in self._sessions(db, engine, self.stop):
                    self._take(db, session)
                    tell(Came())
        except TriageError as error:
            self.unread = [error]
            tell(Came())
            self._wait()
        finally:
            if self.command is not None:
                self.command.stop()
            self._seconds = monotonic() - self._began
            self.has_ended = True
            tell(Ended())

    def _wait(self) -> None:
        """What cannot be read is no reason to end a command: what it prints is kept."""
        while self.command is not None and not self.stop.is_set() and not self.command.wait(0.1):
            pass

    def _take(self, db: Store, session: Session) -> None:
        self.unread = list(session.errors)
        self.clusters = session.new_clusters | session.known_clusters
        read = {result.source: result.run_id for result in session.results}
        self._runs |= read
        self.tests = sum(run.totals.tests for run in runs(db, self._runs.values()) if run.same_as is None)
        self.last = last_cluster(db, read.values()) or self.last

    @property
    def told(self) -> str:
        """How far it is, in one line, with what the command said last: ``running for 0:12, 0 tests so far: pytest -q  ..F.``."""
        tests = count(self.tests, "test")
        code = self.command.code if self.command is not None else None
        if not self.has_ended:
            does = "watching" if self.command is None else "ending" if self.stop.is_set() else "running"
            reads = ", reading what is left" if code is not None else ""
            # A runner that names its tests only at its end shows how far it is in dots, if at all.
            line = self.command.last_line if self.command is not None else ""
            says = f"  {visible(line)}" if line else ""
            return f"{does} for {_clock(self.seconds)}, {tests} so far{reads}: {self.name}{says}"
        return f"{how_it_ended(code)} after {_clock(self.seconds)}, {tests}: {self.name}"


def how_it_ended(code: int | None) -> str:
    """The end of a process by its exit code, negative for a signal.

    >>> how_it_ended(-15)
    'ended by SIGTERM'
    """
    if code is None:
        return "ended"
    if code < 0:
        with suppress(ValueError):
            return f"ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _clock(seconds: int) -> str:
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"
