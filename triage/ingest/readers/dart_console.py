"""What ``dart test`` and ``flutter test`` print: the compact, expanded and github reporters' status lines.

After ``pkgs/test_core/lib/src/runner/reporter`` of the Dart test package 1.0 to 1.26: ``00:02 +3 ~1 -1: suite name``. A line
says what runs now, so a test ended well when the count of passes grew behind it. Passes of tests that ran beside each other
are only counted, so the last counts stand. Flutter tells what a test threw in a box of its own, ahead of the line that says
that it failed.
"""

from __future__ import annotations

import re
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
    until,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_STATUS = re.compile(
    r"^(?P<m>\d\d):(?P<s>\d\d) \+(?P<passed>\d{1,9})(?: ~(?P<skipped>\d{1,9}))?(?: -(?P<failed>\d{1,9}))?: (?P<what>\S.*?)(?P<error> \[E\])?\s*$"
)
_DONE = re.compile(
    r"^(?:All tests passed!|Some tests failed\.|All tests skipped\.|No tests ran\.|All other tests passed!)$"
)
_FILE = re.compile(r"^(?P<file>(?:[A-Za-z]:)?\S+\.dart): (?P<name>\S.*)$")
_LOADING = re.compile(r"^loading (?P<file>\S.*\.dart)$")
_FRAME = re.compile(r"^\s*(?P<file>\S+\.dart) (?P<line>\d{1,9}):\d{1,9} +\S")
_END = re.compile(r"^\s*\S+\.dart \d+:\d+ +\S|^\s*#\d+ +\S|^\s*package:\S+ \d+:\d+")
_BOX = re.compile(r"^══╡ EXCEPTION CAUGHT BY .* ╞═+$")
_BOX_END = re.compile(r"^═{20,}$")
_BOX_HEAD = re.compile(r"^The following .*:$")
_BOX_SAID = re.compile(
    r"^(?:When the exception was thrown|The relevant error-causing widget|The test description was)\b"
)
_BOX_FRAME = re.compile(
    r"^#\d+ .*\((?:file://)?(?P<file>(?!package:(?:flutter|test|stack_trace)|dart:)\S+\.dart):(?P<line>\d{1,9})(?::\d+)?\)$"
)
_BOX_NAME = "The test description was:"
_IN_BOX = "Test failed. See exception logs above."
_GITHUB = re.compile(r"^(?:::group::)?(?P<mark>✅|❌|❎) (?P<name>\S.*?)(?P<note> \((?:failed|skipped)\))?$")
_GITHUB_DONE = re.compile(r"^(?:🎉|::error::) ?(?P<counts>\d+ tests? (?:passed|failed).*)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    found = [match for line in lines if (match := _STATUS.match(line))]
    if any(_DONE.match(match["what"]) for match in found):
        return 84
    if any(map(_GITHUB_DONE.match, lines)) and any(map(_GITHUB.match, lines)):
        return 80
    return 66 if len(found) >= 2 else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    running: tuple[str, Line] | None = None
    before: tuple[int, int, int] = (0, 0, 0)
    """Passed, skipped and failed of the last status line."""
    cases: dict[str, CaseResult] = field(default_factory=dict)
    block: Block | None = None
    red: str = ""
    """The test whose error is told."""
    boxes: list[Block] = field(default_factory=list)
    """What Flutter caught since the last test that failed."""
    boxed: bool = False
    """Whether the last box is open."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _STATUS.match(mark):
            return self._status(match, line)
        if _BOX.match(mark):
            self._end_block()
            self.boxes.append(Block(line))
            self.boxed = True
            return False
        if self.boxed:
            self.boxed = not _BOX_END.match(mark)
            self.boxes[-1].lines.append(line.text)
            return False
        if match := _GITHUB_DONE.match(mark):
            self._end_block()
            self.session.stated, self.session.closed = _github(match["counts"]), True
            return True
        if match := _GITHUB.match(mark):
            self._end_block()
            self._github_mark(match, line)
        elif self.block is not None:
            self.block.lines.append(line.text)
        return False

    def _status(self, match: re.Match[str], line: Line) -> bool:
        self._end_block()
        self.boxed = False
        now = tuple(int(match[name] or 0) for name in ("passed", "skipped", "failed"))
        passed, skipped, failed = now
        what = match["what"]
        if self.running is not None:
            name, at = self.running
            if name not in self.cases and passed > self.before[0] and failed == self.before[2]:
                self._record(name, Outcome.PASSED, at)
            elif name not in self.cases and skipped > self.before[1]:
                self._record(name, Outcome.SKIPPED, at)
        errors = match["error"] or (failed > self.before[2] and what not in self.cases)
        self.before, self.running = (passed, skipped, failed), None
        if _DONE.match(what):
            self.session.duration = int(match["m"]) * 60.0 + int(match["s"])
            self.session.stated = Totals(passed + skipped + failed, passed, failed, 0, skipped)
            self.session.closed = True
            return True
        if errors:  # before 0.12.5 there is no [E]
            self.red, self.block = what.removesuffix(" (did not complete)"), Block(line)
            self._record(self.red, Outcome.FAILED, line)
        elif not what.startswith("loading ") and what not in ("(setUpAll)", "(tearDownAll)"):
            self.running = (what, line)
        return False

    def _record(self, what: str, outcome: Outcome, line: Line) -> None:
        file, name = None, what
        if match := _FILE.match(what):
            file, name = match["file"], match["name"]
        failures = (bare_failure(line),) if outcome.is_red else ()
        self.cases[what] = CaseResult(name, outcome, file=file, failures=failures)

    def _github_mark(self, match: re.Match[str], line: Line) -> None:
        skipped = match["mark"] == "❎" or match["note"] == " (skipped)"
        outcome = Outcome.SKIPPED if skipped else Outcome.PASSED if match["mark"] == "✅" else Outcome.FAILED
        self._record(match["name"], outcome, line)
        if outcome.is_red:
            self.red, self.block = match["name"], Block(line)

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None or not block.text.strip():
            return
        case = self.cases[self.red]
        known = tuple(failure for failure in case.failures if failure.message)
        failure = _failure(block)
        if failure.message.startswith(_IN_BOX) and self.boxes:
            failure = _boxed(self.boxes, self.red)
        self.boxes = []
        self.cases[self.red] = CaseResult(case.name, case.outcome, file=case.file, failures=(*known, failure))

    def finish(self) -> Session:
        self._end_block()
        passed, skipped, failed = self.before
        if self.session.stated is None and any(self.before):
            self.session.stated = Totals(passed + skipped + failed, passed, failed, 0, skipped)
        for what, case in self.cases.items():
            if loading := _LOADING.match(what):
                # A file that does not compile is counted as a failed test of this name.
                self.session.failures += [
                    Failure(
                        f.message or what,
                        f.type,
                        "error",
                        f.trace,
                        f.file or loading["file"],
                        f.line,
                        f.source_line,
                    )
                    for f in case.failures
                ]
            else:
                self.session.cases.append(case)
        return self.session


def _failure(block: Block) -> Failure:
    lines = [line for line in block.text.split("\n") if line.strip() != "::endgroup::"]
    message = until(dedent(lines, 2), _END)
    frame = next((match for line in lines if (match := _FRAME.match(line[:500]))), None)
    failure = failure_from("\n".join(lines).strip(), message=message, source_line=block.first_line)
    return Failure(
        failure.message,
        failure.type,
        "failure",
        failure.trace,
        frame["file"] if frame else failure.file,
        int(frame["line"]) if frame else failure.line,
        failure.source_line,
    )


def _boxed(boxes: list[Block], test: str) -> Failure:
    """What Flutter caught in a test: of several exceptions that which names the test, else the first."""
    box = next((box for box in boxes if test.endswith(_described(box))), boxes[0])
    told = [line for line in box.lines if not _BOX_END.match(line)]
    start = next((i + 1 for i, line in enumerate(told) if _BOX_HEAD.match(line[:500])), 0)
    failure = failure_from(
        "\n".join(told).strip(), message=until(told[start:], _BOX_SAID), source_line=box.first_line + start
    )
    frame = next((match for line in told if (match := _BOX_FRAME.match(line[:500]))), None)
    return replace(
        failure,
        trace="\n".join([box.header.text, *box.lines]),
        file=frame["file"] if frame else failure.file,
        line=int(frame["line"]) if frame else failure.line,
    )


def _described(box: Block) -> str:
    """The test that a box is of, where it says so."""
    names = box.lines[box.lines.index(_BOX_NAME) + 1 :] if _BOX_NAME in box.lines else []
    return names[0].strip() if names else "\n"


def _github(counts: str) -> Totals:
    found = {
        word: int(number)
        for number, word in re.findall(r"(\d{1,9}) (?:tests? )?(passed|failed|skipped)", counts)
    }
    passed, failed, skipped = (found.get(word, 0) for word in ("passed", "failed", "skipped"))
    return Totals(passed + failed + skipped, passed, failed, 0, skipped)


READER = Reader("dart-console", _sniff, reader_of("Dart", run_after_run(_Parser)))
