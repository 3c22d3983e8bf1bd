"""Commands that go on while results come in: ``run``, ``watch``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import click

from triage.analysis.impact import count
from triage.cli.output import complain, complain_of_rules, db_option, findings, say, store_at
from triage.rules import load_engine
from triage.sources.live import Command, follow, log_for
from triage.sources.live import watch as watch_directory
from triage.sources.session import Session
from triage.store import default_path
from triage.store.clusters import clusters


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--results", multiple=True, type=click.Path(path_type=Path), metavar="PATH", help="A file or directory of results that the command writes; read at its end. Several are possible.")  # fmt: skip
@db_option
def run(command: tuple[str, ...], results: tuple[Path, ...], db_path: Path | None) -> None:
    """Run COMMAND (put -- before it) and read what it prints, as it comes; its exit code is the one of triage.

    What it printed is kept beside the database, in triage.logs.
    """
    db = store_at(db_path)
    engine, errors = load_engine()
    complain_of_rules(errors)
    log = log_for(command, (db_path or default_path()).with_suffix(".logs"))
    before = {row.id for row in clusters(db)}
    running = Command(command, log, _pass_on)
    with _ended() as stop, closing(db):
        *_, session = follow(db, engine, running, results, stop)
        _tell(session)
        found = session.new_clusters | session.known_clusters
        say(f"{count(len(found - before), 'new cluster')}, {len(found & before)} known; kept: {log}")
    sys.exit(running.code if running.code is not None and running.code >= 0 else 128 - (running.code or 0))


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@db_option
def watch(directory: Path, db_path: Path | None) -> None:
    """Read the results in DIRECTORY, then whatever is written there, until Ctrl-C."""
    db = store_at(db_path)
    engine, errors = load_engine()
    complain_of_rules(errors)
    with _ended() as stop, closing(db):
        for session in watch_directory(db, engine, directory, stop):
            _tell(session)


def _pass_on(chunk: bytes) -> None:
    sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def _tell(session: Session) -> None:
    for error in session.errors:
        complain(error)
    for result in session.results:
        say(f"{result.source}: {findings(result.format, result.totals, result.failures)}")
        for warning in result.warnings:
            complain(f"{result.source}:{warning.line}: {warning.text}" if warning.line else warning.text)


@contextmanager
def _ended() -> Iterator[Event]:
    """An event that Ctrl-C and SIGTERM set, instead of breaking off."""
    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
