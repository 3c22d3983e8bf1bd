"""What Ant prints of JUnit: the ``plain`` and ``brief`` formatters of its ``junit`` task, and its summary lines.

Written after ``PlainJUnitResultFormatter``, ``BriefJUnitResultFormatter`` and ``SummaryJUnitResultFormatter`` of Ant
1.6 to 1.10; they are also read from the files that the first two write. Only ``plain`` names tests that passed, so the
counts of the classes stand; a class may be announced by two formatters and counts once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, adding_up, failure_of
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TASK = re.compile(r"^ *\[(?:[\w:-]{0,30}:)?junit(?:launcher)?\] ?")
_OTHER_TASK = re.compile(r"^ *\[[\w:-]{1,40}\] ")
_SUITE = re.compile(r"^(?:Running|Testsuite:) (?P<name>\S+)$")
_COUNTS = re.compile(
    r"^Tests run: (?P<tests>\d{1,9}), Failures: (?P<failed>\d{1,9}), Errors: (?P<errors>\d{1,9})"
    r"(?:, Skipped: (?P<skipped>\d{1,9}))?, Time elapsed: (?P<time>[\d.,]+) sec$"
)
_CASE = re.compile(
    r"^Test(?:case)?: (?P<name>\S.*?)(?:\((?P<suite>[\w.$]+)\))?"
    r"(?: took (?P<time>[\d.,]+) sec|:[\t ]+(?P<how>FAILED|Caused an ERROR|SKIPPED)(?P<why>: .*)?)$"
)
_HOW = re.compile(r"^(?:\t| {2,8})(?P<how>FAILED|Caused an ERROR|SKIPPED)(?P<why>: .*)?$")
_NAMELESS = re.compile(r"^(?P<name>Null Test): \t?(?P<how>FAILED|Caused an ERROR)(?P<why>: .*)?$")
_RED = re.compile(r"^(?:TEST|Test) (?P<name>\S+) FAILED(?: \((?P<why>crashed|timeout)\))?$")
_COMPILER = re.compile(
    r"^ *\[javac\] (?P<file>\S.*\.java):(?P<line>\d{1,9}): (?!warning)(?:error: )?(?P<text>\S.*)$"
)
_BUILD = re.compile(r"^BUILD (?P<how>SUCCESSFUL|FAILED)$")
_MAX_COMPILER = 100
_OUTCOMES = {
    "FAILED": Outcome.FAILED,
    "Caused an ERROR": Outcome.ERROR,
    "SKIPPED": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    inside = [line[match.end() :] for line in lines if (match := _TASK.match(line))]
    if any(_COUNTS.match(line) or _CASE.match(line) for line in inside):
        return 84
    told = any(map(_COUNTS.match, lines)) and any(line.startswith("Testsuite: ") for line in lines)
    return 78 if told else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suite: str = ""
    counted: dict[str, Totals] = field(default_factory=dict)
    """The counts of each class; those without a name have their line for one."""
    times: dict[str, float] = field(default_factory=dict)
    red: dict[str, Line] = field(default_factory=dict)
    """The lines that say of a class that it failed."""
    entry: Entry | None = None
    kind: str = "failure"
    block: list[Line] = field(default_factory=list)
    broken: list[Line] | None = None
    """Why the build failed."""

    def feed(self, line: Line) -> bool:
        task = _TASK.match(line.mark)
        mark = line.mark[task.end() :] if task else line.mark
        inner = Line(line.number, line.text[task.end() :] if task else line.text)
        if match := _SUITE.match(mark):
            self._end()
            self.suite = match["name"]
        elif match := _COUNTS.match(mark):
            self._end()
            self._count(match, line)
        elif match := _CASE.match(mark) or _NAMELESS.match(mark):
            self._end()
            self._case(match, inner)
        elif self.entry is not None and not self.block and (match := _HOW.match(mark)):
            self._how(match, inner)
        elif match := _RED.match(mark):
            self._end()
            self.red.setdefault(match["name"], inner)
        elif match := _COMPILER.match(line.mark):
            self._compiler(match, line)
        elif match := _BUILD.match(mark):
            self._end()
            self.session.closed = True
            self.broken = [] if match["how"] == "FAILED" else None
        elif self.broken is not None and not self.broken:
            self.broken += [line] if mark.strip() else []
        elif _OTHER_TASK.match(mark):
            self._end()
        elif self.entry is not None and self.entry.outcome is not Outcome.PASSED:
            self.block += [inner] if len(self.block) < MAX_BLOCK else []
        return False

    def _count(self, match: re.Match[str], line: Line) -> None:
        tests, failed, errors, skipped = (
            int(match[key] or 0) for key in ("tests", "failed", "errors", "skipped")
        )
        name = self.suite or str(line.number)
        self.counted[name] = Totals(tests, max(0, tests - failed - errors - skipped), failed, errors, skipped)
        self.times[name] = seconds(match["time"].replace(",", ".")) or 0.0

    def _case(self, match: re.Match[str], line: Line) -> None:
        groups = match.groupdict()
        suite = groups.get("suite") or self.suite
        # A test of a process that died is called by its class, too.
        self.entry = self.book.entry(match["name"].removeprefix(f"{suite}:"), suite)
        self.entry.outcome, self.entry.status = Outcome.PASSED, line
        if time := groups.get("time"):
            self.entry.seconds = seconds(time.replace(",", "."))
        if groups.get("how"):
            self._how(match, line)

    def _how(self, match: re.Match[str], line: Line) -> None:
        assert self.entry is not None
        outcome = self.entry.outcome = _OUTCOMES[match["how"]]
        self.entry.status = line
        self.kind = "error" if outcome is Outcome.ERROR else "failure"
        if outcome is Outcome.SKIPPED and match["why"]:
            self.entry.properties.append(("reason", match["why"].removeprefix(": ")))

    def _compiler(self, match: re.Match[str], line: Line) -> None:
        self._end()
        if len(self.session.failures) < _MAX_COMPILER:
            self.session.failures.append(
                Failure(match["text"], "", "error", line.mark, match["file"], int(match["line"]), line.number)
            )

    def _end(self) -> None:
        entry, self.entry = self.entry, None
        block, self.block = self.block, []
        said = any(line.text.strip() for line in block)
        if said and entry is not None and entry.outcome in (Outcome.FAILED, Outcome.ERROR):
            entry.failures.append(failure_of(block, kind=self.kind))

    def finish(self) -> Session:
        self._end()
        session = self.session
        session.cases = self.book.results()
        told = {case.suite for case in session.cases if case.outcome.is_red}
        for name, line in self.red.items():
            if name not in told:
                session.failures.append(Failure(line.text, kind="error", source_line=line.number))
        if self.counted:
            session.closed = True
            # Where the output begins behind the counts of a class, its tests are all there is.
            others = Totals.of(case for case in session.cases if case.suite not in self.counted)
            session.stated = adding_up(sum(self.counted.values(), others))
            session.duration = round(sum(self.times.values()), 6)
        for line in self.broken or []:
            session.tell_red(line)
        return session


READER = Reader("ant-console", _sniff, reader_of("Ant", run_after_run(_Parser)))
