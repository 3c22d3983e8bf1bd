"""What ``cargo test`` prints: unit, integration and doc tests, binaries that crash, code that does not compile.

Written after ``libtest`` and Cargo of Rust 1.50 to 1.90; panics have their message behind the place since 1.73, in
quotes before it until then. The suite of a test is its target. With ``-q`` only failed tests are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.console import (
    MAX_MARK,
    Block,
    Line,
    Session,
    bare_failure,
    reader_of,
    sample_lines,
    seconds,
)
from triage.ingest.logs.severity import ERROR, severity
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.rust_text import panic_failure
from triage.model import CaseResult, Failure, Outcome, Totals, Warn

_TARGET = re.compile(r"^ +(?:Running (?:unittests )?(?P<path>[^\s(]+)?(?: ?\(.*\))?|(?P<doc>Doc-tests \S+))$")
_HASH = re.compile(r"(?:^|.*/)deps/(?P<name>.+)-[0-9a-f]{16}(?:\.exe)?$")
_COUNT = re.compile(r"^running \d+ tests?$")
_TEST = re.compile(r"^test (?P<name>\S.*?) \.\.\. ?(?P<rest>.*)$")
_STATUS = re.compile(
    r"^(?:(?P<status>ok|FAILED|ignored)(?:, (?P<reason>.*?))?|bench: .*?)(?: <(?P<seconds>[\d.]+)s>)?$"
)
_DOTS = re.compile(r"^(?P<dots>[.Fi]+)(?: \d+/\d+)?$")
"""With ``-q``."""
_KIND = re.compile(r" - (?:should panic|compile(?: fail)?)$")
_BLOCK = re.compile(r"^---- (?P<name>\S.*?) stdout ----$")
_STDERR = re.compile(r"^---- (?P<name>\S.*?) stderr ----$")
"""Within its block, where each test is a process (``panic=abort``)."""
_RESULT = re.compile(
    r"^test result: (?:ok|FAILED)\. (?P<passed>\d+) passed; (?P<failed>\d+) failed; (?P<ignored>\d+) ignored;"
    r" (?P<measured>\d+) measured;.*?(?:finished in (?P<seconds>[\d.]+)s)?$"
)
_ERROR = re.compile(r"^error(?:\[E\d+\])?: (?P<text>\S.*)$")
# Errors that only say that there were others.
_ECHO = re.compile(
    r"^(?:could not compile|aborting due to|\d+ targets? failed|(?:doc)?test failed, to rerun|command `.*` exited with)"
)
_ECHO_LINE = re.compile(r"^(?:error: test failed, to rerun|Caused by:)")
_LISTED = re.compile(r"^ {4}(?P<name>\S.*)$")
_OVERFLOWED = re.compile(r"^thread '(?P<name>[^']+)' (?:\(\d+\) )?has overflowed its stack$")
"""The thread of a test has its name."""
_PANICKED = re.compile(r"^thread '(?P<name>[^']{1,300})' (?:\(\d+\) )?panicked at ")
_LINES_OF_PANIC = 4
_MAX_PRINTED = 500
_AT = re.compile(r"^ *--> (?P<file>[^\s:]+):(?P<line>\d{1,9}):\d+$")
_NOTE = re.compile(r"^\s*(?:= note: +)?")
_MOST_OF_LINKER = 3
_DIED = re.compile(r"^  process didn't exit successfully: .*\((?:signal|exit code|exit status): ")

_OUTCOMES = {
    "ok": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "ignored": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_RESULT.match, lines)):
        return 80
    if any(map(_COUNT.match, lines)) and any(
        (match := _TEST.match(line)) and _STATUS.match(match["rest"]) for line in lines
    ):
        return 75
    if any(map(_COUNT.match, lines)) and any(map(_DIED.match, lines)):
        return 75
    if "failures:" in lines and any(map(_BLOCK.match, lines)):
        return 60
    return (
        50 if any(line.startswith("error: could not compile `") and "test" in line for line in lines) else 0
    )


@dataclass
class _Test:
    outcome: Outcome
    status: Line
    """The line that states the outcome."""
    reason: str = ""
    seconds: float | None = None
    failures: list[Failure] = field(default_factory=list)


@dataclass
class _Parser:
    """One target's tests at a time; each target with a result is a session of its own."""

    target: str = ""
    session: Session = field(default_factory=Session)
    tests: dict[str, _Test] = field(default_factory=dict)
    printed: list[Line] = field(default_factory=list)
    """What the running test printed, with ``--nocapture``."""
    running: str = ""
    """The test whose status has not been printed yet."""
    block: Block | None = None
    """What a failed test printed."""
    error: Block | None = None
    """What the compiler, or Cargo itself, says."""
    listing: bool = False
    """Whether the names of all that failed come now."""
    unended: dict[str, list[Line]] = field(default_factory=dict)
    """What was printed by those whose status is lost in it."""
    open: bool = False
    """Whether a target was started whose result line is not there yet."""
    dots: str = ""
    """Its tests, where they have no names."""

    panics: dict[str, list[Line]] = field(default_factory=dict)
    """Of threads that have the names of tests, where the lines around them were left out."""

    def feed(self, line: Line) -> Session | None:
        """Take a line; the finished session when it was the last of one."""
        mark = line.mark
        if (match := _PANICKED.match(mark)) and len(self.panics) < _MAX_PRINTED:
            self.panics[match["name"]] = [line]
        elif self.panics and line.text.strip() and not mark.startswith("note: "):
            last = next(reversed(self.panics.values()))
            if last[-1].number == line.number - 1 and len(last) < _LINES_OF_PANIC:
                last.append(line)
        if match := _RESULT.match(mark):
            return self._close(match)
        if self._inside(line):
            return None
        if match := _TARGET.match(mark):
            return self._next(match)
        if _COUNT.match(mark):
            self.open, self.printed, self.dots = True, [], ""
        elif self.open and not self.running and (match := _DOTS.match(mark)):
            self.dots += match["dots"]
        elif match := _TEST.match(mark):
            if self.running:
                self.unended[self.running] = self.printed
            self.running, self.printed = _KIND.sub("", match["name"]), []
            self._status(match["rest"], line)
        elif _DIED.match(mark) and self.open:
            self._died(mark, line)
        elif self.running:
            self._status(mark, line)
        elif _BLOCK.match(mark):
            self.block = Block(line)
        elif mark == "failures:":
            self.listing = True
        elif self.listing and (match := _LISTED.match(mark)):
            self._listed(match["name"], line)
        elif mark.startswith("error: could not compile "):
            self.session.closed = True
        elif (match := _ERROR.match(mark)) and not self.open and not _ECHO.match(match["text"]):
            self.error = Block(line)
        elif self.open and line.text.strip() and len(self.printed) < _MAX_PRINTED:
            self.printed.append(line)
        return None

    def _inside(self, line: Line) -> bool:
        """Whether the line belongs to the block that is open."""
        mark = line.mark
        if self.error is not None:
            if line.text.strip():
                self.error.lines.append(line.text)
                return True
            self._end_error()
        elif self.block is not None:
            if mark != "failures:" and not _BLOCK.match(mark):
                self.block.lines.append("" if _STDERR.match(mark) else line.text)
                return True
            self._end_block()
        return False

    def _status(self, text: str, line: Line) -> None:
        if match := _STATUS.match(text):
            test = _Test(_OUTCOMES[match["status"] or "ok"], line, match["reason"] or "")
            test.seconds = seconds(match["seconds"])
            self.tests[self.running] = test
            if test.outcome is Outcome.FAILED and (
                printed := "\n".join(known.text for known in self.printed).strip("\n")
            ):
                # Its block at the end is empty, or there is none.
                first = next(known.number for known in self.printed if known.text.strip())
                test.failures.append(panic_failure(printed, first))
            self.running = ""
        elif text.strip() and len(self.printed) < _MAX_PRINTED:
            self.printed.append(Line(line.number, text))

    def _listed(self, name: str, line: Line) -> None:
        """One that failed: what it printed may have hidden its status."""
        if name in self.tests:
            return
        test = self.tests[name] = _Test(Outcome.FAILED, line)
        printed = [known for known in self.unended.get(name, []) if known.text.strip()]
        printed = printed or self.panics.get(name, [])
        if printed:
            test.failures.append(panic_failure("\n".join(known.text for known in printed), printed[0].number))

    def _died(self, mark: str, line: Line) -> None:
        """The process of a target ended by itself: in the running test, where there is only one."""
        failure = Failure(mark.strip(), kind="error", source_line=line.number)
        printed = [known.text.strip() for known in self.printed if not _ECHO_LINE.match(known.text)]
        message = "\n".join([*printed[-3:], failure.message])
        if not self.running:
            self.running = next((match["name"] for text in printed if (match := _OVERFLOWED.match(text))), "")
        if not self.running or self.running == "main":
            self.session.failures.append(replace(failure, message=message))
            return
        test = self.tests[self.running] = _Test(Outcome.ERROR, line)
        test.failures.append(replace(failure, message=message, trace=line.text.strip()))
        self.running = ""

    def _end_block(self) -> None:
        if self.block is None:
            return
        match = _BLOCK.match(self.block.header.text)
        assert match is not None
        test = self.tests.setdefault(match["name"], _Test(Outcome.FAILED, self.block.header))
        if self.block.text or not test.failures:
            test.failures.append(panic_failure(self.block.text, self.block.first_line))
        self.block = None

    def _end_error(self) -> None:
        if self.error is None:
            return
        header = self.error.header
        place = next((found for text in self.error.lines if (found := _AT.match(text[:MAX_MARK]))), None)
        self.session.failures.append(
            Failure(
                "\n".join([header.text, *_of_linker(self.error)]),
                kind="error",
                trace="\n".join([header.text, *self.error.lines]),
                file=place["file"] if place else None,
                line=int(place["line"]) if place else None,
                source_line=header.number,
            )
        )
        self.error = None

    def _close(self, match: re.Match[str]) -> Session:
        passed, failed, skipped = (int(match[key]) for key in ("passed", "failed", "ignored"))
        passed += int(match["measured"])
        self.session.stated = Totals(passed + failed + skipped, passed, failed, 0, skipped)
        self.session.duration = seconds(match["seconds"])
        red = [test for test in self.tests.values() if test.outcome is Outcome.FAILED]
        if len(red) == 1 and not red[0].failures and self.block is None and not self.running:
            # Whoever shortened it left the panic, and not the line above it.
            said = [line for line in self.printed if line.text.strip() and line.number > red[0].status.number]
            if said:
                red[0].failures.append(panic_failure("\n".join(line.text for line in said), said[0].number))
        self.session.closed, self.open = True, False
        return self._take()

    def _next(self, match: re.Match[str]) -> Session | None:
        session = self._take() if self.tests or self.session.told else None
        self.target, self.open = _target(match), True
        return session

    def _take(self) -> Session:
        self._end_block()
        self._end_error()
        self.running, self.listing, self.unended = "", False, {}
        self.panics = {}
        session, self.session = self.session, Session()
        if self.dots and not session.closed:
            failed, skipped = self.dots.count("F"), self.dots.count("i")
            session.stated = Totals(len(self.dots), len(self.dots) - failed - skipped, failed, 0, skipped)
        self.dots = ""
        session.cases = [_result(self.target, name, test) for name, test in self.tests.items()]
        self.tests = {}
        return session

    def finish(self, last: int) -> Session:
        running = self.running
        session = self._take()
        if running:
            session.warnings.append(Warn(f"the output ends while {running} was running", last))
        return session


def _of_linker(error: Block) -> list[str]:
    """What the linker says, where that is all that rustc says of an error."""
    if not error.header.mark.startswith("error: linking with "):
        return []
    said = [_NOTE.sub("", text) for text in error.lines if len(text) <= MAX_MARK]
    return [text for text in said if severity(text) >= ERROR and not text.startswith('"')][:_MOST_OF_LINKER]


def _target(match: re.Match[str]) -> str:
    name = match["doc"] or match["path"] or ""
    built = _HASH.match(name)
    return built["name"] if built else name


def _result(target: str, name: str, test: _Test) -> CaseResult:
    return CaseResult(
        name,
        test.outcome,
        target,
        duration=test.seconds,
        failures=tuple(test.failures) or ((bare_failure(test.status),) if test.outcome.is_red else ()),
        properties=(("reason", test.reason),) if test.reason else (),
    )


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser, last = _Parser(), 0
    for line in lines:
        last = line.number
        if (session := parser.feed(line)) is not None:
            yield session
    rest = parser.finish(last)
    if rest.told or rest.warnings:
        yield rest


READER = Reader("cargo-test-console", _sniff, reader_of("cargo test", _sessions))
