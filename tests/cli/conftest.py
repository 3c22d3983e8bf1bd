"""The program as a script calls it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from triage.cli import main


@dataclass(frozen=True)
class Done:
    """What a call left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Call = Callable[..., Done]


@pytest.fixture
def triage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """``triage ARGUMENTS`` with a database of its own, stdout no terminal."""
    monkeypatch.setenv("TRIAGE_DB", str(tmp_path / "triage.db"))

    def call(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["triage", *map(str, arguments)])
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        told = capsys.readouterr()
        return Done(code if isinstance(code, int) else int(bool(code)), told.out, told.err)

    return call
