"""Several programs and one file: each waits for the other, and nobody stores what another one has stored."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import SAMPLES
from triage.store import open_store
from triage.store.runs import runs


def test_programs_that_read_the_same_into_a_new_file_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "triage", "--db", str(tmp_path / "new.db"), "ingest", str(SAMPLES)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ)
        for _ in range(3)
    ]
    told = [one.communicate()[0] for one in started]
    assert [one.returncode for one in started] == [0, 0, 0], told
    sources = [run.source for run in runs(open_store(tmp_path / "new.db"))]
    assert len(sources) == len(set(sources)) > 5
