"""Commands that read into the database or rank lines: ``ingest``, ``extract``, ``group``."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import click

from triage.analysis.impact import count
from triage.cli.output import (
    complain,
    db_option,
    json_option,
    nothing,
    print_json,
    say,
    store_at,
    store_to_read,
    table,
)
from triage.cli.progress import ReadingBar
from triage.ingest import IngestError, Source
from triage.ingest.text import is_binary
from triage.sources.session import Session
from triage.sources.watching import watched

_MAX_TEXT = 256 << 20


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--scheduler", metavar="ADDRESS", help="Read on the workers of a Dask scheduler (tcp://HOST:PORT)."
)
@db_option
@json_option
def ingest(paths: tuple[str, ...], scheduler: str | None, db_path: Path | None, as_json: bool) -> None:
    """Read results into the database. The same bytes twice change nothing."""
    from triage.cli.summary import read_into
    from triage.store.twins import twins

    db = store_at(db_path)
    session = read_into(db, paths, scheduler)
    same = twins(db)
    known = [result for result in session.results if result.known]
    if len(known) == 1:
        complain(f"{known[0].source}: was ingested before, nothing changed")
    elif known:
        complain(
            f"{len(known)} of {len(session.results)} sources were ingested before, nothing changed of them"
        )
    if as_json:
        print_json(
            {
                "runs": [
                    {
                        "id": result.run_id,
                        "source": result.source,
                        "format": result.format,
                        "known": result.known,
                        "totals": asdict(result.totals),
                        "failures": result.failures,
                        "same_as": same.get(result.run_id),
                        "warnings": [asdict(warning) for warning in result.warnings],
                    }
                    for result in session.results
                ],
                "clusters": {"new": len(session.new_clusters), "known": len(session.known_clusters)},
                "moved": session.moved,
                "errors": [str(error) for error in session.errors],
            }
        )
    elif session.results:
        _say_what_is_new(session, same)
        if session.note:
            say(session.note)
    sys.exit(2 if session.errors else 0)


def _say_what_is_new(session: Session, same: dict[int, int]) -> None:
    fresh = [result for result in session.results if not result.known]
    counted = [result for result in fresh if result.run_id not in same]
    tests, failures = sum(r.totals.tests for r in counted), sum(r.failures for r in counted)
    new = f"{len(fresh)} of {count(len(session.results), 'source')} new"
    if len(counted) < len(fresh):
        new += f" ({len(fresh) - len(counted)} of them describe the same runs)"
    if fresh and not tests and not failures:
        say(
            f"{new}: {nothing(fresh[0].format)}"
            if len(fresh) == 1
            else f"{new}: no tests and no failures in them"
        )
        return
    say(
        f"{new}: {count(tests, 'test')}, {count(failures, 'failure')},"
        f" {count(len(session.new_clusters), 'new cluster')}, {len(session.known_clusters)} known"
    )


def one_source(name: str) -> Source:
    """The single source behind ``name``.

    Raises:
        IngestError: there is none, or it is unreadable.
    """
    from triage.sources import resolve

    found = list(islice(resolve([name]), 2))
    if not found:
        raise IngestError(f"{name}: nothing to read")
    if len(found) > 1:
        raise IngestError(f"{name}: holds several results, and one is wanted; name the file")
    source = found[0]
    if isinstance(source, IngestError):
        raise source
    if not source.head:
        raise IngestError(f"{source.name}: empty file; nothing to read")
    if is_binary(source.head):
        raise IngestError(f"{source.name}: binary data, no text; name a log")
    return source


@click.command()
@click.argument("file")
@click.option("--baseline", metavar="PASSING", help="A log of the same job that passed.")
@click.option(
    "-n",
    "most",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Lines to print (all with --json).",
)
@db_option
@json_option
def extract(file: str, baseline: str | None, most: int, db_path: Path | None, as_json: bool) -> None:
    """The lines of a raw log that tell the failure, most telling first.

    Lines that a log of the same job that passed has as well stand back: the one named with --baseline, else the last
    one in the database whose name differs in numbers only (build-17.log, build-18.log).
    """
    from triage.analysis.extract import rank
    from triage.ingest.logs.passing import File

    source = one_source(file)
    passing = one_source(baseline) if baseline else known_baseline(source.name, db_path)
    if passing and not baseline:
        complain(f"compared with {passing.name}, the last run of this job that passed")
    with ReadingBar() as bar:
        log = File(watched(source, bar.show, "reading"))
        ranked = rank(log, File(watched(passing, bar.show, "reading")) if passing else None)
    found, (again, kinds) = ranked.lines, log.folded()
    if again:
        complain(f"{source.name}: of lines said again and again (of {kinds} kinds) {again} were left out")
    if ranked.left_out:
        complain(f"{source.name}: {ranked.left_out}")
    if as_json:
        print_json(
            {
                "lines": [
                    {"line": ln.number, "score": ln.score, "failure": ln.failure, "text": ln.text}
                    for ln in found
                ]
            }
        )
    elif not found:
        say(
            "nothing in it that a passing log does not have"
            if passing
            else "nothing in it sounds like a failure"
        )
    else:
        table(
            ("line", "score", "text"),
            [(ln.number, ln.score, ln.text) for ln in found[:most]],
            stretch="text",
        )


def known_baseline(source: str, db_path: Path | None) -> Source | None:
    """The log of the same job as ``source`` that passed last, as far as the database knows one."""
    from triage.store import default_path

    if db_path is None and not default_path().is_file():
        return None
    from triage.sources.baseline import Baselines

    return Baselines(store_to_read(db_path)).of(source)


@click.command()
@click.argument("file")
@json_option
def group(file: str, as_json: bool) -> None:
    """Group texts, one a line."""
    from triage.signature import explained, templates_of
    from triage.signature import group as group_texts

    texts = list(one_source(file).lines())
    numbers = group_texts(texts)
    if as_json:
        told = explained(texts, numbers)
        print_json(
            {
                "groups": numbers,
                "templates": [template for template, _ in told],
                "holes": [[asdict(values) for values in holes] for _, holes in told],
            }
        )
    else:
        sizes = Counter(numbers)
        rows = sorted(
            ((sizes[number], template) for number, template in enumerate(templates_of(texts, numbers))),
            reverse=True,
        )
        table(("texts", "template"), rows, stretch="template")
