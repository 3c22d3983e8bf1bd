"""Ratios against peers and physical limits, each measured in the same run: ``python3 dev.py run python benchmarks/run.py``.

``--json`` prints one document instead of the table; ``--large`` reads gigabytes (500 MB of JSON) instead of 50 MB.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from xml.parsers import expat

import accuracy
import bulk
import extraction
import grouping
import keys
import reading
import ruling
import start
import storing
import viewing
from measure import Row

from triage.cli import _OBJECTS

_DATA = Path(__file__).resolve().parents[2] / "shared"
"""Benchmark data that lie beside the project, where they do."""
PAIRS, LOGHUB = _DATA / "logpairs", _DATA / "loghub"
_PEERS = ("triage", "textual", "rapidfuzz", "google-re2", "PyYAML", "sqlite-utils", "junitparser", "drain3")


def rows(megabytes: int) -> Iterator[Row]:
    """All comparisons, in the order of the way of a failure; each is told on stderr when it is done."""
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        for part in (
            reading.junit(scratch, megabytes), reading.severities(scratch), reading.masking(),
            bulk.log(scratch, megabytes), bulk.extract(scratch, megabytes), bulk.playwright(scratch, min(megabytes, 500)), bulk.directories(scratch),
            extraction.extracting(PAIRS), accuracy.loghub(LOGHUB), accuracy.codes(), accuracy.reports(),
            accuracy.speed(), grouping.masking(), grouping.grouping(), grouping.many(),
            ruling.loading(), ruling.matching(), ruling.thousand(), storing.storing(scratch), storing.growing(scratch),
            storing.scaling(scratch, 1_000_000 if megabytes > 50 else 100_000), start.starting(), keys.pressing(scratch), viewing.viewing(scratch, megabytes),
        ):  # fmt: skip
            for row in part:
                print(f"{row.name}, {row.input}", file=sys.stderr)
                yield row


def about() -> dict[str, str]:
    """What was measured with: versions and cores."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        **{name: _version(name) for name in _PEERS},
        "expat": expat.EXPAT_VERSION.removeprefix("expat_"),
        "sqlite": sqlite3.sqlite_version,
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def line(row: Row) -> str:
    """``row`` as a line of a Markdown table."""
    if row.ours is None or row.peer is None or row.ratio is None:
        return f"| {row.name} | {row.input} | | {row.peer_name} | skipped: {row.skipped} |"
    ours, peer = (f"{_figure(figure)} {row.unit}".strip() for figure in (row.ours, row.peer))
    return f"| {row.name} | {row.input} | {ours} | {row.peer_name} {peer} | {row.ratio:.2f} |"


def _figure(figure: float) -> str:
    return f"{figure:,.1f}" if figure < 100 and figure != round(figure) else f"{figure:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    parser.add_argument("--large", action="store_true", help="gigabytes instead of 50 MB")
    options = parser.parse_args()
    gc.set_threshold(_OBJECTS)  # as the program does
    megabytes = 1024 if options.large else 50
    if options.json:
        print(json.dumps({"about": about(), "rows": [asdict(row) for row in rows(megabytes)]}, indent=2))
        return
    print(", ".join(f"{name} {value}" for name, value in about().items()), end="\n\n")
    print("| what | input | here | beside it | ratio |\n| --- | --- | --- | --- | --- |", flush=True)
    for row in rows(megabytes):
        print(line(row), flush=True)


if __name__ == "__main__":
    main()
