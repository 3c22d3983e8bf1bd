"""JUnit XML in the dialects of pytest, Maven Surefire, Playwright, Jest, Vitest, CTest and their likes.

There is no one specification. The sources are: the Surefire schema (``surefire-test-report.xsd``, with its
``rerunFailure`` and ``flakyFailure``), the Jenkins xUnit plugin's ``junit-10.xsd``, and what the runners write.
What stands in an element is in ``junit_elements``, what attributes and texts mean in ``junit_text``, which elements are tries of one test in ``junit_tries``, and what is
known of who wrote it in ``junit_writers``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import repeat
from operator import eq

from triage.ingest.coverage import coverage_missed
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners import junit_text as text
from triage.ingest.runners import junit_values as values
from triage.ingest.runners.junit_elements import (
    ALIASES,
    RED,
    TEXT,
    TRACED,
    Case,
    Suite,
    Text,
    explained,
    lost,
    name_of,
    place_in,
)
from triage.ingest.runners.junit_runs import CaseRun, Rows, Runs
from triage.ingest.runners.junit_shapes import Columns
from triage.ingest.runners.junit_tries import Repeats, Tries
from triage.ingest.runners.junit_writers import Writer
from triage.ingest.xml_text import Place, root, stream
from triage.model import (
    CaseResult,
    Failure,
    Item,
    Outcome,
    Properties,
    RunInfo,
    Totals,
    Warn,
    cases_of_one_try,
)

_NOT_RUN = "Test suite failed to run"  # what jest-junit lists twice
_CLOSING = re.compile(r" fail (?P<count>\d{1,9}) ")


def _sniff(sample: Sample) -> int:
    name, _ = root(sample)
    if name in ("testsuites", "testsuite", "testcase"):
        return 95
    head = sample.text[:32_768]
    # Some tools put their reports into an element of their own.
    return 60 if name and re.search(r"<testsuite\b[^>]*>", head) and "<testcase" in head else 0


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
        self._suites: list[Suite] = []
        self._cases: list[Case] = []
        self._open: list[Text] = []
        self._dated = self._any_case = False
        self._totals = self._below = Totals()
        self._all_stated = True
        """Whether each root so far says how many tests it has, and how many of them failed."""
        self._duration: float | None = None
        self._nanoseconds = False
        self._told: set[tuple[str, str]] = set()
        self._writer = Writer()
        self._places = _Places(self._where)
        self._part = 0
        """Grows where what a suite says of its cases may change."""
        self.runs_within = Runs().within
        self._begin()

    def _begin(self) -> None:
        self._listed = self._skipped = self._red = 0
        self._closing: int | None = None
        """How many failed in Node's words; its suites count only what stands directly in them."""
        self._tries.joined = 0
        self._suite_sum: int | None = 0

    def take(self, *, all_of_it: bool) -> list[Item]:
        if all_of_it:
            self._cut()
        return self._tries.take(all_of_it=all_of_it)

    def _cut(self) -> None:
        """Keep the cases that the file breaks off in, where what they said so far is that they failed."""
        while self._open:
            self._end_text(self._open.pop())
        while self._cases:
            if (case := self._cases.pop()).outcome.is_red:
                self._finish_case(case)
        for failure in lost(self._suites):
            self._tell(failure, None)
        if not self._any_case and (totals := self._totals if self._totals.tests else self._below).tests:
            # Some reports only count.
            self._any_case = True
            self._tries.add(RunInfo(totals=totals, totals_stand=True))
        elif self._any_case and self._all_stated:
            self._tries.add(RunInfo(totals=self._totals))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "testcase":
            if "name" in attributes:
                attributes["name"] = attributes["name"].strip()
            self._cases.append(Case(attributes))
        elif name in TEXT:
            line = self._place.CurrentLineNumber if name in TRACED else 0
            self._open.append(Text(name, attributes, line))
        elif name in ("testsuites", "testsuite"):
            self._start_suite(name, attributes)
        elif self._cases and (meant := ALIASES.get(name)):
            self._open.append(Text(meant, attributes, self._place.CurrentLineNumber, is_alias=True))

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
        elif self._open and (name == self._open[-1].name or self._open[-1].name == ALIASES.get(name)):
            self._end_text(self._open.pop())

    def _comment(self, said: str) -> None:
        # Node's reporter writes its totals so; a test with subtests that failed besides them is nowhere else.
        if match := _CLOSING.fullmatch(said):
            self._closing = int(match["count"])
        elif failure := coverage_missed(said, self._place.CurrentLineNumber):
            self._tell(failure, None)

    def _start_suite(self, name: str, attributes: dict[str, str]) -> None:
        is_root = name == "testsuites" or not self._suites
        suite = Suite(attributes, self._place.CurrentLineNumber, is_root, inherited=self._inherited)
        self._suites.append(suite)
        self._tries.end_suite()
        self._begin_part()
        self._writer.recognise(attributes)
        if not self._dated and (started := values.moment(attributes.get("timestamp"))):
            self._dated = True
            self._tries.add(RunInfo(started=started))
        stated = values.stated(attributes)
        if len(self._suites) == 1:
            self._place.parser.CommentHandler = self._comment
            self._totals += stated or Totals()
            self._all_stated &= stated is not None and ("failures" in attributes or not stated.tests)
            self._nanoseconds = values.is_nanoseconds(attributes.get("time", ""))
            time = self._time(attributes)
            self._duration = self._duration if time is None else (self._duration or 0) + time
            self._tries.add(RunInfo(duration=self._duration))
        elif len(self._suites) == 2 and self._suite_sum is not None:
            self._suite_sum = self._suite_sum + stated.tests if stated else None
            self._below += stated or Totals()

    def _begin_part(self) -> None:
        self._places.clear()
        self._part += 1

    def _end_suite(self, suite: Suite) -> None:
        self._begin_part()
        last = self._tries.last
        if suite.cases == 1 and suite.output.strip() and isinstance(last, CaseResult):
            # Bazel wraps a whole program into one case, and puts its output beside it.
            said = tuple(explained(failure, suite.output) for failure in last.failures)
            self._tries.change_last(replace(last, failures=said))
        self._tries.end_suite()
        for inner, failure in suite.uncounted():
            self._tell(failure, inner)
            suite.add_suite(inner)
        if unlisted := suite.unlisted():
            if self._suites and self._suites[-1].may_sum_up(suite, unlisted):
                return
            self._tell(unlisted, suite)
        if self._suites:
            self._suites[-1].add_suite(suite)
        if not self._suites:
            if self._closing is not None and self._closing > self._red:
                lost = f"{self._closing} failed, {self._red} of them are listed: a test failed besides its subtests"
                self._tell(Failure(lost), suite)
            self._compare_counts(suite)
            self._begin()

    def _compare_counts(self, top: Suite) -> None:
        stated = values.integer(top.attributes.get("tests"))
        if stated is None and len(top.attributes) < 4:
            stated = (self._suite_sum - top.summed or None) if self._suite_sum else None
        tests = self._listed - self._tries.joined
        # Some count what was skipped apart; pytest counts reports (set-up, tear-down, subtests), Catch2 assertions.
        right = {None, self._listed, tests, self._listed - self._skipped}
        if (
            stated in right
            or (self._writer.is_pytest and (stated or 0) >= tests)
            or self._closing is not None
        ):
            return
        text_ = f"the head speaks of {stated} tests, {tests} are listed: those were counted"
        self._tries.add(Warn(text_, top.line))

    def _end_text(self, closed: Text) -> None:
        name, attributes = closed.name, closed.attributes
        said = text.clean("".join(closed.parts))
        traced = name in TRACED and said and not said.isspace()
        line = closed.begins(self._place.CurrentLineNumber) if traced else closed.line
        suite = self._suites[-1] if self._suites else None
        if name == "stackTrace" and self._open:
            # Surefire's reruns hold their trace in an element of its own.
            self._open[-1].parts = [said]
            self._open[-1].line, self._open[-1].is_placed = line, True
        elif self._cases:
            if not closed.denies:
                self._cases[-1].add(name, attributes, said, line)
        elif name == "property":
            self._run_property(attributes, said)
        elif name in RED:
            # An error of the suite itself: counts for no case, and must not be lost.
            for failure in text.failures(name, attributes, said, line, {}):
                self._tell(failure, suite)
        elif name in ("system-out", "system-err") and suite is not None:
            suite.add_output(said)

    def _tell(self, failure: Failure, suite: Suite | None) -> None:
        self._tries.add(failure)
        self.seen += 1
        if suite is not None:
            suite.told = suite.has_errors = True

    def _run_property(self, attributes: dict[str, str], said: str) -> None:
        pair = (attributes.get("name", ""), attributes.get("value", said.strip()))
        if not pair[0]:
            return
        if self._suites:
            self._suites[-1].add_property(*pair)
            self._begin_part()
        self._writer.recognise_property(pair[0])
        if pair not in self._told and len(self._told) < 1_000:
            self._told.add(pair)
            self._tries.add(RunInfo(properties=(pair,)))

    def _finish_case(self, case: Case) -> None:
        result = self._result(case)
        if result.outcome.is_red and case.is_nameless:
            suite = self._suites[-1] if self._suites else None
            for failure in result.failures:
                said = f"{failure.message}\nin {suite.name}" if suite and suite.name else failure.message
                self._tell(replace(failure, message=said.removeprefix("Failed\n"), kind="error"), suite)
            return
        self._count(1, [result])
        repeats = Repeats.TRY if case.is_repetition else self._writer.repeats
        self._add(result, repeats, same_try=case.is_teardown)

    def _count(self, cases: int, others: Sequence[CaseResult]) -> None:
        """Count cases; those that did not just pass are among ``others``."""
        self.seen += cases
        self._any_case = True
        self._listed += cases
        suite = self._suites[-1] if self._suites else None
        if suite is not None:
            suite.cases += cases - len(others)
        for case in others:
            self._skipped += case.outcome is Outcome.SKIPPED
            self._red += case.outcome.is_red
            self._writer.recognise_failures(case.failures)
            if suite is not None:
                suite.add_case(case)

    def _add(self, case: CaseResult, repeats: Repeats, *, same_try: bool = False) -> None:
        not_run = case.suite == _NOT_RUN
        self._tries.add_case(case, Repeats.TRY if not_run else repeats, same_try=not_run or same_try)

    def _result(self, case: Case) -> CaseResult:
        attributes = case.attributes
        output = "\n".join(case.output)
        outcome, failures = case.ended(self._suites[-1] if self._suites else None)
        name, classname = name_of(attributes), attributes.get("classname") or attributes.get("class", "")
        named = attributes.get("file") or attributes.get("filepath") or ""
        file, suite = self._places[classname, named, classname == name]
        return CaseResult(
            name=name,
            outcome=outcome,
            suite=suite,
            file=file,
            line=self._writer.line(
                attributes.get("line") or attributes.get("lineno") or values.line_of(named)
            ),
            duration=self._time(attributes),
            attempts=1 + case.retried,
            failures=tuple(explained(failure, output) for failure in failures),
            output=output,
            properties=case.all_properties(self._inherited),
        )

    @property
    def _inherited(self) -> Properties:
        return self._suites[-1].inherited if self._suites else ()

    @property
    def between(self) -> bool:
        return bool(self._suites) and not self._cases and not self._open

    def take_run(self, run: CaseRun) -> None:
        """What ``start`` and ``end`` would make of each of the elements."""
        cases: list[CaseResult] = []
        others: list[CaseResult] = []
        for rows, begin, end in run.parts:
            if rows.part != self._part:
                rows.cases, rows.part = self._cases_of(rows, run), self._part
            some = rows.cases[begin:end]
            cases += some
            if not rows.just_passed:
                others += [case for case in some if case.failures or case.outcome is not Outcome.PASSED]
        self._count(len(cases), others)
        red = [case for case in others if case.failures and case.outcome.is_red]
        if any(case.suite == _NOT_RUN for case in red) or not self._tries.add_all(
            cases, red, self._writer.repeats
        ):
            for case in cases:
                self._add(case, self._writer.repeats)

    def _cases_of(self, rows: Rows, run: CaseRun) -> list[CaseResult]:
        first_line = self._place.CurrentLineNumber - run.lines
        endings = rows.endings(self._inherited, first_line)
        if endings is None:
            return list(map(self._result, rows.elements(first_line)))
        columns, size = rows.columns, rows.size
        numbers = columns.get("line") or list(map(values.line_of, columns.get("file", ())))
        lines = map(self._writer.line, numbers) if numbers else repeat(None, size)
        durations = values.all_seconds(columns.get("time") or [""] * size)
        if self._nanoseconds:
            durations = [each and round(each * 1e-9, 9) for each in durations]
        places = self._places_of(columns)
        return cases_of_one_try(zip(columns["name"], places, lines, durations, endings, strict=False))

    def _places_of(self, columns: Columns) -> Iterable[tuple[str | None, str]]:
        names, classnames = columns["name"], columns["classname"]
        if "file" in columns or any(map(eq, classnames, names)):
            files = columns.get("file") or repeat("", len(names))
            return map(
                self._places.__getitem__, zip(classnames, files, map(eq, classnames, names), strict=True)
            )
        of_class = {classname: self._places[classname, "", False] for classname in set(classnames)}
        return map(of_class.__getitem__, classnames)

    def _time(self, attributes: dict[str, str]) -> float | None:
        time = values.seconds(attributes.get("time") or attributes.get("duration"))
        return round(time * 1e-9, 9) if time and self._nanoseconds else time

    def _where(self, classname: str, file: str, named_so: bool) -> tuple[str | None, str]:
        """File and suite of a case, from what it says, whether its class is its name, and the suites that it is in."""
        if self._writer.is_pytest:
            module, suite = values.pytest_place(classname)
            return values.file_alone(file) or module, suite
        return place_in(self._suites, classname, values.file_alone(file), named_so=named_so)


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("junit-xml", _sniff, _read, bounded=True)
