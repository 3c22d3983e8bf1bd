"""Notes: a tree of whys, kept as they are written, also through kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FRESH, source_of
from triage.rules import Engine
from triage.store import Store, open_store
from triage.store import investigations as notes
from triage.store.clusters import clusters
from triage.store.ingest import ingest
from triage.store.search import search


@pytest.fixture
def cluster(db: Store, engine: Engine) -> str:
    ingest(db, source_of(FRESH / "pytest" / "console-ci.txt"), engine, 1)
    return clusters(db)[0].id


def test_answers_branch_and_evidence_stays_with_them(db: Store, cluster: str) -> None:
    made = notes.open_investigation(db, cluster, "title", "Why?")
    first = made.whys[0].id
    notes.write_answer(db, first, "the limiter is shared")
    left = notes.ask(db, made.id, first, "Why is it shared?")
    right = notes.ask(db, made.id, first, "Why is there a limiter?")
    proof = notes.add_evidence(db, made.id, "GET -> 429", why=left, source="x.log", line=7)
    notes.set_role(db, left, "root_cause")
    action = notes.add_action(db, made.id, "one tenant a worker", "Ann", "2026-12-01")
    found = notes.find_investigation(db, cluster)
    assert found is not None
    assert [why.id for why in found.children(first)] == [left, right]
    assert [item.id for item in found.evidence_of(left)] == [proof]
    assert found.actions[0].id == action
    assert notes.open_investigation(db, cluster, "other", "other?").id == made.id
    assert {hit.kind for hit in search(db, "shared")} >= {"why"}
    notes.remove_why(db, left)
    after = notes.find_investigation(db, cluster)
    assert after is not None
    assert [why.id for why in after.children(first)] == [right]
    assert [item.why_id for item in after.evidence] == [None]


def test_nothing_written_is_lost_by_kill_9(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "killed.db"
    db = open_store(path)
    ingest(db, source_of(FRESH / "pytest" / "console-ci.txt"), engine, 1)
    id_ = clusters(db)[0].id
    db.close()
    program = (
        "import sys, os, signal\n"
        "from pathlib import Path\n"
        "from triage.store import open_store, investigations as notes\n"
        "db = open_store(Path(sys.argv[1]))\n"
        "made = notes.open_investigation(db, sys.argv[2], 't', 'q?')\n"
        "notes.write_answer(db, made.whys[0].id, 'typed before the lights went out')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path), id_], env=os.environ.copy(), check=False)
    assert done.returncode == -signal.SIGKILL
    found = notes.find_investigation(open_store(path), id_)
    assert found is not None
    assert found.whys[0].answer == "typed before the lights went out"
