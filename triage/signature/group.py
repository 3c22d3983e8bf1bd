"""Texts to groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from triage.ingest.frames import own_frame
from triage.signature.fingerprint import says_something
from triage.signature.headline import headline_of
from triage.signature.holes import partition
from triage.signature.normalize import PLACE, normalize

_CLASS = re.compile(
    r"^(?:[\w$]+\.)*(?:(?:Assert\w*|Comparison\w*|Expectation\w*)(?:: |$)|[\w$]+(?:Error|Exception|Failure)$)"
)
"""The class of an exception that came without a message, or says no more than that something was compared."""


def group(texts: Sequence[str]) -> list[int]:
    """A group number for each text, numbered in order of first appearance.

    Long reports are grouped by their headlines; where these only compare, or have no message, by the place of their
    innermost frame as well. Which texts fall together does not depend on their order.
    """
    templates = [_template(text) for text in texts]
    number_of = {template: at for at, group in enumerate(partition(templates)) for template in group}
    numbers: dict[int, int] = {}
    return [numbers.setdefault(number_of[template], len(numbers)) for template in templates]


def _template(text: str) -> str:
    template = normalize(headline_of(text))
    if "\n" in text and not says_something(_CLASS.sub("", template)) and (frame := own_frame(text)):
        return f"{template}{PLACE}{normalize(frame.function or PurePath(frame.file).name)}"
    return template
