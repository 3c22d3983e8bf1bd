"""A file at a line, in the editor that somebody has chosen."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from textual.app import App, SuspendNotSupported

_FORMS = {
    "--goto {file}:{line}": ("code", "codium", "code-insiders", "cursor", "windsurf"),
    "{file}:{line}": ("subl", "zed", "hx", "helix", "mate"),
    "--line {line} {file}": ("idea", "pycharm", "goland", "webstorm", "clion", "rider", "kate"),
}
"""How editors want to be told; all others take ``+line file``, as ``vi`` does."""

_ADDRESSES = {
    "{scheme}://file{path}:{line}": ("vscode", "vscode-insiders", "vscodium", "cursor", "windsurf"),
    "{scheme}://open?file={path}&line={line}": (
        "idea",
        "pycharm",
        "goland",
        "webstorm",
        "clion",
        "rider",
        "phpstorm",
    ),
}
"""How editors with a window want to be told that run where the browser runs: VS Code and its kin, and those of JetBrains."""


def chosen(environment: Mapping[str, str] = os.environ) -> str:
    """What ``TRIAGE_EDITOR``, ``VISUAL`` or ``EDITOR`` name, the first of them, else ``vi``."""
    named = (environment.get(name) for name in ("TRIAGE_EDITOR", "VISUAL", "EDITOR"))
    return next(filter(None, named), "vi")


def address(editor: str, file: str, line: int | None) -> str | None:
    """The address that opens ``file`` at ``line`` (1-based), where ``editor`` is a scheme that is known.

    >>> address("vscode://", "/srv/a b.py", 7)
    'vscode://file/srv/a%20b.py:7'
    """
    scheme, _, rest = editor.strip().partition("://")
    form = next((form for form, names in _ADDRESSES.items() if scheme in names), None)
    if rest or form is None or "://" not in editor:
        return None
    # On Windows the path begins with the letter of a drive.
    path = f"/{Path(file).resolve().as_posix().lstrip('/')}"
    return form.format(scheme=scheme, path=quote(path), line=line or 1)


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
    """Open ``file`` in the editor, which has the terminal until it ends, unless it has an address."""
    editor = chosen()
    if (url := address(editor, file, line)) is not None:
        app.open_url(url)
        return
    words = command(editor, file, line)
    try:
        with app.suspend():
            subprocess.run(words, check=False)
    except (OSError, SuspendNotSupported) as error:
        app.notify(f"{words[0]}: {error}; set EDITOR", severity="error", markup=False)
    app.refresh()
