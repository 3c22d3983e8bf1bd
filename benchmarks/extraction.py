"""The extractor on pairs of real CI logs, one failed, one passed, in which two annotators marked the failing lines."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import Row, skipped

from triage.analysis.extract import extract
from triage.ingest import Source

_MARK = re.compile(r"(?P<kind>[EC]) (?P<first>\d+)(?:-(?P<last>\d+))?")
_PEERS = {True: ("masked set difference (published)", 0.77), False: ("last forty lines (published)", 0.41)}


@dataclass(frozen=True)
class _Pair:
    failed: list[str]
    passed: list[str]
    wanted: set[int]
    """Lines that both annotators marked as the error."""
    right: set[int]
    """Lines that either marked, as error or context."""


def extracting(data: Path) -> Iterator[Row]:
    """F1 with and without the passing log, how often a marked line is among the first ten, and lines a second."""
    if not data.is_dir():
        yield skipped(
            "extract", "pairs of CI logs", "published figures", "the data are not beside the project"
        )
        return
    pairs = [_pair(folder) for folder in sorted(data.iterdir()) if folder.is_dir()]
    for with_baseline in (True, False):
        said = "with" if with_baseline else "without"
        name, published = _PEERS[with_baseline]
        begin = time.perf_counter()
        found = [[ln.number for ln in extract(p.failed, p.passed if with_baseline else None)] for p in pairs]
        took = time.perf_counter() - begin
        f1 = sum(_f1(set(lines), pair) for lines, pair in zip(found, pairs, strict=True)) / len(pairs)
        hits = sum(not pair.wanted.isdisjoint(lines[:10]) for lines, pair in zip(found, pairs, strict=True))
        lines = sum(len(p.failed) + len(p.passed) * with_baseline for p in pairs)
        about = f"{len(pairs)} pairs of CI logs, {said} the passing one"
        yield Row("extract, F1 of 100", about, "", 100 * f1, name, 100 * published, published / f1)
        yield Row(
            "extract, first ten", about, "pairs", hits, "all of them", len(pairs), len(pairs) / max(1, hits)
        )
        yield Row(
            "extract, speed", about, "lines/s", lines / took, "asked for", 100_000, 100_000 * took / lines
        )


def _pair(folder: Path) -> _Pair:
    marks = [_marks(folder / name) for name in ("groundtruth", "groundtruth2")]
    failed, passed = (list(_source(folder / name).lines()) for name in ("fail.log", "pass.log"))
    filled = {number for number, line in enumerate(failed, 1) if line.strip()}
    wanted = marks[0]["E"] & marks[1]["E"] & filled
    right = (marks[0]["E"] | marks[0]["C"] | marks[1]["E"] | marks[1]["C"]) & filled
    return _Pair(failed, passed, wanted, right)


def _source(path: Path) -> Source:
    return Source(str(path), lambda: path.open("rb"))


def _marks(path: Path) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {"E": set(), "C": set()}
    for match in _MARK.finditer(path.read_text("utf-8")):
        first = int(match["first"])
        found[match["kind"]] |= set(range(first, int(match["last"] or first) + 1))
    return found


def _f1(lines: set[int], pair: _Pair) -> float:
    precision = len(lines & pair.right) / len(lines) if lines else 0.0
    recall = len(lines & pair.wanted) / len(pair.wanted) if pair.wanted else 1.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
