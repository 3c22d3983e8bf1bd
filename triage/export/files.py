"""Documents to disk: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from triage.model import TriageError

FORMATS = ("md", "html", "json")
_OTHERS = {"pdf", "doc", "docx", "odt", "rtf", "tex", "adoc", "rst", "xml", "yaml", "yml", "csv", "xlsx"}
"""What postmortems are written in too, but not here."""


class ExportError(TriageError):
    """A document could not be written: names the file and why."""


def format_in(name: str) -> str:
    """The one of ``FORMATS`` that the end of a file's name says; empty where it says none.

    Raises:
        ExportError: it says one that is not written; others would open the file and find something else.
    """
    suffix = Path(name).suffix[1:].lower()
    if suffix in _OTHERS:
        raise ExportError(f"{name}: .{suffix} is not written; name a file of one of: {', '.join(FORMATS)}")
    return {"htm": "html"}.get(suffix, suffix if suffix in FORMATS else "")


def write_document(path: Path, document: str, *, make_directory: bool = False) -> None:
    """Write ``document`` as UTF-8 through a temporary file beside ``path``.

    With ``make_directory`` the directory is made where there is none.

    Raises:
        ExportError: the directory is missing or not writable, or the disk is full.
    """
    try:
        if make_directory:
            path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except (OSError, ValueError) as error:  # the name has NUL in it
        reason = error.strerror if isinstance(error, OSError) else None
        raise ExportError(f"{path}: {reason or error}; name another file") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(document)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise ExportError(f"{path}: {error.strerror or error}; name another file") from None
