"""What Poku prints. Its tests are files, and so are its counts; the colour alone tells how what is in a file ended.

Each reporter repeats what the files that failed had printed, below their number and name; the counts come last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, spoken_seconds
from triage.ingest.console import Line, Session, dedent, indent_of, reader_of, run_after_run, sample_lines
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_FILE = re.compile(r"^[›✔✘] (?P<file>\S.*?\.\w{1,5}) › (?P<time>\d{1,9}(?:\.\d{1,9})?)ms$")
_STATUS = re.compile(r"^ (?P<how>PASS|FAIL)  (?P<file>\S.*\.\w{1,5})$")
_CLASSIC = re.compile(r"^ {2}(?P<how>[✔✘]) (?P<file>\S.*?\.\w{1,5}) › (?P<time>\d{1,9}(?:\.\d{1,9})?)ms$")
_FAILED = re.compile(r"^\d{1,9} test file\(s\) failed:$")
_LISTED = re.compile(r"^(?P<number>\d{1,9})\) (?P<file>\S.*)$")
_TEST = re.compile(r"^ *[◌●] \S")
_BROKE = re.compile(r"^ *✘ (?P<said>\S.*)$")
_THROWN = re.compile(r"^ *(?:[\w.$]{1,80}(?:Error|Exception)|Error)\b.{0,80}: ")
_RULE = re.compile(r"^─{20,}$")
_COUNTS = re.compile(
    r"^ ?PASS › (?P<passed>\d{1,9})  +FAIL › (?P<failed>\d{1,9})(?:  +SKIP › (?P<skipped>\d{1,9}))? *$"
)
_COUNTED = re.compile(r"^(?P<count>\d{1,9}) test file\(s\) (?P<how>passed|failed|skipped)$")
_DURATION = re.compile(r"^Duration +› +(?P<time>\d{1,9}(?:\.\d{1,9})?)ms")
_FINISHED = re.compile(r"^Finished in ±(?P<time>\S+ seconds)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 88 if any(map(_COUNTS.match, lines)) or any(map(_FAILED.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    files: dict[str, Outcome] = field(default_factory=dict)
    said: dict[str, list[Line]] = field(default_factory=dict)
    """What the files that failed had printed."""
    listing: bool = False
    listed: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    loose: list[Line] = field(default_factory=list)
    """What was printed without the name of its file, or before it."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _COUNTS.match(mark):
            self.counts = {how: int(count or 0) for how, count in match.groupdict().items()}
            return True
        if match := _COUNTED.match(mark):
            self.counts[match["how"]] = int(match["count"])
        elif match := _FINISHED.match(mark):
            self.session.duration = spoken_seconds(match["time"])
            return bool(self.counts)
        elif _FAILED.match(mark):
            self.listing = True
        elif self.listing and (match := _LISTED.match(mark)):
            self.listed = match["file"]
            self.said[self.listed] = []
        elif self.listing and _RULE.match(mark):
            self.listing = False
        elif self.listing and self.listed and len(self.said[self.listed]) < MAX_BLOCK:
            self.said[self.listed].append(line)
        elif match := _DURATION.match(mark):
            self.session.duration = round(float(match["time"]) / 1000, 6)
        elif match := (_STATUS.match(mark) or _CLASSIC.match(mark)):
            self.files[match["file"]] = Outcome.PASSED if match["how"] in ("PASS", "✔") else Outcome.FAILED
        elif match := _FILE.match(mark):
            self.files.setdefault(match["file"], Outcome.PASSED)
        elif len(self.loose) < MAX_BLOCK:
            self.loose.append(line)
        return False

    def finish(self) -> Session:
        for file in self.said:
            self.files[file] = Outcome.FAILED
        silent = [file for file, outcome in self.files.items() if outcome.is_red and file not in self.said]
        if len(silent) == 1:
            self.said[silent[0]] = self.loose
        elif silent:
            self.session.failures += _failures(self.loose)
        for file, outcome in self.files.items():
            failures = tuple(_failures(self.said.get(file, []))) if outcome.is_red else ()
            if outcome.is_red and not failures:
                failures = (Failure(f"{file} failed, and the console does not say why"),)
            self.session.cases.append(CaseResult(file, outcome, file=file, failures=failures))
        if self.counts:
            self.session.closed = True
            passed, failed, skipped = (self.counts.get(how, 0) for how in ("passed", "failed", "skipped"))
            self.session.stated = Totals(passed + failed + skipped, passed, failed, 0, skipped)
        return self.session


def _failures(lines: list[Line]) -> list[Failure]:
    """What did not hold, and what was thrown, each with the lines below it that stand as deep."""
    found: list[Failure] = []
    block = list[Line]()

    def end() -> None:
        if block:
            text = dedent((line.text for line in block), indent_of(block[0].text))
            said = text[0].removeprefix("✘ ")
            found.append(failure_from("\n".join(text), message=said, source_line=block[0].number))
            block.clear()

    for line in lines:
        if _TEST.match(line.mark):
            end()
        elif _BROKE.match(line.mark) or (_THROWN.match(line.mark) and not block):
            end()
            block.append(line)
        elif _RULE.match(line.mark):
            end()
        elif block and line.text.strip():
            block.append(line)
    end()
    return found


READER = Reader("poku-console", _sniff, reader_of("Poku", run_after_run(_Parser)))
