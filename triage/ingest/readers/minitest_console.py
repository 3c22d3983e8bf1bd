"""What Minitest prints, alone, under Rails, and with the reporters of ``minitest-reporters``.

After ``lib/minitest.rb`` of Minitest 4 to 6, ``rails/test_unit/reporter.rb`` and minitest-reporters' default and spec
reporters. Dots have no name, so the counts stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    dedent,
    indent_of,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
    without_sums,
)
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.ruby_text import FRAME, TYPE, ruby_location
from triage.model import CaseResult, Failure, Outcome, Totals

_COUNTS = re.compile(
    r"^(?P<tests>\d{1,9}) (?:runs|tests), \d{1,9} assertions, (?P<failed>\d{1,9}) failures, "
    r"(?P<errors>\d{1,9}) errors(?:, (?P<skips>\d{1,9}) skips)?$"
)
_TOOK = re.compile(r"^Finished (?:tests )?in (?P<seconds>[\d.]+)s\b")
_HEADER = re.compile(r"^(?: {1,4}\d{1,6}\) )?(?P<what>Failure|Error|Skipped):$")
_NAMED = re.compile(
    r"^(?:(?P<suite>\S[^#]*)#(?P<name>\S.*?)|(?P<old>\w+)\((?P<class>[\w:]+)\))(?: \[(?P<file>[^\]]+?):(?P<line>\d{1,9})\])?:$"
)
_REPORTED = re.compile(
    r"^ ?(?P<what>FAIL|ERROR|SKIP)\[\"(?P<name>[^\"]+)\", (?:\"(?P<suite>[^\"]+)\"|[^\"]*@name=\"(?P<of>[^\"]+)\">?), [\d.e-]+\]$"
)
_VERBOSE = re.compile(
    r"^(?P<suite>[A-Z]\S*?|\S[^#=]*)#(?P<name>\S.*?) = (?P<time>[\d.]+) s = (?P<mark>[.FES])$"
)
_SPEC = re.compile(r"^ {1,4}(?P<name>\S.*?) +(?P<what>PASS|FAIL|ERROR|SKIP) \((?P<time>[\d.]+)s\)$")
_RAISED = re.compile(r"^Minitest::(?:UnexpectedError|Assertion): +")
"""What minitest-reporters 1.1 put at the margin, ahead of the message."""
_SUITE = re.compile(r"^(?P<name>[A-Z]\S*(?: \S+)*)$")
_RERUN = re.compile(r"^(?:bin/)?rails test \S+$|^rake test TEST=|^You have skipped tests\.")
_OUTCOMES: Final = {
    "Failure": Outcome.FAILED,
    "FAIL": Outcome.FAILED,
    "F": Outcome.FAILED,
    "Error": Outcome.ERROR,
    "ERROR": Outcome.ERROR,
    "E": Outcome.ERROR,
    "Skipped": Outcome.SKIPPED,
    "SKIP": Outcome.SKIPPED,
    "S": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_COUNTS.match, lines)):
        return 82
    headed = any(map(_HEADER.match, lines)) and any(map(_NAMED.match, lines))
    return 65 if headed else 60 if any(map(_REPORTED.match, lines)) or any(map(_VERBOSE.match, lines)) else 0


@dataclass
class _Case:
    outcome: Outcome
    status: Line
    duration: float | None = None
    why: str = ""
    failure: Failure | None = None


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: dict[tuple[str, str], _Case] = field(default_factory=dict)
    suite: str = ""
    """Of the spec reporter's next lines."""
    what: str = ""
    key: tuple[str, str] | None = None
    place: tuple[str, int] | None = None
    block: Block | None = None

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _COUNTS.match(mark):
            self._end_block()
            self._close(match)
            return True
        if match := _HEADER.match(mark):
            self._end_block()
            self.what, self.key, self.block = match["what"], None, Block(line)
        elif match := _REPORTED.match(mark):
            self._end_block()
            self.what, self.block = match["what"], Block(line)
            self.key = (match["suite"] or match["of"], match["name"])
        elif match := _SPEC.match(mark):
            self._end_block()
            self._record((self.suite, match["name"]), match["what"], line, match["time"])
            self.what, self.key, self.block = match["what"], (self.suite, match["name"]), Block(line)
        elif match := _VERBOSE.match(mark):
            self._end_block()
            self._record((match["suite"], match["name"]), match["mark"], line, match["time"])
        elif match := _TOOK.match(mark):
            self._end_block()
            self.session.duration = seconds(match["seconds"])
        elif _RERUN.match(mark):
            self._end_block()
        elif self.block is not None and self.key is None:
            self._name(line)
        elif self.block is not None and not (_SPEC.match(self.block.header.mark) and self._leaves(mark)):
            self.block.lines.append(line.text)
        else:
            self._end_block()
            if match := _SUITE.match(mark):
                self.suite = match["name"]
        return False

    @staticmethod
    def _leaves(mark: str) -> bool:
        return bool(mark) and not mark.startswith("  ") and not _RAISED.match(mark)

    def _name(self, line: Line) -> None:
        """The line below ``Failure:`` that names the test."""
        assert self.block is not None
        match = _NAMED.match(line.mark)
        if match is None:
            self.block = None
            return
        self.key = (match["suite"] or match["class"] or "", match["name"] or match["old"])
        self.place = (match["file"], int(match["line"])) if match["file"] else None
        self.block = Block(line)

    def _record(self, key: tuple[str, str], what: str, line: Line, spent: str | None = None) -> _Case:
        outcome = _OUTCOMES.get(what, Outcome.PASSED)
        case = self.cases.setdefault(key, _Case(outcome, line, seconds(spent)))
        case.outcome = outcome
        return case

    def _end_block(self) -> None:
        block, self.block = self.block, None
        key, place = self.key, self.place
        self.key = self.place = None
        if block is None or key is None or self.what == "PASS":
            return
        known = self.cases.get(key)
        told = known.failure if known is not None else None
        if told is not None and place is not None and (told.file, told.line) != place:
            key = (key[0], f"{key[1]} #{block.header.number}")  # a method of that name was defined twice
        case = self._record(key, self.what, block.header)
        if case.outcome is Outcome.SKIPPED:
            case.why = block.text.strip().split("\n", 1)[0]
        elif block.text.strip():
            case.failure = _failure(block, case.outcome, place)

    def _close(self, match: re.Match[str]) -> None:
        tests, failed, errors, skipped = (
            int(match[name] or 0) for name in ("tests", "failed", "errors", "skips")
        )
        passed = max(0, tests - failed - errors - skipped)
        self.session.stated, self.session.closed = Totals(tests, passed, failed, errors, skipped), True

    def finish(self) -> Session:
        self._end_block()
        for (suite, name), case in self.cases.items():
            kind = "error" if case.outcome is Outcome.ERROR else "failure"
            failure = case.failure or (bare_failure(case.status, kind) if case.outcome.is_red else None)
            self.session.cases.append(
                CaseResult(
                    name,
                    case.outcome,
                    suite,
                    duration=case.duration,
                    failures=(failure,) if failure is not None else (),
                    properties=(("reason", case.why),) if case.why else (),
                )
            )
        return self.session


def _failure(block: Block, outcome: Outcome, place: tuple[str, int] | None) -> Failure:
    text = block.text
    if re.match(r"^ *\S+#\S.* \([\d.]+s\)$", first := text.split("\n", 1)[0][:1000]):
        block = Block(Line(block.first_line, first), text.split("\n")[1:])
        text = block.text
    lines = dedent(_RAISED.sub("", text, count=1).split("\n"), indent_of(text))
    end = next((i for i, line in enumerate(lines) if FRAME.match(line[:1000])), len(lines))
    message = "\n".join(lines[:end]).strip() or text.strip()
    error = outcome is Outcome.ERROR
    match = TYPE.match(message.split("\n", 1)[0][:1000]) if error else None
    file, number = place or ruby_location(text)
    if match is not None and match["colon"]:
        message = message.split(":", match["type"].count(":") + 1)[-1].strip() or message
    return Failure(
        message,
        match["type"] if match is not None and match["colon"] else "" if error else "Minitest::Assertion",
        "error" if error else "failure",
        text,
        file,
        number,
        block.first_line,
    )


READER = Reader("minitest-console", _sniff, reader_of("Minitest", without_sums(run_after_run(_Parser))))
