"""Why a failure stands in its cluster: rule or template, what was masked, which score, who came second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from triage.rules import Engine
from triage.rules.model import said
from triage.signature import holes_of, normalize
from triage.signature.fingerprint import telling_text
from triage.store.clusters import ClusterRow, Member, Variant


@dataclass(frozen=True, slots=True)
class Values:
    """What stood in one hole."""

    kind: str
    """``num``, ``path`` ..., as written in the template."""
    different: int
    examples: tuple[str, ...]
    """The most frequent ones first, at most three."""

    def __str__(self) -> str:
        told = ", ".join(self.examples)
        return (
            f"always {told}"
            if self.different == 1
            else f"{self.different} values: {told}{' ...' * (self.different > 3)}"
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """What decided, in words and numbers."""

    decided_by: str
    """``rule``, ``exact`` or ``similar``."""
    text: str
    """One sentence."""
    headline: str
    """The text of the failure that was masked."""
    template: str
    holes: tuple[Values, ...]
    """What was masked, in all failures of the variant that are known here."""
    score: float
    """0 to 100: how well the rule's phrase fits; 100 for what has the words of the cluster."""
    runner_up: str | None
    """Id of the most similar other cluster."""
    runner_up_title: str
    runner_up_score: float


def by_signature(members: Iterable[Member]) -> dict[str, list[Member]]:
    """The failures of each variant."""
    found: dict[str, list[Member]] = {}
    for member in members:
        found.setdefault(member.signature, []).append(member)
    return found


def explain(
    cluster: ClusterRow,
    alike: Sequence[Member],
    variant: Variant,
    others: Iterable[ClusterRow],
    engine: Engine | None = None,
) -> Explanation:
    """Why the failures ``alike``, one or more of a ``variant``, are in ``cluster``, and how near the nearest of ``others``
    was."""
    member = alike[0]
    headline = telling_text(member.failure)
    template = normalize(headline)
    ranked = max(
        ((fuzz.ratio(variant.template, other.template), other) for other in others if other.id != cluster.id),
        key=lambda pair: pair[0],
        default=None,
    )
    return Explanation(
        decided_by=variant.joined_by,
        text=_sentence(cluster, member, variant, engine),
        headline=headline,
        template=template,
        holes=_values(template, alike),
        score=variant.score,
        runner_up=ranked[1].id if ranked else None,
        runner_up_title=ranked[1].title if ranked else "",
        runner_up_score=round(ranked[0], 1) if ranked else 0.0,
    )


def _values(template: str, alike: Sequence[Member]) -> tuple[Values, ...]:
    found = [holes_of(template, telling_text(member.failure)) for member in alike]
    columns = zip(*(holes for holes in found if holes), strict=False)
    counts = [(holes[0].kind, Counter(hole.value for hole in holes)) for holes in columns]
    return tuple(
        Values(kind, len(values), tuple(value for value, _ in values.most_common(3)))
        for kind, values in counts
    )


def _sentence(cluster: ClusterRow, member: Member, variant: Variant, engine: Engine | None) -> str:
    if variant.joined_by == "rule":
        return f"the rule {variant.near} names it" + _condition(variant.near or "", member, engine)
    if variant.joined_by == "similar":
        return f'its words are those of the cluster\'s template, only values and the end differ: "{variant.near}"'
    named = f"; the rule {cluster.rule} names it and does not merge" if cluster.rule else ""
    return f"its template is the cluster's own{named}"


def _condition(rule_id: str, member: Member, engine: Engine | None) -> str:
    rule = engine.rule(rule_id) if engine else None
    if engine is None or rule is None:
        return ""
    failure = member.failure
    hits = [
        near
        for near in engine.near(rule, said(failure), failure.type, member.where)
        if near.hit and not near.excludes
    ]
    if not hits:
        return " (the rule has changed since)"
    best = max(hits, key=lambda near: (near.score, len(near.condition.value)))
    scored = (
        f", score {best.score:.1f}, needed {best.condition.threshold:.0f}"
        if best.condition.kind == "phrase"
        else ""
    )
    matches = engine.matches(said(failure), failure.type, member.where)
    losers = ", ".join(match.rule.id for match in matches if match.rule is not rule)
    return f' by its {best.condition.kind} "{best.condition.value}"{scored}' + (
        f"; it wins over {losers}" if losers else ""
    )
