"""Rules against failures: which match, which of them wins, and how near the others came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from triage.rules.model import NOWHERE, WHERE_KINDS, Near, Rule, RuleMatch, Where, leaves

if TYPE_CHECKING:
    from triage.rules.compiled import Compiled

_FIELDS = {"test": "test", "path": "paths", "runner": "runner", "source": "source", "frame": "trace", "tag": "tags"}  # fmt: skip
"""The field of ``Where`` that each kind of condition asks."""


class Engine:
    """A set of rules, asked for every failure; it is compiled when the first one comes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)

    @cached_property
    def _compiled(self) -> Compiled:
        from triage.rules.compiled import Compiled  # many have an engine and match nothing

        return Compiled(self.rules)

    @cached_property
    def _by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    def rule(self, id_: str | None) -> Rule | None:
        """The rule of that id, if there is one."""
        return self._by_id.get(id_) if id_ else None

    def match(self, text: str, type: str = "", where: Where = NOWHERE) -> RuleMatch | None:
        """The rule that wins for ``text`` (a failure's type and message), or None."""
        held = self._compiled.held(text, type, where)
        ranked = self._compiled.ranked(held)
        return self._matched(*ranked[0], text) if ranked else None

    def matches(self, text: str, type: str = "", where: Where = NOWHERE) -> list[RuleMatch]:
        """Every rule that matches, the winner first: by priority, score, length of what matched, id."""
        held = self._compiled.held(text, type, where)
        return [self._matched(rule, score, text) for rule, score in self._compiled.ranked(held)]

    def near(self, rule: Rule, text: str, type: str = "", where: Where = NOWHERE) -> list[Near]:
        """Every condition of ``rule`` with its score: why it did or did not match."""
        from triage.rules.phrases import likeness
        from triage.rules.texts import matchable

        held, lowered = self._compiled.held(text, type, where), matchable(text).lower()
        found = []
        for condition, excludes in leaves(rule):
            score = held.get(self._compiled.numbers[condition], (0.0, 0))[0]
            hit = bool(score)
            if condition.kind == "phrase" and lowered and not hit:
                score = likeness(condition.value.lower(), lowered)
            found.append(Near(condition, hit, score, excludes))
        return found

    def narrowed(self, where: Where) -> Where:
        """``where`` without what no rule asks for: failures that are equal then have the same rule."""
        asked = {_FIELDS[kind] for kind in WHERE_KINDS if self._compiled.asks(kind)}
        return replace(NOWHERE, **{field: getattr(where, field) for field in asked}) if asked else NOWHERE

    def _matched(self, rule: Rule, score: float, text: str) -> RuleMatch:
        return RuleMatch(rule, score, partial(_captures, rule, text))


def _captures(rule: Rule, text: str) -> dict[str, str]:
    from triage.rules.texts import captured

    return captured(rule.capturing_patterns, text)
