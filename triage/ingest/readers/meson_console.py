"""What ``meson test`` prints, plain, with ``-v`` and with ``--print-errorlogs``, and its ``meson-logs/testlog.txt``.

Written after ``ConsoleLogger``, ``TextLogfileBuilder`` and ``TestRun`` of Meson 0.40 to 1.12. A test that did not end in time is a failure, one
that could not be run (``ERROR``) is an error, an unexpected pass is a failure, as Meson's own JUnit report has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.meson_text import OUTCOMES, suite_and_name, test_failure
from triage.model import Totals

_RESULT = re.compile(
    r"^ *(?P<number>\d{1,6})/(?P<of>\d{1,6}) (?P<name>\S.*?) +(?P<status>OK|FAIL|SKIP|ERROR|TIMEOUT|EXPECTEDFAIL|UNEXPECTEDPASS|INTERRUPT)"
    r"(?: +(?P<time>[\d.]+) ?s)?(?: {1,4}(?P<note>\S.*))?$"
)
_COUNT = re.compile(
    r"^(?P<key>Ok|Expected Fail|Fail|Unexpected Pass|Skipped|Timeout|Ignored): +(?P<number>\d{1,9}) *$"
)
_RULE = re.compile(r"^(?:―{5,}|-{10,}|=+ (?:.*) =+|\u2015{5,}).*$")
_COMMAND = re.compile(r"^>>> ")
_LOG = re.compile(r"^Log of Meson test suite run on ")
_LOGGED = re.compile(r"^test: {8,9}(?P<name>\S.*?) *$")
_STREAM = re.compile(r"^-{20,} (?:stdout|stderr|output) -{20,}$")
_END_OF_LOG = re.compile(r"^={70,}$")
_SUMMARY = re.compile(r"^Summary of Failures:$")
_STATUS_LINE = re.compile(r"^(?:▶ *)?\d+/\d+ .* RUNNING *$|^[\w ./:-]+ time out \(After |^\[\d+/\d+\] ")
_SUBTEST = re.compile(r"^▶ *\d+/\d+ ")


def _sniff(sample: Sample) -> int:
    if _LOG.match(sample.text):
        return 93
    lines = sample_lines(sample)
    counts = {match["key"] for line in lines if (match := _COUNT.match(line))}
    if {"Ok", "Fail"} <= counts:
        return 80
    return 68 if any(line.startswith("ninja: ") for line in lines) and any(map(_RESULT.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    counts: dict[str, int] = field(default_factory=dict)
    current: Entry | None = None
    notes: dict[int, str] = field(default_factory=dict)
    blocks: dict[int, list[Line]] = field(default_factory=dict)
    """Output by the test's entry."""
    inside: bool = False
    logs: dict[str, list[Line]] = field(default_factory=dict)
    """What each test printed, as the log file has it."""
    logged: list[Line] | None = None
    streaming: bool = False

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _LOGGED.match(mark):
            self.logged, self.streaming = self.logs.setdefault(match["name"], []), False
        elif self.logged is not None:
            self._log(mark, line)
        elif match := _COUNT.match(mark):
            self.counts[match["key"]] = int(match["number"])
            self.current, self.session.closed = None, True
        elif match := _RESULT.match(mark):
            self._result(match, line)
        elif _SUMMARY.match(mark):
            self.current = None
        elif self.current is not None:
            self._output(mark, line)
        return False

    def _log(self, mark: str, line: Line) -> None:
        assert self.logged is not None
        if _END_OF_LOG.match(mark):
            self.logged = None
        elif _STREAM.match(mark):
            self.streaming = True
        elif self.streaming and mark.strip() and len(self.logged) < MAX_BLOCK:
            self.logged.append(line)

    def _result(self, match: re.Match[str], line: Line) -> None:
        suite, name = suite_and_name(match["name"])
        known = self.book.entries.get((suite, name))
        if known is not None and known.outcome is not None:
            # Told again under the summary of failures, or with a number of its own in a repeat.
            if OUTCOMES[match["status"]] is not known.outcome and OUTCOMES[match["status"]].is_red:
                known.outcome, known.status = OUTCOMES[match["status"]], line
            self.current = known if self.current is not None else None
            return
        entry = self.book.settle(name, suite, OUTCOMES[match["status"]], line, seconds(match["time"]))
        note = match["note"] or ""
        if logged := self.logs.get(match["name"].strip()):
            self.blocks[id(entry)] = logged
        self.notes[id(entry)] = f"{match['status']}: {note}" if note else match["status"]
        self.current = entry

    def _output(self, mark: str, line: Line) -> None:
        assert self.current is not None
        if _RULE.match(mark):
            self.inside = not self.inside
        elif not (_COMMAND.match(mark) or _STATUS_LINE.match(mark) or _SUBTEST.match(mark)) and mark.strip():
            block = self.blocks.setdefault(id(self.current), [])
            if len(block) < MAX_BLOCK:
                block.append(line)

    def finish(self) -> Session:
        for entry in self.book.entries.values():
            if entry.outcome is not None and entry.outcome.is_red and entry.status is not None:
                entry.failures.append(
                    test_failure(
                        self.notes.get(id(entry), ""),
                        self.blocks.get(id(entry), []),
                        entry.status,
                        entry.outcome,
                    )
                )
        self.session.cases = self.book.results()
        stated = sum(self.counts.values())
        if stated > len(self.session.cases):
            get = self.counts.get
            failed = get("Fail", 0) + get("Unexpected Pass", 0) + get("Timeout", 0)
            skipped = get("Skipped", 0) + get("Ignored", 0)
            # Those are counted together.
            errors = min(failed, Totals.of(self.session.cases).errors)
            self.session.stated = Totals(
                stated, get("Ok", 0), failed - errors, errors, skipped, get("Expected Fail", 0)
            )
        return self.session


READER = Reader("meson-console", _sniff, reader_of("Meson", run_after_run(_Parser)))
