"""Large inputs: a log beside ``grep``, JSON beside orjson, directories beside reading their bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import inputs
import orjson
from measure import Row, peak, peak_of_extract, rates, skipped, source_of, timed

from triage.analysis.extract import rank
from triage.ingest import read
from triage.ingest.logs.passing import File
from triage.ingest.logs.scan import WORDS
from triage.sources import resolve

_WORDS = WORDS.replace("(?:", "(").replace(r"(^|\n)", "^").replace(r"\d", "[0-9]").replace(r"[^ \n]", "[^ ]")
"""The words of the reader as grep spells them."""
_FILES = 10_000
_RESULTS = 20_000


def log(scratch: Path, megabytes: int) -> Iterator[Row]:
    """The log reader beside ``grep -ciE`` with the same words in the locale of this machine, and its peak memory."""
    path, small = scratch / "large.log", scratch / "small.log"
    inputs.quiet_log(path, megabytes << 20)
    inputs.quiet_log(small, 1 << 20)
    size = path.stat().st_size / 1e6
    about = f"{size:,.0f} MB, an error in 2,000 lines"
    if shutil.which("grep"):
        ours = timed(lambda: _drain(path))
        peer = timed(lambda: subprocess.run(["grep", "-ciE", _WORDS, str(path)], capture_output=True))
        yield rates("any log", about, "MB/s", size, ours, "grep -ciE", peer)
    else:
        yield skipped("any log", about, "grep -ciE", "there is no grep")
    a, b = peak(path), peak(small)
    yield Row("any log, peak memory", f"{size:,.0f} MB", "MiB", a, "ours on 1 MB", b, a / b)


def extract(scratch: Path, megabytes: int) -> Iterator[Row]:
    """The extractor beside ``grep`` as above over the same files: of a log alone, beside one that passed, beside one that
    has the same errors (nothing new sounds like a failure, which takes a second pass), and of a log full of errors."""
    path, same, passed, dense, small = (
        scratch / f"{name}.log" for name in ("failed", "same", "passed", "dense", "little")
    )
    inputs.quiet_log(path, megabytes << 20)
    inputs.quiet_log(passed, megabytes << 20, errors=0)
    inputs.quiet_log(dense, min(megabytes, 60) << 20, errors=10)
    inputs.quiet_log(small, 1 << 20)
    shutil.copyfile(path, same)
    for about, paths in (
        ("alone", (path,)),
        ("beside one that passed", (path, passed)),
        ("beside one with the same errors", (path, same)),
        ("an error in 10 lines", (dense,)),
    ):
        size = sum(one.stat().st_size for one in paths) / 1e6
        about = f"{size:,.0f} MB, {about}"
        if shutil.which("grep"):
            ours = timed(lambda paths=paths: rank(*(File(source_of(one)) for one in paths)))
            grep = ["grep", "-ciE", _WORDS, *map(str, paths)]
            peer = timed(lambda grep=grep: subprocess.run(grep, capture_output=True))
            yield rates("extract", about, "MB/s", size, ours, "grep -ciE", peer)
        else:
            yield skipped("extract", about, "grep -ciE", "there is no grep")
        a, b = peak_of_extract(*paths), peak_of_extract(small)
        yield Row("extract, peak memory", about, "MiB", a, "ours on 1 MB", b, a / b)


def playwright(scratch: Path, megabytes: int) -> Iterator[Row]:
    """Playwright's JSON to cases beside orjson alone, and peak memory beside the size of the file."""
    path = scratch / "playwright.json"
    inputs.playwright(path, megabytes << 20)
    size = path.stat().st_size / 1e6
    ours, peer = timed(lambda: _drain(path)), timed(lambda: orjson.loads(path.read_bytes()))
    yield rates("Playwright JSON", f"{size:,.0f} MB", "MB/s", size, ours, "orjson alone", peer)
    a, b = peak(path), path.stat().st_size / (1 << 20)
    yield Row("Playwright JSON, peak memory", f"{size:,.0f} MB", "MiB", a, "the file", b, a / b)


def directories(scratch: Path) -> Iterator[Row]:
    """Directories of small files to cases beside reading their bytes."""
    reports, allure = scratch / "reports", scratch / "allure"
    inputs.small_reports(reports, _FILES)
    yield _directory("directory of JUnit XML", reports, _FILES)
    inputs.allure(allure, _RESULTS)
    yield _directory("Allure results", allure, _RESULTS)
    a, b = peak(allure), sum(path.stat().st_size for path in allure.iterdir()) / (1 << 20)
    yield Row("Allure results, peak memory", f"{_RESULTS:,} files", "MiB", a, "the files", b, a / b)


def _directory(name: str, root: Path, files: int) -> Row:
    ours, peer = timed(lambda: _drain(root), 1), timed(lambda: _bytes_of(root))
    return rates(name, f"{files:,} files", "files/s", files, ours, "reading the bytes", peer)


def _bytes_of(root: Path) -> int:
    checksum = 0
    for folder, _, names in os.walk(root):
        for name in names:
            checksum = zlib.crc32((Path(folder) / name).read_bytes(), checksum)
    return checksum


def _drain(path: Path) -> int:
    return sum(
        1 for found in resolve([str(path)]) if not isinstance(found, Exception) for _ in read(found)[1]
    )
