"""What Vitest prints with its default, verbose and dot reporters.

Written after Vitest 0.34 to 4: older ones write the whole path of a test behind its mark and an arrow with the error
below it; newer ones write the bare title, so the describe blocks of a test that passed are not known.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    indent_of,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
    until,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_RUN = re.compile(r"^ (?:RUN|DEV)  v\d+\.\d+\.\S+ ")
_PROJECT = r"(?:(?:\|(?=[^|]{1,60}\| )| (?=\S[^|]{0,59}?  \S))(?P<project>[^|]{1,60}?)(?:\| |  ))?"
"""Between bars, or in colours between blanks."""
_FILE = re.compile(rf"^ [❯✓×↓✔] {_PROJECT}(?P<file>\S+)  ?\(\d+ tests?\b[^)]*\)")
_MARK = re.compile(rf"^ +(?P<mark>[✓✔×↓□]) {_PROJECT}(?P<name>\S.*)$")
_GROUP = re.compile(r"^ {3,}[❯✓↓×] (?P<name>\S.*) \(\d{1,9}\)(?: \d+m?s)?$")
"""A ``describe`` in a tree of tests; a test may be called the same, but has nothing below it."""
_SUFFIX = re.compile(
    r"(?: (?P<time>\d+)(?P<unit>ms|s)| \((?P<what>retry|repeat) x(?P<count>\d+)\)| \d+ MB heap used)$"
)
_FAIL = re.compile(rf"^ FAIL  {_PROJECT}(?P<file>[^\s>]+?)(?: > (?P<title>\S.*)| \[ .* \])?$")
_SECTION = re.compile(r"^⎯{3,} (?P<title>[A-Z][\w ]*?) ⎯{3,}$")
_SEPARATOR = re.compile(r"^⎯{5,}(?:\[\d+/\d+\]⎯+)?$")
_TESTS = re.compile(
    r"^ +Tests {1,2}(?P<counts>(?:\d+ [a-z ]{4,20} \| )*\d+ [a-z ]{4,20}?|no tests)(?: ?\((?P<all>\d{1,9})\))?$"
)
_FILES = re.compile(r"^ Test Files {1,2}(?P<failed>\d{1,9} failed)?")
_NO_TESTS = re.compile(r"^No test files found, exiting with code 1$")
_DURATION = re.compile(r"^ +Duration {1,2}(?P<time>[\d.]+)(?P<unit>ms|s|m)\b")
# Where the message of a failure ends: the first frame, or the code frame without one.
_END = re.compile(r"^ ❯ \S|^\s+at \S|^\s+\d+\| |^This error originated in ")

_OUTCOMES = {
    "✓": Outcome.PASSED,
    "✔": Outcome.PASSED,
    "×": Outcome.FAILED,
    "↓": Outcome.SKIPPED,
    "□": Outcome.SKIPPED,
}


_Key = tuple[str, str, str]
_MAX_DEPTH = 50


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_TESTS.match, lines)) and any(map(_FILES.match, lines)):
        return 80
    if any(map(_RUN.match, lines)):
        return 75
    sections = any(map(_SEPARATOR.match, lines)) or any(map(_SECTION.match, lines))
    failed = [match for line in lines if (match := _FAIL.match(line.rstrip()))]
    return 60 if failed and (sections or any(match["title"] for match in failed)) else 0


@dataclass
class _Case:
    file: str
    title: str
    """As the mark line has it: with or without its describe blocks."""
    outcome: Outcome
    status: Line
    """The line that states the outcome."""
    project: str = ""
    duration: float | None = None
    retries: int = 0
    suite: str = ""
    failures: list[Failure] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: list[_Case] = field(default_factory=list)
    waiting: defaultdict[_Key, deque[_Case]] = field(default_factory=lambda: defaultdict(deque))
    """Failed or retried ones without their failures, by mark: a title may be used in two describe blocks."""
    placed: dict[_Key, _Case] = field(default_factory=dict)
    """Those whose failures were found, by full path."""
    file: str = ""
    project: str = ""
    groups: list[tuple[int, str]] = field(default_factory=list)
    """The describe blocks that are open in a tree, by their indents."""
    doubtful: tuple[int, str] | None = None
    """What may be a group: the mark above."""
    section: str = ""
    headers: list[Line] = field(default_factory=list)
    """The tests that share the block below them."""
    block: Block | None = None
    broken: Line | None = None
    """The line that counts files which failed."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the session."""
        mark = line.mark.rstrip()  # a console that is copied has blanks up to its edge
        if match := _DURATION.match(mark):
            self._end_block()
            self.session.duration = seconds(match["time"], match["unit"])
            return self.session.closed
        if match := _TESTS.match(mark):
            self._end_block()
            self.session.stated, self.session.closed = _totals(match["counts"], match["all"]), True
        elif _NO_TESTS.match(mark):
            self.session.failures.append(Failure(mark, kind="error", source_line=line.number))
            self.session.closed = True
        elif match := _SECTION.match(mark):
            self._end_block()
            self.section = match["title"]
            if not self.section.startswith(("Failed ", "Unhandled Errors")):
                self.block = Block(line)
        elif _SEPARATOR.match(mark):
            self._end_block()
        elif match := _FILES.match(mark):
            self._end_block()
            self.broken = line if match["failed"] else None
        elif _FAIL.match(mark):
            if self.block is not None and self.block.text:
                self._end_block()
            line = Line(line.number, mark)
            self.headers.append(line)
            self.block = Block(line)
        elif self.block is not None:
            self.block.lines.append(line.text)
        elif match := _FILE.match(mark):
            self.file, self.project = match["file"], match["project"] or ""
            self.groups, self.doubtful = [], None
        elif (group := _GROUP.match(mark)) and mark.lstrip().startswith("❯"):
            self._place(indent_of(mark))
            self.groups.append((indent_of(mark), group["name"]))
        elif match := _MARK.match(mark):
            self._mark(match, line)
        return False

    def _mark(self, match: re.Match[str], line: Line) -> None:
        file, project, name = self.file, match["project"] or self.project, match["name"]
        duration, retries = None, 0
        while end := _SUFFIX.search(name[-40:]):
            name = name[: -len(end[0])]
            duration = seconds(end["time"], end["unit"]) if end["time"] else duration
            retries = int(end["count"]) if end["what"] == "retry" else retries
        head, arrow, rest = name.partition(" > ")
        if arrow and "." in head and " " not in head:  # the verbose reporter starts with the file
            file, name = head, rest
        if not file:
            return
        self._place(indent_of(line.mark))
        group = _GROUP.match(line.mark)
        self.doubtful = (indent_of(line.mark), group["name"]) if group else None
        name = " > ".join((*(title for _, title in self.groups), name))
        self._add(_Case(file, name, _OUTCOMES[match["mark"]], line, project, duration, retries))

    def _place(self, indent: int) -> None:
        """A line of a tree stands this deep: what it is inside of is known then."""
        doubtful, self.doubtful = self.doubtful, None
        if doubtful is not None and indent > doubtful[0]:
            case = self.cases.pop()
            if waiting := self.waiting.get((case.file, case.project, case.title)):
                waiting.pop()
            self.groups.append(doubtful)
        while self.groups and self.groups[-1][0] >= indent:
            self.groups.pop()

    def _add(self, case: _Case) -> _Case:
        self.cases.append(case)
        if case.outcome is Outcome.FAILED or case.retries:
            self.waiting[case.file, case.project, case.title].append(case)
        return case

    def _end_block(self) -> None:
        block, headers = self.block, self.headers
        self.block, self.headers = None, []
        if block is None:
            return
        failure = _failure(block)
        if not headers:
            if failure.message:
                self.session.failures.append(replace(failure, kind="error"))
            return
        for header in headers:
            match = _FAIL.match(header.text)
            assert match is not None
            if not match["title"] or self.section.startswith("Failed Suites"):
                trace = f"{header.text.strip()}\n{failure.trace or failure.message}"
                self.session.failures.append(
                    replace(failure, kind="error", trace=trace, source_line=header.number)
                )
            else:
                self._failed(match["file"], match["project"] or "", match["title"], header).failures.append(
                    failure
                )

    def _failed(self, file: str, project: str, full: str, header: Line) -> _Case:
        """The case that a failure header means: marks may have the end of its path only."""
        key = (file, project, full)
        if key not in self.placed:
            parts = full.split(" > ")
            ends = ((depth, " > ".join(parts[depth:])) for depth in range(min(len(parts), _MAX_DEPTH)))
            found = next(((n, title) for n, title in ends if self.waiting.get((file, project, title))), None)
            if found is None:
                self._add(_Case(file, full, Outcome.FAILED, header, project))
                found = (0, full)
            depth, title = found
            # Marks come in the order of the failures.
            case = self.placed[key] = self.waiting[file, project, title].popleft()
            case.suite = " > ".join(parts[:depth])
        return self.placed[key]

    def finish(self) -> Session:
        self._end_block()
        self.session.cases = [_result(case) for case in self.cases]
        if self.broken is not None:
            self.session.tell_red(self.broken)
        return self.session


