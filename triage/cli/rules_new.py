"""``triage rules new``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from triage.analysis.impact import count
from triage.cli.output import (
    complain,
    complain_of_rules,
    db_option,
    json_option,
    print_json,
    say,
    show_place,
    store_to_read,
)
from triage.export.drafts import draft_of, place_of
from triage.export.files import ExportError, write_document
from triage.rules import load_all, load_engine
from triage.rules.draft import Cluster, draft
from triage.rules.load import load_file

_SKELETON = Cluster("new rule", "", ["the words to look for <num>"], ["the words to look for 7"])


@click.command()
@click.option("--from", "cluster", metavar="CLUSTER", help="A cluster, by the beginning of its id.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to save it (default: a file in .triage/rules).",
)
@click.option("--print", "only_print", is_flag=True, help="Print the rule, save nothing.")
@db_option
@json_option
def new(
    cluster: str | None, output: Path | None, only_print: bool, db_path: Path | None, as_json: bool
) -> None:
    """Write a rule: of a cluster, or an empty one to fill in.

    The templates of the cluster become patterns, its failures examples, those of the nearest other cluster near misses. At
    a terminal the editor opens on it. What is saved names its failures at once. Exit code 1 when the rule is wrong.
    """
    from triage.cli.look import cluster_or_fail

    loaded = load_all()
    if cluster is None:
        made = draft(_SKELETON, [rule.id for rule in loaded.rules])
    else:
        db = store_to_read(db_path)
        made = draft_of(db, cluster_or_fail(db, cluster), loaded.rules)
    if only_print:
        print_json({"rule": made.id, "text": made.text}) if as_json else click.echo(made.text, nl=False)
        return
    path = output or place_of(made)
    if path.exists():
        raise ExportError(f"{path}: is there already; name another file with -o")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_document(path, made.text)
    wrong = _edited(path) if sys.stdin.isatty() and sys.stdout.isatty() and not as_json else _complaints(path)
    moved = 0 if wrong or cluster is None else _name_anew(db_path)
    if as_json:
        print_json({"rule": made.id, "file": str(path), "wrong": wrong, "moved": moved})
    else:
        say(f"wrote {path}" + (f"; {count(moved, 'failure')} moved" if cluster and not wrong else ""))
    sys.exit(1 if wrong else 0)


def _edited(path: Path) -> int:
    """How many errors are in what a person made of it, who is asked to edit again while there are some."""
    while True:
        click.edit(filename=str(path))
        if not (wrong := _complaints(path)) or not click.confirm("Edit it again?", default=True):
            return wrong


def _complaints(path: Path) -> int:
    """How many errors the file and its examples have, told on stderr."""
    from triage.rules import Engine
    from triage.rules.check import run_examples

    loaded = load_file(path)
    for error in loaded.errors:
        complain(error)
        show_place(error)
    ours = {rule.id for rule in loaded.rules}
    others = [rule for rule in load_all().rules if rule.id not in ours]
    failed = [bad for bad in run_examples(Engine((*others, *loaded.rules))) if bad.rule.id in ours]
    for bad in failed:
        complain(f"{path}:{bad.rule.line}: {bad.rule.id}: {bad.reason}: {bad.text!r}")
    return len(loaded.errors) + len(failed)


def _name_anew(db_path: Path | None) -> int:
    """Place all failures by the rules of now; how many moved."""
    from triage.store.recluster import recluster

    engine, errors = load_engine()
    complain_of_rules(errors)
    return recluster(store_to_read(db_path), engine).failures
