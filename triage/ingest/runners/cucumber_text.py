"""Cucumber's account of a scenario in its JUnit and TestNG reports: a step, dots, and how it ended."""

from __future__ import annotations

import re

_STEP = re.compile(
    r"^(?P<step>[^\n.]{1,300}+(?>(?:\.[^\n.]{1,300}+){0,9}))\.{2,}(?P<how>failed|undefined|ambiguous|pending)$",
    re.MULTILINE,
)
_ANY_STEP = re.compile(r"\.{4,}(?:passed|failed|undefined|ambiguous|pending|skipped)(?:\n|\Z)")


def is_account(text: str) -> bool:
    """Whether ``text`` tells of steps, and not why one of them failed."""
    return bool(_ANY_STEP.search(text))


def broken_step(text: str) -> str:
    """The first step that did not pass, with how it ended in front; empty if there is none.

    What is undefined or pending has no message of its own.
    """
    step = _STEP.search(text)
    return f"{step['how']}: {step['step']}" if step else ""
