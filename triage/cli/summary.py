"""What ``triage PATH...`` prints where there is no terminal for the screen, and after ``triage ingest``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from triage.analysis.cascades import cascades, nested
from triage.analysis.expected import judged, rates
from triage.analysis.impact import count
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
from triage.rules import CATEGORIES
from triage.store import Store
from triage.store.clusters import ClusterRow, clusters
from triage.store.runs import totals_of_all

if TYPE_CHECKING:
    from triage.sources.session import Session

_MOST_SOURCES = 30
"""Of which it is said in a line of its own what was read."""
_MOST_PROPOSED = 3
"""Groups of clusters that are probably one."""


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
    from triage.cli.progress import ReadingBar
    from triage.rules import load_engine
    from triage.sources.session import ingest_all

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


def print_clusters(db: Store, rows: list[ClusterRow], where: str = "", among: int = 0) -> None:
    """The totals of all runs and a table of the clusters; ``where`` says of what, ``among`` how many there are where
    ``rows`` are only some."""
    totals, number = totals_of_all(db)
    say(
        f"{where}{count(number, 'run')}, {outcomes(totals)};"
        f" pass rate {rates(totals, judged(db))}; {count(max(among, len(rows)), 'cluster')}"
        + (f", {len(rows)} shown" if among > len(rows) else "")
    )
    if not rows:
        return
    columns = ["id", "tests", "fails", "new", "category", "verdict", "what it says"]
    cells = [
        [
            row.id[:8], row.tests, row.failures, "new" if row.new else "", CATEGORIES.get(row.category, ""),
            "" if row.verdict == "unknown" else row.verdict.label, "  " * (depth - 1) + "└ " * bool(depth) + row.title,
        ]
        for row, depth in nested(rows, cascades(db, rows))
    ]  # fmt: skip
    if all(row.verdict == "unknown" for row in rows):
        columns.remove("verdict")
        for line in cells:
            del line[5]
    table(columns, cells, stretch="what it says")
    _propose(db, rows)


def _propose(db: Store, rows: list[ClusterRow]) -> None:
    from triage.analysis.alike import alike
    from triage.store.moves import Decisions

    found = alike(rows, Decisions(db).kept)
    for one in found[:_MOST_PROPOSED]:
        ids = " ".join(cluster[:8] for cluster in one.clusters)
        say(
            f"{len(one.clusters)} differ in a word: {one.template[:200]}\n  'triage merge {ids}' makes them one"
        )
    if (more := len(found) - _MOST_PROPOSED) > 0:
        say(f"and {count(more, 'such group')} more; 'triage clusters --json' has all of them")
