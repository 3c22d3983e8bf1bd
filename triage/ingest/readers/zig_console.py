"""What ``zig test`` and ``zig build test`` print, Zig 0.9 to 0.14.

Written after ``lib/compiler/test_runner.zig`` and ``build_runner.zig``. A panic ends the program: the running test is an
error, those behind it never ran.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TEST = re.compile(
    r"^(?:Test \[)?(?P<number>\d{1,6})/(?P<of>\d{1,6})\]? (?P<name>\S.*?)\.\.\. ?(?P<rest>.*)$"
)
_HOW = re.compile(r"^(?P<status>OK|SKIP|FAIL)(?: \((?P<why>\w+)\))?$")
_END = re.compile(
    r"^(?:All (?P<all>\d{1,9}) tests? passed\.|(?P<passed>\d{1,9}) passed; (?P<skipped>\d{1,9}) skipped; (?P<failed>\d{1,9}) failed\.)"
)
_BUILD = re.compile(
    r"^Build Summary: .*?; (?P<passed>\d{1,9})/(?P<tests>\d{1,9}) tests passed(?P<rest>(?:; \d{1,9} \w+)*)"
)
_FAILED = re.compile(r"^error: '(?P<name>[^']+)' failed:? ?(?P<why>.*)$")
_ERROR = re.compile(r"^(?P<file>\S+\.zig):(?P<line>\d{1,9}):\d{1,9}: error: (?P<text>.*)$")
_PLACE = re.compile(r"^(?P<file>\S+\.zig):(?P<line>\d{1,9}):\d{1,9}: 0x[0-9a-f]+ in (?P<function>\S+)")
_PANIC = re.compile(r"^thread \d+ panic: (?P<text>.*)$")
_AFTER = re.compile(
    r"^(?:error: (?:the following|while executing)|\d+ errors were logged|[A-Za-z ]+\d+ passed)"
)


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_BUILD.match, lines)):
        return 76
    tests = any(_TEST.match(line) and "test" in line for line in lines)
    return 73 if tests and any(_END.match(line) or ".zig:" in line for line in lines) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    running: Entry | None = None
    block: tuple[Entry, str, list[Line]] | None = None
    """The failed test, why, and what is printed of it."""
    lines: list[Line] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _TEST.match(mark):
            self._end()
            suite, _, name = match["name"].partition("test.")
            self.running = self.book.entry(name or suite, suite.strip(".") if name else "")
            self.running.status, self.lines = line, []
            self._how(match["rest"], line)
        elif match := _END.match(mark):
            self._end()
            groups = match.groupdict()
            passed, skipped, failed = (int(groups[key] or 0) for key in ("passed", "skipped", "failed"))
            passed += int(groups["all"] or 0)
            self.session.stated = Totals(passed + skipped + failed, passed, failed, 0, skipped)
            self.session.closed = True
        elif match := _BUILD.match(mark):
            self._end()
            tests, passed = int(match["tests"]), int(match["passed"])
            rest = {what: int(number) for number, what in re.findall(r"; (\d{1,9}) (\w+)", match["rest"])}
            skipped = rest.get("skipped", 0)
            failed = max(0, tests - passed - skipped)
            self.session.stated, self.session.closed = Totals(tests, passed, failed, 0, skipped), True
        elif match := _FAILED.match(mark):
            self._end()
            suite, _, name = match["name"].partition("test.")
            entry = self.book.settle(name or suite, suite.strip(".") if name else "", Outcome.FAILED, line)
            self.block = (entry, match["why"], [line])
        elif match := _ERROR.match(mark):
            self._end()
            self.session.failures.append(
                Failure(
                    match["text"],
                    kind="error",
                    trace=mark,
                    file=match["file"],
                    line=int(match["line"]),
                    source_line=line.number,
                )
            )
        elif _AFTER.match(mark):
            self._end()
        elif self.running is not None:
            self._how(mark, line)
        elif self.block is not None and len(self.block[2]) < MAX_BLOCK:
            self.block[2].append(line)
        return False

    def _how(self, text: str, line: Line) -> None:
        entry = self.running
        assert entry is not None
        match = _HOW.match(text) or re.match(r"^.*?(?P<status>OK|FAIL) \((?P<why>\w+)\)$", text)
        if match is None:
            if text.strip():
                self.lines.append(Line(line.number, text))
            return
        self.running = None
        entry.outcome = {"OK": Outcome.PASSED, "SKIP": Outcome.SKIPPED}.get(match["status"], Outcome.FAILED)
        if entry.outcome is Outcome.FAILED:
            self.block = (entry, match["why"] or "", list(self.lines))

    def _end(self) -> None:
        entry, self.running = self.running, None
        if entry is not None and any(_PANIC.match(line.mark) for line in self.lines):
            entry.outcome = Outcome.ERROR
            entry.failures.append(_failure("", self.lines, entry.status, "error"))
        block, self.block = self.block, None
        if block is not None:
            block[0].failures.append(_failure(block[1], block[2], block[0].status, "failure"))

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _failure(why: str, lines: list[Line], status: Line | None, kind: str) -> Failure:
    filled = [line for line in lines if line.text.strip()]
    places = [match for line in filled if (match := _PLACE.match(line.mark))]
    own = next(
        (match for match in places if match["function"].startswith("test.")), places[0] if places else None
    )
    end = next((i for i, line in enumerate(filled) if _PLACE.match(line.mark)), len(filled))
    panic = next((match for line in filled if (match := _PANIC.match(line.mark))), None)
    said = (
        panic["text"]
        if panic
        else "\n".join(line.text.strip() for line in filled[:end] if not _FAILED.match(line.mark))
    )
    first = filled[0] if filled else status
    return Failure(
        "\n".join(part for part in (said, why) if part),
        kind=kind,
        trace="\n".join(line.text for line in filled) or (status.text.strip() if status else ""),
        file=own["file"] if own else None,
        line=int(own["line"]) if own else None,
        source_line=first.number if first else None,
    )


READER = Reader("zig-test-console", _sniff, reader_of("Zig", run_after_run(_Parser)))
