"""``go test -json``: the output of ``go test -v`` as events, those of several packages interleaved.

The events are test2json's, whose output lines are those of ``-v``: they are put together again for each package and
read as such. What the compiler says stands between the events as plain text up to Go 1.23, as events of its own from
1.24 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from triage.escapes import strip_ansi
from triage.ingest.console import MAX_MARK, Line, Session, reader_of
from triage.ingest.json_text import number as number_of
from triage.ingest.json_text import objects_in, text
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.go_session import BUILD, OUTCOMES, GoParser
from triage.ingest.runners.go_text import ginkgo_failure
from triage.ingest.runners.junit_tries import joined
from triage.model import CaseResult, Failure, Warn

_EVENT = re.compile(
    r'^\{\s*+(?:"Time": ?"[^"]*",\s*+|"ImportPath": ?"[^"]*",\s*+)?"Action": ?"'
    r'(?:start|run|pause|cont|pass|bench|fail|output|skip|attr|build-output|build-fail)"',
    re.MULTILINE,
)
_TORN = re.compile(r'\{"(?:Time|ImportPath|Action)"')
# What a package is called where it is built: its tests have a name of their own.
_BUILT = re.compile(r"(?:\.test)?(?: \[.*)?$")
_OWN = re.compile(r" *--- (?:PASS|FAIL|SKIP): |=== [A-Z]+ |(?:PASS|FAIL)$|(?:FAIL|ok  )\t")
_WORDS = {"pass": "PASS", "fail": "FAIL", "skip": "SKIP"}
_SUITE_NODE = re.compile(r"\[(?:\w+Suite|DeferCleanup \(Suite\))\]")
_PLAIN = ""


def _sniff(sample: Sample) -> int:
    return 96 if _EVENT.search(sample.text) else 0


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    packages: dict[str, _Package] = {}
    last, built = 0, _PLAIN
    torn: list[Warn] = []
    for last, event, said in objects_in((line.number, line.text) for line in lines):
        if event is None and _TORN.match(said):
            torn = torn or [Warn("an event breaks off here: what it says is lost", last)]
        elif event is None:
            if match := BUILD.match(Line(last, said).mark):
                built = match["name"]
            packages.setdefault(built, _Package()).take(said + "\n", last)
        else:
            built = _PLAIN
            name = text(event, "Package") or _BUILT.sub("", text(event, "ImportPath"))
            packages.setdefault(name, _Package()).tell(event, name, last)
    sessions = [package.finish(last) for package in packages.values()]
    if _PLAIN in packages:
        plain = sessions[list(packages).index(_PLAIN)]
        plain.warnings.clear()
        plain.closed = plain.told
    # The warning of a run that was cut looks at the last one.
    told = sorted((session for session in sessions if session.told), key=lambda session: not session.closed)
    for session in told[:1]:
        session.warnings.extend(torn)
    yield from told


@dataclass
class _Package:
    """The events of one package, or the lines between the events."""

    parser: GoParser = field(default_factory=GoParser)
    rest: str = ""
    """The part of a line that has no end yet."""
    outside: list[Failure] = field(default_factory=list)
    """What broke in the nodes of a Ginkgo suite."""
    unbuilt: Failure | None = None
    """What is told if nothing says why it was not built."""

    def tell(self, event: dict[str, Any], name: str, number: int) -> None:
        """Take an event of the package ``name``."""
        action, test = text(event, "Action"), text(event, "Test")
        seconds = number_of(event, "Elapsed")
        self.parser.verbose = True
        if isinstance(output := event.get("Output"), str):
            if action == "build-output" and not output.startswith("# "):
                self.parser.compile(name)
            if test and not self.parser.output_of(test):
                # A node of a Ginkgo suite is no test.
                self._outside(test, output, number)
            if self.rest and _OWN.match(output[:MAX_MARK]):
                # What a test prints need not end its line; test2json knows where its own words begin.
                self.take("\n", number)
            self.take(output, number)
        elif action == "run":
            self.parser.start(test)
        elif action == "build-fail":
            self.parser.ended = self.parser.unbuilt = True
            self.unbuilt = Failure(f"the build of {name or '?'} failed", kind="error", source_line=number)
        elif test and (word := _WORDS.get(action)):
            said = Line(number, f"--- {word}: {test}")
            self.parser.settle(test, OUTCOMES[word], seconds, said)
        elif action in ("pass", "fail") and not test and not self.parser.summed:
            # Its closing line is missing; the event says the same.
            status = "ok" if action == "pass" else "FAIL"
            self.take(f"{status}\t{name or '?'}\t{seconds or 0:.3f}s\n", number)

    def take(self, output: str, number: int) -> None:
        """Take a piece of output, which may be a part of a line."""
        *whole, self.rest = (self.rest + output).split("\n")
        for part in whole:
            self.parser.feed(Line(number, strip_ansi(part)))

    def _outside(self, node: str, output: str, number: int) -> None:
        lines = [Line(number, strip_ansi(part)) for part in output.split("\n")]
        if _SUITE_NODE.match(node) and (failure := ginkgo_failure(lines)):
            message = f"{failure.message}\nin {node}"
            self.outside.append(replace(failure, message=message, kind="error"))

    def finish(self, last: int) -> Session:
        """What was told."""
        if self.rest:
            self.take("\n", last)
        session = self.parser.finish(last)
        # Where no test failed, the lines outside the tests are told as the reason.
        told = {failure.source_line for failure in self.outside}
        others = [failure for failure in session.failures if failure.source_line not in told]
        session.failures = [*others, *self.outside]
        if self.unbuilt is not None and not session.failures:
            session.failures.append(self.unbuilt)
        session.cases = _with_reruns(session.cases)
        return session


def _with_reruns(cases: list[CaseResult]) -> list[CaseResult]:
    """Cases of which one that failed and comes again was tried again, as ``gotestsum --rerun-fails`` does."""
    known: dict[str, int] = {}
    kept: list[CaseResult] = []
    for case in cases:
        at = known.get(case.name)
        if at is not None and kept[at].outcome.is_red:
            kept[at] = joined(kept[at], case)
        else:
            known[case.name] = len(kept)
            kept.append(case)
    return kept


READER = Reader("go-test-json", _sniff, reader_of("go test", _sessions))
