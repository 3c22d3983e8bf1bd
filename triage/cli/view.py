"""``triage view``: one log on the screen, without a database."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.output import ascii_option, db_path_option

if TYPE_CHECKING:
    from triage.ingest import Source

_AT_LINE = re.compile(r"(?P<file>.+?):(?P<line>\d{1,15})(?::\d*)?")


@click.command()
@click.argument("place", metavar="FILE[:LINE]")
@click.option("--baseline", metavar="PASSING", help="A log of the same job that passed, for the key p.")
@ascii_option
@db_path_option
def view(place: str, baseline: str | None, ascii_only: bool, db_path: Path | None) -> None:
    """Open a log of any size at a line.

    Compressed logs and members of archives (archive.zip!member.log) are seen through. The last log of the same job that
    passed, as far as the database knows one, opens beside it with the key p.
    """
    from triage.ingest import IngestError
    from triage.tui.log_source import Desk, Place
    from triage.viewer.opening import source_of

    name, line = _split(place)
    if not sys.stdout.isatty() or not sys.stdin.isatty():
        raise IngestError(f"{name}: there is no terminal to show it on; 'triage extract' prints what tells")
    found = source_of(name)
    passing = source_of(baseline) if baseline else None

    def beside(source: str) -> Source | None:
        from triage.cli.read import known_baseline

        return passing or known_baseline(source, db_path)

    from triage.tui.terminal import held

    with held() as before:
        from triage.tui.view_app import ViewApp

        app = ViewApp(Place(found.name, line), Desk(beside), before)
        app.use_ascii(ascii_only)
        app.run()
    sys.exit(app.return_code or 0)


def _split(place: str) -> tuple[str, int | None]:
    """The file, and the line behind a colon, unless there is a file of the whole name."""
    if not Path(place).exists() and (match := _AT_LINE.fullmatch(place)):
        return match["file"], int(match["line"])
    return place, None
