"""What Pester, the runner of PowerShell, prints: versions 3 to 5, ``Detailed`` and ``Normal``.

After ``Output.ps1`` of Pester 3, 4 and 5. What is pending, inconclusive or was not run is skipped, as in Pester's own
reports; blocks and files that broke are failures of the run. ``Normal`` names only the tests that failed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, indent_of, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_GROUP = re.compile(r"^(?P<indent> *)(?:Describing|Context) (?P<name>\S.*?)$")
_FILE = re.compile(r"^Running tests from '(?P<file>.+)'$|^Executing script (?P<script>\S.*)$")
_MARK = re.compile(
    r"^(?P<indent> *)\[(?P<mark>[-+!?])\] (?P<name>\S.*?)"
    r"(?: (?P<time>[\d.,]+m?s)(?: \([\d.,]+m?s\|[\d.,]+m?s(?:\|[\d.,]+m?s)?\))?)?$"
)
_BROKEN = re.compile(
    r"^ *\[-\] (?P<what>(?:Describe|Context|Discovery in|Error occurred in) .*?(?:failed(?: with:)?|block|script\b.*)|<ScriptBlock>.* failed with:)(?: [\d.,]+m?s.*)?$"
)
_PATH = re.compile(r"^(?:[A-Za-z]:[\\/]|/|\.{1,2}[\\/]).*\.ps1$")
_COUNTS = re.compile(
    r"^(?:Tests )?Passed: (?P<passed>\d{1,9}),? Failed: (?P<failed>\d{1,9}),? Skipped: (?P<skipped>\d{1,9}),?"
    r"(?P<rest>(?:,? ?(?:Pending|Inconclusive|NotRun): \d{1,9})*) *$"
)
_REST = re.compile(r"(Pending|Inconclusive): (\d{1,9})")
_TIME = re.compile(r"^Tests completed in (?P<time>\S.*)$")
_OVER = re.compile(r"^(?:Container failed: |BeforeAll \\ AfterAll failed: )\d+")
_PLACE = re.compile(r"^(?:at (?:.*, )?)?(?P<file>\S[^,]*\.psm?1): ?(?:line )?(?P<line>\d{1,9})$")
_OWN = re.compile(r"[\\/]Pester[\\/]")
_SUM = re.compile(r"^Tests Passed: \d{1,9}, ?$")
_SUM_PART = re.compile(r"^(?:(?:Failed|Skipped|Inconclusive|Pending|NotRun): \d{1,9},?)?$")
_OUTCOMES = {"+": Outcome.PASSED, "-": Outcome.FAILED, "!": Outcome.SKIPPED, "?": Outcome.SKIPPED}
_REASON = re.compile(r", (?:is )?(?:skipped|pending|inconclusive)(?:,? because (?P<why>.+))?$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    counted = any(line.startswith("Tests Passed: ") or _COUNTS.match(line) for line in lines)
    if counted and any(map(_TIME.match, lines)):
        return 84
    if any(line.startswith("Tests Passed: ") and _COUNTS.match(line) for line in lines):
        return 82
    marks = sum(_MARK.match(line) is not None for line in lines)
    return 66 if marks and any(map(_GROUP.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    file: str | None = None
    groups: list[tuple[int, str]] = field(default_factory=list)
    """Describe and context blocks around the next test, by indentation."""
    entry: Entry | None = None
    """The test that failed, or none for a block or file that did."""
    status: Line | None = None
    block: list[Line] = field(default_factory=list)
    summing: str = ""
    """The counts so far, where a host that is no terminal put each of them on a line."""

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if _SUM.match(mark):
            self._end()
            self.summing = mark
            return False
        if self.summing and _SUM_PART.match(mark):
            self.summing = f"{self.summing} {mark}".rstrip()
            return False
        if self.summing:
            self._sum()
        if match := _COUNTS.match(mark):
            self._end()
            self._count(match)
        elif match := _TIME.match(mark):
            self._end()
            self.session.duration = spoken_seconds(match["time"])
        elif match := _FILE.match(mark):
            self._end()
            if self.session.closed:
                return False
            self.file, self.groups = match["file"] or match["script"], []
        elif match := _GROUP.match(mark):
            self._end()
            self._leave(len(match["indent"]))
            self.groups.append((len(match["indent"]), match["name"]))
        elif match := _BROKEN.match(mark):
            self._end()
            self.entry, self.status = None, Line(line.number, match["what"].removesuffix(" with:"))
        elif (match := _MARK.match(mark)) and not _PATH.match(match["name"]):
            self._end()
            self._mark(match, line)
        elif match or _OVER.match(mark):
            self._end()
        elif self.status is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _sum(self) -> None:
        summed, self.summing = self.summing, ""
        if match := _COUNTS.match(summed):
            self._count(match)

    def _leave(self, indent: int) -> None:
        while self.groups and self.groups[-1][0] >= indent:
            self.groups.pop()

    def _mark(self, match: re.Match[str], line: Line) -> None:
        outcome = _OUTCOMES[match["mark"]]
        name, why = match["name"], ""
        if outcome is Outcome.SKIPPED and (reason := _REASON.search(name)):
            name, why = name[: reason.start()], reason["why"] or ""
        self._leave(len(match["indent"]))
        suite = " > ".join(group for _, group in self.groups)
        known = self.book.entries.get((suite, name))
        if known is not None and known.outcome is not None:  # a row of data of the same title
            name = f"{name} #{line.number}"
        entry = self.book.settle(name, suite, outcome, line, spoken_seconds(match["time"]))
        entry.file = self.file
        entry.properties += [("reason", why)] if why else []
        if outcome is Outcome.FAILED:
            self.entry, self.status = entry, line

    def _end(self) -> None:
        entry, status, block = self.entry, self.status, self.block
        self.entry, self.status, self.block = None, None, []
        if status is None or (entry is not None and not any(line.text.strip() for line in block)):
            return
        said = [line for line in block if line.text.strip()]
        margin = indent_of(said[0].text) if said else 0
        end = next((i for i, line in enumerate(said) if line.text.strip().startswith("at ")), len(said))
        message = "\n".join(line.text[min(margin, indent_of(line.text)) :] for line in said[:end])
        places = [match for line in said if (match := _PLACE.match(line.mark.strip()))]
        place = next((match for match in places if not _OWN.search(match["file"])), None)
        failure = failure_of(block, message=message) if said else Failure(source_line=status.number)
        failure = Failure(
            message if entry is not None else f"{status.text}\n{message}".strip(),
            failure.type,
            "failure" if entry is not None else "error",
            failure.trace,
            place["file"] if place else failure.file,
            int(place["line"]) if place else failure.line,
            failure.source_line if entry is not None else status.number,
        )
        (self.session.failures if entry is None else entry.failures).append(failure)

    def _count(self, match: re.Match[str]) -> None:
        passed, failed, skipped = (int(match[key]) for key in ("passed", "failed", "skipped"))
        skipped += sum(int(number) for _, number in _REST.findall(match["rest"]))
        counted = Totals(passed + failed + skipped, passed, failed, 0, skipped)
        self.session.stated = (self.session.stated or Totals()) + counted
        self.session.closed = True

    def finish(self) -> Session:
        self._end()
        self._sum()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("pester-console", _sniff, reader_of("Pester", run_after_run(_Parser)))
