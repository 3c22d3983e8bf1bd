"""What ``cargo nextest run`` prints, versions 0.9.0 to 0.9.140: retries, leaks, time-outs, signals, stress runs.

Written after ``nextest-runner``'s displayer. As in nextest's own JUnit report, a time-out and a signal are failures
and a test that could not be started is an error. Its summary stands where the status of tests that passed is not
shown; tests that its filters left out are skipped there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry
from triage.ingest.console import Line, Session, dedent, indent_of, reader_of, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.rust_text import PANIC, panic_failure
from triage.model import Failure, Outcome, Totals

_STATUS = re.compile(
    r"^ *(?:TRY (?P<try>\d{1,4}) )?(?P<status>(?:FLAKY|FLKY-FL) (?P<tries>\d{1,4})/\d{1,4}|[A-Z][A-Z0-9+-]{2,10}(?: \d{1,3})?) "
    r"\[ *(?P<over>>? *)(?P<time>[\d.]*)s? *\] (?:\( *[\d─-]+(?:/[\d─-]+)?\) )?(?P<suite>\S+) +(?P<name>\S.*?)$"
)
_SUMMARY = re.compile(
    r"^ *(?:Summary|Canceled) \[ *(?P<time>[\d.]+)s\] +(?:(?P<ran>\d{1,9})/)?(?P<tests>\d{1,9}) tests? run: (?P<rest>.*)$"
)
_COUNT = re.compile(r"(\d{1,9}) (passed|failed|skipped|exec failed|timed out|flaky|leaky)")
_START = re.compile(r"^ *Starting (?P<tests>\d{1,9}) tests? across \d+ ")
_OUTPUT = re.compile(
    r"^(?:--- (?:TRY \d+ )?STD(?:OUT|ERR): | {2,}(?:TRY \d+ )?(?:std(?:out|err)(?: \(.*\))?|output) ─|─{8,}|-{8,})"
)
_HARNESS = re.compile(
    r"^(?:running \d+ tests?|test \S.* \.\.\. \w+|failures:|test result: .*|\s*\(test (?:aborted|failed|timed out).*)$"
)
_ERROR = re.compile(r"^error(?:\[E\d+\])?: (?P<text>\S.*)$")
_ECHO = re.compile(
    r"^(?:test run failed|could not compile|aborting due to|command .* exited with|creating test list failed|\d+ targets? failed)"
)
_AT = re.compile(r"^ *--> (?P<file>[^\s:]+):(?P<line>\d{1,9}):\d+$")
_GREEN = ("PASS", "LEAK", "TMPASS")
_RED = ("FAIL", "FL+LK", "LEAK-FAIL", "LKFAIL", "TIMEOUT", "TMT", "ABORT", "FAIL + LEAK", "FLKY-FL")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_SUMMARY.match, lines)):
        return 82
    nextest = any("nextest" in line for line in lines)
    return 81 if nextest and any(map(_STATUS.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    block: tuple[Entry, Line, list[Line]] | None = None
    """A failed try: its test, its line, what it printed."""
    error: list[Line] | None = None
    summing_up: bool = False

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _SUMMARY.match(mark):
            self._end()
            self._summary(match)
        elif (match := _STATUS.match(mark)) and (outcome := _outcome(match["status"])) is not None:
            self._end()
            self._result(match, outcome, line)
        elif _START.match(mark):
            self._end()
            self.summing_up = False
        elif self.error is not None:
            if mark.strip():
                self.error.append(line)
            else:
                self._end()
        elif (match := _ERROR.match(mark)) and _ECHO.match(match["text"]):
            self._end()
        elif match and self.block is None:
            self.error = [line]
        elif self.block is not None and len(self.block[2]) < MAX_BLOCK:
            self.block[2].append(line)

    def _result(self, match: re.Match[str], outcome: Outcome, line: Line) -> None:
        suite, name = match["suite"], match["name"].strip()
        known = self.book.entries.get((suite, name))
        tries = int(match["try"] or match["tries"] or 1)
        if self.summing_up and known is not None:
            known.attempts = max(known.attempts, tries)
            if match["status"].startswith("FLKY-FL"):
                known.outcome = Outcome.FAILED
            return
        entry = self.book.settle(name, suite, outcome, line)
        entry.attempts = max(entry.attempts, tries)
        if match["time"] and not match["over"]:
            entry.seconds = round((entry.seconds or 0.0) + float(match["time"].strip(".") or 0), 6)
        if outcome.is_red:
            self.block = (entry, line, [])

    def _summary(self, match: re.Match[str]) -> None:
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
            entry, status, lines = block
            entry.failures.append(_failure(entry, status, lines))

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _outcome(status: str) -> Outcome | None:
    """How a try ended, None for what is no end (``SLOW``, ``RETRY``, ``SIGNAL``)."""
    if status in _GREEN or status.startswith("FLAKY"):
        return Outcome.PASSED
    if status in _RED or status.startswith("FLKY-FL") or re.match(r"^SIG(?:[A-Z]+| ?\d+)$", status):
        return Outcome.FAILED
    if status == "XFAIL":
        return Outcome.ERROR
    return Outcome.SKIPPED if status == "SKIP" else None


def _failure(entry: Entry, status: Line, lines: list[Line]) -> Failure:
    match = _STATUS.match(status.mark)
    what = match["status"] if match else ""
    head = next((line for line in lines if line.text.startswith("  ") and _OUTPUT.match(line.mark)), None)
    margin = 2 + (indent_of(head.text) if head else 2)
    bare = [
        Line(line.number, text)
        for line, text in zip(lines, dedent([ln.text for ln in lines], margin), strict=True)
    ]
    said = [
        line
        for line, raw in zip(bare, lines, strict=True)
        if line.text.strip()
        and line.text.strip() != entry.name
        and not (_OUTPUT.match(raw.mark) or _HARNESS.match(line.mark))
    ]
    start = next((i for i, line in enumerate(said) if PANIC.match(line.mark)), 0)
    kind = (
        "failure" if what in ("FAIL", "FL+LK", "LEAK-FAIL", "LKFAIL") or what.startswith("FLKY") else "error"
    )
    note = {"TIMEOUT": "timed out", "TMT": "timed out", "XFAIL": "could not be started"}.get(
        what, f"ended by {what}"
    )
    if not said:
        message = "" if kind == "failure" else note
        return Failure(message, kind=kind, trace=status.text.strip(), source_line=status.number)
    failure = panic_failure("\n".join(line.text for line in said[start:]), said[start].number)
    return failure if kind == "failure" else replace(failure, kind=kind, message=f"{note}: {failure.message}")


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        if _START.match(line.mark) and parser.summing_up:
            yield parser.finish()
            parser = _Parser()
        parser.feed(line)
    yield parser.finish()


READER = Reader("nextest-console", _sniff, reader_of("cargo nextest", _sessions))
