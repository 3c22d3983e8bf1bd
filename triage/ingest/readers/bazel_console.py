"""What ``bazel test`` prints of its targets, with and without ``--test_output``, sharded, cached, retried.

Written after ``TestSummaryPrinter`` and ``TerminalTestResultNotifier`` of Bazel 0.20 to 8. A target is a test here; a
flaky one passed in the end. One that timed out is a failure as in Bazel's count; one that did not build or was never
run (``NO STATUS``) is an error, a skipped (incompatible) one is skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.logs.severity import CAUSE, WRAPPER, severity
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_TARGET = re.compile(
    r"^(?P<name>(?:@[\w.~+@-]*)?//\S*) +(?:\((?P<cached>cached|\d+/\d+ cached)\) )?"
    r"(?P<status>PASSED|FAILED TO BUILD|FAILED|FLAKY|TIMEOUT|NO STATUS|INCOMPLETE|SKIPPED|REMOTE FAILURE)"
    r"(?:, failed in (?P<flaky>\d{1,6}) out of (?P<flaky_of>\d{1,6}))?(?: in (?P<failed>\d{1,6}) out of (?P<of>\d{1,6}))?(?: in (?P<time>[\d.]+s))?\s*$"
)
_EXECUTED = re.compile(r"^Executed (?P<ran>\d{1,9}) out of (?P<tests>\d{1,9}) tests?: (?P<rest>.*)$")
_COUNT = re.compile(
    r"(\d{1,9}) (?:(fails? to build|fails? locally|fails? remotely)|(?:tests? )?(fails?|pass(?:es)?|were skipped|was skipped))"
)
# With --test_summary=detailed the methods of a target stand below it.
_DETAIL = re.compile(r"^ {4}(?:FAILED|ERROR) +(?P<name>[^\s.].*?) \([\d.]+s\)$")
_OUTPUT = re.compile(
    r"^={4,} Test output for (?P<name>(?:@[\w.~+@-]*)?//[^\s:]*:?[^\s:]*?)(?: \((?:shard|run) [^()]*\))*:$"
)
_RULE = re.compile(r"^={60,}$")
_ERROR = re.compile(r"^ERROR: (?:(?P<file>/\S+?|[\w./-]+):(?P<line>\d{1,9}):\d+: )?(?P<text>\S.*)$")
_ECHO = re.compile(
    r"^(?:Build (?:did NOT complete|failed)|Couldn't start the build)|not all tests were executed"
)
_TIME = re.compile(r"^INFO: Elapsed time: (?P<time>[\d.]+s)")
_INFO = re.compile(
    r"^(?:INFO|DEBUG|WARNING|Loading|Analyzing|\[\d|FAIL: |TIMEOUT: |Target |FLAKY: |NO STATUS: )"
)
_OUTCOMES = {
    "PASSED": Outcome.PASSED,
    "FLAKY": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "TIMEOUT": Outcome.FAILED,
    "SKIPPED": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_TARGET.match(line) or _EXECUTED.match(line) for line in lines):
        return 81
    return (
        46
        if any(
            line.startswith(
                (
                    "INFO: Build completed",
                    "INFO: Build did NOT complete",
                    "ERROR: Build did NOT complete",
                    "FAILED: Build did NOT complete",
                )
            )
            for line in lines
        )
        else 0
    )


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    outputs: dict[str, list[Line]] = field(default_factory=dict)
    last: Entry | None = None
    inside: str = ""
    """The target whose output is being printed."""
    error: list[Line] | None = None
    errors: list[list[Line]] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _OUTPUT.match(mark):
            self.inside = match["name"]
            self.outputs.setdefault(self.inside, [])
        elif self.inside:
            if _RULE.match(mark):
                self.inside = ""
            elif len(self.outputs[self.inside]) < MAX_BLOCK:
                self.outputs[self.inside].append(line)
        elif match := _TARGET.match(mark):
            self.error = None
            self._target(match, line)
        elif (match := _DETAIL.match(mark)) and self.last is not None:
            self.last.failures.append(
                Failure(f"{match['name']} failed", trace=mark.strip(), source_line=line.number)
            )
        elif match := _EXECUTED.match(mark):
            tests = int(match["tests"])
            self._executed(tests, match["rest"])
        elif match := _TIME.match(mark):
            self.session.duration = spoken_seconds(match["time"])
        elif (match := _ERROR.match(mark)) and not _ECHO.search(match["text"]):
            self.error = [line]
            self.errors.append(self.error)
        elif _INFO.match(mark) or mark.startswith("ERROR: "):
            self.error = None
            self.session.closed = self.session.closed or mark.startswith("INFO: Build completed")
        elif self.error is not None and len(self.error) < 60:
            self.error.append(line)
        return False

    def _target(self, match: re.Match[str], line: Line) -> None:
        status = match["status"]
        outcome = _OUTCOMES.get(status, Outcome.ERROR)
        entry = self.book.settle(match["name"], "", outcome, line, spoken_seconds(match["time"]))
        self.last = entry
        if match["cached"]:
            entry.properties.append(("cached", match["cached"]))
        if status == "FLAKY":
            entry.attempts = max(2, int(match["flaky_of"] or 2))
        elif status == "FAILED" and match["of"]:
            entry.attempts = int(match["of"])

    def _executed(self, tests: int, rest: str) -> None:
        self.session.closed = True
        counts = [(int(number), failed or kind) for number, failed, kind in _COUNT.findall(rest)]
        passed, skipped = _sum(counts, "pass"), _sum(counts, "w")
        built = sum(number for number, what in counts if "build" in what)
        failed = _sum(counts, "fail") - built
        if passed + failed + built + skipped == 0:
            return
        missing = max(0, tests - passed - failed - built - skipped)
        self.session.stated = Totals(tests, passed, failed, built + missing, skipped)

    def finish(self) -> Session:
        session = self.session
        for entry in self.book.entries.values():
            lines = [line for line in self.outputs.get(entry.name, []) if line.text.strip()]
            red = entry.outcome is not None and entry.outcome.is_red
            if lines and (red or entry.attempts > 1) and entry.status is not None:
                entry.failures.append(_failure(lines, entry.status))
        session.cases = self.book.results()
        if session.stated is not None and len(session.cases) >= session.stated.tests:
            session.stated = None
        for block in self.errors:
            match = _ERROR.match(block[0].mark)
            assert match is not None
            # Below the line that names the action stands what its compiler said.
            telling = next((line for line in block[1:] if severity(line.mark) >= CAUSE), None)
            message = f"{telling.text.strip()}\n{match['text']}" if telling else match["text"]
            session.failures.append(
                Failure(
                    message,
                    kind="error",
                    trace="\n".join(line.text for line in block).strip(),
                    file=match["file"],
                    line=int(match["line"]) if match["line"] else None,
                    source_line=block[0].number,
                )
            )
        return session


def _sum(counts: list[tuple[int, str]], word: str) -> int:
    return sum(number for number, what in counts if what.startswith(word))


def _failure(lines: list[Line], status: Line) -> Failure:
    telling = max(lines, key=lambda line: severity(line.mark))
    if severity(telling.mark) < WRAPPER:
        telling = lines[-1]
    trace = "\n".join(line.text for line in lines)
    return Failure(telling.text.strip() or status.text, trace=trace, source_line=lines[0].number)


READER = Reader("bazel-test-console", _sniff, reader_of("bazel test", run_after_run(_Parser)))
