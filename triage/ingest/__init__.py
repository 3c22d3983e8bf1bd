"""Bytes to case results: one reader a format, one registry, content decides."""

from __future__ import annotations

from collections.abc import Iterator

from triage.ingest.reader import IngestError, Source
from triage.ingest.registry import choose
from triage.model import CaseResult, Failure, Item, Run, RunInfo, Warn

__all__ = ["IngestError", "Source", "collect", "read"]


def read(source: Source) -> tuple[str, Iterator[Item]]:
    """The format of ``source``, and its content as a stream.

    Raises:
        IngestError: at once for an empty or unknown source; while streaming when nothing could be read.
    """
    reader = choose(source)
    return reader.name, reader.read(source)


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
