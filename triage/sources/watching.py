"""How far reading is, for those who wait for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from triage.ingest import Source


class ReadingStoppedError(BaseException):
    """Somebody does not want to wait any longer: whoever hears how far it is may raise it. As with Ctrl-C, what is half read is
    forgotten, what was read to its end is kept, and no reader takes it for an error of its own."""


@dataclass(slots=True)
class Reading:
    """How far one source is read."""

    name: str
    size: int | None
    """Bytes, where they are known before."""
    done: int = 0
    """Bytes read in this step."""
    step: str = "checking"
    """The first pass over its bytes (whether it is known, what it is); then ``reading``."""


def watched(source: Source, progress: Callable[[Reading], None], step: str = "checking") -> Source:
    """``source``, with ``progress`` called whenever a part of it has been read; ``step`` is what the first pass does."""
    reading = Reading(source.name, source.size, step=step)

    def told(count: int) -> None:
        reading.done += count
        if reading.size and reading.done > reading.size:
            reading.step, reading.done = "reading", count
        progress(reading)

    progress(reading)
    return source.counted(told)
