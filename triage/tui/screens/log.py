"""A log, opened at a failure: search, the next failure, evidence, and the same place in a log that passed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import get_current_worker

from triage.escapes import visible
from triage.ingest import IngestError
from triage.model import TriageError
from triage.tui.log_source import Desk, Place
from triage.tui.screens.log_keys import LOG
from triage.tui.widgets.ask_bar import AskBar
from triage.tui.widgets.key_bar import KeyBar
from triage.tui.widgets.log_pane import LogPane, Near, same_line
from triage.tui.widgets.log_view import LogView
from triage.viewer.log_file import LogFile
from triage.viewer.opening import open_log, source_of

if TYPE_CHECKING:
    from triage.store.clusters import Member
    from triage.viewer.beside import Beside

_MOST_LINES = 10_000
"""Lines that are copied or picked at once."""
_LONGEST = 1 << 20
"""Bytes of each that are."""


class LogScreen(Screen[None]):
    """The log of ``places[at]``; ``n`` and ``N`` go to the others."""

    CSS_PATH = "log.tcss"
    AUTO_FOCUS = "#log LogView"
    BINDINGS: ClassVar[list[BindingType]] = LOG

    def __init__(self, places: Sequence[Place], at: int, desk: Desk) -> None:
        super().__init__()
        self._places, self._at, self._desk = places, at, desk
        self._pane = LogPane(id="log")
        self._bar = AskBar(self._pane, id="ask")
        self._said = Text()
        self._beside: Beside | None = None
        self._shows_kept = False
        self._was_on_fold = False
        self._near: Near = same_line

    def compose(self) -> ComposeResult:
        with Container(id="panes"):
            yield self._pane
            yield LogPane(id="beside")
        yield self._bar
        yield Static(id="place", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        if self.children:  # there are none when the program ends while its screen opens
            self._open()

    @property
    def view(self) -> LogView:
        return self._pane.view

    @property
    def place(self) -> Place:
        return self._places[self._at]

    @property
    def log_file(self) -> LogFile:
        log = self.view.log_file
        assert log is not None
        return log

    def _open(self) -> None:
        """Show the log of the place, or what is kept of it."""
        place, member = self.place, self.place.member
        shown = self.view.log_file
        self._shows_kept = False
        if shown is None or shown.name != place.source or not shown.is_file:
            self._close_beside()
            try:
                log, filling = open_log(source_of(place.source))
            except IngestError as error:
                if member is None:
                    self._pane.show(LogFile.of_text(place.source, ""), None, str(error))
                    self._say(str(error))
                    return
                why = str(error).removeprefix(f"{place.source}: ").partition(";")[0]
                self._show_kept(member, f"{why}; this is what is kept of it")
                return
            self._pane.show(log, filling)
            if member is not None and (digest := self._desk.digest(member)):
                self._check(log, digest)
        self._furnish()
        if place.line is not None:
            self._pane.go_to(place.line, self._near)

    def _show_kept(self, member: Member, note: str) -> None:
        failure = member.failure
        text = failure.trace or failure.message
        if member.output:
            text += f"\n\noutput of the test\n{member.output}"
        first = failure.trace_line if failure.trace else failure.source_line
        self._pane.show(LogFile.of_text(member.source, text, first), None, note)
        self._shows_kept = True
        self._furnish()
        self._pane.go_to(failure.source_line or 1, self._near)

    def _furnish(self) -> None:
        """What is marked in the log."""
        self._near = same_line
        if self.place.member is not None:
            from triage.viewer.marks import Marker

            marker = Marker(self.place.member.failure, self._desk.rule)
            self.view.marks = marker.marks
            if not self.place.is_exact:
                self._near = marker.telling
        self._show_signs()
        self.refresh_bindings()

    def _show_signs(self) -> None:
        source = self.place.source
        signs = {place.told: "▶" for place in self._places if place.source == source and place.told}
        self.view.signs = {**signs, **dict.fromkeys(self._desk.evidence(source), "●")}
        self.view.refresh()
        self._show_place()

    @work(thread=True, exclusive=True, group="check")
    def _check(self, log: LogFile, digest: str) -> None:
        """Say so if the file is not the one that was read."""
        worker = get_current_worker()
        source = source_of(log.name)
        import hashlib

        state = hashlib.sha256()
        with source.open() as stream:
            while chunk := stream.read(1 << 20):
                state.update(chunk)
                if worker.is_cancelled:
                    return
        if state.hexdigest() != digest and not worker.is_cancelled:
            self.app.call_from_thread(self._is_other, log)

    def _is_other(self, log: LogFile) -> None:
        if log is self.view.log_file:
            self._pane.note("has changed since it was read, its lines may have moved: s shows what is kept")

    def action_kept(self) -> None:
        member = self.place.member
        if self._shows_kept or member is None:
            self._shows_kept = False
            self._open()
        else:
            self._close_beside()
            self._show_kept(member, "what is kept of it")

    # Where one is

    @on(LogView.Moved)
    @on(LogPane.Counted)
    def _moved(self, event: LogView.Moved | LogPane.Counted) -> None:
        if self.is_mounted and self.view.log_file is not None:
            if isinstance(event, LogView.Moved) and event.view is self.view:
                self._follow_beside()
                if self.view.is_on_fold is not self._was_on_fold:
                    self._was_on_fold = self.view.is_on_fold
                    self.refresh_bindings()
            self._show_place()

    def _say(self, text: str, style: str = "") -> None:
        """Say something beside the place; empty for nothing."""
        self._said = Text(visible(text), style)
        self._show_place()

    def _show_place(self) -> None:
        log, view = self.view.log_file, self.view
        if log is None:
            return
        text = Text(no_wrap=True, overflow="ellipsis")
        first, last = view.selected
        number, lines = log.number(view.cursor), log.index.lines
        if number is not None and log.size:
            text.append(f"line {number:,}", "bold")
            if lines is not None:
                text.append(f" of {lines - 1 + (log.number(0) or 1):,}" if log.number(0) == 1 else "")
        if log.size:
            text.append(f"  {100 if view.is_at_end else 100 * view.cursor // log.size} %")
        if self._pane.is_busy:
            text.append(f"  counting {100 * log.index.counted // max(1, log.size)} %", "italic")
        if view.picked_from is not None:
            chosen = log.number(last), log.number(first)
            count = f"{(chosen[0] or 0) - (chosen[1] or 0) + 1:,}" if None not in chosen else "many"
            text.append(f"  {count} lines selected", "bold")
        if view.left:
            text.append(f"  from column {view.left + 1:,}")
        member = self.place.member
        if len(self._places) > 1:
            text.append(f"  failure {self._at + 1} of {len(self._places)}")
        if self._said:
            text.append("  ").append_text(self._said)
        elif member is not None and member.test:
            text.append(f"  {visible(' '.join(member.test.split()))}")
        self.query_one("#place", Static).update(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is possible now: the keys mean hits while something is searched for, else failures."""
        if not self.is_mounted:
            return True
        match action:
            case "hit":
                return self._bar.pattern is not None
            case "failure":
                return self._bar.pattern is None and len(self._places) > 1
            case "open_fold":
                return self.view.is_on_fold
            case "pick":
                return self._desk.takes_evidence and not self.view.is_on_fold
            case "kept":
                return self.place.member is not None
        return True

    def action_ask(self, kind: str) -> None:
        self._bar.ask(kind)

    def action_hit(self, direction: int) -> None:
        self._bar.next(direction)

    @on(AskBar.Said)
    def _told(self, event: AskBar.Said) -> None:
        self._say(event.text, "bold yellow" if event.is_warning else "italic")

    def action_failure(self, step: int) -> None:
        self._at = (self._at + step) % len(self._places)
        self._say("")
        self._open()

    def action_back(self) -> None:
        """To where one was: before the search, the selection, the other log, this screen."""
        if self._bar.back():
            self._say("")
        elif self.view.picked_from is not None:
            self.view.action_select()
        elif self.has_class("-beside"):
            self._close_beside()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)

    # What one takes from the log

    def _lines(self) -> tuple[int | None, list[str]]:
        """Number and texts of the lines that are selected."""
        log = self.log_file
        first, last = self.view.selected
        fold = self.view.rows.folds.at(last) if self.view.rows else None
        said: list[str] = []
        start: int | None = first
        while (
            start is not None
            and len(said) < _MOST_LINES
            and (start <= last or (fold and start != fold.after))
        ):
            line = log.line(start, 0, _LONGEST)
            said.append(log.said(line.text))
            start = line.after
        return log.number(first), said

    def action_open_fold(self) -> None:
        self.view.action_fold()

    def action_pick(self) -> None:
        if not self.log_file.size:
            return
        number, lines = self._lines()
        if not any(line.strip() for line in lines):
            self.notify("Choose a line that says something.", severity="warning", markup=False)
            return
        try:
            told = self._desk.pick(self.place, number, lines)
        except TriageError as error:
            self.notify(visible(str(error)), severity="error", markup=False)
            return
        self.view.picked_from = None
        self._show_signs()
        self.notify(visible(told), markup=False)

    def action_copy(self) -> None:
        if self.view.log_file and self.log_file.size:
            from triage.ingest.redact import redact

            _, lines = self._lines()
            self.app.copy_to_clipboard(redact(visible("\n".join(lines))))
            self.notify(
                f"{len(lines)} line{'s' * (len(lines) != 1)} copied, without credentials.", markup=False
            )

    def action_edit(self) -> None:
        """Open the file that the stack frame under the cursor names, where it is here; else the log itself."""
        from triage.ingest.frames import frame_of
        from triage.tui.editor import open_at
        from triage.tui.outside import is_file

        log = self.log_file
        frame = frame_of(log.said(log.line(self.view.cursor).text)) if log.size else None
        if frame is not None and is_file(frame.file):
            open_at(self.app, frame.file, frame.line)
        elif log.is_file:
            open_at(self.app, log.name, log.number(self.view.cursor))
        else:
            self.notify("There is no file here that an editor could open.", severity="warning", markup=False)

    # The log that passed

    def action_passing(self) -> None:
        if self.has_class("-beside"):
            self._close_beside()
            return
        try:
            passing = self._desk.passing(self.place.source)
            if passing is None:
                self.notify("No run of this job that passed is known here.", severity="warning", markup=False)
                return
            log, filling = open_log(passing)
        except TriageError as error:
            self.notify(visible(str(error)), severity="warning", markup=False)
            return
        self.add_class("-beside")
        self.query_one("#beside", LogPane).show(log, filling, "passed")
        self._compare(self.log_file, self.view.cursor, log)

    def _close_beside(self) -> None:
        if self.has_class("-beside"):
            self.remove_class("-beside")
            self.workers.cancel_group(self, "compare")
            self._beside = None
            self.view.differing = frozenset()
            self.view.focus()
            self.view.refresh()

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self, log: LogFile, start: int, passing: LogFile) -> None:
        worker = get_current_worker()
        from triage.viewer import beside

        found = beside.compare(log, start, passing, lambda at: not worker.is_cancelled)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._compared, passing, found)

    def _compared(self, passing: LogFile, found: Beside | None) -> None:
        pane = self.query_one("#beside", LogPane)
        if pane.view.log_file is not passing or not self.has_class("-beside"):
            return
        self._beside = found
        pane.note("passed" if found else "passed, and has nothing like this place")
        self.view.differing = found.only_here if found else frozenset()
        pane.view.differing = found.only_there if found else frozenset()
        pane.view.difference = "-"
        self.view.refresh()
        self._follow_beside()

    def _follow_beside(self) -> None:
        """The other log shows the same place; beyond what was compared, it is looked for anew."""
        other = self.query_one("#beside", LogPane).view
        if self._beside is None or other.log_file is None or not self.has_class("-beside"):
            return
        cursor = self.view.cursor
        if not self._beside.first <= cursor <= self._beside.last:
            self._beside = None
            self._compare(self.log_file, cursor, other.log_file)
        elif (counterpart := self._beside.counterpart(cursor)) is not None:
            other.put_at(counterpart, self.view.cursor_row)
