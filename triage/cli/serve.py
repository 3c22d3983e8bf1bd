"""``triage serve``: the screens in a browser."""

from __future__ import annotations

import logging
import shlex
import socket
import sys
from pathlib import Path

import click

from triage.cli.output import complain, db_option, say
from triage.model import TriageError


class ServeError(TriageError):
    """The screens cannot be served."""


@click.command()
@click.argument("paths", nargs=-1)
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@db_option
def serve(paths: tuple[str, ...], port: int, host: str, db_path: Path | None) -> None:
    """Show the screens in a browser, on this machine only; reads PATHS into the database first."""
    try:
        from triage.tui.served import OwnServer, is_loopback
    except ImportError:
        raise ServeError(
            "serve: textual-serve is not installed; pip install 'triage[serve]' brings it"
        ) from None
    _expect_free(host, port)
    if not is_loopback(host):
        complain(
            f"{host}: whoever reaches this address can read the database and write to it, without a password"
        )
    where = ["--db", str(db_path)] if db_path else []
    # Each request would be a line.
    logging.disable(logging.INFO)
    say(f"http://{host}:{port} (ctrl+c ends it)")
    OwnServer(shlex.join([sys.executable, "-m", "triage", *where, *paths]), host, port).serve()


def _expect_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise ServeError(f"{host}:{port}: {error.strerror}; name another --port or --host") from None
