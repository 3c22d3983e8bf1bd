"""Large JSON documents: what is streamed says the same as what is held."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DATA, FRESH, RECORDED, manifest, source_of
from triage.ingest import IngestError, Source, collect, json_report, json_stream
from triage.ingest.json_stream import Streamed, outline
from triage.model import Run

_JSON = [
    directory / entry["path"]
    for directory in (FRESH, *RECORDED)
    for entry in manifest(directory)
    if entry["path"].endswith(".json")
]
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=60,
)


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value


@given(_VALUES, st.integers(0, 12))
def test_an_outline_is_the_document(value: object, kept: int) -> None:
    data = json.dumps(value).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_KEPT_TOKENS", kept)
        found, whole = outline(Source("x", lambda: io.BytesIO(data)))
        assert whole
        # A streamed list yields all of its elements, whether objects or not.
        assert _plain(found) == value


def _without_lines(run: Run) -> Run:
    return replace(
        run,
        cases=tuple(
            replace(c, failures=tuple(replace(f, source_line=None) for f in c.failures)) for c in run.cases
        ),
        failures=tuple(replace(f, source_line=None) for f in run.failures),
    )


@pytest.mark.parametrize("path", _JSON, ids=lambda path: str(path.relative_to(DATA)))
def test_a_streamed_report_says_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        held = collect(source_of(path))
    except IngestError:
        return  # what is refused is for test_recorded_runs
    monkeypatch.setattr(json_report, "LARGE", 10)
    monkeypatch.setattr(json_stream, "_KEPT_TOKENS", 20)
    assert _without_lines(collect(source_of(path))) == _without_lines(held)


def test_what_breaks_off_is_read_up_to_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_report, "LARGE", 10)
    monkeypatch.setattr(json_stream, "_KEPT_TOKENS", 20)
    data = (FRESH / "playwright" / "report.json").read_bytes()
    run = collect(Source("cut.json", lambda: io.BytesIO(data[: len(data) * 2 // 3])))
    assert run.cases
    assert any("breaks off" in warning.text for warning in run.warnings)


def test_memory_does_not_grow_with_a_long_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_KEPT_TOKENS", 100)
    text = '{"suites": [' + ",".join('{"a": {"b": [1, 2]}}' for _ in range(1_000)) + '], "last": 1}'
    found, _ = outline(Source("x", lambda: io.BytesIO(text.encode())))
    assert isinstance(found["suites"], Streamed)
    assert (len(found["suites"]), sum(1 for _ in found["suites"]), found["last"]) == (1_000, 1_000, 1)
