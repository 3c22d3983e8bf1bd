"""What a failure is known by: its signature, and the cluster that its words or its rule make."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model import Failure
from triage.rules import Engine, RuleMatch
from triage.signature import signature_of
from triage.signature.fingerprint import digest
from triage.signature.holes import canonical

_MOST_KNOWN = 20_000
"""Texts whose rule, and templates whose cluster is remembered: failures of one cause often say the same."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The signature of a failure, and where it belongs: by its words or its rule alone, whatever else was seen."""

    id: str
    """12 hexadecimal digits: the signature, with its rule where that makes the cluster."""
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


class Signer:
    """Signs failures by a set of rules."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._matches: dict[tuple[str, str], RuleMatch | None] = {}
        self._homes: dict[str, str] = {}

    def sign(self, failure: Failure, test: str) -> Sign:
        """The sign of a failure of ``test`` (empty outside of tests)."""
        signature = signature_of(failure, test)
        match = self._match(failure)
        template = signature.template
        if match is None or not match.rule.merge:
            rule, category = (match.rule.id, match.rule.category) if match else (None, "")
            home = self._home(template)
            return Sign(signature.id, template, home, signature.title, template, rule, category)
        # The rule belongs to the id: one headline can hide two causes that only the rest of the message tells.
        key, title = match.key, match.title
        return Sign(
            digest(f"{key}\n{template}"), template, digest(key), title, title,
            match.rule.id, match.rule.category, match.score,
        )  # fmt: skip

    def _home(self, template: str) -> str:
        if (home := self._homes.get(template)) is None:
            if len(self._homes) >= _MOST_KNOWN:
                self._homes.clear()
            home = self._homes[template] = digest(canonical(template))
        return home

    def _match(self, failure: Failure) -> RuleMatch | None:
        said = failure.message
        text = said if said.startswith(failure.type) else f"{failure.type}: {said}"
        place = (text, failure.type)
        if place not in self._matches:
            if len(self._matches) >= _MOST_KNOWN:
                self._matches.clear()
            self._matches[place] = self._engine.match(text, failure.type)
        return self._matches[place]
