"""What OUnit 2 prints, a framework for OCaml: what failed between a double and a single rule, and the counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Outcome, Totals

_BEGIN = re.compile(r"^={70,}$")
_END = re.compile(r"^-{70,}$")
_NAMED = re.compile(r"^(?P<kind>Error|Failure): (?P<name>\S.*?)(?P<log> \(in the (?:log|code)\))?\.$")
_RAN = re.compile(r"^Ran: (?P<tests>\d{1,9}) tests in: (?P<time>\d{1,9}\.\d{1,9}) seconds\.$")
_COUNTS = re.compile(r"^(?P<how>OK|FAILED)(?:: Cases: (?P<cases>\d{1,9}) (?P<rest>.*))?$")
_COUNT = re.compile(r"(?P<what>[A-Z]\w+): +(?P<count>\d{1,9})")
_PLACE = re.compile(r"^File \"(?P<file>[^\"]+)\", line (?P<line>\d{1,9}), characters [\d-]+:$")
_FRAME = re.compile(r"^(?:Raised at|Re-raised at|Raised by primitive operation at|Called from) ")
_ASSERTED = "OUnitAssert."


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    ran = any(map(_RAN.match, lines)) and any(map(_COUNTS.match, lines))
    return 84 if ran else 78 if any(map(_is_logged, lines)) and any(map(_BEGIN.match, lines)) else 0


def _is_logged(line: str) -> bool:
    return line.endswith(").") and (match := _NAMED.match(line)) is not None and bool(match["log"])


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    header: Line | None = None
    """The first line of the block that is open."""
    begun: bool = False
    block: list[str] = field(default_factory=list)
    tests: int | None = None

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if self.header is not None:
            if _END.match(mark) or _BEGIN.match(mark):
                self._end()
                self.begun = bool(_BEGIN.match(mark))
            elif len(self.block) < MAX_BLOCK:
                self.block.append(line.text)
        elif _BEGIN.match(mark):
            self.begun = True
        elif self.begun and _NAMED.match(mark):
            self.header, self.begun = line, False
        elif match := _RAN.match(mark):
            self.tests, self.session.duration = int(match["tests"]), float(match["time"])
        elif self.tests is not None and (match := _COUNTS.match(mark)):
            self._sum_up(match, line)
            return True
        return False

    def _end(self) -> None:
        header, self.header = self.header, None
        block, self.block = self.block, []
        if header is None or (named := _NAMED.match(header.mark)) is None:
            return
        told = [
            text
            for text in block
            if text.strip() and not _FRAME.match(text) and not _PLACE.match(text) and not _is_logged(text)
        ]
        raised = next((text for text in block if text.startswith("Raised at ")), "")
        failed = named["kind"] == "Failure" or _ASSERTED in raised
        kind = "failure" if failed else "error"
        failure = bare_failure(header, kind)
        if told:
            trace = "\n".join([header.text, *block]).rstrip()
            failure = failure_from(trace, message="\n".join(told), kind=kind, source_line=header.number)
            failure = replace(failure, file=None, line=None)  # that of the log
        outcome = Outcome.FAILED if failed else Outcome.ERROR
        self.session.cases.append(CaseResult(named["name"], outcome, failures=(failure,)))

    def _sum_up(self, match: re.Match[str], line: Line) -> None:
        counts = {found["what"]: int(found["count"]) for found in _COUNT.finditer(match["rest"] or "")}
        tests = int(match["cases"] or self.tests or 0)
        # What nobody wrote yet ("todo") makes the run red.
        failed = counts.get("Failures", 0) + counts.get("Todo", 0)
        errors = counts.get("Errors", 0) + counts.get("Timeouts", 0)
        skipped = counts.get("Skip", 0)
        self.session.closed = True
        self.session.stated = Totals(
            tests, max(0, tests - failed - errors - skipped), failed, errors, skipped
        )
        if match["how"] == "FAILED":
            self.session.tell_red(line)

    def finish(self) -> Session:
        self._end()
        return self.session


READER = Reader("ounit-console", _sniff, reader_of("OUnit", run_after_run(_Parser)))
