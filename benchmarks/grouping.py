"""Signatures: masking beside one ``re.sub``, grouping beside a dictionary of exact templates."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

import inputs
from measure import Row, peak_of_group, rates, timed

from triage.signature import group, normalize

_MANY = 1_000_000


def masking() -> Iterator[Row]:
    """20,000 messages to templates, beside replacing their numbers with one pattern."""
    numbers = re.compile(r"\d+")
    texts = list(inputs.messages(20_000))
    ours = timed(lambda: [normalize(text) for text in texts])
    peer = timed(lambda: [numbers.sub("<num>", text) for text in texts])
    yield rates("normalize", "20,000 messages", "texts/s", len(texts), ours, "re.sub of numbers", peer)


def grouping() -> Iterator[Row]:
    """Texts to groups, beside a dictionary keyed by the same templates: the ratio is the price of likeness.

    A night's failures are few kinds many times over; a raw log is as many kinds as lines, which is the hard case.
    """
    for count in (2_000, 20_000):
        yield _row(list(inputs.messages(count)), "messages of 6 kinds")
        # The hard case grows with the square: once is enough there.
        yield _row(list(inputs.strangers(count)), "texts, none alike", 3 if count < 5_000 else 1)


def many() -> Iterator[Row]:
    """A million messages, beside the first tenth of them: what one costs does not grow, and memory is that of the texts."""
    texts = list(islice(inputs.sentences(), _MANY))
    ours, peer = timed(lambda: group(texts), 1), timed(lambda: group(texts[: _MANY // 10]), 1)
    about = f"{_MANY:,} messages of 128 characters"
    tenth = f"{_MANY // 10:,} of them"
    yield Row("group", about, "texts/s", _MANY / ours, tenth, _MANY / 10 / peer, ours / peer / 10)
    a, b = peak_of_group(_MANY, grouped=True), peak_of_group(_MANY, grouped=False)
    yield Row("group, peak memory", about, "MiB", a, "the texts alone", b, a / b)


def _row(texts: Sequence[str], what: str, rounds: int = 3) -> Row:
    ours, peer = timed(lambda: group(texts), rounds), timed(lambda: _exact(texts))
    return rates(
        "group", f"{len(texts):,} {what}", "texts/s", len(texts), ours, "dict of exact templates", peer
    )


def _exact(texts: Sequence[str]) -> int:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        found[normalize(text)].append(number)
    return len(found)
