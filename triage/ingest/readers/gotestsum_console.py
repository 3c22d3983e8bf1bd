"""What gotestsum prints in any of its formats, with and without ``--rerun-fails``.

Written after ``testjson/format.go`` and ``summary.go`` of gotestsum 0.4 to 1.13. Its summary names the tests that failed
or were skipped; those that passed are named in the ``testname``, ``testdox`` and ``github-actions`` formats only. Its
counts add up every run of a test, the totals here count each test once; a package that failed without a test is among
its failures, and a failure of the run here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, adding_up
from triage.ingest.console import Line, Session, reader_of, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.go_text import CRASH, build_failure, crash_failure, log_failure
from triage.model import CaseResult, Failure, Outcome, Totals

_DONE = re.compile(
    r"^DONE (?:(?P<runs>\d{1,4}) runs, )?(?P<tests>\d{1,9}) tests?(?:, (?P<skipped>\d{1,9}) skipped)?(?:, (?P<failed>\d{1,9}) failures?)?(?:, (?P<errors>\d{1,9}) errors?)?(?: in (?P<time>[\d.]+)s)?$"
)
_LISTED = re.compile(
    r"^=== (?P<status>FAIL|SKIP): (?P<suite>\S*) (?P<name>\S*)(?: \(re-run (?P<run>\d{1,4})\))?(?: \((?:(?P<time>[\d.]+)s|unknown)\))?$"
)
_SECTION = re.compile(r"^=== (?P<what>Failed|Skipped|Errors|Slow tests)$")
_TESTNAME = re.compile(
    r"^(?:(?P<group>::group::)|  )?(?P<mark>PASS|FAIL|SKIP|[✓✔✖∅\uf00c]) (?P<suite>\S+?)\.(?P<name>(?:Test|Fuzz|Example|Benchmark)\S*)(?: \(re-run (?P<run>\d{1,4})\))?(?: \((?P<time>[\d.]+)s\))?$"
)
_TESTDOX = re.compile(r"^ (?P<mark>[✓✖∅]) (?P<name>\S.*?) \((?P<time>\d+\.\d\d)s\)$")
_DOX_PACKAGE = re.compile(r"^(?P<name>[\w.-]+(?:/[\w.-]+)+):$")
_PACKAGE = re.compile(r"^  (?P<mark>PASS|FAIL|EMPTY) Package (?P<name>\S+)")
_NAMED_PACKAGE = re.compile(r"^(?P<mark>FAIL|PASS|EMPTY) (?P<name>[^\s:]+)(?: \([^()]*\))*$")
"""Of the format ``testname``: without a test."""
_MARKED_PACKAGE = re.compile(
    r"^(?P<mark>[✓✖∅])  (?P<name>[\w.-]+(?:/[\w.-]+)+) \((?:cached|[\d.]+m?s)\)(?: \([^()]*\))*$"
)
"""Of the format ``pkgname``."""
_DOTS = re.compile(r"\[(?P<name>[\w.-]+(?:/[\w.-]+)+)\](?P<dots>[·↷✖]*)")
"""A package in the only line of the format ``dots-v1``."""
_ROW = re.compile(r"^ {2,8}(?:[\d.]+m?s|🖴)? +(?P<name>[\w.-]+(?:/[\w.-]+)+) (?P<dots>[·↷✖]*)$")
_MORE = re.compile(r"^ {3,200}(?P<dots>[·↷✖]+)$")
_SO_FAR = re.compile(
    r"^ \d{1,9} tests(?:, \d{1,9} skipped)?(?:, \d{1,9} failures?)?(?:, (?P<errors>\d{1,9}) errors?)?$"
)
"""Below the rows of the format ``dots-v2``, which are printed again and again."""
_MOST_DOTS = 100_000
_OUTCOMES = {
    "FAIL": Outcome.FAILED,
    "✖": Outcome.FAILED,
    "SKIP": Outcome.SKIPPED,
    "∅": Outcome.SKIPPED,
}
_NOISE = re.compile(r"^\s*(?:=== (?:RUN|PAUSE|CONT|NAME) |--- FAIL: |--- SKIP: |--- PASS: )")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_DONE.match, lines)):
        return 86
    if any(map(_PACKAGE.match, lines)) or (any(map(_SO_FAR.match, lines)) and any(map(_ROW.match, lines))):
        return 82
    if any(_is_dots(line) for line in sample.lines):
        return 81
    if any(match is not None and match["mark"].isalpha() for match in map(_TESTNAME.match, lines)):
        return 81  # stopped before it summed up
    if any(map(_MARKED_PACKAGE.match, lines)):
        return 72
    return 72 if any(map(_DOX_PACKAGE.match, lines)) and any(map(_TESTDOX.match, lines)) else 0


def _is_dots(text: str) -> bool:
    """Whether the line is one of the format ``dots-v1``."""
    whole = text[:_MOST_DOTS]
    return whole.startswith("[") and not _DOTS.sub("", whole).strip() and any(dot in whole for dot in "·↷✖")


@dataclass
class _Listed:
    name: str
    suite: str
    status: Line
    skipped: bool
    run: int
    lines: list[Line] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    first: re.Match[str] | None = None
    """The counts of the first run."""
    last: re.Match[str] | None = None
    section: str = ""
    listed: list[_Listed] = field(default_factory=list)
    errors: list[Line] = field(default_factory=list)
    dox: CaseBook = field(default_factory=CaseBook)
    """Tests by what ``testdox`` makes of their names, which is all there is where no summary follows."""
    suite: str = ""
    group: _Listed | None = None
    """The test whose output stands in a group of its own."""
    broken: list[tuple[str, Line]] = field(default_factory=list)
    """Packages that failed."""
    said: list[Line] = field(default_factory=list)
    """What stands above the next result: of a test that failed, its output."""
    packages: int = 0
    """That were named with what became of them."""
    dots: dict[str, str] = field(default_factory=dict)
    """Of each package, where that is all there is."""
    row: str = ""
    """The package whose dots may go on in the next line."""
    so_far: tuple[Line, int] | None = None
    """How many packages broke, and the line that says so."""
    outputs: dict[tuple[str, str], _Listed] = field(default_factory=dict)
    """The output of tests that failed, which counts where no summary repeats it."""

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _DONE.match(mark):
            self.first, self.last = self.first or match, match
            self.section = ""
        elif match := _SECTION.match(mark):
            self.section = match["what"]
            self.listed, self.errors = ([], []) if self.section == "Skipped" else (self.listed, [])
        elif match := _LISTED.match(mark):
            self.listed.append(
                _Listed(
                    match["name"], match["suite"], line, match["status"] == "SKIP", int(match["run"] or 0)
                )
            )
        elif match := _TESTNAME.match(mark):
            outcome = _OUTCOMES.get(match["mark"], Outcome.PASSED)
            entry = self.book.settle(match["name"], match["suite"], outcome, line, seconds(match["time"]))
            entry.attempts = int(match["run"] or 0) + 1
            if outcome is Outcome.FAILED:
                self.outputs[entry.suite, entry.name] = _Listed(
                    entry.name, entry.suite, line, False, 0, self.said
                )
            self.said = []
            if match["group"] and outcome is Outcome.FAILED:
                self.group = _Listed(entry.name, entry.suite, line, False, 0)
        elif match := _PACKAGE.match(mark) or _NAMED_PACKAGE.match(mark) or _MARKED_PACKAGE.match(mark):
            self.broken += [(match["name"], line)] if match["mark"] in "FAIL✖" else []
            self.said, self.packages = [], self.packages + 1
        elif not self.section and self._dotted(mark, line):
            self.said = []
        elif not self.section and (match := _DOX_PACKAGE.match(mark)):
            self.suite = match["name"]
        elif not self.section and (match := _TESTDOX.match(mark)):
            outcome = _OUTCOMES.get(match["mark"], Outcome.PASSED)
            self.dox.settle(match["name"], self.suite, outcome, line, seconds(match["time"]))
        elif self.group is not None:
            if mark != "::endgroup::":
                self.group.lines.append(line)
                return
            if (failure := _failure(self.group)) is not None:
                self.book.entry(self.group.name, self.group.suite).failures.append(failure)
            self.group = None
        elif self.section == "Errors":
            self.errors.append(line)
        elif self.section and self.listed and len(self.listed[-1].lines) < MAX_BLOCK:
            self.listed[-1].lines.append(line)
        elif not self.section and len(self.said) < MAX_BLOCK:
            self.said.append(line)

    def _dotted(self, mark: str, line: Line) -> bool:
        """Whether the line has the dots of packages."""
        if match := _ROW.match(mark):
            self.row, self.dots[match["name"]] = match["name"], match["dots"]
        elif self.row and (match := _MORE.match(mark)):
            self.dots[self.row] += match["dots"]
        elif match := _SO_FAR.match(mark):
            self.so_far = Line(line.number, line.text.strip()), int(match["errors"] or 0)
        elif _is_dots(line.text):
            for match in _DOTS.finditer(line.text[:_MOST_DOTS]):
                self.dots[match["name"]] = self.dots.get(match["name"], "") + match["dots"]
        else:
            self.row = ""
            return False
        return True

    def finish(self) -> Session:
        session = self.session
        runs = int(self.last["runs"] or 1) if self.last else 1
        packages = [item for item in self.listed if not item.name]
        for item in self.listed:
            if not item.name:
                continue
            entry = self.book.entry(item.name, item.suite)
            if item.skipped:
                entry.outcome, entry.status = Outcome.SKIPPED, item.status
                reason = [
                    line.text.strip()
                    for line in item.lines
                    if line.text.strip() and not _NOISE.match(line.mark)
                ]
                entry.properties.extend([("reason", " ".join(reason))] if reason else [])
                continue
            # Every run repeats all that failed in the one before: what the last does not name has passed.
            final = item.run == runs - 1
            entry.outcome = Outcome.FAILED if final else Outcome.PASSED
            entry.status = item.status
            entry.attempts = max(entry.attempts, item.run + (1 if final else 2))
            if (failure := _failure(item)) is not None:
                entry.failures[:] = [*entry.failures, failure] if entry.attempts > 1 else [failure]
        if self.last is None:
            self._without_summary()
        session.cases = [self._without_echo(case) for case in self.book.results()]
        if any(line.text.strip() for line in self.errors):
            session.failures.append(build_failure([line for line in self.errors if line.text.strip()]))
        for item in packages:
            said = [line for line in item.lines if line.text.strip()] or [item.status]
            if not (session.failures and said[-1].text.endswith(" failed]")):
                session.failures.append(build_failure(said))
        red = {case.suite for case in session.cases if case.outcome.is_red}
        if self.last is None:
            session.failures += [build_failure([line]) for name, line in self.broken if name not in red]
        if self.first is not None and self.last is not None:
            session.closed = True
            session.duration = seconds(self.last["time"])
            session.stated = adding_up(self._stated(runs, len(packages)))
        return session

    def _without_summary(self) -> None:
        """It was stopped: what stood above the results is all there is."""
        dots = "".join(self.dots.values())
        if dots and not self.book.entries:
            passed, failed, skipped = (dots.count(dot) for dot in "·✖↷")
            self.session.stated = Totals(len(dots), passed, failed, 0, skipped)
        elif self.packages and not self.book.entries:
            self.session.stated = Totals()  # none of its tests is counted yet
        if self.so_far is not None and self.so_far[1]:
            self.session.failures.append(build_failure([self.so_far[0]]))
        self.book = self.book if self.book.entries else self.dox
        for item in self.outputs.values():
            entry = self.book.entry(item.name, item.suite)
            if not entry.failures and (failure := _failure(item)) is not None:
                entry.failures.append(failure)

    def _without_echo(self, case: CaseResult) -> CaseResult:
        """A parent of subtests that failed fails with them and says nothing of its own."""
        parent = any(
            suite == case.suite and name.startswith(f"{case.name}/") for suite, name in self.book.entries
        )
        bare = all(not failure.message for failure in case.failures)
        return replace(case, failures=()) if parent and bare else case

    def _stated(self, runs: int, packages: int) -> Totals:
        assert self.first is not None and self.last is not None
        counted = Totals.of(self.session.cases)
        tests, skipped = int(self.first["tests"]), int(self.last["skipped"] or 0)
        failed = max(0, int(self.last["failed"] or 0) - packages)
        if runs > 1:
            failed = counted.failed
            if self.first is self.last:
                again = sum(item.run > 0 for item in self.listed) + counted.flaky
                tests = max(len(self.session.cases), tests - again)
        return Totals(tests, max(0, tests - failed - skipped), failed, 0, skipped, flaky=counted.flaky)


def _failure(item: _Listed) -> Failure | None:
    lines = [line for line in item.lines if line.text.strip() and not _NOISE.match(line.mark)]
    if not lines:
        return None
    crash = next((i for i, line in enumerate(lines) if CRASH.match(line.mark)), None)
    if crash is not None:
        return replace(crash_failure(lines[crash:]), kind="error")
    return log_failure(lines)


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    """The runs: more than one program's when the counts of a first run come a second time."""
    parser = _Parser()
    pending: list[Line] = []
    for line in lines:
        pending.append(line)
        if match := _DONE.match(line.mark):
            if parser.last is not None and not match["runs"]:
                yield parser.finish()
                parser = _Parser()
            for known in pending:
                parser.feed(known)
            pending = []
    if parser.last is None:
        for known in pending:
            parser.feed(known)
    yield parser.finish()


READER = Reader("gotestsum-console", _sniff, reader_of("gotestsum", _sessions))
