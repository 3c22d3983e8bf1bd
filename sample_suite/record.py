#!/usr/bin/env python3
"""Records ``sample_logs/`` again: python sample_suite/record.py

Needs Python 3.11+, Node.js with npm, and a network for the first time: what the suite needs is installed
beside this file, into ``.venv`` (pinned in requirements.txt) and ``node_modules`` (pinned in package.json).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv

from recorder import truth
from recorder.run import SUITE, VENV_BIN, RecordingError, record
from recorder.scenarios import SCENARIOS

LOGS = SUITE.parent / "sample_logs"


def install() -> None:
    if not (SUITE / ".venv").is_dir():
        venv.create(SUITE / ".venv", with_pip=True)
    pip = [str(VENV_BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", str(SUITE / "requirements.txt")], check=True)
    if (SUITE / "node_modules").is_dir():
        return
    npm = shutil.which("npm")
    if not npm:
        raise RecordingError("npm is not installed; the recordings of the web tests need Node.js")
    # No lock file: it would name the package index of this machine.
    quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    subprocess.run([npm, "install", *quiet], cwd=SUITE, check=True)


def main() -> int:
    try:
        install()
        LOGS.mkdir(exist_ok=True)
        entries = [record(scenario, LOGS) for scenario in SCENARIOS]
    except (RecordingError, ValueError, subprocess.CalledProcessError) as error:
        print(f"record.py: {error}", file=sys.stderr)
        return 2
    clusters = {entry["path"]: entry["clusters"] for entry in entries}
    for scenario, entry in zip(SCENARIOS, entries, strict=True):
        if scenario.follows:
            told = truth.compare(clusters[scenario.follows], entry["clusters"])
            entry["compared"] = {"base": scenario.follows, **told}
    (LOGS / "manifest.json").write_text(json.dumps(entries, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
