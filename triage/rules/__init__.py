"""Load, check and match the rules; the rules themselves lie in ``/rules``."""

from triage.rules.engine import Engine
from triage.rules.load import library, load
from triage.rules.model import CATEGORIES, Rule, RuleError, RuleMatch

__all__ = ["CATEGORIES", "Engine", "Rule", "RuleError", "RuleMatch", "library", "load"]
