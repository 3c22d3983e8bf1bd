"""Commands that look: ``clusters``, ``show``, ``runs``, ``search``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.output import complain, db_option, json_option, print_json, say, store_to_read, table
from triage.model import TriageError
from triage.store import Store
from triage.store.clusters import ClusterRow, Member

if TYPE_CHECKING:
    from triage.analysis.explain import Explanation
    from triage.export.report import Report
    from triage.rules.advice import Advice

_MOST_MEMBERS = 20
_MOST_REASONS = 5
_MOST_OF_A_REASON = 600


class NotFoundError(TriageError):
    """What was asked for is not in the store."""


def cluster_or_fail(db: Store, prefix: str) -> ClusterRow:
    """The cluster whose id starts with ``prefix``; tells it where that one was merged into another, which is meant then.

    Raises:
        NotFoundError: none or several do.
    """
    from triage.store.clusters import clusters as clusters_of
    from triage.store.ids import ids_like

    found = ids_like(db, prefix)
    if prefix and len(now := set(found.values())) == 1:
        [row] = clusters_of(db, now)
        if row.id not in found:
            complain(f"{prefix} was merged into {row.id[:8]}")
        return row
    like = list(found)
    if not prefix:
        said = "an empty text is no id of a cluster"
    elif like:
        said = f"{prefix}: several clusters begin so: {', '.join(id_[:12] for id_ in like[:3])}{', ...' * (len(like) > 3)}"
    else:
        said = f"{prefix}: no cluster has an id that begins so"
    raise NotFoundError(f"{said}; see 'triage clusters'")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, metavar="[FILTER]")
@db_option
@json_option
def clusters(words: tuple[str, ...], db_path: Path | None, as_json: bool) -> None:
    """The clusters, most blocked tests first, what follows from another one below it.

    FILTER: category:, status:, verdict:, rule:, tag:, test:, source:, since: (2d, 2026-03-01), until:, is:new, id:, or words;
    a - in front turns a term around. @NAME is a filter that was saved on the screen.
    """
    from triage.analysis.query import check, expand, parse, select
    from triage.cli.summary import print_clusters
    from triage.store.clusters import clusters as all_clusters
    from triage.store.filters import saved_filters

    for word in words:
        if word.startswith("--"):
            known = [option for param in click.get_current_context().command.params for option in param.opts]
            raise click.NoSuchOption(word, possibilities=get_close_matches(word, known))
    db = store_to_read(db_path)
    text = " ".join(words)
    terms = parse(expand(text, saved_filters(db) if "@" in text else {}))
    check(terms)
    every = all_clusters(db)
    rows = select(db, every, terms)
    if as_json:
        from triage.analysis.alike import alike
        from triage.analysis.cascades import cascades
        from triage.store.moves import Decisions

        told = cascades(db, rows)
        follows = {id_: asdict(why) for id_, why in told.items()}
        print_json(
            {
                "clusters": [{**asdict(row), "follows": follows.get(row.id)} for row in rows],
                "alike": [asdict(one) for one in alike(rows, Decisions(db).kept)],
            }
        )
    else:
        print_clusters(db, rows, among=len(every))
    sys.exit(1 if terms and not rows else 0)


@click.command()
@click.argument("cluster")
@db_option
@json_option
def show(cluster: str, db_path: Path | None, as_json: bool) -> None:
    """One cluster in full; CLUSTER is the beginning of its id."""
    from triage.analysis.cascades import cascades
    from triage.analysis.explain import by_words, explain
    from triage.analysis.impact import count, percent
    from triage.export.documents import category
    from triage.export.report import advice_of, gather
    from triage.rules import load_engine
    from triage.store.clusters import clusters as all_clusters

    db = store_to_read(db_path)
    row = cluster_or_fail(db, cluster)
    others = all_clusters(db)
    cascade = cascades(db, others)
    report = gather(db, row, cascade)
    engine = load_engine()[0]
    says = advice_of(report, engine)
    reasons = [
        explain(row, alike, variant, others, engine)
        for variant, alike in by_words(report.variants, report.members)
    ]
    if as_json:
        print_json(
            {
                **asdict(row),
                "impact": asdict(report.impact),
                "first": asdict(report.first) if report.first else None,
                "follows": asdict(cascade[row.id]) if row.id in cascade else None,
                "consequences": [asdict(link) for link in report.consequences],
                "impact_with_consequences": asdict(report.with_consequences),
                "members": [asdict(member) for member in report.members],
                "variants": [asdict(variant) for variant in report.variants],
                "advice": says._asdict(),
                "explanation": [asdict(reason) for reason in reasons],
                "evidence": [asdict(e) for e in report.investigation.evidence]
                if report.investigation
                else [],
                "investigation": asdict(report.investigation) if report.investigation else None,
            }
        )
        return
    say(f"{row.id}  {row.title}")
    say(
        f"{count(row.tests, 'test')} blocked, {count(row.failures, 'failure')} in {count(row.runs, 'run')};"
        f" rule {row.rule or 'none'}, category {category(row.category)}, verdict {row.verdict.label}, {row.status}"
    )
    say(f"pass rate {report.rates}, at most {percent(report.impact.rate_if_fixed)} with it fixed")
    for one in report.expected_lines:
        say(f"expected {one}")
    for said in _cascade(report):
        say(said)
    _say_in_full(report, says)
    _say_why(reasons)
    table(("failures", "variant"), [(v.failures, v.said) for v in report.variants], stretch="variant")
    table(
        ("test", "where", "what it says"),
        [(m.test or "(the run)", _place(m), m.failure.headline) for m in report.members[:_MOST_MEMBERS]],
        stretch="what it says",
    )
    if more := row.failures - len(report.members[:_MOST_MEMBERS]):
        say(f"  and {count(more, 'failure')} more; --json tells all of them")


def _cascade(report: Report) -> list[str]:
    """Where it began, what it follows from, what follows from it."""
    from triage.analysis.impact import count, percent

    lines = []
    if report.first is not None:
        alone = ", before anything else failed in that run" if report.came_first else ""
        lines.append(
            f"first failure: {report.first.test or 'the run itself'} ({_place(report.first)}){alone}"
        )
    if (cause := report.cause) is not None:
        lines.append(f"probably follows from {cause.id[:8]} {cause.title}: {cause.evidence}")
    if report.consequences:
        both = report.with_consequences
        lines.append(
            f"with its probable consequences {count(both.tests, 'test')} blocked, pass rate at most"
            f" {percent(both.rate_if_fixed)} with all of it fixed:"
        )
    lines += [
        f"  {count(link.tests, 'test')}: {link.id[:8]} {link.title}: {link.evidence}"
        for link in report.consequences
    ]
    return lines


def _say_in_full(report: Report, says: Advice) -> None:
    """What the screen and the exports show of a cluster: what to do, and one failure as its source tells it."""
    for title, lines in (("check first", says.checks), ("likely causes", says.causes)):
        if lines:
            say(f"\n{title}")
        for number, line in enumerate(lines, 1):
            say(f"  {number}. {line}")
    for why in report.root_causes:
        say(f"\nroot cause\n  {why.answer}")
    if (example := report.example) is not None:
        from triage.export.documents import excerpt

        failure = example.failure
        say(f"\nit says ({_place(example)})")
        for line in excerpt(failure.trace or failure.message, failure.message).split("\n"):
            say(f"  {line}".rstrip())


def _say_why(reasons: list[Explanation]) -> None:
    """Why the failures were grouped so, of the variants with most of them."""
    from triage.analysis.impact import count

    say("\nwhy grouped")
    for reason in reasons[:_MOST_REASONS]:
        say(f"  {reason.text}")
        for name, said in reason.lines:
            say(f"    {name}: {' '.join(said.split())[:_MOST_OF_A_REASON]}")
    if more := len(reasons) - len(reasons[:_MOST_REASONS]):
        say(f"  and {count(more, 'variant')} more; --json tells why of all of them")


def _place(member: Member) -> str:
    line = member.failure.source_line
    return f"{member.source}:{line}" if line else member.source


@click.command()
@db_option
@json_option
def runs(db_path: Path | None, as_json: bool) -> None:
    """The runs, the newest first; one that does not say when it was counts from when it was read."""
    from triage.analysis.moments import moment
    from triage.store.runs import clusters_of_runs
    from triage.store.runs import runs as all_runs

    db = store_to_read(db_path)
    rows, found = all_runs(db), clusters_of_runs(db)
    if as_json:
        print_json(
            {
                "runs": [
                    {**asdict(row), "clusters": found.get(row.id, 0), "totals_why": row.why} for row in rows
                ]
            }
        )
    else:
        table(
            ("id", "when", "tests", "red", "clusters", "format", "source"),
            [
                (
                    r.id,
                    moment(r.started) if r.started else f"read {moment(r.ingested_at)}",
                    r.totals.tests,
                    r.totals.red,
                    found.get(r.id, 0),
                    r.format,
                    r.source if r.same_as is None else f"{r.source} (the same as {r.same_as})",
                )
                for r in rows
            ],
            stretch="source",
        )


@click.command()
@click.argument("words", nargs=-1)
@db_option
@json_option
def tests(words: tuple[str, ...], db_path: Path | None, as_json: bool) -> None:
    """The tests that failed or were flaky, those that failed most often first.

    WORDS narrow them: all must be in the name, the outcome, the name of the cluster or the tags (#slow).
    Exit code 1 when none has them.
    """
    from triage.store.tests import failing_tests

    rows = [
        row
        for row in failing_tests(store_to_read(db_path))
        if all(word.lower() in row.said.lower() for word in words)
    ]
    if as_json:
        print_json({"tests": [asdict(row) for row in rows]})
    elif not rows:
        say("nothing found" if words else "no test failed, none was flaky")
    else:
        table(
            ("last", "red", "flaky", "runs", "cluster", "test", "tags"),
            [
                (
                    r.outcome, r.red, r.flaky, r.runs, (r.cluster or "")[:8], r.test,
                    " ".join(f"#{tag}" for tag in r.tags),
                )
                for r in rows
            ],
            stretch="test",
        )  # fmt: skip
    sys.exit(1 if words and not rows else 0)


@click.command()
@click.argument("words", nargs=-1, required=True)
@db_option
@json_option
def search(words: tuple[str, ...], db_path: Path | None, as_json: bool) -> None:
    """Search failures and notes for all of WORDS. Exit code 1 when nothing is found."""
    from triage.store.search import search as search_store

    found = search_store(store_to_read(db_path), " ".join(words))
    if as_json:
        print_json({"hits": [asdict(hit) for hit in found]})
    elif not found:
        say("nothing found")
    else:
        table(
            ("cluster", "kind", "times", "where", "text"),
            [(hit.cluster[:8], hit.kind, hit.times, hit.where, hit.text) for hit in found],
            stretch="text",
        )
    sys.exit(0 if found else 1)
