"""What ``deno test`` prints with its pretty reporter.

After ``cli/tools/test/reporters/pretty.rs`` of Deno 1.10 to 2, and the reporter before it. Steps are told inside their
test, and are no tests of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
    until,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_RUNNING = re.compile(r"^running (?P<count>\d{1,9}) tests? from (?P<file>\S.*)$")
_RESULT = re.compile(
    r"^(?:test )?(?P<name>\S.*?) \.\.\. (?P<status>ok|FAILED|ignored|cancelled)(?: \(due to \d+ failed steps?\))?(?: \((?P<time>[\d.]+)(?P<unit>ms|s|m|µs)[^)]*\))?$"
)
_COUNTS = re.compile(
    r"^(?P<word>ok|FAILED) \| (?P<passed>\d{1,9}) passed(?: \(\d+ steps?\))? \| (?P<failed>\d{1,9}) failed(?: \(\d+ steps?\))?"
    r"(?: \| (?P<ignored>\d{1,9}) ignored(?: \(\d+ steps?\))?)?(?: \| \d+ (?:measured|filtered out)[^|]*)*(?: \((?P<time>[\d.]+)(?P<unit>ms|s|m)[^)]*\))?$"
)
_OLD = re.compile(
    r"^test result: (?P<word>ok|FAILED)\. (?P<passed>\d{1,9}) passed(?: \(.*?\))?; (?P<failed>\d{1,9}) failed(?: \(.*?\))?; (?P<ignored>\d{1,9}) ignored.*?(?: \((?P<time>[\d.]+)(?P<unit>ms|s|m)\))?$"
)
_SECTION = re.compile(r"^ ?(?P<what>ERRORS|FAILURES|failures:) ?$")
_HEADER = re.compile(r"^(?P<name>\S.*?)(?: \.\.\. (?P<step>\S.*?))? => (?P<file>\S+):(?P<line>\d{1,9}):\d+$")
_UNCAUGHT = re.compile(r"^(?P<file>\S+) \(uncaught error\)$")
_END = re.compile(r"^\s+at \S")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    running = any((m := _RUNNING.match(line)) and "." in m["file"] for line in lines)
    if any(map(_COUNTS.match, lines)) or (running and any(map(_OLD.match, lines))):
        return 83
    return 68 if running and any(map(_RESULT.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    file: str | None = None
    cases: dict[tuple[str | None, str], CaseResult] = field(default_factory=dict)
    lines: dict[tuple[str | None, str], Line] = field(default_factory=dict)
    section: str = ""
    block: Block | None = None

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _COUNTS.match(mark) or _OLD.match(mark):
            self._end_block()
            passed, failed, off = (int(match[name] or 0) for name in ("passed", "failed", "ignored"))
            self.session.stated = Totals(passed + failed + off, passed, failed, 0, off)
            self.session.duration = seconds(match["time"], match["unit"])
            self.session.closed = True
            return True
        if match := _SECTION.match(mark):
            self._end_block()
            self.section = match["what"]
        elif match := _RUNNING.match(mark):
            self._end_block()
            self.file, self.section = match["file"], ""
        elif self.section == "ERRORS" and (_HEADER.match(mark) or _UNCAUGHT.match(mark)):
            self._end_block()
            self.block = Block(line)
        elif self.section == "failures:" and self.block is None and mark in {name for _, name in self.cases}:
            self.block = Block(line)
        elif self.block is not None:
            self.block.lines.append(line.text)
        elif not self.section and (match := _RESULT.match(mark)):
            self._result(match, line)
        return False

    def _result(self, match: re.Match[str], line: Line) -> None:
        outcome = {"ok": Outcome.PASSED, "ignored": Outcome.SKIPPED}.get(match["status"], Outcome.FAILED)
        unit = match["unit"]
        spent = seconds(match["time"], "ms" if unit == "µs" else unit)
        if unit == "µs" and spent is not None:
            spent = round(spent / 1000, 6)
        key = (self.file, match["name"])
        self.lines[key] = line
        self.cases[key] = CaseResult(match["name"], outcome, file=self.file, duration=spent)

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        failure = _failure(block)
        header = block.header.text
        if match := _UNCAUGHT.match(header):
            trace = f"{header}\n{block.text}"
            self.session.failures.append(
                replace(
                    failure, kind="error", trace=trace, file=match["file"], source_line=block.header.number
                )
            )
            return
        match = _HEADER.match(header)
        name = match["name"] if match else header
        key = next(
            (key for key in self.cases if key[1] == name and self.cases[key].outcome.is_red),
            (self.file, name),
        )
        case = self.cases.get(key) or CaseResult(name, Outcome.FAILED, file=self.file)
        self.cases[key] = replace(case, outcome=Outcome.FAILED, failures=(*case.failures, failure))

    def finish(self) -> Session:
        self._end_block()
        for key, case in self.cases.items():
            if case.outcome.is_red and not case.failures:
                line = self.lines.get(key)
                case = replace(case, failures=(bare_failure(line) if line else Failure(case.name),))
            self.session.cases.append(case)
        return self.session


def _failure(block: Block) -> Failure:
    if not block.text.strip():
        return bare_failure(block.header)
    message = until(block.text.split("\n"), _END).removeprefix("error: ")
    return failure_from(
        block.text,
        message=message.split("\n", 1)[0] if "^" in message else message,
        source_line=block.first_line,
    )


READER = Reader("deno-console", _sniff, reader_of("Deno", run_after_run(_Parser)))
