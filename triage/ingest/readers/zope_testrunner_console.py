"""What zope.testrunner prints, layer by layer, with ``-v`` to ``-vvv`` and without.

After ``formatter.py`` of zope.testrunner 4 to 8. Its counts stand: only verbose output names what passed. A module that
cannot be imported and a layer that cannot be set up are errors of the run, which it counts with those of the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.unittest_text import traceback_failure
from triage.model import Outcome, Totals

_RAN = re.compile(
    r"^ {2}Ran (?P<tests>\d{1,9}) tests with (?P<failed>\d{1,9}) failures(?:, (?P<errors>\d{1,9}) errors(?: and|,) (?P<skipped>\d{1,9}) skipped| and (?P<old>\d{1,9}) errors) in (?P<time>\S.*?)\.?$"
)
_LAYER = re.compile(r"^Running \S+ tests:$")
_HEAD = re.compile(r"^(?P<what>Failure|Error) in test (?P<name>\S.*)$")
_MODULE = re.compile(r"^Module: (?P<name>\S+)$")
_NAMED = re.compile(
    r"^ +(?P<name>\w+) \((?P<where>[\w.]+)\)(?P<skipped> \(skipped(?:: [^()]*)?\))?(?: \((?P<time>[\d.]+ s|N/A)\))?$"
)
_PARTS = re.compile(r"^(?P<name>\w+) \((?P<where>[\w.]+)\)(?P<rest> .*)?$")
_END = re.compile(
    r"^(?:  Ran |Tearing down |Running |Tests with |Test-modules? |Total: |  (?:Set up|Tear down) )|^ *\d+/\d+ \("
)


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 84 if any(map(_RAN.match, lines)) and any(map(_LAYER.match, lines)) else 0


@dataclass
class _Parser:
    """One run; its layers follow each other and add up."""

    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    failed: Entry | None = None
    module: Line | None = None
    block: list[Line] = field(default_factory=list)
    totals: Totals | None = None
    outside: int = 0
    summary: bool = False

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if match := _RAN.match(mark):
            self._end()
            self._ran(match)
        elif match := _HEAD.match(mark):
            self._end()
            self._head(match, line)
        elif _MODULE.match(mark):
            self._end()
            self.module, self.block = line, [line]
        elif _END.match(mark):
            self._end()
            self.summary = mark.startswith(("Tests with ", "Test-module"))
        elif self._named(mark, line):
            self._end()
        elif (self.failed is not None or self.module is not None) and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _named(self, mark: str, line: Line) -> bool:
        match = None if self.summary else _NAMED.match(mark)
        if match is None:
            return False
        outcome = Outcome.SKIPPED if match["skipped"] else Outcome.PASSED
        self.book.settle(match["name"], _class(match), outcome, line, spoken_seconds(match["time"]))
        return True

    def _head(self, match: re.Match[str], line: Line) -> None:
        parts = _PARTS.match(match["name"])
        suite, name = (_class(parts), parts["name"]) if parts else ("", match["name"])
        outcome = Outcome.ERROR if match["what"] == "Error" else Outcome.FAILED
        if parts and parts["rest"]:
            self.book.entries.pop((suite, name), None)  # the line above named it, without its subtest
            name += parts["rest"]
        self.failed = self.book.settle(name, suite, outcome, line)

    def _end(self) -> None:
        entry, module, block = self.failed, self.module, self.block
        self.failed, self.module, self.block = None, None, []
        if module is not None:
            self.outside += 1
            self.session.failures.append(traceback_failure(block, "error"))
        elif entry is not None and any(line.text.strip() for line in block):
            if entry.outcome is Outcome.ERROR and any("UnexpectedSuccess" in line.text for line in block):
                entry.outcome = Outcome.FAILED  # as it counts it
            kind = "error" if entry.outcome is Outcome.ERROR else "failure"
            entry.failures.append(traceback_failure(block, kind))

    def _ran(self, match: re.Match[str]) -> None:
        tests, failed = int(match["tests"]), int(match["failed"])
        errors = max(0, int(match["errors"] or match["old"]) - self.outside)
        skipped, self.outside = int(match["skipped"] or 0), 0
        passed = max(0, tests - failed - errors - skipped)
        self.totals = (self.totals or Totals()) + Totals(tests, passed, failed, errors, skipped)
        self.session.duration = (self.session.duration or 0.0) + (spoken_seconds(match["time"]) or 0.0)
        self.session.closed = True

    def finish(self) -> Session:
        self._end()
        self.session.cases, self.session.stated = self.book.results(), self.totals
        return self.session


def _class(match: re.Match[str]) -> str:
    return match["where"].removesuffix(f".{match['name']}")


READER = Reader("zope-testrunner-console", _sniff, reader_of("zope.testrunner", run_after_run(_Parser)))
