"""What AVA prints with its default reporter.

After ``lib/reporters/default.js`` of AVA 2 to 6. A known failure that passes is a failure (AVA is strict); what broke
outside a test (an uncaught exception, a file that did not load) is a failure of the run, a test that a time-out caught
running is an error.
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
    run_before_run,
    sample_lines,
    until,
)
from triage.ingest.parts import exception_type, failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Warn

_MARK = re.compile(
    r"^  (?P<mark>[✔✘✖√×-]) (?:\[(?P<word>fail|skip|todo|expected fail|unexpected pass)\]:? )?(?P<name>\S.*?)(?: \((?P<time>[\d.]+)(?P<unit>ms|s|m)[^)]*\))?$"
)
_COUNT = re.compile(
    r"^  (?P<count>\d{1,9}) (?P<what>hooks? failed|tests? (?:passed|failed|skipped|todo)|known failures?|tests? remained|uncaught exceptions?|unhandled rejections?|passed|failed|skipped|todo)$"
)
_RULE = re.compile(r"^  ─+$")
_NUMBERED = re.compile(r"^  \d{1,6}\. (?P<name>\S.*)$")
"""The head of the details in AVA 0: they stand behind the counts."""
_TITLE = re.compile(r"^  (?P<name>\S.*)$")
_OUTSIDE = re.compile(r"^  (?:Uncaught exception|Unhandled rejection) in (?P<file>\S+)$")
_BROKE = re.compile(
    r"^  [✘✖×] (?P<said>(?P<file>\S+) exited .*|No tests found in \S+.*|Timed out while running tests.*|Line numbers for \S+ did not match any tests|Couldn.t find any files to test.*|Internal (?:runner )?error.*|Exiting due to process\.exit\(\).*)$"
)
_REMAINING = re.compile(r"^  [✘✖×] (?P<said>\d{1,9} tests? remaining in \S+)$")
_HOOK = re.compile(r"(?:^| › )(?:before|after)(?:Each)?(?:\.always)? hook(?: for .*)?$")
_THROWN = re.compile(r"^(?:Error thrown in test|Rejected promise returned by test)\b.*:$")
_MESSAGE = re.compile(r"^ {0,4}message: ['`\"](?P<said>.*?)['`\"]?,?$")
_PENDING = re.compile(r"^  ◌ (?P<name>\S.*)$")
_FRAME = re.compile(r"^(?:\s+at \S|\s*› )")
_PLACE = re.compile(r"^  (?:› )?(?:file://)?(?P<file>\S+\.\w{1,4}):(?P<line>\d{1,9})(?::\d+)?$")
_CODE = re.compile(r"^  +\d+: ")
_OUTCOMES = {"✔": Outcome.PASSED, "√": Outcome.PASSED, "-": Outcome.SKIPPED}
_WORDS = {
    "expected fail": Outcome.XFAILED,
    "unexpected pass": Outcome.FAILED,
    "skip": Outcome.SKIPPED,
    "todo": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    counted = {match["what"] for line in lines if (match := _COUNT.match(line))}
    worded = any((match := _MARK.match(line)) is not None and match["word"] for line in lines)
    if any("test" in what or "known" in what or "exception" in what for what in counted):
        return 74
    return 64 if worded and any(map(_RULE.match, lines)) else 0


@dataclass
class _Case:
    title: str
    """With a message behind it where it failed."""
    outcome: Outcome
    status: Line
    duration: float | None = None
    said: str = ""
    """What stands behind the title in the line that says that it failed."""
    failures: list[Failure] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: list[_Case] = field(default_factory=list)
    block: Block | None = None
    case: _Case | None = None
    detailed: bool = False
    """Whether the rule above the details was there."""
    blank: bool = True

    def is_next(self, line: Line) -> bool:
        mark = line.mark
        return self.session.closed and bool(_MARK.match(mark) or _OUTSIDE.match(mark) or _BROKE.match(mark))

    def feed(self, line: Line) -> None:
        mark = line.mark
        if _COUNT.match(mark):
            self._end_block()
            self.session.closed = True
        elif _RULE.match(mark):
            self._end_block()
            self.detailed = True
        elif _OUTSIDE.match(mark):
            self._end_block()
            self.block, self.case = Block(line), None
        elif match := _BROKE.match(mark):
            self._end_block()
            self.session.failures.append(
                Failure(
                    match["said"],
                    kind="error",
                    trace=mark.strip(),
                    file=match["file"],
                    source_line=line.number,
                )
            )
        elif match := _REMAINING.match(mark):
            self._end_block()
            self.session.warnings.append(Warn(match["said"], line.number))
        elif not self.detailed and (match := _MARK.match(mark)):
            self._end_block()
            self._mark(match, line)
        elif match := _PENDING.match(mark):
            self.cases.append(_Case(match["name"], Outcome.ERROR, line))
        elif (
            self.blank
            and (match := (_TITLE if self.detailed else _NUMBERED).match(mark))
            and (self.detailed or self.session.closed)
            and (case := self._headed(match["name"]))
        ):
            self._end_block()
            self.block, self.case = Block(line), case
        elif self.block is not None:
            self.block.lines.append(line.text)
        self.blank = not mark.strip()

    def _mark(self, match: re.Match[str], line: Line) -> None:
        outcome = _WORDS.get(match["word"] or "") or _OUTCOMES.get(match["mark"], Outcome.FAILED)
        duration = None
        if match["time"] and match["time"].count(".") < 2:
            factor = {"ms": 0.001, "s": 1.0, "m": 60.0}[match["unit"]]
            duration = round(float(match["time"]) * factor, 6)
        self.cases.append(_Case(match["name"], outcome, line, duration))

    def _headed(self, title: str) -> _Case | None:
        """The test whose details begin with the line that holds this title."""
        waiting = (
            case
            for case in self.cases
            if case.outcome is Outcome.FAILED and not case.failures and case is not self.case
        )
        for case in waiting:
            if case.title == title or case.title.startswith(f"{title} "):
                case.title, case.said = title, case.title.removeprefix(title).strip()
                return case
        return None

    def _end_block(self) -> None:
        block, case = self.block, self.case
        self.block = self.case = None
        if block is None:
            return
        failure = _failure(block) if block.text.strip() else bare_failure(block.header)
        if case is not None:
            if not self.detailed and case.said:
                failure = replace(failure, message=case.said)
            case.failures.append(failure)
            return
        match = _OUTSIDE.match(block.header.text)
        whole = f"{block.header.text.strip()}\n{block.text}"
        self.session.failures.append(
            replace(
                failure,
                kind="error",
                trace=whole,
                file=failure.file or (match["file"] if match else None),
                source_line=block.header.number,
            )
        )

    def finish(self) -> Session:
        self._end_block()
        for case in self.cases:
            *suite, name = case.title.split(" › ")
            failures = tuple(case.failures) or (_bare(case) if case.outcome.is_red else ())
            if _HOOK.search(case.title):
                self.session.failures += [replace(failure, kind="error") for failure in failures]
                continue
            self.session.cases.append(
                CaseResult(name, case.outcome, " > ".join(suite), duration=case.duration, failures=failures)
            )
        return self.session


def _bare(case: _Case) -> tuple[Failure]:
    """What is known of a test without details: that it failed, or never ended."""
    if case.outcome is Outcome.FAILED:
        return (bare_failure(case.status),)
    return (replace(bare_failure(case.status, "error"), message="still pending when the run timed out"),)


def _failure(block: Block) -> Failure:
    lines = block.text.split("\n")
    place = next((match for line in lines if (match := _PLACE.match(line[:500]))), None)
    plain = [line for line in lines if not _CODE.match(line[:40]) and not _PLACE.match(line[:500])]
    message = until([line.removeprefix("  ") for line in plain], _FRAME)
    message = _with_reason(message, plain)
    thrown = next((found for line in plain if (found := exception_type(line.strip()))), "")
    failure = failure_from(block.text, message=message, type=thrown, source_line=block.first_line)
    if place is not None:
        failure = replace(failure, file=place["file"], line=int(place["line"]))
    return failure


def _with_reason(message: str, lines: list[str]) -> str:
    """``message``; where its first line only says that something was thrown, what was thrown first."""
    first, _, rest = message.partition("\n")
    if not _THROWN.match(first):
        return message
    below = [line.strip() for line in rest.split("\n") if line.strip()]
    raised = next(
        (line.strip() for line in lines if re.match(r"^ {2}\w*(?:Error|Exception)\b.*: \S", line[:500])), ""
    )
    if not raised and below and below[0].endswith(" {"):
        said = next((match["said"] for line in lines if (match := _MESSAGE.match(line[:2_000]))), "")
        raised = f"{below[0].removesuffix(' {')}: {said}" if said else ""
    raised = raised or (below[0] if below else "")
    return f"{raised}\n{message}" if raised else message


READER = Reader("ava-console", _sniff, reader_of("AVA", run_before_run(_Parser)))
