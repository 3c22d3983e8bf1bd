"""JUnit XML in the dialects of pytest, Maven Surefire, Playwright, Jest, Vitest, CTest and their likes.

There is no one specification. The sources are: the Surefire schema (``surefire-test-report.xsd``, with its
``rerunFailure`` and ``flakyFailure``), the Jenkins xUnit plugin's ``junit-10.xsd``, and what the runners write.
What the attributes mean is in ``junit_text``, which elements are tries of one test in ``junit_tries``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import repeat
from operator import eq

from triage.ingest import junit_text as text
from triage.ingest.junit_runs import CaseRun, Runs
from triage.ingest.junit_tries import NOT_RUN, Repeats, Tries
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.severity import telling_line
from triage.ingest.xml_text import Place, stream
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn, passed_cases, worse

_RED = {"failure": "failure", "error": "error"}
_RETRIED = {
    "rerunFailure": "failure",
    "rerunError": "error",
    "flakyFailure": "failure",
    "flakyError": "error",
    "rerun": "failure",
}
_SKIPPED = {"skipped", "skip", "ignored", "disabled", "notrun", "pending", "inconclusive"}
_TEXT = {*_RED, *_RETRIED, *_SKIPPED, "system-out", "system-err", "property", "stackTrace", "warning"}
_INHERITED = {
    "priority",
    "severity",
    "owner",
    "author",
    "team",
    "component",
    "tag",
    "tags",
    "labels",
    "group",
    "groups",
}
"""What a suite says of all of its cases, as properties; and cases, as attributes or properties."""
_LAST_TRY_ONLY = {"jest tests", "vitest tests", "Mocha Tests"}
_MARK = re.compile(
    r"\[\[(?:ATTACHMENT\|(?P<path>[^\]\n]+)|PROPERTY\|(?P<name>[^=\]\n]+)=(?P<value>[^\]\n]*))\]\]"
)
_CLOSING = re.compile(r" fail (?P<count>\d{1,9}) ")
_LONGEST = 1 << 20
"""Characters of one text that are kept: its beginning and its end."""
_PROLOGUE = re.compile(
    r"\ufeff?\s*(?:<\?[^>]*\?>\s*|<!--(?:(?!-->).)*-->\s*|<!DOCTYPE[^>\[]*>\s*)*", re.DOTALL
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?P<name>[\w.-]+)")


def _sniff(sample: Sample) -> int:
    head = sample.text[:32_768]
    root = _ROOT.match(head, _PROLOGUE.match(head).end())  # type: ignore[union-attr]
    if root is None:
        return 0
    if root["name"] in ("testsuites", "testsuite", "testcase"):
        return 95
    # Some tools put their reports into an element of their own.
    return 60 if re.search(r"<testsuite\b[^>]*>", head) and "<testcase" in head else 0


@dataclass(slots=True)
class _Suite:
    attributes: dict[str, str]
    line: int
    is_root: bool
    told: bool = False
    """Whether anything red, or that was red once, is in it."""
    output: str = ""
    properties: list[tuple[str, str]] = field(default_factory=list)
    cases: int = 0

    @property
    def name(self) -> str:
        return self.attributes.get("name", "")


@dataclass(slots=True)
class _Case:
    """The test case being read."""

    attributes: dict[str, str]
    outcome: Outcome = Outcome.PASSED
    failures: list[Failure] = field(default_factory=list)
    retried: int = 0
    tolerated: bool = False
    """Whether a failure of it is let pass."""
    output: list[str] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Text:
    """An element whose text counts."""

    name: str
    attributes: dict[str, str]
    line: int
    parts: list[str] = field(default_factory=list)
    size: int = 0
    dropped: int = 0

    def add(self, part: str) -> None:
        self.parts.append(part)
        self.size += len(part)
        if self.size > 2 * _LONGEST:
            whole, half = "".join(self.parts), _LONGEST // 2
            self.dropped += len(whole) - 2 * half
            self.parts = [whole[:half], "\n[...]\n", whole[-half:]]
            self.size = 2 * half + 7

    def begins(self, end: int) -> int:
        """The line of its first character, if it ends in line ``end``."""
        breaks = sum(part.count("\n") for part in self.parts)
        return self.line if self.dropped else max(self.line, end - breaks)


class _Places(dict[tuple[str, str, bool], tuple[str | None, str]]):
    """File and suite of the cases of a suite; many cases have the same."""

    def __init__(self, where: Callable[[str, str, bool], tuple[str | None, str]]) -> None:
        self._where = where

    def __missing__(self, key: tuple[str, str, bool]) -> tuple[str | None, str]:
        if len(self) > 10_000:
            self.clear()
        self[key] = place = self._where(*key)
        return place


class _Handler:
    """See ``xml_text.Handler``."""

    def __init__(self, place: Place) -> None:
        self.seen = 0
        self._place = place
        self._tries = Tries()
        self._suites: list[_Suite] = []
        self._cases: list[_Case] = []
        self._open: list[_Text] = []
        self._dated = False
        self._totals = Totals()
        self._duration: float | None = None
        self._told: set[tuple[str, str]] = set()
        self._repeats = Repeats.PASS_OF_FAILED
        self._pytest = False
        self._places = _Places(self._where)
        self.next_run = Runs().next
        self._begin()

    def _begin(self) -> None:
        self._listed = self._skipped = self._red = 0
        self._closing = 0
        self._tries.joined = 0
        self._suite_sum: int | None = 0

    def take(self, *, all_of_it: bool) -> list[Item]:
        return self._tries.take(all_of_it=all_of_it)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "testcase":
            self._cases.append(_Case(attributes))
        elif name in _TEXT:
            self._open.append(_Text(name, attributes, self._place.CurrentLineNumber))
        elif name in ("testsuites", "testsuite"):
            self._start_suite(name, attributes)

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].add(text)

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "testcase":
            if self._cases:
                self._finish_case(self._cases.pop())
        elif name in ("testsuites", "testsuite"):
            if self._suites:
                self._end_suite(self._suites.pop())
        elif self._open and name == self._open[-1].name:
            self._end_text(self._open.pop())

    def _comment(self, said: str) -> None:
        # Node's reporter writes its totals so; a test with subtests that failed besides them is nowhere else.
        if match := _CLOSING.fullmatch(said):
            self._closing = int(match["count"])

    def _start_suite(self, name: str, attributes: dict[str, str]) -> None:
        is_root = name == "testsuites" or not self._suites
        suite = _Suite(attributes, self._place.CurrentLineNumber, is_root)
        self._suites.append(suite)
        self._tries.end_suite()
        self._places.clear()
        self._recognise(attributes)
        if not self._dated and (started := text.moment(attributes.get("timestamp"))):
            self._dated = True
            self._tries.add(RunInfo(started=started))
        stated = text.stated(attributes)
        if len(self._suites) == 1:
            self._place.parser.CommentHandler = self._comment
            self._totals += stated or Totals()
            time = text.seconds(attributes.get("time") or attributes.get("duration"))
            self._duration = self._duration if time is None else (self._duration or 0) + time
            self._tries.add(RunInfo(duration=self._duration, totals=self._totals if stated else None))
        elif len(self._suites) == 2 and self._suite_sum is not None:
            self._suite_sum = self._suite_sum + stated.tests if stated else None

    def _recognise(self, attributes: dict[str, str]) -> None:
        """The writer, as far as it says how it tells retries and names files."""
        name = attributes.get("name", "")
        if name in ("pytest", "pytest tests"):
            self._pytest, self._repeats = True, Repeats.TRY
        elif name in _LAST_TRY_ONLY or any("surefire" in value for value in attributes.values()):
            self._repeats = Repeats.OTHER

    def _end_suite(self, suite: _Suite) -> None:
        self._places.clear()
        last = self._tries.last
        if suite.cases == 1 and suite.output.strip() and isinstance(last, CaseResult):
            # Bazel wraps a whole program into one case, and puts its output beside it.
            said = tuple(_explained(failure, suite.output) for failure in last.failures)
            self._tries.change_last(replace(last, failures=said))
        self._tries.end_suite()
        stated = text.stated(suite.attributes) or Totals()
        red = (text.integer(suite.attributes.get("failures")) or 0) + stated.errors
        red = red or (text.integer(suite.attributes.get("errors")) or 0)
        # Qt counts warnings as errors.
        qt = any(name == "QTestVersion" for name, _ in suite.properties)
        if red and not suite.told and not qt:
            self._tell(self._unlisted(suite, red), suite)
        if suite.told and self._suites:
            self._suites[-1].told = True
        if not self._suites:
            if self._closing > self._red:
                lost = f"{self._closing} failed, {self._red} of them are listed: a test failed besides its subtests"
                self._tell(Failure(lost), suite)
            self._compare_counts(suite)
            self._begin()

    def _unlisted(self, suite: _Suite, red: int) -> Failure:
        name = f"suite {suite.name!r}" if suite.name else "head"
        said = f"the {name} counts {red} failed, and lists none of them"
        if suite.output.strip():
            said = f"{telling_line(suite.output)}\n{said}"
        return Failure(said, kind="error", trace=suite.output.strip("\n"), source_line=suite.line)

    def _compare_counts(self, root: _Suite) -> None:
        stated = text.integer(root.attributes.get("tests"))
        stated = self._suite_sum if stated is None and len(root.attributes) < 4 else stated
        tests = self._listed - self._tries.joined
        # Some count what was skipped apart; pytest counts reports (set-up, tear-down, subtests), Catch2 assertions.
        right = {self._listed, tests, self._listed - self._skipped}
        if stated is None or stated in right or (self._pytest and stated >= tests):
            return
        text_ = f"the head speaks of {stated} tests, {tests} are listed: those were counted"
        self._tries.add(Warn(text_, root.line))

    def _end_text(self, closed: _Text) -> None:
        name, attributes = closed.name, closed.attributes
        said = text.clean("".join(closed.parts))
        line = closed.begins(self._place.CurrentLineNumber) if said.strip() else closed.line
        suite = self._suites[-1] if self._suites else None
        if name == "stackTrace" and self._open:
            # Surefire's reruns hold their trace in an element of its own.
            self._open[-1].parts = [said]
            self._open[-1].line = line
        elif self._cases:
            self._child(self._cases[-1], name, attributes, said, line)
        elif name == "property":
            self._run_property(attributes, said)
        elif name in _RED:
            # An error of the suite itself: counts for no case, and must not be lost.
            for failure in text.failures(name, attributes, said, line, {}):
                self._tell(failure, suite)
        elif name in ("system-out", "system-err") and suite is not None:
            suite.output = f"{suite.output}\n{said}".strip("\n")[-_LONGEST:]

    def _tell(self, failure: Failure, suite: _Suite | None) -> None:
        self._tries.add(failure)
        self.seen += 1
        if suite is not None:
            suite.told = True

    def _run_property(self, attributes: dict[str, str], said: str) -> None:
        pair = (attributes.get("name", ""), attributes.get("value", said.strip()))
        if not pair[0]:
            return
        if self._suites:
            self._suites[-1].properties.append(pair)
        if pair[0].startswith("go.version"):
            self._repeats = Repeats.TRY_OF_FAILED
        if pair not in self._told and len(self._told) < 1_000:
            self._told.add(pair)
            self._tries.add(RunInfo(properties=(pair,)))

    def _child(self, case: _Case, name: str, attributes: dict[str, str], said: str, line: int) -> None:
        if name in _RED:
            found = text.failures(name, attributes, said, line, case.attributes)
            case.failures.extend(found)
            case.retried += len(found) - 1 if found[0].trace.count("Retry #") or len(found) > 1 else 0
            case.outcome = worse(case.outcome, Outcome.ERROR if name == "error" else Outcome.FAILED)
        elif name in _RETRIED:
            case.failures.extend(text.failures(_RETRIED[name], attributes, said, line, case.attributes))
            case.retried += 1
            if name in ("rerunFailure", "rerunError"):
                case.outcome = worse(case.outcome, Outcome.FAILED)
        elif name in _SKIPPED:
            reason = attributes.get("message") or said.strip()
            if attributes.get("type") == "todo" or reason == "TEST_CASE tagged with !mayfail":
                case.tolerated = True
            if reason.startswith("TEST_CASE tagged with"):
                return  # Catch2's mark, whatever came of it
            case.outcome = worse(case.outcome, _skip(attributes.get("type", ""), reason))
            if reason:
                case.properties.append(("reason", reason))
        elif name == "warning":
            case.properties.append(("warning", attributes.get("message") or said.strip()))
        elif name in ("system-out", "system-err") and said.strip():
            case.output.append(said.strip("\n"))
            case.properties += [
                ("attachment", mark["path"]) if mark["path"] else (mark["name"], mark["value"])
                for mark in (_MARK.finditer(said) if "[[" in said else ())
            ]
        elif name == "property" and attributes.get("name"):
            case.properties.append((attributes["name"], attributes.get("value", said.strip())))

    def _finish_case(self, case: _Case) -> None:
        self.seen += 1
        self._listed += 1
        result = self._result(case)
        self._skipped += result.outcome is Outcome.SKIPPED
        if self._suites:
            self._suites[-1].cases += 1
            self._suites[-1].told = self._suites[-1].told or bool(result.failures)
        repeats = self._repeats
        if any(name == "repetition" and value.startswith("Repetition") for name, value in case.properties):
            repeats = Repeats.TRY_OF_FAILED
        elif result.suite == NOT_RUN:
            repeats = Repeats.TRY
        self._red += result.outcome.is_red
        self._tries.add_case(result, repeats)

    def _result(self, case: _Case) -> CaseResult:
        attributes = case.attributes
        output = "\n".join(case.output)
        outcome = case.outcome
        if outcome is Outcome.PASSED and not case.retried:
            outcome = text.said(attributes) or outcome
        elif outcome is Outcome.FAILED and case.tolerated:
            outcome = Outcome.XFAILED
        failures = case.failures
        if outcome.is_red and not failures:
            said = attributes.get("failure") or f"the report says {outcome.value!r}, and not why"
            failures = [Failure(said, kind="error" if outcome is Outcome.ERROR else "failure")]
        name, classname = _name(attributes), attributes.get("classname") or attributes.get("class", "")
        named = attributes.get("file") or attributes.get("filepath") or ""
        file, suite = self._places[classname, named, classname == name]
        return CaseResult(
            name=name,
            outcome=outcome,
            suite=suite,
            file=file,
            line=self._line(attributes.get("line") or attributes.get("lineno")),
            duration=text.seconds(attributes.get("time") or attributes.get("duration")),
            attempts=1 + case.retried,
            failures=tuple(_explained(failure, output) for failure in failures),
            output=output,
            properties=self._properties(case),
        )

    def _properties(self, case: _Case) -> tuple[tuple[str, str], ...]:
        own = [(name, value) for name, value in case.attributes.items() if name in _INHERITED]
        own += case.properties
        names = {name for name, _ in own}
        return tuple(dict.fromkeys([*own, *(pair for pair in self._inherited() if pair[0] not in names)]))

    def _inherited(self) -> tuple[tuple[str, str], ...]:
        told = (pair for suite in self._suites for pair in suite.properties)
        return tuple(dict.fromkeys(pair for pair in told if pair[0].lower() in _INHERITED))

    @property
    def between(self) -> bool:
        return bool(self._suites) and not self._cases and not self._open

    def take_run(self, run: CaseRun) -> None:
        """What ``start`` and ``end`` would make of each of the elements."""
        names, classnames = run.columns["name"], run.columns["classname"]
        files = run.columns.get("file") or repeat("", run.size)
        numbers = run.columns.get("line")
        lines = map(self._line, numbers) if numbers else repeat(None, run.size)
        durations = text.all_seconds(run.columns.get("time") or [""] * run.size)
        places = map(
            self._places.__getitem__, zip(classnames, files, map(eq, classnames, names), strict=True)
        )
        told = zip(names, places, lines, durations, strict=True)
        self._tries.add_passed(names, passed_cases(told, self._inherited()), self._repeats)
        self.seen += run.size
        self._listed += run.size
        self._suites[-1].cases += run.size

    def _line(self, told: str | None) -> int | None:
        line = text.integer(told)
        return None if line is None else line + self._pytest  # pytest counts from 0

    def _where(self, classname: str, file: str, named_so: bool) -> tuple[str | None, str]:
        """File and suite of a case, from what it says, whether its class is its name, and the suites that it is in."""
        if self._pytest:
            module, suite = text.pytest_place(classname)
            return file or module, suite
        if not self._suites:
            return file or None, classname
        suites = [suite for suite in self._suites if "name" in suite.attributes and not suite.is_root]
        nearest = next(reversed(suites or self._suites))
        suite = classname
        if classname == "test" and not self._suites[0].attributes:  # Node's reporter says so of every test
            suite = " > ".join(suite.name for suite in suites)
        elif not classname or named_so:  # jest-junit and CTest repeat the name as class
            suite = nearest.name
        return file or nearest.attributes.get("file"), suite


def _name(attributes: dict[str, str]) -> str:
    for key in ("name", "id", "classname"):
        if name := attributes.get(key, "").strip():
            return name
    return "(unnamed)"


def _skip(type_: str, reason: str) -> Outcome:
    if "passes unexpectedly" in reason:
        return Outcome.XPASSED
    expected = "xfail" in type_.lower() or reason.startswith("expected test failure")
    return Outcome.XFAILED if expected else Outcome.SKIPPED


def _explained(failure: Failure, output: str) -> Failure:
    """The failure with the line of the output that tells most, where it says nothing itself."""
    if failure.message and (failure.trace or not text.says_nothing(failure.message)):
        return failure
    if failure.trace or not output.strip():
        return failure
    return replace(failure, message=telling_line(output), trace=output.strip("\n"))


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("junit-xml", _sniff, _read)
