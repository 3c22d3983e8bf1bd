"""``triage export``."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.look import cluster_or_fail
from triage.cli.output import db_option, store_to_read
from triage.export import FORMATS, gather, render
from triage.export.files import write_document


@click.command()
@click.argument("cluster")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="md", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a file instead of stdout.",
)
@db_option
def export(cluster: str, format_: str, output: Path | None, db_path: Path | None) -> None:
    """A cluster with its investigation as a postmortem; CLUSTER is the beginning of its id."""
    db = store_to_read(db_path)
    document = render(gather(db, cluster_or_fail(db, cluster)), format_)
    if output is None:
        click.echo(document, nl=False)
    else:
        write_document(output, document)
        click.echo(f"wrote {output}", err=True)
