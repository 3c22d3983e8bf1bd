"""Clusters that are probably one: where many say the same but for a word, that word is a value.

A database does not decide so by itself, as the id of a cluster must not depend on what else was read; a person may.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from triage.signature.holes import opened, partition
from triage.signature.normalize import PLACE
from triage.store.clusters import ClusterRow


@dataclass(frozen=True, slots=True)
class Alike:
    """Clusters that differ in a word."""

    template: str
    """What they say, with the word as a hole."""
    clusters: tuple[str, ...]
    """Their ids, in the order of the rows."""


def alike(rows: Sequence[ClusterRow], apart: Collection[tuple[str, str]]) -> list[Alike]:
    """The clusters of ``rows`` that differ in words that vary freely among them, most clusters first; without those that
    a rule names, and any two that are kept ``apart``."""
    of = {row.template: row.id for row in rows if row.rule is None and PLACE not in row.template}
    order = {row.id: at for at, row in enumerate(rows)}
    found = []
    for templates in partition(of):
        ids = sorted((of[template] for template in templates), key=order.__getitem__)
        if len(ids) > 1 and not any({*pair} <= {*ids} for pair in apart):
            found.append(Alike(opened(templates)[templates[0]], tuple(ids)))
    return sorted(found, key=lambda one: (-len(one.clusters), one.template))
