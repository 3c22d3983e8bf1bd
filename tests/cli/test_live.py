"""``triage run`` and ``triage watch`` as processes: output passed on, exit codes, ctrl+c."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Call
from tests.conftest import SAMPLES


def test_run_passes_on_output_and_exit_code(triage: Call) -> None:
    feed = SAMPLES / "nightly-1-feed.txt"
    done = triage(
        "run", "--", sys.executable, "-c", f"print(open({str(feed)!r}).read()); raise SystemExit(3)"
    )
    assert done.code == 3
    assert "\n1 new cluster, 0 known; kept: " in done.out
    assert triage("clusters", "--json").json["clusters"]


def test_run_says_what_cannot_be_started(triage: Call) -> None:
    done = triage("run", "--", "no-such-runner", "-x")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert done.err.startswith("triage: no-such-runner: No such file")


def test_watch_says_what_is_no_directory(triage: Call, tmp_path: Path) -> None:
    done = triage("watch", tmp_path / "nowhere")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "no directory to watch" in done.err


def test_watch_ends_with_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_text(
        '<testsuite name="s"><testcase name="t"><failure message="dark"/></testcase></testsuite>'
    )
    watching = subprocess.Popen(
        [sys.executable, "-m", "triage", "watch", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TRIAGE_DB": str(tmp_path / "triage.db"), "PYTHONUNBUFFERED": "1"},
    )
    assert watching.stdout is not None
    assert "r.xml: junit-xml, 1 test, 1 failed" in watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    out, err = watching.communicate()
    assert (watching.returncode, out, err) == (0, "", "")
