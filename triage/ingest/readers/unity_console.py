"""What Unity, ThrowTheSwitch's framework for C, prints.

After ``unity.c`` of Unity 2.3 to 2.6, with and without colours and durations. The verbose lines of its fixture name
group and test; its dots name nothing: the counts stand. Each program has counts of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.console import Line, Session, bare_failure, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_RESULT = re.compile(
    r"^(?P<file>(?:[A-Za-z]:)?[^\s:][^:]{0,300}\.\w{1,4}):(?P<line>\d{1,9}):(?P<name>[^:\s][^:]{0,200}|TEST\(\w+, \w+\)):"
    r"(?P<how>PASS|FAIL|IGNORE)(?:: ?(?P<said>.*?))??(?: \((?P<time>\d{1,9}) ms\))?$"
)
_PASSED = re.compile(r"^(?P<name>TEST\(\w+, \w+\))(?:.*\s)?PASS$")
_FIXTURE = re.compile(r"^TEST\((?P<suite>\w+), (?P<name>\w+)\)$")
_COUNTS = re.compile(
    r"^(?P<tests>\d{1,9}) Tests (?P<failed>\d{1,9}) Failures (?P<skipped>\d{1,9}) Ignored *$"
)
_HOW = {"PASS": Outcome.PASSED, "FAIL": Outcome.FAILED, "IGNORE": Outcome.SKIPPED}


def _sniff(sample: Sample) -> int:
    return 84 if any(map(_COUNTS.match, sample_lines(sample))) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark.rstrip()
        if match := _COUNTS.match(mark):
            tests, failed, skipped = (int(match[key]) for key in ("tests", "failed", "skipped"))
            self.session.stated = Totals(tests, max(0, tests - failed - skipped), failed, 0, skipped)
            self.session.closed = True
            return True
        if match := _RESULT.match(mark):
            self._settle(match, line)
        elif match := _PASSED.match(mark):
            suite, name = _named(match["name"])
            self.session.cases.append(CaseResult(name, Outcome.PASSED, suite))
        return False

    def _settle(self, match: re.Match[str], line: Line) -> None:
        outcome, said = _HOW[match["how"]], match["said"] or ""
        failures: tuple[Failure, ...] = ()
        if outcome.is_red:
            at = int(match["line"])
            told = Failure(said, "", "failure", line.text.strip(), match["file"], at, line.number)
            failures = (told if said else bare_failure(line),)
        suite, name = _named(match["name"])
        self.session.cases.append(
            CaseResult(
                name,
                outcome,
                suite or match["file"],
                match["file"],
                int(match["line"]),
                duration=int(match["time"]) / 1000 if match["time"] else None,
                failures=failures,
                properties=(("reason", said),) if outcome is Outcome.SKIPPED and said else (),
            )
        )

    def finish(self) -> Session:
        """What was told."""
        return self.session


def _named(name: str) -> tuple[str, str]:
    """The group and the name of a test."""
    match = _FIXTURE.match(name)
    return (match["suite"], match["name"]) if match else ("", name)


READER = Reader("unity-console", _sniff, reader_of("Unity", run_after_run(_Parser)))
