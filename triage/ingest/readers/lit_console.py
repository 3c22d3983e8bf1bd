"""What ``lit``, LLVM's test runner, prints: with ``-v``, ``-a``, ``-s`` or none of them, alone or under Ninja.

After ``lit/display.py`` and ``lit/main.py`` of LLVM 3 to 21. An unexpected pass makes the run fail; a test that is
unresolved could not be run at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, adding_up
from triage.ingest.console import Line, Session, reader_of, run_before_run, sample_lines
from triage.ingest.logs.severity import telling_line
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.lit_text import OUTCOMES, reason
from triage.model import Failure, Outcome, Totals

_RESULT = re.compile(
    r"^(?P<status>PASS|FLAKYPASS|XFAIL|FAIL|XPASS|UNRESOLVED|UNSUPPORTED|TIMEOUT|SKIPPED|EXCLUDED): (?P<name>\S.*? :: \S.*?) \(\d{1,9} of \d{1,9}\)$"
)
_BEGIN = re.compile(r"^-- Testing: \d{1,9} (?:of \d{1,9} )?tests\b.*")
_BLOCK = re.compile(r"^\*{20} TEST '(?P<name>.+)' (?P<status>[A-Z]+) \*{20}$")
_STARS = re.compile(r"^\*{20}$")
_LIST = re.compile(
    r"^(?P<what>Fail(?:ed|ing)|Timed Out|Unresolved|Unexpectedly Pass(?:ed|ing)|Unexpected Passing) Tests \(\d{1,9}\):$"
)
_LISTED = re.compile(r"^ {2,4}(?P<name>\S.*? :: \S.*)$")
_COUNT = re.compile(r"^ {2}(?P<what>[A-Z][A-Za-z ]*?) *: +(?P<number>\d{1,9})(?: +\(\d+\.\d+%\))?$")
_TIME = re.compile(r"^Testing Time: (?P<seconds>\d+\.\d+)s$")
_PLACE = re.compile(r"^(?P<file>\S[^:]*):(?P<line>\d{1,9}):\d{1,9}: (?:fatal )?error: ")
_LISTS = {"Unresolved": Outcome.ERROR}
_KINDS = {
    "passed": "passed", "passed with retry": "passed", "expected passes": "passed", "failed": "failed",
    "unexpected failures": "failed", "timed out": "failed", "individual timeouts": "failed",
    "unexpectedly passed": "failed", "unexpected passes": "failed", "unresolved": "errors",
    "unresolved tests": "errors", "expectedly failed": "xfailed", "expected failures": "xfailed",
    "skipped": "skipped", "skipped tests": "skipped", "unsupported": "skipped", "unsupported tests": "skipped",
    "excluded": "skipped",
}  # fmt: skip
"""What the counts at the end are of, in the words of all versions."""


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_BLOCK.match(line) or _BEGIN.match(line) for line in lines):
        return 86
    return 84 if any(map(_RESULT.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    blocks: dict[str, list[Line]] = field(default_factory=dict)
    """What is told of the tests that did not end well."""
    block: list[Line] | None = None
    listing: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    def is_next(self, line: Line) -> bool:
        """Whether another suite begins, as of ``check-all``."""
        return bool(self.book.entries or self.counts) and _BEGIN.match(line.mark) is not None

    def feed(self, line: Line) -> None:
        """Take a line."""
        mark = line.mark
        if match := _BLOCK.match(mark):
            self._settle(match["name"], match["status"].removesuffix("ED"), line)
            self.block = self.blocks.setdefault(match["name"], [])
        elif self.block is not None:
            if _STARS.match(mark):
                self.block = None
            elif len(self.block) < MAX_BLOCK:
                self.block.append(line)
        elif match := _RESULT.match(mark):
            self._settle(match["name"], match["status"], line)
        elif match := _LIST.match(mark):
            self.listing = match["what"]
        elif self.listing and (match := _LISTED.match(mark)):
            entry = self.book.entry(*_name_and_suite(match["name"]))
            if entry.outcome is None or not entry.outcome.is_red:
                entry.outcome, entry.status = _LISTS.get(self.listing, Outcome.FAILED), line
        elif match := _TIME.match(mark):
            self.session.duration, self.session.closed = float(match["seconds"]), True
        elif (match := _COUNT.match(mark)) and (kind := _KINDS.get(match["what"].lower())):
            self.counts[kind] = self.counts.get(kind, 0) + int(match["number"])
            self.session.closed = True
        elif mark.strip():
            self.listing = ""

    def _settle(self, test: str, status: str, line: Line) -> None:
        name, suite = _name_and_suite(test)
        entry = self.book.entry(name, suite)
        if entry.outcome is None:
            entry.outcome, entry.status = OUTCOMES.get(status, Outcome.SKIPPED), line
        if status == "FLAKYPASS":
            entry.attempts = 2

    def finish(self) -> Session:
        """What was told."""
        for test, lines in self.blocks.items():
            entry = self.book.entry(*_name_and_suite(test))
            if (
                entry.outcome is not None
                and entry.outcome.is_red
                and any(line.text.strip() for line in lines)
            ):
                entry.failures.append(
                    _failure(lines, "error" if entry.outcome is Outcome.ERROR else "failure")
                )
        session = self.session
        session.cases = self.book.results()
        session.closed = session.closed or any(self.listing)
        stated = adding_up(Totals(0, **self.counts))
        if stated.tests > len(session.cases):
            session.stated = stated
        return session


def _name_and_suite(test: str) -> tuple[str, str]:
    suite, _, name = test.partition(" :: ")
    return (name, suite) if name else (suite, "")


def _failure(lines: list[Line], kind: str) -> Failure:
    """Why a test failed: the worst that its commands said, the first of equals."""
    filled = [line for line in lines if line.text.strip()]
    trace = "\n".join(line.text for line in filled)
    cause = reason("\n".join(line.text for line in lines)) or telling_line(trace)
    failure = failure_from(trace, message=cause, kind=kind, source_line=filled[0].number)
    place = _PLACE.match(cause)
    return replace(failure, message=cause, file=place["file"], line=int(place["line"])) if place else failure


READER = Reader("lit-console", _sniff, reader_of("lit", run_before_run(_Parser)))
