"""A file of an older version: what was decided in it stands, and can be taken back."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from triage.store import open_store
from triage.store.clusters import clusters
from triage.store.database import MADE
from triage.store.history import history
from triage.store.migrations import MIGRATIONS
from triage.store.undo import undo


def test_moves_become_acts_of_the_one_log(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = Database(path)
    MIGRATIONS.apply(old, stop_before="m008_acts")
    light, pump = "a" * 32, "b" * 32
    with old.atomic():
        for number, (cluster, verdict, status) in enumerate(
            ((light, "flaky", "investigating"), (pump, "unknown", "open"))
        ):
            old.conn.execute(
                "INSERT INTO clusters (id, title, template, verdict, status, created_at) VALUES (?, 't', 't', ?, ?, '')",
                [cluster, verdict, status],
            )
            old.conn.execute(
                "INSERT INTO signatures (id, cluster_id, home_id, template, joined_by) VALUES (?, ?, ?, 't', 'exact')",
                [cluster[::-1], light, cluster],
            )
            old.conn.execute(
                "INSERT INTO runs (digest, batch, source, format, ingested_at) VALUES (?, 1, 'r', 'log', '2026-03-01')",
                [number],
            )
            old.conn.execute(
                "INSERT INTO failures (run_id, signature_id, kind) VALUES (last_insert_rowid(), ?, 'error')",
                [cluster[::-1]],
            )
        for at, field, before, after in (
            ("2026-03-01T00:00:00Z", "verdict", "unknown", "flaky"),
            ("2026-03-02T00:00:00Z", "status", "open", "investigating"),
            ("2026-03-03T00:00:00Z", "merge", pump, light),
            ("2026-03-03T00:00:01Z", "undo merge", light, pump),
            ("2026-03-04T00:00:00Z", "merge", pump, light),
            ("2026-03-05T00:00:00Z", "tag", "", "nightly"),
        ):
            old.conn.execute(
                "INSERT INTO history (at, cluster_id, field, old, new) VALUES (?, ?, ?, ?, ?)",
                [at, light, field, before, after],
            )
        for at, undone in (("2026-03-03T00:00:00Z", "2026-03-03T00:00:01Z"), ("2026-03-04T00:00:00Z", None)):
            old.conn.execute(
                "INSERT INTO moves (at, kind, cluster_id, into_id, undone_at) VALUES (?, 'merge', ?, ?, ?)",
                [at, pump, light, undone],
            )
        old.conn.execute("INSERT INTO tags VALUES (?, 'nightly')", [light])
    old.close()

    db = open_store(path)
    assert [path.name.startswith("old.db.backup-") for path in tmp_path.glob("*.backup-*")] == [True]
    assert [(c.field, c.act is None, bool(c.undone_at)) for c in history(db, light)] == [
        ("verdict", False, False), ("status", True, False), ("merge", False, True), ("merge", False, False),
        ("tag", False, False),
    ]  # fmt: skip
    assert [[change.field for change in undo(db)] for _ in range(4)] == [["tag"], ["merge"], ["verdict"], []]
    rows = {row.id: row for row in clusters(db)}
    assert (rows[light].verdict, rows[light].status, rows[light].tags) == ("unknown", "investigating", ())
    assert (rows[light].failures, rows[pump].failures) == (1, 1)
    db.close()


def test_a_file_is_up_to_date_with_the_last_migration() -> None:
    names = [migration.name for migration in MIGRATIONS.pending(Database(memory=True))]
    assert (len(names), max(names)) == MADE
