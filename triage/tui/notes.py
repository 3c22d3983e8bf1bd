"""The investigation as lines of a list: questions, answers, evidence, actions, doubts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from triage.store.investigations import Action, Evidence, Investigation, Why
from triage.tui.texts import one_line
from triage.whys import Doubt, doubts

_ROLE_MARKS = {"root_cause": ("◆ root cause: ", "bold green"), "contributing": ("◇ contributing: ", "green")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and what it stands for."""

    kind: str
    """``question``, ``answer``, ``evidence``, ``suggestion``, ``action``, ``doubt`` or ``heading``."""
    text: Text
    why: Why | None = None
    evidence: Evidence | None = None
    action: Action | None = None
    suggestion: str = ""
    """A question that can be asked with enter."""


def lines(investigation: Investigation, suggestions: Sequence[str] = ()) -> list[Line]:
    """The whole investigation from top to bottom, with questions that could be asked too."""
    questioned: dict[int, list[Doubt]] = {}
    general: list[Doubt] = []
    for doubt in doubts(investigation):
        if doubt.why_id is None:
            general.append(doubt)
        else:
            questioned.setdefault(doubt.why_id, []).append(doubt)
    found = list(_below(investigation, None, 0, questioned))
    asked = {why.question for why in investigation.whys}
    found += [
        Line("suggestion", Text(f"  + {one_line(question)}", "dim italic"), suggestion=question)
        for question in suggestions
        if question not in asked
    ]
    found.append(Line("heading", Text("actions", "bold underline")))
    found += [Line("action", _action(action), action=action) for action in investigation.actions]
    if not investigation.actions:
        found.append(Line("heading", Text("  none yet: press a", "dim")))
    if general:
        found.append(Line("heading", Text("doubts", "bold underline")))
        found += [Line("doubt", Text("  ? " + one_line(doubt.text), "yellow")) for doubt in general]
    return found


def _below(
    investigation: Investigation, parent: int | None, depth: int, questioned: dict[int, list[Doubt]]
) -> Iterator[Line]:
    for why in investigation.children(parent):
        margin = "  " * min(depth, 8)
        yield Line("question", Text(margin + one_line(why.question), "bold"), why)
        mark, style = _ROLE_MARKS.get(why.role, ("", ""))
        answer = one_line(why.answer)
        answered = Text(f"{margin}  → {mark}{answer}", style) if answer else Text(f"{margin}  → ...", "dim")
        yield Line("answer", answered, why)
        for item in investigation.evidence_of(why.id):
            place = f" ({one_line(item.source)}:{item.line})" if item.line else ""
            yield Line("evidence", Text(f"{margin}    ▪ {one_line(item.text)}{place}", "cyan"), why, item)
        for doubt in questioned.get(why.id, ()):
            yield Line("doubt", Text(f"{margin}    ? {one_line(doubt.text)}", "yellow"), why)
        yield from _below(investigation, why.id, depth + 1, questioned)


def _action(action: Action) -> Text:
    text = Text("  [x] " if action.done else "  [ ] ", "green" if action.done else "bold")
    text.append(one_line(action.text))
    text.append(f"  {one_line(action.owner) or 'no owner'}", "cyan" if action.owner else "yellow")
    text.append(f"  {action.due or 'no date'}", "" if action.due else "yellow")
    return text
