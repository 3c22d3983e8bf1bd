"""What to mark in the lines of a log: what the rule matched and captured, and what stood in the holes of the template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import re2

from triage.model import Failure
from triage.rules import Rule
from triage.rules.model import leaves
from triage.signature import template_of
from triage.signature.fingerprint import telling_text
from triage.viewer.log_file import LogFile

LONGEST = 4_000
"""Characters of a line that are looked at."""
_NEAR = 400
"""Lines behind the beginning of a failure among which is the one that tells it."""
_MARGIN = 120
"""Characters that may stand before the headline: an attribute of XML that holds it is not what one reads."""


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
        headline = telling_text(failure) if failure else ""
        bare = headline.removeprefix(f"{failure.type}: ") if failure else ""
        self._said = tuple(said for said in dict.fromkeys((headline, bare)) if len(said) > 2)
        self._holes = tuple(hole.value for hole in template_of(headline)[1])
        conditions = [condition for condition, excludes in leaves(rule) if not excludes] if rule else []
        patterns = [c.value for c in conditions if c.kind == "pattern"]
        self._patterns = [re2.compile(pattern) for pattern in (*patterns, *(rule.capturing if rule else ()))]
        self._phrases = [c.value.lower() for c in conditions if c.kind == "phrase"]

    def marks(self, plain: str) -> list[Mark]:
        """The marks of the line ``plain``; of those that overlap, the later one is the more particular."""
        plain = plain[:LONGEST].encode("utf-8", "replace").decode()
        return [*self._of_rule(plain), *self._of_holes(plain)]

    def telling(self, log: LogFile, start: int) -> int:
        """The line that says the headline, of those from the one on that begins at ``start``; else that one."""
        at: int | None = start
        for _ in range(_NEAR):
            if at is None:
                break
            line = log.line(at, 0, LONGEST)
            if any(0 <= line.plain.find(said) < _MARGIN for said in self._said):
                return at
            at = line.after
        return start

    def _of_rule(self, plain: str) -> Iterator[Mark]:
        lowered = plain.lower()
        for phrase in self._phrases:
            if len(lowered) == len(plain) and (at := lowered.find(phrase)) >= 0:
                yield Mark(at, at + len(phrase), "rule")
        for pattern in self._patterns:
            for match in pattern.finditer(plain):
                yield Mark(match.start(), match.end(), "rule")
                for group in pattern.groupindex.values():
                    if match.group(group):
                        yield Mark(match.start(group), match.end(group), "capture")

    def _of_holes(self, plain: str) -> Iterator[Mark]:
        """Where the line says the headline, or the headline without its type: the values, one behind the other."""
        for said in self._said:
            at = plain.find(said)
            if at >= 0:
                for value in self._holes:
                    place = plain.find(value, at)
                    if place < 0:
                        return
                    yield Mark(place, place + len(value), "hole")
                    at = place + len(value)
                return
