"""The keys of the five whys."""

from __future__ import annotations

from textual.binding import Binding, BindingType

WHYS: list[BindingType] = [
    Binding("enter", "answer", "Answer", show=False, id="whys-answer"),
    Binding("b", "branch", "Branch", tooltip="Another answer to the same question", id="whys-branch"),
    Binding(
        "d",
        "detection",
        "Why not caught",
        show=False,
        tooltip="Ask why it was not caught earlier",
        id="whys-detection",
    ),
    Binding("e", "evidence", "Evidence", tooltip="Pick evidence from the log", id="whys-evidence"),
    Binding(
        "r",
        "role('root_cause')",
        "Root cause",
        tooltip="Mark the answer as root cause, or not",
        id="whys-root-cause",
    ),
    Binding(
        "c",
        "role('contributing')",
        "Factor",
        tooltip="Mark the answer as contributing factor, or not",
        id="whys-factor",
    ),
    Binding("a", "add_action", "Action", tooltip="Note an action with owner and due date", id="whys-action"),
    Binding("f", "rephrase", "Rephrase", show=False, tooltip="Rephrase the question", id="whys-rephrase"),
    Binding(
        "s",
        "note('summary')",
        "Summary",
        show=False,
        tooltip="Write the summary of the postmortem",
        id="whys-summary",
    ),
    Binding(
        "i",
        "note('impact')",
        "Impact",
        show=False,
        tooltip="Write the impact of the postmortem",
        id="whys-impact",
    ),
    Binding("l", "log", "Log", tooltip="The whole log, at this line: lines of it can be picked", id="log"),
    Binding("n", "member(1)", "Next log", show=False, tooltip="Log of the next failure", id="next-failure"),
    Binding(
        "N",
        "member(-1)",
        "Previous log",
        show=False,
        tooltip="Log of the previous failure",
        id="previous-failure",
    ),
    Binding(
        "delete,backspace",
        "remove",
        "Remove",
        show=False,
        tooltip="Remove what is under the cursor",
        id="whys-remove",
    ),
    Binding("u", "undo", "Undo", show=False, tooltip="Take back what was noted last", id="undo"),
    Binding("x", "export", "Export", id="export"),
    Binding("space", "pick", "Pick", tooltip="Take the line as evidence, or take it back", id="whys-pick"),
    Binding("escape,q", "back", "Back", id="back"),
]
