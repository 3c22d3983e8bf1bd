"""Questions: the first from the cluster, each next one from the answer before it."""

from __future__ import annotations

import re

_AUXILIARY = "is|are|was|were|has|have|had|does|do|did|can|could|will|would|must|should|cannot"
_INVERTIBLE = re.compile(
    rf"^(?P<subject>(?:[^\s,;:]+ ){{0,3}}[^\s,;:]+) (?P<verb>{_AUXILIARY}) (?P<rest>.+)$", re.IGNORECASE
)
_RELATIVE = re.compile(r"\b(?:that|which|who|because|if|when|and|or)\b", re.IGNORECASE)
_LOWERED = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "these",
        "those",
        "our",
        "its",
        "their",
        "we",
        "it",
        "they",
        "he",
        "she",
        "no",
        "every",
        "each",
        "some",
        "all",
        "both",
        "there",
    ]
)


def first_question(title: str, tests: int, failures: int) -> str:
    """The question that a cluster puts.

    >>> first_question("HTTP 403 during the WebSocket handshake", 7, 9)
    'Why did 7 tests fail with HTTP 403 during the WebSocket handshake?'
    """
    text = _bare(title)
    if tests:
        return f"Why did {tests} {'test' if tests == 1 else 'tests'} fail with {text}?"
    return (
        f"Why did this happen {failures} times: {text}?"
        if failures > 1
        else f"Why did the run fail with {text}?"
    )


def detection_question(title: str) -> str:
    """The question of the second branch: how it got past everything that should have caught it."""
    return f"Why was this not caught earlier: {_bare(title)}?"


def next_question(answer: str) -> str:
    """The question that follows from ``answer``.

    >>> next_question("The limiter is shared by all workers.")
    'Why is the limiter shared by all workers?'
    >>> next_question("Nightly runs use one tenant")
    'Why is it that nightly runs use one tenant?'
    """
    text = _bare(answer.strip().split("\n", 1)[0])
    if not text:
        return "Why?"
    match = _INVERTIBLE.match(text)
    if match and not _RELATIVE.search(match["subject"]):
        verb = "can't" if match["verb"].lower() == "cannot" else match["verb"].lower()
        return f"Why {verb} {_lower_first(match['subject'])} {match['rest']}?"
    return f"Why is it that {_lower_first(text)}?"


def _bare(text: str) -> str:
    return text.strip().rstrip(".?! ")


def _lower_first(text: str) -> str:
    """The first word in lower case, unless it may be a name or an abbreviation."""
    first, space, rest = text.partition(" ")
    plain = first[:1].isupper() and (first[1:].islower() or len(first) == 1)
    if first.lower() in _LOWERED or (plain and not any(c.isdigit() for c in first)):
        return first.lower() + space + rest
    return text
