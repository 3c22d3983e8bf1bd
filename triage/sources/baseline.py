"""The log of the same job that passed last, as far as the store knows one and its file is still there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from triage.ingest import Reader, Source
from triage.ingest.inputs import find
from triage.ingest.logs.passing import File, mask
from triage.model import Failure, Item, Warn
from triage.store import Store
from triage.store.runs import failures_of, runs

_NUMBER = re.compile(r"\d+")


def last_passing(db: Store, name: str) -> Source | None:
    """The newest run without a failure whose source is called like ``name``, numbers aside (``build-17.log``)."""
    job = _job(name)
    for run in runs(db):
        same = _job(run.source) == job and Path(run.source).resolve() != Path(name).resolve()
        if same and not run.totals.red and not failures_of(db, run.id) and Path(run.source).is_file():
            found = next(iter(find([run.source])), None)
            return found if isinstance(found, Source) else None
    return None


def beside_passing(db: Store, source: Source, reader: Reader) -> Reader:
    """``reader``, which for a log without results of tests leaves out what the last log of this job that passed says as
    well; unless nothing would be left."""
    if reader.name != "log" or (passing := last_passing(db, source.name)) is None:
        return reader
    return replace(reader, read=partial(_new, reader, passing))


def _new(reader: Reader, passing: Source, source: Source) -> Iterator[Item]:
    items = list(reader.read(source))
    said = {id(item): mask(_own_line(item)) for item in items if isinstance(item, Failure)}
    new = File(passing).without(line for line in said.values() if line)
    known = {number for number, line in said.items() if line and line not in new}
    if len(known) == len(said):
        known.clear()
    yield from (item for item in items if id(item) not in known)
    if known:
        told = f"{len(known)} failures stand in {passing.name} too, the last run of this job that passed: left out"
        yield Warn(told)


def _own_line(failure: Failure) -> str:
    lines = failure.trace.split("\n")
    return lines[failure.lead] if failure.lead < len(lines) and failure.trace else failure.message


def _job(name: str) -> str:
    return _NUMBER.sub("#", str(Path(name).resolve()))
