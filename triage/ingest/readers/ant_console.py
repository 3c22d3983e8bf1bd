"""What Ant's ``junit`` task prints, with its summary, its plain and its brief formatter.

Written after ``SummaryJUnitResultFormatter``, ``PlainJUnitResultFormatter`` and ``BriefJUnitResultFormatter`` of Ant 1.6
to 1.10. The summary and a formatter may both count a class; it counts once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_PREFIX = re.compile(r"^ *\[(?P<task>[\w.:-]*junit[\w.:-]*|javac)\] ?")
_COUNTS = re.compile(
    r"^Tests run: (?P<tests>\d{1,9}), Failures: (?P<failed>\d{1,9}), Errors: (?P<errors>\d{1,9})(?:, Skipped: (?P<skipped>\d{1,9}))?, Time elapsed: (?P<time>[\d.,]+) sec"
)
_SUITE = re.compile(r"^(?:Running|Testsuite:) (?P<name>[\w.$]+)")
_CASE = re.compile(
    r"^Testcase: (?P<name>\S.*?)(?:\((?P<suite>[\w.$]+)\))?(?: took (?P<time>[\d.,]+) sec|:\t*(?P<how>FAILED|Caused an ERROR|SKIPPED)(?:: (?P<why>.*))?)$"
)
_HOW = re.compile(r"^\t(?P<how>FAILED|Caused an ERROR|SKIPPED)(?:: (?P<why>.*))?$")
_DIED = re.compile(r"^Test (?P<name>[\w.$]+) FAILED(?: \((?P<why>crashed|timeout)\))?$")
_BUILD = re.compile(r"^BUILD (?P<how>SUCCESSFUL|FAILED)$")
_TIME = re.compile(r"^Total time: (?P<time>.+)$")
_JAVAC = re.compile(r"^(?P<file>\S[^:]*\.java):(?P<line>\d{1,9}): (?:error: )?(?P<text>(?!warning: ).*)$")
_OUTCOMES = {"FAILED": Outcome.FAILED, "Caused an ERROR": Outcome.ERROR, "SKIPPED": Outcome.SKIPPED}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    stripped = [(line, _PREFIX.sub("", line)) for line in lines]
    if any(line != bare and _COUNTS.match(bare) for line, bare in stripped):
        return 80
    plain = any(line.startswith("Testsuite: ") for line in lines) and any(map(_COUNTS.match, lines))
    return 79 if plain else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suites: dict[str, Totals] = field(default_factory=dict)
    suite: str = ""
    entry: Entry | None = None
    block: list[Line] | None = None

    def feed(self, line: Line) -> bool:
        text = _PREFIX.sub("", line.mark)
        if match := _COUNTS.match(text):
            self._end()
            tests, failed, errors, skipped = (
                int(match[key] or 0) for key in ("tests", "failed", "errors", "skipped")
            )
            # A class that broke before its first test has an error and no test.
            tests = max(tests, failed + errors + skipped)
            totals = Totals(tests, max(0, tests - failed - errors - skipped), failed, errors, skipped)
            self.suites[self.suite or f"#{line.number}"] = totals
        elif match := _SUITE.match(text):
            self._end()
            self.suite = match["name"]
        elif match := _CASE.match(text):
            self._end()
            self.entry = self.book.entry(match["name"], match["suite"] or self.suite)
            self.entry.outcome, self.entry.status = self.entry.outcome or Outcome.PASSED, line
            self.entry.seconds = spoken_seconds(f"{match['time']} s") if match["time"] else None
            if match["how"]:
                self._how(match, line)
        elif self.entry is not None and (match := _HOW.match(text)):
            self._how(match, line)
        elif match := _DIED.match(text):
            self._end()
            if match["why"]:
                message = f"{match['name']}: {match['why']}"
                self.session.failures.append(
                    Failure(message, kind="error", trace=line.text.strip(), source_line=line.number)
                )
        elif match := _BUILD.match(text):
            self._end()
            self.session.closed = True
        elif match := _TIME.match(text):
            self.session.duration = spoken_seconds(match["time"])
        elif (match := _JAVAC.match(text)) and text != line.mark:
            self.session.failures.append(
                Failure(
                    match["text"],
                    kind="error",
                    trace=line.text.strip(),
                    file=match["file"],
                    line=int(match["line"]),
                    source_line=line.number,
                )
            )
        elif self.block is not None and len(self.block) < MAX_BLOCK:
            self.block.append(Line(line.number, _PREFIX.sub("", line.text)))
        return False

    def _how(self, match: re.Match[str], line: Line) -> None:
        assert self.entry is not None
        outcome = _OUTCOMES[match["how"]]
        self.entry.outcome, self.entry.status = outcome, line
        self.block = [] if outcome.is_red else None
        if match["why"]:
            self.entry.properties.append(("reason", match["why"]))

    def _end(self) -> None:
        entry, block = self.entry, self.block
        self.entry, self.block = None, None
        if entry is None or not block or not any(line.text.strip() for line in block):
            return
        # The message is printed twice: alone, and behind the type.
        kept = (
            block[1:]
            if len(block) > 1
            and block[0].text.strip()
            and block[1].text.strip().endswith(block[0].text.strip())
            else block
        )
        entry.failures.append(failure_of(kept, kind="error" if entry.outcome is Outcome.ERROR else "failure"))

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        if self.suites:
            self.session.stated = sum(self.suites.values(), Totals())
        return self.session


READER = Reader("ant-console", _sniff, reader_of("Ant", run_after_run(_Parser)))
