"""What Criterion, a framework for C and C++, prints, with and without ``--verbose``.

After ``src/log/normal.c`` of Criterion 2.3 and 2.4. What stands between two results belongs to the test below it. A
parametrised test is told once for each of its parameters, under one name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, failure_of
from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_SYNTHESIS = re.compile(
    r"^\[====\] Synthesis: Tested: (?P<tests>\d{1,9}) \| Passing: (?P<passed>\d{1,9}) \| Failing: (?P<failed>\d{1,9}) \| Crashing: (?P<crashed>\d{1,9}) *$"
)
_RESULT = re.compile(
    r"^\[(?P<status>PASS|FAIL|SKIP)\] (?P<suite>[^\s:]+)::(?P<name>[^\s:]+)(?:: (?:\((?P<time>[\d.]+)s\)|(?P<said>.*)))?$"
)
_BEGUN = re.compile(r"^\[(?:RUN |====)\] ")
_OUTSIDE = re.compile(
    r"^Warning! The test `(?P<suite>[^:`]+)::(?P<name>[^`]+)` (?:crashed|exited) during its setup or teardown\.$"
)
_MARGIN = re.compile(r"^\[(?:----|ERR |WARN)\] ?")
_ASSERTION = re.compile(r"^(?P<place>(?P<file>\S+):(?P<line>\d{1,9})): Assertion Failed$")
_CRASH = "CRASH!"


def _sniff(sample: Sample) -> int:
    return 86 if any(map(_SYNTHESIS.match, sample_lines(sample))) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    notes: list[Line] = field(default_factory=list)
    """What stands above the next result."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        if match := _SYNTHESIS.match(mark):
            self._sum_up(match)
            return True
        if match := _RESULT.match(mark):
            self._settle(match, line)
        elif _BEGUN.match(mark):
            self.notes = []
        elif (match := _OUTSIDE.match(said := _MARGIN.sub("", line.text))) and _MARGIN.match(mark):
            self._broken_outside(match, Line(line.number, said))
        elif _MARGIN.match(mark) and len(self.notes) < MAX_BLOCK:
            self.notes.append(Line(line.number, said))
        return False

    def _settle(self, match: re.Match[str], line: Line) -> None:
        notes, self.notes = self.notes, []
        crashed = match["said"] == _CRASH
        outcome = {"PASS": Outcome.PASSED, "SKIP": Outcome.SKIPPED}.get(
            match["status"], Outcome.ERROR if crashed else Outcome.FAILED
        )
        failures: tuple[Failure, ...] = ()
        if outcome.is_red:
            failures = _failures(notes, line, "error" if crashed else "failure")
        skipped = outcome is Outcome.SKIPPED and match["said"]
        self.session.cases.append(
            CaseResult(
                match["name"],
                outcome,
                match["suite"],
                duration=float(match["time"]) if match["time"] and match["time"].count(".") < 2 else None,
                failures=failures,
                properties=(("reason", skipped),) if skipped else (),
            )
        )

    def _broken_outside(self, match: re.Match[str], line: Line) -> None:
        """A set-up that broke has no result of its own; the test of a tear-down that did has one already."""
        notes, self.notes = self.notes, []
        suite, name = match["suite"], match["name"]
        if any((case.suite, case.name) == (suite, name) for case in self.session.cases):
            return
        failures = _failures(notes, line, "error")
        self.session.cases.append(CaseResult(name, Outcome.ERROR, suite, failures=failures))

    def _sum_up(self, match: re.Match[str]) -> None:
        tests, passed, failed, crashed = (int(match[key]) for key in ("tests", "passed", "failed", "crashed"))
        counted = Totals.of(self.session.cases)
        # What crashed is among what failed; what was skipped is in none of its counts.
        errors = min(failed, max(crashed, counted.errors))
        failed, skipped = max(0, failed - errors), counted.skipped
        self.session.stated = Totals(tests + skipped, passed, failed, errors, skipped)
        self.session.closed = True

    def finish(self) -> Session:
        return self.session


def _failures(notes: list[Line], status: Line, kind: str) -> tuple[Failure, ...]:
    """One for each assertion; else what was said, or that it failed."""
    filled = [line for line in notes if line.text.strip()]
    if not filled:
        return (bare_failure(status, kind),)
    begins = [at for at, line in enumerate(filled) if _ASSERTION.match(line.text)]
    if not begins:
        message = filled[-1].text.strip() if len(filled) == 1 else ""
        return (failure_of(filled, message=message, kind=kind),)
    # What was said before the first assertion tells how it came to it.
    ends = [*begins[1:], len(filled)]
    return tuple(
        _asserted(filled[0 if at == begins[0] else at : end], filled[at:end], kind)
        for at, end in zip(begins, ends, strict=True)
    )


def _asserted(block: list[Line], said: list[Line], kind: str) -> Failure:
    place = _ASSERTION.match(said[0].text)
    assert place is not None
    words = [line.text.strip() for line in said[1:]]
    message = f"{place['place']}: {' '.join(words[:1]) or 'Assertion Failed'}"
    trace = "\n".join(line.text for line in block)
    return Failure(
        "\n".join([message, *words[1:]]), "", kind, trace, place["file"], int(place["line"]), said[0].number
    )


READER = Reader("criterion-console", _sniff, reader_of("Criterion", run_after_run(_Parser)))
