"""Commands that look: ``clusters``, ``show``, ``runs``, ``search``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from triage.cli.output import db_option, json_option, print_json, say, store_to_read, table
from triage.model import TriageError
from triage.store import Store
from triage.store.clusters import ClusterRow


class NotFoundError(TriageError):
    """What was asked for is not in the store."""


def cluster_or_fail(db: Store, prefix: str) -> ClusterRow:
    """The cluster whose id starts with ``prefix``.

    Raises:
        NotFoundError: none or several do.
    """
    from triage.store.clusters import clusters_like, find_cluster

    row = find_cluster(db, prefix)
    if row is not None:
        return row
    like = clusters_like(db, prefix)
    if not prefix:
        said = "an empty text is no id of a cluster"
    elif like:
        said = f"{prefix}: several clusters begin so: {', '.join(id_[:12] for id_ in like[:3])}{', ...' * (len(like) > 3)}"
    else:
        said = f"{prefix}: no cluster has an id that begins so"
    raise NotFoundError(f"{said}; see 'triage clusters'")


@click.command()
@db_option
@json_option
def clusters(db_path: Path | None, as_json: bool) -> None:
    """The clusters, most blocked tests first."""
    from triage.cli.summary import print_clusters
    from triage.store.clusters import clusters as all_clusters

    db = store_to_read(db_path)
    rows = all_clusters(db)
    if as_json:
        print_json({"clusters": [asdict(row) for row in rows]})
    else:
        print_clusters(db, rows)


@click.command()
@click.argument("cluster")
@db_option
@json_option
def show(cluster: str, db_path: Path | None, as_json: bool) -> None:
    """One cluster in full; CLUSTER is the beginning of its id."""
    from triage.analysis.explain import explain
    from triage.analysis.impact import count, percent
    from triage.export import gather
    from triage.rules import load_engine
    from triage.store.clusters import clusters as all_clusters

    db = store_to_read(db_path)
    row = cluster_or_fail(db, cluster)
    report = gather(db, row)
    by_signature = {member.signature: member for member in reversed(report.members)}
    others = all_clusters(db)
    engine = load_engine()[0]
    reasons = [
        explain(row, by_signature[variant.signature], variant, others, engine)
        for variant in report.variants
        if variant.signature in by_signature
    ]
    if as_json:
        print_json(
            {
                **asdict(row),
                "impact": asdict(report.impact),
                "members": [asdict(member) for member in report.members],
                "variants": [asdict(variant) for variant in report.variants],
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
        f"{count(row.tests, 'test')} blocked, {count(row.failures, 'failure')} in {count(row.runs, 'run')}; rule {row.rule or 'none'}, category {row.category or 'none'}, verdict {row.verdict.label}, {row.status}"
    )
    say(
        f"pass rate {percent(report.impact.rate_now)}, at most {percent(report.impact.rate_if_fixed)} with it fixed"
    )
    for reason in reasons:
        say(f"grouped: {reason.text}")
    table(("failures", "variant"), [(v.failures, v.template) for v in report.variants], stretch="variant")
    table(
        ("test", "where", "what it says"),
        [
            (m.test or "(the run)", f"{m.source}:{m.failure.source_line or ''}", m.failure.headline)
            for m in report.members[:20]
        ],
        stretch="what it says",
    )


@click.command()
@db_option
@json_option
def runs(db_path: Path | None, as_json: bool) -> None:
    """The runs, the newest first; one that does not say when it was counts from when it was read."""
    from triage.analysis.moments import moment
    from triage.store.runs import runs as all_runs

    rows = all_runs(store_to_read(db_path))
    if as_json:
        print_json({"runs": [{**asdict(row), "totals_why": row.why} for row in rows]})
    else:
        table(
            ("id", "when", "tests", "red", "clusters", "format", "source"),
            [
                (
                    r.id,
                    moment(r.started) if r.started else f"read {moment(r.ingested_at)}",
                    r.totals.tests,
                    r.totals.red,
                    r.clusters,
                    r.format,
                    r.source if r.same_as is None else f"{r.source} (the same as {r.same_as})",
                )
                for r in rows
            ],
            stretch="source",
        )


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
