"""What ``cargo nextest run`` prints, versions 0.9.0 to 0.9.148: retries, leaks, time-outs, signals, stress runs, set-up
scripts, with and without capture, on a terminal or not.

As in nextest's own JUnit report, a time-out and a signal are failures and a test that could not be started is an error.
Its summary stands where the status of tests that passed is not shown; tests that its filters left out are skipped there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry
from triage.ingest.console import Line, Session, reader_of, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners import nextest_text
from triage.ingest.runners.nextest_text import STATUS, outcome
from triage.model import Failure, Outcome, Totals, Warn

_SUMMARY = re.compile(
    r"^ *(?:Summary|Canceled) \[ *(?P<time>[\d.]+)s\] +(?:(?P<ran>\d{1,9})/)?(?P<tests>\d{1,9}) tests? run: (?P<rest>.*)$"
)
_COUNT = re.compile(r"(\d{1,9}) (passed|failed|skipped|exec failed|timed out|flaky|leaky)")
_START = re.compile(r"^ *Starting (?P<tests>\d{1,9}) tests? across \d+ ")
_SCRIPT = re.compile(
    r"^ *SETUP (?:(?P<status>[A-Z][A-Z0-9+-]{1,10}(?: \d{1,3})?) +)?\[ *>? *(?:[\d.]+s|\d+/\d+) *\] (?P<name>[^\s:]+): \S"
)
_BETWEEN = re.compile(r"^ *Cancel\w+ due to |^warning: \d{1,9}/\d{1,9} tests? ")
_ERROR = re.compile(r"^error(?:\[E\d+\])?: (?P<text>\S.*)$")
_ECHO = re.compile(
    r"^(?:test run failed|could not compile|aborting due to|command .* exited with|creating test list failed|\d+ targets? failed)"
)
_SCRIPT_ECHO = "setup script failed"
_AT = re.compile(r"^ *--> (?P<file>[^\s:]+):(?P<line>\d{1,9}):\d+$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_SUMMARY.match, lines)):
        return 82
    nextest = any("nextest" in line for line in lines)
    return (
        81 if nextest and any(STATUS.match(line) or nextest_text.RULER.match(line) for line in lines) else 0
    )


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    block: tuple[Callable[[list[Line]], None], list[Line]] | None = None
    """What is printed below the line of a failed try, and who tells of it at its end."""
    running: tuple[tuple[str, str], list[Line]] | None = None
    """Suite and name of what is not captured, and what it has printed so far: its result comes behind. A script has no
    suite."""
    error: list[Line] | None = None
    summing_up: bool = False

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _SUMMARY.match(mark):
            self._end()
            self.running = None
            self._summary(match, line)
        elif (match := STATUS.match(mark)) and self._status(match, line):
            return
        elif match := _SCRIPT.match(mark):
            self._end()
            self._script(match["status"], match["name"], line)
        elif _START.match(mark):
            self._end()
            self.summing_up = False
        elif self.running is not None:
            if len(self.running[1]) < MAX_BLOCK:
                self.running[1].append(line)
        elif self.error is not None:
            if mark.strip():
                self.error.append(line)
            else:
                self._end()
        elif _BETWEEN.match(mark) or ((match := _ERROR.match(mark)) and self._is_echo(match["text"])):
            self._end()
        elif match and self.block is None:
            self.error = [line]
        elif self.block is not None and len(self.block[1]) < MAX_BLOCK:
            self.block[1].append(line)

    def _is_echo(self, text: str) -> bool:
        return _ECHO.match(text) is not None or (text == _SCRIPT_ECHO and bool(self.session.failures))

    def _status(self, match: re.Match[str], line: Line) -> bool:
        """Whether the line is nextest's own word on a test."""
        if (how := outcome(match["status"])) is not None:
            self._end()
            self._result(match, how, line)
        elif nextest_text.begins(match["status"]):
            self._end()
            self.running = ((match["suite"], match["name"]), [])
        elif nextest_text.goes_on(match["status"]):
            self._end()
        else:
            return False
        return True

    def _result(self, match: re.Match[str], how: Outcome, line: Line) -> None:
        suite, name = match["suite"], match["name"].strip()
        known = self.book.entries.get((suite, name))
        tries = int(match["try"] or match["tries"] or 1)
        if self.summing_up and known is not None:
            known.attempts = max(known.attempts, tries)
            if match["most"] and how.is_red:
                known.outcome = how
                said = f"test passed on attempt {tries}/{match['most']} but is configured to fail when flaky"
                known.failures.insert(0, Failure(said, trace=line.text.strip(), source_line=line.number))
            elif how.is_red:
                self.block = (partial(self._retold, known, line), [])
            return
        entry = self.book.settle(name, suite, how, line)
        entry.attempts = max(entry.attempts, tries)
        if match["time"] and not match["over"]:
            entry.seconds = round((entry.seconds or 0.0) + float(match["time"].strip(".") or 0), 6)
        printed = self._printed_by(suite, name)
        if how.is_red and printed is not None:
            entry.failures.append(nextest_text.failure(name, line, printed, margin=0))
        elif how.is_red:
            self.block = (partial(self._failed, entry, line), [])

    def _printed_by(self, suite: str, name: str) -> list[Line] | None:
        """What a test or a script printed that was not captured."""
        if self.running is None or self.running[0] != (suite, name):
            return None
        printed, self.running = self.running[1], None
        return printed

    def _failed(self, entry: Entry, status: Line, lines: list[Line]) -> None:
        entry.failures.append(nextest_text.failure(entry.name, status, lines))

    def _retold(self, entry: Entry, status: Line, lines: list[Line]) -> None:
        """Below the summary stands again, or for the first time, what the last try of a test printed."""
        told = nextest_text.failure(entry.name, status, lines)
        if not nextest_text.is_bare(told) and all(map(nextest_text.is_bare, entry.failures)):
            entry.failures = [told]

    def _script(self, status: str | None, name: str, line: Line) -> None:
        if status is None:
            self.running = (("", name), [])
        elif (how := outcome(status)) is not None:
            printed = self._printed_by("", name) or []
            if how.is_red or how is Outcome.ERROR:
                self.block = (partial(self._script_failed, name), [*printed, line])

    def _script_failed(self, name: str, lines: list[Line]) -> None:
        self.session.failures.append(nextest_text.script_failure(name, lines))

    def _summary(self, match: re.Match[str], line: Line) -> None:
        counts = {what: int(number) for number, what in _COUNT.findall(match["rest"])}
        get = counts.get
        passed, failed, errors = (
            get("passed", 0),
            get("failed", 0) + get("timed out", 0),
            get("exec failed", 0),
        )
        skipped = get("skipped", 0)
        self.session.stated = Totals(
            passed + failed + errors + skipped, passed, failed, errors, skipped, flaky=get("flaky", 0)
        )
        self.session.duration = seconds(match["time"])
        self.session.closed = self.summing_up = True
        if match["ran"] and (missing := int(match["tests"]) - int(match["ran"])) > 0:
            text = f"{missing} of {match['tests']} tests were not run"
            self.session.warnings.append(Warn(text, line.number))

    def _end(self) -> None:
        error, self.error = self.error, None
        if error is not None:
            place = next((found for line in error if (found := _AT.match(line.mark))), None)
            self.session.failures.append(
                Failure(
                    error[0].text,
                    kind="error",
                    trace="\n".join(line.text for line in error),
                    file=place["file"] if place else None,
                    line=int(place["line"]) if place else None,
                    source_line=error[0].number,
                )
            )
        block, self.block = self.block, None
        if block is not None:
            tell, lines = block
            tell(lines)

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in nextest_text.rows(lines):
        if _START.match(line.mark) and parser.summing_up:
            yield parser.finish()
            parser = _Parser()
        parser.feed(line)
    yield parser.finish()


READER = Reader("nextest-console", _sniff, reader_of("cargo nextest", _sessions))
