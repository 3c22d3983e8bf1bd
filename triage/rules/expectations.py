"""Failures that are right: ``.triage/expectations.yaml``, with a reason, an owner and an end each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from triage.rules.model import RuleError
from triage.rules.packs import PROJECT

EXPECTATIONS = PROJECT / "expectations.yaml"


@dataclass(frozen=True, slots=True)
class Expectation:
    """Failures that are expected by design; all of its scope must fit, and what is empty does not ask."""

    reason: str
    owner: str
    until: date
    """The last day on which it holds."""
    cluster: str = ""
    """The beginning of a cluster's id."""
    rule: str = ""
    tests: str = ""
    """Glob over the ids of tests."""
    environment: str = ""
    """Glob over the environment that a run names."""
    link: str = ""
    file: str = ""
    line: int = 0

    def covers(self, cluster: str, rule: str | None, test: str, environment: str) -> bool:
        """Whether a failure is in its scope, be it expired or not."""
        return (
            cluster.startswith(self.cluster)
            and self.rule in ("", rule)
            and (not self.tests or fnmatchcase(test, self.tests))
            and (not self.environment or fnmatchcase(environment, self.environment))
        )

    @property
    def scope(self) -> str:
        """Its scope in words."""
        told = {"cluster": self.cluster, "rule": self.rule, "tests": self.tests, "in": self.environment}
        return ", ".join(f"{name} {value}" for name, value in told.items() if value)


def load_expectations(path: Path = EXPECTATIONS) -> tuple[tuple[Expectation, ...], tuple[RuleError, ...]]:
    """What the project expects; what is wrong is left out and told. No file: nothing is expected."""
    if not path.exists():
        return (), ()
    from triage.rules.expecting import read_expectations

    return read_expectations(path)
