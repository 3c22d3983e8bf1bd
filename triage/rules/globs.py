"""Many globs against one value: all of a kind in one pass of a ``re2.Set``."""

from __future__ import annotations

import re2

from triage.rules.model import Condition
from triage.rules.texts import matchable


class Globs:
    """Globs (``*`` for anything, ``?`` for one character), compiled once; the whole value must match."""

    def __init__(self, conditions: list[tuple[int, Condition]]) -> None:
        """Each condition comes with the number that stands for it."""
        self._numbers = [number for number, _ in conditions]
        options = re2.Options()
        options.dot_nl = True
        options.log_errors = False
        self._set = re2.Set.FullMatchSet(options)
        for _, condition in conditions:
            self._set.Add(_pattern(condition))
        self._set.Compile()

    def held(self, value: str) -> list[int]:
        """The numbers of those that ``value`` matches."""
        return [self._numbers[index] for index in self._set.Match(matchable(value)) or ()]


def _pattern(condition: Condition) -> str:
    # 5xx is how people write the statuses of a class.
    glob = condition.value.lower().replace("x", "?") if condition.kind == "status" else condition.value
    pattern: str = re2.escape(glob)
    return pattern.replace(r"\*", ".*").replace(r"\?", ".")
