"""Other processes that read sources: on this machine, or (``cluster.py``) wherever a scheduler has some."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from functools import cached_property, partial
from multiprocessing.connection import wait
from typing import Protocol

from triage import __version__
from triage.ingest import IngestError
from triage.intake.tasks import Parcel, Taken, packed, take
from triage.rules import Rule

_WORTH = 1.5
"""Seconds of work from which on the start of other processes pays (measured: ``docs/scale.md``)."""
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers(Protocol):
    """Processes that take parcels."""

    width: int
    """Tasks that they work on at once."""
    worth: float
    """Seconds that reading takes here, from which on they are worth to be asked; at 0 nothing is read here."""

    def submit(self, parcels: Sequence[Parcel]) -> Future[list[Taken]]:
        """Ask one of them; see ``tasks.take``."""

    def result(self, parcels: Sequence[Parcel], asked: Future[list[Taken]]) -> list[Taken]:
        """The answer. A parcel that ends whoever opens it is an ``IngestError``; the others are read all the same."""

    def close(self) -> None:
        """End them now, whatever they are at."""


def deadly(parcel: Parcel) -> IngestError:
    """What is told of a source that ended the process that read it."""
    return IngestError(
        f"{parcel.name}: whoever reads it is ended (out of memory, or a crash); split it, or report it as a bug"
    )


class Local:
    """A process pool, started when it is first asked. Its processes are no forks of this one: the screen has threads."""

    def __init__(self, rules: Iterable[Rule], processes: int = CORES) -> None:
        self.width = processes
        self.worth = _WORTH if CORES > 1 else math.inf
        self._given = rules
        self._others = set(multiprocessing.active_children())
        self._pool: ProcessPoolExecutor | None = None
        self._starts = True
        """Whether a process can be started here, as far as is known."""

    @cached_property
    def _rules(self) -> bytes:
        return packed(self._given)

    def submit(self, parcels: Sequence[Parcel]) -> Future[list[Taken]]:
        try:
            try:
                return self._asked(parcels)
            except BrokenExecutor:
                self._pool = None
                return self._asked(parcels)
        except OSError as error:
            # The system allows no more processes: as if the one that was asked had broken off.
            refused: Future[list[Taken]] = Future()
            refused.set_exception(BrokenExecutor(str(error)))
            return refused

    def _asked(self, parcels: Sequence[Parcel]) -> Future[list[Taken]]:
        self._pool = self._pool or _pool(self.width)
        return _ask(self._pool, self._rules, parcels)

    def result(self, parcels: Sequence[Parcel], asked: Future[list[Taken]]) -> list[Taken]:
        try:
            return asked.result()
        except BrokenExecutor:
            # One of all that were under way did it: each is tried where it can end nobody else.
            return [self._alone(parcel) for parcel in parcels]

    def _alone(self, parcel: Parcel) -> Taken:
        if not self._starts:
            return take(__version__, self._rules, [parcel])[0]
        with _pool(1) as pool:
            try:
                _ask(pool, self._rules, ()).result()
            except (BrokenExecutor, OSError):
                # It is not the parcel: no process can be started here. A script that is its own main module, say, would have
                # to guard what it does.
                self._starts = False
                return take(__version__, self._rules, [parcel])[0]
            try:
                return _ask(pool, self._rules, [parcel]).result()[0]
            except BrokenExecutor:
                return deadly(parcel)

    def close(self) -> None:
        if self._pool is None:
            return
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - self._others:
            process.terminate()


def _pool(processes: int) -> ProcessPoolExecutor:
    # A fork server is a small process without threads; it has read the modules before it forks.
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([take.__module__])
    return ProcessPoolExecutor(processes, context, _prepare)


def _ask(pool: ProcessPoolExecutor, rules: bytes, parcels: Sequence[Parcel]) -> Future[list[Taken]]:
    asked = pool.submit(take, __version__, rules, parcels)
    if sys.version_info < (3, 11, 5):
        asked.add_done_callback(partial(_let_go, pool))
    return asked


def _let_go(pool: ProcessPoolExecutor, asked: Future[list[Taken]]) -> None:
    """Stop writing to a process that has ended: these versions of Python wait for it for ever (github.com/python/cpython,
    gh-94777); the later ones do what is done here."""
    if isinstance(asked.exception(), BrokenExecutor) and (queue := getattr(pool, "_call_queue", None)):
        queue._reader.close()


def _prepare() -> None:
    """Ctrl-C is for the process that asks, which ends the others; so does its own end, however it comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    with suppress(OSError):
        wait([sentinel])
    os._exit(1)
