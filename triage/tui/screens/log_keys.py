"""The keys of a log; some share one, each at its time, and the id with it."""

from __future__ import annotations

from textual.binding import Binding, BindingType

LOG: list[BindingType] = [
    Binding("slash", "ask('/')", "Search", key_display="/", id="log-search"),
    Binding("n", "hit(1)", "Next hit", id="log-next"),
    Binding("N", "hit(-1)", "Previous hit", show=False, id="log-previous"),
    Binding("n", "failure(1)", "Next failure", id="log-next"),
    Binding("N", "failure(-1)", "Previous failure", show=False, id="log-previous"),
    Binding("space,enter", "open_fold", "Open fold", id="log-open"),
    Binding(
        "space,enter",
        "pick",
        "Evidence",
        tooltip="Take the lines as evidence, or take them back",
        id="log-open",
    ),
    Binding(
        "p",
        "passing",
        "Passing",
        tooltip="The same place in the log that passed last, beside it",
        id="log-passing",
    ),
    Binding(
        "colon",
        "ask(':')",
        "Go to line",
        key_display=":",
        show=False,
        tooltip="Go to a line, or 50%",
        id="log-line",
    ),
    Binding(
        "e", "edit", "Edit", tooltip="Open the file of the stack frame, or the log, in $EDITOR", id="edit"
    ),
    Binding("y", "copy", "Copy", show=False, tooltip="Copy the lines", id="copy"),
    Binding(
        "s",
        "kept",
        "What is kept",
        show=False,
        tooltip="What the store has of it, or the file again",
        id="log-kept",
    ),
    Binding("tab", "app.focus_next", "Other log", show=False, id="log-other"),
    Binding("escape", "back", "Back", id="back"),
    Binding("q", "leave", "Close", show=False, id="quit"),
]
