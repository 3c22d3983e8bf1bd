"""Many patterns and phrases against one text: their literals first, in one pass of ``re2.Filter`` (or of a few)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import ceil

import re2
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from triage.model import TriageError
from triage.rules.model import Condition

Held = dict[int, tuple[float, int]]
"""The conditions that hold, by number: their score, 0 to 100, and their length."""
_QUIET = re2.Options()
_QUIET.log_errors = False  # google-re2 would write to stderr, which belongs to the screen
MAX_PATTERN = 20_000
"""Characters of a pattern: all of its literals must fit into the memory of a filter."""
MAX_PHRASE = 300
"""Characters of a phrase; what is longer is no phrase any more."""
_MOST_TOGETHER = 800
"""Patterns in one filter: of those in the library about as many fit."""
_MOST_PIECES = 16
"""Of which any two are looked for; their pairs grow with the square."""
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
        self._searched: dict[str, re2._Regexp] = {}
        count = -(-len(chosen) // _MOST_TOGETHER)
        self._filters = [each for at in range(count) for each in _filters(chosen[at::count])]

    def held(self, text: str) -> Held:
        """The conditions that hold for ``text``."""
        found: Held = {}
        lowered = ""
        for filter_, conditions in self._filters:
            for index in filter_.Match(text) or ():
                number, phrase, threshold, length = conditions[index]
                if not phrase:
                    found[number] = 100.0, length
                    continue
                lowered = lowered or text.lower()
                if score := likeness(phrase, lowered, threshold):
                    found[number] = score, length
        return found

    def captures(self, pattern: str, text: str) -> dict[str, str]:
        """The named groups of a pattern in its first match."""
        searched = self._searched.get(pattern)
        if searched is None:
            searched = self._searched[pattern] = re2.compile(pattern, _QUIET)
        match = searched.search(text)
        return {name: value for name, value in match.groupdict().items() if value} if match else {}


_Looked = list[tuple[int, str, float, int]]
"""Number, phrase (empty for a pattern), threshold and length of what a filter looks for."""


def _filters(chosen: list[tuple[int, Condition]]) -> Iterator[tuple[re2.Filter, _Looked]]:
    """Filters of the conditions: several where their literals do not fit into the memory of one, which is fixed."""
    looked: _Looked = []
    filter_ = re2.Filter()
    for number, c in chosen:
        phrase = c.value.lower() if c.kind == "phrase" else ""
        filter_.Add(_pieces(phrase, c.threshold) if phrase else c.value, _QUIET)
        looked.append((number, phrase, c.threshold, len(c.value)))
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


def likeness(phrase: str, text: str, cutoff: float = 0.0) -> float:
    """How nearly ``phrase`` stands in ``text``, both in lower case: 0 to 100, 0 below ``cutoff``."""
    # A window scores 200 * common / (both lengths) and is as long as what is common, at least: so much of the phrase must
    # be in the text in its order, which is found out in a quarter of the time.
    least = ceil(cutoff * len(phrase) / (200 - cutoff) - 1e-6)
    if LCSseq.similarity(phrase, text) < least:
        return 0.0
    # partial_ratio takes the shorter for the needle: a short text is not inside a phrase.
    alike = fuzz.partial_ratio if len(text) >= len(phrase) else fuzz.ratio
    return alike(phrase, text, score_cutoff=cutoff)


def compiled(pattern: str) -> None:
    """See that google-re2 takes ``pattern``.

    Raises:
        TriageError: it does not; says why.
    """
    if len(pattern) > MAX_PATTERN:
        raise TriageError(f"it has more than {MAX_PATTERN} characters; make it two")
    try:
        re2.compile(pattern, _QUIET)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise TriageError(said) from None


def _pieces(phrase: str, threshold: float) -> str:
    """A pattern that is in every text that holds ``phrase`` with a score of ``threshold`` or more: two pieces of it, or
    one where they are many.

    Such a text has a window, no longer than the phrase, that differs from it by at most ``edits`` insertions and
    deletions (the ratio is ``1 - edits / (both lengths)``), and each of these spoils at most one piece.
    """
    edits = int((1 - threshold / 100) * 2 * len(phrase) + 1e-6)
    count = edits + (2 if edits + 2 <= _MOST_PIECES else 1)
    if count > len(phrase):
        return ""
    edges = [len(phrase) * i // count for i in range(count + 1)]
    pieces = [re2.escape(phrase[a:b]) for a, b in pairwise(edges)]
    if count == edits + 1:
        return f"(?i){'|'.join(pieces)}"
    pairs = (f"{piece}.*(?:{'|'.join(pieces[at:])})" for at, piece in enumerate(pieces[:-1], 1))
    return f"(?is){'|'.join(pairs)}"
