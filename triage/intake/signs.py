"""What a failure is known by: its signature, and the cluster that its words or its rule make."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model import Failure
from triage.rules import Engine, RuleMatch
from triage.rules.model import Where, said
from triage.signature import signature_of
from triage.signature.fingerprint import digest
from triage.signature.holes import canonical
from triage.signature.normalize import PLACE
from triage.signature.raised import own_file

_MOST_KNOWN = 20_000
"""Texts whose rule, and templates whose cluster is remembered: failures of one cause often say the same."""

_TITLE = 500
"""Characters of a title."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The signature of a failure, and where it belongs: by its words or its rule alone, whatever else was seen."""

    id: str
    """12 hexadecimal digits: the signature, with its rule where that makes the cluster, and with where it was raised."""
    template: str
    home: str
    """Id of the cluster that the words or the rule make."""
    title: str
    """What that cluster is called if this failure is its first."""
    shown: str
    """The template of that cluster."""
    rule: str | None = None
    category: str = ""
    score: float | None = None
    """Of the rule, 0 to 100, where that makes the cluster; None where the words do."""
    raised: str = ""
    """The project's own file that raised it; empty where that is not known or a test. The cluster does not depend on it."""


class Signer:
    """Signs failures by a set of rules."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._matches: dict[tuple[str, str, Where], RuleMatch | None] = {}
        self._homes: dict[str, str] = {}

    def sign(self, failure: Failure, where: Where) -> Sign:
        """The sign of a failure that happened there."""
        signature = signature_of(failure, where.test)
        match = self._match(failure, where)
        template, raised = signature.template, own_file(failure.trace)
        place = f"\nraised in {raised}" if raised and not template.endswith(f"{PLACE}{raised}") else ""
        if match is None or not match.rule.merge:
            rule, category = (match.rule.id, match.rule.category) if match else (None, "")
            home, title = self._home(template), signature.title[:_TITLE]
            key = digest(template + place) if place else signature.id
            return Sign(key, template, home, title, template, rule, category, raised=raised)
        # The rule belongs to the id: one headline can hide two causes that only the rest of the message tells.
        key, title = match.key, match.title
        return Sign(
            digest(f"{key}\n{template}{place}"), template, digest(key), title[:_TITLE], title,
            match.rule.id, match.rule.category, match.score, raised,
        )  # fmt: skip

    def _home(self, template: str) -> str:
        if (home := self._homes.get(template)) is None:
            if len(self._homes) >= _MOST_KNOWN:
                self._homes.clear()
            home = self._homes[template] = digest(canonical(template))
        return home

    def _match(self, failure: Failure, where: Where) -> RuleMatch | None:
        asked = (said(failure), failure.type, self._engine.narrowed(where))
        if asked not in self._matches:
            if len(self._matches) >= _MOST_KNOWN:
                self._matches.clear()
            self._matches[asked] = self._engine.match(*asked)
        return self._matches[asked]
