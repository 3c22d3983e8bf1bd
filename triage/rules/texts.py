"""Many patterns and phrases against one text: their literals first, in one pass of ``re2.Filter`` (or of a few)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial

import re2

from triage.model import TriageError
from triage.rules.model import Condition

Held = dict[int, tuple[float, int]]
"""The conditions that hold, by number: their score, 0 to 100, and their length."""
_QUIET = re2.Options()
_QUIET.log_errors = False  # google-re2 would write to stderr, which belongs to the screen
MAX_PATTERN = 20_000
"""Characters of a pattern: all of its literals must fit into the memory of a filter."""
_MOST_TOGETHER = 160_000
"""Characters of the patterns in one filter: of those in the library about as many fit."""
_REMEMBERED = 1_024
"""Patterns with groups that stay compiled."""
MAX_PHRASE = 300
"""Characters of a phrase; what is longer is no phrase any more."""
MAX_TEXT = 8_000
"""Characters of a failure that are matched: its type and message, not its trace."""


class Texts:
    """Conditions on words, compiled once.

    FilteredRE2 (which is what ``re2.Filter`` wraps) looks for the literals of all patterns in one pass, and tries only the
    patterns whose literals are there; a phrase takes part as the pieces of which one is in every text that is near enough.
    """

    def __init__(self, conditions: Iterable[tuple[int, Condition]]) -> None:
        """Each condition comes with the number that stands for it."""
        chosen = [(number, c) for number, c in conditions if c.kind in ("pattern", "phrase")]
        self._filters = [each for together in _parted(chosen) for each in _filters(together)]

    def held(self, text: str) -> Held:
        """The conditions that hold for ``text``."""
        found: Held = {}
        lowered = ""
        for filter_, conditions in self._filters:
            for index in filter_.Match(text) or ():
                number, length, score_in = conditions[index]
                if score_in is None:
                    found[number] = 100.0, length
                    continue
                lowered = lowered or text.lower()
                if score := score_in(lowered):
                    found[number] = score, length
        return found


def captured(patterns: Iterable[str], text: str) -> dict[str, str]:
    """The named groups of ``patterns`` in their first matches; of a name that several have, the first one counts."""
    text = matchable(text)
    found: dict[str, str] = {}
    for pattern in patterns:
        if match := _searched(pattern).search(text):
            for name, value in match.groupdict().items():
                if value:
                    found.setdefault(name, value)
    return found


@lru_cache(_REMEMBERED)
def _searched(pattern: str) -> re2._Regexp:
    return re2.compile(pattern, _QUIET)


def _parted(chosen: list[tuple[int, Condition]]) -> Iterator[list[tuple[int, Condition]]]:
    """As many as fit into a filter each, the short ones first.

    What a filter has seen of texts it keeps in a memory of fixed size, and begins anew when that is full. Patterns of one
    length together make it begin anew less often than a mixture does.
    """
    together: list[tuple[int, Condition]] = []
    characters = 0
    for number, c in sorted(chosen, key=lambda one: len(one[1].value)):
        if together and characters + len(c.value) > _MOST_TOGETHER:
            yield together
            together, characters = [], 0
        together.append((number, c))
        characters += len(c.value)
    if together:
        yield together


_Looked = list[tuple[int, int, Callable[[str], float] | None]]
"""Number and length of what a filter looks for; of a phrase, what gives its score in a text of lower case."""


def _filters(chosen: list[tuple[int, Condition]]) -> Iterator[tuple[re2.Filter, _Looked]]:
    """Filters of the conditions: several where their literals do not fit into the memory of one, which is fixed."""
    looked: _Looked = []
    filter_ = re2.Filter()
    for number, c in chosen:
        pattern, score_in = c.value, None
        if c.kind == "phrase":
            # It loads rapidfuzz, which one rule alone seldom needs.
            from triage.rules.phrases import likeness, pieces

            phrase = c.value.lower()
            pattern, score_in = pieces(phrase, c.threshold), partial(likeness, phrase, cutoff=c.threshold)
        filter_.Add(pattern, _QUIET)
        looked.append((number, len(c.value), score_in))
    try:
        filter_.Compile()
    except re2.error:
        if len(chosen) == 1:
            raise
        middle = len(chosen) // 2
        yield from _filters(chosen[:middle])
        yield from _filters(chosen[middle:])
    else:
        yield filter_, looked


def matchable(text: str) -> str:
    """As much of ``text`` as is matched; google-re2 takes UTF-8, which half a surrogate pair is not."""
    text = text[:MAX_TEXT]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def compiled(pattern: str) -> list[str]:
    """See that google-re2 takes ``pattern``; the names of its groups.

    Raises:
        TriageError: it does not; says why.
    """
    if len(pattern) > MAX_PATTERN:
        raise TriageError(f"it has more than {MAX_PATTERN} characters; make it two")
    try:
        return list(re2.compile(pattern, _QUIET).groupindex)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise TriageError(said) from None
