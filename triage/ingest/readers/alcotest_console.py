"""What Alcotest (OCaml) prints, alone or under ``dune runtest``, versions 0.8 to 1.8."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines, until
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TEST = re.compile(
    r"^(?:│ |> | {2})? *\[(?P<status>OK|FAIL|ERROR|SKIP)\] +(?P<suite>\S.*?) {2,}(?P<number>\d{1,9}) +(?P<name>\S.*?)\.? *│?$"
)
_BOX = re.compile(r"^(?:┌─+┐?|│ .*\[(?:FAIL|ERROR)\])|^-- .*\[\d+\].* Failed --$")
_END = re.compile(
    r"^(?:(?P<failed>\d{1,9}) (?:failure|error)s?! in (?P<time>[\d.]+s)\.|Test Successful in (?P<green>[\d.]+s)\.) (?P<tests>\d{1,9}) tests? run\.$"
)
_STOP = re.compile(r"^(?: *[─-]{20,}|Logs saved to |Full test results in |The full test results)")
_FRAME = re.compile(
    r"^ *(?:Raised (?:at|by)|Re-raised at|Called from) (?P<where>\S+) in file \"(?P<file>[^\"]+)\"(?: \(inlined\))?, lines? (?P<line>\d{1,9})"
)
_ITS_OWN = re.compile(r"^(?:Alcotest|Stdlib|CamlinternalLazy|Fmt|Lwt)\b|^(?:Alcotest|Lwt)_")
_OUTCOMES = {"OK": Outcome.PASSED, "SKIP": Outcome.SKIPPED}


def _sniff(sample: Sample) -> int:
    return 74 if any(map(_END.match, sample_lines(sample))) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    block: tuple[str, str, list[Line]] | None = None
    """Name and suite of the failed test whose text is being read."""

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _END.match(mark):
            self._end()
            tests, failed = int(match["tests"]), int(match["failed"] or 0)
            self.session.duration = spoken_seconds(match["time"] or match["green"])
            counted = Totals.of(self.book.results())
            # Skipped tests are in none of its counts.
            self.session.stated = Totals(
                tests + counted.skipped, max(0, tests - failed), failed, 0, counted.skipped
            )
            self.session.closed = True
            return True
        if match := _TEST.match(mark):
            self._end()
            name = f"{match['number']} {match['name']}"
            outcome = _OUTCOMES.get(match["status"], Outcome.FAILED)
            self.book.settle(name, match["suite"], outcome, line)
            if _BOX.match(mark):
                self.block = (name, match["suite"], [])
        elif _STOP.match(mark):
            self._end()
        elif self.block is not None and not mark.startswith("└") and len(self.block[2]) < MAX_BLOCK:
            self.block[2].append(line)
        return False

    def _end(self) -> None:
        block, self.block = self.block, None
        if block is not None and any(line.text.strip() for line in block[2]):
            entry = self.book.entry(block[0], block[1])
            if not entry.failures:
                entry.failures.append(_failure(block[2]))

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _failure(block: list[Line]) -> Failure:
    frames = [match for line in block if (match := _FRAME.match(line.mark))]
    failure = failure_of(block, message=until((line.text for line in block), _FRAME))
    for frame in frames:
        if not _ITS_OWN.match(frame["where"]):
            return replace(failure, file=frame["file"], line=int(frame["line"]))
    return failure


READER = Reader("alcotest-console", _sniff, reader_of("Alcotest", run_after_run(_Parser)))
