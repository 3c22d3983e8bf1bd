"""The screens. Nothing else imports textual; no screen computes what a pure function could."""

from __future__ import annotations

from pathlib import Path


def run(paths: list[str], db_path: Path | None) -> int:
    """Open the screen, ingest ``paths`` behind it; the exit code.

    Raises:
        StoreError: the database cannot be used (before the screen opens).
    """
    from triage.tui.terminal import held

    with held():
        from triage.store import default_path, open_store

        store_path = db_path or default_path()
        open_store(store_path).close()
        from triage.tui.app import TriageApp

        app = TriageApp(store_path, paths)
        app.run()
    return app.return_code or 0
