"""What pytest prints: ``-q``, ``-v``, ``-rA``, every ``--tb``, xdist, reruns, subtests, crashes.

Where the closing line is there, its counts are the totals of the run (they are what its reader sees); the cases
that the output names are listed, and passed ones that it does not name are not invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from triage.ingest.console import Line, Session, Voices
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners import pytest_text as text
from triage.ingest.runners.pytest_session import PytestSession
from triage.model import Item, RunInfo, Totals


def _sniff(sample: Sample) -> int:
    lines = sample.text.split("\n")
    if any(text.SESSION.match(line) for line in lines):
        return 90
    if any(text.tally(line) for line in sample.end.split("\n")):
        return 88
    if any(text.SUGAR_RESULTS.match(line) for line in sample.end.split("\n")):
        return 86
    if any(
        text.OWN_SECTION.match(line) or text.EXIT.match(line) for line in (*lines, *sample.end.split("\n"))
    ):
        return 85  # -qq prints neither the first line nor the last
    return 85 if any(text.USAGE.match(line) for line in lines[:50]) else 0


def _read(source: Source) -> Iterator[Item]:
    session = PytestSession()
    last: PytestSession | None = None
    voices = Voices(source)
    others: list[Session] = []
    for voice in voices:
        for line in voice:
            if text.SESSION.match(line.text) and (session.started or session.totals):
                yield from map(voices.place, session.items())
                last, session = session, PytestSession(before=session.sum())
            session.feed(line.number, line.text)
        if session.told:
            yield from map(voices.place, session.items())
            last, session = session, PytestSession(before=session.sum())
        else:
            session = PytestSession(before=session.before)
            others += voices.of_another()
    if last is None:
        raise IngestError(f"{source.name}: no pytest session in it; was the output cut?")
    if last.ended and not voices.several:
        from triage.ingest.neighbours import around

        whole = Session(failures=list(last.failures), stated=last.sum(), closed=True)
        others = around(source, [whole], last.ended, last.last_line, _again)
    yield from map(voices.place, _also(others, last.sum()))


def _also(others: Iterable[Session], totals: Totals) -> Iterator[Item]:
    """What other runners told; ``totals`` are those of pytest."""
    for session in others:
        totals += session.totals
        yield RunInfo(totals=totals, totals_stand=True)
        yield from session.items()


def _again(lines: Iterator[Line]) -> list[Session]:
    """What the sessions in ``lines`` add up to."""
    session = PytestSession()
    for line in lines:
        if text.SESSION.match(line.text) and (session.started or session.totals):
            session = PytestSession(before=session.sum())
        session.feed(line.number, line.text)
    return [Session(stated=session.sum(), closed=session.totals is not None)] if session.told else []


READER = Reader("pytest-console", _sniff, _read)
