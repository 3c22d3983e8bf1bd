"""What Python's ``unittest`` prints (and Django's runner, nose and nose2, unittest-xml-reporting with it): dots, ``-v``,
``-b``, ``--locals``.

Written after ``unittest.runner`` and ``unittest.case`` of Python 3.8 to 3.13: up to 3.10 the parentheses hold the
class, later the whole id. Fixtures (``setUpClass``) that break are cases of their own, as the runner counts them.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from triage.ingest.console import (
    MAX_MARK,
    Block,
    Line,
    Session,
    bare_failure,
    reader_of,
    sample_lines,
    seconds,
)
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.python_text import dotted_key, python_failure, test_key
from triage.model import CaseResult, Failure, Outcome, Totals, worse

_RULE: Final = "=" * 70
_DASHES: Final = "-" * 70
_DASHES_OF_TRIAL: Final = "-" * 79
_RAN = re.compile(r"^Ran (?P<count>\d+) tests? in (?P<seconds>[\d.]+)s(?: \([+-][\d.]+s\))?$")
_VERDICT = re.compile(r"^(?:OK|FAILED|PASSED|NO TESTS RAN)(?: \((?P<counts>[\w ,=]+)\))?$")
_HEAD = re.compile(r"^(?P<status>ERROR|FAIL|UNEXPECTED SUCCESS)(?: \[[\d.]+s\])?: (?P<test>\S.*)$")
_STATUS = re.compile(
    r"^(?:ok|FAIL|ERROR|skip(?:ped\b.*)?|SKIP(?:: .*)?|expected failure|unexpected success)(?: \([\d.]+s\))?$"
)
_ID = re.compile(r"^[a-zA-Z_]\w*(?:\.\w+)+\.test\w*$")
_SPENT = re.compile(r" \([\d.]+s\)$")
_TRACEBACK: Final = "Traceback (most recent call last):"
_BARE_HEADS: Final = {"Error": "ERROR", "Failure": "FAIL"}
"""What PyCharm writes above a traceback, without the name of the test, and behind the verdict."""
_FRAME = re.compile(r'^  File "[^"]+", line \d+, in \S| {4}\S')
_CUT_FRAME = re.compile(r"^[^:]{0,300}\bline \d+, in \S+$")
"""How an output begins from whose top lines are missing: with the rest of a frame."""
_MAX_LOOSE = 200
_IN_TEST = re.compile(r'^  File "[^"]+", line \d+, in (?P<name>test\w*)$')
_CAPTURED = re.compile(r"^(?:Stdout|Stderr):$")

_FIXTURES = ("setUpClass", "tearDownClass", "setUpModule", "tearDownModule", "_ErrorHolder")
_FIXTURE_OF_NOSE = "test suite for <"

_Key = tuple[str, str]


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    ran = any(_RAN.match(b) and a != _DASHES_OF_TRIAL for a, b in pairwise(lines))
    if ran and any(map(_VERDICT.match, lines)):
        return 80
    headed = any(_is_rule(a) and _HEAD.match(b) for a, b in pairwise(lines))
    if headed:
        return 70
    verbose = (
        test_key(line.strip()) and _STATUS.match(line.rpartition(" ... ")[2])
        for line in lines
        if " ... " in line
    )
    return 50 if any(verbose) else 0


@dataclass
class _Case:
    status: Line
    """The line that states the outcome."""
    outcome: Outcome = Outcome.PASSED
    said: str = ""
    failures: list[Failure] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: dict[_Key, _Case] = field(default_factory=dict)
    running: _Key | None = None
    """The test whose status has not been printed yet."""
    block: Block | None = None
    ruled: bool = False
    """The line before was the double rule."""
    in_body: bool = False
    ran: int | None = None
    loose: deque[Line] = field(default_factory=lambda: deque(maxlen=_MAX_LOOSE))
    """What stands above the first failure: the rest of one, where the beginning of the output is not there."""
    owed: int = 0
    """Failures that the run before counted and did not tell: an editor tells them behind its verdict."""
    bare: str = ""
    """What kind of traceback comes now, of a test that nothing names."""
    behind: bool = False
    """Whether there was one."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the session."""
        mark = line.mark
        if self.owed and self._behind(line):
            return not self.owed
        if self.ran is not None and (match := _VERDICT.match(mark)):
            self._close(match["counts"] or "")
            return True
        if match := _RAN.match(mark):
            self._end_block()
            self.ran, self.session.duration = int(match["count"]), seconds(match["seconds"])
        elif self.ruled and _HEAD.match(mark):
            self._end_block()
            self.block, self.in_body = Block(line), False
        elif self.block is not None:
            if not self.in_body and ": <" in self.block.header.text and test_key(mark):
                # unittest-xml-reporting names an object, and the test itself one line below.
                self.block = Block(Line(line.number, f"{self.block.header.text.partition(': <')[0]}: {mark}"))
            elif not self.in_body:
                # The description of the test is no part of the failure; the rule below it may be cut.
                self.in_body = mark in (_DASHES, _TRACEBACK)
                self.block.lines.append(mark if mark == _TRACEBACK else "")
            else:
                self.block.lines.append(line.text)
        else:
            self._progress(line)
        self.ruled = _is_rule(mark)
        if not self.cases and self.block is None and self.ran is None and not self.ruled:
            self.loose.append(line)
        return False

    def _behind(self, line: Line) -> bool:
        """Whether the line is of a traceback behind the verdict of the run before, or the word above one."""
        mark = line.mark
        if not self.bare:
            self.bare = _BARE_HEADS.get(mark, "")
            return bool(self.bare)
        if self.block is None:
            self.block = Block(line, [line.text]) if mark == _TRACEBACK else None
            self.bare = self.bare if self.block else ""
            return self.block is not None
        self.block.lines.append(line.text)
        if not mark:
            self._end_bare()
        return True

    def _end_bare(self) -> None:
        block, self.block = self.block, None
        assert block is not None
        name = next((match["name"] for text in block.lines if (match := _IN_TEST.match(text[:MAX_MARK]))), "")
        if name:
            case = self._record(("", name), self.bare, block.header)
            case.failures.append(_failure(block.text, self.bare, block.header.number))
        self.bare, self.behind, self.owed = "", True, self.owed - 1

    def _progress(self, line: Line) -> None:
        mark = line.mark
        before, dots, status = mark.rpartition(" ... ")
        key = test_key(mark.strip())
        if key is not None and key[0]:
            # The name may stand alone: its description, or its output, comes before the status then.
            self.running = key
            if dots and _STATUS.match(status):
                self._record(key, status, line)
                self.running = None
        elif self.running is not None:
            status = status if dots and before else mark
            if _STATUS.match(status):
                self._record(self.running, status, line)
                self.running = None

    def _record(self, key: _Key, status: str, line: Line) -> _Case:
        status = _SPENT.sub("", status)
        case = self.cases.setdefault(key, _Case(line))
        case.outcome = worse(case.outcome, _outcome(status))
        case.said = status if status != "ok" else case.said
        return case

    def _end_block(self) -> None:
        if self.block is None:
            return
        match = _HEAD.match(self.block.header.text)
        assert match is not None
        key = test_key(match["test"]) or _bare_key(match["test"])
        case = self._record(
            key, match["status"].replace("UNEXPECTED SUCCESS", "unexpected success"), self.block.header
        )
        while self.block.lines and not self.block.lines[-1].strip(" -="):
            self.block.lines.pop()
        if trace := self.block.text:
            case.failures.append(_failure(trace, match["status"], self.block.first_line))
        else:
            case.failures.append(Failure(case.said, source_line=self.block.first_line))
        self.block = None

    def _close(self, counts: str) -> None:
        stated = {
            name: int(count)
            for name, _, count in (part.partition("=") for part in counts.split(", "))
            if count.isdecimal()
        }
        fixtures = sum(
            name in _FIXTURES or suite + name == "_ErrorHolder" or name.startswith(_FIXTURE_OF_NOSE)
            for suite, name in self.cases
        )
        counted = Totals.of(self.results())
        skipped = next((stated[name] for name in ("skipped", "SKIP", "skips") if name in stated), 0)
        expected = stated.get("expected failures", 0)
        # Up to Python 3.10, and in nose2, an unexpected success is only counted.
        told = sum(case.said == "unexpected success" for case in self.cases.values())
        failed = counted.failed + max(0, stated.get("unexpected successes", 0) - told)
        # testtools counts errors among the failures.
        known = self._told("failure") + (0 if "errors" in stated else self._told("error"))
        failed += max(0, stated.get("failures", 0) - known)
        errors = counted.errors + max(0, stated.get("errors", 0) - self._told("error"))
        named = failed + errors + skipped + expected
        # Subtests are no tests of their own, and whole classes that are skipped are not among those that ran.
        # testrepository, whose counts begin with an id, has counted the fixtures.
        tests = max((self.ran or 0) + (0 if "id" in stated else fixtures), named)
        self.session.stated = Totals(tests, tests - named, failed, errors, skipped, expected)
        self.session.closed = True
        self.owed = self.session.stated.red - counted.red
        if self.owed:
            self._tell_rest()

    def _tell_rest(self) -> None:
        """The end of a traceback without its beginning."""
        lines = list(self.loose)
        while lines and not lines[-1].text.strip(" -="):
            lines.pop()
        if lines and _FRAME.match(lines[0].mark) is None and _CUT_FRAME.match(lines[0].mark) is None:
            return
        if len(lines) < 2 or lines[-1].text[:1] in ("", " "):
            return
        text = "\n".join(line.text for line in lines)
        traced = "\n".join((_TRACEBACK, *(line.text for line in lines)))
        failure = python_failure(text, error=True, source_line=lines[0].number, traced=traced)
        self.session.failures.append(failure)
        self.owed -= 1

    def _told(self, kind: str) -> int:
        """How often a test is said to have gone wrong like that: more often than there are tests, with subtests."""
        bare = Outcome.ERROR if kind == "error" else Outcome.FAILED
        return sum(
            sum(failure.kind == kind for failure in case.failures) or (case.outcome is bare)
            for case in self.cases.values()
        )

    def results(self) -> Iterator[CaseResult]:
        for (suite, name), case in self.cases.items():
            failures = case.failures
            if case.outcome.is_red and not failures:
                failures = [bare_failure(case.status)]
            reason = (
                case.said.removeprefix("skipped")
                .removeprefix("skip")
                .removeprefix("SKIP:")
                .strip()
                .strip("'\"")
            )
            skipped = case.outcome is Outcome.SKIPPED and reason
            yield CaseResult(
                name,
                case.outcome,
                suite,
                failures=tuple(failures),
                properties=(("reason", reason),) if skipped else (),
            )

    def finish(self) -> Session:
        if self.bare and self.block is not None:
            self._end_bare()
        self._end_block()
        self.session.cases = list(self.results())
        if self.behind and self.ran is None:
            self.session.stated, self.session.closed = Totals(), True  # they were counted before
        return self.session


