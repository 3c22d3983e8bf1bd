"""The SQLite file: the only room that knows SQL. The schema is public, see ``docs/database.md``."""

from triage.store.database import Store, StoreError, default_path, empty_store, open_store

__all__ = ["Store", "StoreError", "default_path", "empty_store", "open_store"]
