"""The five whys: questions from the failure, questions from answers, and doubts about weak reasoning."""

from triage.whys.guards import Doubt, doubts
from triage.whys.questions import detection_question, first_question, next_question

__all__ = ["Doubt", "detection_question", "doubts", "first_question", "next_question"]
