"""Runs one scenario and writes its recording."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recorder import truth
from recorder.scenarios import Scenario
from recorder.scrub import leaks, scrub

SUITE = Path(__file__).resolve().parent.parent
VENV_BIN = SUITE / ".venv" / ("Scripts" if os.name == "nt" else "bin")


class RecordingError(Exception):
    """A scenario that did not run as it was meant to."""


def record(scenario: Scenario, logs: Path) -> dict[str, Any]:
    """Runs the scenario, writes its files below ``logs``, and returns its entry of the manifest.

    Raises:
        RecordingError: the runner left no result, or the text still names the recording machine.
    """
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        began = datetime.now(UTC).replace(microsecond=0)
        console, exit_code = _run(scenario, work)
        told = _told(work, console, exit_code)
        text = (work / "out").read_text("utf-8") if "{out}" in scenario.command else console
        _write(logs / scenario.file, text, began, scenario)
        if scenario.backend_log:
            _write(logs / scenario.backend_log, (work / "backend.log").read_text("utf-8"), began, scenario)
    return {
        "path": scenario.file,
        "format": scenario.format,
        "command": scenario.command.replace("{out}", scenario.file),
        "settings": scenario.settings,
        "started": scenario.at.isoformat(),
        "exit_code": exit_code,
        "expected": truth.totals(told),
        "extra": truth.extras(told),
        "clusters": truth.clusters(told, scenario.causes),
    }


def _run(scenario: Scenario, work: Path) -> tuple[str, int]:
    command = scenario.command.format(out=work / "out").split()
    env = {
        "PATH": os.pathsep.join([str(VENV_BIN), *_node(), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(work),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "COLUMNS": "100",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SHOP_LOG": str(work / "backend.log"),
        **scenario.settings,
    }
    if command[0] == "npx":
        command[0] = str(SUITE / "node_modules" / ".bin" / "playwright")
        del command[1]
        # The second reporter tells the truth in a file; the first one is what is recorded.
        command[-1] += "" if scenario.format == "playwright-json" else ",json"
        env["PLAYWRIGHT_JSON_OUTPUT_NAME"] = str(work / "playwright.json")
    else:
        command[3:3] = ["-p", "tally"]
        env |= {"SHOP_TALLY": str(work / "tally.json"), "PYTHONPATH": str(SUITE)}
    process = subprocess.Popen(
        command,
        cwd=SUITE,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    lines = _as_ci_step(scenario, process.stdout) if scenario.ci_step else process.stdout
    console = "".join(lines)
    exit_code = process.wait()
    shutil.rmtree(SUITE / "test-results", ignore_errors=True)
    if scenario.ci_step and exit_code:
        console += _stamped(f"##[error]Process completed with exit code {exit_code}.\n")
    if scenario.format == "playwright-json":
        console = (work / "playwright.json").read_text("utf-8")
    return console, exit_code


def _node() -> list[str]:
    node = shutil.which("node")
    return [str(Path(node).parent)] if node else []


def _stamped(line: str) -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z {line}"


def _as_ci_step(scenario: Scenario, lines: Iterable[str]) -> Iterator[str]:
    """The lines as the raw log of a hosted CI job keeps them."""
    for line in (
        f"##[group]Run {scenario.command}",
        scenario.command,
        "shell: /usr/bin/bash -e {0}",
        "##[endgroup]",
    ):
        yield _stamped(f"{line}\n")
    for line in lines:
        yield _stamped(line)


def _told(work: Path, console: str, exit_code: int) -> list[truth.Told]:
    for name, read in (("tally.json", truth.of_pytest), ("playwright.json", truth.of_playwright)):
        if (work / name).is_file():
            return read(json.loads((work / name).read_text("utf-8")))
    raise RecordingError(f"the runner ended with {exit_code} and left no result:\n{console}")


def _write(path: Path, text: str, began: datetime, scenario: Scenario) -> None:
    clean = scrub(text, SUITE, began, scenario.at)
    if found := leaks(clean, SUITE):
        raise RecordingError(f"{path.name} still names the recording machine: {', '.join(found)}")
    data = clean.encode("utf-8")
    # No time and no name in the header: the same text gives the same bytes.
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    print(f"{path.name}: {path.stat().st_size} bytes", file=sys.stderr)
