"""A file at a line, in the editor that somebody has chosen."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

_FORMS = {
    "--goto {file}:{line}": ("code", "codium", "code-insiders", "cursor", "windsurf"),
    "{file}:{line}": ("subl", "zed", "hx", "helix", "mate"),
    "--line {line} {file}": ("idea", "pycharm", "goland", "webstorm", "clion", "rider", "kate"),
}
"""How editors want to be told; all others take ``+line file``, as ``vi`` does."""


def chosen(environment: Mapping[str, str] = os.environ) -> str:
    """What ``VISUAL`` or ``EDITOR`` name, else ``vi``."""
    return environment.get("VISUAL") or environment.get("EDITOR") or "vi"


def command(editor: str, file: str, line: int | None) -> list[str]:
    """The words that open ``file`` at ``line`` (1-based).

    >>> command("code -w", "a b.log", 7)
    ['code', '-w', '--goto', 'a b.log:7']
    """
    try:
        words = shlex.split(editor) or ["vi"]
    except ValueError:
        words = [editor]
    # What begins with a dash would be an option.
    file = f"./{file}" if file.startswith(("-", "+")) else file
    if line is None:
        return [*words, file]
    name = Path(words[0]).stem.lower()
    form = next((form for form, names in _FORMS.items() if name in names), "+{line} {file}")
    return [*words, *(part.format(file=file, line=line) for part in form.split())]


def open_at(app: App[Any], file: str, line: int | None) -> None:
    """Open ``file`` in the editor, which has the terminal until it ends."""
    words = command(chosen(), file, line)
    try:
        with app.suspend():
            subprocess.run(words, check=False)
    except (OSError, SuspendNotSupported) as error:
        app.notify(f"{words[0]}: {error}; set EDITOR", severity="error", markup=False)
    app.refresh()
