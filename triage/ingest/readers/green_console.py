"""What green, a runner of Python's unittest, prints, with dots or with names (``-v`` to ``-vvv``).

After ``green/result.py`` and ``output.py`` of green 2 to 4. Its counts stand: with dots only what did not pass has a name.
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
    r"^Ran (?P<tests>\d{1,9}) tests? in (?P<time>[\d.]+s)(?P<processes> using \d{1,6} process(?:es)?)?$"
)
_VERDICT = re.compile(r"^(?:OK|FAILED|No Tests Found)(?: \((?P<counts>[\w=, ]+)\))?$")
_COUNT = re.compile(r"\b(errors|expected_failures|failures|passes|skips|unexpected_successes)=(\d{1,9})\b")
_OWN = re.compile(r"\b(?:passes|skips|expected_failures|unexpected_successes)=\d")
_HEAD = re.compile(
    r"^(?P<what>Failure|Error|Skipped|Unexpected success)(?: in)? (?P<name>[A-Za-z_][\w.]*\.\S.*)$"
)
_NAMED = re.compile(r"^(?P<mark>[.FEsxu]) {2,}(?P<name>[^\s(].*?)(?: -- (?P<why>.*))?$")
_GROUP = re.compile(r"^(?P<indent> *)(?P<name>[A-Za-z_][\w.]*)$")
_MARKS = {
    ".": Outcome.PASSED,
    "F": Outcome.FAILED,
    "E": Outcome.ERROR,
    "s": Outcome.SKIPPED,
    "x": Outcome.XFAILED,
    "u": Outcome.FAILED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    # What unittest itself ends with is much the same.
    verdict = any((match := _VERDICT.match(line)) and _OWN.search(match["counts"] or "") for line in lines)
    ran = [match for line in lines if (match := _RAN.match(line))]
    processes = any(match["processes"] for match in ran) and any(map(_VERDICT.match, lines))
    return 82 if ran and (verdict or processes) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    module: str = ""
    group: str = ""
    failed: Entry | None = None
    block: list[Line] = field(default_factory=list)
    ran: int = 0

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if match := _RAN.match(mark):
            self._end()
            self.ran, self.session.duration = int(match["tests"]), spoken_seconds(match["time"])
        elif self.session.duration is not None and (match := _VERDICT.match(mark)):
            self._close(match["counts"] or "")
            return True
        elif match := _HEAD.match(mark):
            self._end()
            self._head(match, line)
        elif self.failed is not None:
            if len(self.block) < MAX_BLOCK:
                self.block.append(line)
        elif match := _NAMED.match(mark):
            name, suite = match["name"], f"{self.module}.{self.group}".strip(".")
            entry = self.book.settle(name, suite, _MARKS[match["mark"]], line)
            entry.properties.extend([("reason", match["why"])] if match["why"] else [])
        elif match := _GROUP.match(mark):
            self.module, self.group = (self.module, match["name"]) if match["indent"] else (match["name"], "")
        return False

    def _head(self, match: re.Match[str], line: Line) -> None:
        dotted, _, rest = match["name"].partition(" ")
        suite, _, name = dotted.rpartition(".")
        if match["what"] == "Skipped":
            entry = self.book.settle(name, suite, Outcome.SKIPPED, line)
            entry.properties[:] = [("reason", rest.removeprefix("- "))] if rest else []
            return
        outcome = Outcome.ERROR if match["what"] == "Error" else Outcome.FAILED
        self.failed = self.book.settle(f"{name} {rest}".rstrip(), suite, outcome, line)

    def _end(self) -> None:
        entry, block = self.failed, self.block
        self.failed, self.block = None, []
        if entry is not None and any(line.text.strip() for line in block):
            kind = "error" if entry.outcome is Outcome.ERROR else "failure"
            entry.failures.append(traceback_failure(block, kind))

    def _close(self, counts: str) -> None:
        told = {name: int(number) for name, number in _COUNT.findall(counts)}
        failed = told.get("failures", 0) + told.get("unexpected_successes", 0)
        errors, skipped = told.get("errors", 0), told.get("skips", 0)
        expected, passed = told.get("expected_failures", 0), told.get("passes", 0)
        tests = passed + failed + errors + skipped + expected
        self.session.stated = Totals(tests, passed, failed, errors, skipped, expected)
        self.session.closed = True

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("green-console", _sniff, reader_of("green", run_after_run(_Parser)))
