"""``triage view`` where there is nothing to show, or nothing to show it on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Call
from triage.cli.view import _split


def test_without_a_terminal(triage: Call, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("x\n")
    done = triage("view", tmp_path / "a.log")
    assert done.code == 2
    assert "there is no terminal" in done.err
    assert done.err.count("\n") == 1


def test_help_says_what_is_opened(triage: Call) -> None:
    done = triage("view", "--help")
    assert done.code == 0
    assert "FILE[:LINE]" in done.out


@pytest.mark.parametrize(
    ("place", "split"),
    [
        ("a.log", ("a.log", None)),
        ("a.log:12", ("a.log", 12)),
        ("a.log:12:3", ("a.log", 12)),
        ("C:\\logs\\a.log:7", ("C:\\logs\\a.log", 7)),
        ("logs.zip!b/a.log:3", ("logs.zip!b/a.log", 3)),
        ("a:b", ("a:b", None)),
        (":5", (":5", None)),
        ("there:7", ("there:7", None)),
    ],
)
def test_a_place_is_a_file_and_a_line(
    place: str, split: tuple[str, int | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there:7").touch()
    assert _split(place) == split
