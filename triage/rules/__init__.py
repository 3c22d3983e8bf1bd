"""Load, check and match the rules; the rules themselves lie in ``/rules``."""

from triage.rules.engine import Engine
from triage.rules.load import load
from triage.rules.model import CATEGORIES, Rule, RuleError, RuleMatch
from triage.rules.packs import library, load_all

__all__ = [
    "CATEGORIES",
    "Engine",
    "Rule",
    "RuleError",
    "RuleMatch",
    "library",
    "load",
    "load_all",
    "load_engine",
]


def load_engine() -> tuple[Engine, tuple[RuleError, ...]]:
    """The engine over all rules there are, and what is wrong with those that were left out."""
    loaded = load_all()
    return Engine(loaded.rules), loaded.errors
