"""``triage probe``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from triage.cli.look import cluster_or_fail
from triage.cli.output import db_option, json_option, print_json, say, store_to_read


@click.command()
@click.argument("url")
@click.option(
    "-n", "requests", type=int, default=1, show_default=True, help="How many requests, one after the other."
)
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header to send.")
@click.option("--cluster", help="Attach what was seen to this cluster's investigation, as evidence.")
@db_option
@json_option
def probe(
    url: str,
    requests: int,
    headers: tuple[str, ...],
    cluster: str | None,
    db_path: Path | None,
    as_json: bool,
) -> None:
    """Send GET requests to URL and say which statuses and telling headers came back."""
    from triage.ingest.redact import redact
    from triage.probes import ProbeError, probe_http
    from triage.store.investigations import add_evidence, open_investigation
    from triage.whys import first_question

    pairs = [header.partition(":") for header in headers]
    if any(not value for _, _, value in pairs):
        raise ProbeError("a header is written as 'NAME: VALUE'")
    db = store_to_read(db_path) if cluster else None
    row = cluster_or_fail(db, cluster) if db is not None and cluster else None
    seen = probe_http(url, requests, {name.strip(): value.strip() for name, _, value in pairs})
    if db is not None and row is not None:
        question = first_question(row.title, row.tests, row.failures)
        investigation = open_investigation(db, row.id, row.title, question)
        add_evidence(db, investigation.id, redact(seen.summary()), source="probe")
    if as_json:
        print_json(asdict(seen))
    else:
        say(seen.summary())
