"""What testthat, the runner of R, prints: its check, progress and summary reporters, alone or in ``R CMD check``.

Written after testthat 2 and 3. It counts expectations, not tests, and names only what did not pass: its counts stand.
A failure outside of any test is one of its counts, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, failure_of
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Outcome, Totals

_COUNTS = re.compile(
    r"^\s*\[ FAIL (?P<failed>\d{1,9}) \| WARN \d{1,9} \| SKIP (?P<skipped>\d{1,9}) \| PASS (?P<passed>\d{1,9}) \]$"
)
_OLD_COUNTS = re.compile(
    r"^\s*\[ OK: (?P<passed>\d{1,9}) \| SKIPPED: (?P<skipped>\d{1,9}) \| WARNINGS: \d{1,9} \| FAILED: (?P<failed>\d{1,9}) \]$"
)
_HEADER = re.compile(
    r"^\s*(?:[─━═-]{2} )?(?:\d{1,6}\. )?(?P<what>Failure|Error|FAILURE|ERROR|Skip|SKIP|Warning|WARNING) "
    r"\('?(?P<file>[^()':]+\.[Rr]|\?{3})(?::(?P<line>\d{1,9}))?(?::\d{1,9})?(?:-\d[\d:]*)?'?\): (?P<name>\S.*?)(?: [─━═-]{2,})?$"
)
_RULE = re.compile(
    r"^\s*(?:(?:[─━═]{2}|==) .*|[─━═]{10,}|={10,}|Error: ?|Error: Test failures.*|Execution halted)$"
)
_DOTS = re.compile(r"^[^:]{1,200}: (?P<dots>(?![SW][a-z])[.SW1-9][.SW1-9A-Za-z]*)$")
"""What the summary reporter says of a file; every failure has a number or, behind the ninth, a letter."""
_DONE = re.compile(r"^(?:══ DONE ═+|== DONE =+)$")
_SKIPPED = re.compile(
    r"^\d{1,6}\. (?P<name>\S.*?) \('?(?P<file>[^()':]+\.[Rr]|\?{3})(?::(?P<line>\d{1,9}))?[-:\d]*'?\) - (?P<why>\S.*)$"
)
_REASON = re.compile(r"^\s*Reason: (?P<why>\S.*)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_COUNTS.match(line) or _OLD_COUNTS.match(line) for line in lines):
        return 84
    return 79 if any(map(_DONE.match, lines)) and any(map(_DOTS.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    header: re.Match[str] | None = None
    status: Line | None = None
    block: list[Line] = field(default_factory=list)
    dots: str = ""
    """What the summary reporter said of the expectations, file by file."""
    skips: bool = False
    """Whether what was skipped is being told."""
    seen: set[str] = field(default_factory=set)
    """What has been told: with progress, failures are told where they happen and again at the end."""

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if match := _COUNTS.match(mark) or _OLD_COUNTS.match(mark):
            self._end()
            passed, failed, skipped = (int(match[key]) for key in ("passed", "failed", "skipped"))
            self.session.stated = Totals(passed + failed + skipped, passed, failed, 0, skipped)
            self.session.closed = True
        elif _DONE.match(mark):
            self._end()
            self.session.closed = True
            self.session.stated = self.session.stated or _counted(self.dots)
        elif match := _DOTS.match(mark) if self.header is None else None:
            self.dots += match["dots"]
        elif self.skips and (match := _SKIPPED.match(mark)):
            self._end()
            self._skip(match, match["name"], match["why"].removeprefix("Reason: "))
        elif match := _HEADER.match(mark):
            self._end()
            self.header, self.status = match, line
        elif _RULE.match(mark):
            self._end()
            self.skips = mark.startswith(("══ Skipped ═", "== Skipped ="))
        elif self.header is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _end(self) -> None:
        match, status, block = self.header, self.status, self.block
        self.header, self.status, self.block = None, None, []
        if match is None or status is None:
            return
        told = "\n".join((match[0].strip(), *(line.text.strip() for line in block if line.text.strip())))
        if told in self.seen:
            return
        self.seen.add(told)
        file = None if match["file"] == "???" else match["file"]
        number = int(match["line"]) if match["line"] else None
        name = match["name"].rstrip("─━═- ")
        if match["what"].lower() == "warning":
            return
        if match["what"].lower() == "skip":
            why = next((found["why"] for line in block if (found := _REASON.match(line.mark))), "")
            self._skip(match, name, why)
            return
        said = [line for line in block if line.text.strip()]
        kind = "error" if match["what"].lower() == "error" else "failure"
        end = next((i for i, line in enumerate(said) if line.text.strip() == "Backtrace:"), len(said))
        message = "\n".join(line.text.strip() for line in said[:end])
        failure = failure_of(block, message=message, kind=kind) if said else bare_failure(status, kind)
        failure = replace(failure, file=file, line=number, message=message)
        # Its counts do not tell errors from failures.
        self.session.cases.append(
            CaseResult(name, Outcome.FAILED, file=file, line=number, failures=(failure,))
        )

    def _skip(self, place: re.Match[str], name: str, why: str) -> None:
        file = None if place["file"] == "???" else place["file"]
        number = int(place["line"]) if place["line"] else None
        reason = (("reason", why),) if why else ()
        self.session.cases.append(
            CaseResult(name, Outcome.SKIPPED, file=file, line=number, properties=reason)
        )

    def finish(self) -> Session:
        self._end()
        return self.session


def _counted(dots: str) -> Totals:
    passed, skipped, warned = (dots.count(mark) for mark in ".SW")
    failed = len(dots) - passed - skipped - warned
    return Totals(passed + failed + skipped, passed, failed, 0, skipped)


READER = Reader("testthat-console", _sniff, reader_of("testthat", run_after_run(_Parser)))
