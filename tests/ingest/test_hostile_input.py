"""Every reader on recordings that were damaged: it reads what is left or refuses, and never breaks."""

from __future__ import annotations

import json
import random
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DATA, FRESH, RECORDED, manifest, source_of
from triage.ingest import IngestError, Source
from triage.ingest.reader import Reader, Sample
from triage.ingest.registry import all_readers, choose
from triage.model import CaseResult, Failure, Warn

READERS = {reader.name: reader for reader in all_readers()}
_PLAIN = [
    str((directory / entry["path"]).relative_to(DATA))
    for directory in (FRESH, *RECORDED)
    for entry in manifest(directory)
    if not entry["path"].endswith((".zip", ".gz")) and (directory / entry["path"]).is_file()
]
_JSON = [path for path in _PLAIN if path.endswith(".json")]
_ODD: list[Any] = [None, True, -1, 1e300, "", "\x1b[31m\x00", [], {}, [[]], [None], {"": None}, "9" * 400]


def _source(data: bytes) -> Source:
    return Source("damaged", lambda: BytesIO(data))


def _reads_or_refuses(data: bytes, reader: Reader | None = None) -> None:
    source = _source(data)
    try:
        items = list((reader or choose(source)).read(source))
    except IngestError as error:
        assert str(error).startswith("damaged") and "\n" not in str(error)
        return
    for item in items:
        match item:
            case CaseResult():
                assert isinstance(item.name, str)
                assert item.attempts >= 1
                assert item.duration is None or item.duration == item.duration
                assert not item.outcome.is_red or item.failures or source
            case Failure():
                assert item.headline
            case Warn():
                assert item.text


@pytest.mark.parametrize("path", _PLAIN)
def test_damaged_anywhere(path: str) -> None:
    """A run that was killed leaves a file that ends anywhere; bytes are flipped, and lines come in any order.

    A few times for each of hundreds of recordings; ``fuzz/readers.py`` goes on for as long as one likes.
    """
    data = (DATA / path).read_bytes()
    chance = random.Random(path)
    for _ in range(3):
        _reads_or_refuses(data[: chance.randrange(len(data) + 1)])
    for _ in range(2):
        flipped = bytearray(data)
        for _ in range(min(len(flipped), 20)):
            flipped[chance.randrange(len(flipped))] = chance.randrange(256)
        _reads_or_refuses(bytes(flipped))
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    _reads_or_refuses(b"".join(lines))


def _bent(value: Any, chance: random.Random, rate: float) -> Any:
    if chance.random() < rate:
        return chance.choice(_ODD)
    if isinstance(value, dict):
        return {key: _bent(inner, chance, rate) for key, inner in value.items()}
    if isinstance(value, list):
        return [_bent(inner, chance, rate) for inner in value]
    return value


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("path", _JSON)
def test_json_of_another_shape(path: str) -> None:
    """The right keys with the wrong things behind them."""
    text = (DATA / path).read_bytes().decode("utf-8-sig")
    reader = choose(source_of(DATA / path))
    chance = random.Random(path)
    lines = len(text.splitlines()) > 1 and all(map(_is_json, text.splitlines()[:2]))
    for round in range(30):
        rate = (0.005, 0.05, 0.3)[round % 3]
        documents = text.splitlines() if lines else [text]
        bent = [
            json.dumps(_bent(json.loads(document), chance, rate))
            if document.startswith(("{", "["))
            else document
            for document in documents
        ]
        _reads_or_refuses("\n".join(bent).encode(), reader)


@pytest.mark.parametrize("path", [path for path in _PLAIN if path.endswith(".jsonl")])
def test_json_lines_of_another_shape(path: str) -> None:
    chance = random.Random(path)
    reader = choose(source_of(DATA / path))
    lines = [line for line in (DATA / path).read_text("utf-8").splitlines() if _is_json(line)]
    for rate in (0.005, 0.05, 0.3) * 4:
        bent = "\n".join(json.dumps(_bent(json.loads(line), chance, rate)) for line in lines)
        _reads_or_refuses(bent.encode(), reader)


@pytest.mark.parametrize("name", READERS)
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8"))))
def test_no_reader_breaks_on_junk(name: str, data: bytes) -> None:
    score = READERS[name].sniff(Sample.of(_source(data)))
    assert 0 <= score <= 100
    _reads_or_refuses(data, READERS[name])


def test_deeply_nested_json_is_refused() -> None:
    data = b'{"config":{"rootDir":"", "projects":[]},"suites":' + b"[" * 200_000
    with pytest.raises(IngestError, match="damaged"):
        list(READERS["playwright-json"].read(_source(data)))


def test_nothing_else_claims_a_recording() -> None:
    """For each recording one reader is surest, by a margin."""
    for path in _PLAIN:
        sample = Sample.of(source_of(Path(DATA / path)))
        scores = sorted(((reader.sniff(sample), reader.name) for reader in READERS.values()), reverse=True)
        assert scores[0][0] == 0 or scores[0][0] > scores[1][0], f"{path}: {scores[:2]}"
