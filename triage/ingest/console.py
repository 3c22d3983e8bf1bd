"""What the readers of console output share: numbered lines, blocks below a header, and the report at the end."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import groupby, takewhile
from typing import Protocol

from triage.ingest.coverage import coverage_missed
from triage.ingest.json_text import parse_object
from triage.ingest.reader import IngestError, Sample, Source
from triage.model import CaseResult, Failure, Item, RunInfo, Totals, Warn

MAX_MARK = 1_000
_LINE_ENDS = (b"\n", b"\r", b"\x00")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source."""

    number: int
    """1-based."""
    text: str

    @property
    def mark(self) -> str:
        """The text where it can be a line of the runner's own; empty for longer ones, which are somebody's
        data and would make patterns slow."""
        return self.text if len(self.text) <= MAX_MARK else ""


def lines_of(source: Source) -> Iterator[Line]:
    """The clean lines of ``source``, numbered."""
    return (Line(number, text) for number, text in enumerate(source.lines(), 1))


@lru_cache(maxsize=2)  # every reader asks for those of the same sample
def sample_lines(sample: Sample) -> list[str]:
    """The lines at both ends of a source that can be a runner's own (see ``Line.mark``)."""
    return [line for line in sample.lines if len(line) <= MAX_MARK]


@dataclass(slots=True)
class Block:
    """A header and the lines below it."""

    header: Line
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The lines without blank ones around."""
        return "\n".join(self.lines).strip("\n")

    @property
    def first_line(self) -> int:
        """Number of the first line that ``text`` has; of the header where there is no text."""
        filled = next((i for i, line in enumerate(self.lines) if line.strip()), None)
        return self.header.number + (0 if filled is None else filled + 1)


def until(lines: Iterable[str], stop: re.Pattern[str]) -> str:
    """The lines before the first that ``stop`` matches, joined; a text of which nothing is left stays whole."""
    everything = list(lines)
    end = next((i for i, line in enumerate(everything) if stop.match(line[:MAX_MARK])), len(everything))
    return "\n".join(everything[:end]).strip() or "\n".join(everything).strip()


def bare_failure(line: Line, kind: str = "failure") -> Failure:
    """A failure of which there is only the line that states it: the output was cut, or tells no more."""
    return Failure(kind=kind, trace=line.text.strip(), source_line=line.number)


def dedent(lines: Iterable[str], margin: int) -> list[str]:
    """The lines without up to ``margin`` spaces in front."""
    return [line[min(margin, indent_of(line)) :] for line in lines]


def indent_of(text: str) -> int:
    """How many spaces stand in front."""
    return len(text) - len(text.lstrip(" "))


def seconds(number: str | None, unit: str | None = "s") -> float | None:
    """Seconds from what a pattern found: ``("114", "ms")``, ``("1.2", "m")``; None for no number (``1.2.3``)."""
    try:
        return None if number is None else round(float(number) * _SECONDS[unit or "s"], 6)
    except ValueError:
        return None


@dataclass(slots=True)
class Session:
    """What one invocation of a runner told; one output may hold several."""

    cases: list[CaseResult] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    """Outside any case."""
    stated: Totals | None = None
    """The runner's own counts; they stand where not every case is named."""
    duration: float | None = None
    """Seconds."""
    closed: bool = False
    """Whether its last words are there."""
    warnings: list[Warn] = field(default_factory=list)
    until: int = 0
    """The last line that is known to be its own although nothing of it is counted."""
    again: bool = False
    """Whether it only says what those before it said: nothing of it counts."""

    def items(self) -> Iterator[Item]:
        """Its failures, cases and warnings."""
        yield from self.failures
        yield from self.cases
        yield from self.warnings

    @property
    def told(self) -> bool:
        """Whether anything could be read."""
        return self.closed or bool(self.cases or self.failures or self.stated)

    def tell_red(self, line: Line) -> None:
        """Make the line that says that something failed a failure of the run, where nothing else is red."""
        if not self.failures and not self.totals.red and not Totals.of(self.cases).red:
            self.failures.append(Failure(line.text.strip(), kind="error", source_line=line.number))

    @property
    def totals(self) -> Totals:
        """The stated counts, with what only the cases tell; the counted ones where none are stated."""
        counted = Totals.of(self.cases)
        return (
            counted
            if self.stated is None
            else replace(self.stated, flaky=max(self.stated.flaky, counted.flaky))
        )


