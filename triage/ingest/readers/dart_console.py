"""What ``dart test`` and ``flutter test`` print: status lines of the compact, expanded and failures-only reporters, groups of
the github reporter.

After ``pkgs/test_core/lib/src/runner/reporter`` of the Dart test package 1.0 to 1.31: ``00:02 +3 ~1 -1: suite name``. A line
says what runs now, so a test ended well when the count of passes grew behind it. Passes of tests that ran beside each other
are only counted, so the last counts stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, Entry, failure_of
from triage.ingest.console import Line, Session, dedent, reader_of, run_after_run, sample_lines, until
from triage.ingest.parts import exception_type
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.flutter_text import BOX, BOX_END, IN_BOX, boxed
from triage.model import Failure, Outcome, Totals

_STATUS = re.compile(
    r"^(?:(?P<m>\d\d):(?P<s>\d\d) )?\+(?P<passed>\d{1,9})(?: ~(?P<skipped>\d{1,9}))?(?: -(?P<failed>\d{1,9}))?: "
    r"(?P<what>\S.*?)(?P<error> \[E\])?\s*$"
)
"""The failures-only reporter tells no time."""
_DONE = re.compile(
    r"^(?:All tests passed!|Some tests failed\.|All tests skipped\.|No tests ran\.|All other tests passed!)$"
)
_FILE = re.compile(r"^(?P<file>(?:[A-Za-z]:)?\S+\.dart): (?P<name>\S.*)$")
_LOADING = re.compile(r"^loading (?P<file>\S.*\.dart)$")
_NO_TEST = re.compile(r"^loading |(?:^|\s)\((?:setUpAll|tearDownAll)\)$")
"""What is counted only when it breaks."""
_FRAME = re.compile(r"^\s*(?P<file>\S+\.dart) (?P<line>\d{1,9}):\d{1,9} +\S")
_STACK = re.compile(
    r"^\s*(?:(?:(?:package|dart|file|https?):\S+|\S+\.dart|unparsed)(?: \d{1,9}:\d{1,9} | {2}) *\S|#\d+ +\S"
    r"|=+ asynchronous gap =|<asynchronous suspension>|\(elided |\.\.\.\s*$)"
)
_RETRY = re.compile(r"^Retry: (?P<name>\S.*?)\s*$")
_ERROR = re.compile(
    r"^(?:Expected: |Bad state: |Exception: |Invalid argument|Unsupported operation|Concurrent modification|Failed to load "
    r"|Test failed\. |type '|Null check operator |'\S+': Failed assertion)"
)
"""How errors begin that do not say their class."""
_GITHUB = re.compile(
    r"^(?P<group>::group::)?(?P<mark>✅|❌|❎|⏭\ufe0f?) (?P<name>\S.*?)"
    r"(?P<note> \((?:failed(?: after test completion)?|skipped)\))?$"
)
_GITHUB_TITLES = ("Passing tests", "Skipped tests")
_GITHUB_DONE = re.compile(r"^(?:🎉|::error::) ?(?P<counts>\d+ tests? (?:passed|failed).*)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    found = [match for line in lines if (match := _STATUS.match(line))]
    if any(_DONE.match(match["what"]) for match in found):
        return 84
    if any(map(_GITHUB_DONE.match, lines)) and any(map(_GITHUB.match, lines)):
        return 80
    return 66 if sum(match["m"] is not None or _is_loud(match) for match in found) >= 2 else 0


def _is_loud(match: re.Match[str]) -> bool:
    return match["error"] is not None and match["failed"] is not None


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    running: tuple[str, Line] | None = None
    before: tuple[int, int, int] = (0, 0, 0)
    """Passed, skipped and failed of the last status line."""
    timed: bool = False
    """Whether status lines tell the time."""
    entries: dict[str, Entry] = field(default_factory=dict)
    """By what the runner calls them: file and name."""
    red: Entry | None = None
    """The test whose errors are told."""
    block: list[Line] = field(default_factory=list)
    indented: bool = True
    """Whether errors stand two spaces in, where what tests print stands at the margin."""
    boxes: list[list[Line]] = field(default_factory=list)
    """What Flutter caught since the last test that failed."""
    boxed: bool = False
    """Whether the last box is open."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if (match := _STATUS.match(mark)) and (match["m"] or not self.timed):
            return self._status(match, line)
        if BOX.match(mark):
            self._end_block()
            self.boxes.append([line])
            self.boxed = True
            return False
        if self.boxed:
            self.boxed = not BOX_END.match(mark)
            self.boxes[-1].append(line)
            return False
        if match := _GITHUB_DONE.match(mark):
            self._end_block()
            self.session.stated, self.session.closed = _github(match["counts"]), True
            return True
        if match := _GITHUB.match(mark):
            self._end_block()
            self._github_mark(match, line)
        elif mark.startswith("::endgroup::"):
            self._end_block()
        elif self.red is not None:
            if (match := _RETRY.match(mark)) and match["name"] == self.red.name:
                self._retry(self.red)
            elif len(self.block) < MAX_BLOCK:
                self.block.append(line)
        return False

    def _status(self, match: re.Match[str], line: Line) -> bool:
        self._end_block()
        self.boxed = False
        self.timed = self.timed or match["m"] is not None
        passed, skipped, failed = (int(match[name] or 0) for name in ("passed", "skipped", "failed"))
        what = match["what"]
        if self.running is not None and self._entry(self.running[0]).outcome is None:
            if passed > self.before[0] and failed == self.before[2]:
                self._settle(self.running[0], Outcome.PASSED, self.running[1])
            elif skipped > self.before[1]:
                self._settle(self.running[0], Outcome.SKIPPED, self.running[1])
        # Before 0.12.5 there is no [E].
        broke = match["error"] or (failed > self.before[2] and self._entry(what).outcome is None)
        self.before = (passed, skipped, failed)
        if _DONE.match(what):
            if match["m"]:
                self.session.duration = int(match["m"]) * 60.0 + int(match["s"])
            self.session.stated = Totals(passed + skipped + failed, passed, failed, 0, skipped)
            self.session.closed = True
            return True
        if broke:
            # Another test may go on running: what broke may have ended long ago.
            self.red = self._settle(what.removesuffix(" (did not complete)"), Outcome.FAILED, line)
        else:
            self.running = None if _NO_TEST.search(what) else (what, line)
        return False

    def _entry(self, what: str) -> Entry:
        match = _FILE.match(what)
        made = Entry(match["name"], file=match["file"]) if match else Entry(what)
        return self.entries.setdefault(what, made)

    def _settle(self, what: str, outcome: Outcome, line: Line) -> Entry:
        entry = self._entry(what)
        entry.outcome, entry.status = outcome, line
        return entry

    def _github_mark(self, match: re.Match[str], line: Line) -> None:
        if match["group"] and match["name"] in _GITHUB_TITLES:
            return
        skipped = match["mark"] not in "✅❌" or match["note"] == " (skipped)"
        outcome = Outcome.SKIPPED if skipped else Outcome.PASSED if match["mark"] == "✅" else Outcome.FAILED
        entry = self._settle(match["name"], outcome, line)
        if outcome.is_red:
            self.red, self.indented = entry, False

    def _retry(self, entry: Entry) -> None:
        """The test is run again: it passed, unless more errors of it follow."""
        if self.indented:
            self._take_block(entry)
        self.block = []
        entry.attempts += 1
        entry.outcome = Outcome.PASSED

    def _end_block(self) -> None:
        if (entry := self.red) is None:
            return
        self._take_block(entry)
        self.red = None
        # The github reporter tells all retries first and calls the test failed whatever came of the last of them.
        if not self.indented and entry.attempts > max(1, len(entry.failures)):
            entry.outcome = Outcome.PASSED

    def _take_block(self, entry: Entry) -> None:
        block, self.block = self.block, []
        errors = [_failure(error, printed=not self.indented) for error in _errors(block, self.indented)]
        boxes, self.boxes = self.boxes, []
        if errors:
            entry.outcome = Outcome.FAILED
            entry.failures += [
                boxed(boxes, entry.name) if boxes and error.message.startswith(IN_BOX) else error
                for error in errors
            ]

    def finish(self) -> Session:
        if self.red is not None and self.indented:
            # The output ends here: what a retry that just began came to nobody knows.
            self.red.outcome = Outcome.FAILED
        self._end_block()
        if self.boxes and self.running is not None and self.session.stated is None:
            # Cut within a test: it fails of the exceptions that Flutter has caught in it.
            what, line = self.running
            if self._entry(what).outcome is None:
                self._settle(what, Outcome.ERROR, line).failures.append(boxed(self.boxes, what))
        passed, skipped, failed = self.before
        if self.session.stated is None and any(self.before):
            self.session.stated = Totals(passed + skipped + failed, passed, failed, 0, skipped)
        for what, entry in self.entries.items():
            if entry.outcome is None:
                continue
            case = entry.result()
            if loading := _LOADING.match(what):
                # A file that does not compile is counted as a failed test of this name.
                self.session.failures += [
                    replace(
                        failure,
                        message=failure.message or what,
                        kind="error",
                        file=failure.file or loading["file"],
                    )
                    for failure in case.failures
                ]
            else:
                self.session.cases.append(case)
        return self.session


