"""What NUnit's console runners print: nunit3-console and nunitlite, and nunit-console of NUnit 2.

Written after ``ResultReporter`` of the NUnit console 3 and ``ResultSummarizer`` of NUnit 2. Inconclusive and explicit
tests are skipped; invalid ones are errors. Tests that passed are counted, not named. An assembly that does not load, and
an exception of the engine, are failures of the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Outcome, Totals

_COUNTS = re.compile(
    r"^\s*Test Count: (?P<tests>\d{1,9}), Passed: (?P<passed>\d{1,9}), Failed: (?P<failed>\d{1,9})(?:, Warnings: (?P<warnings>\d{1,9}))?, Inconclusive: (?P<inconclusive>\d{1,9}), Skipped: (?P<skipped>\d{1,9})$"
)
_KINDS = re.compile(
    r"^\s*Failed Tests - Failures: (?P<failed>\d{1,9}), Errors: (?P<errors>\d{1,9}), Invalid: (?P<invalid>\d{1,9})$"
)
_TWO = re.compile(
    r"^Tests run: (?P<tests>\d{1,9}), Errors: (?P<errors>\d{1,9}), Failures: (?P<failed>\d{1,9}), Inconclusive: (?P<inconclusive>\d{1,9}), Time: (?P<time>[\d.,]+) seconds$"
)
_NOT_RUN = re.compile(
    r"^\s*Not run: (?P<tests>\d{1,9}), Invalid: (?P<invalid>\d{1,9}), Ignored: (?P<ignored>\d{1,9}), Skipped: (?P<skipped>\d{1,9})$"
)
_DURATION = re.compile(r"^\s*Duration: (?P<time>[\d.,]+ seconds)$")
_ITEM = re.compile(
    r"^\d{1,6}\) (?:Test )?(?P<what>Failed|Failure|Parent Failure|Error|Invalid|SetUp Error|TearDown Error|NotRunnable|Warning|Ignored|Explicit|Skipped|Inconclusive) : (?P<name>\S.*)$"
)
_END = re.compile(
    r"^(?:Run Settings|Test Run Summary|Tests Not Run:?|Errors, Failures and Warnings|Errors and Failures:?|Test Files)$"
)
_TYPE = re.compile(r"^ *(?:\w{1,30} : )?(?P<type>[\w.]{1,300}(?:Exception|Error)) : ")
_FRAME = re.compile(r"^at ")
_ASSEMBLY = re.compile(r"^[^\"]*\.(?:dll|exe|nunit|sln|\w\wproj)$", re.IGNORECASE)
_RUNNER = re.compile(r"^NUnit Console (?:Runner )?\d")
_THROWN = re.compile(r"^(?P<type>(?:\w+\.)+\w*Exception) : \S")
_STACK = re.compile(r"^--\w*Exception$")
"""The head of the engine's own stack; what a test prints has none."""


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_COUNTS.match(line) or _TWO.match(line) for line in lines):
        return 78
    return 78 if all(any(map(said.match, lines)) for said in (_RUNNER, _THROWN, _STACK)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    item: re.Match[str] | None = None
    status: Line | None = None
    block: list[Line] = field(default_factory=list)
    thrown: list[Line] | None = None
    """An exception outside of any test."""

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _COUNTS.match(mark):
            self._end()
            tests, passed, failed, warnings = (
                int(match[key] or 0) for key in ("tests", "passed", "failed", "warnings")
            )
            self.session.stated = Totals(
                tests, passed + warnings, failed, 0, max(0, tests - passed - warnings - failed)
            )
            self.session.closed = True
        elif (match := _KINDS.match(mark)) and (stated := self.session.stated) is not None:
            errors = int(match["errors"]) + int(match["invalid"])
            self.session.stated = Totals(
                stated.tests, stated.passed, int(match["failed"]), errors, stated.skipped
            )
        elif match := _TWO.match(mark):
            tests, failed, errors, inconclusive = (
                int(match[key]) for key in ("tests", "failed", "errors", "inconclusive")
            )
            self.session.stated = Totals(
                tests, max(0, tests - failed - errors - inconclusive), failed, errors, inconclusive
            )
            self.session.duration = spoken_seconds(f"{match['time']} s")
            self.session.closed = True
        elif (match := _NOT_RUN.match(mark)) and (stated := self.session.stated) is not None:
            invalid, skipped = int(match["invalid"]), int(match["ignored"]) + int(match["skipped"])
            self.session.stated = Totals(
                stated.tests + invalid + skipped,
                stated.passed,
                stated.failed,
                stated.errors + invalid,
                stated.skipped + skipped,
            )
        elif match := _DURATION.match(mark):
            self.session.duration = spoken_seconds(match["time"])
        elif match := _ITEM.match(mark):
            self._end()
            self.item, self.status, self.block = match, line, []
        elif _END.match(mark.strip()):
            self._end()
        elif self.item is None and self.thrown is None and _THROWN.match(mark):
            self.thrown = [line]
        elif self.thrown is not None and len(self.thrown) < MAX_BLOCK:
            self.thrown.append(line)
        elif self.item is not None and len(self.block) < MAX_BLOCK:
            # Frames stand without a margin, which is what tells them from the message.
            self.block.append(Line(line.number, f"   {line.text}") if _FRAME.match(mark) else line)
        return False

    def _end(self) -> None:
        thrown, self.thrown = self.thrown, None
        if thrown and any(_STACK.match(line.mark) for line in thrown):
            said = takewhile(str.strip, (line.text for line in thrown))
            match = _THROWN.match(thrown[0].mark)
            self.session.failures.append(
                failure_of(thrown, message="\n".join(said), type=match["type"] if match else "", kind="error")
            )
            self.session.closed = True
        item, self.item = self.item, None
        if item is None or self.status is None:
            return
        dot = item["name"].split("(", 1)[0].rpartition(".")
        suite, name = (dot[0], item["name"][len(dot[0]) + 1 :]) if dot[0] else ("", item["name"])
        told = any(line.text.strip() for line in self.block)
        what = item["what"]
        if what in ("Ignored", "Explicit", "Skipped", "Inconclusive"):
            entry = self.book.settle(name, suite, Outcome.SKIPPED, self.status)
            entry.properties.extend([("reason", self.block[0].text.strip())] if told else [])
            return
        if what == "Warning":
            self.book.settle(name, suite, Outcome.PASSED, self.status)
            return
        failed = what in ("Failed", "Failure", "Parent Failure")
        if not failed and _ASSEMBLY.match(item["name"]):
            self.session.failures.append(
                failure_of(self.block, kind="error") if told else bare_failure(self.status, "error")
            )
            return
        entry = self.book.settle(name, suite, Outcome.FAILED if failed else Outcome.ERROR, self.status)
        if told:
            kind = "failure" if failed else "error"
            named = next((match["type"] for line in self.block if (match := _TYPE.match(line.mark))), "")
            entry.failures.append(failure_of(self.block, type=named, kind=kind))

    def finish(self) -> Session:
        self._end()
        self._fixtures()
        self.session.cases = self.book.results()
        return self.session

    def _fixtures(self) -> None:
        """What broke around the tests of a fixture is told under its name, and is no test."""
        suites = {suite for suite, _ in self.book.entries}
        for (suite, name), entry in list(self.book.entries.items()):
            if entry.outcome is Outcome.ERROR and f"{suite}.{name}" in suites:
                del self.book.entries[suite, name]
                self.session.failures += entry.result().failures


READER = Reader("nunit-console", _sniff, reader_of("NUnit", run_after_run(_Parser)))
