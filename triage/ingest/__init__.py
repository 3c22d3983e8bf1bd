"""Bytes to case results: one reader a format, one registry, content decides."""

from __future__ import annotations

from collections.abc import Iterator

from triage.ingest.bounds import bounded
from triage.ingest.reader import IngestError, Source
from triage.ingest.registry import choose
from triage.model import CaseResult, Failure, Item, Run, RunInfo, Warn

__all__ = ["IngestError", "Source", "collect", "read"]


def read(source: Source) -> tuple[str, Iterator[Item]]:
    """The format of ``source``, and its content as a stream.

    Raises:
        IngestError: at once for an empty or unknown source; while streaming when nothing could be read.
    """
    try:
        reader = choose(source)
    except OSError as error:
        raise _unreadable(source, error) from None
    return reader.name, _checked(source, reader.read(source))


def _checked(source: Source, items: Iterator[Item]) -> Iterator[Item]:
    """``items``, with disk errors told as such, and without numbers that no store can hold."""
    try:
        for item in items:
            yield bounded(item)
    except OSError as error:
        raise _unreadable(source, error) from None


def _unreadable(source: Source, error: OSError) -> IngestError:
    return IngestError(f"{source.name}: {error.strerror or error}; check its permissions and its disk")


def collect(source: Source) -> Run:
    """``source`` read whole into memory; for results of ordinary size, tests and ``triage parse``.

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
