"""What FPCUnit (Free Pascal, Lazarus) prints with its console runner, ``--format=plain`` and ``plainnotiming``.

After ``plaintestreport.pp`` of Free Pascal 2.6 to 3.2. The same failures follow once more as lists, which are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry
from triage.ingest.console import Line, Session, indent_of, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_SUITE = re.compile(
    r"^(?P<indent> *)(?P<name>.*?) ?(?:Time:(?P<time>[\d:.]+) )?N:(?P<tests>\d{1,9}) E:(?P<errors>\d{1,9}) F:(?P<failed>\d{1,9}) I:(?P<ignored>\d{1,9})$"
)
_TEST = re.compile(
    r"^(?P<indent> +)(?:(?P<time>(?:\d\d:)*\d\d\.\d{3}) {2})?(?P<name>[^\W\d]\w*)(?: {2}(?P<how>Failed|Error|Ignored test): (?P<why>.*))?$"
)
_CLOCK = re.compile(r"^(?:\d{1,4}:){0,2}\d{1,4}\.\d{1,6}$")
_SAID = re.compile(r"^ +Exception: {1,3}(?P<text>.*)$")
_PLACE = re.compile(r"^ +at +\S")
_LINE = re.compile(r" line (?P<line>\d{1,9}) of (?P<file>\S+)")
_RUN = re.compile(r"^Number of run tests: +(?P<tests>\d{1,9})$")
_ERRORS = re.compile(r"^Number of errors: +(?P<errors>\d{1,9})$")
_FAILURES = re.compile(r"^Number of failures: +(?P<failed>\d{1,9})$")
_OUTCOMES = {"Failed": Outcome.FAILED, "Error": Outcome.ERROR, "Ignored test": Outcome.SKIPPED}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 82 if any(map(_RUN.match, lines)) and any(map(_FAILURES.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suites: list[tuple[int, str]] = field(default_factory=list)
    ignored: int = 0
    errors: int = 0
    failed: Entry | None = None
    """The test whose text is being read, in ``block``."""
    block: list[Line] = field(default_factory=list)
    why: str = ""
    tests: int | None = None

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if match := _RUN.match(mark):
            self._end()
            self.tests = int(match["tests"])
        elif match := _ERRORS.match(mark):
            self.errors = int(match["errors"])
        elif match := _FAILURES.match(mark):
            if self.tests is not None:
                failed = int(match["failed"])
                skipped = max(
                    self.ignored, sum(case.outcome is Outcome.SKIPPED for case in self.book.results())
                )
                passed = max(0, self.tests - failed - self.errors - skipped)
                self.session.stated = Totals(self.tests, passed, failed, self.errors, skipped)
                self.session.closed = True
        elif self.tests is not None:
            return False
        elif match := _SUITE.match(mark):
            self._end()
            self._suite(match)
        elif self.failed is not None and (
            _SAID.match(mark) or _PLACE.match(mark) or indent_of(mark) > self.margin
        ):
            if len(self.block) < MAX_BLOCK:
                self.block.append(line)
        elif match := _TEST.match(mark):
            self._end()
            self._test(match, line)
        return False

    @property
    def margin(self) -> int:
        """How far the text of the failed test is indented at least."""
        status = self.failed.status if self.failed else None
        return indent_of(status.text) if status else 0

    def _suite(self, match: re.Match[str]) -> None:
        indent = len(match["indent"])
        self.suites = [suite for suite in self.suites if suite[0] < indent]
        if match["name"] and indent > 1:  # the outermost has no name, but the marks of --progress
            self.suites.append((indent, match["name"]))
        else:
            self.ignored = int(match["ignored"])
            self.session.duration = _seconds(match["time"])

    def _test(self, match: re.Match[str], line: Line) -> None:
        suite = ".".join(name for _, name in self.suites)
        outcome = _OUTCOMES.get(match["how"] or "", Outcome.PASSED)
        entry = self.book.settle(match["name"], suite, outcome, line, _seconds(match["time"]))
        if outcome is Outcome.SKIPPED and match["why"]:
            entry.properties.append(("reason", match["why"]))
        if outcome.is_red:
            self.failed, self.why, self.block = entry, match["why"].strip(), [line]

    def _end(self) -> None:
        entry, self.failed = self.failed, None
        if entry is None:
            return
        broken = entry.outcome is Outcome.ERROR
        told = next((match["text"].strip() for line in self.block if (match := _SAID.match(line.mark))), "")
        place = next((match for line in self.block if (match := _LINE.search(line.mark))), None)
        entry.failures.append(
            Failure(
                (told if broken else self.why) or told or self.why,
                self.why if broken else "",
                "error" if broken else "failure",
                "\n".join(line.text for line in self.block).strip(),
                place["file"] if place else None,
                int(place["line"]) if place else None,
                self.block[0].number,
            )
        )

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _seconds(time: str | None) -> float | None:
    """Of ``01:02.500``."""
    if time is None or not _CLOCK.match(time):
        return None
    parts = [float(part) for part in time.split(":")]
    return round(
        sum(part * unit for part, unit in zip(reversed(parts), (1.0, 60.0, 3600.0), strict=False)), 6
    )


READER = Reader("fpcunit-console", _sniff, reader_of("FPCUnit", run_after_run(_Parser)))
