"""What Catch2 prints with its ``console`` and ``compact`` reporters, versions 1 to 3.

Written after ``catch_reporter_console.cpp``, ``catch_reporter_compact.cpp`` and ``catch_reporter_helpers.cpp``. A test
case is one case however many sections it has; each assertion that failed is a failure of it. Test cases that passed
are counted, not named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals, Warn

_COUNTS = re.compile(r"^test cases: +(?P<tests>\d{1,9}) *(?P<rest>\|.*)?$")
_PART = re.compile(r"(\d{1,9}) (passed|failed as expected|failed|skipped)")
_GREEN = re.compile(r"^All tests passed \((?:.* in (?P<tests>\d{1,9}) test cases?|no assertions.*)\)$")
_COMPACT_RED = re.compile(
    r"^Failed (?:(?P<failed>\d{1,9}) test cases?|(?P<both>both|all) (?P<all>\d{0,9}) ?test cases)?,? ?(?:but|failed)? ?.*assertion"
)
_COMPACT_GREEN = re.compile(
    r"^Passed (?:all )?(?P<tests>\d{1,9}|both)? ?test cases? with (?:\d+|no|both) assertions?"
)
_NO_TESTS = re.compile(r"^No (?:tests|test cases) (?:ran|matched)")
_RULE = re.compile(r"^-{79}$")
_DOTS = re.compile(r"^\.{79}$")
_EQUALS = re.compile(r"^={79}$")
_FAILED = re.compile(
    r"^(?P<file>\S.*?)(?::(?P<line>\d{1,9})|\((?P<msvc>\d{1,9})\)): (?P<what>FAILED|PASSED|SKIPPED|warning)?:?$"
)
_COMPACT = re.compile(
    r"^(?P<file>\S.*?)(?::(?P<line>\d{1,9})|\((?P<msvc>\d{1,9})\)): (?P<what>failed|skipped): (?P<text>.*)$"
)
_PLACE = re.compile(r"^(?P<file>\S.*?)(?::(?P<line>\d{1,9})|\((?P<msvc>\d{1,9})\))$")
_TIME = re.compile(r"^\d+\.\d+ s: ")
_HOST = re.compile(r"^\S+ is a (?:Catch2?|CATCH) v\S+(?: b\d+)?(?: \(.*\))? host application\.$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(
        _HOST.match(line) or _GREEN.match(line) or (_COUNTS.match(line) and "|" in line) for line in lines
    ):
        return 74
    return 70 if any(_COMPACT_RED.match(line) or _COMPACT_GREEN.match(line) for line in lines) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    title: list[Line] | None = None
    """The lines of a header between its two rules."""
    name: str = ""
    section: str = ""
    place: re.Match[str] | None = None
    block: list[Line] | None = None
    """An assertion that failed."""

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if _DOTS.match(mark) or _EQUALS.match(mark):
            self._end()
            self.title = None
        elif _RULE.match(mark):
            self._end()
            if self.title:
                self._header()
            else:
                self.title = []
        elif self.title is not None:
            self.title.append(line)
        elif (match := _FAILED.match(mark)) and match["what"] != "warning":
            self._end()
            self.block = [line] if match["what"] in ("FAILED", "SKIPPED") else None
        elif match := _COMPACT.match(mark):
            self._compact(match, line)
        elif self._totals(mark):
            self._end()
            return True
        elif self.block is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _header(self) -> None:
        lines = [line.text for line in self.title or [] if line.text.strip()]
        self.title = None
        if lines:
            self.name = lines[0].strip()
            self.section = " / ".join(text.strip() for text in lines[1:])

    def _end(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        match = _FAILED.match(block[0].mark)
        assert match is not None
        entry = self.book.entry(self.name or "?")
        entry.status = entry.status or block[0]
        said = [line.text.rstrip() for line in block[1:] if line.text.strip() and not _TIME.match(line.mark)]
        number = match["line"] or match["msvc"]
        if match["what"] == "SKIPPED":
            entry.outcome = entry.outcome or Outcome.SKIPPED
            entry.properties.extend(
                [("reason", " ".join(text.strip() for text in said if not text.startswith("explic")))]
                if said
                else []
            )
            return
        crashed = any(text.startswith("due to a fatal error condition") for text in said)
        entry.outcome = Outcome.FAILED
        message = "\n".join(text.strip() for text in said)
        entry.failures.append(
            Failure(
                message or block[0].text,
                kind="error" if crashed else "failure",
                trace="\n".join([block[0].text, *([f"in: {self.section}"] if self.section else []), *said]),
                file=match["file"],
                line=int(number) if number else None,
                source_line=block[0].number,
            )
        )

    def _compact(self, match: re.Match[str], line: Line) -> None:
        # This reporter does not name the test case.
        number = int(match["line"] or match["msvc"])
        if match["what"] == "failed":
            self.session.failures.append(
                Failure(
                    match["text"], trace=line.text, file=match["file"], line=number, source_line=line.number
                )
            )

    def _totals(self, mark: str) -> bool:
        if match := _COUNTS.match(mark):
            tests = int(match["tests"])
            parts = {what: int(count) for count, what in _PART.findall(match["rest"] or "")}
            failed, xfailed, skipped = (
                parts.get(key, 0) for key in ("failed", "failed as expected", "skipped")
            )
            passed = max(0, tests - failed - xfailed - skipped)
            self.session.stated = Totals(tests, passed, failed, 0, skipped, xfailed)
        elif match := _GREEN.match(mark):
            tests = int(match["tests"] or 0)
            self.session.stated = Totals(tests, tests)
        elif match := _COMPACT_GREEN.match(mark):
            tests = 2 if match["tests"] == "both" else int(match["tests"] or 1)
            self.session.stated = Totals(tests, tests)
        elif match := _COMPACT_RED.match(mark):
            failed = int(match["failed"] or match["all"] or 2)
            self.session.stated = Totals(failed, 0, failed)
        elif _NO_TESTS.match(mark):
            self.session.stated = None
        else:
            return False
        self.session.closed = True
        return True

    def finish(self) -> Session:
        self._end()
        stated = self.session.stated
        self.session.cases = self.book.results()
        red = sum(case.outcome.is_red for case in self.session.cases)
        if stated is not None and stated.xfailed and red > stated.failed:
            text = f"{red - stated.failed} of the failed tests may fail; the output does not say which, its totals stand"
            self.session.warnings.append(Warn(text))
        return self.session


READER = Reader("catch2-console", _sniff, reader_of("Catch2", run_after_run(_Parser)))
