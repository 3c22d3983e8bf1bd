"""JUnit XML beside expat and junitparser, the severity of lines and the masking of secrets beside ``re``."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.parsers import expat

import inputs
from measure import Row, peak, rates, skipped, source_of, timed

from triage.ingest import read
from triage.ingest.logs.severity import severity
from triage.ingest.redact import redact

_LINES = 100_000
_DOM = 200
"""Megabytes of XML beyond which a peer that builds trees is left out."""


def junit(scratch: Path, megabytes: int = 50) -> Iterator[Row]:
    """JUnit XML to cases, beside expat with empty handlers on the same bytes, and its peak memory."""
    small, large = scratch / "small.xml", scratch / "large.xml"
    inputs.junit(small, 1 << 20)
    cases = inputs.junit(large, megabytes << 20)
    size = large.stat().st_size / 1e6
    about = f"{size:.0f} MB, {cases:,} cases"
    ours = timed(lambda: _drain(large))
    bare = timed(lambda: _bare_expat(large))
    yield rates("JUnit XML", about, "MB/s", size, ours, "bare expat", bare)
    command = [sys.executable, "-m", "triage", "parse", str(large)]
    whole = timed(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))
    yield rates("JUnit XML, triage parse", about, "MB/s", size, whole, "bare expat", bare)
    if megabytes > _DOM:
        yield skipped(
            "JUnit XML", about, "junitparser", "it holds the whole document, which fills the memory"
        )
    elif find_spec("junitparser"):
        peer = timed(lambda: _junitparser(large), 1)
        yield rates("JUnit XML", about, "MB/s", size, ours, "junitparser", peer)
    else:
        yield skipped("JUnit XML", about, "junitparser", "not installed; it is no dependency of triage")
    a, b = peak(large), peak(small)
    yield Row("JUnit XML, peak memory", f"{size:.0f} MB", "MiB", a, "ours on 1 MB", b, a / b)


def severities(scratch: Path) -> Iterator[Row]:
    """How a line sounds, beside one ``re``."""
    path = scratch / "service.log"
    inputs.log(path, _LINES)
    text = path.read_text("utf-8").splitlines()
    words = re.compile(r"error|exception|fail|panic|fatal|refused|timed? ?out", re.IGNORECASE)
    ours = timed(lambda: [severity(line) for line in text])
    peer = timed(lambda: [words.search(line) for line in text])
    yield rates("severity of a line", f"{_LINES:,} lines", "lines/s", _LINES, ours, "one re of 7 words", peer)


def masking() -> Iterator[Row]:
    """Secrets masked in one word of 64 KB beside as much prose: what repeats must not cost more than what varies."""
    word = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz0123456789-_", k=64_000))
    prose = ("the key of the nightly token was not accepted " * 1_400)[:64_000]
    ours, peer = timed(lambda: redact(f"token {word}")), timed(lambda: redact(prose))
    yield rates("secrets masked", "a word of 64 KB", "MB/s", 0.064, ours, "64 KB of prose", peer)


def _drain(path: Path) -> int:
    return sum(1 for _ in read(source_of(path))[1])


def _bare_expat(path: Path) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: None
    parser.EndElementHandler = lambda name: None
    parser.CharacterDataHandler = lambda data: None
    with path.open("rb") as file:
        parser.ParseFile(file)


def _junitparser(path: Path) -> int:
    from junitparser import JUnitXml  # type: ignore[import-not-found, unused-ignore]

    return sum(1 for suite in JUnitXml.fromfile(str(path)) for case in suite if case.result is not None)
