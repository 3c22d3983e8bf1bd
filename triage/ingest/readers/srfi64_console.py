"""What Scheme's SRFI 64 writes with its simple runner: to the console what did not go as it should, to its log all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_BEGIN = re.compile(
    r"^%%%% Starting test (?P<name>\S.*?)(?:(?<! ) ++\(Writing full log to \"(?P<log>[^\"]*)\"\))?$"
)
_COUNT = re.compile(
    r"^# of (?P<what>expected passes|expected failures|unexpected successes|unexpected failures|skipped tests) +(?P<count>\d{1,9})$"
)
_BROKE = re.compile(
    r"^(?:(?P<file>\S.{0,500}?):(?P<line>\d{1,9}): )?(?P<how>FAIL|XPASS)(?: (?P<name>\S.*))?$"
)
_GROUP = re.compile(r"^Group (?P<how>begin|end): (?P<name>\S.*)$")
_KEY = re.compile(r"^  (?P<key>[a-z][a-z-]{1,40}): (?P<value>\S.*)$")
_HOW = {
    "pass": Outcome.PASSED,
    "fail": Outcome.FAILED,
    "skip": Outcome.SKIPPED,
    "xfail": Outcome.XFAILED,
    "xpass": Outcome.FAILED,
}
_UNEXPECTED = "passed, and was expected to fail"


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return 86 if any(map(_BEGIN.match, lines)) and any(map(_COUNT.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    groups: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    test: dict[str, str] | None = None
    """What the log says of a test."""
    at: int = 0
    raw: list[str] = field(default_factory=list)
    is_log: bool = False

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _COUNT.match(mark):
            self._end()
            self.counts[match["what"]] = int(match["count"])
        elif self.counts and not mark.strip():
            return True
        elif match := _GROUP.match(mark):
            self._end()
            self.is_log = True
            if match["how"] == "begin":
                self.groups.append(match["name"])
            elif self.groups:
                self.groups.pop()
        elif mark == "Test begin:":
            self._end()
            self.test, self.at, self.is_log = {}, line.number, True
            self.raw = [line.text]
        elif self.test is not None:
            if len(self.raw) < MAX_BLOCK:
                self.raw.append(line.text)
            if match := _KEY.match(line.mark):
                self.test.setdefault(match["key"], match["value"])
        elif not self.is_log and (match := _BROKE.match(mark)) and match["file"]:
            said = [] if match["how"] == "FAIL" else [Failure(_UNEXPECTED, source_line=line.number)]
            self.session.cases.append(
                CaseResult(
                    match["name"] or f"{match['file']}:{match['line']}",
                    Outcome.FAILED,
                    file=match["file"],
                    line=int(match["line"]),
                    failures=tuple(said or [bare_failure(line)]),
                )
            )
        return False

    def _end(self) -> None:
        told, self.test = self.test, None
        outcome = _HOW.get((told or {}).get("result-kind", ""))
        if not told or outcome is None:
            return
        file, line = told.get("source-file", "").strip('"') or None, told.get("source-line", "")
        self.session.cases.append(
            CaseResult(
                told.get("test-name", "").strip('"') or told.get("source-form", f"test at line {line}"),
                outcome,
                " > ".join(self.groups),
                file,
                int(line) if line.isdecimal() and len(line) < 10 else None,
                failures=(self._failure(told),) if outcome.is_red else (),
            )
        )

    def _failure(self, told: dict[str, str]) -> Failure:
        if told["result-kind"] == "xpass":
            said = _UNEXPECTED
        elif "actual-error" in told:
            said = told["actual-error"]
        elif "expected-value" in told:
            said = f"expected {told['expected-value']}, got {told.get('actual-value', '?')}"
        else:
            said = f"{told.get('source-form', 'it')} is {told.get('actual-value', 'not true')}"
        return Failure(said, trace="\n".join(self.raw), source_line=self.at)

    def finish(self) -> Session:
        self._end()
        if self.counts:
            self.session.closed = True
            get = self.counts.get
            passed, xfailed, skipped = (
                get("expected passes", 0),
                get("expected failures", 0),
                get("skipped tests", 0),
            )
            failed = get("unexpected failures", 0) + get("unexpected successes", 0)
            self.session.stated = Totals(
                passed + xfailed + skipped + failed, passed, failed, 0, skipped, xfailed
            )
        return self.session


READER = Reader("srfi64-console", _sniff, reader_of("SRFI 64", run_after_run(_Parser)))
