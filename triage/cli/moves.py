"""Commands that decide about clusters: ``merge``, ``split``, ``apart``, ``rename``, ``undo``, ``recluster``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from triage.analysis.decisions import NOTHING_TO_DO
from triage.analysis.impact import count
from triage.cli.look import NotFoundError, cluster_or_fail
from triage.cli.output import complain_of_rules, db_option, say, store_to_read
from triage.store import Store


def _decide(db: Store, change: Callable[[], object], told: Callable[[], str]) -> None:
    """Make a ``change`` and tell it, or that there was nothing to do."""
    from triage.store.history import decides

    say(f"{told()}; 'triage undo' takes it back" if decides(db, change) else NOTHING_TO_DO)


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

    def told() -> str:
        merged = cluster_or_fail(db, target.id)
        return f"{merged.id[:8]}  {merged.title}: {count(merged.tests, 'test')}, {count(merged.failures, 'failure')}"

    _decide(db, lambda: moves.merge(db, target.id, [other.id for other in others]), told)


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
    all_ = variants(db, row.id)
    found = [known.signature for known in all_ if variant and known.signature.startswith(variant.lower())]
    if (len(found) == len(all_) == 1) or (not found and _is_split_off(db, row.id, variant.lower())):
        say(NOTHING_TO_DO)
        return
    if len(found) != 1:
        many = f"{len(found)} variants" if found else "no variant"
        raise NotFoundError(
            f"{variant}: {many} of {row.id[:8]} begin so; see 'triage show {row.id[:8]} --json'"
        )
    new = cluster_or_fail(db, moves.split(db, found[0]))
    say(f"{new.id[:8]}  {new.title[:200]}; 'triage undo' takes it back")


def _is_split_off(db: Store, cluster: str, variant: str) -> bool:
    from triage.store.history import history

    return bool(variant) and any(
        change.field == "split" and change.undone_at is None and change.old.startswith(variant)
        for change in history(db, cluster)
    )


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
    if a.id == b.id:
        say(f"nothing to do: both are {a.id[:8]}")
        return
    change, how = (moves.let_merge, "may be merged") if back else (moves.keep_apart, "stay apart")
    _decide(db, lambda: change(db, (a.id, b.id)), lambda: f"{a.id[:8]} and {b.id[:8]} {how}")


@click.command()
@click.argument("cluster")
@click.argument("title", nargs=-1, required=True)
@db_option
def rename(cluster: str, title: tuple[str, ...], db_path: Path | None) -> None:
    """Call a CLUSTER something else; TITLE is one word or more."""
    from triage.store.clusters import rename as call

    name = " ".join(" ".join(title).split())
    if not name:
        raise click.UsageError("an empty text is no name of a cluster")
    db = store_to_read(db_path)
    row = cluster_or_fail(db, cluster)
    _decide(db, lambda: call(db, row.id, name), lambda: f"{row.id[:8]}  {name}, before: {row.title}")


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

    db = store_to_read(db_path, telling_age=False)
    engine, problems = load_engine()
    complain_of_rules(problems)
    done = place_anew(db, engine)
    say(f"{count(done.failures, 'failure')} moved")
    for move in done.moved:
        say(f"  {count(move.failures, 'failure')} of {move.old[:8]} to {move.new[:8]}")
    for one, other in done.lost:
        say(
            f"  {one[:8]} and {other[:8]}: what was decided of them cannot hold, their words are the same now"
        )
