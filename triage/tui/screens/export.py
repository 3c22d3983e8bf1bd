"""A postmortem to a file: format and name, then enter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, RadioSet, Static

from triage.export import FORMATS, gather, render
from triage.export.files import ExportError, write_document
from triage.store.clusters import find_cluster
from triage.tui.widgets.toggles import Choice

if TYPE_CHECKING:
    from triage.tui.app import TriageApp

_NAMES = {"md": "Markdown", "html": "HTML", "json": "JSON"}


class ExportScreen(ModalScreen[None]):
    """Writes the document of one cluster."""

    AUTO_FOCUS = "#file"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, cluster: str) -> None:
        super().__init__()
        self._cluster = cluster

    def compose(self) -> ComposeResult:
        row = find_cluster(cast("TriageApp", self.app).db, self._cluster)
        slug = re.sub(r"[^a-z0-9]+", "-", (row.title if row else "").lower()).strip("-")[:40] or self._cluster
        with Vertical(classes="dialog"):
            yield Static("Export the postmortem", classes="title", markup=False)
            yield Label("file")
            yield Input(f"postmortem-{slug}.md", select_on_focus=False, id="file")
            yield Label("format (tab, then arrows)")
            with RadioSet(id="format"):
                for format_ in FORMATS:
                    yield Choice(_NAMES[format_], value=format_ == "md", name=format_)
            yield Static("enter in the file name writes, escape cancels", classes="hint", markup=False)

    @property
    def _format(self) -> str:
        pressed = self.query_one(RadioSet).pressed_button
        return (pressed.name if pressed else None) or "md"

    @on(RadioSet.Changed)
    def _format_changed(self) -> None:
        box = self.query_one("#file", Input)
        box.value = str(Path(box.value or "postmortem").with_suffix(f".{self._format}"))
        box.focus()

    @on(Input.Changed)
    def _name_changed(self, event: Input.Changed) -> None:
        form = _form_in(event.value)
        for button in self.query(Choice):
            if button.name == form and not button.value:
                with self.prevent(RadioSet.Changed):
                    button.value = True

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        path = Path(event.value.strip()).expanduser()
        if not path.is_file():
            self._write(path)
            return
        from triage.tui.screens.confirm import ConfirmScreen

        def take(sure: bool | None) -> None:
            if sure:
                self._write(path)

        self.app.push_screen(ConfirmScreen(f"{path.name} is there already. Replace it?"), take)

    def _write(self, path: Path) -> None:
        app = cast("TriageApp", self.app)
        row = find_cluster(app.db, self._cluster)
        if row is None:
            return
        try:
            write_document(path, render(gather(app.db, row), _form_in(path.name) or self._format))
        except ExportError as error:
            app.tell(error)
            return
        self.dismiss(None)
        app.notify(f"Written: {path.resolve()}", markup=False, timeout=8)


def _form_in(name: str) -> str:
    """The form that the end of a file's name says; empty where it says none."""
    suffix = Path(name).suffix.removeprefix(".").lower()
    return suffix if suffix in FORMATS else ""
