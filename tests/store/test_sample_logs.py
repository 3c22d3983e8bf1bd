"""The clusters of the sample suite are those that a person made of each of its files by hand."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from tests.conftest import SAMPLES, manifest, source_of
from triage.rules import Engine
from triage.store import Store
from triage.store.clusters import Member, clusters, members
from triage.store.ingest import ingest

ENTRIES = [pytest.param(entry, id=entry["path"]) for entry in manifest(SAMPLES)]


def _name(member: Member) -> str:
    """The test as the manifest writes it: those of Playwright without their directory and groups."""
    file, _, name = (member.test or "").partition("::")
    return (
        f"{file.rpartition('/')[2]} > {name.rpartition('::')[2]}"
        if file.endswith(".js")
        else f"{file}::{name}"
    )


@pytest.mark.parametrize("entry", ENTRIES)
def test_clusters_of_a_file(entry: dict[str, Any], db: Store, engine: Engine) -> None:
    ingest(db, source_of(SAMPLES / entry["path"]), engine, 1)
    found = [members(db, row.id) for row in clusters(db)]
    made = {
        frozenset(map(_name, alike)): alike for alike in found if any(m.outcome != "passed" for m in alike)
    }
    # One cause that two voices tell is one cluster.
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for cluster in entry["clusters"]:
        assert len(cluster["members"]) == cluster["tests"]
        meant[cluster["name"].partition(", told by ")[0]].update(cluster["members"])
    assert set(made) == set(map(frozenset, meant.values()))
    for cluster in entry["clusters"]:
        alike = next(alike for tests, alike in made.items() if tests >= set(cluster["members"]))
        for member in alike:
            if _name(member) in cluster["members"]:
                told = f"{member.test}\n{member.failure.headline}\n{member.failure.message}\n{member.failure.trace}"
                assert cluster["contains"] in told
