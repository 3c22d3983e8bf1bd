"""Ratios against peers and physical limits, each measured in the same run: ``python3 dev.py run python benchmarks/run.py``.

``--json`` prints one document instead of the table.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from xml.parsers import expat

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

import inputs
from start import start_times

from triage.ingest import Source, read
from triage.ingest.severity import severity
from triage.rules import Engine, library, load
from triage.signature import group, normalize
from triage.store import open_store
from triage.store.ingest import ingest


@dataclass(frozen=True)
class Row:
    """One comparison."""

    name: str
    input: str
    ours: str
    peer: str
    ratio: float
    """Our time over the peer's; below 1 we are faster."""


def timed(work: Callable[[], object], rounds: int = 3) -> float:
    """Median seconds of ``work``."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return median(times)


def source_of(path: Path) -> Source:
    return Source(str(path), lambda: path.open("rb"))


def drain(source: Source) -> int:
    return sum(1 for _ in read(source)[1])


def bare_expat(path: Path) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: None
    parser.EndElementHandler = lambda name: None
    parser.CharacterDataHandler = lambda data: None
    with path.open("rb") as file:
        parser.ParseFile(file)


def peak_megabytes(path: Path) -> float:
    """Peak memory of a process that reads ``path`` and nothing else, in MiB."""
    code = (
        "import resource, sys; from triage import read_results\n"
        f"n = sum(1 for _ in read_results({str(path)!r}))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout) / (1024 if sys.platform != "darwin" else 1 << 20)


def reading(scratch: Path) -> Iterator[Row]:
    small, large = scratch / "small.xml", scratch / "large.xml"
    inputs.junit(small, 1 << 20)
    cases = inputs.junit(large, 50 << 20)
    size = large.stat().st_size / 1e6
    ours, peer = timed(lambda: drain(source_of(large)), 1), timed(lambda: bare_expat(large))
    yield Row(
        "JUnit XML", f"{size:.0f} MB, {cases} cases", f"{size / ours:.0f} MB/s", f"bare expat {size / peer:.0f} MB/s", ours / peer
    )  # fmt: skip
    a, b = peak_megabytes(large), peak_megabytes(small)
    yield Row(
        "JUnit XML, peak memory",
        f"{size:.0f} MB and 1 MB",
        f"{a:.0f} MiB",
        f"the small one {b:.0f} MiB",
        a / b,
    )
    log = scratch / "service.log"
    inputs.log(log, 100_000)
    text = log.read_text("utf-8").splitlines()
    ours = timed(lambda: drain(source_of(log)))
    peer = timed(lambda: sum(1 for _ in source_of(log).lines()))
    yield Row(
        "any log",
        "100,000 lines",
        f"{1e5 / ours:,.0f} lines/s",
        f"its clean lines alone {1e5 / peer:,.0f} lines/s",
        ours / peer,
    )
    words = re.compile(r"error|exception|fail|panic|fatal|refused|timed? ?out", re.IGNORECASE)
    ours, peer = (
        timed(lambda: [severity(line) for line in text]),
        timed(lambda: [words.search(line) for line in text]),
    )
    yield Row(
        "severity of a line",
        "100,000 lines",
        f"{1e5 / ours:,.0f} lines/s",
        f"one re of 7 words {1e5 / peer:,.0f} lines/s",
        ours / peer,
    )


def grouping() -> Iterator[Row]:
    numbers = re.compile(r"\d+")
    texts = list(inputs.messages(20_000))
    ours, peer = (
        timed(lambda: [normalize(t) for t in texts]),
        timed(lambda: [numbers.sub("<num>", t) for t in texts]),
    )
    yield Row(
        "normalize",
        "20,000 messages",
        f"{2e4 / ours:,.0f}/s",
        f"re.sub of numbers {2e4 / peer:,.0f}/s",
        ours / peer,
    )
    ours, peer = timed(lambda: group(texts)), timed(lambda: len({normalize(t) for t in texts}))
    yield Row(
        "group",
        "20,000 messages",
        f"{2e4 / ours:,.0f}/s",
        f"exact templates alone {2e4 / peer:,.0f}/s",
        ours / peer,
    )


def _compiled(patterns: Iterable[str]) -> Iterator[re.Pattern[str]]:
    """Those of google-re2's patterns that ``re`` takes as well."""
    for pattern in patterns:
        with contextlib.suppress(re.error):
            yield re.compile(pattern)


