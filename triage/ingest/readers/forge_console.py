"""What ``forge test``, Foundry's runner of Solidity, prints.

Written after Foundry of 2022 to 2025. Failures are told where they happen, with logs and traces, and again at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, spoken_seconds
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_SUITE = re.compile(r"^(?:Ran|Running) \d{1,9} tests? for (?P<file>\S.*?):(?P<suite>\w+)$")
_TEST = re.compile(
    r"^\[(?P<how>PASS|FAIL|SKIP)(?:(?:\. Reason)?: (?P<why>.*?))?\] "
    r"(?P<name>[\w$]+\([^()]*\)|\w+)(?: \((?:gas|runs|calls): .*\))?$"
)
_OPENED = re.compile(r"^\[FAIL(?:\. Reason)?: (?P<why>.*)$")
_CLOSED = re.compile(r"^(?P<why>.*)\] (?P<name>[\w$]+\([^()]*\)|\w+) \((?:gas|runs|calls): .*\)$")
_RESULT = re.compile(
    r"^(?:Suite|[Tt]est) result: (?:ok|FAILED)\. (?P<passed>\d{1,9}) passed; (?P<failed>\d{1,9}) failed; "
    r"(?:(?P<skipped>\d{1,9}) skipped; )?finished in (?P<time>\S+)"
)
_TOTAL = re.compile(
    r"^Ran \d{1,9} test suites?(?: in (?P<time>[\d.]+ ?[mµn]?s)\b.*)?: (?P<passed>\d{1,9}) tests passed, (?P<failed>\d{1,9}) failed, (?P<skipped>\d{1,9}) skipped \("
)
_AGAIN = re.compile(r"^Failing tests:$|^Encountered (?:a total of )?\d{1,9} failing tests?\b")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    named = any(map(_TEST.match, lines)) or any(map(_OPENED.match, lines))
    if any(map(_TOTAL.match, lines)):
        return 84
    return 86 if named and any(_SUITE.match(line) or _AGAIN.match(line) for line in lines) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    file: str | None = None
    suite: str = ""
    opened: str = ""
    """A reason that goes over several lines."""
    failed: tuple[str, str, Line] | None = None
    block: list[Line] = field(default_factory=list)
    total: bool = False
    again: bool = False

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if match := _SUITE.match(mark):
            self._end()
            self.file, self.suite, self.again = match["file"], match["suite"], False
        elif match := _TEST.match(mark):
            self._end()
            self._test(match["how"], match["name"], match["why"] or "", line)
        elif self.opened and (match := _CLOSED.match(mark)):
            why, self.opened = f"{self.opened}\n{match['why'].strip()}", ""
            self._test("FAIL", match["name"], why, line)
        elif match := _OPENED.match(mark):
            self._end()
            self.opened = match["why"]
        elif match := _TOTAL.match(mark):
            self._end()
            self.session.stated, self.total, self.session.closed = _totals(match), True, True
            self.session.duration = spoken_seconds(match["time"])
        elif match := _RESULT.match(mark):
            self._end()
            if not self.total:
                self.session.stated = (self.session.stated or Totals()) + _totals(match)
                self.session.closed = True
        elif _AGAIN.match(mark):
            self._end()
            self.again = True
            found = re.search(r" in (?P<file>\S.*?):(?P<suite>\w+)$", mark)
            if found is not None:
                self.file, self.suite = found["file"], found["suite"]
        elif self.opened:
            self.opened = f"{self.opened}\n{mark.strip()}"[:20_000]
        elif self.failed is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _test(self, how: str, name: str, why: str, line: Line) -> None:
        outcome = {"PASS": Outcome.PASSED, "FAIL": Outcome.FAILED, "SKIP": Outcome.SKIPPED}[how]
        known = self.book.entries.get((self.suite, name))
        if self.again and known is not None:
            return
        entry = self.book.settle(name, self.suite, outcome, line)
        entry.file = self.file
        if outcome is Outcome.SKIPPED and why:
            entry.properties.append(("reason", why))
        if outcome is Outcome.FAILED:
            failure = Failure(why, trace=line.text.strip(), source_line=line.number)
            entry.failures = [failure if why else bare_failure(line)]
            self.failed = (name, self.suite, line)

    def _end(self) -> None:
        failed, block = self.failed, self.block
        self.failed, self.block, self.opened = None, [], ""
        if failed is None or not any(line.text.strip() for line in block):
            return
        name, suite, status = failed
        entry = self.book.entry(name, suite)
        trace = "\n".join(line.text for line in (status, *block)).strip()
        entry.failures = [replace(failure, trace=trace) for failure in entry.failures]

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _totals(match: re.Match[str]) -> Totals:
    passed, failed, skipped = (int(match[name] or 0) for name in ("passed", "failed", "skipped"))
    return Totals(passed + failed + skipped, passed, failed, 0, skipped)


READER = Reader("forge-console", _sniff, reader_of("Forge", run_after_run(_Parser)))
