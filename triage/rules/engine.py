"""Rules against texts: all patterns in one pass of a ``re2.Set``, all phrases in one call of rapidfuzz."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fnmatch import fnmatchcase

import re2
from rapidfuzz import fuzz, process

from triage.model import TriageError
from triage.rules.model import Condition, Near, Rule, RuleMatch

MAX_SET_MEMORY = 128 << 20
"""Bytes that the compiled patterns may take (google-re2's own limit is 8 MiB; 210 rules need 4)."""
MAX_TEXT = 8_000
"""Characters of a failure that are matched: its type and message, not its trace."""


class Engine:
    """A set of rules, compiled once, asked for every failure."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        conditions = {c for rule in self.rules for c in (*rule.any, *rule.all, *rule.none)}
        self._patterns = sorted({c.value for c in conditions if c.kind == "pattern"})
        self._phrases = sorted({c.value.lower() for c in conditions if c.kind == "phrase"})
        self._cutoff = min((c.threshold for c in conditions if c.kind == "phrase"), default=100.0)
        # A text hits few conditions: only the rules that they could decide are looked at.
        self._deciding: defaultdict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            for condition in rule.any or rule.all:
                self._deciding[_key(condition)].append(rule)
        self._types = [c for c in conditions if c.kind == "type" and _key(c) in self._deciding]
        self._set: re2.Set | None = None
        if self._patterns:
            options = re2.Options()
            options.max_mem = MAX_SET_MEMORY
            self._set = re2.Set.SearchSet(options)
            for pattern in self._patterns:
                self._set.Add(pattern)
            try:
                self._set.Compile()
            except re2.error:
                raise TriageError(
                    f"{len(self._patterns)} patterns need more than {MAX_SET_MEMORY >> 20} MiB; use fewer rules"
                ) from None

    def match(self, text: str, type: str = "") -> RuleMatch | None:
        """The rule that wins for ``text`` (a failure's type and message), or None."""
        matches = self.matches(text, type)
        return matches[0] if matches else None

    def matches(self, text: str, type: str = "") -> list[RuleMatch]:
        """Every rule that matches, the winner first: by priority, score, length of the condition, id."""
        text = _matchable(text)
        hits = self._hits(text, self._cutoff)
        candidates = {rule.id: rule for key in hits for rule in self._deciding.get(key, ())}
        for condition in self._types if type else ():
            if fnmatchcase(type, condition.value):
                candidates |= {rule.id: rule for rule in self._deciding[_key(condition)]}
        found = []
        for rule in candidates.values():
            score, weight = self._score(rule, hits, type)
            if score:
                found.append(
                    (-rule.priority, -score, -weight, rule.id, RuleMatch(rule, score, _captures(rule, text)))
                )
        return [entry[-1] for entry in sorted(found, key=lambda entry: entry[:4])]

    def near(self, rule: Rule, text: str, type: str = "") -> list[Near]:
        """Every condition of ``rule`` with its score for ``text``: why it did or did not match."""
        hits = self._hits(_matchable(text), 0.0)
        return [
            Near(c, _holds(c, hits, type), _value(c, hits, type)) for c in (*rule.any, *rule.all, *rule.none)
        ]

    def _hits(self, text: str, cutoff: float) -> dict[str, float]:
        """Scores of the conditions that are in ``text``: patterns by their source, phrases by their words."""
        hits: dict[str, float] = {}
        if self._set is not None:
            hits = {f"pattern:{self._patterns[index]}": 100.0 for index in self._set.Match(text) or ()}
        if self._phrases and text:
            lowered = text.lower()
            for phrase, score, _ in process.extract(
                lowered, self._phrases, scorer=fuzz.partial_ratio, score_cutoff=cutoff, limit=None
            ):
                # partial_ratio takes the shorter for the needle: a short text is not inside a phrase.
                hits[f"phrase:{phrase}"] = (
                    score if len(lowered) >= len(phrase) else fuzz.ratio(lowered, phrase)
                )
        return hits

    def _score(self, rule: Rule, hits: dict[str, float], type: str) -> tuple[float, int]:
        """Score and length of the best condition that holds; (0, 0) where the rule does not match."""
        if any(_holds(c, hits, type) for c in rule.none) or not all(_holds(c, hits, type) for c in rule.all):
            return 0.0, 0
        held = [c for c in (rule.any or rule.all) if _holds(c, hits, type)]
        if not held:
            return 0.0, 0
        return max((_value(c, hits, type), len(c.value)) for c in held)


def _matchable(text: str) -> str:
    # google-re2 takes UTF-8, which half a surrogate pair is not.
    return text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def _key(condition: Condition) -> str:
    """What the hits call a condition."""
    return f"{condition.kind}:{condition.value.lower() if condition.kind == 'phrase' else condition.value}"


def _value(condition: Condition, hits: dict[str, float], type: str) -> float:
    if condition.kind == "type":
        return 100.0 if type and fnmatchcase(type, condition.value) else 0.0
    return hits.get(_key(condition), 0.0)


def _holds(condition: Condition, hits: dict[str, float], type: str) -> bool:
    return _value(condition, hits, type) >= (condition.threshold if condition.kind == "phrase" else 100.0)


def _captures(rule: Rule, text: str) -> dict[str, str]:
    captures: dict[str, str] = {}
    for condition in (*rule.any, *rule.all):
        if (
            condition.kind == "pattern"
            and "(?P<" in condition.value
            and (match := re2.search(condition.value, text))
        ):
            captures |= {
                name: value for name, value in match.groupdict().items() if value and name not in captures
            }
    return captures