_Parse = Callable[[Iterator[Line]], Iterable[Session]]


class RunParser(Protocol):
    """What a reader feeds with the lines of one run."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of this run."""

    def finish(self) -> Session:
        """What was told."""


def run_after_run(make: Callable[[], RunParser]) -> _Parse:
    """The sessions of an output that may hold several runs, each with a parser of its own."""

    def sessions(lines: Iterator[Line]) -> Iterator[Session]:
        parser = make()
        for line in lines:
            if parser.feed(line):
                yield parser.finish()
                parser = make()
        yield parser.finish()

    return sessions


class NextRunParser(Protocol):
    """What a reader feeds where only the first line of another run tells that one was over."""

    def is_next(self, line: Line) -> bool:
        """Whether the line is the first of another run."""

    def feed(self, line: Line) -> None:
        """Take a line."""

    def finish(self) -> Session:
        """What was told."""


def run_before_run(make: Callable[[], NextRunParser]) -> _Parse:
    """The sessions of an output, each of which ends where the next begins."""

    def sessions(lines: Iterator[Line]) -> Iterator[Session]:
        parser = make()
        for line in lines:
            if parser.is_next(line):
                yield parser.finish()
                parser = make()
            parser.feed(line)
        yield parser.finish()

    return sessions


def without_sums(parse: _Parse) -> _Parse:
    """``parse``, where the sessions count nothing ``again`` that only add up those before them, as a runner of runners
    prints them, or say the end of the one before once more, as a second formatter does."""

    def sessions(lines: Iterator[Line]) -> Iterator[Session]:
        before, parts = Totals(), 0
        end: tuple[Totals | None, float | None] = None, None
        for session in parse(lines):
            if session.stated is not None and not session.cases and not session.failures:
                added = session.duration is None and parts > 1 and session.stated.tests == before.tests
                echoed = session.duration is not None and (session.stated, session.duration) == end
                session.again = added or echoed
            if not session.again:
                before, parts = before + session.totals, parts + (session.stated is not None)
                end = session.stated, session.duration
            yield session

    return sessions


def reader_of(runner: str, sessions: _Parse) -> Callable[[Source], Iterator[Item]]:
    """A ``Reader.read`` from a function that finds the sessions in the lines.

    The reader raises ``IngestError`` when no session told anything.
    """

    def read(source: Source) -> Iterator[Item]:
        voices = Voices(source)
        told = []
        found: list[Session] = []
        for lines in voices:
            told.append(_told(sessions, lines))
            found += told[-1].sessions or voices.of_another()
        tail = max((part.last for part in told), key=lambda line: line.number)
        last = tail.number
        open_ended = found and not found[-1].closed and not voices.several
        if open_ended and parse_object(tail.text) is None and _ends_within_a_line(source):
            # The output was cut within its last line, and half a title is the name of no test.
            cut = _told(sessions, takewhile(lambda line: line.number < last, lines_of(source)))
            if cut.sessions or any(session.cases for session in found):
                found, last = cut.sessions, cut.last.number
        if not found:
            said = _kept_from_its_tests(source)
            if not said:
                raise IngestError(f"{source.name}:{last}: no {runner} result up to here; was the output cut?")
            yield from said
            return
        if not voices.several and found[-1].closed:
            from triage.ingest.neighbours import around

            found += around(source, found, told[0].end, last, lambda lines: _told(sessions, lines).sessions)
        yield from map(voices.place, _report(found, last))

    return read


_MOST_SAID = 32 << 20
"""Characters of one of several voices that are kept for the readers of other runners."""


