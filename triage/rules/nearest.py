"""Which rules come near a text, and why each of them does or does not match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from triage.rules.engine import Engine
from triage.rules.model import NOWHERE, Near, Rule, Where
from triage.signature import normalize


@dataclass(frozen=True, slots=True)
class Considered:
    """One rule held against a text."""

    rule: Rule
    matches: bool
    wins: bool
    score: float
    """0 to 100: of the match, else how near the nearest of its phrases or examples is."""
    why: str
    """One sentence."""
    conditions: tuple[Near, ...]


def consider(
    engine: Engine, text: str, type: str = "", where: Where = NOWHERE, most: int = 5
) -> list[Considered]:
    """The rules that match ``text``, the winner first, then at most ``most`` that come near."""
    matches = engine.matches(text, type, where)
    winner = matches[0].rule if matches else None
    found = []
    for match in matches:
        conditions = tuple(engine.near(match.rule, text, type, where))
        why = _held(conditions) + _lost(match.rule, match.score, winner, matches[0].score)
        found.append(Considered(match.rule, True, match.rule is winner, match.score, why, conditions))
    matched = {match.rule.id for match in matches}
    others = [rule for rule in engine.rules if rule.id not in matched]
    for rule, alike in _most_alike(others, text, most + len(matches)):
        conditions = tuple(engine.near(rule, text, type, where))
        best = max((n.score for n in conditions if not n.excludes), default=0.0)
        found.append(Considered(rule, False, False, max(alike, best), _missing(conditions), conditions))
    near = sorted(found[len(matches) :], key=lambda one: (-one.score, one.rule.id))
    return found[: len(matches)] + near[:most]


def _most_alike(rules: Sequence[Rule], text: str, most: int) -> list[tuple[Rule, float]]:
    """The rules whose titles, phrases or examples are most like ``text``."""
    wanted = normalize(text).lower()
    known: dict[str, Rule] = {}
    for rule in rules:
        phrases = [c.value for c in rule.conditions if c.kind == "phrase"]
        for said in (rule.title, *phrases, *rule.matching):
            known.setdefault(normalize(said).lower(), rule)
    best: dict[str, tuple[Rule, float]] = {}
    for said, score, _ in process.extract(wanted, list(known), scorer=fuzz.ratio, limit=max(8 * most, 40)):
        best.setdefault(known[said].id, (known[said], score))
    return list(best.values())[: max(4 * most, 20)]


def _held(conditions: Sequence[Near]) -> str:
    best = max(
        (n for n in conditions if n.hit and not n.excludes),
        key=lambda n: (n.score, len(n.condition.value)),
        default=None,
    )
    return f"its {_named(best)} holds" if best else "nothing speaks against it"


def _named(near: Near) -> str:
    condition = near.condition
    scored = (
        f" (score {near.score:.1f}, needed {condition.threshold:g})" if condition.kind == "phrase" else ""
    )
    return f'{condition.kind} "{condition.value}"{scored}'


def _lost(rule: Rule, score: float, winner: Rule | None, best: float) -> str:
    if winner is None or rule is winner:
        return ""
    if rule.priority != winner.priority:
        return f"; loses to {winner.id} by priority, {rule.priority} to {winner.priority}"
    if score != best:
        return f"; loses to {winner.id} by score, {score:.1f} to {best:.1f}"
    return f"; loses to {winner.id}, whose conditions say more"


def _missing(conditions: Sequence[Near]) -> str:
    if excluded := next((n for n in conditions if n.hit and n.excludes), None):
        return f"excluded: {_named(excluded)} holds"
    nearly = max((n for n in conditions if not n.excludes and not n.hit), key=lambda n: n.score, default=None)
    held = sum(n.hit for n in conditions if not n.excludes)
    if nearly is not None and nearly.score:
        return f"its {_named(nearly)} does not hold"
    wanted = sum(not n.excludes for n in conditions)
    return f"{held} of its {wanted} conditions hold" if held else f"none of its {wanted} conditions holds"
