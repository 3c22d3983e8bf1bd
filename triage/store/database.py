"""Opening the file: pragmas, migrations with a backup before them, refusal of what is not ours."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_data_path
from sqlite_utils import Database

from triage.model import TriageError
from triage.store.migrations import MIGRATIONS

Store = Database
"""What other rooms hold and hand to the functions of this one; they never look inside."""

BUSY_MS = 5_000


class StoreError(TriageError):
    """The database cannot be used: names the file and what to do."""


def default_path() -> Path:
    """``TRIAGE_DB``, or ``triage.db`` in the user's data directory."""
    named = os.environ.get("TRIAGE_DB")
    return Path(named) if named else user_data_path("triage", appauthor=False) / "triage.db"


def open_store(path: Path | None = None) -> Store:
    """The store in ``path`` (default: see ``default_path``), created or migrated as needed.

    An older file is copied to ``NAME.backup-DATE`` before it is migrated.

    Raises:
        StoreError: not a database, written by a newer version, read-only or locked.
    """
    path = path or default_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Screens read in worker threads; each opens its own store, the check would only forbid closing it.
        connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        db = Database(connection)
        _migrate(db, path)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: {error}; is it a triage database, and may it be written?") from None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}; name another file with --db") from None
    return db


def empty_store() -> Store:
    """A store with nothing in it, in memory."""
    db = Database(memory=True)
    MIGRATIONS.apply(db)
    return db


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """What SQLite refuses inside is a ``StoreError`` that names ``path``: locked, full, damaged, read-only."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: {error}; is another program writing to it, is the disk full?") from None


def _migrate(db: Database, path: Path) -> None:
    applied = {migration.name for migration in MIGRATIONS.applied(db)}
    pending = {migration.name for migration in MIGRATIONS.pending(db)}
    if not applied and db.table_names():
        raise StoreError(f"{path}: a database of another program; name another file with --db")
    if newer := applied - _known_names():
        raise StoreError(f"{path}: written by a newer triage (it has '{sorted(newer)[0]}'); update triage")
    if applied and pending:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        with sqlite3.connect(f"{path}.backup-{stamp}") as backup:
            db.conn.backup(backup)
        backup.close()
    if pending:
        MIGRATIONS.apply(db)


def _known_names() -> set[str]:
    # What this version knows is what would be pending in an empty database.
    return {migration.name for migration in MIGRATIONS.pending(Database(memory=True))}


def now() -> str:
    """The moment as it is stored: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
