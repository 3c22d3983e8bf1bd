"""What the Busted of plenary.nvim, a runner inside Neovim, prints, and mini.test.

Written after plenary.nvim of 2021 to 2025, file by file or of a whole directory, and mini.test of 2022 to 2025.
mini.test names only what did not pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import takewhile

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TEST = re.compile(r"^(?P<how>Success|Fail|Pending|Error)[\t ]{1,8}\|\|[\t ]{1,8}(?P<name>\S.*?)\s*$")
_FILE = re.compile(r"^Testing: {0,8}[\t ](?P<file>\S.*?)\s*$")
_COUNT = re.compile(r"^(?:Success|Failed|Errors) ?: {0,8}[\t ]\d{1,9}\s*$")
_RED = re.compile(r"^Tests Failed\. Exit: \d+\s*$|^We had an unexpected error: |^FAILED TO LOAD FILE\s*$")
_END = re.compile(r"^(?:={20,}\s*|Scheduling: .*|Starting\.\.\..*|\t)$")
_PLACE = re.compile(r"^(?P<file>\.{0,3}[^\s:]*\.(?:lua|fnl)):(?P<line>\d{1,9}): ?(?P<said>.*)$", re.DOTALL)

_ERRORS = re.compile(r"^We had an unexpected error: ")
_NAMES = re.compile(r"\bdescriptions = \{ (?P<names>.*) \},?\s*$")
_SAID = re.compile(r"^\s*msg = \"(?P<said>.*)\"\s*$")
"""How the dump of what broke outside the tests names a block and says why; it is printed twice."""
_LUA = re.compile(
    r"^E5108: (?:Lua|Error executing (?:l|L)ua)\S*:? (?:\.{3}\S*/busted\.lua:\d{1,9}: )?(?P<said>.+)$"
)
"""What Neovim says of a file that it cannot load."""

_CASES = re.compile(r"^Total number of cases: (?P<number>\d{1,9})$")
_SIGNS = re.compile(r"^(?P<file>\S.*?\.lua)(?: \| .*)?: (?P<signs>[oOxX]+)$")
_MINI = re.compile(r"^FAIL in \"?(?P<file>[^|\"]+\.lua) \| (?P<name>.+?)\"?: ?$")
_NOTE = re.compile(r"^NOTE in .*: ?$")
_MINI_END = re.compile(r"^Fails \(\d{1,9}\) and Notes \(\d{1,9}\)$")
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t"}
_OUTCOMES = {
    "Success": Outcome.PASSED,
    "Fail": Outcome.FAILED,
    "Error": Outcome.ERROR,
    "Pending": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_TEST.match, lines)):
        return 84 if any(map(_COUNT.match, lines)) or any(map(_FILE.match, lines)) else 70
    return 82 if any(map(_CASES.match, lines)) and any(map(_SIGNS.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    file: str | None = None
    status: Line | None = None
    red: tuple[str, Outcome] | None = None
    """The test whose failure is read."""
    block: list[Line] = field(default_factory=list)
    unloaded: bool = False
    """Whether the block is of a file that could not be loaded."""
    names: str | None = None
    """Where the next error outside the tests happened; None where no such errors are told."""
    broken: Line | None = None
    mini: bool = False
    counted: int = 0
    signs: str = ""

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _TEST.match(mark):
            self._end()
            self._test(match["name"], _OUTCOMES[match["how"]], line)
        elif match := _FILE.match(mark):
            self._end()
            self.file = match["file"]
        elif match := _MINI.match(mark):
            self._end()
            self.file = match["file"]
            self._test(match["name"], Outcome.FAILED, line)
        elif match := _CASES.match(mark):
            self._end()
            self.mini, self.counted = True, self.counted + int(match["number"])
        elif self.mini and (match := _SIGNS.match(mark)):
            self.signs += match["signs"]
        elif match := _LUA.match(mark):
            self._end()
            self.unloaded, self.block = True, [line]
        elif _RED.match(mark):
            self._end()
            self.broken = self.broken or line
            self.names = "" if _ERRORS.match(mark) else None
        elif self.names is not None and (match := _NAMES.search(mark)):
            self.names = match["names"]
        elif self.names is not None and (match := _SAID.match(mark)):
            self._outside(match["said"], line)
        elif _COUNT.match(mark) or _MINI_END.match(mark):
            self._end()
            self.session.closed = True
        elif _END.match(mark) or _NOTE.match(mark):
            self._end()
        elif (self.red is not None or self.unloaded) and len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return False

    def _test(self, name: str, outcome: Outcome, line: Line) -> None:
        entry = self.book.settle(name, self.file or "", outcome, line)
        entry.file = self.file
        if outcome.is_red:
            self.red, self.status = (name, outcome), line

    def _outside(self, said: str, line: Line) -> None:
        texts = _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), said).split("\n")
        failure = _failure([Line(line.number, text) for text in texts], "error")
        if self.names:
            failure = replace(failure, message=f"{failure.message}\nin {self.names}")
        if all(replace(known, source_line=line.number) != failure for known in self.session.failures):
            self.session.failures.append(failure)

    def _end(self) -> None:
        red, status, block = self.red, self.status, self.block
        if self.unloaded:
            self.session.failures.append(_failure(block, "error"))
        self.red, self.status, self.block, self.unloaded, self.names = None, None, [], False, None
        if red is None or status is None:
            return
        name, outcome = red
        kind = "error" if outcome is Outcome.ERROR else "failure"
        entry = self.book.entry(name, self.file or "")
        if not self.mini:
            # What the next test prints is not set in.
            block = list(takewhile(lambda line: not line.text.strip() or line.text[0].isspace(), block))
        said = [line for line in block if line.text.strip()]
        entry.failures.append(_failure(said, kind) if said else bare_failure(status, kind))

    def finish(self) -> Session:
        self._end()
        if self.mini and self.counted:
            failed = sum(sign in "xX" for sign in self.signs) or len(self.book.entries)
            self.session.stated = Totals(self.counted, max(0, len(self.signs) - failed), failed, 0, 0)
        self.session.cases = [replace(case, suite="") if case.file else case for case in self.book.results()]
        if self.broken is not None:
            self.session.tell_red(self.broken)
        return self.session


def _failure(lines: list[Line], kind: str) -> Failure:
    end = next(
        (
            i
            for i, line in enumerate(lines)
            if line.text.strip().lower() in ("stack traceback:", "traceback:")
        ),
        len(lines),
    )
    message = "\n".join(line.text.strip() for line in lines[:end])
    failure = failure_of(lines, message=message, kind=kind)
    places = [_PLACE.match(line.text.strip()) for line in lines]
    if loading := _LUA.match(lines[0].text.strip()):
        places[0] = _PLACE.match(loading["said"])
        message = message.removeprefix(loading[0][: loading.start("said")])
    first = places[0]
    found = next((place for place in places if place is not None), None)
    if first is not None:
        failure = replace(failure, message=message.partition(": ")[2].strip() or message)
    return replace(
        failure,
        file=found["file"] if found else failure.file,
        line=int(found["line"]) if found else failure.line,
    )


READER = Reader("plenary-console", _sniff, reader_of("plenary", run_after_run(_Parser)))
