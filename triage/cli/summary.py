"""What ``triage PATH...`` prints where there is no terminal for the screen, and after ``triage ingest``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from triage.analysis.impact import count, overall, percent
from triage.cli.output import (
    complain,
    complain_of_rules,
    findings,
    outcomes,
    say,
    store_at,
    store_to_read,
    table,
)
from triage.cli.progress import ReadingBar
from triage.rules import CATEGORIES, load_engine
from triage.sources.session import Session, ingest_all
from triage.store import Store
from triage.store.clusters import ClusterRow, clusters
from triage.store.runs import runs

_MOST_SOURCES = 30
"""Of which it is said in a line of its own what was read."""


def print_summary(paths: list[str], db_path: Path | None) -> int:
    """Ingest ``paths``, print what was read of each, then totals and clusters of the database; the exit code."""
    db = store_at(db_path) if paths else store_to_read(db_path)
    session = read_into(db, paths)
    for result in session.results[:_MOST_SOURCES]:
        before = " (ingested before)" if result.known else ""
        say(f"{result.source}: {findings(result.format, result.totals, result.failures)}{before}")
    if more := len(session.results[_MOST_SOURCES:]):
        say(f"and {count(more, 'source')} more; 'triage runs' has all of them")
    print_clusters(db, clusters(db), "in the database: " if session.results else "")
    return 2 if session.errors else 0


def read_into(db: Store, paths: Sequence[str], scheduler: str | None = None) -> Session:
    """Ingest ``paths``, on the workers of ``scheduler`` where one is named; what to doubt and what could not be read goes
    to stderr."""
    engine, rule_errors = load_engine()
    complain_of_rules(rule_errors)
    try:
        with ReadingBar() as bar:
            session = ingest_all(db, paths, engine, bar.show, scheduler)
    except KeyboardInterrupt:
        complain("stopped: the sources that were read to their end are in the database, the others are not")
        raise
    for result in session.results:
        for warning in result.warnings:
            place = f"{result.source}:{warning.line}" if warning.line else result.source
            complain(f"{place}: {warning.text}")
    for error in session.errors:
        complain(error)
    return session


def print_clusters(db: Store, rows: list[ClusterRow], where: str = "") -> None:
    """The totals of all runs and a table of the clusters; ``where`` says of what."""
    all_runs = [run for run in runs(db) if run.same_as is None]
    totals = overall(run.totals for run in all_runs)
    say(
        f"{where}{count(len(all_runs), 'run')}, {outcomes(totals)};"
        f" pass rate {percent(totals.pass_rate)}; {count(len(rows), 'cluster')}"
    )
    if not rows:
        return
    columns = ["id", "tests", "fails", "new", "category", "verdict", "what it says"]
    cells = [
        [
            row.id[:8], row.tests, row.failures, "new" if row.new else "", CATEGORIES.get(row.category, ""),
            "" if row.verdict == "unknown" else row.verdict.label, row.title,
        ]
        for row in rows
    ]  # fmt: skip
    if all(row.verdict == "unknown" for row in rows):
        columns.remove("verdict")
        for line in cells:
            del line[5]
    table(columns, cells, stretch="what it says")
