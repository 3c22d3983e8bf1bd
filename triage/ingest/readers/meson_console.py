"""What ``meson test`` prints, plain, with ``-v`` and with ``--print-errorlogs``.

Written after ``ConsoleLogger`` and ``TestRun`` of Meson 0.40 to 1.8. A test that did not end in time is a failure, one
that could not be run (``ERROR``) is an error, an unexpected pass is a failure, as Meson's own JUnit report has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines, seconds
from triage.ingest.logs.severity import WRAPPER, severity
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_RESULT = re.compile(
    r"^ *(?P<number>\d{1,6})/(?P<of>\d{1,6}) (?P<name>\S.*?) +(?P<status>OK|FAIL|SKIP|ERROR|TIMEOUT|EXPECTEDFAIL|UNEXPECTEDPASS|INTERRUPT)"
    r"(?: +(?P<time>[\d.]+) ?s)?(?: {1,4}(?P<note>\S.*))?$"
)
_NAME = re.compile(r"^(?:(?P<project>[^:/]+?)(?::(?P<suite>[^/]*?))? / )?(?P<name>.*)$")
_COUNT = re.compile(
    r"^(?P<key>Ok|Expected Fail|Fail|Unexpected Pass|Skipped|Timeout|Ignored): +(?P<number>\d{1,9}) *$"
)
_RULE = re.compile(r"^(?:―{5,}|-{10,}|=+ (?:.*) =+|\u2015{5,}).*$")
_COMMAND = re.compile(r"^>>> ")
_SUMMARY = re.compile(r"^Summary of Failures:$")
_STATUS_LINE = re.compile(r"^(?:▶ *)?\d+/\d+ .* RUNNING *$|^[\w ./:-]+ time out \(After |^\[\d+/\d+\] ")
_SUBTEST = re.compile(r"^▶ *\d+/\d+ ")
_OUTCOMES = {
    "OK": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "SKIP": Outcome.SKIPPED,
    "ERROR": Outcome.ERROR,
    "TIMEOUT": Outcome.FAILED,
    "EXPECTEDFAIL": Outcome.XFAILED,
    "UNEXPECTEDPASS": Outcome.FAILED,
    "INTERRUPT": Outcome.ERROR,
}


def _sniff(sample: Sample) -> int:
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

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _COUNT.match(mark):
            self.counts[match["key"]] = int(match["number"])
            self.current, self.session.closed = None, True
        elif match := _RESULT.match(mark):
            self._result(match, line)
        elif _SUMMARY.match(mark):
            self.current = None
        elif self.current is not None:
            self._output(mark, line)
        return False

    def _result(self, match: re.Match[str], line: Line) -> None:
        name = _NAME.match(match["name"].strip())
        assert name is not None
        suite = "/".join(part for part in (name["project"], name["suite"]) if part)
        known = self.book.entries.get((suite, name["name"]))
        if known is not None and known.outcome is not None:
            # Told again under the summary of failures, or with a number of its own in a repeat.
            if _OUTCOMES[match["status"]] is not known.outcome and _OUTCOMES[match["status"]].is_red:
                known.outcome, known.status = _OUTCOMES[match["status"]], line
            self.current = known if self.current is not None else None
            return
        entry = self.book.settle(
            name["name"], suite, _OUTCOMES[match["status"]], line, seconds(match["time"])
        )
        note = match["note"] or ""
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
                    _failure(
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
            self.session.stated = Totals(stated, get("Ok", 0), failed, 0, skipped, get("Expected Fail", 0))
        return self.session


def _failure(note: str, lines: list[Line], status: Line, outcome: Outcome) -> Failure:
    kind = (
        "error"
        if outcome is Outcome.ERROR or note.startswith("TIMEOUT") or "killed by" in note
        else "failure"
    )
    if not lines:
        return Failure(note, kind=kind, trace=status.text.strip(), source_line=status.number)
    telling = max(lines, key=lambda line: severity(line.mark))
    if severity(telling.mark) < WRAPPER:
        telling = lines[-1]
    trace = "\n".join(line.text for line in lines)
    return Failure(f"{telling.text.strip()}\n{note}", kind=kind, trace=trace, source_line=lines[0].number)


READER = Reader("meson-console", _sniff, reader_of("Meson", run_after_run(_Parser)))
