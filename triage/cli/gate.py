"""``triage gate``, ``triage expect`` and ``triage expectations``."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from triage.analysis.expected import Judged, judge, judged
from triage.analysis.impact import overall, percent
from triage.cli.output import (
    complain,
    complain_of_rules,
    db_option,
    json_option,
    print_json,
    say,
    show_place,
    store_to_read,
    table,
)
from triage.export.files import write_document
from triage.model import TriageError
from triage.rules.expectations import EXPECTATIONS, Expectation
from triage.rules.expecting import added
from triage.rules.load import text_of
from triage.store import Store
from triage.store.clusters import clusters, newest_runs
from triage.store.reds import reds
from triage.store.runs import runs


@click.command()
@db_option
@json_option
def gate(db_path: Path | None, as_json: bool) -> None:
    """Whether the newest runs are as expected. Exit code 1 when they are not.

    No failure may be unexpected, and no expectation expired; 'triage expect' says what is expected.
    """
    db = store_to_read(db_path)
    newest = newest_runs(db)
    if not newest:
        raise TriageError("no runs in the database, so there is nothing to judge; see 'triage ingest --help'")
    found = judged(db, newest) or judge(reds(db, newest), (), date.today())
    totals = overall(run.totals for run in runs(db, newest) if run.same_as is None)
    criteria = [
        ("unexpected failures", len(found.unexpected), 0, not found.unexpected),
        ("expired expectations", len(found.of_state("expired")), 0, not found.of_state("expired")),
        ("unreadable expectations", len(found.errors), 0, not found.errors),
    ]
    passed = all(row[-1] for row in criteria)
    if as_json:
        print_json(
            {
                "passed": passed,
                "criteria": [
                    {"name": name, "value": value, "limit": limit, "passed": held}
                    for name, value, limit, held in criteria
                ],
                "pass_rate": {"raw": totals.pass_rate, "adjusted": found.rate(totals)},
                "unexpected": [asdict(red) for red in found.unexpected],
                "expectations": _standings(found),
            }
        )
    else:
        _complain_of(found)
        table(
            ("criterion", "found", "allowed", ""),
            [(name, value, limit, "ok" if held else "failed") for name, value, limit, held in criteria],
        )
        say(f"pass rate {percent(totals.pass_rate)} raw, {percent(found.rate(totals))} adjusted")
        if found.unexpected:
            _say_what_is_unexpected(db, found)
    sys.exit(0 if passed else 1)


@click.command()
@click.argument("cluster", required=False)
@click.option("--rule", default="", help="Instead of a cluster: what a rule names.")
@click.option("--tests", default="", metavar="GLOB", help="Only these tests.")
@click.option("--environment", default="", metavar="GLOB", help="Only in this environment.")
@click.option("--reason", required=True, help="Why it is right that this fails.")
@click.option("--owner", required=True, help="Who answers for it.")
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it holds."
)
@click.option("--link", default="", help="Where it was decided.")
@db_option
@json_option
def expect(
    cluster: str | None, rule: str, tests: str, environment: str, reason: str, owner: str, until: object,
    link: str, db_path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Say that failures are right: those of a CLUSTER, of a rule, of tests. Kept in .triage/expectations.yaml."""
    from datetime import datetime

    from triage.cli.look import cluster_or_fail

    if not (cluster or rule or tests):
        raise click.UsageError("name a cluster, --rule or --tests: what is expected to fail")
    if not (reason.strip() and owner.strip()):
        raise click.UsageError("say a --reason and an --owner: an expectation without them does not hold")
    assert isinstance(until, datetime)
    id_ = cluster_or_fail(store_to_read(db_path), cluster).id if cluster else ""
    made = Expectation(reason, owner, until.date(), id_, rule, tests, environment, link)
    EXPECTATIONS.parent.mkdir(parents=True, exist_ok=True)
    write_document(EXPECTATIONS, added(text_of(EXPECTATIONS) if EXPECTATIONS.exists() else "", made))
    if as_json:
        print_json({"file": str(EXPECTATIONS), "expectation": asdict(made)})
    else:
        say(f"{EXPECTATIONS}: {made.scope} is expected until {made.until}")


@click.command()
@db_option
@json_option
def expectations(db_path: Path | None, as_json: bool) -> None:
    """What is expected to fail, and whether it still does. Exit code 1 when one has expired or is wrong."""
    db = store_to_read(db_path)
    found = judged(db) or Judged((), (), ())
    if as_json:
        print_json({"expectations": _standings(found), "errors": [str(error) for error in found.errors]})
    else:
        complain_of_rules(found.errors)
        table(
            ("state", "failures", "until", "owner", "scope", "reason"),
            [
                (s.state, s.covers, s.expectation.until, s.expectation.owner, s.expectation.scope, s.expectation.reason)
                for s in found.standings
            ],
            stretch="reason",
        )  # fmt: skip
    sys.exit(1 if found.errors or found.of_state("expired") else 0)


def _say_what_is_unexpected(db: Store, found: Judged) -> None:
    reds_of = Counter(red.clusters[0][0] if red.clusters else "" for red in found.unexpected)
    titles = {row.id: row.title for row in clusters(db, reds_of)}
    rows = [(id_[:8], number, titles.get(id_, "nothing says why")) for id_, number in reds_of.most_common()]
    table(("cluster", "unexpected", "what it says"), rows, stretch="what it says")


def _complain_of(found: Judged) -> None:
    for error in found.errors:
        complain(f"{error} (the {error.left_out} was left out)")
        show_place(error)
    for standing in found.standings:
        one = standing.expectation
        if standing.state != "holds":
            why = (
                "nothing in the newest runs fails so"
                if standing.state == "stale"
                else f"ended on {one.until}"
            )
            complain(f"{one.file}:{one.line}: {standing.state}: {one.scope}: {why} (owner {one.owner})")


def _standings(found: Judged) -> list[dict[str, object]]:
    return [{**asdict(s.expectation), "state": s.state, "covers": s.covers} for s in found.standings]
