"""What tests share: a private home, the recorded runs, a store, the seeds where they lie beside the project."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import settings

from triage.ingest import Source
from triage.model import TriageError
from triage.rules import Engine, library, load
from triage.rules.load import Loaded
from triage.sources import resolve
from triage.store import Store, open_store

# How long an example takes is for the benchmarks.
settings.register_profile("triage", deadline=None)
settings.load_profile("triage")

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
FRESH = DATA / "fresh"
SAMPLES = ROOT / "sample_logs"
RECORDED = sorted(path.parent for path in (DATA / "recorded").glob("*/manifest.json"))
"""One directory a runner, each with its own truth in ``manifest.json``."""
SEEDS = ROOT.parent / "shared" / "seeds"

needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed reports are not beside this checkout")


@cache
def rules_of_the_library() -> Loaded:
    """As read from its files, which takes half a second."""
    return load([library()])


def pytest_xdist_auto_num_workers() -> int:
    """Two for each processor: a screen that is driven waits half of its time."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of screens first: few tests take long there, and the last file is waited for by all."""
    items.sort(key=lambda item: "tui" not in item.path.parts)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests, so that not each of them reads the rules anew."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or changes what the person who runs it has."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("TRIAGE_DB", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The rules that come with the program, without anybody's own."""
    return Engine(rules_of_the_library().rules)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "triage.db")
    yield store
    store.close()


def manifest(directory: Path) -> list[dict]:  # type: ignore[type-arg]
    """The truth of recorded runs."""
    return json.loads((directory / "manifest.json").read_text("utf-8"))  # type: ignore[no-any-return]


def source_of(path: Path) -> Source:
    """The one source behind a file or a directory."""
    found = next(iter(resolve([str(path)])))
    if isinstance(found, TriageError):
        raise found
    return found


@pytest.fixture
def text_source() -> Callable[[str | bytes], Source]:
    """A source from a text."""
    import io

    def make(text: str | bytes) -> Source:
        data = text.encode() if isinstance(text, str) else text
        return Source("inline", lambda: io.BytesIO(data))

    return make


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on the loopback; yields its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
