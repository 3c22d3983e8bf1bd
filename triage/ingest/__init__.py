"""Bytes to case results: one reader a format, one registry, content decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from triage.ingest.bounds import bounded
from triage.ingest.reader import IngestError, Reader, Source
from triage.ingest.text import MAX_LINE
from triage.model import CaseResult, Failure, Item, Run, RunInfo, Warn

__all__ = ["IngestError", "Reader", "Source", "collect", "read", "reader_for", "told"]


def reader_for(source: Source) -> Reader:
    """The reader that is surest of ``source``.

    Raises:
        IngestError: empty, binary, unreadable, or in no known format.
    """
    from triage.ingest.registry import choose  # who only looks at lines does not pay for the formats

    with told(source):
        return choose(source)


def read(source: Source, reader: Reader | None = None) -> tuple[str, Iterator[Item]]:
    """The format of ``source``, and its content as a stream; ``reader`` if it was chosen before.

    Raises:
        IngestError: at once for an empty or unknown source; while streaming when nothing could be read.
    """
    from triage.ingest.registry import reads_documents  # see above

    reader = reader or reader_for(source)
    items = reader.read(source.peeled() if reads_documents(reader) else source)
    return reader.name, _told(source, items if reader.bounded else map(bounded, items))


def _told(source: Source, items: Iterator[Item]) -> Iterator[Item]:
    """``items``, with disk errors told as such."""
    with told(source):
        yield from items
        yield from source.notes
        if source.long.first:
            said = f"a line of more than {MAX_LINE:,} characters: what is behind them is not read"
            yield Warn(said, source.long.first)


@contextmanager
def told(source: Source) -> Iterator[None]:
    """What the disk refuses inside is an ``IngestError`` that names ``source``."""
    try:
        yield
    except OSError as error:
        text = f"{source.name}: {error.strerror or error}; check its permissions and its disk"
        raise IngestError(text) from None


def collect(source: Source) -> Run:
    """``source`` read whole into memory; for results of ordinary size.

    Raises:
        IngestError: see ``read``.
    """
    name, items = read(source)
    cases: list[CaseResult] = []
    failures: list[Failure] = []
    warnings: list[Warn] = []
    info = RunInfo()
    for item in items:
        match item:
            case CaseResult():
                cases.append(item)
            case Failure():
                failures.append(item)
            case RunInfo():
                info = info.merged(item)
            case Warn():
                warnings.append(item)
    return Run(source.name, name, tuple(cases), tuple(failures), info, tuple(warnings))
