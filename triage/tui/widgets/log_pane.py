"""A log with its name above it: opened, unpacked and counted in the background, and watched while it grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from triage.escapes import visible
from triage.model import TriageError
from triage.tui.widgets.log_view import LogView
from triage.viewer.log_file import LogFile

_TOLD = 0.2
"""Seconds between two looks at what goes on in the background."""
_WATCHED = 1.0
"""Seconds between two looks whether the log grew."""

Filling = Callable[[], Iterator[int]]
"""Unpacks a log step by step (see ``viewer.opening``)."""
Near = Callable[[LogFile, int], int]
"""From a line to one near it, both by their offsets."""


def same_line(log: LogFile, start: int) -> int:
    """A ``Near`` that changes nothing."""
    return start


class LogPane(Vertical):
    """One log."""

    DEFAULT_CSS = """
    LogPane { height: 1fr; width: 1fr; }
    LogPane > .name { height: 1; padding: 0 1; background: $panel; }
    """

    class Counted(Message):
        """More of the log is counted or there."""

        def __init__(self, pane: LogPane) -> None:
            super().__init__()
            self.pane = pane

        @property
        def control(self) -> LogPane:
            return self.pane

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = LogView()
        self._heading = Static(classes="name", markup=False)
        self._wanted: tuple[int, Near] | None = None
        self._filling = False
        self._note = ""
        self._named = Text()
        self.trouble = ""
        """Why the log is not all there, if it is not."""

    def compose(self) -> ComposeResult:
        yield self._heading
        yield self.view

    def on_mount(self) -> None:
        self.set_interval(_WATCHED, self._watch)

    def on_unmount(self) -> None:
        if self.view.log_file is not None:
            self.view.log_file.close()

    def show(self, log: LogFile, filling: Filling | None, note: str = "") -> None:
        """Show another log; ``note`` says something about it beside its name."""
        if self.view.log_file is not None:
            self.view.log_file.close()
        self.workers.cancel_node(self)
        self._note, self.trouble, self._wanted = note, "", None
        self._filling = filling is not None
        self.view.show(log)
        if filling is not None:
            self._fill(log, filling)
        else:
            self._count(log)
        self._show_name()

    def note(self, text: str) -> None:
        """Say ``text`` beside the name."""
        if text != self._note:
            self._note = text
            self._show_name()

    def go_to(self, number: int, near: Near = same_line) -> None:
        """The cursor to line ``number``, as soon as it is known where that is; to the last one, if there are fewer.

        ``near`` says which line near it is meant.
        """
        log = self.view.log_file
        if log is None or not (log.size or self._filling):
            return
        start = log.offset(number)
        if start is None and number <= 0 and log.size:
            start = 0
        if start is None and log.index.is_complete and not self._filling and log.size:
            start = log.last()
        self._wanted = None if start is not None else (number, near)
        if start is not None:
            self.view.go(near(log, start))
        else:
            self._show_name()

    @property
    def is_busy(self) -> bool:
        """Whether there is more to count or to unpack."""
        log = self.view.log_file
        return log is not None and (self._filling or not log.index.is_complete)

    def _show_name(self) -> None:
        log = self.view.log_file
        if log is None:
            return
        text = Text(no_wrap=True)
        text.append(_safe(log.name), "bold")
        if self._wanted is not None:
            text.append(f"  on the way to line {self._wanted[0]:,} ...", "italic")
        for said in (self._note, self.trouble, log.data.trouble, log.fate()):
            if said:
                text.append(f"  {_safe(said)}", "bold yellow")
        if text != self._named:
            self._named = text
            self._heading.update(text)

    def _in_thread(self, log: LogFile, call: Callable[[LogFile], None]) -> None:
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(call, log)

    @work(thread=True, exclusive=True, group="count")
    def _count(self, log: LogFile) -> None:
        worker, shown = get_current_worker(), monotonic()
        while log.index.count_on():
            if worker.is_cancelled:
                return
            if monotonic() - shown > _TOLD:
                shown = monotonic()
                self._in_thread(log, self._counted)
        self._in_thread(log, self._counted)

    @work(thread=True, exclusive=True, group="fill")
    def _fill(self, log: LogFile, filling: Filling) -> None:
        worker, shown = get_current_worker(), 0.0
        try:
            for _ in filling():
                log.refresh()
                if worker.is_cancelled:
                    return
                if monotonic() - shown > _TOLD:
                    shown = monotonic()
                    self._in_thread(log, self._filled)
                while log.index.count_on():
                    pass
        except (TriageError, OSError) as error:
            self.trouble = str(error)
        self._filling = False
        self._in_thread(log, self._filled)

    def _counted(self, log: LogFile) -> None:
        if log is self.view.log_file:
            if self._wanted is not None:
                self.go_to(*self._wanted)
            self._show_name()
            self.view.counted()
            self.post_message(self.Counted(self))

    def _filled(self, log: LogFile) -> None:
        if log is self.view.log_file:
            self.view.changed()
            self._counted(log)

    def _watch(self) -> None:
        """Whether the log grew, was cut off, or was removed."""
        log = self.view.log_file
        if log is None or self._filling:
            return
        followed = not log.size or self.view.is_at_end
        if grown := log.refresh():
            if grown < 0:
                self._note = "was cut off, and begins anew"
            self.view.changed(follow=followed)
            self._count(log)
        self._show_name()


def _safe(text: str) -> str:
    return visible(" ".join(text.split()))
