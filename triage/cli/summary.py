"""What ``triage PATH...`` prints where there is no terminal for the screen, and after ``triage ingest``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from triage.analysis.impact import count, overall, percent
from triage.cli.output import complain, say, store_at, table
from triage.cli.progress import ReadingBar
from triage.rules import load_engine
from triage.sources.session import Session, ingest_all
from triage.store import Store
from triage.store.clusters import ClusterRow, clusters
from triage.store.runs import runs


def print_summary(paths: list[str], db_path: Path | None) -> int:
    """Ingest ``paths``, print totals and clusters; the exit code."""
    db = store_at(db_path)
    session = read_into(db, paths)
    print_clusters(db, clusters(db))
    return 2 if session.errors else 0


def read_into(db: Store, paths: Sequence[str]) -> Session:
    """Ingest ``paths``; what could not be read, what was known before and what to doubt goes to stderr."""
    engine, rule_errors = load_engine()
    for rule_error in rule_errors:
        complain(rule_error)
    try:
        with ReadingBar() as bar:
            session = ingest_all(db, paths, engine, bar.show)
    except KeyboardInterrupt:
        complain("stopped: the sources that were read to their end are in the database, the others are not")
        raise
    for error in session.errors:
        complain(error)
    for result in session.results:
        for warning in result.warnings:
            place = f"{result.source}:{warning.line}" if warning.line else result.source
            complain(f"{place}: {warning.text}")
        if result.known:
            complain(f"{result.source}: was ingested before, nothing changed")
    return session


def print_clusters(db: Store, rows: list[ClusterRow]) -> None:
    """The totals of all runs and a table of the clusters."""
    all_runs = [run for run in runs(db) if run.same_as is None]
    totals = overall(run.totals for run in all_runs)
    say(
        f"{count(len(all_runs), 'run')}, {count(totals.tests, 'test')}: {totals.passed + totals.xpassed} passed, {totals.failed} failed,"
        f" {totals.errors} errors, {totals.skipped} skipped, {totals.xfailed} expected failures, {totals.flaky} flaky;"
        f" pass rate {percent(totals.pass_rate)}; {count(len(rows), 'cluster')}"
    )
    if not rows:
        return
    columns = ["id", "tests", "fails", "new", "category", "verdict", "what it says"]
    cells = [
        [
            row.id[:8], row.tests, row.failures, "new" if row.new else "", row.category.replace("_", " "),
            "" if row.verdict == "unknown" else row.verdict.label, row.title,
        ]
        for row in rows
    ]  # fmt: skip
    if all(row.verdict == "unknown" for row in rows):
        columns.remove("verdict")
        for line in cells:
            del line[5]
    table(columns, cells, stretch="what it says")
