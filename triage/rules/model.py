"""What a rule is, and how a wrong one is reported."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.model import TriageError

CATEGORIES = {
    "product_bug": "product bug",
    "test_bug": "test bug",
    "infra": "infrastructure",
    "config": "configuration",
    "expected_by_design": "expected by design",
    "flaky": "flaky",
}
"""Ids of the categories, and the words shown to people."""

DEFAULT_THRESHOLD = 90.0
_HOLE = re.compile(r"\{(\w+)\}")


class RuleError(TriageError):
    """A rule file that is wrong: ``file:line:column: what, and what was expected``."""

    def __init__(self, file: str, line: int, column: int, text: str) -> None:
        super().__init__(f"{file}:{line}:{column}: {text}")
        self.file, self.line, self.column, self.text = file, line, column, text
        self.left_out = "rule"
        """What of it is not used: the ``rule``, or the whole ``file``."""

    @property
    def told(self) -> str:
        """The error, for those who asked for something else and go on without what was left out."""
        return f"{self} (the {self.left_out.replace('file', 'rule file')} was left out)"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing to look for in the text of a failure (its type and message)."""

    kind: str
    """``pattern`` (google-re2 syntax, searched), ``phrase`` (rapidfuzz partial ratio, case ignored) or ``type``
    (glob over the exception class)."""
    value: str
    threshold: float = DEFAULT_THRESHOLD
    """For a phrase: the score, 0 to 100, from which it counts."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A known kind of failure."""

    id: str
    title: str
    """May use the named groups of its patterns: ``HTTP {status}``."""
    category: str
    any: tuple[Condition, ...] = ()
    all: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()
    priority: int = 50
    """The highest wins where several rules match; then the better score, then the more specific condition."""
    merge: bool = True
    """Whether all failures of this rule are one cluster. False only names and explains."""
    split_by: tuple[str, ...] = ()
    """Captures whose values keep clusters of one rule apart."""
    causes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    matching: tuple[str, ...] = ()
    """Examples that this rule must match, and win."""
    not_matching: tuple[str, ...] = ()
    """Near misses that this rule must not match."""
    file: str = ""
    line: int = 0

    @property
    def family(self) -> str:
        """The name of the file that holds it, without its suffix."""
        return self.file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Near:
    """A condition that was tried on a text."""

    condition: Condition
    hit: bool
    score: float
    """100 or 0 for a pattern or type; the similarity, 0 to 100, for a phrase."""


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule that matches a text."""

    rule: Rule
    score: float
    captures: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The rule's title with its captures filled in."""
        return fill(self.rule.title, self.captures)

    @property
    def key(self) -> str:
        """What names the cluster: the rule, and the captures that keep its clusters apart."""
        parts = [f"{name}={self.captures.get(name, '')}" for name in self.rule.split_by]
        return ":".join(("rule", self.rule.id, *parts))


def fill(text: str, captures: dict[str, str]) -> str:
    """``text`` with ``{name}`` replaced by the captures; unknown names stay as they are."""
    return _HOLE.sub(lambda hole: captures.get(hole[1], hole[0]), text)
