"""What Mocha prints with its ``spec``, ``list``, ``dot``, ``min``, ``nyan`` and ``progress`` reporters.

All of them end with the same counts and numbered failures; those without a tree name only what failed, so the counts
stand. Hooks that broke are failures of the run, and Mocha counts them as failing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.ingest.console import Line, Session, reader_of, run_before_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.mocha_text import COUNT, HEADER, MARK, OLD_COUNT, MochaRun

_TICKS = ("✓", "✔", "√")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    found = [match for line in lines if (match := COUNT.match(line))]
    counts = {match["what"] for match in found}
    marks = sum(MARK.match(line) is not None for line in lines)
    if "passing" in counts:
        if marks or len(counts) > 1 or any(map(HEADER.match, lines)):
            return 75
        return 60 if any(match["time"] or match[0].startswith("  ") for match in found) else 0
    if any(map(OLD_COUNT.match, lines)):
        return 60
    # A run that was killed has only its tree.
    ticks = sum((match := MARK.match(line)) is not None and match["mark"] in _TICKS for line in lines)
    return 35 if ticks >= 2 else 0


@dataclass
class _Parser:
    run: MochaRun = field(default_factory=MochaRun)

    def is_next(self, line: Line) -> bool:
        # What follows the last failure is either the output of a build or another run.
        return self.run.ended and bool(line.text) and not COUNT.match(line.mark)

    def feed(self, line: Line) -> None:
        self.run.feed(line)

    def finish(self) -> Session:
        run = self.run
        session = Session(stated=run.totals, duration=run.duration)
        run.into(session)
        session.closed = bool(run.counts) and run.told >= run.counts.get("failing", 0)
        return session


READER = Reader("mocha-console", _sniff, reader_of("Mocha", run_before_run(_Parser)))