def _is_rule(mark: str) -> bool:
    """Whether it is the double rule above a failure; testtools prints it behind its dots, in their line."""
    return mark.endswith(_RULE) and not mark.removesuffix(_RULE).strip(".EFSsxu")


def _bare_key(text: str) -> _Key:
    """Of a whole id without parentheses, as testrepository has it, or of any other name."""
    return dotted_key(text) if _ID.match(text) else ("", text)


def _outcome(status: str) -> Outcome:
    if status.lower().startswith("skip"):
        return Outcome.SKIPPED
    return {"ok": Outcome.PASSED, "ERROR": Outcome.ERROR, "expected failure": Outcome.XFAILED}.get(
        status, Outcome.FAILED
    )


def _failure(trace: str, status: str, number: int) -> Failure:
    lines = trace.split("\n")
    end = next((i for i, line in enumerate(lines) if _CAPTURED.match(line)), len(lines))
    # What a test is for may stand above its traceback, and is no part of it.
    start = next((i for i, line in enumerate(lines[:end]) if line == _TRACEBACK), 0)
    traced = "\n".join(lines[start:end])
    return python_failure(trace, error=status == "ERROR", source_line=number, traced=traced)


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        if parser.feed(line):
            yield parser.finish()
            parser = _Parser(owed=max(0, parser.owed))
    yield parser.finish()


READER = Reader("unittest-console", _sniff, reader_of("unittest", _sessions))