def _errors(block: list[Line], indented: bool) -> Iterator[list[Line]]:
    """The errors of one test, each of which ends with its stack; without what the test printed behind one."""
    lines: list[Line] = []
    printed = framed = False
    for line in block:
        text = line.text
        printed = printed or (indented and bool(text.strip()) and not text.startswith("  "))
        if printed:
            break
        is_frame = _STACK.match(line.mark) is not None
        if framed and not is_frame and text.strip():
            yield lines
            lines, framed = [], False
        framed = framed or is_frame
        lines.append(line)
    if any(line.text.strip() for line in lines):
        yield lines


def _failure(lines: list[Line], *, printed: bool) -> Failure:
    """One error; ``printed`` where what the test printed may stand above it."""
    said = until(dedent((line.text for line in lines), 2), _STACK)
    if printed:
        told = said.split("\n")
        first = next((at for at, text in enumerate(told) if _ERROR.match(text) or exception_type(text)), 0)
        said = "\n".join(told[first:])
    failure = failure_of(lines, message=said)
    frame = next((match for line in lines if (match := _FRAME.match(line.mark))), None)
    return replace(failure, file=frame["file"], line=int(frame["line"])) if frame else failure


def _github(counts: str) -> Totals:
    found = {
        word: int(number)
        for number, word in re.findall(r"(\d{1,9}) (?:tests? )?(passed|failed|skipped)", counts)
    }
    passed, failed, skipped = (found.get(word, 0) for word in ("passed", "failed", "skipped"))
    return Totals(passed + failed + skipped, passed, failed, 0, skipped)


READER = Reader("dart-console", _sniff, reader_of("Dart", run_after_run(_Parser)))
