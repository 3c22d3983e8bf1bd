"""What to mark in the lines of a log: what the rule matched and captured, and what stood in the holes of the template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import re2

from triage.model import Failure
from triage.rules import Rule
from triage.signature import template_of
from triage.signature.fingerprint import telling_text

LONGEST = 4_000
"""Characters of a line that are looked at."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of a line, from ``start`` to before ``end``."""

    start: int
    end: int
    kind: str
    """``rule`` (a rule matched here), ``capture`` (what it took out), ``hole`` (what varies in the template)."""


class Marker:
    """Marks the lines of one failure's log."""

    def __init__(self, failure: Failure | None, rule: Rule | None) -> None:
        self._headline = telling_text(failure) if failure else ""
        self._holes = tuple(hole.value for hole in template_of(self._headline)[1])
        self._type = failure.type if failure else ""
        conditions = (*rule.any, *rule.all) if rule else ()
        self._patterns = [re2.compile(c.value) for c in conditions if c.kind == "pattern"]
        self._phrases = [c.value.lower() for c in conditions if c.kind == "phrase"]

    def marks(self, plain: str) -> list[Mark]:
        """The marks of the line ``plain``; of those that overlap, the later one is the more particular."""
        plain = plain[:LONGEST].encode("utf-8", "replace").decode()
        return [*self._of_rule(plain), *self._of_holes(plain)]

    def _of_rule(self, plain: str) -> Iterator[Mark]:
        lowered = plain.lower()
        for phrase in self._phrases:
            if len(lowered) == len(plain) and (at := lowered.find(phrase)) >= 0:
                yield Mark(at, at + len(phrase), "rule")
        for pattern in self._patterns:
            for match in pattern.finditer(plain):
                yield Mark(match.start(), match.end(), "rule")
                for name, value in match.groupdict().items():
                    if value:
                        yield Mark(match.start(name), match.end(name), "capture")

    def _of_holes(self, plain: str) -> Iterator[Mark]:
        """Where the line says the headline, or the headline without its type: the values, one behind the other."""
        for said in (self._headline, self._headline.removeprefix(f"{self._type}: ")):
            at = plain.find(said) if len(said) > 2 else -1
            if at >= 0:
                for value in self._holes:
                    place = plain.find(value, at)
                    if place < 0:
                        return
                    yield Mark(place, place + len(value), "hole")
                    at = place + len(value)
                return
