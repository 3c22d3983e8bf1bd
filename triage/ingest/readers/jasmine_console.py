"""What Jasmine prints under Node: its own console reporter, and ``jasmine-spec-reporter``.

After ``lib/reporters/console_reporter.js`` of Jasmine 2 to 5 and the summary of jasmine-spec-reporter 4 to 7. Dots have
no name, so the counts stand; what broke in a suite is a failure of the run, which Jasmine counts among its failures.
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
    indent_of,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_COUNTS = re.compile(
    r"^(?P<specs>\d{1,9}) specs?, (?P<failed>\d{1,9}) failures?(?:, (?P<pending>\d{1,9}) pending specs?)?$"
)
_EXECUTED = re.compile(
    r"^Executed (?P<run>\d{1,9}) of (?P<specs>\d{1,9}) specs? ?(?P<word>SUCCESS|INCOMPLETE)?(?: ?\((?P<failed>\d{1,9}) FAILED\))?"
    r"(?: ?\((?P<pending>\d{1,9}) PENDING\))?(?: ?\((?P<skipped>\d{1,9}) SKIPPED\))?(?: in .*)?$"
)
_TOOK = re.compile(r"^Finished in (?P<time>[\d.]+) seconds?$")
_INCOMPLETE = re.compile(r"^(?P<said>Incomplete: \S.*)$")
"""Behind the last line: no specs, or only some because of an fit()."""
_SECTION = re.compile(r"^(?:\*\s+)?(?P<what>Failures|Pending|Summary)(?::|\s+\*)$")
_HEADER = re.compile(r"^(?P<number>\d{1,6})\) (?P<title>\S.*)$")
_OUTSIDE = re.compile(
    r"^(?:Suite error: (?P<suite>\S.*)|(?P<error>Error during loading:.*|Exception loading: .*))$"
)
_STOP = re.compile(r"^(?:Incomplete: |Ran \d+ of \d+ specs|Randomized with seed |Executed \d+ of |\*{10,}$)")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    counted = any(map(_COUNTS.match, lines))
    if counted and any(map(_TOOK.match, lines)):
        return 80
    if any(map(_EXECUTED.match, lines)) or (counted and "Started" in lines):
        return 72
    if any(map(_INCOMPLETE.match, lines)) and "Started" in lines:
        return 70
    return 58 if "  Message:" in lines and "Failures:" in lines and any(map(_HEADER.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    section: str = ""
    block: Block | None = None
    outside: int = 0

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _INCOMPLETE.match(mark):
            self._end_block()
            self.session.failures.append(Failure(match["said"], kind="error", source_line=line.number))
            self.session.closed = True
            return True
        if match := _TOOK.match(mark):
            self._end_block()
            self.session.duration = seconds(match["time"])
            return self.session.closed
        if match := _COUNTS.match(mark):
            self._end_block()
            specs, failed, pending = int(match["specs"]), int(match["failed"]), int(match["pending"] or 0)
            failed = max(0, failed - self.outside)
            passed = max(0, specs - failed - pending)
            self.session.stated = Totals(passed + failed + pending, passed, failed, 0, pending)
            self.session.closed = True
        elif match := _EXECUTED.match(mark):
            self._end_block()
            self.session.stated, self.session.closed = _executed(match), True
        elif match := _SECTION.match(mark):
            self._end_block()
            self.section = match["what"]
        elif _OUTSIDE.match(mark) or (self.section in ("Failures", "Pending") and _HEADER.match(mark)):
            self._end_block()
            self.block = Block(line)
        elif _STOP.match(mark):
            self._end_block()
        elif self.block is not None:
            self.block.lines.append(line.text)
        return False

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        if _OUTSIDE.match(block.header.text):
            self.outside += 1
            whole = f"{block.header.text}\n{block.text}".rstrip()
            for failure in _failures(block) or [bare_failure(block.header)]:
                self.session.failures.append(
                    replace(failure, kind="error", trace=whole, source_line=block.header.number)
                )
            return
        match = _HEADER.match(block.header.text)
        assert match is not None
        if self.section == "Pending":
            why = block.text.strip().split("\n", 1)[0]
            reason = (("reason", why),) if why else ()
            self.session.cases.append(CaseResult(match["title"], Outcome.SKIPPED, properties=reason))
        else:
            failures = _failures(block) or [bare_failure(block.header)]
            self.session.cases.append(CaseResult(match["title"], Outcome.FAILED, failures=tuple(failures)))

    def finish(self) -> Session:
        self._end_block()
        return self.session


def _failures(block: Block) -> list[Failure]:
    """One for each ``Message:`` or ``- message`` below a header."""
    starts = [
        i
        for i, line in enumerate(block.lines)
        if line.strip() == "Message:" or line.startswith(("  - ", "- "))
    ]
    if not starts:
        return [failure_from(block.text, source_line=block.first_line)] if block.text.strip() else []
    found = []
    for start, end in zip(starts, [*starts[1:], len(block.lines)], strict=True):
        found.append(_failure(Block(Line(block.header.number + start, ""), block.lines[start:end])))
    return found


def _failure(block: Block) -> Failure:
    lines = block.lines
    if lines[0].strip() == "Message:":
        lines = lines[1:]
        shift = 1
    else:
        lines = [lines[0].replace("- ", "  ", 1), *lines[1:]]
        shift = 0
    end = next(
        (i for i, line in enumerate(lines) if line.strip() == "Stack:" or line.lstrip().startswith("at ")),
        len(lines),
    )
    message = "\n".join(dedent(lines[:end], indent_of(lines[0]) if lines else 0)).strip()
    text = Block(Line(block.header.number + shift, ""), lines)
    return failure_from(text.text.strip(), message=message, source_line=text.first_line)


def _executed(match: re.Match[str]) -> Totals:
    run, failed = int(match["run"]), int(match["failed"] or 0)
    pending, skipped = int(match["pending"] or 0), int(match["skipped"] or 0)
    passed = max(0, run - failed)
    return Totals(passed + failed + pending + skipped, passed, failed, 0, pending + skipped)


READER = Reader("jasmine-console", _sniff, reader_of("Jasmine", run_after_run(_Parser)))
