"""Phrases that stand in a text nearly as they are written; rapidfuzz says how nearly."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

import re2
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

_MOST_PIECES = 16
"""Of which any two are looked for; their pairs grow with the square."""


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


def pieces(phrase: str, threshold: float) -> str:
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
    parts = [re2.escape(phrase[a:b]) for a, b in pairwise(edges)]
    if count == edits + 1:
        return f"(?i){'|'.join(parts)}"
    pairs = (f"{piece}.*(?:{'|'.join(parts[at:])})" for at, piece in enumerate(parts[:-1], 1))
    return f"(?is){'|'.join(pairs)}"
