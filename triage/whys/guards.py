"""Doubts: what weakens a chain of whys. Told, never enforced; all of it is pure and local."""

from __future__ import annotations

import re
from dataclasses import dataclass

from triage.store.investigations import Investigation, Why

_PERSON = re.compile(
    r"\b(?:(?:some|any|no)(?:one|body)|human error|careless\w*|(?:developer|engineer|operator|tester|author|admin|he|she|they)s?"
    r" (?:forgot|did not|didn't|made|missed|broke|failed|should have)|forgot to|mistake by|fault of)\b",
    re.IGNORECASE,
)
_CIRCLE = 85.0
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """A weak place, and what would mend it."""

    why_id: int | None
    text: str


def doubts(investigation: Investigation) -> list[Doubt]:
    """Everything questionable about the notes, in the order of the tree."""
    found: list[Doubt] = []
    by_id = {why.id: why for why in investigation.whys}
    for why in investigation.whys:
        if not why.answer.strip():
            continue
        if _PERSON.search(why.answer):
            found.append(Doubt(why.id, "names a person as cause: ask what made the mistake possible"))
        if _in_circle(why, by_id):
            found.append(Doubt(why.id, "says again what was said above: the chain goes in a circle"))
        if not investigation.evidence_of(why.id):
            found.append(Doubt(why.id, "a hypothesis: no evidence is attached yet"))
    roots = [why for why in investigation.whys if why.role == "root_cause"]
    found += [
        Doubt(root.id, f"marked as root cause after {depth} whys: is there nothing behind it?")
        for root in roots
        if (depth := _depth(root, by_id)) < _ENOUGH
    ]
    if not roots and investigation.whys and any(why.answer.strip() for why in investigation.whys):
        found.append(Doubt(None, "no root cause is marked yet"))
    if roots and not investigation.actions:
        found.append(Doubt(None, "a root cause without an action: what will keep it from coming back?"))
    for action in investigation.actions:
        missing = [
            word for word, value in (("an owner", action.owner), ("a due date", action.due)) if not value
        ]
        if missing:
            found.append(Doubt(None, f"action without {' and '.join(missing)}: {action.text}"))
    return found


def _in_circle(why: Why, by_id: dict[int, Why]) -> bool:
    from rapidfuzz import fuzz  # most who read notes have none yet

    above = by_id.get(why.parent_id or 0)
    while above is not None:
        if fuzz.token_sort_ratio(why.answer.lower(), above.answer.lower()) >= _CIRCLE:
            return True
        above = by_id.get(above.parent_id or 0)
    return False


def _depth(why: Why, by_id: dict[int, Why]) -> int:
    depth = 1
    while why.parent_id is not None and why.parent_id in by_id:
        why = by_id[why.parent_id]
        depth += 1
    return depth
