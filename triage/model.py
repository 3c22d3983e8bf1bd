"""The nouns of the house: frozen dataclasses, no I/O, no imports from other rooms.

A *run* is what one source (a file, a stream, an archive member) tells of one execution of tests. It holds
*case results*; a case that needed several tries has several *attempts*; every try that went wrong, and every
error outside any case (a module that did not load, a log without tests), is a *failure*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any


class TriageError(Exception):
    """Root of every error that a user is meant to read: one line that says what, where and what to do."""


class Outcome(StrEnum):
    """How a test case ended, after all of its attempts."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    """Broke outside the test's own assertions: set-up, tear-down, collection, a crash."""
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    """Failed, and was declared to."""
    XPASSED = "xpassed"
    """Passed although declared to fail, and the runner tolerates it (a strict one is ``FAILED``)."""

    @property
    def is_red(self) -> bool:
        """Whether this outcome turns a run red."""
        return self in (Outcome.FAILED, Outcome.ERROR)


_SEVERITY = [
    Outcome.PASSED,
    Outcome.XPASSED,
    Outcome.XFAILED,
    Outcome.SKIPPED,
    Outcome.FAILED,
    Outcome.ERROR,
]


def worse(a: Outcome, b: Outcome) -> Outcome:
    """The outcome that counts when one case reported both: error beats failed beats skipped beats passed.

    All of them are among its failures.
    """
    return max(a, b, key=_SEVERITY.index)


class Verdict(StrEnum):
    """What a person decided a cluster is."""

    UNKNOWN = "unknown"
    PRODUCT_BUG = "product_bug"
    TEST_BUG = "test_bug"
    FLAKY = "flaky"
    INFRASTRUCTURE = "infrastructure"
    EXPECTED = "expected_by_design"

    @property
    def label(self) -> str:
        """The words shown to people."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that went wrong: in one attempt of one case, or, without a case, in the run itself."""

    message: str = ""
    """What was said, headline first, without the stack. May have several lines."""
    type: str = ""
    """Exception class or assertion kind as the runner wrote it (``httpx.HTTPStatusError``), or empty."""
    kind: str = "failure"
    """``failure`` (an assertion of the test) or ``error`` (everything else)."""
    trace: str = ""
    """The verbatim text that belongs to it (stack, diff, captured log), colours removed."""
    file: str | None = None
    """Source file of the code that failed, as the runner wrote it."""
    line: int | None = None
    """1-based line in ``file``."""
    source_line: int | None = None
    """1-based line of the ingested file where it begins."""
    lead: int = 0
    """Lines of ``trace`` that stand in the file before ``source_line``: what led to it."""

    @property
    def trace_line(self) -> int | None:
        """1-based line of the ingested file where ``trace`` (or the message, without one) begins."""
        return self.source_line - self.lead if self.source_line else None

    @property
    def headline(self) -> str:
        """First line of what went wrong, with the type in front when the message lacks it."""
        filled = (ln.strip() for ln in self.message.splitlines() if ln.strip())
        first = next(filled, "")
        if self.type and first == f"{self.type}:":
            return f"{first} {next(filled, '')}".rstrip()
        if self.type and not first.startswith(self.type):
            return f"{self.type}: {first}" if first else self.type
        from_trace = next((ln.strip() for ln in self.trace.splitlines() if ln.strip()), "")
        return first or from_trace or f"{self.kind} without a message"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one run says about one test case."""

    name: str
    """The case's own name with its parameters: ``test_discount[silver]``."""
    outcome: Outcome
    suite: str = ""
    """Class, describe block or suite that holds the case, outermost first; empty if there is none."""
    file: str | None = None
    """File of the test, as the runner wrote it."""
    line: int | None = None
    """1-based line of the test in ``file``."""
    duration: float | None = None
    """Seconds, of all attempts together."""
    attempts: int = 1
    failures: tuple[Failure, ...] = ()
    """Every failed try, in order; a case that passed on a retry keeps them."""
    output: str = ""
    """Captured stdout, stderr and logs that the report keeps apart from the trace."""
    properties: tuple[tuple[str, str], ...] = ()
    """Names and values that the runner attached (priority, owner, tags, project)."""

    @property
    def id(self) -> str:
        """Stable across runs: file, suite and name joined by ``::`` (pytest's own spelling)."""
        return "::".join(part for part in (self.file, self.suite, self.name) if part)

    @property
    def flaky(self) -> bool:
        """Passed in the end, after at least one failed try."""
        return self.outcome is Outcome.PASSED and self.attempts > 1


class _Draft:
    """A case result as it is made: ``CaseResult`` without its guard against changes, which makes it cost four times
    as much."""

    __slots__ = CaseResult.__slots__


Properties = tuple[tuple[str, str], ...]


Ending = tuple[Outcome, Properties, tuple[Failure, ...], str]
"""How a case ended: its outcome, its properties, its failures, its output."""


