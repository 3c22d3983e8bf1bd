"""Load, check and match the rules; the rules themselves lie in ``/rules``."""

from triage.rules.engine import Engine
from triage.rules.load import directories, library, load
from triage.rules.model import CATEGORIES, Rule, RuleError, RuleMatch

__all__ = [
    "CATEGORIES",
    "Engine",
    "Rule",
    "RuleError",
    "RuleMatch",
    "directories",
    "library",
    "load",
    "load_engine",
]


def load_engine() -> tuple[Engine, tuple[RuleError, ...]]:
    """The engine over all rules there are, and what is wrong with those that were left out."""
    loaded = load(directories())
    return Engine(loaded.rules), loaded.errors
