"""What Maven prints: Surefire and Failsafe 2.4 to 3.5, one module or a reactor, reruns, builds that break before any test.

Written after ``DefaultReporterFactory`` and ``StatelessTestsetInfoReporter`` of Surefire and the CLI event logger of
Maven. Each module ends with its own totals; the lines of its classes stand only until then, so nothing counts twice.
Tests that passed are counted, not named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.maven_build import BUILD, FRAME, Build, strip_level
from triage.model import Failure, Outcome, Totals, worse

_COUNTS = re.compile(
    r"^Tests run: (?P<tests>\d{1,9}), Failures: (?P<failed>\d{1,9}), Errors: (?P<errors>\d{1,9})"
    r"(?:, Skipped: (?P<skipped>\d{1,9}))?(?:, Flakes: (?P<flaky>\d{1,9}))?"
    r"(?P<time>, Time elapsed: [\d.,]+ \w+)?(?: *<<< (?:FAILURE|ERROR)!)?(?: --? in (?P<suite>\S.*))?$"
)
_REPORT = re.compile(r"^Test set: (?P<suite>\S.*)$")
"""The head of the text file that is written beside the XML of each class."""
_RUNNING = re.compile(r"^Running (?P<suite>[\w.$]+)$")
_TEST = re.compile(
    r"^(?P<name>\S.*?)(?: --)?(?: +Time elapsed: (?P<time>[\d.,]+ \w+))? +<<< (?P<what>FAILURE|ERROR)!$"
)
_OLD_NAME = re.compile(r"^(?P<name>.+)\((?P<suite>[\w.$]+)\)$")
_DOTTED = re.compile(r"^(?P<suite>(?:[a-z_]\w*\.)+[A-Z][\w$]*)(?:\.(?P<name>.+))?$")
_SECTION = re.compile(
    r"^(?P<what>Failed tests|Failures|Tests in error|Errors|Flaked tests|Flakes|Skipped tests|Tests skipped): *(?P<rest>.*)$"
)
_SECTIONS = {
    "Failed tests": Outcome.FAILED,
    "Failures": Outcome.FAILED,
    "Tests in error": Outcome.ERROR,
    "Errors": Outcome.ERROR,
    "Flaked tests": Outcome.PASSED,
    "Flakes": Outcome.PASSED,
}
_BRIEF = re.compile(
    r"^ {2,}(?P<suite>[\w$]+)(?:>[\w$]+)?(?:\.(?P<name>[^:»]+?))?(?:(?P<at>:\d{1,9})(?:->\S+)*| (?=»)) ?(?P<why>.*)$"
)
_BRIEF_OLD = re.compile(r"^ *(?P<name>[^\s(]\S*?(?:\[.*\])?)\((?P<suite>[\w.$]+)\)(?:: (?P<why>.*))?$")
_LAMBDA = re.compile(r"^lambda\$(?P<method>\w+)\$\d{1,9}$")
"""Where a dynamic test broke: the list names the place, not the test."""
_RERUN = re.compile(r"^(?P<name>[\w$]+(?:\.[\w$]+)*\.\S+)$")
_RUN = re.compile(r"^ {2}Run (?P<number>\d{1,4}): (?P<what>.*)$")
_END_OF_TEST = re.compile(r"^(?:Running |Tests run: |Results ?:)")


def _sniff(sample: Sample) -> int:
    lines = [strip_level(line)[1] for line in sample_lines(sample)]
    if any((match := _COUNTS.match(line)) and (match["skipped"] or match["time"]) for line in lines):
        return 78
    maven = any(line.startswith("Scanning for projects...") for line in lines[:500])
    broke = any(line.startswith("Failed to execute goal ") for line in lines)
    return 45 if broke or (maven and any(map(BUILD.match, lines))) else 0


@dataclass
class _Module:
    """What the classes told since the last totals."""

    totals: Totals = field(default_factory=Totals)
    classes: set[tuple[str, int]] = field(default_factory=set)
    red: set[tuple[str, str]] = field(default_factory=set)
    """Classes and names of the tests that failed."""
    brief: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often the list at the end named a test so far."""

    def tell_once(self, counted_as: str) -> None:
        """Take back one of two results of one test."""
        if count := getattr(self.totals, counted_as):
            self.totals = replace(self.totals, tests=self.totals.tests - 1, **{counted_as: count - 1})


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    module: _Module = field(default_factory=_Module)
    modules: dict[frozenset[tuple[str, int]], Totals] = field(default_factory=dict)
    """Totals by the classes that ran."""
    suite: str = ""
    """The class whose results are being printed."""
    is_report: bool = False
    """Whether no totals of a module are to come."""
    test: tuple[Entry, str] | None = None
    """The test whose stack is being printed, and its kind."""
    block: list[Line] = field(default_factory=list)
    section: Outcome | None = None
    listed: tuple[Entry, Line, list[str]] | None = None
    """The entry of the list at the end that is being read, and its lines."""
    build: Build = field(default_factory=Build)
    counted: bool = False

    def feed(self, line: Line) -> None:
        level, text = strip_level(line.mark)
        if self.test is not None and self._inside(level, text, line):
            return
        if match := _COUNTS.match(text):
            self._counts(match)
        elif match := _TEST.match(text):
            self._start(match, line)
        elif match := _RUNNING.match(text):
            self.suite, self.section, self.is_report = match["suite"], None, False
        elif match := _REPORT.match(text):
            self.suite, self.section, self.is_report = match["suite"], None, True
        elif (match := _SECTION.match(text)) and (match["rest"] == "" or _BRIEF_OLD.match(match["rest"])):
            self._end_listed()
            self.section = _SECTIONS.get(match["what"], Outcome.SKIPPED)
            if match["rest"]:
                self._list(level, "  " + match["rest"], line)
        elif self.section is not None:
            self._list(level, text, line)
        else:
            self._build(level, text, line)

    # Tests

    def _counts(self, match: re.Match[str]) -> None:
        self._end_listed()
        self.section = None
        tests, failed, errors, skipped, flaky = (
            int(match[key] or 0) for key in ("tests", "failed", "errors", "skipped", "flaky")
        )
        tests = max(tests, failed + errors + skipped)
        passed = tests - failed - errors - skipped
        totals = Totals(tests, passed, failed, errors, skipped, flaky=flaky)
        self.counted = True
        if match["time"]:
            self.module.totals += totals
            self.suite = match["suite"] or self.suite
            self.module.classes.add((self.suite, tests))
            self.session.closed = self.is_report
        else:
            self._end_module(totals)
            self.session.closed = True

    def _end_module(self, totals: Totals) -> None:
        """The totals of a module; the same classes again (coverage, another phase) are the same tests."""
        key = frozenset(self.module.classes) or frozenset({(f"#{len(self.modules)}", 0)})
        known = self.modules.get(key)
        if known is None or totals.red > known.red:
            self.modules[key] = totals
        self.module = _Module()

    def _start(self, match: re.Match[str], line: Line) -> None:
        name, suite = _name(match["name"], self.suite)
        kind = "failure" if match["what"] == "FAILURE" else "error"
        outcome = Outcome.FAILED if kind == "failure" else Outcome.ERROR
        if (suite, name) in self.module.red:
            # Another try, or its tear-down broke as well: the counts of a class have both, those of the module one.
            both = outcome, self.book.entry(name, suite).outcome or outcome
            self.module.tell_once("failed" if Outcome.FAILED in both else "errors")
            outcome = worse(*both)
        self.module.red.add((suite, name))
        entry = self.book.settle(name, suite, outcome, line, spoken_seconds(match["time"]))
        self.test, self.block = (entry, kind), []

    def _inside(self, level: str, text: str, line: Line) -> bool:
        """Whether the line belongs to the stack of the test that is open."""
        mark = line.mark
        framed = any(FRAME.match(known.mark) for known in self.block[-3:])
        if (
            level
            or (not mark.strip() and (framed or (self.block and not self.block[-1].text.strip())))
            or _END_OF_TEST.match(mark)
            or _TEST.match(text)
        ):
            self._end_test()
            return not mark.strip()
        if len(self.block) < MAX_BLOCK:
            self.block.append(line)
        return True

    def _end_test(self) -> None:
        if self.test is None:
            return
        entry, kind = self.test
        if any(line.text.strip() for line in self.block):
            entry.failures.append(failure_of(self.block, kind=kind))
        elif entry.status is not None:
            entry.failures.append(
                Failure(kind=kind, trace=entry.status.text.strip(), source_line=entry.status.number)
            )
        self.test, self.block = None, []

    def _list(self, level: str, text: str, line: Line) -> None:
        """A line of the list at the end of a module."""
        assert self.section is not None
        if match := _RUN.match(text):
            if self.listed is not None:
                entry = self.listed[0]
                entry.attempts = max(entry.attempts, int(match["number"]))
                if match["what"] != "PASS" and len(entry.failures) < int(match["number"]):
                    why = _BRIEF.match("  " + match["what"])
                    message = (why["why"] if why else "") or match["what"]
                    entry.failures.append(Failure(message, trace=line.text.strip(), source_line=line.number))
            return
        match = (
            _BRIEF.match(text)
            or _BRIEF_OLD.match(text)
            or (None if " " in text.strip() else _RERUN.match(text))
        )
        if match is not None and self.section is not Outcome.SKIPPED:
            self._end_listed()
            groups = match.groupdict()
            suite, name = groups.get("suite") or "", (groups.get("name") or "").strip()
            name = name.removeprefix(f"{suite}.")
            if not suite:
                name, suite = _name(name, self.suite)
            self._listed(suite, name, groups.get("why") or "", line)
        elif text.strip().startswith("BUILD ") or text.startswith("-----"):
            self._end_listed()
            self.section = None
            self._build(level, text, line)
        elif self.listed is not None and not level and text.strip() and len(self.listed[2]) < 50:
            self.listed[2].append(line.text)

    def _listed(self, suite: str, name: str, why: str, line: Line) -> None:
        assert self.section is not None
        simple = _simple(suite)
        key = (simple, _method(name))
        tests = self.book.entries.values()
        known = [e for e in tests if (_simple(e.suite), _method(e.name)) == key]
        # What broke before the first test of a class is told under the name of the class.
        known = known or [e for e in tests if not e.suite and _simple(e.name) == simple]
        # What broke in a method of set-up is told under the name of that method.
        known = known or [e for e in tests if _simple(e.suite) == simple and _passed_through(e, key[1])]
        seen = self.module.brief[key]
        self.module.brief[key] += 1
        if seen < len(known):
            entry = known[seen]
        else:
            entry = self.book.entry(f"{name}#{seen + 1}" if seen else name or suite, suite if name else "")
            entry.status = line
        entry.outcome = self.section
        self.listed = (entry, line, [why] if why else [])

    def _end_listed(self) -> None:
        if self.listed is None:
            return
        entry, line, lines = self.listed
        self.listed = None
        if not entry.failures and lines:
            first = lines[0].removeprefix("» ").strip()
            kind = "error" if entry.outcome is Outcome.ERROR else "failure"
            trace = "\n".join([line.text.strip(), *lines[1:]])
            entry.failures.append(
                Failure(
                    "\n".join([first, *lines[1:]]).strip(), kind=kind, trace=trace, source_line=line.number
                )
            )

    def _build(self, level: str, text: str, line: Line) -> None:
        if self.build.feed(level, text, line):
            self.session.closed = True

    def finish(self) -> Session:
        self._end_test()
        self._end_listed()
        session, build = self.session, self.build
        session.cases = self.book.results()
        if self.counted:
            session.stated = sum(self.modules.values(), Totals()) + self.module.totals
        session.failures.extend(build.failures(session.totals.red > 0, self.counted))
        session.duration = build.duration
        return session


def _name(text: str, suite: str) -> tuple[str, str]:
    """Name and class of a test in the header of its stack, in the spelling of any version."""
    if (match := _OLD_NAME.match(text)) and (
        match["suite"] == suite
        or ("." in match["suite"] and not match["suite"].startswith("java."))
        or (not suite and "." not in match["name"])
    ):
        return match["name"].removeprefix(match["suite"] + "."), match["suite"]
    if suite and text.startswith(suite + "."):
        return text[len(suite) + 1 :], suite
    if match := _DOTTED.match(text):
        return (match["name"], match["suite"]) if match["name"] else (match["suite"], "")
    return text, ("" if text == suite else suite)


def _simple(suite: str) -> str:
    return suite.rpartition(".")[2]


def _method(name: str) -> str:
    bare = re.split(r"[(\[{]", name, maxsplit=1)[0].strip()
    return match["method"] if (match := _LAMBDA.match(bare)) else bare


def _passed_through(entry: Entry, method: str) -> bool:
    return bool(method) and any(f".{method}(" in failure.trace for failure in entry.failures)


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        parser.feed(line)
    yield parser.finish()


READER = Reader("maven-console", _sniff, reader_of("Maven", _sessions))
