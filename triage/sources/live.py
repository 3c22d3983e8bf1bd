"""Results while they come in: of a command that runs, of a directory that is written to.

A file that changed is read again as a whole, and what it told before is forgotten in the same transaction: so what is
shown is always what reading the file at the end would show.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

from triage.escapes import strip_ansi
from triage.ingest import Source
from triage.ingest.begin import Begin
from triage.ingest.inputs import changed_results, holds_results
from triage.model import TriageError
from triage.rules import Engine
from triage.sources.session import Session, ingest_all
from triage.store import Store
from triage.store.database import is_busy

_EVERY = 1.0
"""Seconds between two looks at what a command has printed."""
_TICK = 0.1
"""Seconds between two looks at whether it is to end."""
_GRACE = 5.0
"""Seconds that a stopped command has to end by itself."""
_CHUNK = 1 << 16
_LINE = 1_000
"""Bytes of what was printed last that are looked at for the last line."""


class LiveError(TriageError):
    """A command cannot be started, a directory cannot be watched."""


class Followed:
    """Files that are read again whenever they changed."""

    def __init__(self, db: Store, engine: Engine) -> None:
        self._db, self._engine = db, engine
        self._states: dict[str, tuple[int, int]] = {}
        self._runs: dict[str, list[int]] = {}

    def read(
        self, names: Iterable[str], *, anew: bool = False, view: Callable[[Source], Source] | None = None
    ) -> Session:
        """Those of ``names`` that changed since they were read last (or all of them ``anew``), in one call of ingest; a
        file that cannot be read any more keeps what it told. ``view`` makes of each what is read of it."""
        changed = [name for name in names if self._changed(name) or anew]
        if not changed:
            return Session()
        session = ingest_all(self._db, changed, self._engine, instead_of=self._runs, view=view)
        for name in changed:
            # What is in an archive is called ARCHIVE!MEMBER.
            mine = [result for result in session.results if result.source.partition("!")[0] == name]
            if mine:
                self._runs[name] = [result.run_id for result in mine if not result.known]
        return session

    def _changed(self, name: str) -> bool:
        try:
            status = Path(name).stat()
        except OSError:
            return False  # gone: what it told stays
        state = (status.st_size, status.st_mtime_ns)
        changed = status.st_size > 0 and self._states.get(name) != state
        self._states[name] = state
        return changed


def watch(db: Store, engine: Engine, directory: Path, stop: Event) -> Iterator[Session]:
    """What is in ``directory``, then what changes in it, until ``stop`` is set.

    Raises:
        LiveError: it is no directory.
    """
    from watchfiles import Change
    from watchfiles import watch as changes

    expect_directory(directory)
    followed = Followed(db, engine)
    yield followed.read(changed_results(directory, 0))
    absolute = directory.resolve()
    for changed in changes(absolute, stop_event=stop, debounce=400, raise_interrupt=False):
        names = {name for kind, name in changed if kind is not Change.deleted and holds_results(Path(name))}
        # As they were called at first: else a file that changes would be another one.
        session = followed.read(sorted(str(directory / Path(name).relative_to(absolute)) for name in names))
        if session.results or session.errors:
            yield session


def expect_directory(directory: Path) -> None:
    """``directory`` can be watched.

    Raises:
        LiveError: it is none.
    """
    if not directory.is_dir():
        raise LiveError(f"{directory}: no directory to watch; name one")


class Command:
    """A command that runs, and the file that gets what it prints."""

    def __init__(self, words: Sequence[str], log: Path, echo: Callable[[bytes], object] = len) -> None:
        """Start it; ``echo`` is given what it prints, too, in a thread.

        Raises:
            LiveError: it cannot be started.
        """
        self.log = log
        self.name = shlex.join(words)
        self._said = b""
        log.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise LiveError(f"{words[0]}: {error.strerror}; is it installed, is it spelled so?") from None
        self._copier = Thread(target=self._copy, args=(echo,), daemon=True)
        self._copier.start()

    def _copy(self, echo: Callable[[bytes], object]) -> None:
        assert self._process.stdout is not None
        with self.log.open("wb", buffering=0) as log:
            while chunk := os.read(self._process.stdout.fileno(), _CHUNK):
                log.write(chunk)
                self._said = (self._said + chunk)[-_LINE:]
                echo(chunk)

    @property
    def last_line(self) -> str:
        """What it printed last: the line being written, or the one before; empty while there is none."""
        lines = strip_ansi(self._said.decode("utf-8", "replace")).replace("\r", "\n").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def wait(self, seconds: float) -> bool:
        """Whether it ended, and all it printed is in the file, within ``seconds``."""
        self._copier.join(seconds)
        if self._copier.is_alive():
            return False
        self._process.wait()
        return True

    def stop(self) -> None:
        """End it and all it started: first asked, then forced; nothing where it has ended already."""
        if self.wait(0):
            return  # its number may be another's by now
        for asked in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, asked)
            if self.wait(_GRACE):
                return


def follow(
    db: Store, engine: Engine, command: Command, results: Sequence[Path], stop: Event
) -> Iterator[Session]:
    """What ``command`` prints, as far as it has come; at its end that together with what it wrote to ``results``, files and
    directories. Its end is also that ``stop`` is set."""
    began = time.time() - 1  # a file system may know whole seconds only
    followed = Followed(db, engine)
    log, pause, missed = str(command.log), _EVERY, False
    while not (ended := _ended(command, pause, stop)) and not stop.is_set():
        looked = time.monotonic()
        try:
            session = followed.read([log], anew=missed, view=_whole_lines)
            missed = False
        except Exception as error:
            if not is_busy(error):
                raise
            missed = True  # it is there the next time
            continue
        # What is long is read less often: at most half of the time goes into it.
        pause = max(_EVERY, time.monotonic() - looked)
        if session.results:
            yield session
    if not ended:
        command.stop()
    written = [name for path in results for name in changed_results(path, began)]
    yield followed.read([log, *written], anew=True)


def _whole_lines(source: Source) -> Source:
    """``source`` without the line that is being written: it names a test that runs still, and would be told as broken."""
    with source.open() as stream:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - _CHUNK))
        size -= len(stream.read().rpartition(b"\n")[2])
    return Source(source.name, lambda: io.BufferedReader(Begin(source.open(), size)))


def _ended(command: Command, seconds: float, stop: Event) -> bool:
    """Whether ``command`` ended within ``seconds``; no longer is waited for than ``stop`` is unset."""
    until = time.monotonic() + seconds
    while not (ended := command.wait(max(0.0, min(_TICK, until - time.monotonic())))):
        if stop.is_set() or time.monotonic() >= until:
            break
    return ended


def log_for(words: Sequence[str], directory: Path) -> Path:
    """Where to keep what a command prints: named after it, so that all its runs are runs of one job."""
    name = re.sub(r"[^\w.]+", "-", " ".join([Path(words[0]).name, *words[1:]])).strip("-")[:60]
    return directory / f"{name}-{datetime.now():%Y-%m-%d-%H%M%S}.log"
