"""What stands outside of the screen: files that somebody names, the browser, and a command that is given a text."""

from __future__ import annotations

import signal
import subprocess
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from triage.analysis.ci_page import is_page
from triage.escapes import visible
from triage.tui.feed import how_it_ended


def open_page(app: App[Any], address: str) -> None:
    """Show a page: in the browser in which the screen is, else in one of this machine; where there is none, its address
    is copied."""
    if not is_page(address):
        app.notify(f"No address of a page: {visible(address)}", severity="warning", markup=False)
    elif app.is_web or _has_browser():
        app.open_url(address)
        app.notify(f"Opened: {address}", markup=False)
    else:
        app.copy_to_clipboard(address)
        app.notify(
            f"There is no browser here; the address is copied: {address}", severity="warning", markup=False
        )


def _has_browser() -> bool:
    """One with a window; those that want the terminal would draw over the screen."""
    try:
        return type(webbrowser.get()) is not webbrowser.GenericBrowser
    except webbrowser.Error:
        return False


def send(app: App[Any], command: str, text: str) -> None:
    """Give ``text`` to the shell command on its standard input; it has the terminal until somebody has seen its output."""
    # While it runs, ctrl+c is meant for it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with app.suspend():
            # What is typed is the command; the text, which a log may have written, never becomes a part of it.
            done = subprocess.run(command, shell=True, input=text.encode("utf-8", "replace"), check=False)
            print(f"\n{how_it_ended(done.returncode)}; enter goes back", end="", flush=True)
            with suppress(EOFError, OSError):
                input()
    except (OSError, SuspendNotSupported) as error:
        app.notify(
            f"No command can be given anything here: {visible(str(error))}", severity="error", markup=False
        )
    else:
        failed = done.returncode != 0
        app.notify(
            f"{visible(command)}: {how_it_ended(done.returncode)}",
            severity="error" if failed else "information",
            markup=False,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    app.refresh()


def is_file(name: Path | str) -> bool:
    """Whether there is such a file; what is too long for a name, or has NUL in it, is none."""
    try:
        return Path(name).is_file()
    except OSError:
        return False


def typed_path(name: str) -> Path:
    """The path that somebody typed; ``~`` stands for a home, where there is one of that name."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)
