"""Tags: words that people put on clusters and on tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson

from triage.store.database import Store
from triage.store.history import next_act, remember


def tags_of_clusters(db: Store) -> dict[str, tuple[str, ...]]:
    """The tags of each cluster that has one, by its id."""
    return _by_owner(db, "SELECT cluster_id, tag FROM tags ORDER BY tag")


def tags_of_tests(db: Store, tests: Iterable[str] | None = None) -> dict[str, tuple[str, ...]]:
    """The tags of each test that has one (or of those named), by its id."""
    named = None if tests is None else orjson.dumps(list(tests)).decode()
    query = "SELECT test, tag FROM test_tags WHERE ?1 IS NULL OR test IN (SELECT value FROM json_each(?1)) ORDER BY tag"
    return _by_owner(db, query, [named])


def _by_owner(db: Store, query: str, values: Sequence[str | None] = ()) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for owner, tag in db.conn.execute(query, values):
        found.setdefault(owner, []).append(tag)
    return {owner: tuple(tags) for owner, tags in found.items()}


def tag_clusters(db: Store, ids: Iterable[str], put: Iterable[str] = (), take: Iterable[str] = ()) -> None:
    """Put tags on the clusters and take others off, as one act."""
    put, take = list(put), list(take)
    with db.atomic():
        act = next_act(db)
        for cluster in ids:
            for old, new in _changed(db, "tags", "cluster_id", cluster, put, take):
                remember(db, act, cluster, "tag", old, new)


def tag_tests(db: Store, tests: Iterable[str], put: Iterable[str] = (), take: Iterable[str] = ()) -> None:
    """Put tags on the tests and take others off, as one act; they stay with the test in all runs to come."""
    put, take = list(put), list(take)
    with db.atomic():
        act = next_act(db)
        for test in tests:
            for old, new in _changed(db, "test_tags", "test", test, put, take):
                remember(db, act, None, "tag", old, new, test)


def restore(db: Store, cluster: str, test: str, old: str, new: str) -> None:
    """Make undone what put the tag ``new`` on a cluster or a test, or took ``old`` off it."""
    table, column, owner = ("test_tags", "test", test) if test else ("tags", "cluster_id", cluster)
    for _ in _changed(db, table, column, owner, [old] * bool(old), [new] * bool(new)):
        pass


def _changed(
    db: Store, table: str, column: str, owner: str, put: Iterable[str], take: Iterable[str]
) -> Iterable[tuple[str, str]]:
    """Put and take; what was not so before, as tag before and tag after."""
    for tag in put:
        if db.conn.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", [owner, tag]).rowcount:
            yield "", tag
    for tag in take:
        if db.conn.execute(f"DELETE FROM {table} WHERE {column} = ? AND tag = ?", [owner, tag]).rowcount:
            yield tag, ""
