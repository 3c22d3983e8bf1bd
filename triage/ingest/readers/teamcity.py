"""TeamCity service messages: what many runners print for a build server, one ``##teamcity[...]`` a line.

After TeamCity's documentation of service messages and the printers of PHPUnit, teamcity-messages (Python), Mocha,
Jest and .NET; the tree variant of JetBrains' editors (``nodeId``) too. A test that never finished is an error: the
process died in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.parts import exception_type, location
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, worse

_START = "##teamcity["
_NAME = re.compile(r"##teamcity\[(?P<name>\w+)(?= |\])")
_ATTRIBUTE = re.compile(r" (?P<key>[\w.]+) ?= ?'(?P<value>(?:[^'|]|\|.)*)'")
_ESCAPE = re.compile(r"\|(?:0x(?P<code>[0-9A-Fa-f]{4})|(?P<char>.))", re.DOTALL)
_CHARS = {"n": "\n", "r": "\r", "x": "\u0085", "l": "\u2028", "p": "\u2029"}
_DOTTED = re.compile(r"^(?P<suite>\w+(?:\.\w+)*)\.(?P<name>\w+(?:[\[( ].*)?)$", re.DOTALL)
_PYTEST = re.compile(r"^=+ test session starts =+$", re.MULTILINE)
_PLACE = re.compile(r"(?:TEST failed \([^()]*\): )?(?P<file>[^\s:()][^:()]*):(?P<line>\d{1,9})")
"""A message that is only a place."""
_OUTPUT_LIMIT = 20_000


def _sniff(sample: Sample) -> int:
    tests = sum(_START + "test" in line for line in sample_lines(sample))
    if _PYTEST.search(sample.text):
        return 60 if tests else 0  # pytest's own words tell an error from a failure
    return 93 if tests >= 2 else 86 if tests else 0


@dataclass
class _Test:
    name: str
    suite: tuple[str, ...]
    line: Line
    outcome: Outcome = Outcome.PASSED
    finished: bool = False
    duration: float | None = None
    attempts: int = 1
    why: str = ""
    hint: str = ""
    failures: list[Failure] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    tests: list[_Test] = field(default_factory=list)
    running: dict[tuple[str, str], _Test] = field(default_factory=dict)
    """By flow (or node) and name."""
    known: dict[tuple[tuple[str, ...], str], _Test] = field(default_factory=dict)
    suites: dict[str, list[str]] = field(default_factory=dict)
    """Open suites by flow."""
    parents: dict[str, str] = field(default_factory=dict)
    """The flow in which a flow was started."""
    nodes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    retries: bool = False
    broken: Line | None = None
    """What the build says of itself if it failed."""

    def feed(self, line: Line) -> None:
        at = line.text.find(_START)
        while at >= 0:
            match = _NAME.match(line.text, at)
            if match is None:
                return
            end = match.end()
            told: dict[str, str] = {}
            while attribute := _ATTRIBUTE.match(line.text, end):
                told[attribute["key"]] = _unescaped(attribute["value"])
                end = attribute.end()
            self._message(match["name"], told, line)
            at = line.text.find(_START, end)

    def _message(self, what: str, told: dict[str, str], line: Line) -> None:
        flow, name = told.get("flowId", ""), told.get("name", "")
        if what == "flowStarted":
            self.parents[flow] = told.get("parent", "")
        elif what == "testSuiteStarted":
            self.suites.setdefault(flow, []).append(name)
            if "nodeId" in told:
                self.nodes[told["nodeId"]] = (*self.nodes.get(told.get("parentNodeId", ""), ()), name)
        elif what == "testSuiteFinished":
            if self.suites.get(flow):
                self.suites[flow].pop()
        elif what == "testRetrySupport":
            self.retries = told.get("enabled", "").lower() == "true"
        elif what == "testMetadata" and (test := self.running.get(_key(told))):
            test.properties.append((told.get("name", "metadata"), told.get("value", "")))
        elif what.startswith("test") and name:
            self._test(what, told, line)
        elif what == "buildStatus" and told.get("status") in ("FAILURE", "ERROR"):
            self.broken = Line(line.number, told.get("text") or "the build failed")
        elif what == "buildProblem" or (what == "message" and told.get("status") in ("ERROR", "FAILURE")):
            said = told.get("description") or told.get("text", "") or what
            trace = told.get("errorDetails", "")
            self.session.failures.append(
                Failure(said, exception_type(said), "error", trace, *location(trace), line.number)
            )

    def _test(self, what: str, told: dict[str, str], line: Line) -> None:
        key = _key(told)
        test = self.running.get(key)
        if test is not None and what in ("testStarted", "testIgnored") and test.suite != self._suite(told):
            test = None  # one that was ignored has no end: another of its name, in another suite
        if test is None:
            if what not in ("testStarted", "testFailed", "testIgnored"):
                return
            test = self._begin(told, line)
            self.running[key] = test
        if what == "testFailed":
            error = told.get("error") == "true"
            test.outcome = worse(test.outcome, Outcome.ERROR if error else Outcome.FAILED)
            test.failures.append(_failure(told, line, "error" if error else "failure"))
        elif what == "testIgnored":
            test.outcome, test.why = worse(test.outcome, Outcome.SKIPPED), told.get("message", "")
            test.finished = True
        elif what in ("testStdOut", "testStdErr"):
            test.output.append(told.get("out", ""))
        elif what == "testFinished":
            spent = told.get("duration", "")
            if spent.isdecimal() and len(spent) < 12:
                test.duration = round((test.duration or 0.0) + int(spent) / 1000, 6)
            test.finished = True
            del self.running[key]

    def _begin(self, told: dict[str, str], line: Line) -> _Test:
        suite = self._suite(told)
        known = self.known.get((suite, told["name"]))
        if known is not None and self.retries:
            known.attempts += 1
            known.outcome, known.finished = Outcome.PASSED, False
            return known
        test = _Test(told["name"], suite, line, hint=told.get("locationHint", ""))
        self.known[suite, told["name"]] = test
        self.tests.append(test)
        return test

    def _suite(self, told: dict[str, str]) -> tuple[str, ...]:
        if "nodeId" in told and self.nodes:
            return self.nodes.get(told.get("parentNodeId", ""), ())
        flow, path = told.get("flowId", ""), list[str]()
        for _ in range(50):
            path = [*self.suites.get(flow, []), *path]
            if not (flow := self.parents.get(flow, "")):
                break
        return tuple(path)

    def finish(self) -> Session:
        for test in self.tests:
            if not test.finished and test.outcome is Outcome.PASSED:
                test.outcome = Outcome.ERROR
                test.failures.append(
                    Failure("started and never finished", kind="error", source_line=test.line.number)
                )
        self.session.cases = [_result(test) for test in self.tests]
        self.session.closed = bool(self.tests) and not any(self.suites.values())
        if self.broken is not None:
            self.session.tell_red(self.broken)
        return self.session


def _key(told: dict[str, str]) -> tuple[str, str]:
    name = told.get("name") or told.get("testName", "")
    return told.get("nodeId") or told.get("flowId", ""), name


def _unescaped(value: str) -> str:
    if "|" not in value:
        return value
    return _ESCAPE.sub(
        lambda match: (
            chr(int(match["code"], 16)) if match["code"] else _CHARS.get(match["char"], match["char"])
        ),
        value,
    )


def _failure(told: dict[str, str], line: Line, kind: str) -> Failure:
    message, trace = told.get("message", "").strip(), told.get("details", "").strip("\n")
    if "expected" in told and "actual" in told and told["expected"] not in message:
        message = f"{message}\nexpected: {told['expected']}\nactual: {told['actual']}".strip()
    if trace and (place := _PLACE.fullmatch(message[:1_000])):
        # CppUTest, whose details say why: the head of them is the message, and that is the place.
        return Failure(trace, exception_type(trace), kind, "", place["file"], int(place["line"]), line.number)
    type = exception_type(message) or exception_type(trace)
    file, number = location(trace)
    return Failure(message or trace or "failed", type, kind, trace, file, number, line.number)


def _result(test: _Test) -> CaseResult:
    suite, name = " > ".join(test.suite), test.name
    if not suite and (match := _DOTTED.match(name[:1000])) and len(name) <= 1000:
        suite, name = match["suite"], match["name"]
    reason = (("reason", test.why),) if test.why and test.outcome is Outcome.SKIPPED else ()
    case = CaseResult(
        name,
        test.outcome,
        suite,
        duration=test.duration,
        attempts=test.attempts,
        failures=tuple(test.failures),
        output="\n".join(test.output)[:_OUTPUT_LIMIT],
        properties=(*reason, *test.properties),
    )
    if test.outcome.is_red and not test.failures:
        case = replace(case, failures=(Failure("failed", source_line=test.line.number),))
    return case


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        if _START in line.text:
            parser.feed(line)
    yield parser.finish()


READER = Reader("teamcity", _sniff, reader_of("TeamCity", _sessions))
