"""The elements of a JUnit report while they are read: suites, cases, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from triage.ingest.console import Line
from triage.ingest.logs.severity import WRAPPER, severity, telling_line
from triage.ingest.runners import junit_text as text
from triage.ingest.runners import junit_values as values
from triage.ingest.runners.cucumber_text import broken_step
from triage.ingest.runners.gtest_text import first_failure
from triage.ingest.runners.junit_tries import REPETITION
from triage.model import CaseResult, Failure, Outcome, Properties, worse

RED = {"failure": "failure", "error": "error"}
ALIASES = {
    **dict.fromkeys(("Failure", "FAILURE", "Failed", "failed", "fail"), "failure"),
    **dict.fromkeys(("Error", "ERROR", "Aborted", "aborted", "crashed", "exception"), "error"),
}
"""What home-made writers call these inside of a case."""
_RETRIED = {
    "rerunFailure": "failure",
    "rerunError": "error",
    "flakyFailure": "failure",
    "flakyError": "error",
    "rerun": "failure",
}
_SKIPPED = {"skipped", "skip", "ignored", "disabled", "notrun", "pending", "inconclusive"}
TEXT = {
    *RED,
    *_RETRIED,
    *_SKIPPED,
    "system-out",
    "system-err",
    "system-error",
    "property",
    "stackTrace",
    "warning",
}
_PHPUNIT_WARNING = ("PHPUnit_Framework_Warning", "PHPUnit\\Framework\\Warning")
TRACED = {*RED, *_RETRIED, "system-error", "stackTrace", "warning"}
"""Elements of which the line is told."""
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
_MARK = re.compile(
    r"\[\[(?:ATTACHMENT\|(?P<path>[^\]\n]+)|PROPERTY\|(?P<name>[^=\]\n]+)=(?P<value>[^\]\n]*))\]\]"
)
_PASSED = re.compile(r"ok\b|1\.\.\d")
"""A line of TAP that is nobody's reason."""
_MOMENT = re.compile(r"-\d{14}\Z")
"""What unittest-xml-reporting puts behind the name of a suite: when it ran."""
_LONGEST = 1 << 20
"""Characters of one text that are kept: its beginning and its end."""
_OUTPUT = 1 << 16
"""Characters of the output of a suite that are kept: its end."""


@dataclass(slots=True)
class Suite:
    attributes: dict[str, str]
    line: int
    is_root: bool
    told: bool = False
    """Whether anything red, or that was red once, is in it."""
    output: str = ""
    inherited: Properties = ()
    """What it and the suites around it say of their cases."""
    is_qt: bool = False
    cases: int = 0
    inside: int = 0
    """The cases of the suites in it."""
    sums: list[tuple[Suite, Failure, int]] = field(default_factory=list)
    """Suites in it that count what is red and list no test: what is to be told of each unless the suites behind it are
    what it counts, and how many cases were before it."""
    summed: int = 0
    """How many cases were counted once more by such sums."""
    failed: int = 0
    """Its cases with a failure, those of the suites in it among them."""
    has_errors: bool = False
    """Whether an error is in it, or a case that was tried again, which some count as well."""

    @property
    def name(self) -> str:
        return _MOMENT.sub("", self.attributes.get("name", ""))

    def add_property(self, name: str, value: str) -> None:
        """Keep what counts for its cases."""
        self.is_qt = self.is_qt or name == "QTestVersion"
        if name.lower() in _INHERITED and len(self.inherited) < 50:
            self.inherited = tuple(dict.fromkeys((*self.inherited, (name, value))))

    def add_output(self, said: str) -> None:
        """Keep the end of what it wrote."""
        self.output = f"{self.output}\n{said}".strip("\n")[-_OUTPUT:]

    @property
    def counts_warnings(self) -> bool:
        """Whether a warning of PHPUnit is a failure: up to 8.4, before it had a count of its own."""
        return (
            "warnings" not in self.attributes and (values.integer(self.attributes.get("failures")) or 0) > 0
        )

    def add_case(self, case: CaseResult) -> None:
        """Keep what its own counts are compared with."""
        self.cases += 1
        failed = case.outcome is Outcome.FAILED
        self.failed += failed
        if case.failures:
            self.told = True
            kinds = [failure.kind for failure in case.failures]
            self.has_errors = self.has_errors or not failed or "error" in kinds

    def add_suite(self, inner: Suite) -> None:
        """Keep what is in a suite of it."""
        self.told = self.told or inner.told
        self.inside += inner.cases + inner.inside
        self.failed += inner.failed
        self.has_errors = self.has_errors or inner.has_errors

    def may_sum_up(self, inner: Suite, failure: Failure) -> bool:
        """Whether a suite in it lists no test, and may be the sum of suites to come; then its failure is kept till then."""
        if not inner.cases + inner.inside:
            self.sums.append((inner, failure, self.cases + self.inside))
        return not inner.cases + inner.inside

    def uncounted(self) -> Iterator[tuple[Suite, Failure]]:
        """Of the suites in it that list no test, those that are no sum of the suites behind them (Bazel's of JUnit 4)."""
        for suite, failure, before in self.sums:
            if not self.told or values.integer(suite.attributes.get("tests")) != self.inside - before:
                yield suite, failure
            else:
                self.summed += self.inside - before
        self.sums = []

    def unlisted(self) -> Failure | None:
        """What it counts as red, if nothing red is in it, or as errors, if failures alone are."""
        tests, failures, errors = (
            values.integer(self.attributes.get(key)) or 0 for key in ("tests", "failures", "errors")
        )
        failures = failures or values.integer(self.attributes.get("failed")) or 0
        if self.is_qt:  # counts warnings as errors
            return None
        if not self.told:
            red, word = failures + errors, "failed"
        elif self.has_errors:
            return None
        elif self.output.strip() or (failures == self.failed != errors and failures + errors <= tests):
            # Hooks of Karma, scripts of Newman, what gotestsum could not build; linters count a finding twice.
            red, word = errors, "broken"
        else:
            return None
        if not red:
            return None
        said = f"the {f'suite {self.name!r}' if self.name else 'head'} counts {red} {word}, and lists none of them"
        if self.output.strip() and not _PASSED.match(last := telling_line(self.output)):
            said = f"{last}\n{said}"
        return Failure(said, kind="error", trace=self.output.strip("\n"), source_line=self.line)