def cases_of_one_try(
    told: Iterable[tuple[str, tuple[str | None, str], int | None, float | None, Ending]],
) -> list[CaseResult]:
    """What ``CaseResult(...)`` gives for cases of one try, for reports with millions of them.

    Each is told as its name, its file and suite, its line, its duration, and how it ended.
    """
    made: list[CaseResult] = []
    for name, (file, suite), line, duration, (outcome, properties, failures, output) in told:
        case: Any = _Draft()
        case.name = name
        case.outcome = outcome
        case.suite = suite
        case.file = file
        case.line = line
        case.duration = duration
        case.attempts = 1
        case.failures = failures
        case.output = output
        case.properties = properties
        case.__class__ = CaseResult
        made.append(case)
    return made


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of test cases. The six outcomes do not overlap and add up to ``tests``; ``flaky`` is a
    subset of ``passed``."""

    tests: int = 0
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    xfailed: int = 0
    xpassed: int = 0
    flaky: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    @classmethod
    def of(cls, cases: Iterable[CaseResult]) -> Totals:
        """Count the cases."""
        tally = Tally()
        for case in cases:
            tally.add(case)
        return tally.totals

    @property
    def red(self) -> int:
        """Cases that failed or broke."""
        return self.failed + self.errors

    @property
    def pass_rate(self) -> float | None:
        """Passed over executed, 0 to 1; None if nothing ran. Skipped and expected failures are in neither."""
        ran = self.tests - self.skipped - self.xfailed
        return (self.passed + self.xpassed) / ran if ran else None


class Tally:
    """Totals that grow case by case."""

    def __init__(self) -> None:
        self._outcomes = dict.fromkeys(Outcome, 0)
        self._flaky = 0

    def add(self, case: CaseResult) -> None:
        """Count one more case."""
        self._outcomes[case.outcome] += 1
        if case.attempts > 1 and case.flaky:
            self._flaky += 1

    @property
    def totals(self) -> Totals:
        """Of the cases so far."""
        passed, failed, errors, skipped, xfailed, xpassed = map(self._outcomes.__getitem__, Outcome)
        return Totals(
            sum(self._outcomes.values()), passed, failed, errors, skipped, xfailed, xpassed, self._flaky
        )


def totals_note(shown: Totals, stated: Totals | None, *, stand: bool) -> str:
    """Which totals are shown and why, where a source states others than its cases add up to; else empty."""
    if stand:
        return "the totals are the source's own: it does not list every case"
    if stated is None or (stated.tests, stated.red) == (shown.tests, shown.red) or not stated.tests:
        return ""
    return (
        f"counted from the {shown.tests} cases that are listed; the source itself states {stated.tests} with"
        f" {stated.red} red"
    )


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report: by module, by priority, a list of targets."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    source_line: int | None = None


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a source says about the run as a whole; a reader may yield several, later fields win."""

    started: str | None = None
    """ISO 8601, as precise as the source is."""
    duration: float | None = None
    """Seconds of wall time."""
    environment: str | None = None
    workers: int | None = None
    suites: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    """Anything else that is named: version, URL, host, command."""
    tables: tuple[Table, ...] = ()
    totals: Totals | None = None
    """Totals that the source *states*. They stand for the run only where its cases are not all listed."""
    totals_stand: bool = False
    """True for a report that names only some of its tests: the stated totals are shown, not the counted."""

    def merged(self, later: RunInfo) -> RunInfo:
        """These facts overlaid with those of ``later``; sequences are joined."""
        joined = {
            name: getattr(self, name) + getattr(later, name) for name in ("suites", "properties", "tables")
        }
        told = {
            f.name: getattr(later, f.name)
            for f in fields(self)
            if f.name not in joined and getattr(later, f.name) not in (None, False)
        }
        return replace(self, **joined, **told)


@dataclass(frozen=True, slots=True)
class Warn:
    """Something in the source that could not be read or that contradicts itself."""

    text: str
    line: int | None = None
    """1-based line in the source."""


Item = CaseResult | Failure | RunInfo | Warn
"""What a reader yields: cases, failures outside any case, facts about the run, and warnings."""


@dataclass(frozen=True, slots=True)
class Run:
    """Everything one source told, collected. Large sources are streamed instead (see ``ingest.read``)."""

    source: str
    format: str
    cases: tuple[CaseResult, ...] = ()
    failures: tuple[Failure, ...] = ()
    """Failures outside any case."""
    info: RunInfo = field(default_factory=RunInfo)
    warnings: tuple[Warn, ...] = ()

    @property
    def totals(self) -> Totals:
        """The totals to show: counted from the cases, unless the report's own stand (see ``RunInfo``)."""
        if self.info.totals_stand and self.info.totals is not None:
            return self.info.totals
        return Totals.of(self.cases)

    @property
    def why(self) -> str:
        """Which totals are shown, and why, where there is more than one honest answer."""
        return totals_note(self.totals, self.info.totals, stand=self.info.totals_stand)
