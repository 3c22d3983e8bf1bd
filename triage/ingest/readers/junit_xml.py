"""JUnit XML in the dialects of pytest, Maven Surefire, Playwright, Jest, Vitest, CTest and their likes.

There is no one specification. The sources are: the Surefire schema (``surefire-test-report.xsd``, with its
``rerunFailure`` and ``flakyFailure``), the Jenkins xUnit plugin's ``junit-10.xsd``, and what the runners write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from triage.ingest.parts import failure_from
from triage.ingest.playwright_text import error_blocks
from triage.ingest.pytest_text import phases
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.text import mend, strip_ansi
from triage.ingest.xml_text import root, stream
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn, worse

_RED = {"failure": "failure", "error": "error"}
_RETRIED = {
    "rerunFailure": "failure",
    "rerunError": "error",
    "flakyFailure": "failure",
    "flakyError": "error",
}
_NOT_RUN = (
    "disabled",
    "notrun",
    "skipped",
    "ignored",
    "suppressed",
)  # CTest and GoogleTest say so in an attribute only
_TEXT = {*_RED, *_RETRIED, "skipped", "system-out", "system-err", "property", "stackTrace"}

_PLACE = re.compile(r"(?:unknown file|(?P<file>[^\s:]{1,300}\.\w{1,5}):(?P<line>\d{1,9}))\n(?=\S)")


def _sniff(sample: Sample) -> int:
    # PHPUnit's configuration names suites too, inside an element of its own.
    return 95 if root(sample)[0] in ("testsuite", "testsuites", "testcase") else 0


@dataclass
class _Suite:
    name: str
    file: str | None
    stated: dict[str, str]


@dataclass
class _Element:
    """The test case being read."""

    attributes: dict[str, str]
    line: int
    outcome: Outcome = Outcome.PASSED
    failures: list[Failure] = field(default_factory=list)
    retried: int = 0
    output: list[str] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Text:
    """An element whose text counts."""

    name: str
    attributes: dict[str, str]
    line: int
    parts: list[str] = field(default_factory=list)


class _Handler:
    """See ``xml_text.Handler``."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.items: list[Item] = []
        self.seen = 0
        self._parser = parser
        self._suites: list[_Suite] = []
        self._case: _Element | None = None
        self._open: list[_Text] = []
        self._last: CaseResult | None = None
        self._root = ""
        self._stated: int | None = None
        self._root_line = 0
        self._elements = 0
        self._dated = False
        self._was_pytest = False

    def take(self, *, all_of_it: bool) -> list[Item]:
        # The last case stays: the next element may be its tear-down or rerun.
        end = len(self.items) if all_of_it else len(self.items) - 1
        taken, self.items = self.items[: max(0, end)], self.items[max(0, end) :]
        return taken

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name in ("testsuites", "testsuite"):
            self._start_suite(name, attributes)
        elif name == "testcase":
            self._case = _Element(attributes, self._parser.CurrentLineNumber)
        elif name in _TEXT:
            self._open.append(_Text(name, attributes, self._parser.CurrentLineNumber))

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].parts.append(text)

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in ("testsuites", "testsuite"):
            if name == "testsuite":
                self._suites.pop()
            if name == self._root and not self._suites:
                self._compare_counts()
        elif name == "testcase" and self._case is not None:
            self._finish_case(self._case)
            self._case = None
        elif self._open and name == self._open[-1].name:
            closed = self._open.pop()
            attributes, line = closed.attributes, closed.line
            text = mend(strip_ansi("".join(closed.parts)))
            if name == "stackTrace" and self._open:
                # Surefire's reruns hold their trace in an element of its own.
                self._open[-1].parts.append(text)
            elif self._case is not None:
                self._child(self._case, name, attributes, text, line)
            elif name == "property":
                self._run_property(attributes, text)
            elif name in _RED:
                # An error of the suite itself: counts for no case, and must not be lost.
                self.items.append(_failure(name, attributes, text, line)[0])
                self.seen += 1

    def _start_suite(self, name: str, attributes: dict[str, str]) -> None:
        if name == "testsuite":
            self._was_pytest = self._was_pytest or attributes.get("name") == "pytest"
            self._suites.append(_Suite(attributes.get("name", ""), attributes.get("file"), attributes))
        if not self._dated and attributes.get("timestamp"):
            self._dated = True
            self.items.append(RunInfo(started=attributes["timestamp"]))
        if not self._root:
            self._root, self._stated = name, _integer(attributes.get("tests"))
            self._root_line = self._parser.CurrentLineNumber
            self.items.append(RunInfo(duration=_seconds(attributes.get("time")), totals=_stated(attributes)))

    def _compare_counts(self) -> None:
        # pytest counts reports (set-up, tear-down, subtests) where it lists tests.
        if self._stated is not None and self._stated != self._elements and not self._was_pytest:
            text = f"the head speaks of {self._stated} tests, {self._elements} are listed: those were counted"
            self.items.append(Warn(text, self._root_line))

    def _run_property(self, attributes: dict[str, str], text: str) -> None:
        if name := attributes.get("name"):
            self.items.append(RunInfo(properties=((name, attributes.get("value", text.strip())),)))

    def _child(self, case: _Element, name: str, attributes: dict[str, str], text: str, line: int) -> None:
        if name in _RED:
            case.failures.extend(_failure(name, attributes, text, line))
            case.outcome = worse(case.outcome, Outcome.ERROR if name == "error" else Outcome.FAILED)
        elif name in _RETRIED:
            case.failures.extend(_failure(_RETRIED[name], attributes, text, line))
            case.retried += 1
        elif name == "skipped":
            expected = "xfail" in attributes.get("type", "")
            case.outcome = worse(case.outcome, Outcome.XFAILED if expected else Outcome.SKIPPED)
            if reason := attributes.get("message") or text.strip():
                case.properties.append(("reason", reason))
        elif name in ("system-out", "system-err") and text.strip():
            case.output.append(text.strip("\n"))
        elif name == "property" and attributes.get("name"):
            case.properties.append((attributes["name"], attributes.get("value", text.strip())))

    def _finish_case(self, element: _Element) -> None:
        self.seen += 1
        self._elements += 1
        case = self._result(element)
        # pytest writes a second element of the same case for a broken tear-down, and one for each rerun.
        if self._is_pytest() and self._last is not None and self._last.id == case.id:
            case = _joined(self._last, case)
            self.items[-1] = case
        else:
            self.items.append(case)
        self._last = case

    def _result(self, element: _Element) -> CaseResult:
        attributes = element.attributes
        name = attributes.get("name", "").strip() or "(unnamed)"
        file, suite = self._place(attributes)
        output = "\n".join(element.output)
        failures = tuple(
            f if f.message or f.trace else replace(f, message=_first_line(output)) for f in element.failures
        )
        outcome = element.outcome
        said = (attributes.get("status"), attributes.get("result"))
        if outcome is Outcome.PASSED and any(word in _NOT_RUN for word in said):
            outcome = Outcome.SKIPPED
        return CaseResult(
            name=name,
            outcome=outcome,
            suite=suite,
            file=file,
            line=_integer(attributes.get("line"), 1 if self._is_pytest() else 0),
            duration=_seconds(attributes.get("time")),
            attempts=1 + element.retried,
            failures=failures,
            output=output,
            properties=tuple(element.properties),
        )

    def _place(self, attributes: dict[str, str]) -> tuple[str | None, str]:
        classname = attributes.get("classname", "")
        if self._is_pytest():
            file, suite = _pytest_place(classname)
            return attributes.get("file") or file, suite
        nearest = self._suites[-1] if self._suites else None
        suite = classname or (nearest.name if nearest else "")
        if suite == attributes.get("name"):  # jest-junit and CTest repeat the name as class
            suite = nearest.name if nearest else ""
        return attributes.get("file") or (nearest.file if nearest else None), suite

    def _is_pytest(self) -> bool:
        return bool(self._suites) and self._suites[0].name == "pytest"


