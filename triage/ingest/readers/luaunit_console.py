"""What LuaUnit, a runner for Lua, prints: its text, with and without ``-v``, and what it says beside a JUnit file.

After ``luaunit.lua`` of LuaUnit 3.1 to 3.4. Without ``-v`` what passed is a dot, so the counts stand; skipped tests are not
among those that it ran.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_COUNTS = re.compile(
    r"^(?:# )?Ran \d{1,9} tests? in (?P<time>[\d.]{1,20}) seconds, (?P<passed>\d{1,9}) success(?:es)?"
    r"(?P<others>(?:, \d{1,9} (?:failures?|errors?|skipped|non-selected))*)$"
)
_COUNT = re.compile(r"(?P<number>\d+) (?P<what>failure|error|skipped)")
_BESIDE = re.compile(r"^# XML output to \S")
_STATUS = re.compile(r" {4}(?P<name>\S+) \.\.\. .*?(?P<word>Ok|FAIL|ERROR|SKIP)")
_OPENED = re.compile(r" {4}(?P<name>\S+) \.\.\. ")
"""A test that printed something: its word stands alone, behind that."""
_WORD = re.compile(r"(?:Ok|FAIL|ERROR|SKIP)$")
_SECTION = re.compile(r"^(?P<what>Tests with errors|Failed tests):$")
_ITEM = re.compile(r"^\d{1,9}\) (?P<name>\S+)$")
_BEGUN = re.compile(r"^# Starting test: (?P<name>\S+)$")
_TOLD = re.compile(r"^# {3}(?P<what>Failure|Error): +(?P<said>\S.*)$")
_SAID = re.compile(r"^(?P<file>\S+\.\w{1,5}):(?P<line>\d{1,9}): (?P<said>.*)$", re.DOTALL)
_TRACE = "stack traceback:"
_OUTCOMES = {
    "Ok": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "ERROR": Outcome.ERROR,
    "SKIP": Outcome.SKIPPED,
    "Failed tests": Outcome.FAILED,
    "Tests with errors": Outcome.ERROR,
    "Failure": Outcome.FAILED,
    "Error": Outcome.ERROR,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    counted = any(_COUNTS.match(line) and not line.startswith("#") for line in lines)
    return 84 if counted or any(map(_BESIDE.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    section: str = ""
    """The list of what failed that is being told."""
    running: str = ""
    """The test that was named last."""
    entry: Entry | None = None
    block: list[Line] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _COUNTS.match(mark):
            self._end()
            self._state(match)
            return True
        if match := _SECTION.match(mark):
            self._end()
            self.section = match["what"]
        elif (match := _ITEM.match(mark)) and self.section:
            self._begin(match["name"], _OUTCOMES[self.section], line)
        elif (match := _STATUS.fullmatch(mark) or _OPENED.match(mark)) and not self.section:
            self._end()
            self.running = match["name"]
            if word := match.groupdict().get("word"):
                self._begin(self.running, _OUTCOMES[word], line)
        elif _WORD.match(mark) and self.entry is None and self.running and not self.section:
            self._begin(self.running, _OUTCOMES[mark], line)
        elif match := _BEGUN.match(mark):
            self._end()
            self.running = match["name"]
        elif (match := _TOLD.match(mark)) and self.running:
            self._begin(self.running, _OUTCOMES[match["what"]], line)
            self.block.append(Line(line.number, match["said"]))
        elif self.entry is not None and len(self.block) < MAX_BLOCK and mark.strip("=-"):
            self.block.append(Line(line.number, line.text.removeprefix("#   ")))
        return False

    def _begin(self, name: str, outcome: Outcome, line: Line) -> None:
        self._end()
        suite = name.rpartition(".")[0]
        self.entry = self.book.settle(name, suite, outcome, line)

    def _end(self) -> None:
        entry, lines = self.entry, [line for line in self.block if line.text.strip()]
        self.entry, self.block = None, []
        if entry is None or entry.outcome is None or not lines:
            return
        if entry.outcome is Outcome.SKIPPED:
            entry.properties.append(("reason", lines[0].text.strip()))
        elif entry.outcome.is_red:
            # What is told as it happens is told again at the end, with its stack.
            entry.failures = [_failure(lines, entry.outcome)]

    def _state(self, match: re.Match[str]) -> None:
        others = {found["what"]: int(found["number"]) for found in _COUNT.finditer(match["others"])}
        passed = int(match["passed"])
        failed, errors, skipped = (others.get(what, 0) for what in ("failure", "error", "skipped"))
        total = passed + failed + errors + skipped
        self.session.stated = Totals(total, passed, failed, errors, skipped)
        self.session.duration, self.session.closed = seconds(match["time"]), True

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _failure(lines: list[Line], outcome: Outcome) -> Failure:
    texts = [line.text for line in lines]
    end = texts.index(_TRACE) if _TRACE in texts else len(texts)
    said = _SAID.match("\n".join(texts[:end]))
    return Failure(
        said["said"] if said else "\n".join(texts[:end]),
        "",
        "error" if outcome is Outcome.ERROR else "failure",
        "\n".join(texts),
        said["file"] if said else None,
        int(said["line"]) if said else None,
        lines[0].number,
    )


READER = Reader("luaunit-console", _sniff, reader_of("LuaUnit", run_after_run(_Parser)))
