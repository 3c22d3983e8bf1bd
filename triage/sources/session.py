"""One ingest call: the core that the command line and the screen share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from triage.ingest import IngestError
from triage.rules import Engine
from triage.sources import resolve
from triage.store import Store
from triage.store.ingest import Ingested, ingest, next_batch


@dataclass
class Session:
    """What became of everything that was named."""

    results: list[Ingested] = field(default_factory=list)
    errors: list[IngestError] = field(default_factory=list)

    @property
    def new_clusters(self) -> set[str]:
        return {cluster for result in self.results for cluster in result.new_clusters}

    @property
    def known_clusters(self) -> set[str]:
        return {cluster for result in self.results for cluster in result.known_clusters} - self.new_clusters


def ingest_all(
    db: Store, names: Sequence[str], engine: Engine, progress: Callable[[str], None] = lambda name: None
) -> Session:
    """Ingest all that ``names`` stand for; an unreadable source is an error, the others are still taken.

    ``progress`` is called with the name of each source before it is read.
    """
    session = Session()
    batch = next_batch(db)
    for found in resolve(names):
        if isinstance(found, IngestError):
            session.errors.append(found)
            continue
        progress(found.name)
        try:
            session.results.append(ingest(db, found, engine, batch))
        except IngestError as error:
            session.errors.append(error)
    return session