def _pytest_place(classname: str) -> tuple[str | None, str]:
    """File and class path from pytest's dotted class name: classes start with a capital, modules do not."""
    parts = classname.split(".")
    module = []
    while parts and not parts[0][:1].isupper():
        module.append(parts.pop(0))
    return ("/".join(module) + ".py" if any(module) else None), "::".join(parts)


def _joined(before: CaseResult, after: CaseResult) -> CaseResult:
    teardown = any(f.message.startswith("failed on teardown") for f in after.failures)
    return replace(
        after,
        outcome=phases(before.outcome, after.outcome) if teardown else after.outcome,
        attempts=before.attempts + (0 if teardown else 1),
        failures=before.failures + after.failures,
        duration=(before.duration or 0) + (after.duration or 0),
        output="\n".join(filter(None, (before.output, after.output))),
    )


def _failure(kind: str, attributes: dict[str, str], text: str, line: int) -> list[Failure]:
    message = mend(strip_ansi(attributes.get("message", ""))).strip()
    blocks = error_blocks(text, line)
    if blocks:
        return [replace(b, kind=kind) for b in blocks]
    # Some writers (Surefire, PHPUnit) put the class into ``type`` and start the text with it again.
    type_ = attributes.get("type", "").strip()
    if type_.startswith("pytest") or type_.lower() in ("failure", "error"):
        type_ = ""
    if message in ("collection failure", "test setup failure") or message.startswith("failed on "):
        reason = failure_from(text, kind=kind).message
        message = (
            f"{message}: {reason}"
            if message.startswith("failed on ") and not _says(message, reason)
            else (reason or message)
        )
    failure = failure_from(text, message=message, type=type_, kind=kind, source_line=line)
    if place := _PLACE.match(message):
        # GoogleTest begins with the place.
        at = int(place["line"]) if place["line"] else None
        file = place["file"] or failure.file
        failure = replace(failure, message=message[place.end() :], file=file, line=at or failure.line)
    return [failure]


def _says(message: str, reason: str) -> bool:
    return not reason or reason.split("\n", 1)[0] in message


def _stated(attributes: dict[str, str]) -> Totals | None:
    tests = _integer(attributes.get("tests"))
    if tests is None:
        return None
    failed = _integer(attributes.get("failures")) or 0
    errors = _integer(attributes.get("errors")) or 0
    skipped = _integer(attributes.get("skipped")) or 0
    return Totals(tests, max(0, tests - failed - errors - skipped), failed, errors, skipped)


def _integer(text: str | None, offset: int = 0) -> int | None:
    return int(text) + offset if text and len(text) < 16 and text.strip().isdecimal() else None


def _seconds(text: str | None) -> float | None:
    """Seconds; some writers use a thousands separator."""
    try:
        return float((text or "").replace(",", ""))
    except ValueError:
        return None


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.split("\n") if line.strip()), "")


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("junit-xml", _sniff, _read)
