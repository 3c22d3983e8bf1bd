"""What Jest prints, plain and with ``--verbose``.

Written after the default and verbose reporters of Jest 24 to 30. Without ``--verbose`` only failed tests are named,
so the counts of the closing ``Tests:`` line stand. With many suites the failures are repeated at the end.
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
    dedent,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
    until,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_FILE = re.compile(
    r"^ {0,2}(?P<status>PASS|FAIL) +(?:(?P<project>\S[^/\\]{0,60}?) +)?(?P<file>[^\s(]+\.[A-Za-z]{2,4})"
    r"(?: \([\d.]+ ?m?s(?:, \d+ MB heap size)?\))?$"
)
_SUITES = re.compile(r"^Test Suites: +(?:(?P<failed>\d{1,9}) failed, )?(?:\d+ \w+, )*(?:\d+ of )?\d+ total$")
_TESTS = re.compile(r"^Tests: +(?P<counts>(?:\d+ \w+, )*\d+ total)$")
_TIME = re.compile(r"^Time: +(?P<seconds>[\d.]+) ?(?P<unit>ms|s|m|h)\b")
_AGAIN = re.compile(r"^Summary of all failing tests$")
_RETRIED = re.compile(r"^ LOGGING RETRY ERRORS +(?P<title>\S.*)$")
_RETRY = re.compile(r"^ RETRY \d+ *$")
_GROUP = re.compile(r"^(?:::group::|##\[group\])(?P<title>.*)$")
"""What Jest's reporter for GitHub Actions folds."""
_ERRORS_OF = re.compile(r"^Errors thrown in (?P<file>\S.*)$")
_NO_TESTS = re.compile(r"^No tests found, exiting with code 1$")
_BULLET = re.compile(r"^  ● (?P<title>\S.*)$")
_MARK = re.compile(
    r"^(?P<indent> {2,})(?P<mark>[✓√✕×○✎]) (?P<name>\S.*?)(?: \((?P<time>[\d.]+) ?(?P<unit>m?s)\))?$"
)
_DESCRIBE = re.compile(r"^(?P<indent> {2,})(?P<name>[^\s●].*)$")
# Where the message of a failure ends: the code frame, the stack, the cause.
_END = re.compile(r"^\s*(?:>\s*)?\d+ \||^\s+at \S|^\s*Cause:$|^\s*node_modules/\S+:\d+$")

_OUTCOMES = {
    "✓": Outcome.PASSED,
    "√": Outcome.PASSED,
    "✕": Outcome.FAILED,
    "×": Outcome.FAILED,
    "○": Outcome.SKIPPED,
    "✎": Outcome.SKIPPED,
}
_NOT_LOADED = "Test suite failed to run"


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(line.startswith("Charts: ") for line in lines):
        return 0  # helm unittest counts in Jest's words
    if any(map(_TESTS.match, lines)) and any(map(_SUITES.match, lines)):
        return 80
    if any(map(_FILE.match, lines)) and any(_BULLET.match(line) or _MARK.match(line) for line in lines):
        return 60
    return 60 if any(map(_NO_TESTS.match, lines)) else 0


@dataclass
class _Case:
    suite: tuple[str, ...]
    name: str
    outcome: Outcome
    status: Line
    """The line that states the outcome."""
    duration: float | None = None
    failures: list[Failure] = field(default_factory=list)
    attempts: int = 1


