"""What Nightwatch prints: its default output, one browser or several workers with a box around each suite.

After ``lib/reporter`` of Nightwatch 1 to 3. A suite whose hook broke has no test that ran: its error is one of the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome

_SUITE = re.compile(r"^ *\[(?P<name>[^\]]{1,300})\] Test Suite *$")
_RUNNING = re.compile(r"^(?: {2}Running (?P<name>\S.*):|Running: +(?P<old>\S.*))$")
_PASSED = re.compile(
    r"^ *(?:✨ PASSED\. \d{1,9} assertions?\.|OK\. \d{1,9} assertions? passed\.|(?:✨ )?No assertions ran\.)"
    r"(?: \((?P<time>[^)]*)\))?$"
)
_FAILED = re.compile(
    r"^ *FAILED: (?P<counts>(?:(?:,|and)? *\d{1,9} (?:assertions failed|errors|passed|skipped) ?){1,4})(?:\((?P<time>[^)]*)\))?$"
)
_WORKER = re.compile(
    r"^ *(?P<mark>[✔√✖×]) (?P<where>[\w.:-]{1,80}) \[(?P<suite>[^\]]{1,300})\] (?P<name>\S.*?)(?: \((?P<time>[\d.]+ ?m?s)\))?$"
)
_ALL_PASSED = re.compile(
    r"^ *(?:✨ PASSED\. \d{1,9} +(?:total assertions|assertion(?!s)|tests)|OK\. \d{1,9} +total assertions passed)"
    r"(?: \((?P<time>[^)]*)\))?"
)
_RED = re.compile(r"^[\s\ufe0f]*(?:_ )?TEST FAILURE(?: \((?P<time>[^)]*)\))?: *$")
_FAILED_SUITE = re.compile(r"^(?: {3}[✖×] \d{1,6}\)| [✖×]) (?P<name>\S.*)$")
_FAILED_TEST = re.compile(r"^ {3}– (?P<name>\S.*?) (?:\((?P<time>[\d.]+ ?m?s)(?: x (?P<tries>\d{1,6}))?\))?$")
_OTHER = re.compile(r"^ +- OTHER ERRORS:$")
_SKIPPED = re.compile(r"^ +SKIPPED(?: \(.*\))?:$")
_SKIPPED_TEST = re.compile(r"^ +- (?P<name>\S.*)$")
_PLACE = re.compile(r"^ +(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.\w{1,4}):(?P<line>\d{1,9})$")
_TYPE = re.compile(r"^(?:→ )?(?:[✖×] )?(?P<type>[A-Z]\w*)$")
_AROUND = re.compile(r"^ *[─-]{20,}$|^ +[✔√] |^ *ℹ |^ *Wrote ")
_END = re.compile(r"^ +(?:Error location:|Stack Trace ?:|Try fixing by ?:)|^ +at \S")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    ended = any(map(_PASSED.match, lines)) or any(map(_FAILED.match, lines)) or any(map(_RED.match, lines))
    named = any(map(_SUITE.match, lines)) or any(map(_RUNNING.match, lines))
    if ended and (
        named or any(map(_WORKER.match, lines)) or any("] Test Suite  " in ln for ln in sample.lines)
    ):
        return 86
    return 62 if any(map(_SUITE.match, lines)) and any(map(_RUNNING.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suite: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    """The suites by their names in small letters."""
    running: Entry | None = None
    block: list[Line] | None = None
    """What is said of the test that runs, or in the summary of the test or suite that failed."""
    failed: Entry | None = None
    """In the summary, the test whose errors are told."""
    other: bool = False
    skipping: bool = False
    summary: bool = False

    def feed(self, line: Line) -> bool:
        for part in _without_box(line):
            self._line(part)
        return False

    def _line(self, line: Line) -> None:
        mark = line.mark.rstrip()
        if match := _RED.match(mark) or _ALL_PASSED.match(mark):
            self._end()
            self.session.duration = spoken_seconds(match["time"])
            self.session.closed = self.summary = True
        elif self.summary:
            self._sum_up(line, mark)
        elif match := _SUITE.match(mark):
            self._end()
            self.suite = self.titles[match["name"].casefold()] = match["name"]
        elif match := _RUNNING.match(mark):
            self._end()
            self._run(self.book.entry(match["name"] or match["old"], self.suite), line)
        elif match := _WORKER.match(mark):
            self._end()
            red = match["mark"] in "✖×"
            entry = self.book.settle(
                match["name"], match["suite"], Outcome.FAILED if red else Outcome.PASSED, line
            )
            entry.seconds = spoken_seconds(match["time"])
            self.session.closed = True
        elif match := _PASSED.match(mark) or _FAILED.match(mark):
            self._close(match, line)
        elif self.block is not None and not _AROUND.match(mark) and len(self.block) < MAX_BLOCK:
            self.block.append(line)

    def _run(self, entry: Entry, line: Line) -> None:
        if entry.outcome is not None:
            entry.attempts += 1
        entry.outcome, entry.status = Outcome.ERROR, line  # until it ends
        self.running, self.block, self.session.closed = entry, [], False

    def _close(self, match: re.Match[str], line: Line) -> None:
        entry, block = self.running, self.block
        self.running, self.block = None, None
        if entry is None:
            return
        counts = match.groupdict().get("counts")
        outcome = Outcome.PASSED
        if counts is not None:
            outcome = Outcome.FAILED if "assertions failed" in counts else Outcome.ERROR
        entry.outcome, entry.status, entry.seconds = outcome, line, spoken_seconds(match["time"])
        if outcome.is_red and block and any(said.text.strip() for said in block):
            entry.failures.append(_failure(block, "error" if outcome is Outcome.ERROR else "failure"))
        self.session.closed = True

    def _sum_up(self, line: Line, mark: str) -> None:
        if match := _FAILED_TEST.match(mark):
            self._end()
            self.failed = self._known(match["name"])
            self.failed.attempts = max(self.failed.attempts, int(match["tries"] or 1))
            self.block = []
        elif _OTHER.match(mark):
            self._end()
            self.other, self.block = True, []
        elif _SKIPPED.match(mark):
            self._end()
            self.skipping = True
        elif self.skipping and (match := _SKIPPED_TEST.match(mark)):
            self.book.settle(match["name"], self.suite, Outcome.SKIPPED, line)
        elif match := _FAILED_SUITE.match(mark):
            self._end()
            # Here a suite has the name of its file.
            self.suite = self.titles.get(match["name"].casefold(), match["name"])
        elif self.block is not None and not mark.startswith(" Wrote ") and len(self.block) < MAX_BLOCK:
            self.block.append(line)

    def _known(self, name: str) -> Entry:
        """The test that the summary means; one that only it tells failed."""
        entry = self.book.entry(name, self.suite)
        entry.outcome = entry.outcome or Outcome.FAILED
        return entry

    def _end(self) -> None:
        block, failed, other = self.block, self.failed, self.other
        self.block, self.failed, self.other, self.skipping, self.running = None, None, False, False, None
        if not block or not any(line.text.strip() for line in block):
            return
        if failed is not None and not failed.failures:
            failed.failures.append(_failure(block, "failure"))
        elif other:
            told = {
                why.message.rpartition("\n")[2]
                for entry in self.book.entries.values()
                for why in entry.failures
            }
            failure = _failure(block, "error")
            if failure.message.rpartition("\n")[2] not in told:
                self.session.failures.append(failure)

    def finish(self) -> Session:
        running = self.running is not None
        self._end()
        self.session.closed = self.session.closed and not running
        self.session.cases = self.book.results()
        return self.session


def _without_box(line: Line) -> Iterator[Line]:
    """The lines in the box around a worker's output, which stand in one where the terminal has no width."""
    if not line.text.startswith(("│", "┌")):
        return iter((line,))
    parts = (part.strip("│┌┐ ").rstrip() for part in line.text.split("││"))
    return (Line(line.number, f"  {part}") for part in parts)


def _failure(block: list[Line], kind: str) -> Failure:
    filled = [line for line in block if line.text.strip()]
    names = 0
    while names < len(filled) - 1 and _TYPE.match(filled[names].mark.strip()):
        names += 1
    last = _TYPE.match(filled[names - 1].mark.strip()) if names else None
    said = list(takewhile(lambda line: not _END.match(line.mark), filled[names:]))
    message = "\n".join(line.text.strip() for line in said).lstrip("→✖× ")
    failure = failure_of(block, message=message, type=last["type"] if last else "", kind=kind)
    place = next((match for line in block if (match := _PLACE.match(line.mark))), None)
    return replace(failure, file=place["file"], line=int(place["line"])) if place else failure


READER = Reader("nightwatch-console", _sniff, reader_of("Nightwatch", run_after_run(_Parser)))
