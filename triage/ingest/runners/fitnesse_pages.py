"""How FitNesse counts a page, whatever it writes of it."""

from __future__ import annotations

from typing import Final

from triage.model import Outcome

_AROUND: Final = {"SuiteSetUp", "SuiteTearDown"}


def outcome_of(name: str, right: int, wrong: int, exceptions: int) -> Outcome:
    """What became of the page ``name``: one that asserts nothing was ignored, unless it sets up the others."""
    if exceptions:
        return Outcome.ERROR
    if wrong:
        return Outcome.FAILED
    return Outcome.PASSED if right or name.rpartition(".")[2] in _AROUND else Outcome.SKIPPED
