"""What ``zig test`` and ``zig build test`` print.

Written after Zig 0.9 to 0.17. A build names only the tests that failed; its summary counts them all. A test that leaks
memory is among the passed for Zig, and turns the run red.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TEST = re.compile(
    r"^(?:Test \[)?\d{1,6}/\d{1,6}\]? (?P<name>\S.*?)\.\.\. ?(?P<how>OK|SKIP|FAIL(?: ?\((?P<why>\w+)\))?)?(?P<rest>.*)$"
)
_FAIL = re.compile(r"^FAIL ?\((?P<why>\w+)\)$")
_THROWN = re.compile(r"\breturn error\.(?P<why>\w+);")
_COUNTS = re.compile(
    r"^(?P<passed>\d{1,9}) passed; (?P<skipped>\d{1,9}) skipped; (?P<failed>\d{1,9}) failed\.$"
    r"|^All (?P<all>\d{1,9}) tests? passed\.$"
)
_BUILD = re.compile(
    r"\bBuild Summary: .*?; (?P<passed>\d{1,9})/(?P<tests>\d{1,9}) tests? passed(?P<rest>(?:(?:[;,]| \() ?\d{1,9} \w+)*)"
)
_STEP = re.compile(
    r"^\+- run (?:\S.* )?(?P<passed>\d{1,9})/(?P<tests>\d{1,9}) passed(?P<rest>(?:, \d{1,9} \w+)*)$"
)
"""A step of a build that failed, which counts where the output ends before the summary."""
_PART = re.compile(r"(\d{1,9}) (skipped|failed|leaked|crashed|timed)")
_BUILD_FAILED = re.compile(r"^(?:.*\berror: )?'(?P<name>[^']+)' failed(?::(?: (?P<said>.*))?)?$")
_LEAK = re.compile(
    r"^(?P<named>(?:.*\berror: )?'[^']+' leaked\b)|^\[\w{1,20}\] \(err\): (?:memory address \w+ leaked|leaked \[)|^\d{1,9} tests leaked memory\.$"
)
_LOGGED = re.compile(r"^\d{1,9} errors were logged\.$")
_DIED = re.compile(r"^error: the following (?:test )?command (?:terminated|crashed|failed)\b")
_BUILD_DIED = re.compile(
    r"^(?:.*\berror: )?while executing test '(?P<name>[^']+)', the following (?:test )?command (?P<why>terminated .*?|failed|crashed.*?)(?: \(.*\))?:$"
)
_PLACE = re.compile(r"^(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.zig):(?P<line>\d{1,9}):\d{1,9}: ")
_LIBRARY = re.compile(r"[\\/](?:lib|zig)[\\/](?:std|compiler)[\\/]")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_BUILD.search, lines)):
        return 84
    tests = [match for line in lines if (match := _TEST.match(line))]
    if any(match["how"] for match in tests) and any(map(_COUNTS.match, lines)):
        return 82
    if any(map(_STEP.match, lines)) and any(map(_BUILD_FAILED.match, lines)):
        return 80
    return 76 if tests and any(map(_DIED.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    steps: Totals | None = None
    """What the steps that failed count."""
    running: str = ""
    block: list[Line] = field(default_factory=list)
    failed: tuple[str, Line, str] | None = None
    """The test whose trace is read, the line that says so, why; without a name a leak, which is the run's."""

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if match := _BUILD.search(mark):
            self._end()
            self._state(_counted(match))
        elif match := _STEP.match(mark):
            self._end()
            self.steps = (self.steps or Totals()) + _counted(match)
        elif match := _COUNTS.match(mark):
            self._end()
            passed, failed, skipped = (int(match[key] or 0) for key in ("passed", "failed", "skipped"))
            passed += int(match["all"] or 0)
            self._state(Totals(passed + failed + skipped, passed, failed, 0, skipped))
        elif match := _TEST.match(mark):
            self._end()
            self._test(match, line)
        elif self.running and (match := _FAIL.match(mark)):
            # What the test printed stands before.
            self.failed, self.running = (self.running, line, match["why"]), ""
        elif match := _BUILD_FAILED.match(mark):
            self._end()
            self.failed = (match["name"], line, "")
            if match["said"]:
                self.block.append(Line(line.number, match["said"]))
        elif match := _BUILD_DIED.match(mark):
            self._end()
            if match["why"] != "failed":
                entry = self.book.settle(match["name"], "", Outcome.FAILED, line)
                entry.failures.append(
                    Failure(match["why"], kind="error", trace=mark, source_line=line.number)
                )
        elif _DIED.match(mark):
            self._die()
        elif _LOGGED.match(mark):
            self._end()
            self.session.tell_red(line)
        elif (match := _LEAK.match(mark)) and (match["named"] or self.failed is None):
            self._leak(line)
        elif (self.failed is not None or self.running) and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _state(self, totals: Totals) -> None:
        self.session.stated = (self.session.stated or Totals()) + totals
        self.session.closed = True

    def _test(self, match: re.Match[str], line: Line) -> None:
        name, how = match["name"], match["how"] or ""
        if how.startswith("FAIL"):
            self.failed = (name, line, match["why"] or "")
        elif how in ("OK", "SKIP"):
            outcome = Outcome.PASSED if how == "OK" else Outcome.SKIPPED
            self.book.settle(name, "", outcome, line)
        if not how:
            self.running = name
            self.block += [Line(line.number, match["rest"])] if match["rest"] else []

    def _end(self) -> None:
        failed, block = self.failed, self.block
        self.failed, self.block, self.running = None, [], ""
        if failed is None:
            return
        name, status, why = failed
        if not name:
            self.session.failures.append(_leak(status, block))
            return
        entry = self.book.settle(name, "", Outcome.FAILED, status)
        place = _place(block)
        thrown = next((match["why"] for line in block if (match := _THROWN.search(line.mark))), "")
        said, why = "\n".join(_said(block)), why or thrown
        if not block and not why:
            entry.failures.append(bare_failure(status))
            return
        entry.failures.append(
            Failure(
                "\n".join(part for part in (said, why) if part),
                why,
                "failure",
                "\n".join(line.text for line in (status, *block)).strip(),
                place["file"] if place else None,
                int(place["line"]) if place else None,
                status.number,
            )
        )

    def _leak(self, line: Line) -> None:
        counted = self.session.closed
        self._end()
        # Its last line only counts what was told.
        if not counted or not self.session.failures:
            self.failed = ("", line, "")

    def _die(self) -> None:
        """The process is gone; whether a test took it along is told by the one that runs."""
        running, block = self.running, self.block
        self._end()
        if running:
            entry = self.book.entry(running)
            entry.outcome = Outcome.ERROR
            entry.failures.append(_crash(block))
            self.session.closed = True

    def finish(self) -> Session:
        if not self.session.closed:
            self._die()
            self.session.closed = False
        self._end()
        self.session.stated = self.session.stated or self.steps
        self.session.cases = self.book.results()
        return self.session


