"""What a static graph cannot see: which modules are loaded, and when."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "distributed",
    "textual",
    "rich",
    "sqlite_utils",
    "httpx",
    "jinja2",
    "rapidfuzz",
    "re2",
    "yaml",
    "ftfy",
    "orjson",
}


def loaded_by(code: str) -> set[str]:
    """The top-level modules in memory after ``code`` ran in a fresh interpreter."""
    script = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split("\n")[-2].split())


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import triage", set()),
        ("from triage.cli import main", set()),
        ("import triage.cli.root", {"orjson"}),
        ("import triage.cli.parse", {"orjson", "re2"}),
        ("import triage.model", set()),
        ("from triage import read_results; list(read_results('sample_logs/nightly-1-backend.log'))", {"re2", "yaml", "orjson", "rapidfuzz"}),
        ("from triage import normalize, group; group(['a 1', 'a 2'])", {"re2", "rapidfuzz"}),
        ("import triage.store.clusters", {"orjson"}),
        ("import triage.cli.root, triage.cli.summary", {"rich", "orjson"}),
        ("import triage.cli.view, triage.tui.view_app", {"textual", "rich", "orjson"}),
        ("import triage.tui.app", {"textual", "rich", "rapidfuzz", "re2", "orjson"}),
    ],
)  # fmt: skip
def test_nobody_pays_for_what_they_do_not_use(code: str, allowed: set[str]) -> None:
    assert loaded_by(code) & HEAVY <= allowed


def test_no_network_library_before_the_first_screen() -> None:
    assert not loaded_by("import triage.tui.app") & {"httpx", "jinja2", "ftfy"}


def test_nobody_pays_for_a_scheduler_that_is_not_named() -> None:
    assert not loaded_by("import triage.sources.session") & {"distributed", "dask"}
