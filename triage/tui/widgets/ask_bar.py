"""The line in which one types what to search for in a log, or where to go, and the search itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input
from textual.worker import get_current_worker

from triage.tui.widgets.log_pane import LogPane
from triage.viewer.log_file import LogFile

if TYPE_CHECKING:
    from triage.viewer.search import Hit, Pattern

_STEPS = 20
"""How often a search over the whole log says how far it is."""


class AskBar(Input):
    """Hidden until something is asked; what is found is shown in the pane, the first hit already while one types."""

    DEFAULT_CSS = """
    AskBar { height: 1; border: none; padding: 0 1; background: $boost; }
    AskBar:focus { border: none; }
    AskBar:disabled { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Go there"),
        Binding("escape", "screen.back", "Back to where one was"),
    ]

    class Said(Message):
        """Something about the search: how far it is, why there is none, what was found."""

        def __init__(self, text: str, is_warning: bool = False) -> None:
            super().__init__()
            self.text, self.is_warning = text, is_warning

    def __init__(self, pane: LogPane, *, id: str | None = None) -> None:
        super().__init__(select_on_focus=False, id=id, disabled=True)
        self._pane = pane
        self._kind = "/"
        self._origin = (0, 0)
        """Where one was: the line of the cursor, and its row on the screen."""
        self.pattern: Pattern | None = None

    @property
    def _file(self) -> LogFile:
        log = self._pane.view.log_file
        assert log is not None
        return log

    def ask(self, kind: str) -> None:
        """Ask what to search for (``/``), or for a line (``:``)."""
        if not self._pane.view.log_file or not self._file.size:
            return
        self._origin = self._pane.view.cursor, self._pane.view.cursor_row
        self._kind = kind
        self.placeholder = "words, or a pattern of google-re2" if kind == "/" else "number of a line, or 50%"
        with self.prevent(Input.Changed):
            self.value = ""
        self.disabled = False
        self.screen.set_focus(self)

    def close(self) -> None:
        self.screen.set_focus(self._pane.view)
        self.disabled = True

    def back(self) -> bool:
        """Whether there was something to leave: what is typed, to where one was before, or the search."""
        if self.disabled and self.pattern is None:
            return False
        if not self.disabled:
            self._pane.view.put_at(*self._origin)
            self.close()
        self.forget()
        return True

    def forget(self) -> None:
        """Search for nothing any more."""
        self.workers.cancel_group(self, "search")
        self._look_for("")

    def _look_for(self, said: str) -> None:
        from triage.viewer.search import Pattern, PatternError

        try:
            self.pattern = Pattern(said)
        except PatternError as error:
            self.pattern = None
            self.post_message(self.Said(f"no pattern yet: {error}" if said else "", True))
        self._pane.view.hits = self.pattern.spans if self.pattern else lambda plain: []
        self._pane.view.refresh()
        self.screen.refresh_bindings()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._kind == "/":
            self.forget() if not event.value else self._look_for(event.value)
            if self.pattern is not None:
                self._seek(self._file, self.pattern, self._origin[0], 1)
            else:
                self._pane.view.put_at(*self._origin)

    async def action_submit(self) -> None:
        if self._kind == ":":
            self._go_to(self.value.strip())
        self.close()

    def _go_to(self, said: str) -> None:
        bare = said.replace(",", "").replace("_", "")
        share = bare.removesuffix("%")
        if not bare.isascii() or not share.isdecimal() or len(share) > 15:
            if said:
                self.post_message(self.Said(f"{said}: no number of a line", True))
        elif share == bare:
            self._pane.go_to(int(bare))
        else:
            size = self._file.size
            self._pane.view.go(self._file.at(min(size - 1, size * int(share) // 100)))

    def next(self, direction: int) -> None:
        """Go to the next hit, or the one before."""
        if self.pattern is not None:
            log, cursor = self._file, self._pane.view.cursor
            start = cursor if direction < 0 else log.after(cursor)
            self._seek(log, self.pattern, 0 if start is None else start, direction)

    @work(thread=True, exclusive=True, group="search")
    def _seek(self, log: LogFile, pattern: Pattern, start: int, direction: int) -> None:
        """Search from ``start`` on, then over the end of the log, if nothing is found before."""
        from triage.viewer import search

        worker = get_current_worker()
        step = -1

        def told(at: int) -> bool:
            nonlocal step
            if (now := _STEPS * at // max(1, log.size)) != step and not worker.is_cancelled:
                if step >= 0:
                    self.post_message(self.Said(f"searching ... {100 * at // max(1, log.size)} %"))
                step = now
            return not worker.is_cancelled

        find = search.forward if direction > 0 else search.backward
        hit, said = find(log, pattern, start, told), ""
        if hit is None:
            hit = find(log, pattern, 0 if direction > 0 else log.size, told)
            said = "from the top again" if direction > 0 else "from the end again"
        if not worker.is_cancelled:
            self.app.call_from_thread(self._sought, log, pattern, hit, said)

    def _sought(self, log: LogFile, pattern: Pattern, hit: Hit | None, said: str) -> None:
        if log is not self._pane.view.log_file or pattern is not self.pattern:
            return
        if hit is None:
            self.post_message(self.Said("not found", True))
            if not self.disabled:
                self._pane.view.put_at(*self._origin)
        else:
            self.post_message(self.Said(said))
            self._pane.view.go(hit.start, place=hit.place)
