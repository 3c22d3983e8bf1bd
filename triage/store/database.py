"""Opening the file: pragmas, migrations with a backup before them, refusal of what is not ours."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from platformdirs import user_data_path

from triage.model import TriageError

BUSY_MS = 5_000
MADE = (13, "m013_raised")
"""How many migrations there are, and the last: a file that has them is opened without loading what migrates."""


class Store:
    """An open file. Other rooms hold it and hand it to the functions of this one; they never look inside."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        conn.execute("PRAGMA foreign_keys=ON")
        conn.execute("PRAGMA recursive_triggers=ON")  # the index of words is kept by triggers

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All that is written inside, or nothing; may stand in another."""
        begin, commit, back = (
            ("SAVEPOINT part", "RELEASE part", ("ROLLBACK TO part", "RELEASE part"))
            if self.conn.in_transaction
            # One that reads first and then finds that another program writes would not wait, but fail.
            else ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
        )
        self.conn.execute(begin)
        try:
            yield
            self.conn.execute(commit)
        except BaseException:
            for statement in back:
                if self.conn.in_transaction:  # what went wrong may have ended it
                    self.conn.execute(statement)
            raise

    @property
    def state(self) -> tuple[int, int]:
        """Another one whenever something was written, by this store or by another program."""
        return self.conn.total_changes, self.conn.execute("PRAGMA data_version").fetchone()[0]

    @property
    def path(self) -> Path:
        """The file; an empty path for a store in memory."""
        return Path(self.conn.execute("PRAGMA database_list").fetchone()[2])

    def close(self) -> None:
        """Close the file."""
        self.conn.close()


class StoreError(TriageError):
    """The database cannot be used: names the file and what to do."""


def default_path() -> Path:
    """``TRIAGE_DB``, or ``triage.db`` in the user's data directory."""
    named = os.environ.get("TRIAGE_DB")
    return Path(named) if named else user_data_path("triage", appauthor=False) / "triage.db"


def open_store(path: Path | None = None) -> Store:
    """The store in ``path`` (default: see ``default_path``), created or migrated as needed.

    An older file is copied to ``NAME.backup-DATE`` before it is migrated. One that may not be written can be looked at;
    what would change it is refused then (see ``telling``).

    Raises:
        StoreError: not a database, written by a newer version, locked; may not be written, and is of an older version.
    """
    path = path or default_path()
    try:
        if path.is_file() and not _writable(path):
            return _open_to_look(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Screens read in worker threads; each opens its own store, the check would only forbid closing it.
        connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, check_same_thread=False)
        _patiently(lambda: connection.execute("PRAGMA journal_mode=WAL"))
        connection.execute("PRAGMA synchronous=NORMAL")
        db = Store(connection)
        if not _up_to_date(connection):
            with db.atomic():
                if not _up_to_date(connection):  # another program may have done it meanwhile
                    _migrate(connection, path)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: {error}; is it a triage database, and may it be written?") from None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}; name another file with --db") from None
    return db


def _writable(path: Path) -> bool:
    """Whether the file may be written, and the journal beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _open_to_look(path: Path) -> Store:
    """Nobody else writes to it either, as long as there is no journal: SQLite would need one to read along."""
    has_journal = path.with_name(f"{path.name}-wal").exists()
    uri = f"{path.absolute().as_uri()}?{'mode=ro' if has_journal else 'immutable=1'}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000, check_same_thread=False)
    if not _up_to_date(connection):
        connection.close()
        raise StoreError(
            f"{path}: of another version of triage, and may not be written; copy it, and open the copy"
        )
    return Store(connection)


def _patiently(do: Callable[[], object]) -> None:
    """Do it as soon as no other program is at it: what changes the form of a file does not wait by itself."""
    end = monotonic() + BUSY_MS / 1000
    while True:
        try:
            do()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or monotonic() > end:
                raise
            sleep(0.02)
        else:
            return


def empty_store() -> Store:
    """A store with nothing in it, in memory."""
    from sqlite_utils import Database

    from triage.store.migrations import MIGRATIONS

    db = Store(sqlite3.connect(":memory:"))
    MIGRATIONS.apply(Database(db.conn, execute_plugins=False))
    return db


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """What SQLite refuses inside is a ``StoreError`` that names ``path``: locked, full, damaged, read-only."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY:
            raise StoreError(f"{path}: may not be written: copy it, and open the copy") from None
        raise StoreError(f"{path}: {error}; is another program writing to it, is the disk full?") from None


def is_busy(error: Exception) -> bool:
    """Whether SQLite refused something only because another program writes."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )


def _up_to_date(connection: sqlite3.Connection) -> bool:
    """Whether all migrations that this version knows were made, and no other."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
        return False
    made = "SELECT count(*), max(name) FROM _sqlite_migrations WHERE migration_set = 'triage'"
    return bool(connection.execute(made).fetchone() == MADE)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    from sqlite_utils import Database

    from triage.store.migrations import MIGRATIONS

    db = Database(connection, execute_plugins=False)
    applied = {migration.name for migration in MIGRATIONS.applied(db)}
    pending = {migration.name for migration in MIGRATIONS.pending(db)}
    if not applied and db.table_names():
        raise StoreError(f"{path}: a database of another program; name another file with --db")
    # What this version knows is what would be pending in an empty database.
    known = {migration.name for migration in MIGRATIONS.pending(Database(memory=True, execute_plugins=False))}
    if newer := applied - known:
        raise StoreError(f"{path}: written by a newer triage (it has '{sorted(newer)[0]}'); update triage")
    if applied and pending:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        # By another connection: one that is about to write cannot be copied.
        with (
            closing(sqlite3.connect(path)) as before,
            closing(sqlite3.connect(f"{path}.backup-{stamp}")) as backup,
        ):
            before.backup(backup)
    if pending:
        MIGRATIONS.apply(db)


def now() -> str:
    """The moment as it is stored: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
