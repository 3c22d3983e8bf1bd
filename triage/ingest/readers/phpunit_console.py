"""What PHPUnit prints: dots with lists of what went wrong, ``--testdox``, ``--verbose``.

After ``TextUI/ResultPrinter`` of PHPUnit 6 to 9 and ``TextUI/Output`` of 10 to 13. Dots have no name, so the counts
stand. Risky tests and those that triggered warnings or deprecations passed; incomplete ones are skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    reader_of,
    run_before_run,
    sample_lines,
    until,
)
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals, Warn

_HEAD = re.compile(r"^PHPUnit \d+\.\d+\S* by Sebastian Bergmann(?: and contributors)?\.$")
_SECTION = re.compile(
    r"^There (?:was|were) \d+ (?P<what>[A-Za-z][A-Za-z ]{2,40}):$|^\d+ tests? triggered \d+ [\w ]{3,40}:$"
)
_FIXTURES = re.compile(r"^These (?:before-first|after-last)-test methods errored:$")
_HEADER = re.compile(r"^(?P<number>\d{1,6})\) (?P<test>\S.*)$")
_VERDICT = re.compile(
    r"^(?:FAILURES!|ERRORS!|WARNINGS!|OK, but .*!|No tests executed!|OK \((?P<tests>\d{1,9}) tests?, \d{1,9} assertions?\))$"
)
_COUNTS = re.compile(
    r"^Tests: (?P<tests>\d{1,9}), Assertions: \d{1,9}(?P<rest>(?:, [A-Z][A-Za-z ]{2,30}: \d{1,9})*)\.$"
)
_TIME = re.compile(
    r"^Time: (?:(?P<h>\d+):(?=\d+:))?(?:(?P<m>\d+):)?(?P<s>\d[\d.]*)(?: (?P<unit>ms|seconds?|minutes?))?, Memory: "
)
_PROGRESS = re.compile(r"^[.FEWRISDN]+ +\d+ / \d+ \( *\d+%\)$")
_DOTS = re.compile(r"^[.FEWRISDN]+(?= +\d+ / \d+ \(|[^\w .]|$)")
"""Progress, to which tests may have glued what they print."""
_CLASS = re.compile(r"^[A-Za-z_][\w\\]*$")
"""A class without a test: its fixture broke."""
_DATA = re.compile(r"^(?P<name>.*? with data set (?:\"[^\"]*\"|#\S+))(?: \(.*)?$")
_NEW_DATA = re.compile(r"^(?P<name>[\w\\]+::\w+)(?:@(?P<key>.+?)|(?P<index>#\d{1,9})) with data \(.*$")
"""The spelling of PHPUnit 12 and newer on the console alone."""
_THROWN = re.compile(r" in (?P<file>\S{1,500}\.\w{1,8}):(?P<line>\d{1,9})\nStack trace:$", re.MULTILINE)
"""Where an exception was thrown, as PHP itself prints one."""
_FRAME = re.compile(r"^(?P<file>\S.*\.\w{1,8}):(?P<line>\d{1,9})$")
_TYPE = re.compile(r"^(?P<type>[A-Za-z_][\w\\]*): (?P<said>.*)$")
_DOX = re.compile(r"^ (?P<mark>[✔✓✘↩∅☢⚠x☐]) (?P<name>\S.*?)(?: \[[\d.]+ m?s\])?$")
_DOX_BODY = re.compile(r"^   [│┐├┊┴╵|]")
_DOX_CLASS = re.compile(r"^(?P<name>[A-Z][\w ]*?)(?: \((?P<class>[\w\\]+)\))?$")
_DOX_AGAIN: Final = re.compile(r"^Summary of (?:non-successful tests|tests with .*):$")
_OWN: Final = re.compile(r"/vendor/|^phar://")
_DOX_OUTCOMES: Final = {
    "✘": Outcome.FAILED,
    "↩": Outcome.SKIPPED,
    "∅": Outcome.SKIPPED,
    "x": Outcome.FAILED,
    "☐": Outcome.FAILED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_HEAD.match, lines)):
        return 84
    verdict = any(map(_VERDICT.match, lines))
    if any(map(_COUNTS.match, lines)) or (verdict and any(map(_PROGRESS.match, lines))):
        return 80
    return 60 if any(map(_PROGRESS.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    kind: str = ""
    """What is listed now: ``error``, ``failure``, ``skipped test``, ..."""
    number: int = 0
    block: Block | None = None
    suite: str = ""
    dox: list[CaseResult] = field(default_factory=list)
    dox_body: Block | None = None
    invalid: list[CaseResult] = field(default_factory=list)
    """Tests that PHPUnit could not run, which no other list names."""
    repeating: bool = False
    verdict: bool = False
    headed: bool = False
    dots: str = ""

    def is_next(self, line: Line) -> bool:
        return self.session.told and _HEAD.match(line.mark) is not None

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _VERDICT.match(mark):
            self._end_block()
            self.kind, self.verdict = "", True
            if match["tests"]:
                self.session.stated = Totals(int(match["tests"]), int(match["tests"]))
            self.session.closed = self.session.closed or bool(match["tests"]) or mark.startswith("No tests")
        elif self.verdict and (match := _COUNTS.match(mark)):
            self.session.stated, self.session.closed = _totals(match), True
        elif match := _TIME.match(mark):
            self.session.duration = _duration(match)
        elif _FIXTURES.match(mark):
            self._end_block()
            self._end_dox()
            self.kind, self.number = "fixture", 0
        elif match := _SECTION.match(mark):
            self._end_block()
            self.kind, self.number = (match["what"] or "triggered").removesuffix("s"), 0
        elif mark == "--" and self.block is not None and self.block.lines[-1:] == [""]:
            self._end_block()
            self.kind = ""
        elif self.kind and (match := _HEADER.match(mark)) and int(match["number"]) == self.number + 1:
            self._end_block()
            self.number += 1
            self.block = Block(line)
        elif self.block is not None:
            self.block.lines.append(line.text)
        elif _DOX_AGAIN.match(mark):
            self._end_dox()
            self.repeating = True
        elif self.headed and (match := _DOTS.match(mark)):
            self.dots += match[0]
        elif not self.repeating:
            self.headed = self.headed or _HEAD.match(mark) is not None
            self._dox(line, mark)

    def _dox(self, line: Line, mark: str) -> None:
        if self.dox_body is not None and (_DOX_BODY.match(mark) or not line.mark.strip()):
            self.dox_body.lines.append(line.text)
            return
        self._end_dox()
        if match := _DOX.match(mark):
            outcome = _DOX_OUTCOMES.get(match["mark"], Outcome.PASSED)
            failures = (bare_failure(line),) if outcome.is_red else ()
            self.dox.append(CaseResult(match["name"], outcome, self.suite, failures=failures))
            self.dox_body = Block(line)
        elif match := _DOX_CLASS.match(mark):
            self.suite = match["class"] or match["name"]

    def _end_dox(self) -> None:
        block, self.dox_body = self.dox_body, None
        if block is None or not self.dox[-1].outcome.is_red:
            return
        lines = [line[3:].lstrip("│┐├┊┴╵|").removeprefix(" ") for line in block.lines]
        plain = Block(block.header, lines)
        if not plain.text.strip():
            return
        failure = _failure(plain, "failure")
        # The frame around it stays in the trace.
        shown = block.lines[plain.first_line - block.header.number - 1 :]
        trace = "\n".join(line for line in shown if line.strip("│┐├┊┴╵| "))
        error = bool(failure.type)
        self.dox[-1] = replace(
            self.dox[-1],
            outcome=Outcome.ERROR if error else Outcome.FAILED,
            failures=(replace(failure, trace=trace, kind="error" if error else "failure"),),
        )

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        match = _HEADER.match(block.header.text)
        assert match is not None
        named = match["test"]
        said = block.text.strip()
        if self.kind in ("error", "failure", "fixture", "PHPUnit error"):
            kind = "failure" if self.kind == "failure" else "error"
            failure = _failure(block, kind) if said else bare_failure(block.header, kind)
            if _CLASS.match(named) or self.kind == "fixture":
                trace = f"{block.header.text}\n{block.text}"
                self.session.failures.append(
                    replace(failure, kind="error", trace=trace, source_line=block.header.number)
                )
                return
            outcome = Outcome.FAILED if kind == "failure" else Outcome.ERROR
            cases = self.invalid if self.kind == "PHPUnit error" else self.session.cases
            cases.append(_case(named, outcome, failure))
        elif self.kind in ("skipped test", "incomplete test"):
            why = said.split("\n", 1)[0]
            reason = (("reason", why),) if why and not _FRAME.match(why) else ()
            self.session.cases.append(replace(_case(named, Outcome.SKIPPED), properties=reason))
        elif self.kind.endswith("warning"):
            self.session.warnings.append(
                Warn(f"{named}: {said.split(chr(10), 1)[0]}" if said else named, block.header.number)
            )

    def finish(self) -> Session:
        self._end_block()
        self._end_dox()
        if self.dox and not any(case.outcome.is_red for case in self.session.cases):
            stated = self.session.stated
            if stated is not None and not stated.errors:
                # The marks do not tell an exception in an assertion from one in the code.
                self.dox = [
                    replace(case, outcome=Outcome.FAILED if case.outcome.is_red else case.outcome)
                    for case in self.dox
                ]
            self.session.cases = self.dox
        self.session.cases = [*self.invalid, *self.session.cases]
        if self.dots and not self.session.told:
            # PHP ended within a test: nothing but the dots is there.
            failed, errors = self.dots.count("F"), self.dots.count("E")
            skipped = self.dots.count("S") + self.dots.count("I")
            tests = len(self.dots)
            self.session.stated = Totals(tests, tests - failed - errors - skipped, failed, errors, skipped)
        return self.session


def _case(named: str, outcome: Outcome, failure: Failure | None = None) -> CaseResult:
    if match := _DATA.match(named):
        named = match["name"]
    elif match := _NEW_DATA.match(named):
        which = f'"{match["key"]}"' if match["key"] else match["index"]
        named = f"{match['name']} with data set {which}"
    suite, _, name = named.partition("::" if "::" in named else ": ")  # Codeception writes the latter
    if not name:
        suite, name = "", named
    return CaseResult(name, outcome, suite, failures=(failure,) if failure is not None else ())


def _failure(block: Block, kind: str) -> Failure:
    text = block.text
    thrown = _THROWN.search(text[:20_000])
    message = text[: thrown.start()] if thrown else until(text.split("\n"), _FRAME)
    match = _TYPE.match(message.split("\n", 1)[0][:1000])
    is_type = match is not None and (kind == "error" or match["type"].endswith(("Exception", "Error")))
    if match is not None and is_type:
        message = message[match.start("said") :]
    frames = [frame for line in text.split("\n") if (frame := _FRAME.match(line[:1000]))]
    frames = [thrown] if thrown else frames
    own = next((frame for frame in frames if not _OWN.search(frame["file"])), frames[0] if frames else None)
    return Failure(
        message.strip() or text.strip(),
        match["type"] if match is not None and is_type else "",
        kind,
        text,
        own["file"] if own else None,
        int(own["line"]) if own else None,
        block.first_line,
    )


def _totals(match: re.Match[str]) -> Totals:
    rest = (part.rpartition(": ") for part in match["rest"].split(", ") if part)
    found = {name: int(number) for name, _, number in rest}
    tests = int(match["tests"])
    failed, errors = found.get("Failures", 0), found.get("Errors", 0)
    skipped = found.get("Skipped", 0) + found.get("Incomplete", 0)
    tests = max(tests, failed + errors + skipped)
    return Totals(tests, tests - failed - errors - skipped, failed, errors, skipped)


def _duration(match: re.Match[str]) -> float | None:
    factor = {"ms": 0.001, "minute": 60.0, "minutes": 60.0}.get(match["unit"] or "", 1.0)
    if match["s"].count(".") > 1:
        return None
    spent = float(match["s"]) * factor
    return round(int(match["h"] or 0) * 3600 + int(match["m"] or 0) * 60 + spent, 6)


READER = Reader("phpunit-console", _sniff, reader_of("PHPUnit", run_before_run(_Parser)))
