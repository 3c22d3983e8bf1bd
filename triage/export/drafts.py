"""The draft of a rule for a cluster of the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz

from triage.model import Verdict
from triage.rules import Rule
from triage.rules.draft import Cluster, Draft, draft
from triage.rules.model import said
from triage.rules.packs import PROJECT
from triage.store import Store
from triage.store.clusters import ClusterRow, clusters, members, variants

_CATEGORIES = {
    Verdict.PRODUCT_BUG: "product_bug",
    Verdict.TEST_BUG: "test_bug",
    Verdict.FLAKY: "flaky",
    Verdict.INFRASTRUCTURE: "infra",
    Verdict.EXPECTED: "expected_by_design",
}
"""What a verdict of a person says that the failures of the rule will be."""


def draft_of(db: Store, row: ClusterRow, rules: Sequence[Rule] = ()) -> Draft:
    """A rule for the cluster ``row``, beside the ``rules`` that there are."""
    others = [other for other in clusters(db) if other.id != row.id]
    nearest = max(others, key=lambda other: fuzz.ratio(row.template, other.template), default=None)
    now = next((rule.priority for rule in rules if rule.id == row.rule), 0)
    return draft(
        Cluster(
            title=row.title,
            category=_CATEGORIES.get(row.verdict, row.category),
            templates=list(dict.fromkeys(variant.template for variant in variants(db, row.id))),
            texts=[said(member.failure) for member in members(db, row.id)],
            near=[said(member.failure) for member in members(db, nearest.id, limit=20)] if nearest else (),
            priority=min(max(now + 1, 50), 100),
        ),
        [rule.id for rule in rules],
    )


def place_of(made: Draft) -> Path:
    """Where a draft is saved: a file of the project's own rules that is not there yet."""
    names = (f"{made.id}.yaml", *(f"{made.id}-{number}.yaml" for number in range(2, 1_000)))
    return next(path for name in names if not (path := PROJECT / "rules" / name).exists())
