"""What another process is asked: sources as bytes to batches as bytes. It needs nothing else of the one that asks."""

from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from triage import __version__
from triage.ingest import IngestError, Source, reader_for
from triage.intake.batches import Batch, batches
from triage.intake.signs import Signer
from triage.model import TriageError, Warn
from triage.rules import Engine, Rule


class VersionError(TriageError):
    """A process of another version of triage: what it makes of a source may be something else."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One source on its way: whoever opens it needs no file of the one that sent it."""

    name: str
    data: bytes
    notes: tuple[Warn, ...] = ()
    """What was wrong with the bytes themselves when they were unpacked."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is in one source."""

    format: str
    packed: tuple[bytes, ...]

    def batches(self) -> Iterator[Batch]:
        """The rows, opened one batch after the other."""
        return map(pickle.loads, self.packed)


Taken = Content | IngestError | None
"""Why a source cannot be read; None where it retells what others hold, and is to be read when these are in the store."""


def take(version: str, rules: bytes, parcels: Sequence[Parcel]) -> list[Taken]:
    """What is in each of ``parcels``, by ``rules`` (see ``packed``).

    Raises:
        VersionError: this process is not of ``version``.
    """
    if version != __version__:
        raise VersionError(f"has triage {__version__}, and {version} is asking; install the same on both")
    signer = _signer(rules)
    return [_taken(parcel, signer) for parcel in parcels]


def _taken(parcel: Parcel, signer: Signer) -> Taken:
    source = Source(parcel.name, partial(io.BytesIO, parcel.data), list(parcel.notes))
    try:
        reader = reader_for(source)
        if reader.hearsay:
            return None
        # Packed one by one: as objects they would take several times the memory of the source.
        rows = batches(source, reader, signer)
        return Content(reader.name, tuple(pickle.dumps(some, pickle.HIGHEST_PROTOCOL) for some in rows))
    except IngestError as error:
        return error


def packed(rules: Iterable[Rule]) -> bytes:
    """As much of ``rules`` as matching needs."""
    bare = [
        rule._replace(causes=(), checks=(), questions=(), links=(), matching=(), not_matching=())
        for rule in rules
    ]
    return zlib.compress(pickle.dumps(bare, pickle.HIGHEST_PROTOCOL))


@lru_cache(maxsize=2)
def _signer(rules: bytes) -> Signer:
    return Signer(Engine(pickle.loads(zlib.decompress(rules))))
