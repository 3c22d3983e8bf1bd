"""Templates to groups: equal ones together, then near ones, in an order that does not depend on the input's."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from triage.signature.headline import headline_of
from triage.signature.holes import partition
from triage.signature.normalize import hard_tokens, normalize

THRESHOLD = 90.0
"""rapidfuzz token ratio, 0 to 100, from which two templates with the same hard tokens are one."""
_LONGER = (200 - THRESHOLD) / THRESHOLD
"""Times the length of a text that one like it can have: 2 * short / (short + long) is the most that they share."""


@dataclass(frozen=True, slots=True)
class Match:
    """How near a template came to another."""

    template: str
    score: float


def nearest(template: str, others: Iterable[str], *, same_hard_tokens: bool = True) -> Match | None:
    """The most similar of ``others`` (first in alphabetical order on a tie), whatever its score."""
    hard = hard_tokens(template)
    candidates = sorted(
        o for o in others if o != template and (not same_hard_tokens or hard_tokens(o) == hard)
    )
    found = process.extractOne(template, candidates, scorer=fuzz.ratio) if candidates else None
    return None if found is None else Match(found[0], found[1])


def merge(templates: Iterable[str]) -> dict[str, str]:
    """Each template's representative: the alphabetically first of those that are alike, directly or by steps."""
    parent = {template: template for template in sorted(set(templates))}

    def root(template: str) -> str:
        while parent[template] != template:
            parent[template] = parent[parent[template]]
            template = parent[template]
        return template

    blocks: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for template in parent:
        blocks[hard_tokens(template)].append(template)
    for block in blocks.values():
        # The ratio of two texts is bounded by their lengths: only near lengths need to be compared.
        block.sort(key=lambda template: (len(template), template))
        lengths = [len(template) for template in block]
        for index, template in enumerate(block):
            end = bisect_right(lengths, len(template) * _LONGER)
            own = root(template)
            others = [other for other in block[index + 1 : end] if root(other) != own]
            for other, _, _ in process.extract(
                template, others, scorer=fuzz.ratio, score_cutoff=THRESHOLD, limit=None
            ):
                a, b = sorted((root(template), root(other)))
                parent[b] = a
    return {template: root(template) for template in parent}


def group(texts: Sequence[str]) -> list[int]:
    """A group number for each text, numbered in order of first appearance.

    Long reports are grouped by their headlines. Which texts fall together does not depend on their order.
    """
    templates = [normalize(headline_of(text)) for text in texts]
    number_of = {template: at for at, group in enumerate(partition(templates)) for template in group}
    numbers: dict[int, int] = {}
    return [numbers.setdefault(number_of[template], len(numbers)) for template in templates]