def ruling() -> Iterator[Row]:
    files = sorted(library().glob("*.yaml"))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    ours = timed(lambda: Engine(load([library()]).rules))
    peer = timed(lambda: [yaml.load(file.read_text("utf-8"), loader) for file in files])
    rules = load([library()]).rules
    yield Row(
        "loading the rules",
        f"{len(rules)} rules",
        f"{ours * 1e3:.0f} ms",
        f"{loader.__name__} alone {peer * 1e3:.0f} ms",
        ours / peer,
    )
    texts = list(inputs.messages(2_000))
    engine = Engine(rules)
    engine.match(texts[0])
    patterns = list(
        _compiled(c.value for rule in rules for c in (*rule.any, *rule.all) if c.kind == "pattern")
    )
    ours = timed(lambda: [engine.match(t) for t in texts])
    peer = timed(lambda: [[p.search(t) for p in patterns] for t in texts], 1)
    yield Row(
        "matching the rules", "2,000 messages", f"{2e3 / ours:,.0f}/s",
        f"their {len(patterns)} patterns with re {2e3 / peer:,.0f}/s", ours / peer,
    )  # fmt: skip


def storing(scratch: Path) -> Iterator[Row]:
    report = scratch / "store.xml"
    cases = inputs.junit(report, 4 << 20)
    engine = Engine(load([library()]).rules)
    rounds = iter(range(100))

    def ours() -> None:
        db = open_store(scratch / f"{next(rounds)}.db")
        ingest(db, source_of(report), engine, 1)
        db.close()

    rows = [
        (n, f"tests/test_{n % 97}.py::test[{n}]", "passed", 0.1, "x" * (900 if n % 10 == 0 else 0))
        for n in range(cases)
    ]

    def peer() -> None:
        connection = sqlite3.connect(scratch / f"plain{next(rounds)}.db")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, test, outcome, duration, trace)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
        connection.commit()
        connection.close()

    mine, plain = timed(ours), timed(peer)
    yield Row(
        "reading, grouping, storing, indexing",
        f"{cases:,} cases",
        f"{cases / mine:,.0f} cases/s",
        f"executemany alone {cases / plain:,.0f} rows/s",
        mine / plain,
    )


def starting() -> Iterator[Row]:
    fresh, filled, empty = start_times()
    yield Row(
        "clusters on the screen, new database",
        "triage sample_logs",
        f"{fresh:.2f} s",
        f"empty Textual app {empty:.2f} s",
        fresh / empty,
    )
    yield Row(
        "clusters on the screen, filled database",
        "triage",
        f"{filled:.2f} s",
        f"empty Textual app {empty:.2f} s",
        filled / empty,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    about = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        **{name: version(name) for name in ("triage", "textual", "rapidfuzz", "google-re2", "sqlite-utils")},
        "sqlite": sqlite3.sqlite_version,
    }
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        rows = [*reading(scratch), *grouping(), *ruling(), *storing(scratch), *starting()]
    if as_json:
        print(json.dumps({"about": about, "rows": [asdict(row) for row in rows]}, indent=2))
        return
    print(", ".join(f"{name} {value}" for name, value in about.items()), end="\n\n")
    print("| what | input | here | beside it | ratio |\n| --- | --- | --- | --- | --- |")
    for row in rows:
        print(f"| {row.name} | {row.input} | {row.ours} | {row.peer} | {row.ratio:.2f} |")


if __name__ == "__main__":
    main()
