"""What tap-spec makes of TAP, tape's above all: the assertions below the titles of their tests, and three counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from triage.ingest.case_book import MAX_BLOCK, spoken_seconds
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.tap_yaml import block_message, placed_by
from triage.model import CaseResult, Failure, Outcome, Totals

_COUNT = re.compile(r"^ {2}(?P<what>total|passing|failing): +(?P<number>\d{1,9})$")
_DURATION = re.compile(r"^ {2}duration: +(?P<time>\S.*)$")
_TITLE = re.compile(r"^ {2}(?P<title>\S.*)$")
_RESULT = re.compile(r"^ {4}(?P<mark>[✔√✓✖×✗]) (?P<name>\S.*)$")
_SUMMARY = re.compile(r"^ {2}Failed Tests: There (?:was|were) \d+ failures?$")
_AT = re.compile(r"^\s*at: (?P<at>\S.*)$", re.MULTILINE)


def _sniff(sample: Sample) -> int:
    matches = (tuple(map(_COUNT.match, pair)) for pair in pairwise(sample_lines(sample)))
    return 84 if any(a and b and (a["what"], b["what"]) == ("total", "passing") for a, b in matches) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    counts: dict[str, int] = field(default_factory=dict)
    title: str = ""
    failed: Line | None = None
    """The result line of an assertion that did not hold."""
    block: list[str] = field(default_factory=list)
    """What stands right below it."""
    blank: bool = True
    summing_up: bool = False

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        blank, self.blank = self.blank, not mark.strip()
        if self.failed is not None and not self.blank and not _RESULT.match(mark):
            if len(self.block) < MAX_BLOCK:
                self.block.append(line.text)
            return False
        self._end()
        if match := _COUNT.match(mark):
            self.counts[match["what"]] = int(match["number"])
        elif self.counts:
            if match := _DURATION.match(mark):
                self.session.duration = spoken_seconds(match["time"])
            return bool(match)
        elif _SUMMARY.match(mark):
            self.summing_up = True
        elif self.summing_up:
            pass
        elif match := _RESULT.match(mark):
            self._result(match, line)
        elif blank and (match := _TITLE.match(mark)):
            self.title = match["title"]
        return False

    def _result(self, match: re.Match[str], line: Line) -> None:
        if match["mark"] in "✔√✓":
            self.session.cases.append(CaseResult(match["name"], Outcome.PASSED, self.title))
        else:
            self.failed = line

    def _end(self) -> None:
        line, self.failed = self.failed, None
        block, self.block = self.block, []
        if line is None:
            return
        name = line.text.strip()[2:]
        failure = _failure(block, line) if block else bare_failure(line)
        self.session.cases.append(CaseResult(name, Outcome.FAILED, self.title, failures=(failure,)))

    def finish(self) -> Session:
        self._end()
        if {"total", "passing"} <= self.counts.keys():
            tests, passed = self.counts["total"], self.counts["passing"]
            self.session.stated = Totals(tests, passed, max(0, tests - passed))
            self.session.closed = True
        return self.session


def _failure(block: list[str], line: Line) -> Failure:
    text = "\n".join(block)
    message = block_message(text) or line.text.strip()[2:]
    failure = failure_from(text, message=message, source_line=line.number + 1)
    at = _AT.search(text)
    return failure if failure.file or at is None else placed_by(failure, {"at": at["at"]})


READER = Reader("tap-spec-console", _sniff, reader_of("tap-spec", run_after_run(_Parser)))