def _counted(match: re.Match[str]) -> Totals:
    skipped = {what: int(number) for number, what in _PART.findall(match["rest"])}.get("skipped", 0)
    tests, passed = int(match["tests"]), int(match["passed"])
    return Totals(tests, passed, max(0, tests - passed - skipped), 0, skipped)


def _place(block: list[Line]) -> re.Match[str] | None:
    """The first place of the trace that is not in Zig's own library."""
    places = (match for line in block if (match := _PLACE.match(line.mark.strip())))
    return next((match for match in places if not _LIBRARY.search(match["file"])), None)


def _told(message: str, block: list[Line], place: re.Match[str] | None) -> Failure:
    trace = "\n".join(line.text for line in block).strip()
    file, number = (place["file"], int(place["line"])) if place else (None, None)
    return Failure(message, "", "error", trace, file, number, block[0].number)


def _leak(status: Line, block: list[Line]) -> Failure:
    return _told(status.text.strip(), [status, *block], _place(block))


def _crash(block: list[Line]) -> Failure:
    if not block:
        return Failure("the output ends while this test was running", kind="error")
    return _told("\n".join(_said(block)) or block[0].text.strip(), block, _place(block))


def _said(block: list[Line]) -> list[str]:
    """What was printed before the first place of the trace."""
    end = next((i for i, line in enumerate(block) if _PLACE.match(line.mark.strip())), len(block))
    return [line.text.strip() for line in block[:end] if line.text.strip()]


READER = Reader("zig-console", _sniff, reader_of("Zig", run_after_run(_Parser)))
