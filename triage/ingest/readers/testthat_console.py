"""What R's testthat prints: the progress, check and summary reporters of editions 2 and 3, under ``R CMD check``, too.

Its counts are those of expectations, of which a test may have many; only tests that failed or were skipped are named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Outcome, Totals

_COUNTS = re.compile(
    r"^\s*\[ FAIL (?P<failed>\d{1,9}) \| WARN (?P<warned>\d{1,9}) \| SKIP (?P<skipped>\d{1,9}) \| PASS (?P<passed>\d{1,9}) \]"
)
_OLD = re.compile(
    r"^OK: +(?P<passed>\d{1,9}) SKIPPED: (?P<skipped>\d{1,9})(?: WARNINGS: \d{1,9})? FAILED: (?P<failed>\d{1,9})$"
)
_ITEM = re.compile(
    r"^\s*(?:──+ ?(?:\d{1,6}\. )?|-- (?:\d{1,6}\. )?|\d{1,6}\. )?(?P<what>Failure|Error|Skip|Skipped|Warning|FAILURE|ERROR) \('?(?P<file>[^:')]+)'?(?::(?P<line>\d{1,9}))?(?::\d{1,9})?'?\): (?P<name>.+?) ?[─-]*$"
)
_STOP = re.compile(r"^\s*(?:(?:══|──|==|--)|\[ FAIL )")
_TIME = re.compile(r"^Duration: (?P<time>[\d.]+ \w+)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 76 if any(_COUNTS.match(line) or _OLD.match(line) for line in lines) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    entry: Entry | None = None
    what: str = ""
    block: list[Line] = field(default_factory=list)
    told: set[tuple[str, str, str]] = field(default_factory=set)
    """What was told already: the list at the end tells it again."""

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _COUNTS.match(mark) or _OLD.match(mark):
            self._end()
            failed, skipped, passed = (int(match[key]) for key in ("failed", "skipped", "passed"))
            # Printed as it goes: the last one stands.
            self.session.stated = Totals(failed + skipped + passed, passed, failed, 0, skipped)
            self.session.closed = True
        elif match := _TIME.match(mark):
            self.session.duration = spoken_seconds(match["time"])
        elif match := _ITEM.match(mark):
            self._end()
            self._item(match, line)
        elif _STOP.match(mark):
            self._end()
        elif self.entry is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _item(self, match: re.Match[str], line: Line) -> None:
        key = (match["file"], match["line"] or "", match["name"].strip())
        if match["what"] == "Warning" or key in self.told:
            return
        self.told.add(key)
        entry = self.book.entry(match["name"].strip(), match["file"])
        entry.file, entry.line = match["file"], int(match["line"]) if match["line"] else None
        entry.suite = ""
        self.what = match["what"].lower()
        outcome = {"error": Outcome.ERROR, "failure": Outcome.FAILED}.get(self.what, Outcome.SKIPPED)
        if entry.outcome is None or not entry.outcome.is_red or outcome is Outcome.ERROR:
            entry.outcome, entry.status = outcome, line
        self.entry, self.block = entry, []

    def _end(self) -> None:
        entry, self.entry = self.entry, None
        said = [line for line in self.block if line.text.strip()]
        if entry is None or not said:
            return
        if self.what.startswith("skip"):
            entry.properties.append(("reason", said[0].text.strip().removeprefix("Reason: ")))
        else:
            entry.failures.append(failure_of(self.block, kind=self.what))

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("testthat-console", _sniff, reader_of("testthat", run_after_run(_Parser)))
