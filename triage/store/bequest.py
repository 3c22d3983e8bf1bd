"""What people said of a cluster of which nothing is left, given to the one that has its failures now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import orjson

from triage.store.database import Store
from triage.store.investigations import remove_if_empty
from triage.store.runs import forget

_SAID_OF = "SELECT cluster_id FROM history UNION SELECT cluster_id FROM investigations"


@contextmanager
def replacing(db: Store, runs: Sequence[int]) -> Iterator[None]:
    """Forget ``runs``, whose source is read anew within; inside a transaction.

    A cluster that is empty behind that gives what was said of it to the one in which most of its tests fail now: a run
    that is shown while it goes on may say at its end in other words what broke.
    """
    if not runs:
        yield
        return
    rows = db.conn.execute(
        "SELECT s.cluster_id, c.test FROM failures f JOIN cases c ON c.id = f.case_id"
        " JOIN signatures s ON s.id = f.signature_id"
        f" WHERE f.run_id IN (SELECT value FROM json_each(?)) AND s.cluster_id IN ({_SAID_OF})",
        [orjson.dumps(list(runs)).decode()],
    )
    tests: defaultdict[str, set[str]] = defaultdict(set)
    for cluster, test in rows:
        tests[cluster].add(test)
    forget(db, runs)
    (last,) = db.conn.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()
    yield
    for old, those in tests.items():
        heir = db.conn.execute(
            "SELECT s.cluster_id FROM failures f JOIN cases c ON c.id = f.case_id"
            " JOIN signatures s ON s.id = f.signature_id"
            " WHERE f.run_id > ? AND c.test IN (SELECT value FROM json_each(?))"
            " GROUP BY 1 ORDER BY count(DISTINCT c.test) DESC, 1 LIMIT 1",
            [last, orjson.dumps(sorted(those)).decode()],
        ).fetchone()
        if heir is not None:
            bequeath(db, old, heir[0])


def bequeath(db: Store, old: str, new: str) -> None:
    """What people said of ``old``, which is empty now, to ``new``, as far as that has nothing of its own."""
    if db.conn.execute("SELECT failures FROM clusters WHERE id = ?", [old]).fetchone()[0]:
        return
    db.conn.execute(
        "UPDATE clusters SET (verdict, status) = (SELECT verdict, status FROM clusters WHERE id = ?)"
        " WHERE id = ? AND verdict = 'unknown' AND status = 'open'",
        [old, new],
    )
    # Who takes the name back finds what the program calls the cluster now, not what it called the old one.
    db.conn.execute(
        "UPDATE history SET old = (SELECT title FROM clusters WHERE id = ?2) WHERE id = ("
        " SELECT min(id) FROM history WHERE cluster_id = ?1 AND field = 'title' AND undone_at IS NULL) AND NOT EXISTS ("
        " SELECT 1 FROM history WHERE cluster_id = ?2 AND field = 'title' AND undone_at IS NULL)",
        [old, new],
    )
    db.conn.execute(
        "UPDATE clusters SET title = (SELECT title FROM clusters WHERE id = ?1) WHERE id = ?2 AND EXISTS ("
        " SELECT 1 FROM history WHERE cluster_id = ?1 AND field = 'title' AND undone_at IS NULL) AND NOT EXISTS ("
        " SELECT 1 FROM history WHERE cluster_id = ?2 AND field = 'title' AND undone_at IS NULL)",
        [old, new],
    )
    db.conn.execute(
        "UPDATE clusters SET owner = (SELECT owner FROM clusters WHERE id = ?) WHERE id = ? AND owner = ''",
        [old, new],
    )
    db.conn.execute("INSERT OR IGNORE INTO tags SELECT ?, tag FROM tags WHERE cluster_id = ?", [new, old])
    remove_if_empty(db, new)
    db.conn.execute("UPDATE OR IGNORE investigations SET cluster_id = ? WHERE cluster_id = ?", [new, old])
    db.conn.execute("UPDATE history SET cluster_id = ? WHERE cluster_id = ?", [new, old])
    db.conn.execute("UPDATE history SET old = ? WHERE field = 'notes' AND old = ?", [new, old])
