"""What Qt Test prints, one or several test programs.

Written after ``QPlainTestLogger`` of Qt 4.8 to 6. Each row of a data-driven test is a case, and so are ``initTestCase``
and ``cleanupTestCase``, as in its own totals. ``XFAIL`` is told before the test's own ``PASS`` and does not count; an
``XPASS`` is a failure, and blacklisted tests are tolerated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.ingest.case_book import CaseBook
from triage.ingest.console import Line, Session, reader_of, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_START = re.compile(r"^\*{9} Start testing of (?P<name>\S+) \*{9}$")
_FINISH = re.compile(r"^\*{9} Finished testing of \S+ \*{9}$")
_LINE = re.compile(
    r"^(?P<status>PASS|FAIL!|XFAIL|XPASS|SKIP|BPASS|BFAIL|BXPASS|BXFAIL|QFATAL|QCRITICAL|QWARN|QDEBUG|QINFO|QSYSTEM|INFO|WARNING|RESULT) *: (?P<suite>[\w:]+?)::(?P<name>[\w~]+\((?:[^()]|\([^()]*\))*\))(?P<text> ?.*)$"
)
_LOC = re.compile(r"^ +Loc: \[(?P<file>.*?)\((?P<line>\d{1,9})\)\]$")
_TOTALS = re.compile(
    r"^Totals: (?P<passed>\d{1,9}) passed, (?P<failed>\d{1,9}) failed, (?P<skipped>\d{1,9}) skipped(?:, (?P<blacklisted>\d{1,9}) blacklisted)?(?:, (?P<time>\d+)ms)?"
)
_OUTCOMES = {
    "PASS": Outcome.PASSED,
    "FAIL!": Outcome.FAILED,
    "XPASS": Outcome.FAILED,
    "XFAIL": Outcome.XFAILED,
    "SKIP": Outcome.SKIPPED,
    "BPASS": Outcome.XPASSED,
    "BXPASS": Outcome.XFAILED,
    "BFAIL": Outcome.XFAILED,
    "BXFAIL": Outcome.XFAILED,
    "QFATAL": Outcome.ERROR,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 73 if any(_START.match(line) or _TOTALS.match(line) for line in lines) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    block: tuple[str, str, Outcome, list[Line]] | None = None
    """Suite, name, outcome and lines of the result that is being read."""
    started: bool = False

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _LINE.match(mark):
            self._end()
            if outcome := _OUTCOMES.get(match["status"]):
                text = Line(line.number, match["text"].strip())
                self.block = (match["suite"], match["name"], outcome, [text])
                self._settle(match["suite"], match["name"], outcome, line)
        elif match := _TOTALS.match(mark):
            self._end()
            passed, failed, skipped, blacklisted = (
                int(match[key] or 0) for key in ("passed", "failed", "skipped", "blacklisted")
            )
            self.session.stated = Totals(
                passed + failed + skipped + blacklisted, passed, failed, 0, skipped, blacklisted
            )
            self.session.duration = seconds(match["time"], "ms")
            self.session.closed = True
        elif _FINISH.match(mark):
            self._end()
            self.session.closed = True
        elif self.block is not None:
            if line.text.startswith(" ") and len(self.block[3]) < 200:
                self.block[3].append(line)
                if _LOC.match(mark):
                    self._end()
            else:
                self._end()

    def _settle(self, suite: str, name: str, outcome: Outcome, line: Line) -> None:
        entry = self.book.entry(name, suite)
        if entry.outcome is None or entry.outcome is Outcome.XFAILED or outcome.is_red:
            entry.outcome, entry.status = outcome, line

    def _end(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        suite, name, outcome, lines = block
        entry = self.book.entry(name, suite)
        place = next((match for line in lines if (match := _LOC.match(line.mark))), None)
        said = [line.text.strip() for line in lines if line.text.strip() and not _LOC.match(line.mark)]
        if outcome is Outcome.SKIPPED or outcome is Outcome.XFAILED:
            entry.properties.extend([("reason", " ".join(said))] if said else [])
        elif outcome.is_red:
            entry.failures.append(
                Failure(
                    "\n".join(said) or f"{suite}::{name} failed",
                    kind="error" if outcome is Outcome.ERROR else "failure",
                    trace="\n".join(line.text.strip() for line in lines if line.text.strip()),
                    file=place["file"] if place else None,
                    line=int(place["line"]) if place else None,
                    source_line=lines[0].number,
                )
            )

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        if _START.match(line.mark):
            if parser.started:
                yield parser.finish()
            parser = _Parser(started=True)
        parser.feed(line)
    yield parser.finish()


READER = Reader("qttest-console", _sniff, reader_of("Qt Test", _sessions))
