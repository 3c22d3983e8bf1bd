"""Commands that change the grouping: ``merge``, ``split``, ``apart``, ``undo``, ``recluster``."""

from __future__ import annotations

from pathlib import Path

import click

from triage.analysis.impact import count
from triage.cli.look import NotFoundError, cluster_or_fail
from triage.cli.output import complain_of_rules, db_option, say, store_to_read


@click.command()
@click.argument("into")
@click.argument("clusters", nargs=-1, required=True)
@db_option
def merge(into: str, clusters: tuple[str, ...], db_path: Path | None) -> None:
    """Make CLUSTERS part of INTO, with all that comes later; each is the beginning of an id."""
    from triage.store import moves

    db = store_to_read(db_path)
    target = cluster_or_fail(db, into)
    others = [cluster_or_fail(db, cluster) for cluster in clusters]
    moves.merge(db, target.id, [other.id for other in others])
    merged = cluster_or_fail(db, target.id)
    say(
        f"{merged.id[:8]}  {merged.title}: {count(merged.tests, 'test')}, {count(merged.failures, 'failure')};"
        " 'triage undo' takes it back"
    )


@click.command()
@click.argument("cluster")
@click.argument("variant")
@db_option
def split(cluster: str, variant: str, db_path: Path | None) -> None:
    """Make one VARIANT of a CLUSTER a cluster of its own; 'triage show CLUSTER' lists them."""
    from triage.store import moves
    from triage.store.clusters import variants

    db = store_to_read(db_path)
    row = cluster_or_fail(db, cluster)
    found = [known for known in variants(db, row.id) if variant and known.signature.startswith(variant)]
    if len(found) != 1:
        count = "no variant" if not found else f"{len(found)} variants"
        raise NotFoundError(
            f"{variant}: {count} of {row.id[:8]} begin so; see 'triage show {row.id[:8]} --json'"
        )
    new = cluster_or_fail(db, moves.split(db, found[0].signature))
    say(f"{new.id[:8]}  {new.title[:200]}; 'triage undo' takes it back")


@click.command()
@click.argument("one")
@click.argument("other")
@click.option("--undo", "back", is_flag=True, help="Let them be merged again.")
@db_option
def apart(one: str, other: str, back: bool, db_path: Path | None) -> None:
    """Never merge these two clusters."""
    from triage.store import moves

    db = store_to_read(db_path)
    a, b = cluster_or_fail(db, one), cluster_or_fail(db, other)
    (moves.let_merge if back else moves.keep_apart)(db, (a.id, b.id))
    how = "may be merged" if back else "stay apart"
    say(f"{a.id[:8]} and {b.id[:8]} {how}; 'triage undo' takes it back")


@click.command()
@db_option
def undo(db_path: Path | None) -> None:
    """Take the last decision back: a merge, a split, a verdict, a tag, a name."""
    from triage.analysis.decisions import taken_back
    from triage.store.undo import undo as take_back

    if not (changes := take_back(store_to_read(db_path))):
        raise NotFoundError("nothing to take back: nothing was decided about clusters")
    say(taken_back(changes))


@click.command()
@db_option
def recluster(db_path: Path | None) -> None:
    """Place all failures anew, by the rules and the program of today; tell what moved."""
    from triage.rules import load_engine
    from triage.store.recluster import recluster as place_anew

    db = store_to_read(db_path)
    engine, problems = load_engine()
    complain_of_rules(problems)
    moved = place_anew(db, engine)
    say(f"{count(sum(move.failures for move in moved), 'failure')} moved")
    for move in moved:
        say(f"  {count(move.failures, 'failure')} of {move.old[:8]} to {move.new[:8]}")
