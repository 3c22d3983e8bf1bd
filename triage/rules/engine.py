"""Rules against failures: which match, which of them wins, and how near the others came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from triage.rules.globs import Globs
from triage.rules.model import (
    NOWHERE,
    WHERE_KINDS,
    Condition,
    Group,
    Near,
    Rule,
    RuleMatch,
    Where,
    leaves,
)
from triage.rules.statuses import statuses
from triage.rules.texts import Held, Texts, likeness, matchable

_FIELDS = {"test": "test", "path": "paths", "runner": "runner", "source": "source", "frame": "trace", "tag": "tags"}  # fmt: skip
"""The field of ``Where`` that each kind of condition asks."""


class Engine:
    """A set of rules, compiled once, asked for every failure."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._numbers: dict[Condition, int] = {}
        # A failure meets few conditions: only the rules that they could decide are looked at.
        self._deciding: defaultdict[int, list[int]] = defaultdict(list)
        self._always: list[int] = []
        self._compiled: list[_Compiled] = []
        for at, rule in enumerate(self.rules):
            compiled = self._compile(rule)
            self._compiled.append(compiled)
            if (needed := compiled.needed()) is None:
                self._always.append(at)
            for number in needed or ():
                self._deciding[number].append(at)
        self._texts = Texts((number, condition) for condition, number in self._numbers.items())
        self._capturing = [
            [
                (self._numbers[condition], condition.value)
                for condition, excludes in leaves(rule)
                if condition.kind == "pattern" and "(?P<" in condition.value and not excludes
            ]
            for rule in self.rules
        ]
        by_kind: defaultdict[str, list[tuple[int, Condition]]] = defaultdict(list)
        for condition, number in self._numbers.items():
            by_kind[condition.kind].append((number, condition))
        self._globs = {kind: Globs(by_kind[kind]) for kind in by_kind if kind not in ("pattern", "phrase")}
        self._lengths = {number: len(condition.value) for condition, number in self._numbers.items()}

    def match(self, text: str, type: str = "", where: Where = NOWHERE) -> RuleMatch | None:
        """The rule that wins for ``text`` (a failure's type and message), or None."""
        ranked, held = self._ranked(text, type, where)
        return self._matched(ranked[0], held, text) if ranked else None

    def matches(self, text: str, type: str = "", where: Where = NOWHERE) -> list[RuleMatch]:
        """Every rule that matches, the winner first: by priority, score, length of what matched, id."""
        ranked, held = self._ranked(text, type, where)
        return [self._matched(entry, held, text) for entry in ranked]

    def near(self, rule: Rule, text: str, type: str = "", where: Where = NOWHERE) -> list[Near]:
        """Every condition of ``rule`` with its score: why it did or did not match."""
        held, lowered = self._held(matchable(text), type, where), matchable(text).lower()
        found = []
        for condition, excludes in leaves(rule):
            score = held.get(self._numbers[condition], (0.0, 0))[0]
            hit = bool(score)
            if condition.kind == "phrase" and lowered and not hit:
                score = likeness(condition.value.lower(), lowered)
            found.append(Near(condition, hit, score, excludes))
        return found

    def narrowed(self, where: Where) -> Where:
        """``where`` without what no rule asks for: failures that are equal then have the same rule."""
        asked = {_FIELDS[kind] for kind in WHERE_KINDS if kind in self._globs}
        return replace(NOWHERE, **{field: getattr(where, field) for field in asked}) if asked else NOWHERE

    def _ranked(self, text: str, type: str, where: Where) -> tuple[list[_Entry], Held]:
        """The rules that match, the winner first, and the conditions that hold."""
        held = self._held(matchable(text), type, where)
        candidates = {at for number in held for at in self._deciding.get(number, ())}
        candidates.update(self._always)
        found: list[_Entry] = []
        for at in candidates:
            if (judged := self._compiled[at].judge(held)) is not None:
                score, length = judged
                found.append((-self.rules[at].priority, -score, -length, self.rules[at].id, at))
        found.sort()
        return found, held

    def _held(self, text: str, type: str, where: Where) -> Held:
        held = self._texts.held(text)
        for kind, globs in self._globs.items():
            for value in _values(kind, text, type, where):
                for number in globs.held(value):
                    held[number] = 100.0, self._lengths[number]
        return held

    def _matched(self, entry: _Entry, held: Held, text: str) -> RuleMatch:
        def captures() -> dict[str, str]:
            found: dict[str, str] = {}
            for number, pattern in self._capturing[entry[4]]:
                if number in held:
                    found = self._texts.captures(pattern, matchable(text)) | found
            return found

        return RuleMatch(self.rules[entry[4]], -entry[1], captures)

    def _compile(self, group: Group | Rule) -> _Compiled:
        parts = []
        for terms in (group.any, group.all, group.none):
            numbers = frozenset(
                self._numbers.setdefault(term, len(self._numbers))
                for term in terms
                if isinstance(term, Condition)
            )
            parts.append((numbers, tuple(self._compile(term) for term in terms if isinstance(term, Group))))
        return _Compiled(*parts)


_Entry = tuple[int, float, int, str, int]
"""What rules that match are sorted by (priority, score and length, turned round; the id), and the place of the rule."""
_Terms = tuple[frozenset[int], tuple["_Compiled", ...]]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A group with its conditions by number: those and the groups in it."""

    any: _Terms
    all: _Terms
    none: _Terms

    def needed(self) -> frozenset[int] | None:
        """Conditions of which one holds wherever this does; None where it can hold without any."""
        numbers, groups = self.all
        ways = [frozenset([number]) for number in numbers]
        ways += [needed for group in groups if (needed := group.needed()) is not None]
        numbers, groups = self.any
        inner = [group.needed() for group in groups]
        if (numbers or groups) and None not in inner:
            ways.append(numbers.union(*(needed for needed in inner if needed is not None)))
        return min(ways, key=len, default=None)

    def judge(self, held: Held) -> tuple[float, int] | None:
        """Score and length of what holds, the weakest of ``all`` and the best of ``any``; None where this does not."""
        numbers, groups = self.none
        if not numbers.isdisjoint(held) or (groups and any(group.judge(held) for group in groups)):
            return None
        score, length = 100.0, 0
        numbers, groups = self.all
        if numbers or groups:
            if not numbers <= held.keys():
                return None
            for judged in (*(held[number] for number in numbers), *(group.judge(held) for group in groups)):
                if judged is None:
                    return None
                score, length = min(score, judged[0]), length + judged[1]
        numbers, groups = self.any
        if numbers or groups:
            best = [held[number] for number in numbers & held.keys()]
            if groups:
                best += [judged for group in groups if (judged := group.judge(held)) is not None]
            if not best:
                return None
            of_any = max(best)
            score, length = min(score, of_any[0]), length + of_any[1]
        return score, length


def _values(kind: str, text: str, type: str, where: Where) -> Iterable[str]:
    """What a condition of that kind is held against."""
    match kind:
        case "type":
            return (type,) if type else ()
        case "status":
            return statuses(text)
        case "test":
            return (where.test,) if where.test else ()
        case "path":
            return where.paths
        case "runner":
            return (where.runner,)
        case "source":
            return (where.source,)
        case "frame":
            from triage.ingest.frames import frames

            names = (name for frame in frames(where.trace) for name in (frame.function, frame.file))
            return {name.replace("\\", "/") for name in names if name}
        case _:
            return where.tags
