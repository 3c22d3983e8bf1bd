"""What Julia's ``Test`` standard library prints: the table of each outermost test set, and what failed above it.

Written after ``Test/src/Test.jl`` of Julia 1.0 to 1.12. Its counts are those of ``@test``s; broken ones are expected
failures. Tests have no names of their own: the place of a failed one is its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_HEAD = re.compile(r"^Test Summary: *\| +(?P<columns>(?:(?:Pass|Fail|Error|Broken|Total|Time) *)+)$")
_ROW = re.compile(r"^(?P<name>\S.*?) *\| +(?P<cells>[\d.hms ]*)$")
_ITEM = re.compile(
    r"^(?P<suite>\S.*?): (?P<what>Test Failed|Error During Test|Unexpected Pass|Test Broken) at (?P<file>\S.*):(?P<line>\d{1,9})$"
)
_BARE_ITEM = re.compile(r"^(?P<what>Error During Test|Test Failed) at (?P<file>\S.*):(?P<line>\d{1,9})$")
_NO_TABLE = re.compile(r"^Test Summary:$")
_PACKAGE = re.compile(r"^ERROR: (?P<text>.*)$")
_ECHO = re.compile(r"Some tests did not pass|errored during testing")
_FRAMES = re.compile(r"^\s*Stacktrace:$")


def _sniff(sample: Sample) -> int:
    return 76 if any(map(_HEAD.match, sample_lines(sample))) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    head: str = ""
    """The header of the table that is being read."""
    stated: Totals = field(default_factory=Totals)
    item: re.Match[str] | None = None
    status: Line | None = None
    block: list[Line] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if _HEAD.match(mark):
            self._end()
            self.head = mark
        elif self.head and (match := _ROW.match(mark)):
            self._row(mark)
            self.head = ""
            self.session.closed = True
        elif match := _ITEM.match(mark) or _BARE_ITEM.match(mark):
            self._end()
            self.item, self.status, self.block = match, line, []
        elif (match := _PACKAGE.match(mark)) and match["text"].strip() and not _ECHO.search(mark):
            self._end()
            self.session.failures.append(
                Failure(match["text"], kind="error", trace=mark, source_line=line.number)
            )
        elif self.item is not None:
            if not mark.strip() and any(_FRAMES.match(known.mark) for known in self.block):
                self._end()
            elif len(self.block) < MAX_BLOCK:
                self.block.append(line)
        return False

    def _row(self, mark: str) -> None:
        """The first row is the outermost test set, the sum of those below; its cells stand under the columns."""
        cells: dict[str, str] = {}
        for match in re.finditer(r"[\d.]+(?:h|ms?|s)?(?:[\d.]+s)?", mark[self.head.index("|") :]):
            end = match.end() + self.head.index("|")
            column = next(
                (
                    m[0]
                    for m in re.finditer(r"Pass|Fail|Error|Broken|Total|Time", self.head)
                    if m.end() >= end
                ),
                "Time",
            )
            cells.setdefault(column, match[0])
        get = {key: int(value) for key, value in cells.items() if value.isdecimal() and len(value) < 10}.get
        passed, failed, errors, broken = get("Pass", 0), get("Fail", 0), get("Error", 0), get("Broken", 0)
        self.stated += Totals(passed + failed + errors + broken, passed, failed, errors, 0, broken)
        if "Time" in cells:
            self.times.append(spoken_seconds(cells["Time"]) or 0.0)

    def _end(self) -> None:
        item, self.item = self.item, None
        if item is None or self.status is None or item["what"] == "Test Broken":
            return
        error = item["what"] == "Error During Test"
        suite = item.groupdict().get("suite") or ""
        entry = self.book.settle(
            f"{item['file']}:{item['line']}", suite, Outcome.ERROR if error else Outcome.FAILED, self.status
        )
        entry.file, entry.line = item["file"], int(item["line"])
        if any(line.text.strip() for line in self.block):
            end = next((i for i, line in enumerate(self.block) if _FRAMES.match(line.mark)), len(self.block))
            message = "\n".join(line.text.strip() for line in self.block[:end] if line.text.strip())
            entry.failures.append(
                failure_of(self.block, message=message, kind="error" if error else "failure")
            )
        entry.name = f"line {item['line']}"

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        self.session.stated = self.stated if self.session.closed else None
        self.session.duration = round(sum(self.times), 6) if self.times else None
        return self.session


READER = Reader("julia-test-console", _sniff, reader_of("Julia", run_after_run(_Parser)))
