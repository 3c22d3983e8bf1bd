"""What Tcl's tcltest prints: each test that failed between two headers, and the counts of each file and of all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, Entry
from triage.ingest.console import Line, Session, reader_of, run_before_run, sample_lines
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

# Without a description two spaces stand before the last word; the line behind the block has one.
_FAILED = re.compile(r"^==== (?P<name>\S+) (?P<about>.*) FAILED$")
_OVER = re.compile(r"^==== (?P<name>\S+) FAILED$")
_OTHER = re.compile(r"^\+\+\+\+ (?P<name>\S+) (?P<how>PASSED|SKIPPED)(?:: (?P<why>\S.*))?$")
_COUNTS = re.compile(
    r"^(?P<file>\S+):\s+Total\s+(?P<tests>\d{1,9})\s+Passed\s+(?P<passed>\d{1,9})\s+Skipped\s+(?P<skipped>\d{1,9})"
    r"\s+Failed\s+(?P<failed>\d{1,9})$"
)
_SOURCED = re.compile(r"^Sourced \d{1,9} Test Files?\.$")
_BROKEN = re.compile(r"^Test files? exiting with errors: *$")
_SECTION = re.compile(r"^---- (?P<what>\S.*?):(?: (?P<text>\S.*))?$")
_WHAT = re.compile(
    r"errorInfo|Result|Output|Test generated|Test setup|Test cleanup|Error output|Return code", re.I
)


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 86 if any(map(_COUNTS.match, lines)) or sum(map(bool, map(_FAILED.match, lines))) > 1 else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    open: Line | None = None
    name: str = ""
    block: list[str] = field(default_factory=list)
    totals: Totals | None = None
    listing: bool = False
    over: bool = False

    def is_next(self, line: Line) -> bool:
        """Whether another file's output begins."""
        return False

    def feed(self, line: Line) -> None:
        """Take a line."""
        mark = line.mark
        if self.open is not None:
            if (match := _OVER.match(mark)) and match["name"] == self.name:
                self._end()
                return
            if not _FAILED.match(mark):
                if len(self.block) < MAX_BLOCK:
                    self.block.append(line.text)
                return
            self._end()
        if match := _FAILED.match(mark):
            self.open, self.name = line, match["name"]
        elif match := _OTHER.match(mark):
            outcome = Outcome.PASSED if match["how"] == "PASSED" else Outcome.SKIPPED
            entry = Entry(match["name"], outcome=outcome)
            if match["why"]:
                entry.properties.append(("reason", match["why"]))
            self.session.cases.append(entry.result())
        elif match := _COUNTS.match(mark):
            # Those of several files that were sourced in turn come last, as one.
            self.totals = Totals(
                int(match["tests"]), int(match["passed"]), int(match["failed"]), 0, int(match["skipped"])
            )
            self.session.closed = True
        elif _BROKEN.match(mark):
            self.listing = True
        elif self.listing and mark.startswith("  ") and mark.strip():
            said = f"{mark.strip()} exited with an error"
            self.session.failures.append(failure_from(said, kind="error", source_line=line.number))
        elif mark.strip():
            self.listing = False

    def _end(self) -> None:
        line, self.open = self.open, None
        block, self.block = self.block, []
        if line is not None:
            entry = Entry(self.name, outcome=Outcome.FAILED, status=line)
            if said := _message(block):
                entry.failures.append(_failure(block, said, line))
            self.session.cases.append(entry.result())

    def finish(self) -> Session:
        self._end()
        self.session.stated = self.totals
        return self.session


def _failure(block: list[str], said: str, line: Line) -> Failure:
    return failure_from("\n".join([line.text, *block]).rstrip(), message=said, source_line=line.number)


def _message(block: list[str]) -> str:
    """Why it failed: what was thrown, else what came out and what should have, from the sections of the block."""
    told: dict[str, list[str]] = {}
    part: list[str] = []
    for text in block:
        if (match := _SECTION.match(text)) and _WHAT.match(match["what"]):
            part = told.setdefault(match["what"], [match["text"]] if match["text"] else [])
        else:
            part.append(text)
    for what, lines in told.items():
        if what.startswith("errorInfo") and lines:
            stage = what.removeprefix("errorInfo").strip("()")
            return f"{stage} failed: {lines[0]}" if stage else lines[0]
    said = [f"{what}: {' '.join(filter(None, map(str.strip, lines)))}" for what, lines in told.items()]
    return "\n".join(said)


READER = Reader("tcltest-console", _sniff, reader_of("tcltest", run_before_run(_Parser)))
