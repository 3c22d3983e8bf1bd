"""One ingest call: the core that the command line and the screen share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from triage.analysis.impact import count
from triage.ingest import IngestError, Source, reader_for
from triage.rules import Engine
from triage.sources import resolve
from triage.sources.taking import take_all
from triage.sources.watching import Reading
from triage.sources.workers import Local, Workers
from triage.store import Store
from triage.store.ingest import Ingested
from triage.store.recluster import place_called


@dataclass
class Session:
    """What became of everything that was named."""

    results: list[Ingested] = field(default_factory=list)
    errors: list[IngestError] = field(default_factory=list)
    moved: int = 0
    """Failures in reports read before that are in other clusters now: these sources say which tests are meant."""

    @property
    def note(self) -> str:
        """That failures moved, where some did."""
        return (
            f"{count(self.moved, 'failure')} of reports read before moved: the new runs say which tests they may mean"
            if self.moved
            else ""
        )

    @property
    def new_clusters(self) -> set[str]:
        return {cluster for result in self.results for cluster in result.new_clusters}

    @property
    def known_clusters(self) -> set[str]:
        return {cluster for result in self.results for cluster in result.known_clusters} - self.new_clusters


def refusals(names: Sequence[str]) -> list[IngestError]:
    """Why none of ``names`` can be read; empty as soon as one could be, or is not told without reading it all."""
    errors: list[IngestError] = []
    for name in names:
        if name == "-" or name.startswith(("http://", "https://")) or Path(name).is_dir():
            return []
        for found in resolve([name]):
            try:
                if isinstance(found, IngestError):
                    raise found
                reader_for(found)
            except IngestError as error:
                errors.append(error)
            else:
                return []
    return errors


def ingest_all(
    db: Store,
    names: Sequence[str],
    engine: Engine,
    progress: Callable[[Reading], None] = lambda reading: None,
    scheduler: str | None = None,
    instead_of: Mapping[str, Sequence[int]] | None = None,
    view: Callable[[Source], Source] | None = None,
) -> Session:
    """Ingest all that ``names`` stand for; an unreadable source is an error, the others are still taken.

    ``progress`` is called before each source, and whenever a part of it has been read. Most of a large input is read by
    other processes: of this machine, or those of the Dask ``scheduler`` at an address. ``instead_of`` names runs that were read
    before of some of the names: each set is forgotten in the moment in which what its source says now is stored. ``view`` makes
    of each source what is read of it.

    Raises:
        SchedulerError: the scheduler or its workers cannot be used; what was finished is in the store.
    """
    session = Session()
    with closing(_workers(engine, scheduler)) as workers:
        found = resolve(names)
        if view is not None:
            found = (item if isinstance(item, IngestError) else view(item) for item in found)
        for result in take_all(db, found, engine, progress, workers, instead_of):
            if isinstance(result, IngestError):
                session.errors.append(result)
            else:
                session.results.append(result)
    new = [result.run_id for result in session.results if not result.known]
    session.moved = place_called(db, engine, new).failures
    return session


def _workers(engine: Engine, scheduler: str | None) -> Workers:
    if scheduler is None:
        return Local(engine.rules)
    from triage.sources.remote import Remote

    return Remote(scheduler, engine.rules)
