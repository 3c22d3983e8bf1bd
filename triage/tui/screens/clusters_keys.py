"""The keys of the clusters."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from triage.tui.screens.marking import MARKS

CLUSTERS: list[BindingType] = [
    Binding("slash", "filter", "Filter", key_display="/", id="filter"),
    *MARKS,
    Binding("v", "verdict", "Verdict", tooltip="Say what it is: one or all that are marked", id="verdict"),
    Binding("t", "tag", "Tag", tooltip="Put tags on, take tags off: one or all that are marked", id="tag"),
    Binding("w", "whys", "Whys", tooltip="Five whys", id="whys"),
    Binding("l", "log", "Log", tooltip="The whole log, at the failure", id="log"),
    Binding("x", "export", "Export", tooltip="Export postmortems: one or all that are marked", id="export"),
    Binding("m", "merge", "Merge", tooltip="Merge what is marked into one cluster", id="merge"),
    Binding("s", "split", "Split", tooltip="Split variants off into a cluster of their own", id="split"),
    Binding(
        "d", "apart", "Apart", tooltip="Never merge what is marked; once more: allow it again", id="apart"
    ),
    Binding("R", "rename", "Rename", tooltip="Call the cluster something else", id="rename"),
    Binding("u", "undo", "Undo", tooltip="Take the last decision back", id="undo"),
    Binding("r", "app.mode('runs')", "Runs", show=False, id="runs"),
    Binding("c", "rule", "Rule", tooltip="Make a rule of the cluster", id="rule"),
    Binding("left", "part(-1)", "Previous part of the detail", show=False, id="previous-part"),
    Binding("right", "part(1)", "Next part of the detail", show=False, id="next-part"),
    Binding("n", "member(1)", "Next failure", show=False, id="next-failure"),
    Binding("N", "member(-1)", "Previous failure", show=False, id="previous-failure"),
    Binding(
        "O",
        "assign",
        "Owner",
        show=False,
        tooltip="Say who looks after it: one or all that are marked",
        id="assign",
    ),
    Binding("z", "zoom", "Detail in full", show=False, id="zoom"),
    Binding("y", "copy", "Copy summary", show=False, id="copy"),
    Binding(
        "o",
        "page",
        "Open the CI page",
        show=False,
        tooltip="Open the page of the failure's run in the browser",
        id="page",
    ),
    Binding(
        "exclamation_mark",
        "send",
        "Give to a command",
        key_display="!",
        show=False,
        tooltip="Give the summary to a command: one or all that are marked",
        id="send",
    ),
    Binding("i", "ingest", "Read files", show=False, id="read"),
    Binding(
        "S",
        "samples",
        "Sample data",
        id="samples",
        tooltip="Read sample data, into a database that is gone when you leave",
    ),
    Binding(
        "F",
        "follow",
        "Follow",
        tooltip="The cursor goes to what came last; a cursor key ends it",
        id="follow",
    ),
    Binding("L", "output", "Output", tooltip="What the command prints", id="output"),
    Binding("escape", "back", "Clear", show=False, id="back"),
    Binding("q", "app.quit", "Quit", id="quit"),
]
