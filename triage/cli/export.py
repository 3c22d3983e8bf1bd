"""``triage export``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from triage.cli.look import cluster_or_fail
from triage.cli.output import db_option, store_to_read
from triage.export.documents import render
from triage.export.files import FORMATS, ExportError, format_in, write_document
from triage.export.report import gather


@click.command()
@click.argument("cluster")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="Default: what the name after -o ends with, else md.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a file instead of stdout.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if there is one.")
@db_option
def export(cluster: str, format_: str | None, output: Path | None, force: bool, db_path: Path | None) -> None:
    """A cluster with its investigation as a postmortem; CLUSTER is the beginning of its id."""
    if output is not None and not force and os.path.lexists(output):
        raise ExportError(f"{output}: is there already; name another file, or overwrite it with --force")
    form = format_ or (format_in(str(output)) if output else "") or "md"
    db = store_to_read(db_path)
    document = render(gather(db, cluster_or_fail(db, cluster)), form)
    if output is None:
        click.echo(document, nl=False)
    else:
        write_document(output, document)
        click.echo(f"wrote {output}", err=True)
