"""Why a failure stands in its cluster: rule or template, what was masked, which score, who came second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from triage.analysis.impact import count, grouped
from triage.rules import Engine
from triage.rules.model import Near, Rule, said
from triage.signature import holes_of, normalize
from triage.signature.fingerprint import telling_text
from triage.signature.raised import frame_named
from triage.signature.values import Values, counted, kept_in, values_of
from triage.store.clusters import ClusterRow, Member, Variant

_WORDS_ALIKE = 100.0
"""Score that a template needs to be in a cluster that words make: they are equal."""
_MOST_HOLES = 12
"""That are told in lines."""


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
    kept: tuple[Values, ...]
    """Codes that were not masked: whoever has another one is in another cluster, unless a rule names both."""
    frames: Values | None
    """Where they were raised: the innermost frames of the project's own code; None where no trace says."""
    looked_at: int
    """Failures whose values are counted, of ``failures`` that the variant has."""
    failures: int
    score: float
    """0 to 100: how well the rule's phrase fits; 100 for what has the words of the cluster."""
    threshold: float | None
    """The score that was needed; None where the rule is no longer known or no longer matches."""
    runner_up: str | None
    """Id of the most similar other cluster."""
    runner_up_title: str
    runner_up_score: float

    @property
    def lines(self) -> list[tuple[str, str]]:
        """All of it but ``text``, for screens and commands: what it is, and what it says."""
        needed = "" if self.threshold is None else f", needed {self.threshold:.0f}"
        lines = [
            ("headline", self.headline),
            ("template", self.template),
            *((f"<{hole.kind}>", str(hole)) for hole in self.holes[:_MOST_HOLES]),
            *((code.kind, str(code)) for code in self.kept),
            *[("raised in", str(self.frames))] * (self.frames is not None),
            *[("values of", f"{grouped(self.looked_at)} of {count(self.failures, 'failure')}")]
            * (self.looked_at < self.failures),
            ("score", f"{self.score:.1f}{needed}"),
        ]
        if self.runner_up:
            near = f"{self.runner_up[:8]} {self.runner_up_title}"
            lines.append(
                ("nearest other", f"score {self.runner_up_score:.1f}, needed {_WORDS_ALIKE:.0f}: {near}")
            )
        return lines


def by_words(variants: Iterable[Variant], members: Iterable[Member]) -> list[tuple[Variant, list[Member]]]:
    """The variants that some of ``members`` have, with these; those that differ only in where they were raised are one."""
    having: dict[str, list[Member]] = {}
    for member in members:
        having.setdefault(member.signature, []).append(member)
    found: dict[tuple[str, str | None], tuple[Variant, list[Member]]] = {}
    for variant in variants:
        words = variant.template, variant.near
        first, alike = found.get(words, (replace(variant, failures=0), []))
        failures = first.failures + variant.failures
        found[words] = replace(first, failures=failures), alike + having.get(variant.signature, [])
    return [(variant, alike) for variant, alike in found.values() if alike]


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
    rule = engine.rule(variant.near) if engine and variant.joined_by == "rule" else None
    text, threshold = _sentence(cluster, variant), None if variant.joined_by == "rule" else _WORDS_ALIKE
    if engine is not None and rule is not None:
        near = _nearest(engine, rule, member)
        text += _condition(engine, rule, member, near)
        threshold = _threshold(near) if near else None
    frames = Counter(filter(None, (frame_named(one.failure.trace) for one in alike)))
    return Explanation(
        decided_by=variant.joined_by,
        text=text,
        headline=headline,
        template=template,
        holes=values_of(holes_of(template, telling_text(one.failure)) for one in alike),
        kept=kept_in(template, len(alike)),
        frames=counted("frame", frames) if frames else None,
        looked_at=len(alike),
        failures=variant.failures,
        score=variant.score,
        threshold=threshold,
        runner_up=ranked[1].id if ranked else None,
        runner_up_title=ranked[1].title if ranked else "",
        runner_up_score=round(ranked[0], 1) if ranked else 0.0,
    )


def _sentence(cluster: ClusterRow, variant: Variant) -> str:
    if variant.joined_by == "rule":
        return f"the rule {variant.near} names it"
    if variant.joined_by == "similar":
        return f'its words are those of the cluster\'s template, only values and the end differ: "{variant.near}"'
    named = f"; the rule {cluster.rule} names it and does not merge" if cluster.rule else ""
    return f"its template is the cluster's own{named}"


def _nearest(engine: Engine, rule: Rule, member: Member) -> Near | None:
    """The condition of ``rule`` that holds best, if one does."""
    found = engine.near(rule, said(member.failure), member.failure.type, member.where)
    hits = (near for near in found if near.hit and not near.excludes)
    return max(hits, key=lambda near: (near.score, len(near.condition.value)), default=None)


def _threshold(near: Near) -> float:
    """What ``near`` needed; all but phrases hold or do not."""
    return near.condition.threshold if near.condition.kind == "phrase" else 100.0


def _condition(engine: Engine, rule: Rule, member: Member, near: Near | None) -> str:
    if near is None:
        return " (the rule has changed since)"
    matches = engine.matches(said(member.failure), member.failure.type, member.where)
    losers = ", ".join(match.rule.id for match in matches if match.rule is not rule)
    return f' by its {near.condition.kind} "{near.condition.value}"' + (
        f"; it wins over {losers}" if losers else ""
    )
