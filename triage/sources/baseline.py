"""The log of the same job that passed last, as far as the store knows one and its file is still there."""

from __future__ import annotations

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from triage.ingest import Source
from triage.ingest.inputs import find
from triage.ingest.logs.passing import File
from triage.intake import Batch
from triage.model import Warn
from triage.store import Store
from triage.store.runs import passed

_NUMBER = re.compile(r"\d+")


class Baselines:
    """The runs without a failure, by their jobs: sources that are called alike, numbers aside (``build-17.log``)."""

    def __init__(self, db: Store) -> None:
        self._db = db

    @cached_property
    def _by_job(self) -> defaultdict[str, list[tuple[str, int, str]]]:
        by_job: defaultdict[str, list[tuple[str, int, str]]] = defaultdict(list)
        for run in sorted(passed(self._db)):
            by_job[_job(run[2])].append(run)
        return by_job

    def of(self, name: str) -> Source | None:
        """The newest for the source ``name``."""
        path = Path(name).resolve()
        for _, _, source in reversed(self._by_job.get(_job(name), [])):
            if Path(source).resolve() != path and Path(source).is_file():
                found = next(iter(find([source])), None)
                return found if isinstance(found, Source) else None
        return None

    def add(self, run: int) -> None:
        """Take note of a run that came in meanwhile."""
        if "_by_job" in self.__dict__:
            for told in passed(self._db, run):
                insort(self._by_job[_job(told[2])], told)


def beside_passing(batches: Iterable[Batch], passing: Source) -> Iterator[Batch]:
    """What a log says that ``passing``, the last one of its job that passed, does not say as well; all of it, if
    nothing else would be left."""
    held = list(batches)
    said = [line for batch in held for line in batch.said]
    new = File(passing).without(line for line in said if line)
    known = sum(1 for line in said if line and line not in new)
    if known and known < len(said):
        for batch in held:
            pairs = zip(batch.failures, batch.said, strict=True)
            batch.failures = [failure for failure, line in pairs if not line or line in new]
            left = {row[0] for _, row in batch.failures}
            batch.signs = {key: sign for key, sign in batch.signs.items() if key in left}
        told = f"{known} failures stand in {passing.name} too, the last run of this job that passed: left out"
        held[-1].warnings.append(Warn(told))
    yield from held


def _job(name: str) -> str:
    return _NUMBER.sub("#", str(Path(name).resolve()))
