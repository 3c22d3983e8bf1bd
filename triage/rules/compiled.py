"""The conditions of many rules: each stands once, under a number, and rules are judged by the numbers that hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from triage.rules.globs import Globs
from triage.rules.model import Condition, Group, Rule, Where
from triage.rules.statuses import statuses
from triage.rules.texts import Held, Texts, matchable

_REMEMBERED = 4_096
"""Sets of conditions of which it is kept which rules they decide: failures of one kind meet the same ones."""


class Compiled:
    """Rules, ready to be matched."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.numbers: dict[Condition, int] = {}
        """What stands for each condition."""
        self._rules = rules
        # A failure meets few conditions: only the rules that they could decide are looked at.
        self._deciding: defaultdict[int, list[int]] = defaultdict(list)
        self._always: list[int] = []
        self._judges: list[_Judge] = []
        for at, rule in enumerate(rules):
            judge = self._judge(rule)
            self._judges.append(judge)
            if (needed := judge.needed()) is None:
                self._always.append(at)
            for number in needed or ():
                self._deciding[number].append(at)
        self._texts = Texts((number, condition) for condition, number in self.numbers.items())
        by_kind: defaultdict[str, list[tuple[int, Condition]]] = defaultdict(list)
        for condition, number in self.numbers.items():
            by_kind[condition.kind].append((number, condition))
        self._globs = {kind: Globs(by_kind[kind]) for kind in by_kind if kind not in ("pattern", "phrase")}
        self._lengths = {number: len(condition.value) for condition, number in self.numbers.items()}
        self._ranked = lru_cache(_REMEMBERED)(self._rank)

    def asks(self, kind: str) -> bool:
        """Whether a condition is of that kind, which is none of ``pattern`` and ``phrase``."""
        return kind in self._globs

    def held(self, text: str, type: str, where: Where) -> Held:
        """The conditions that hold."""
        held = self._texts.held(matchable(text))
        for kind, globs in self._globs.items():
            for value in _values(kind, text, type, where):
                for number in globs.held(value):
                    held[number] = 100.0, self._lengths[number]
        return held

    def ranked(self, held: Held) -> list[tuple[Rule, float]]:
        """The rules that match where these conditions hold, with their scores; the winner first."""
        return self._ranked(tuple(held.items()))

    def _rank(self, key: tuple[tuple[int, tuple[float, int]], ...]) -> list[tuple[Rule, float]]:
        held = dict(key)
        candidates = {at for number in held for at in self._deciding.get(number, ())}
        candidates.update(self._always)
        found: list[_Entry] = []
        for at in candidates:
            if (judged := self._judges[at].judge(held)) is not None:
                score, length = judged
                found.append((-self._rules[at].priority, -score, -length, self._rules[at].id, at))
        found.sort()
        return [(self._rules[at], -score) for _, score, _, _, at in found]

    def _judge(self, group: Group | Rule) -> _Judge:
        parts = []
        for terms in (group.any, group.all, group.none):
            numbers = frozenset(
                self.numbers.setdefault(term, len(self.numbers))
                for term in terms
                if isinstance(term, Condition)
            )
            parts.append((numbers, tuple(self._judge(term) for term in terms if isinstance(term, Group))))
        return _Judge(*parts)


_Entry = tuple[int, float, int, str, int]
"""What rules that match are sorted by (priority, score and length, turned round; the id), and the place of the rule."""
_Terms = tuple[frozenset[int], tuple["_Judge", ...]]


@dataclass(frozen=True, slots=True)
class _Judge:
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
