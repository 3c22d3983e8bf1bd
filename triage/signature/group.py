"""Texts to groups."""

from __future__ import annotations

from collections.abc import Sequence

from triage.signature.headline import headline_of
from triage.signature.holes import partition
from triage.signature.normalize import normalize


def group(texts: Sequence[str]) -> list[int]:
    """A group number for each text, numbered in order of first appearance.

    Long reports are grouped by their headlines. Which texts fall together does not depend on their order.
    """
    templates = [normalize(headline_of(text)) for text in texts]
    number_of = {template: at for at, group in enumerate(partition(templates)) for template in group}
    numbers: dict[int, int] = {}
    return [numbers.setdefault(number_of[template], len(numbers)) for template in templates]