class Voices:
    """The lines of a source; where several print into each other's lines, those of each apart, one after the other.

    Lines that stood apart are numbered as if they had been alone; ``place`` gives what was told its true numbers.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._names = _speakers(source)
        self._numbers = [0]
        self.said: list[Line] = []
        """What the last of several said, as far as it is kept."""

    @property
    def several(self) -> bool:
        """Whether there is more than one."""
        return len(self._names) > 1

    def __iter__(self) -> Iterator[Iterator[Line]]:
        if not self.several:
            yield lines_of(self._source)
            return
        for name in self._names:
            yield self._said_by(name)

    def _said_by(self, name: str) -> Iterator[Line]:
        self.said, size = [], 0
        for number, (speaker, text) in enumerate(self._source.spoken_lines(), 1):
            if speaker == name:
                self._numbers.append(number)
                line = Line(len(self._numbers) - 1, text)
                size += len(text)
                if size <= _MOST_SAID:
                    self.said.append(line)
                yield line

    def of_another(self) -> list[Session]:
        """What another runner told by the voice that was read last; what broke it if it told nothing and failed."""
        if not self.said:
            return []
        from triage.ingest.neighbours import death_of, told_in

        part = Source(self._source.name, partial(io.BytesIO, _text_of(self.said)))
        end = self.said[0].number - 1
        return told_in(part, end) or death_of(part, end)

    def place(self, item: Item) -> Item:
        """``item`` with the numbers that its lines have in the source."""
        if not self.several:
            return item
        match item:
            case CaseResult(failures=failures):
                return replace(item, failures=tuple(map(self._placed, failures)))
            case Failure():
                return self._placed(item)
            case Warn(line=int(line)):
                return replace(item, line=self._true(line))
        return item

    def _placed(self, failure: Failure) -> Failure:
        return (
            replace(failure, source_line=self._true(failure.source_line)) if failure.source_line else failure
        )

    def _true(self, number: int) -> int:
        return self._numbers[min(number, len(self._numbers) - 1)]


def _text_of(lines: Iterable[Line]) -> bytes:
    return "\n".join(line.text for line in lines).encode("utf-8", "replace")


def _speakers(source: Source) -> list[str]:
    if source.cleaner.wrapper.names is None:
        return []
    names: dict[str, int] = {}
    for name, _ in groupby(name for name, _ in source.spoken_lines()):
        names[name] = names.get(name, 0) + 1
    return list(names) if any(turns > 1 for turns in names.values()) or len(names.keys() - {""}) > 1 else []


def _kept_from_its_tests(source: Source) -> list[Failure]:
    """What a run that came to no test says of it, as any log does."""
    from triage.ingest.readers import log

    return [item for item in log.READER.read(source) if isinstance(item, Failure)]


def _ends_within_a_line(source: Source) -> bool:
    with source.open() as stream:
        if not stream.seekable():
            return False
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - 2))
        return not stream.read().endswith(_LINE_ENDS)


@dataclass(frozen=True, slots=True)
class _Told:
    sessions: list[Session]
    """Those that told anything."""
    last: Line
    end: int
    """Number of the line that ended the last of the sessions."""


def _told(sessions: _Parse, lines: Iterator[Line]) -> _Told:
    last, end = Line(0, ""), 0
    missed: list[Failure] = []

    def counted() -> Iterator[Line]:
        nonlocal last
        for line in lines:
            last = line
            if failure := coverage_missed(line.text, line.number):
                missed.append(failure)
            yield line

    told: list[Session] = []
    for session in sessions(counted()):
        if session.told:
            if not session.again:
                told.append(session)
            end = last.number
    if told:
        told[-1].failures.extend(missed)
    return _Told(told, last, end)


def _report(sessions: list[Session], last: int) -> Iterator[Item]:
    totals = sum((session.totals for session in sessions), Totals())
    counted = sum((Totals.of(session.cases) for session in sessions), Totals())
    times = [session.duration for session in sessions if session.duration is not None]
    yield RunInfo(
        duration=round(sum(times), 6) if times else None,
        totals=totals if any(session.stated for session in sessions) else None,
        totals_stand=totals != counted,
    )
    for session in sessions:
        yield from session.items()
    if not sessions[-1].closed:
        yield Warn("no closing summary: the run was cut off, its totals are what was printed", last)
