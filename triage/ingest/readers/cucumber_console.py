"""What Cucumber prints (cucumber-js, cucumber-ruby, cucumber-jvm, Behat): pretty and progress, and the end of both.

After the progress, summary and pretty formatters of cucumber-js 6 to 12, cucumber-ruby 2 to 9, cucumber-jvm 4 to 7 and
Behat 3. The counts stand: progress names only what went wrong, and pretty does not spell outlines out everywhere. As in
Cucumber's JSON, what is undefined, ambiguous or pending is an error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    dedent,
    indent_of,
    reader_of,
    run_before_run,
    sample_lines,
    until,
)
from triage.ingest.parts import exception_type, failure_from
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.ruby_text import ruby_location
from triage.model import CaseResult, Failure, Outcome, Totals

_COUNTS = re.compile(r"^(?P<all>\d{1,9}) [Ss]cenarios?(?: \((?P<counts>\d+ [a-z]+(?:, \d+ [a-z]+)*)\))?$")
_STEPS = re.compile(r"^\d{1,9} [Ss]teps?(?: \(.*\))?$")
_TIME = re.compile(r"^(?P<m>\d{1,6})m ?(?P<s>[\d.]+)s(?: \(.*\))?$")
_PLACE = r"(?:file:(?://)?)?(?P<file>\S[^#]*?\.feature):(?P<line>\d{1,9})(?::\d{1,9})?"
_SCENARIO = re.compile(rf"^ *(?P<key>[^\s:#|][^:#|]{{0,30}}): (?P<name>\S.*?) *# {_PLACE}$")
_BARE = re.compile(r"^ +(?:Scenario(?: Outline| Template)?|Example): (?P<name>\S[^#]*)$")
"""A scenario with ``--no-source``: only its failure and the list at the end tell where it stands."""
_BARE_STEP = re.compile(r"^ +(?:Given|When|Then|And|But|\*) \S")
_BROKE_INDENT = " " * 6
_BLOCK = re.compile(
    rf"^\d{{1,6}}\) (?:[^:#]{{1,30}}: )?(?P<name>\S.*?)(?: \(attempt (?P<attempt>\d{{1,3}})(?P<retried>, retried)?\))? # {_PLACE}$"
)
_LIST = re.compile(
    r"^(?:--- )?(?P<what>Failing|Failed|Errored|Undefined|Pending|Ambiguous|Flaky|Skipped) [Ss]cenarios:$"
)
_LISTED = re.compile(
    rf"^ *(?:cucumber (?:-p \S+ )?)?{_PLACE}(?: +# (?:Scenario(?: Outline)?: |Example: )?(?P<name>\S.*?)| \(on line \d+\))?$"
)
_STEP = re.compile(
    r"^ +(?:(?P<mark>[✔✖✘√×?-]) )?\S.* # (?:\S+:\d+|\S+\(.*\)|.*::\w+\(\))$|^ +(?P<bare>[✔✖✘√×?-]) \S"
)
_FOREIGN = re.compile(r"^ +\S.* # (?:\S+\.(?:rb|java|kt|php|js|ts):\d+|[\w.$]+\(.*\)|\w.*::\w+\(\))$")
"""A step of another language than Python, of which Behave prints the same."""
_OTHER = re.compile(r"^ *(?:\||@\S+|#|(?:Feature|Background|Examples|Scenarios|Rule):)")
_HEADING = re.compile(r"^(?:(?P<what>Failures|Warnings):|\(::\) (?P<ruby>\w+) steps \(::\))$")
_REFERENCE = re.compile(r"(?P<file>[\w./@-]+\.feature):(?P<line>\d{1,9})")
_RAISED = re.compile(r"^(?P<said>.*) \((?P<type>[A-Z]\w*(?:::\w+)*)\)$", re.DOTALL)
_END = re.compile(
    r"^\s*at \S|^\s*\./\S+:\d+|^\s*\S+\.feature:\d+:in|^\s*\+ expected - actual|^\s*/\S+:\d+:in"
)
_ERRORS = ("undefined", "pending", "ambiguous", "unknown")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_COUNTS.match, lines)) and any(map(_STEPS.match, lines)):
        return 82
    if any(map(_LIST.match, lines)) and any(map(_LISTED.match, lines)):
        return 70
    # A run that was killed has only what its formatter printed so far.
    if any(map(_BLOCK.match, lines)) and any(map(_STEP.match, lines)):
        return 64
    return 64 if any(map(_SCENARIO.match, lines)) and any(map(_FOREIGN.match, lines)) else 0


@dataclass
class _Case:
    name: str
    file: str
    line: int
    status: Line
    outcome: Outcome = Outcome.PASSED
    attempts: int = 1
    failures: list[Failure] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: dict[tuple[str, int], _Case] = field(default_factory=dict)
    outline: set[tuple[str, int]] = field(default_factory=set)
    """Outlines that are printed as they are written, not as they ran."""
    current: _Case | None = None
    chunk: Block | None = None
    """Lines below a step: what it broke with."""
    loose: list[tuple[Block, str]] = field(default_factory=list)
    """What steps broke with, and the title of the scenario, where it has no place."""
    title: str = ""
    heading: str = ""
    listing: str = ""

    def is_next(self, line: Line) -> bool:
        begins = _SCENARIO.match(line.mark) or _HEADING.match(line.mark) or _LIST.match(line.mark)
        return self.session.closed and bool(begins)

    def feed(self, line: Line) -> None:
        mark = line.mark.rstrip()
        if match := _COUNTS.match(mark):
            self._end_chunk()
            self.current, self.listing = None, ""
            self.session.stated, self.session.closed = _totals(match), True
        elif match := _TIME.match(mark):
            if match["s"].count(".") < 2:
                self.session.duration = int(match["m"]) * 60 + float(match["s"])
        elif match := _LIST.match(mark):
            self._end_chunk()
            self.current, self.listing = None, match["what"]
        elif self.listing and (match := _LISTED.match(mark)):
            self._listed(match, line)
        elif match := _HEADING.match(mark):
            self._end_chunk()
            self.current, self.heading = None, match["what"] or match["ruby"]
        elif match := _BLOCK.match(mark):
            self._end_chunk()
            self._block(match, line)
        elif match := _BARE.match(mark):
            self._end_chunk()
            # With --expand a row of examples is the name of a scenario.
            self.current, self.title = None, self.title if match["name"].startswith("|") else match["name"]
        elif match := _SCENARIO.match(mark):
            self._end_chunk()
            self._scenario(match, line)
        elif match := _STEP.match(mark):
            self._end_chunk()
            if self.current is not None:
                self.chunk = Block(line)
        elif self.title and self.current is None and _BARE_STEP.match(mark):
            self._end_chunk()
        elif _OTHER.match(mark) or self.session.closed:
            self._end_chunk(keep=mark.lstrip().startswith("|"), line=line)
        elif self.chunk is not None and (mark or self.current is not None or line.text[:6] == _BROKE_INDENT):
            self.chunk.lines.append(line.text)
        elif self.chunk is None and (self.current is not None or self.title) and _RAISED.match(mark):
            self.chunk = Block(Line(line.number - 1, ""), [line.text])  # a hook broke: no step stands above
        elif (
            self.current is None
            and mark
            and (self.heading == "failed" or (self.title and mark.startswith(_BROKE_INDENT)))
        ):
            self.chunk = Block(Line(line.number - 1, ""), [line.text])
        else:
            self._end_chunk()

    def _scenario(self, match: re.Match[str], line: Line) -> None:
        key = (match["file"], int(match["line"]))
        if match["key"].strip() in ("Background", "Feature", "Rule"):
            self.current = None
            return
        case = _Case(match["name"], *key, line)
        self.current = self.cases.setdefault(key, case)
        if match["key"].strip().endswith(("Outline", "Template")):
            self.outline.add(key)

    def _block(self, match: re.Match[str], line: Line) -> None:
        key = (match["file"], int(match["line"]))
        case = self.cases.setdefault(key, _Case(match["name"], *key, line))
        case.status = line
        if match["retried"]:
            case.attempts = max(case.attempts, int(match["attempt"]) + 1)
        else:
            case.outcome = Outcome.ERROR if self.heading == "Warnings" else Outcome.FAILED
            case.attempts = max(case.attempts, int(match["attempt"] or 1))
        self.current = case

    def _key(self, file: str, line: int) -> tuple[str, int]:
        """The place under which a scenario is known: the lists may have a whole path where it has the end of one."""
        same = (
            known for known, at in self.cases if at == line and (file.endswith(known) or known.endswith(file))
        )
        return next(same, file), line

    def _listed(self, match: re.Match[str], line: Line) -> None:
        key = self._key(match["file"], int(match["line"]))
        if self.listing in ("Flaky", "Skipped"):
            return
        case = self.cases.setdefault(key, _Case(match["name"] or f"{key[0]}:{key[1]}", *key, line))
        case.status = line
        case.outcome = Outcome.FAILED if self.listing in ("Failing", "Failed") else Outcome.ERROR

    def _end_chunk(self, *, keep: bool = False, line: Line | None = None) -> None:
        """The end of what a step broke with; below a row of examples another may begin."""
        chunk, self.chunk = self.chunk, None
        if keep and line is not None:
            self.chunk = Block(line)
        if chunk is None or not chunk.text.strip():
            return
        if self.current is None or (self.current.file, self.current.line) in self.outline:
            self.loose.append((chunk, self.title))
        else:
            failure = _failure(chunk)
            undefined = failure.message.startswith(
                ("Undefined", "Pending", "Ambiguous", "Multiple step definitions")
            )
            if undefined and self.current.outcome is Outcome.FAILED:
                self.current.outcome = Outcome.ERROR
            self.current.failures.append(replace(failure, kind="error") if undefined else failure)

    def finish(self) -> Session:
        self._end_chunk()
        for key in self.outline:
            self.cases.pop(key, None)
        self._place_loose()
        listed = any(case.outcome.is_red for case in self.cases.values())
        for case in self.cases.values():
            if not listed and not self.session.closed and case.failures:
                case.outcome = Outcome.FAILED  # the output ends before its lists
            if case.outcome is Outcome.PASSED and case.attempts == 1:
                case.failures.clear()
        self.session.cases = [_result(case) for case in self.cases.values()]
        if self.session.stated is not None and self.session.stated.red and not listed:
            self.session.cases += self._raised()
        counted = Totals.of(self.session.cases)
        if self.session.stated is not None and counted.passed > self.session.stated.passed:
            self._forget_passed()
        return self.session

    def _raised(self) -> Iterator[CaseResult]:
        """The scenarios of radish, of which no list tells: what a step raised stands below it."""
        for chunk, title in self.loose:
            failure = _failure(chunk)
            if title and exception_type(chunk.text.strip().partition("\n")[0]):
                yield CaseResult(title, Outcome.FAILED, failures=(failure,))

    def _place_loose(self) -> None:
        """Ruby lists the failed steps apart, each with its line in the feature."""
        for chunk, title in self.loose:
            found = [
                (m["file"], int(m["line"])) for text in chunk.lines for m in _REFERENCE.finditer(text[:1000])
            ]
            case = next((self.cases[key] for key in found if key in self.cases), None)
            for file, number in found if case is None else ():
                above = [
                    c for (f, n), c in self.cases.items() if f == file and n <= number and c.outcome.is_red
                ]
                case = max(above, key=lambda c: c.line, default=case)
            if case is None:  # a step of the background stands above all scenarios
                without = [c for c in self.cases.values() if c.outcome.is_red and not c.failures]
                case = without[0] if len(without) == 1 else None
            if case is not None and not case.failures:
                case.failures.append(_failure(chunk))
                if title and case.name == f"{case.file}:{case.line}":
                    case.name = title

    def _forget_passed(self) -> None:
        """Undefined and pending scenarios look like passed ones in pretty output: only the counts know."""
        self.session.cases = [case for case in self.session.cases if case.outcome is not Outcome.PASSED]


def _totals(match: re.Match[str]) -> Totals:
    found: Counter[str] = Counter()
    for part in (match["counts"] or "").split(", ") if match["counts"] else ():
        count, _, word = part.partition(" ")
        found[word] += int(count[:9])
    failed, errors = found["failed"], sum(found[word] for word in _ERRORS)
    skipped, passed = found["skipped"], found["passed"]
    return Totals(passed + failed + errors + skipped, passed, failed, errors, skipped)


def _result(case: _Case) -> CaseResult:
    kind = "error" if case.outcome is Outcome.ERROR else "failure"
    failures = tuple(case.failures) or ((bare_failure(case.status, kind),) if case.outcome.is_red else ())
    return CaseResult(
        case.name, case.outcome, "", case.file, case.line, attempts=case.attempts, failures=failures
    )


def _failure(chunk: Block) -> Failure:
    lines = chunk.text.split("\n")
    message = until(dedent(lines, indent_of(lines[0])), _END)
    kind = ""
    if match := _RAISED.match(message[:4000]):
        message, kind = match["said"], match["type"]
    text = chunk.text.strip()
    failure = failure_from(
        text, message=message, type=kind or exception_type(message), source_line=chunk.first_line
    )
    if failure.file is None:
        file, number = ruby_location(text)
        failure = replace(failure, file=file, line=number)
    return failure


READER = Reader("cucumber-console", _sniff, reader_of("Cucumber", run_before_run(_Parser)))
