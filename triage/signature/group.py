"""Texts to groups."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from triage.ingest.frames import own_frame
from triage.signature.fingerprint import says_something
from triage.signature.headline import headline_of, is_plain
from triage.signature.holes import opened, partition
from triage.signature.normalize import PLACE, Hole, holes_of, normalize
from triage.signature.values import Values, values_of

_CLASS_ALONE = re.compile(r"(?:[\w$]+\.)*[\w$]+(?:Error|Exception|Failure)")
"""An exception that came without a message."""


def group(texts: Sequence[str]) -> list[int]:
    """A group number for each text, numbered in order of first appearance.

    Long reports are grouped by their headlines; where these only compare, or have no message, by the place of their
    innermost frame as well. Which texts fall together does not depend on their order.
    """
    template_of = {text: _template(text) for text in dict.fromkeys(texts)}  # many say the same to the letter
    number_of = {
        template: at for at, group in enumerate(partition(template_of.values())) for template in group
    }
    numbers: dict[int, int] = {}
    return [numbers.setdefault(number_of[template_of[text]], len(numbers)) for text in texts]


def templates_of(texts: Iterable[str], numbers: Iterable[int]) -> list[str]:
    """The template of each group of ``texts`` that ``numbers`` (see ``group``) makes: that of its first text, with a hole
    where words vary freely as well."""
    return [next(iter(shown.values())) for shown in _shown(texts, numbers)]


def explained(texts: Iterable[str], numbers: Iterable[int]) -> list[tuple[str, tuple[Values, ...]]]:
    """For each group that ``numbers`` makes its template, as ``templates_of`` has it, and what stood in the holes."""
    texts, numbers = list(texts), list(numbers)
    shown = _shown(texts, numbers)
    found: list[list[tuple[Hole, ...]]] = [[] for _ in shown]
    for text, number in zip(texts, numbers, strict=True):
        headline, template = _told(text)
        opened_ = shown[number][template]
        if "\n" in text and template != normalize(headline):
            opened_ = opened_.rpartition(PLACE)[0]
        found[number].append(holes_of(opened_, headline))
    return [(next(iter(of.values())), values_of(holes)) for of, holes in zip(shown, found, strict=True)]


def _shown(texts: Iterable[str], numbers: Iterable[int]) -> list[dict[str, str]]:
    """For each group its templates, the first one first, and what they are with all holes."""
    groups: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for text, number in zip(texts, numbers, strict=True):
        groups[number][_template(text)] = None
    return [opened(groups[number]) for number in range(len(groups))]


def _template(text: str) -> str:
    return _told(text)[1] if "\n" in text else normalize(headline_of(text))


def _told(text: str) -> tuple[str, str]:
    """The headline of ``text``, and the template of it, with its place where it says too little.

    A headline that only compares stands behind what the text begins with: ``the sum is wrong``, ``expected 2, got 3``.
    """
    said = headline_of(text)
    template = normalize(said)
    if "\n" in text and not says_something(template):
        first = text.lstrip().partition("\n")[0].strip()
        if first not in said and is_plain(first) and says_something(normalize(first)):
            said = f"{first}: {said}"
            return said, normalize(said)
    elif "\n" not in text or _CLASS_ALONE.fullmatch(template) is None:
        return said, template
    frame = own_frame(text)
    place = f"{PLACE}{normalize(frame.function or PurePath(frame.file).name)}" if frame else ""
    return said, f"{template}{place}"
