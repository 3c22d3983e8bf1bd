"""Commands that go on while results come in: ``run``, ``watch``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from triage.analysis.impact import count
from triage.cli.output import ascii_option, complain, complain_of_rules, db_option, findings, say, store_at
from triage.cli.root import has_screen
from triage.rules import load_engine
from triage.sources.live import Command, expect_directory, follow, log_for
from triage.sources.live import watch as watch_directory
from triage.sources.session import Session
from triage.store import default_path
from triage.store.clusters import clusters

if TYPE_CHECKING:
    from triage.tui.terminal import Notify


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--results", multiple=True, type=click.Path(path_type=Path), metavar="PATH", help="A file or directory of results that the command writes; read at its end. Several are possible.")  # fmt: skip
@click.option("--notify", type=click.Choice(["bell", "osc9", "osc777"]), help="Call you when it has ended: a bell, or a notification of the desktop in the way that your terminal knows.")  # fmt: skip
@ascii_option
@db_option
def run(
    command: tuple[str, ...],
    results: tuple[Path, ...],
    notify: Notify | None,
    ascii_only: bool,
    db_path: Path | None,
) -> None:
    """Run COMMAND (put -- before it) and read what it prints, as it comes; its exit code is the one of triage.

    On a terminal the screen shows what comes, else what it prints is passed on. It is kept beside the database, in
    triage.logs.
    """
    with closing(store_at(db_path)) as db:
        before = {row.id for row in clusters(db)}
    log = log_for(command, (db_path or default_path()).with_suffix(".logs"))
    on_screen, code = has_screen(), 0
    running = Command(command, log) if on_screen else Command(command, log, _pass_on)
    try:
        if on_screen:
            found, code = _shown(running, results, notify, ascii_only, db_path)
        else:
            found = _printed(running, results, db_path)
    finally:
        running.stop()
    if notify and not on_screen and sys.stderr.isatty():
        from triage.tui.terminal import notification

        click.echo(notification(notify, f"{running.name} has ended"), err=True, nl=False)
    say(f"{count(len(found - before), 'new cluster')}, {len(found & before)} known; kept: {log}")
    ended = running.code or 0
    sys.exit(code or (ended if ended >= 0 else 128 - ended))


def _shown(
    running: Command, results: tuple[Path, ...], notify: Notify | None, ascii_only: bool, db_path: Path | None
) -> tuple[set[str], int]:
    """Follow it on the screen: the clusters of what it told, and the exit code where something ended the screen."""
    from triage.tui import run as show
    from triage.tui.feed import Feed

    feed = Feed(running.name, lambda db, engine, stop: follow(db, engine, running, results, stop), running)
    code, unread = show([], db_path, feed, notify, ascii=ascii_only)
    for error in unread:
        complain(error)
    return feed.clusters, 0 if unread else code


def _printed(running: Command, results: tuple[Path, ...], db_path: Path | None) -> set[str]:
    engine, errors = load_engine()
    complain_of_rules(errors)
    with _ended() as stop, closing(store_at(db_path)) as db:
        *_, session = follow(db, engine, running, results, stop)
    _tell(session)
    return session.new_clusters | session.known_clusters


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@ascii_option
@db_option
def watch(directory: Path, ascii_only: bool, db_path: Path | None) -> None:
    """Read the results in DIRECTORY, then whatever is written there, until Ctrl-C.

    On a terminal the screen shows what comes.
    """
    expect_directory(directory)
    if has_screen():
        from triage.tui import run as show
        from triage.tui.feed import Feed

        feed = Feed(str(directory), lambda db, engine, stop: watch_directory(db, engine, directory, stop))
        sys.exit(show([], db_path, feed, ascii=ascii_only)[0])
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
