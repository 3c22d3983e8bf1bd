"""What ``prove`` and ``make test`` print of TAP programs, a line a file (with ``-v`` it is TAP: see ``tap``).

After ``TAP::Formatter::Console`` and ``TAP::Harness`` 3. What passed is only counted, so the counts of the report
stand; a program that died or broke its plan is a failure of the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.console import Line, Session, bare_failure, dedent, reader_of, run_after_run, sample_lines
from triage.ingest.logs.severity import WRAPPER, severity
from triage.ingest.parts import exception_type
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.prove_report import REPORT
from triage.model import CaseResult, Failure, Outcome, Totals

_FILE = re.compile(r"^(?:\[\d\d:\d\d:\d\d\] )?(?P<file>[^\s.#][^\s#]*) \.{2,} ?(?P<end>.*)$")
_TITLE = re.compile(r"^#   Failed test (?:'(?P<name>.*)')?(?:in )?(?:at (?P<at>\S.*) line \d{1,9}\.)?$")
_PLACE = re.compile(
    r"^#\s+(?:at|in) (?P<file>\S.*) (?:at )?line (?P<line>\d{1,9})\.$|^#   Failed test at (?P<f2>\S.*) line (?P<l2>\d{1,9})\.$"
)
_LESS = re.compile(r"^\t?\(less (?P<count>\d{1,9}) skipped subtests?: \d+ okay\)$")
_DETAIL = re.compile(
    r"^  (?P<what>Failed tests?|Non-zero (?:exit|wait) status|Parse errors|TODO passed): +(?P<said>\S.*)$"
)
_TOTAL = re.compile(r"^Files=(?P<files>\d{1,9}), Tests=(?P<tests>\d{1,9}), +(?P<time>\d+) wallclock secs")
_RESULT = re.compile(r"^Result: (?P<result>PASS|FAIL|NOTESTS)$")
_BAIL = re.compile(
    r"^(?:Bailout called\.  Further testing stopped: |FAILED--Further testing stopped:?) *(?P<why>.*)$"
)
_STOPPED = "FAILED--Further testing stopped"
"""What the harness says last of a program that bailed out: behind the counts of prove, in their place under make."""
_NOISE = re.compile(
    r"^(?:# Looks like (?:you|your)|Test Summary Report$|-{10,}$|Dubious, test returned|Failed \d+/\d+ subtests|\s*$)"
)
_TAP = re.compile(r"^\s*(?:(?:not )?ok \d+\b|1\.\.\d+)")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    summed = any(map(_TOTAL.match, lines))
    listed = any(map(_FILE.match, lines)) or any(map(REPORT.match, lines)) or any(map(_RESULT.match, lines))
    # Where a program bails out under make test, nothing is summed up.
    summed = summed or any(line.startswith(_STOPPED) for line in lines)
    if not summed or not listed:
        return 60 if any(map(REPORT.match, lines)) else 0
    return 50 if any(map(_TAP.match, lines)) else 82


@dataclass
class _File:
    wrong: list[list[Line]] = field(default_factory=list)
    """The diagnostics of each test that failed."""
    loose: list[Line] = field(default_factory=list)
    """What it said besides."""
    report: re.Match[str] | None = None
    number: int = 0
    """Where the report or the result of the file stands."""
    details: list[Line] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    files: dict[str, _File] = field(default_factory=dict)
    wrong: list[list[Line]] = field(default_factory=list)
    """Diagnostics before the line that names their file."""
    loose: list[Line] = field(default_factory=list)
    is_open: bool = False
    """Whether diagnostics go on."""
    reported: str = ""
    tests: int | None = None
    skipped: int = 0

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if self.tests is not None and _RESULT.match(mark):
            self.session.closed = True
            return True
        if match := _TOTAL.match(mark):
            self.tests, self.session.duration = int(match["tests"]), float(match["time"])
        elif match := REPORT.match(mark):
            self.reported = match["file"]
            file = self.files.setdefault(self.reported, _File())
            file.report, file.number = match, line.number
            file.details = [line]
        elif self.reported and _DETAIL.match(mark):
            self.files[self.reported].details.append(line)
        elif match := _FILE.match(mark):
            self._file(match["file"], line)
        elif match := _LESS.match(mark):
            self.skipped += int(match["count"])
        elif match := _BAIL.match(mark):
            if mark.startswith(_STOPPED) and not self.files:
                return False  # said again
            self.session.closed = self.session.closed or mark.startswith(_STOPPED)
            if not self.session.failures:
                message = match["why"] or "Bailout called"
                self.session.failures.append(
                    Failure(message, kind="error", trace=mark, source_line=line.number)
                )
        elif _TITLE.match(mark):
            self.wrong.append([line])
            self.is_open = True
        elif self.is_open and line.text.startswith("#") and not _NOISE.match(mark):
            self.wrong[-1].append(line)
        elif not _NOISE.match(mark) and not _TAP.match(mark) and not self.reported:
            self.is_open = False
            self.loose.append(line)
        else:
            self.is_open = False
        return False

    def _file(self, name: str, line: Line) -> None:
        """A line that names a file and how it ended: what was said before it is its own."""
        file = self.files.setdefault(name, _File())
        file.number = line.number
        for notes in self.wrong:
            place = _place(notes)[0]
            self.files.setdefault(place if place and place in self.files else name, file).wrong.append(notes)
        file.loose += self.loose
        self.wrong, self.loose, self.is_open = [], [], False

    def finish(self) -> Session:
        for notes in self.wrong:  # with -Q no line names the file before the report
            place = _place(notes)[0] or ""
            self.files.setdefault(place, _File()).wrong.append(notes)
        broken = [
            file for file in self.files.values() if any("Parse errors" in ln.mark for ln in file.details)
        ]
        for file in broken[:1]:
            file.loose += self.loose
        failed = 0
        for name, file in self.files.items():
            failed += self._red(name, file)
        if self.tests is not None:
            tests = max(self.tests, failed)
            skipped = min(self.skipped, tests - failed)
            self.session.stated = Totals(tests, tests - failed - skipped, failed, 0, skipped)
        return self.session

    def _red(self, name: str, file: _File) -> int:
        """What went wrong in one file, and how many of its tests failed."""
        cases = [_case(name, notes) for notes in file.wrong]
        report = file.report
        count = int(report["failed"]) if report is not None else len(cases)
        if report is not None:
            numbers = _numbers(file.details)
            for index in range(len(cases), min(count, len(cases) + len(numbers))):
                status = Line(file.number, file.details[0].text)
                title = f"test {numbers[index]}" if index < len(numbers) else f"test #{index + 1}"
                cases.append(CaseResult(title, Outcome.FAILED, file=name, failures=(bare_failure(status),)))
        self.session.cases += cases[:count] if report is not None and count else cases
        if report is not None and (broken := _broken(file, count)):
            self.session.failures.append(broken)
        return count


def _broken(file: _File, failed: int) -> Failure | None:
    """That a program died, or broke its plan; None for one that only has failed tests."""
    assert file.report is not None
    errors = [line for line in file.details if line.mark.startswith("  Parse errors:")]
    wstat = int(file.report["wstat"])
    if not errors and (failed or not wstat):
        return None
    said = [line for line in file.loose if line.text.strip()][-50:]
    why = "\n".join(line.text.strip() for line in file.details[1:] if not line.mark.startswith("  Failed "))
    lines = said or file.details
    # What stands above the first file is of the job around it.
    start = next((i for i, line in enumerate(said) if severity(line.mark) >= WRAPPER), 0)
    message = "\n".join(line.text.strip().removeprefix("# ") for line in said[start : start + 3]) or why
    trace = "\n".join(line.text for line in lines)
    if said:
        trace += "\n" + "\n".join(line.text for line in file.details)
    return Failure(
        message,
        exception_type(message),
        "error",
        trace,
        file.report["file"],
        None,
        lines[0].number,
    )


def _numbers(details: list[Line]) -> list[int]:
    """The numbers in ``Failed tests:  2-3, 6``."""
    found: list[int] = []
    for line in details:
        match = _DETAIL.match(line.mark)
        if match is None or not match["what"].startswith("Failed"):
            continue
        for part in match["said"].split(","):
            first, _, last = part.strip().partition("-")
            if first.isdecimal() and (last or first).isdecimal() and len(first) < 8 and len(last) < 8:
                found += range(int(first), min(int(last or first), int(first) + 10_000) + 1)
    return found


def _place(notes: list[Line]) -> tuple[str | None, int | None]:
    for line in notes:
        if match := _PLACE.match(line.mark):
            return match["file"] or match["f2"], int(match["line"] or match["l2"])
    return None, None


def _case(name: str, notes: list[Line]) -> CaseResult:
    match = _TITLE.match(notes[0].mark)
    title = match["name"] if match is not None and match["name"] else "unnamed test"
    file, number = _place(notes)
    said = [line.text.removeprefix("#") for line in notes[1:] if not _PLACE.match(line.mark)]
    message = "\n".join(dedent(said, 4)).strip()
    trace = "\n".join(line.text for line in notes)
    failure = Failure(message or title, "", "failure", trace, file, number, notes[0].number)
    return CaseResult(title, Outcome.FAILED, file=name or file, failures=(failure,))


READER = Reader("prove-console", _sniff, reader_of("prove", run_after_run(_Parser)))