def _result(case: _Case) -> CaseResult:
    suite, name = case.suite, case.title
    if not suite:
        suite, _, name = name.rpartition(" > ")
    return CaseResult(
        name,
        case.outcome,
        " > ".join(filter(None, (case.project, suite))),
        case.file,
        duration=case.duration,
        attempts=1 + case.retries,
        failures=tuple(case.failures) or ((bare_failure(case.status),) if case.outcome.is_red else ()),
        properties=(("project", case.project),) if case.project else (),
    )


def _failure(block: Block) -> Failure:
    if not block.text:
        return Failure(source_line=block.first_line)
    message = until(block.text.split("\n"), _END)
    return failure_from(block.text, message=message, source_line=block.first_line)


def _totals(counts: str, all_tests: str | None) -> Totals:
    if counts == "no tests":
        return Totals()
    pairs = (part.strip().partition(" ") for part in counts.split(" | "))
    found = {word: int(number) for number, _, word in pairs}
    passed = found.get("passed", 0) + found.get("expected fail", 0)
    skipped = found.get("skipped", 0) + found.get("todo", 0)
    failed = found.get("failed", 0)
    # Up to 1 those that a broken hook kept from running are in the sum alone.
    skipped += max(0, int(all_tests or 0) - passed - failed - skipped)
    return Totals(passed + failed + skipped, passed, failed, 0, skipped)


READER = Reader("vitest-console", _sniff, reader_of("Vitest", run_after_run(_Parser)))
