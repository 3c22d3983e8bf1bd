"""Every recorded run against its truth: totals, the failures that must be told, warnings, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FRESH, RECORDED, SAMPLES, manifest, source_of
from triage.ingest import IngestError, collect
from triage.model import Run

KEYS = ("tests", "passed", "failed", "errors", "skipped")


def _counts(run: Run) -> dict[str, int]:
    # The manifests count in four: an expected failure as skipped, an unexpected pass as passed.
    t = run.totals
    return dict(
        zip(KEYS, (t.tests, t.passed + t.xpassed, t.failed, t.errors, t.skipped + t.xfailed), strict=True)
    )


def _said(run: Run) -> str:
    failures = [(c.name, f) for c in run.cases for f in c.failures] + [("", f) for f in run.failures]
    return "\n".join(
        [
            *(f"{name}\n{f.headline}\n{f.message}\n{f.trace}" for name, f in failures),
            *(w.text for w in run.warnings),
        ]
    )


def _cases(directory: Path) -> list[Any]:
    return [
        pytest.param(directory, entry, id=f"{directory.name}/{entry['path']}")
        for entry in manifest(directory)
    ]


ENTRIES = [entry for directory in (FRESH, SAMPLES, *RECORDED) for entry in _cases(directory)]


@pytest.mark.parametrize(("directory", "entry"), ENTRIES)
def test_recorded_run(directory: Path, entry: dict[str, Any]) -> None:
    truths = [entry["expected"], *entry.get("accept", [])]
    source = source_of(directory / entry["path"])
    try:
        run = collect(source)
    except IngestError as error:
        assert any(truth.get("error") for truth in truths), error
        assert entry["path"].rpartition("/")[2] in str(error)
        return
    if reader := entry.get("reader"):
        assert run.format == reader
    counts = _counts(run)
    is_log = entry["expected"].get("log", False)
    assert is_log or any(
        truth.get("tests", "") is None or all(counts[key] == truth.get(key) for key in KEYS)
        for truth in truths
    ), f"{counts} is none of {truths}"
    if (flaky := entry.get("extra", {}).get("flaky")) is not None:
        assert run.totals.flaky == flaky
    told = [(c.name, f"{f.headline}\n{f.message}\n{f.trace}") for c in run.cases for f in c.failures]
    told += [("", f"{f.headline}\n{f.message}\n{f.trace}") for f in run.failures]
    for first in entry.get("first_failed", []):
        assert any(first["name"] in name and first["message_contains"] in text for name, text in told), first
    said = _said(run)
    for text in entry.get("must_surface", []):
        assert text in said
    if is_log:
        for key in entry.get("key_lines", []):
            assert key["contains"] in said
    if entry.get("must_warn"):
        assert run.warnings
    if entry.get("green"):
        assert run.totals.red == 0
        assert not run.failures
    _know_their_lines(run, list(source.lines()))


def _know_their_lines(run: Run, lines: list[str]) -> None:
    """``source_line`` is the line of the original file where the trace begins."""
    for failure in [f for c in run.cases for f in c.failures] + list(run.failures):
        if failure.source_line is not None:
            assert 1 <= failure.source_line <= len(lines)
        if failure.source_line and failure.trace and run.format.endswith("-console"):
            first = failure.trace.split("\n", 1)[0].strip()
            assert first in lines[failure.source_line - 1]
