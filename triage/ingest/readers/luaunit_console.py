"""What LuaUnit prints: dots, ``--verbose``, and what it says beside the file that ``-o junit`` writes (with ``-o tap`` it is TAP).

After ``luaunit.lua`` 3.2 to 3.4. Without ``--verbose`` the tests that passed have no name, so its counts stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, failure_of
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines, seconds
from triage.ingest.reader import Reader, Sample
from triage.model import Outcome, Totals

_RAN = re.compile(
    r"^(?:# )?Ran (?P<tests>\d{1,9}) tests? in (?P<time>[\d.]+) seconds, (?P<passed>\d{1,9}) success(?:es)?(?:, (?P<failed>\d{1,9}) failures?)?"
    r"(?:, (?P<errors>\d{1,9}) errors?)?(?:, (?P<skipped>\d{1,9}) skipped)?(?:, \d{1,9} non-selected)?$"
)
_TAP = re.compile(r"^(?:not )?ok\s+\d")
_BEGUN = re.compile(r"^(?: {4}(?P<name>[\w.\[\]]+) \.\.\. ?|# Starting test: (?P<other>\S.*))(?P<rest>.*)$")
_STATUS = re.compile(r"^(?P<status>Ok|FAIL|ERROR|SKIP)$")
_BESIDE = re.compile(r"^#   (?P<status>Failure|Error|Skipped): +(?P<said>.*)$")
_SECTION = re.compile(r"^(?P<what>Tests with errors|Failed tests):$")
_NUMBERED = re.compile(r"^(?P<number>\d{1,9})\) (?P<name>\S.*)$")
_OVER = re.compile(r"^(?:={20,}|# Starting class: .*|ERROR during LuaUnit test execution:)$")
_OUTCOMES = {
    "Ok": Outcome.PASSED,
    "FAIL": Outcome.FAILED,
    "Failure": Outcome.FAILED,
    "Failed tests": Outcome.FAILED,
    "ERROR": Outcome.ERROR,
    "Error": Outcome.ERROR,
    "Tests with errors": Outcome.ERROR,
    "SKIP": Outcome.SKIPPED,
    "Skipped": Outcome.SKIPPED,
}
_FUNCTIONS = "[TestFunctions]"
"""The class of tests without one, as its JUnit file has it."""


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if not any(map(_RAN.match, lines)):
        return 0
    return 40 if any(map(_TAP.match, lines)) else 84


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    running: str = ""
    """The test whose result has not come yet."""
    section: str = ""
    told: str = ""
    """The test whose message is being read."""
    said: list[Line] = field(default_factory=list)
    number: int = 0
    blank: bool = True

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _RAN.match(mark):
            self._end()
            self._sum_up(match)
            return True
        if match := _SECTION.match(mark):
            self._end()
            self.section, self.number = match["what"], 0
        elif self.section:
            self._listed(line)
        elif match := _BEGUN.match(mark):
            self._end()
            self.running = match["name"] or match["other"]
            if match["other"]:
                self._settle("Ok", line)
                self.running = match["other"]
            elif status := _STATUS.match(match["rest"]):
                self._settle(status["status"], line)
        elif self.running and (match := _STATUS.match(mark)):
            self._settle(match["status"], line)
        elif self.running and (match := _BESIDE.match(mark)):
            self._settle(match["status"], line)
            self.said = [Line(line.number, match["said"])]
        elif _OVER.match(mark):
            self._end()
        elif self.told and len(self.said) < MAX_BLOCK:
            self.said.append(Line(line.number, line.text.removeprefix("#   ")))
        self.blank = not mark.strip()
        return False

    def _listed(self, line: Line) -> None:
        """A line of the list of what went wrong, which has the stacks as well."""
        match = _NUMBERED.match(line.mark)
        if match and int(match["number"]) == self.number + 1 and (self.blank or not self.number):
            self._end()
            self.number += 1
            self.running = match["name"]
            self._settle(self.section, line)
            self.book.entry(match["name"], _suite(match["name"])).failures.clear()
        elif self.told and len(self.said) < MAX_BLOCK:
            self.said.append(line)

    def _settle(self, status: str, line: Line) -> None:
        outcome = _OUTCOMES[status]
        self.book.settle(self.running, _suite(self.running), outcome, line)
        self.told, self.running = self.running if outcome is not Outcome.PASSED else "", ""
        self.said = []

    def _end(self) -> None:
        """The message of a test is told whole."""
        name, self.told = self.told, ""
        if not name or not any(line.text.strip() for line in self.said):
            return
        entry = self.book.entry(name, _suite(name))
        if entry.outcome is Outcome.SKIPPED:
            entry.properties.append(("reason", " ".join(line.text.strip() for line in self.said).strip()))
            return
        stack = next((i for i, ln in enumerate(self.said) if ln.text == "stack traceback:"), len(self.said))
        message = "\n".join(line.text for line in self.said[:stack]).strip()
        kind = "error" if entry.outcome is Outcome.ERROR else "failure"
        entry.failures.append(failure_of(self.said, message=message, kind=kind))

    def _sum_up(self, match: re.Match[str]) -> None:
        passed, failed, errors, skipped = (
            int(match[name] or 0) for name in ("passed", "failed", "errors", "skipped")
        )
        self.session.stated = Totals(passed + failed + errors + skipped, passed, failed, errors, skipped)
        self.session.duration, self.session.closed = seconds(match["time"]), True

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _suite(name: str) -> str:
    return name.rpartition(".")[0] or _FUNCTIONS


READER = Reader("luaunit-console", _sniff, reader_of("LuaUnit", run_after_run(_Parser)))
