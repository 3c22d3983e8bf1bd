"""Regular expressions mean the same in every Python that is promised."""

from __future__ import annotations

import re

from tests.conftest import ROOT


def test_no_group_is_possessive() -> None:
    """Before Python 3.11.5 a possessive group may take more than it matches; an atomic group does not."""
    possessive = re.compile(r"\)(?:[+*?]|\{\d*,?\d*\})\+")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted((ROOT / "triage").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if possessive.search(line)
    ]
    assert not found
