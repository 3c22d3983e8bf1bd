"""The examples inside the rules, run against the whole library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triage.rules.engine import Engine
from triage.rules.model import Rule


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An example that does not hold."""

    rule: Rule
    text: str
    reason: str


def run_examples(engine: Engine) -> Iterator[ExampleFailure]:
    """Every example that its rule does not match and win, and every near miss that it does match."""
    for rule in engine.rules:
        for text in rule.matching:
            matches = engine.matches(text, example_type(text))
            if all(match.rule is not rule for match in matches):
                yield ExampleFailure(rule, text, "must match, and does not")
            elif matches[0].rule is not rule:
                yield ExampleFailure(
                    rule, text, f"is won by {matches[0].rule.id} (priority {matches[0].rule.priority})"
                )
        for text in rule.not_matching:
            if any(match.rule is rule for match in engine.matches(text, example_type(text))):
                yield ExampleFailure(rule, text, "must not match, and does")


def example_type(text: str) -> str:
    """The exception class that an example starts with, as a failure of that text would have it."""
    from triage.ingest.parts import exception_type

    return exception_type(text)