def lost(suites: list[Suite]) -> Iterator[Failure]:
    """What the suites that a file breaks off in count as red, if nothing red was read of them."""
    while suites:
        suite = suites.pop()
        yield from (failure for _, failure in suite.uncounted())
        if failure := suite.unlisted():
            suite.told = True
            yield failure
        if suites:
            suites[-1].add_suite(suite)


def place_in(suites: Sequence[Suite], classname: str, file: str, *, named_so: bool) -> tuple[str | None, str]:
    """File and suite of a case, from what it says, whether its class is its name, and the suites that it is in."""
    if not suites:
        return file or None, classname
    named = (suite for suite in reversed(suites) if "name" in suite.attributes and not suite.is_root)
    nearest = next(named, suites[-1])
    place = classname
    if classname == "test" and not suites[0].attributes:  # Node's reporter says so of every test
        place = " > ".join(suite.name for suite in suites[1:50])
    elif not classname or named_so:  # jest-junit and CTest repeat the name as class
        place = nearest.name
    return file or nearest.attributes.get("file") or values.linted(nearest.name, classname), place


@dataclass(slots=True)
class Case:
    """The test case being read."""

    attributes: dict[str, str]
    outcome: Outcome = Outcome.PASSED
    failures: list[Failure] = field(default_factory=list)
    retried: int = 0
    is_teardown: bool = False
    """Whether it tells of a tear-down alone: pytest's second element of a test."""
    tolerated: bool = False
    """Whether a failure of it is let pass."""
    warned: list[Failure] = field(default_factory=list)
    """What PHPUnit's warnings say: failures where the suite counts them as such."""
    output: list[str] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, attributes: dict[str, str], said: str, line: int) -> None:
        """Take a child that ended: ``line`` is where its text begins."""
        if name == "system-error":  # an exception if it has a type, else a slip of the pen
            name = "error" if attributes.get("type") else "system-err"
        if name in RED:
            self.is_teardown = self.is_teardown or is_teardown(attributes.get("message", ""))
            found = text.failures(name, attributes, said, line, self.attributes)
            self.failures.extend(found)
            self.retried += len(found) - 1 if found[0].trace.count("Retry #") or len(found) > 1 else 0
            self.outcome = worse(self.outcome, Outcome.ERROR if name == "error" else Outcome.FAILED)
        elif name in _RETRIED:
            self.failures.extend(text.failures(_RETRIED[name], attributes, said, line, self.attributes))
            # Surefire writes a rerun beside the failure that stayed; who writes it alone says that a later one passed.
            self.retried += 1
        elif name in _SKIPPED:
            reason = attributes.get("message") or attributes.get("reason", "")
            reason = text.reason(reason, said.strip(), self.attributes)
            if attributes.get("type") == "todo" or reason == "TEST_CASE tagged with !mayfail":
                self.tolerated = True
            if reason.startswith("TEST_CASE tagged with"):
                return  # Catch2's mark, whatever came of it
            self.outcome = worse(self.outcome, _skip(attributes.get("type", ""), reason))
            if reason:
                self.properties.append(("reason", reason))
        elif name == "warning":
            self.properties.append(("warning", attributes.get("message") or said.strip()))
            if attributes.get("type") in _PHPUNIT_WARNING:
                test = {"class": "", **self.attributes}
                self.warned += text.failures("failure", attributes, said, line, test)
        elif name in ("system-out", "system-err") and said.strip():
            self.output.append(said.strip("\n"))
            self.properties += [
                ("attachment", mark["path"]) if mark["path"] else (mark["name"], mark["value"])
                for mark in (_MARK.finditer(said) if "[[" in said else ())
            ]
        elif name == "property" and attributes.get("name"):
            self.properties.append((attributes["name"], attributes.get("value", said.strip())))

    @property
    def is_repetition(self) -> bool:
        """Whether it is one of several tries, and says which: Xcode's, as trainer and fastlane write them."""
        return any(name == REPETITION for name, _ in self.properties)

    @property
    def is_nameless(self) -> bool:
        """Whether GoogleTest has it stand for what broke outside of the tests of a suite."""
        return self.attributes.get("name") == "" == self.attributes.get("classname")

    def all_properties(self, above: Properties) -> Properties:
        """Its own, from attributes and children, and what the suites say."""
        if not self.properties and _INHERITED.isdisjoint(self.attributes):
            return above
        own = [(name, value) for name, value in self.attributes.items() if name in _INHERITED]
        return all_properties(own + self.properties, above)

    def ended(self, suite: Suite | None) -> tuple[Outcome, list[Failure]]:
        """How it ended, from its children, its attributes, and what its suite counts."""
        outcome, failures = self.outcome, self.failures
        if self.warned and suite is not None and suite.counts_warnings:
            outcome, failures = worse(outcome, Outcome.FAILED), [*failures, *self.warned]
        if outcome is Outcome.PASSED and not self.retried:
            outcome = values.said(self.attributes) or outcome
        elif outcome.is_red and self.tolerated:
            outcome = Outcome.XFAILED
        if self.attributes.get("flaky", "").lower() == "true" and not self.retried:
            # Firebase Test Lab: a failure of it is that of an earlier try.
            self.retried = max(1, len(failures))
            outcome = Outcome.PASSED
        if len(failures) > 1 and not self.retried:
            # Some write an empty <failure/> beside the <error> that says why.
            failures = [failure for failure in failures if failure.message or failure.trace] or failures[:1]
        if outcome.is_red and not failures:
            said = self.attributes.get("failure") or f"the report says {outcome.value!r}, and not why"
            failures = [Failure(said, kind="error" if outcome is Outcome.ERROR else "failure")]
        return outcome, failures


