"""Starts one back end for all workers of a run, and stops it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

BACKEND: pytest.StashKey[subprocess.Popen[str]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "shop"],
        cwd=config.rootpath,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    config.stash[BACKEND] = process
    # Workers inherit the environment, so that all of them meet the same back end.
    os.environ["SHOP_ADDRESSES"] = process.stdout.readline()


def pytest_unconfigure(config: pytest.Config) -> None:
    process = config.stash.get(BACKEND, None)
    if process:
        process.communicate(timeout=10)


@pytest.fixture(scope="session")
def addresses() -> dict[str, str]:
    return json.loads(os.environ["SHOP_ADDRESSES"])


@pytest.fixture
def api(addresses: dict[str, str]) -> Iterator[httpx.Client]:
    """A client with the key of the test pipeline, not signed in."""
    with httpx.Client(base_url=addresses["http"], headers={"X-Api-Key": "nightly"}, timeout=5) as client:
        yield client
