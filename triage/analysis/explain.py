"""Why a failure stands in its cluster: rule or template, what was masked, which score, who came second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from triage.rules import Engine
from triage.signature import Hole, template_of
from triage.signature.fingerprint import telling_text
from triage.store.clusters import ClusterRow, Member, Variant


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
    holes: tuple[Hole, ...]
    score: float
    """0 to 100: how well the rule's phrase fits; 100 for what has the words of the cluster."""
    runner_up: str | None
    """Id of the most similar other cluster."""
    runner_up_title: str
    runner_up_score: float


def explain(
    cluster: ClusterRow,
    member: Member,
    variant: Variant,
    others: Iterable[ClusterRow],
    engine: Engine | None = None,
) -> Explanation:
    """Why ``member`` is in ``cluster``, and how near the nearest of ``others`` was."""
    headline = telling_text(member.failure)
    template, holes = template_of(headline)
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
        holes=holes,
        score=variant.score,
        runner_up=ranked[1].id if ranked else None,
        runner_up_title=ranked[1].title if ranked else "",
        runner_up_score=round(ranked[0], 1) if ranked else 0.0,
    )


def _sentence(cluster: ClusterRow, member: Member, variant: Variant, engine: Engine | None) -> str:
    if variant.joined_by == "rule":
        return f"the rule {variant.near} names it" + _condition(variant.near or "", member, engine)
    if variant.joined_by == "similar":
        return f'its words are those of the cluster\'s template, only values and the end differ: "{variant.near}"'
    named = f"; the rule {cluster.rule} names it and does not merge" if cluster.rule else ""
    return f"its template is the cluster's own{named}"


def _condition(rule_id: str, member: Member, engine: Engine | None) -> str:
    rule = next((r for r in engine.rules if r.id == rule_id), None) if engine else None
    if engine is None or rule is None:
        return ""
    failure = member.failure
    text = (
        failure.message if failure.message.startswith(failure.type) else f"{failure.type}: {failure.message}"
    )
    hits = [
        near for near in engine.near(rule, text, failure.type) if near.hit and near.condition not in rule.none
    ]
    if not hits:
        return " (the rule has changed since)"
    best = max(hits, key=lambda near: (near.score, len(near.condition.value)))
    scored = (
        f", score {best.score:.1f}, needed {best.condition.threshold:.0f}"
        if best.condition.kind == "phrase"
        else ""
    )
    return f' by its {best.condition.kind} "{best.condition.value}"{scored}'
