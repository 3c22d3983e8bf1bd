"""The log of the same job that passed last, as far as the store knows one and its file is still there."""

from __future__ import annotations

import re
from pathlib import Path

from triage.ingest import Source
from triage.ingest.inputs import find
from triage.store import Store
from triage.store.runs import runs

_NUMBER = re.compile(r"\d+")


def last_passing(db: Store, name: str) -> Source | None:
    """The newest run without a failure whose source is called like ``name``, numbers aside (``build-17.log``)."""
    job = _job(name)
    for run in runs(db):
        same = _job(run.source) == job and Path(run.source).resolve() != Path(name).resolve()
        if same and not run.totals.red and not run.clusters and Path(run.source).is_file():
            found = next(iter(find([run.source])), None)
            return found if isinstance(found, Source) else None
    return None


def _job(name: str) -> str:
    return _NUMBER.sub("#", str(Path(name).resolve()))
