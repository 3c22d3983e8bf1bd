"""From a cluster to a rule: a draft in YAML that a person reads, edits and saves. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import re2
from rapidfuzz import fuzz

from triage.rules.nodes import plain, quoted
from triage.rules.texts import matchable
from triage.signature.normalize import PLACE

_HOLE = re.compile(r"<([a-z]+)>")
_FORMS = {
    "num": r"\d[\d.,_]*",
    "dur": r"[\d.,]+ ?\w+",
    "uuid": r"[0-9a-fA-F-]{36}",
    "hex": r"(?:0x)?[0-9a-fA-F]+",
}
"""What stands in a hole of a kind; ``\\S+`` in all others."""
_MOST_EXAMPLES, _MOST_LINES = 4, 12
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a draft is made from."""

    title: str
    category: str
    """One of ``CATEGORIES``, or empty."""
    templates: Sequence[str]
    """Of its variants, the most frequent first."""
    texts: Sequence[str]
    """What its members say (type and message)."""
    near: Sequence[str] = ()
    """What the members of the nearest other cluster say."""
    priority: int = 50
    """What it takes to win over the rule that names the cluster now."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A file of one rule, not saved yet."""

    id: str
    text: str


def draft(cluster: Cluster, taken: Iterable[str] = ()) -> Draft:
    """A rule for ``cluster``: its templates become patterns, its members examples, and the members of the nearest other
    cluster near misses, as far as the patterns tell them apart. ``taken`` are ids that other rules have."""
    texts = list(dict.fromkeys(_short(text) for text in cluster.texts if text.strip()))
    conditions = list(
        dict.fromkeys(_condition(template, texts) for template in cluster.templates[:_MOST_EXAMPLES])
    )
    patterns = [value for kind, value, _ in conditions if kind == "pattern"]
    tests = list(dict.fromkeys(place for _, _, place in conditions if place))
    hit = [text for text in texts if _any(patterns, text)] or texts
    misses = list(dict.fromkeys(_short(text) for text in cluster.near if text.strip()))
    apart = [text for text in misses if not _any(patterns, text)]
    id_ = _free(_id(cluster.title), set(taken))
    lines = [
        "# A draft: say what it is, what causes it and what to check; make the pattern as wide as the cause.",
        "rules:",
        f"  - id: {plain(id_)}",
        f"    title: {quoted(_title(cluster))}",
        f"    category: {cluster.category or 'product_bug'}  # or test_bug, infra, config, expected_by_design, flaky",
        *([f"    priority: {cluster.priority}"] if cluster.priority != 50 else []),
        "    match:",
        "      any:",
        *(f"        - {kind}: {quoted(value)}" for kind, value, _ in conditions),
    ]
    if tests and len(tests) == len({place for *_, place in conditions}):
        # Such a message says nothing by itself: only together with its test is it a known failure.
        asked = [f"- test: {quoted(test + '*')}" for test in tests]
        lines.append("      all:")
        lines += (
            [f"        {asked[0]}"]
            if len(asked) == 1
            else ["        - any:", *(f"            {one}" for one in asked)]
        )
    lines += [
        '    causes: []  # the likeliest first: ["the pool is too small", "a leak"]',
        '    checks: []  # commands that can be pasted: ["ss -s"]',
        "    examples:",
        "      match:",
        *(f"        - {quoted(text)}" for text in hit[:_MOST_EXAMPLES]),
    ]
    if apart:
        lines += ["      no_match:", *(f"        - {quoted(text)}" for text in apart[:_MOST_EXAMPLES])]
    if len(apart) < len(misses):
        lines.append("      # The pattern takes messages of the nearest other cluster too: make it narrower.")
    return Draft(id_, "\n".join(lines) + "\n")


def _condition(template: str, texts: Sequence[str]) -> tuple[str, str, str]:
    """Kind and value of the narrowest condition that holds for one of the texts, and the test that the template names."""
    said, _, place = template.partition(PLACE)
    for pattern in (_pattern(said, _FORMS, " "), _pattern(said, _FORMS, r"\s+"), _pattern(said, {}, r"\s+")):
        if pattern.strip() and _any([pattern], *texts):
            return "pattern", pattern, place
    # A template that is of none of these texts: the nearest of them as it is.
    nearest = max(texts, key=lambda text: fuzz.partial_ratio(said, text), default=said)
    return "pattern", _SPECIAL.sub(r"\\\g<0>", nearest.split("\n")[0][:200]), place


def _pattern(template: str, forms: dict[str, str], space: str) -> str:
    parts = _HOLE.split(template)
    return "".join(
        forms.get(part, r"\S+") if at % 2 else _SPECIAL.sub(r"\\\g<0>", part).replace(" ", space)
        for at, part in enumerate(parts)
    )


def _any(patterns: Iterable[str], *texts: str) -> bool:
    return any(re2.search(pattern, matchable(text)) for pattern in patterns for text in texts)


def _short(text: str) -> str:
    return "\n".join(matchable(text).split("\n")[:_MOST_LINES]).strip()


def _title(cluster: Cluster) -> str:
    said = cluster.templates[0].partition(PLACE)[0] if cluster.templates else cluster.title
    return " ".join(_HOLE.sub("…", said).split())[:100] or cluster.title


def _id(title: str) -> str:
    words = [word for word in _NOT_IN_ID.split(title.lower()) if word and not word.isdigit()]
    return "-".join(words[:6])[:60].strip("-") or "new-rule"


def _free(wanted: str, taken: set[str]) -> str:
    numbers = range(2, len(taken) + 3)
    return next(name for name in (wanted, *(f"{wanted}-{number}" for number in numbers)) if name not in taken)
