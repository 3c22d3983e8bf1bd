"""What makes clusters does not change without its number: databases know by it that they were grouped otherwise."""

from __future__ import annotations

from tests.conftest import ROOT
from triage.rules import Engine
from triage.signature.fingerprint import digest
from triage.sources.session import ingest_all
from triage.store import Store
from triage.store.grouping import ALGORITHM

_OF_RECORDINGS = (4, "c14b0dcac85d")


def test_another_grouping_of_the_recordings_needs_another_number(db: Store) -> None:
    """If this fails: count ``ALGORITHM`` up, unless that was done since the last release, and note here what it makes."""
    ingest_all(db, [str(ROOT / "tests" / "data" / "fresh"), str(ROOT / "sample_logs")], Engine([]))
    made = db.conn.execute("SELECT id, home_id FROM signatures ORDER BY id").fetchall()
    assert (ALGORITHM, digest(str(made))) == _OF_RECORDINGS