@dataclass
class _File:
    """What follows one ``FAIL path`` or ``PASS path`` line."""

    name: str
    project: str
    cases: list[_Case] = field(default_factory=list)
    waiting: defaultdict[str, deque[_Case]] = field(default_factory=lambda: defaultdict(deque))
    """Failed ones whose failure is not there yet, by full title; a file may use one twice."""
    placed: dict[str, _Case] = field(default_factory=dict)
    open: list[tuple[int, str]] = field(default_factory=list)
    """Describe blocks around the next mark, with their indentation."""
    in_tree: bool = True
    told: bool = False
    """Whether it was said what went wrong in it."""
    retried: list[tuple[str, Failure]] = field(default_factory=list)
    """Tries that went wrong and were made again, by full title."""

    def place_retries(self) -> None:
        """Give the tries that were made again to their tests; without a tree they are the only ones named."""
        for title, failure in reversed(self.retried):
            path = title.split(" › ")
            case = next((c for c in self.cases if [*c.suite, c.name] == path), None)
            if case is None:
                outcome = Outcome.PASSED
                case = _Case(tuple(path[:-1]), path[-1], outcome, Line(failure.source_line or 0, title))
                self.cases.append(case)
            case.failures.insert(0, failure)
            case.attempts += 1

    def add(self, case: _Case) -> None:
        self.cases.append(case)
        if case.outcome is Outcome.FAILED:
            self.waiting[" › ".join((*case.suite, case.name))].append(case)

    def failed(self, title: str, header: Line) -> _Case:
        """The case that a failure header names."""
        if not self.waiting[title] and title not in self.placed:
            *suite, name = title.split(" › ")
            self.add(_Case(tuple(suite), name, Outcome.FAILED, header))
        if self.waiting[title]:
            self.placed[title] = self.waiting[title].popleft()
        return self.placed[title]


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    files: list[_File] = field(default_factory=list)
    file: _File | None = None
    """The one of ``files`` that is being told."""
    block: Block | None = None
    repeating: bool = False
    broken: Line | None = None
    """The line that counts files which failed."""
    retrying: str = ""
    """The test whose tries are told; the line of its file comes behind them."""
    retried: list[tuple[str, Failure]] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the session."""
        if group := _GROUP.match(line.mark):
            line = Line(line.number, group["title"])
        elif line.mark in ("::endgroup::", "##[endgroup]"):
            line = Line(line.number, "")
        mark = line.mark
        if match := _TIME.match(mark):
            self._end_block()
            self.session.duration = seconds(match["seconds"], match["unit"])
            return self.session.closed
        if match := _TESTS.match(mark):
            self._end_block()
            self.session.stated, self.session.closed = _totals(match["counts"]), True
        elif (match := _SUITES.match(mark)) or _AGAIN.match(mark):
            self._end_block()
            self.repeating = True
            self.broken = line if match and match["failed"] else self.broken
        elif match := _ERRORS_OF.match(mark):
            self._end_block()
            self._errors_of(match["file"])
        elif _NO_TESTS.match(mark):
            self.session.closed = True
            self.session.failures.append(Failure(mark, kind="error", source_line=line.number))
        elif self.repeating:
            return False
        elif match := _FILE.match(mark):
            self._end_block()
            self.files.append(_File(match["file"], (match["project"] or "").strip(), retried=self.retried))
            self.file = self.files[-1]
            self.retrying, self.retried = "", []
        elif match := _RETRIED.match(mark):
            self._end_block()
            self.retrying = match["title"]
        elif self.retrying and _RETRY.match(mark):
            self._end_block()
            self.block = Block(line)
        elif self.retrying and self.block is not None:
            self.block.lines.append(line.text)
        elif self.file is None and not self.files and _begins_failure(mark):
            self.file = _File("", "", in_tree=False)  # the lines of the files were left out
            self.files.append(self.file)
            self.block = Block(line)
        elif self.file is None:
            return False
        elif _BULLET.match(mark):
            self._end_block()
            self.block = Block(line)
        elif self.block is not None and (line.text.startswith((" ", "\t")) or not line.text):
            self.block.lines.append(line.text)
        else:
            self._end_block()
            self._tree(self.file, line)
        return False

    def _errors_of(self, name: str) -> None:
        """Go back to a file whose failures are told behind all others, if they were not told before."""
        self.file = next((file for file in self.files if file.name.removeprefix("./") == name), None)
        if self.file is None:
            self.file = _File(name, "", in_tree=False)
            self.files.append(self.file)
        elif self.file.told:
            self.file = None

    def _tree(self, file: _File, line: Line) -> None:
        mark = line.mark
        if not mark.startswith("  "):
            file.in_tree = file.in_tree and not mark and not file.cases
        elif not file.in_tree:
            return
        elif match := _MARK.match(mark):
            _leave(file, len(match["indent"]))
            sign = match["mark"]
            name = match["name"].removeprefix({"○": "skipped ", "✎": "todo "}.get(sign, ""))
            suite = tuple(describe for _, describe in file.open)
            case = _Case(suite, name, _OUTCOMES[sign], line, seconds(match["time"], match["unit"]))
            file.add(case)
        elif match := _DESCRIBE.match(mark):
            _leave(file, len(match["indent"]))
            file.open.append((len(match["indent"]), match["name"]))

    def _end_block(self) -> None:
        if self.block is None:
            return
        block, self.block = self.block, None
        if self.retrying:
            self.retried.append((self.retrying, _failure(block)))
            return
        match = _BULLET.match(block.header.text)
        assert match is not None
        file, title = self.file, match["title"].strip()
        if title == "Console" or file is None:
            return
        file.told = True
        failure = _failure(block)
        if title == _NOT_LOADED:
            self.session.failures.append(replace(failure, kind="error", file=failure.file or file.name))
            return
        file.failed(title, block.header).failures.append(failure)

    def finish(self) -> Session:
        self._end_block()
        for file in self.files:
            file.place_retries()
        self.session.cases = [_result(file, case) for file in self.files for case in file.cases]
        if self.broken is not None:
            self.session.tell_red(self.broken)
        return self.session


def _begins_failure(mark: str) -> bool:
    match = _BULLET.match(mark)
    return match is not None and (" › " in match["title"] or match["title"].strip() == _NOT_LOADED)


def _leave(file: _File, indent: int) -> None:
    while file.open and file.open[-1][0] >= indent:
        file.open.pop()


def _result(file: _File, case: _Case) -> CaseResult:
    project = (file.project,) if file.project else ()
    return CaseResult(
        case.name,
        case.outcome,
        " > ".join((*project, *case.suite)),
        file.name,
        duration=case.duration,
        attempts=case.attempts,
        failures=tuple(case.failures) or ((bare_failure(case.status),) if case.outcome.is_red else ()),
        properties=tuple(("project", name) for name in project),
    )


def _failure(block: Block) -> Failure:
    message = until(dedent(block.text.split("\n"), 4), _END)
    return failure_from(block.text, message=message, source_line=block.first_line)


def _totals(counts: str) -> Totals:
    found = {word: int(number) for number, word in (part.split(" ") for part in counts.split(", "))}
    skipped = found.get("skipped", 0) + found.get("todo", 0)
    return Totals(found["total"], found.get("passed", 0), found.get("failed", 0), 0, skipped)


READER = Reader("jest-console", _sniff, reader_of("Jest", run_after_run(_Parser)))
