"""The screens. Nothing else imports textual; no screen computes what a pure function could."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from triage.model import TriageError

if TYPE_CHECKING:
    from triage.tui.feed import Feed
    from triage.tui.terminal import Notify

# What a key changes is drawn in up to three frames, one after the other; the library reads this when it is imported.
os.environ.setdefault("TEXTUAL_FPS", "480")
# Nothing glides: over a slow line it comes late, and some get sick of it.
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
# Milliseconds after which escape was no beginning of another key's sequence, as in tmux (since 3.5): what a key sends comes at once.
os.environ.setdefault("ESCDELAY", "10")


def run(
    paths: list[str],
    db_path: Path | None,
    feed: Feed | None = None,
    notify: Notify | None = None,
    *,
    ascii: bool = False,
) -> tuple[int, Sequence[TriageError]]:
    """Open the screen, ingest ``paths`` behind it, and what ``feed`` brings; the exit code, and what could not be read.

    Where that is all of it, there is no screen.

    Raises:
        StoreError: the database cannot be used (before the screen opens).
    """
    from triage.tui.terminal import held

    with held() as before:
        from triage.store import default_path, open_store

        store_path = db_path or default_path()
        open_store(store_path).close()
        if paths:
            from triage.sources.session import refusals

            if refused := refusals(paths):
                return 2, refused
        from triage.tui.app import TriageApp

        app = TriageApp(store_path, paths, before, feed, notify)
        app.use_ascii(ascii)
        app.run()
    return app.return_code or (2 if app.unread else 0), app.unread
