"""What Tasty, a runner of Haskell, prints.

Written after tasty 0.10 to 1.5 with HUnit, QuickCheck, SmallCheck, Hedgehog and expected failures, alone or in
``cabal test`` and ``stack test``. With ``--hide-successes`` only failures have a name: the counts stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of
from triage.ingest.console import (
    Line,
    Session,
    bare_failure,
    indent_of,
    reader_of,
    run_after_run,
    sample_lines,
)
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TEST = re.compile(
    r"^(?P<indent> *)(?P<name>\S.*?): +(?P<how>OK|FAIL|TIMEOUT|SKIP|IGNORED)"
    r"(?P<expected> \((?:unexpected|expected)\)(?: \(expected\))?)?(?: \((?P<time>[\d.]+)s\))?$"
)
_GROUP = re.compile(r"^(?P<indent> *)(?P<name>\S.*?):?$")
_COUNTS = re.compile(
    r"^ *(?:(?P<failed>\d{1,9}) out of (?P<tests>\d{1,9}) tests failed|All (?P<all>\d{1,9}) tests passed) \((?P<time>[\d.]+)s\)$"
)
_RERUN = re.compile(r"^ *Use -p '.*' to rerun this test only\.$")
_PLACE = re.compile(
    r"^(?:Error message: )?(?P<file>[^\s:()]+\.l?hs):\(?(?P<line>\d{1,9})(?:[:,)\-\d]*):?(?: |$)"
)
_ENDS = re.compile(r"^Test suite \S+: (?P<how>\w+)|^Running \d+ test suites\.\.\.$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    named = any(_TEST.match(line) and not _ENDS.match(line) for line in lines)
    if any(map(_COUNTS.match, lines)):
        return 84 if named else 60
    return 70 if named and any(map(_ENDS.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    groups: list[tuple[int, str]] = field(default_factory=list)
    failed: tuple[str, str, Line] | None = None
    under: int | None = None
    """The indent of the last test; what stands deeper belongs to it."""
    block: list[Line] = field(default_factory=list)
    broken: Line | None = None
    """Where Cabal says that a suite failed."""

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        deeper = self.under is not None and bool(mark) and indent_of(mark) > self.under
        if match := _COUNTS.match(mark):
            self._end()
            self._close(match)
        elif match := _ENDS.match(mark):
            self._end()
            self.groups = []
            self.broken = line if match["how"] == "FAIL" and self.broken is None else self.broken
        elif not deeper and (match := _TEST.match(mark)):
            self._end()
            self._test(match, line)
        elif deeper or (self.failed is not None and not mark):
            if self.failed is not None and len(self.block) < MAX_BLOCK and not _RERUN.match(mark):
                self.block.append(line)
        elif mark and (match := _GROUP.match(mark)):
            self._end()
            self._enter(len(match["indent"]), match["name"])
        return False

    def _enter(self, indent: int, name: str) -> None:
        self.groups = [group for group in self.groups if group[0] < indent]
        self.groups.append((indent, name[:300]))

    def _test(self, match: re.Match[str], line: Line) -> None:
        indent = len(match["indent"])
        suite = " > ".join(name for at, name in self.groups if at < indent)
        expected = match["expected"] or ""
        # Skipped is what depends on a test that failed; Tasty counts it as failed.
        red = match["how"] in ("FAIL", "TIMEOUT", "SKIP") or expected == " (unexpected)"
        outcome = Outcome.FAILED if red else Outcome.PASSED
        if match["how"] == "FAIL" and expected == " (expected)":
            outcome = Outcome.XFAILED
        elif match["how"] == "IGNORED":
            outcome = Outcome.SKIPPED
        time = float(match["time"]) if match["time"] and match["time"].count(".") < 2 else None
        self.book.settle(match["name"], suite, outcome, line, time)
        self.under = indent
        self.failed = (match["name"], suite, line) if outcome is Outcome.FAILED else None

    def _close(self, match: re.Match[str]) -> None:
        failed = int(match["failed"] or 0)
        tests = int(match["tests"] or match["all"])
        self.session.stated = (self.session.stated or Totals()) + Totals(tests, tests - failed, failed, 0, 0)
        if match["time"].count(".") < 2:
            self.session.duration = (self.session.duration or 0.0) + float(match["time"])
        self.session.closed, self.groups = True, []

    def _end(self) -> None:
        failed, block = self.failed, self.block
        self.failed, self.under, self.block = None, None, []
        if failed is None:
            return
        name, suite, status = failed
        entry = self.book.entry(name, suite)
        said = [line for line in block if line.text.strip()]
        entry.failures.append(_failure(said) if said else bare_failure(status))

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        if self.broken is not None:
            self.session.tell_red(self.broken)
        return self.session


def _failure(lines: list[Line]) -> Failure:
    margin = min(indent_of(line.text) for line in lines)
    texts = [line.text[margin:].rstrip() for line in lines]
    place = next((match for text in texts if (match := _PLACE.match(text))), None)
    end = next(
        (i for i, text in enumerate(texts) if text.startswith("CallStack (from HasCallStack)")), len(texts)
    )
    first = (
        1
        if place is not None and len(texts[:end]) > 1 and texts[0] == place.string and texts[0].endswith(":")
        else 0
    )
    failure = failure_of(lines, message="\n".join(texts[first:end]))
    if place is None:
        return failure
    return replace(failure, file=place["file"], line=int(place["line"]))


READER = Reader("tasty-console", _sniff, reader_of("Tasty", run_after_run(_Parser)))
