"""What XCTest and Swift Testing print: ``xcodebuild test``, ``swift test`` on any system, xcpretty and xcbeautify.

Written after swift-corelibs-xctest's ``PrintObserver``, Xcode's log, Swift Testing's ``HumanReadableOutputRecorder``
and xcpretty's and xcbeautify's formatters. Parallel and serial logs of Xcode differ in how they spell a test; a test
that is run again and passes is flaky.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.ingest.case_book import CaseBook, Entry
from triage.ingest.console import Line, Session, reader_of, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_CASE = re.compile(
    r"^\s*Test [Cc]ase '(?P<name>[^']+)' (?P<how>started|passed|failed|skipped)\b(?: on '[^']*')?(?:.*?\((?P<time>[\d.]+) seconds?\))?"
)
_TESTED = re.compile(r"^\[\d{1,9}/\d{1,9}\] Testing (?P<suite>[\w.]+)/(?P<name>\w+)$")
"""What ``swift test --parallel`` says of each test that ended; it tells more of those alone that failed."""
_SUITE = re.compile(r"^\s*Test Suite '(?P<name>[^']+)' (?P<how>started|passed|failed)\b")
_EXECUTED = re.compile(
    r"^\s*Executed (?P<tests>\d{1,9}) tests?, with (?:(?P<skipped>\d{1,9}) tests? skipped and )?(?P<failed>\d{1,9}) failures? \((?P<unexpected>\d{1,9}) unexpected\) in (?P<time>[\d.]+) \("
)
_ERROR = re.compile(
    r"^(?P<file>\S[^:]*):(?P<line>\d{1,9}): (?:error: )?(?P<name>-\[[^\]]+\]|[\w.]+\.\w+) : (?P<text>.*)$"
)
_SKIP = re.compile(
    r"^(?P<file>\S[^:]*):(?P<line>\d{1,9}): (?P<name>-\[[^\]]+\]|[\w.]+\.\w+) : Test skipped(?:: | - )?(?P<why>.*)$"
)
_SWIFT = re.compile(
    r"^(?P<mark>\S{1,2}) {1,2}Test (?P<name>.+?)(?: with \d+ test cases?)? (?P<how>passed|failed|skipped|started)(?: after (?P<time>[\d.]+) seconds)?(?: with (?P<issues>\d+ (?:known )?issues?.*?))?(?:: \"(?P<why>.*)\")?\.?$"
)
_SWIFT_ISSUE = re.compile(
    r"^(?P<mark>\S{1,2}) {1,2}Test (?P<name>.+?) recorded an? (?P<what>(?:known )?issue)(?: with \d+ arguments? (?P<arguments>.*?))?(?: at (?P<file>[^\s:]+):(?P<line>\d{1,9}):\d+)?: (?P<text>.*)$"
)
_SWIFT_MORE = re.compile(r"^(?:(?:↳|􀄵) {1,2}| {2,3}(?=\S))(?P<text>.*)$")
_SWIFT_RUN = re.compile(
    r"^\S{1,2} {1,2}Test run with (?P<tests>\d{1,9}) tests?(?: in \d+ suites?)? (?P<how>passed|failed) after (?P<time>[\d.]+) seconds"
)
_SWIFT_NOT_CASE = re.compile(r"^(?:run with |case passing )")
_PRETTY = re.compile(
    r"^ {0,8}(?P<mark>✓|✔|✗|✖|⊘|⧖|~|\.|x|-) (?P<name>(?:[\w]+|\[[^\]]+\] \w+)[^,]*?)(?:,? \((?P<time>[\d.]+) seconds?\)|, (?P<why>.+))$"
)
_PRETTY_BEAUTY = re.compile(
    r"^ {4,}(?P<mark>✖) (?P<name>[\w ]+(?:\(\))?) on '[^']*' \((?P<time>[\d.]+) seconds\)$"
)
_PRETTY_SUITE = re.compile(r"^(?:Test Suite )?(?P<name>[A-Z]\w*(?:Tests?|Spec|Case)\w*)(?: started)?$")
_CRASH = re.compile(
    r"^(?:\s*(?:Restarting after unexpected exit|Crash: |Fatal error: |.*: Fatal error: )|error: Exited with (?:unexpected )?signal code \d+|\*\*\* Terminating app due to uncaught exception)"
)
_EXITED = re.compile(r"^error: Exited with ")
"""What says that a process died, not of what."""
_BUILD = re.compile(
    r"^(?P<file>/?[\w./ +-]+\.(?:swift|m|mm|h|c|cpp)):(?P<line>\d{1,9}):\d+: (?:fatal )?error: (?P<text>.*)$"
)
_XCODE = re.compile(
    r"^(?:xcodebuild: error: |error: (?:no such module|fatalError|terminated|unable to|missing)|❌ +(?:error: )?)(?P<text>.*)$"
)
# What fastlane and older versions of xcpretty put before every line.
_FASTLANE = re.compile(r"^(?:\[\d\d:\d\d:\d\d\]: )?▸ ?")
_TARGET = re.compile(r"^\s*(?P<text>(?:Test target )?\S+(?:\(\))? encountered an error \(.*)$")
_END = re.compile(r"^\*\* (?:TEST|BUILD|TEST BUILD|TEST EXECUTE) (?P<how>SUCCEEDED|FAILED|INTERRUPTED) \*\*")


def _sniff(sample: Sample) -> int:
    lines = [_FASTLANE.sub("", line) for line in sample_lines(sample)]
    if any(_EXECUTED.match(line) or _SWIFT_RUN.match(line) for line in lines):
        return 77
    if any((match := _CASE.match(line)) and match["how"] != "started" for line in lines):
        return 74
    return 70 if any(map(_END.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    running: Entry | None = None
    """The test of XCTest that has begun."""
    reported: Failure | None = None
    pending: dict[str, list[Failure]] = field(default_factory=dict)
    """Failures by spelled test, until it ends."""
    tested: list[tuple[str, str]] = field(default_factory=list)
    """Suites, with their modules, and names of the tests that ended in a parallel run."""
    executed: list[tuple[str, Totals, float | None]] = field(default_factory=list)
    suite: str = ""
    suites: list[str] = field(default_factory=list)
    swift: Totals | None = None
    issue: tuple[Entry, Failure] | None = None
    times: list[float] = field(default_factory=list)
    last_suite: str = ""
    crash: Line | None = None

    ended_red: Line | None = None
    """Where it says that it failed, whatever of."""

    def feed(self, line: Line) -> None:
        mark = _FASTLANE.sub("", line.mark)
        if self.issue is not None:
            if match := _SWIFT_MORE.match(mark):
                entry, old = self.issue
                message = f"{old.message}\n{match['text']}"
                new = Failure(
                    message, old.type, old.kind, f"{old.trace}\n{mark}", old.file, old.line, old.source_line
                )
                entry.failures[entry.failures.index(old)] = new
                self.issue = (entry, new)
                return
            self.issue = None
        if match := _CASE.match(mark):
            self._case(match, line)
        elif match := _TESTED.match(mark):
            self.tested.append((match["suite"], match["name"]))
        elif match := _SUITE.match(mark):
            if match["how"] == "started":
                self.suites.append(match["name"])
            else:
                self.suites = self.suites[:-1]
                self.last_suite = match["name"]
        elif match := _EXECUTED.match(mark):
            self._executed(match)
        elif match := _SKIP.match(mark):
            suite, name = _split(match["name"])
            if match["why"]:
                self.book.entry(name, suite).properties.append(("reason", match["why"]))
        elif (match := _ERROR.match(mark)) and not _BUILD.match(mark):
            self._error(match, line)
        elif self._swift(mark, line) or self._pretty(mark, line):
            pass
        elif match := _END.match(mark):
            self.session.closed = True
            self.ended_red = self.ended_red or (line if match["how"] != "SUCCEEDED" else None)
        elif (match := _BUILD.match(mark) or _XCODE.match(mark) or _TARGET.match(mark)) and len(
            self.session.failures
        ) < 200:
            groups = match.groupdict()
            failure = Failure(
                match["text"],
                kind="error",
                trace=line.text.strip(),
                file=groups.get("file"),
                line=int(groups["line"]) if groups.get("line") else None,
                source_line=line.number,
            )
            if all(
                (known.message, known.file, known.line) != (failure.message, failure.file, failure.line)
                for known in self.session.failures
            ):
                self.session.failures.append(failure)
        elif _CRASH.match(mark):
            if self.crash is None or _EXITED.match(self.crash.mark):
                self.crash = line
            if mark.lstrip().startswith("Restarting"):
                self._died(line)

    def _case(self, match: re.Match[str], line: Line) -> None:
        suite, name = _split(match["name"])
        entry = self.book.entry(name, suite)
        if match["how"] == "started":
            self._died(line)
            self.running, entry.status = entry, line
            return
        self.running = self.crash = None
        outcome = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "skipped": Outcome.SKIPPED}[
            match["how"]
        ]
        if entry.outcome is Outcome.FAILED:
            entry.attempts += 1
        entry.outcome, entry.status = outcome, line
        entry.seconds = seconds(match["time"]) if match["time"] else entry.seconds
        entry.failures.extend(self.pending.pop(f"{suite}.{name}", []))

    def _died(self, line: Line) -> None:
        """The running test never ended: the process crashed in it."""
        entry, self.running = self.running, None
        if entry is None:
            return
        entry.outcome = Outcome.ERROR
        told = self.crash or entry.status or line
        message = f"the process died while {entry.suite}.{entry.name} was running"
        if self.crash is not None:
            message = f"{self.crash.text.strip()}\n{message}"
        entry.failures.append(
            Failure(message, kind="error", trace=told.text.strip(), source_line=told.number)
        )
        self.crash = None

    def _error(self, match: re.Match[str], line: Line) -> None:
        suite, name = _split(match["name"])
        known = match["file"] not in ("<unknown>", "<EXPR>")
        failure = Failure(
            match["text"].rstrip().removesuffix(" -"),
            "",
            "failure",
            line.text.strip(),
            match["file"] if known else None,
            int(match["line"]) if known else None,
            line.number,
        )
        self.pending.setdefault(f"{suite}.{name}", []).append(failure)

    def _executed(self, match: re.Match[str]) -> None:
        tests, failures, skipped = int(match["tests"]), int(match["failed"]), int(match["skipped"] or 0)
        # The failures counted here are assertions; a test may have several.
        failed = min(failures, tests - skipped)
        totals = Totals(tests, max(0, tests - failed - skipped), failed, 0, skipped)
        self.executed.append((self.last_suite, totals, seconds(match["time"])))
        self.session.closed = True

    def _swift(self, mark: str, line: Line) -> bool:
        if match := _SWIFT_RUN.match(mark):
            tests = int(match["tests"])
            self.swift = (self.swift or Totals()) + Totals(tests, tests)
            self.times.append(seconds(match["time"]) or 0.0)
            self.session.closed = True
        elif match := _SWIFT_ISSUE.match(mark):
            entry = self.book.entry(_title(match["name"]))
            text = match["text"] + (f"\nwith {match['arguments']}" if match["arguments"] else "")
            failure = Failure(
                text,
                "",
                "failure",
                line.text.strip(),
                match["file"],
                int(match["line"]) if match["line"] else None,
                line.number,
            )
            if match["what"].startswith("known"):
                entry.properties.append(("known issue", match["text"]))
            else:
                entry.failures.append(failure)
                self.issue = (entry, failure)
        elif (
            (match := _SWIFT.match(mark))
            and not _SWIFT_NOT_CASE.match(match["name"])
            and match["mark"] not in ("[", "(")
        ):
            if match["how"] != "started":
                outcome = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "skipped": Outcome.SKIPPED}[
                    match["how"]
                ]
                entry = self.book.entry(_title(match["name"]))
                entry.outcome, entry.status = outcome, line
                entry.seconds = seconds(match["time"]) if match["time"] else None
                if match["why"]:
                    entry.properties.append(("reason", match["why"]))
        else:
            return False
        return True

    def _pretty(self, mark: str, line: Line) -> bool:
        """The lines of xcpretty and xcbeautify."""
        if match := _PRETTY.match(mark) or _PRETTY_BEAUTY.match(mark):
            groups = match.groupdict()
            red, skipped = match["mark"] in "✗✖x", match["mark"] in "⊘⧖~-"
            outcome = Outcome.FAILED if red else Outcome.SKIPPED if skipped else Outcome.PASSED
            entry = self.book.entry(match["name"].strip(), self.suite)
            if entry.outcome is Outcome.FAILED and red:
                return True
            if entry.outcome is Outcome.FAILED:
                entry.attempts += 1
            entry.outcome, entry.status = outcome, line
            entry.seconds = seconds(groups.get("time")) if groups.get("time") else None
            if red and groups.get("why"):
                entry.failures.append(
                    Failure(groups["why"] or "", trace=mark.strip(), source_line=line.number)
                )
        elif match := _PRETTY_SUITE.match(mark):
            self.suite = match["name"]
        else:
            return False
        return True

    def finish(self, last: Line | None) -> Session:
        if last is not None and (self.crash is not None or self.session.closed):
            self._died(last)
        elif self.running is not None:
            self.running.outcome = None
        session = self.session
        for key, failures in self.pending.items():
            suite, _, name = key.rpartition(".")
            entry = self.book.entry(name, suite)
            entry.failures.extend(failures)
            entry.outcome = entry.outcome or Outcome.FAILED
        for suite, name in self.tested:
            # Its own lines name the module on Apple's systems alone.
            bare = suite.rpartition(".")[2]
            if not self.book.entries.keys() & {(suite, name), (bare, name)}:
                self.book.entry(name, bare).outcome = Outcome.PASSED
        session.cases = self.book.results()
        counted = Totals.of(session.cases)
        outer = [
            item
            for item in self.executed
            if item[0] in ("All tests", "Selected tests", "Debug tests", "debug.xctest", "release.xctest")
        ]
        outer = (
            [item for item in outer if item[0] in ("All tests", "Selected tests")]
            or outer
            or self.executed[-1:]
        )
        stated = sum((totals for _, totals, _ in outer), Totals())
        if self.swift is not None:
            stated += self.swift
        # Each try of a test that is run again was executed.
        again = sum(case.attempts - 1 for case in session.cases)
        if stated.tests - again > counted.tests:
            rest = stated.tests - counted.tests
            # Assertions are counted there: they stand for tests where none that failed is named.
            bad = counted.failed if counted.red else min(rest, stated.failed)
            session.stated = Totals(
                stated.tests,
                max(0, counted.passed + rest - (bad - counted.failed)),
                bad,
                counted.errors,
                max(counted.skipped, 0 if counted.tests else stated.skipped),
                flaky=counted.flaky,
            )
            if not counted.tests:
                session.stated = stated
        times = [time for _, _, time in outer if time is not None] + self.times
        session.duration = round(sum(times), 6) if times else None
        if self.ended_red is not None and not session.totals.red:
            session.tell_red(self.ended_red)
        return session


def _split(spelled: str) -> tuple[str, str]:
    """Class and method of ``-[Module.Class method]``, ``Module.Class.method`` or ``Class.method()``."""
    if spelled.startswith("-["):
        suite, _, name = spelled[2:].rstrip("]").partition(" ")
        return suite, name or suite
    suite, _, name = spelled.rpartition(".")
    return suite, name


def _title(name: str) -> str:
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser, last = _Parser(), None
    for line in lines:
        parser.feed(line)
        last = line
    yield parser.finish(last)


READER = Reader("xctest-console", _sniff, reader_of("XCTest", _sessions))