@dataclass(slots=True)
class Text:
    """An element whose text counts."""

    name: str
    attributes: dict[str, str]
    line: int
    parts: list[str] = field(default_factory=list)
    size: int = 0
    dropped: int = 0
    is_placed: bool = False
    """Whether ``line`` is where its text begins already: that of an element in it."""
    is_alias: bool = False
    """Whether its name is one of a home-made writer, who may mean a flag or a count."""

    @property
    def denies(self) -> bool:
        """Whether it says that the test did not fail."""
        return self.is_alias and "".join(self.parts).strip().lower() in ("0", "false", "no", "none")

    def add(self, part: str) -> None:
        """Take a part of the text."""
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
        return self.line if self.dropped or self.is_placed else max(self.line, end - breaks)


def is_teardown(message: str) -> bool:
    """Whether a failure is one of the tear-down alone."""
    return message.startswith("failed on teardown")


def all_properties(own: Sequence[tuple[str, str]], above: Properties) -> Properties:
    """Those of a case, and those of its suites that it does not have itself."""
    names = {name for name, _ in own}
    return tuple(dict.fromkeys([*own, *(pair for pair in above if pair[0] not in names)]))


def name_of(attributes: dict[str, str]) -> str:
    """The name of a case, whatever tells it."""
    for key in ("name", "id", "classname"):
        if name := attributes.get(key, "").strip():
            return name
    return "(unnamed)"


def _skip(type_: str, reason: str) -> Outcome:
    if "passes unexpectedly" in reason:
        return Outcome.XPASSED
    expected = "xfail" in type_.lower() or reason.startswith("expected test failure")
    return Outcome.XFAILED if expected else Outcome.SKIPPED


def explained(failure: Failure, output: str) -> Failure:
    """The failure with the line of the output that tells most, where it says nothing itself."""
    if failure.message and (failure.trace or not text.says_nothing(failure.message)):
        return failure
    if failure.trace or not output.strip():
        return failure
    step = broken_step(output) or _check_of_gtest(output)
    message = step or telling_line(output)
    if failure.message and not step and severity(message) <= WRAPPER:
        message = failure.message  # a summary or a last line tells no more
    return replace(failure, message=message, trace=output.strip("\n"))


def _check_of_gtest(output: str) -> str:
    """What the first check that failed says where the output is that of a program of Google Test (CTest, Bazel)."""
    if "[ RUN      ] " not in output:
        return ""
    told = first_failure([Line(at, said) for at, said in enumerate(output.split("\n"), 1)])
    return told.message if told else ""
