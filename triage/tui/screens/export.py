"""Postmortems to files: format and name, then enter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label, RadioSet, Static

from triage.analysis.impact import count
from triage.export.documents import render
from triage.export.files import FORMATS, ExportError, format_in, write_document
from triage.export.report import gather
from triage.store.clusters import find_cluster
from triage.tui.outside import is_file, typed_path
from triage.tui.screens.dialog import Dialog
from triage.tui.widgets.toggles import Choice

if TYPE_CHECKING:
    from triage.tui.app import TriageApp

_NAMES = {"md": "Markdown", "html": "HTML", "json": "JSON"}


class ExportScreen(Dialog[None]):
    """Writes the documents of clusters: of one to a file, of several to a directory."""

    AUTO_FOCUS = "#file"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, clusters: Sequence[str]) -> None:
        super().__init__()
        self._clusters = clusters

    def compose(self) -> ComposeResult:
        many = len(self._clusters) > 1
        title = f"Export {count(len(self._clusters), 'postmortem')}" if many else "Export the postmortem"
        place = "directory" if many else "file"
        with Vertical(classes="dialog"):
            yield Static(title, classes="title", markup=False)
            yield Label(place)
            yield Input(
                "postmortems" if many else self._name_of(self._clusters[0]), select_on_focus=False, id="file"
            )
            yield Label("format (tab, then arrows)")
            with RadioSet(id="format"):
                for format_ in FORMATS:
                    yield Choice(_NAMES[format_], value=format_ == "md", name=format_)
            yield Static(f"enter in the {place} name writes, escape cancels", classes="hint", markup=False)

    def _name_of(self, cluster: str, format_: str = "md") -> str:
        row = find_cluster(cast("TriageApp", self.app).db, cluster)
        slug = re.sub(r"[^a-z0-9]+", "-", (row.title if row else "").lower()).strip("-")[:40]
        told = [slug] * bool(slug) + [cluster[:8]] * (len(self._clusters) > 1 or not slug)
        return f"postmortem-{'-'.join(told)}.{format_}"

    @property
    def _format(self) -> str:
        pressed = self.query_one(RadioSet).pressed_button
        return (pressed.name if pressed else None) or "md"

    @on(RadioSet.Changed)
    def _format_changed(self) -> None:
        box = self.query_one("#file", Input)
        if len(self._clusters) == 1:
            path = Path(box.value)
            box.value = str(path.parent / f"{path.stem or 'postmortem'}.{self._format}")
        box.focus()

    @on(Input.Changed)
    def _name_changed(self, event: Input.Changed) -> None:
        form = ""
        if len(self._clusters) == 1:
            with suppress(ExportError):  # it is told when it is to be written
                form = format_in(event.value)
        for button in self.query(Choice):
            if button.name == form and not button.value:
                with self.prevent(RadioSet.Changed):
                    button.value = True

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            self.notify("Name a file to write, or press escape.", severity="warning", markup=False)
            return
        path = typed_path(event.value.strip())
        paths = {path: self._clusters[0]}
        if len(self._clusters) > 1:
            paths = {path / self._name_of(cluster, self._format): cluster for cluster in self._clusters}
        there = [known for known in paths if is_file(known)]
        if not there:
            self._write(paths)
            return
        from triage.tui.screens.confirm import ConfirmScreen

        def take(sure: bool | None) -> None:
            if sure:
                self._write(paths)

        said = f"{there[0].name} is" if len(there) == 1 else f"{count(len(there), 'file')} are"
        them = "it" if len(there) == 1 else "them"
        self.app.push_screen(ConfirmScreen(f"{said} there already. Replace {them}?"), take)

    def _write(self, paths: Mapping[Path, str]) -> None:
        app = cast("TriageApp", self.app)
        try:
            for path, cluster in paths.items():
                row = find_cluster(app.db, cluster)
                if row is not None:
                    form = self._format if len(paths) > 1 else format_in(path.name) or self._format
                    write_document(path, render(gather(app.db, row), form), make_directory=len(paths) > 1)
        except ExportError as error:
            app.tell(error)
            return
        self.dismiss(None)
        [first, *more] = paths
        said = (
            f"{count(len(paths), 'postmortem')} in {first.parent.resolve()}" if more else str(first.resolve())
        )
        app.notify(f"Written: {said}", markup=False, timeout=8)
