"""TAP, the Test Anything Protocol, of versions 12 to 14, on its own or between the lines of ``prove -v``.

After the specifications of testanything.org and what Test::More, pytest-tap and Vitest write. A subtest in Perl's
manner counts as its parent, as ``prove`` counts it; where the parent is only a file or a suite (Vitest's braces,
``type: suite``) the tests inside it count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from triage.ingest.console import Line, Session, dedent, reader_of, sample_lines
from triage.ingest.json_text import get, text
from triage.ingest.parts import exception_type, failure_from
from triage.ingest.pytest_text import node_parts
from triage.ingest.reader import Reader, Sample
from triage.ingest.tap_text import flat, parsed, placed_by, untold
from triage.model import CaseResult, Failure, Outcome, Warn

_VERSION = re.compile(r"^TAP version 1[2-4]$")
_PLAN = re.compile(r"^(?P<indent> *)1\.\.(?P<count>\d{1,9})(?:\s*#\s*(?P<why>.*))?$")
_RESULT = re.compile(
    r"^(?P<indent> *)(?P<ok>(?:not )?ok)\b(?: (?P<number>\d{1,9}))?(?: ?-)?(?P<rest>(?: .*)?)$"
)
_DIRECTIVE = re.compile(
    r"(?<!\\)#\s*(?:(?P<what>SKIP|TODO)\S*\s*(?P<why>.*)|time=(?P<time>[\d.]+)ms.*)$", re.IGNORECASE
)
_BAIL = re.compile(r"^ *Bail out!\s*(?P<why>.*)$")
_COMMENT = re.compile(r"^ *#(?P<text>.*)$")
_FILE = re.compile(r"^(?P<file>\S+\.\w{1,5}) \.{2,} *(?P<end>\S.*)?$")
_TITLE = re.compile(r"^\s*Failed (?:\(TODO\) )?test '(?P<name>.+)'$")
_PLACE = re.compile(r"^\s*at (?P<file>\S+) line (?P<line>\d{1,9})\.$")
_SUMMARY = re.compile(
    r"^(?:Test Summary Report|Dubious, test returned|Files=\d+, Tests=\d+|Failed \d+/\d+ subtests)"
)
_ENDED = re.compile(r"^\s*Looks like (?:you|your test)\b")
_TALLY = re.compile(
    r"^(?:tests|suites|pass|passed|fail|failed|failures|cancelled|skip|skipped|todo|ok|duration_ms|time)\b[ =:]*[\d.]*\s*(?:ms)?$"
)
_SOURCE = re.compile(r"\.(?:[cm]?[jt]sx?|t|pl|py|rb|lua|sh|bats)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_VERSION.match, lines[:50])):
        return 92
    results = sum(map(bool, map(_RESULT.match, lines)))
    if any(map(_PLAN.match, lines)) and (results or len(lines) < 20):
        return 88
    return 60 if results >= 3 and results >= 0.3 * len(lines) else 0


@dataclass
class _Test:
    line: Line
    ok: bool
    depth: int
    name: str
    directive: str = ""
    why: str = ""
    seconds: float | None = None
    notes: list[Line] = field(default_factory=list)
    """Diagnostics below it, without their marks."""
    details: Any = None
    """Its YAML block."""
    block: str = ""
    inside: list[_Test] = field(default_factory=list)
    holds: bool = False
    """Only a file or a suite: what is inside it counts."""
    braced: bool = False
    """What is inside it follows it, up to a brace; else its result follows what is inside."""
    above: str = ""
    """The comment that heads it (tape)."""


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    file: str = ""
    stack: list[list[_Test]] = field(default_factory=lambda: [[]])
    """Tests by depth, that of the file first; a level is given to the result line that ends it, or began it."""
    depths: list[int] = field(default_factory=lambda: [0])
    planned: int | None = None
    skipped_all: str = ""
    block: list[str] | None = None
    """Lines of the YAML block that is open."""
    loose: list[Line] = field(default_factory=list)
    early: dict[str, list[Line]] = field(default_factory=dict)
    """Diagnostics that came before the results (standard error ahead of standard output), by title."""
    title: str = ""
    bailed: Line | None = None
    summing_up: bool = False
    tape: bool | None = None
    """Whether comments head the results below them; known when the line behind the version is one."""
    heading: str = ""
    before: str = ""
    """The line before."""

    def feed(self, line: Line) -> None:
        mark = line.mark
        if self.block is not None:
            self._in_block(line)
        elif match := _FILE.match(mark):
            self.end_file(line.number)
            self.file, self.summing_up = match["file"], bool(match["end"])
        elif _SUMMARY.match(mark):
            self.summing_up = True
        elif self.summing_up:
            return
        elif match := _RESULT.match(mark):
            self.tape = bool(self.tape)
            self._result(match, line)
        elif match := _PLAN.match(mark):
            if not match["indent"]:
                self.planned, self.skipped_all = int(match["count"]), match["why"] or ""
        elif _BAIL.match(mark):
            self.bailed = line
        elif mark.strip() == "---" and self._last is not None:
            self.block = []
        elif match := _COMMENT.match(line.text):
            if self.tape is None and _VERSION.match(self.before):
                self.tape = not match["text"].startswith((" Subtest", "  "))
            self._comment(match["text"], line)
        elif (
            mark.startswith("  ")
            and mark.strip() not in ("}", "...")
            and (failed := self._last) is not None
            and not failed.ok
        ):
            failed.notes.append(
                Line(line.number, line.text[2:])
            )  # Mocha's TAP 12 tells what went wrong without any mark
        elif (
            mark.strip() not in ("", "}", "1..0")
            and not _VERSION.match(mark)
            and not mark.startswith("pragma ")
        ):
            self.loose.append(line)
        if mark.strip():
            self.before = mark

    @property
    def _last(self) -> _Test | None:
        return self.stack[-1][-1] if self.stack[-1] else None

    def _in_block(self, line: Line) -> None:
        assert self.block is not None
        if line.text.strip() == "..." or len(self.block) > 10_000:
            if (test := self._last) is not None:
                test.block = "\n".join(flat(self.block))
                test.details = parsed(test.block)
                test.holds = test.holds or get(test.details, "type") == "suite"
            self.block = None
        else:
            self.block.append(line.text)

    def _result(self, match: re.Match[str], line: Line) -> None:
        depth = len(match["indent"])
        inside: list[_Test] = []
        while len(self.depths) > 1 and depth < self.depths[-1]:
            level = self.stack.pop()
            self.depths.pop()
            above = self._last
            if above is not None and above.braced and above.depth < level[0].depth:
                above.inside += level
            else:
                inside = level
        if depth > self.depths[-1]:
            self.stack.append([])
            self.depths.append(depth)
        test = _test(match, line, depth)
        test.inside = inside
        # Of a runner that runs files (node-tap).
        test.holds = test.holds or (bool(inside) and _SOURCE.search(test.name) is not None)
        test.above = self.heading
        if not self.loose and test.name in self.early:
            test.notes = self.early.pop(test.name)
        self.stack[-1].append(test)
        self.title = ""

    def _comment(self, said: str, line: Line) -> None:
        said = said.removeprefix(" ")
        if said.startswith("Subtest: ") or _ENDED.match(said) or _TALLY.match(said[:100]):
            return
        if self.tape:
            self.heading = said.strip()
            return
        if match := _TITLE.match(said):
            self.title = match["name"]
        last = self._last
        if last is not None and (not self.title or self.title == last.name) and not self.early_only:
            last.notes.append(Line(line.number, said))
        elif self.title:
            self.early.setdefault(self.title, []).append(Line(line.number, said))

    @property
    def early_only(self) -> bool:
        """Whether no result has come yet in this file."""
        return not any(self.stack)

    def end_file(self, last: int) -> None:
        """The end of one program's output."""
        while len(self.stack) > 1:
            level = self.stack.pop()
            self.depths.pop()
            above = self._last
            if above is not None and above.braced:
                above.inside += level
            else:
                self.stack[-1] += level
        tests = self.stack[0]
        ran = len(tests)
        _give_back(tests)
        for test in tests:
            for told in _told(test, self.file, ()):
                if isinstance(told, CaseResult):
                    self.session.cases.append(told)
                else:
                    self.session.failures.append(told)
        where = f"{self.file}: " if self.file else ""
        if self.bailed is not None:
            why = _BAIL.match(self.bailed.text)
            said = why["why"] if why and why["why"] else "Bail out!"
            self._broken(said, [self.bailed])
            self.session.warnings.append(
                Warn(f"{where}bailed out: the tests behind it did not run", self.bailed.number)
            )
        elif self.planned is not None and self.planned != ran:
            said = f"{where}{self.planned} tests were planned, {ran} ran"
            if self.planned > ran:
                self._broken(self.loose[-1].text.strip() if self.loose else said, self.loose[-50:])
            self.session.warnings.append(Warn(said, last))
        elif self.planned is None and tests and not any(test.holds for test in tests):
            self.session.warnings.append(Warn(f"{where}no plan: whether all tests ran is not known", last))
        if self.planned == 0 and not tests:
            self.session.warnings.append(
                Warn(f"{where}skipped as a whole: {self.skipped_all or 'no reason given'}", last)
            )
        self.session.closed = self.session.closed or self.planned is not None or bool(tests)
        self.stack, self.depths, self.planned, self.bailed = [[]], [0], None, None
        self.loose, self.title, self.skipped_all = [], "", ""

    def _broken(self, message: str, lines: list[Line]) -> None:
        trace = "\n".join(line.text for line in lines)
        number = lines[0].number if lines else None
        self.session.failures.append(Failure(message, kind="error", trace=trace, source_line=number))


def _test(match: re.Match[str], line: Line, depth: int) -> _Test:
    rest, holds = match["rest"].strip(), False
    if rest.endswith(" {") or rest == "{":
        rest, holds = rest[:-1].rstrip(), True
    test = _Test(line, match["ok"] == "ok", depth, "", holds=holds, braced=holds)
    if directive := _DIRECTIVE.search(rest):
        rest = rest[: directive.start()].rstrip()
        test.directive, test.why = (directive["what"] or "").upper(), directive["why"] or ""
        test.seconds = (
            round(float(directive["time"]) / 1000, 6) if (directive["time"] or "").count(".") == 1 else None
        )
    name = re.sub(r"\\([#\\])", r"\1", rest).strip()
    test.name = name or f"test {match['number'] or ''}".strip()
    return test


def _give_back(tests: list[_Test]) -> None:
    """What a file wrote to standard error before it broke stands above its result (node:test)."""
    for before, test in pairwise(tests):
        if get(test.details, "exitCode") is not None and not test.notes:
            test.notes, before.notes = before.notes, []


def _told(test: _Test, file: str, path: tuple[str, ...]) -> Iterator[CaseResult | Failure]:
    inner_path = (*path, test.name)
    if test.holds:
        red = False
        _give_back(test.inside)
        for inner in test.inside:
            for told in _told(inner, file, inner_path):
                red = red or not isinstance(told, CaseResult) or told.outcome.is_red
                yield told
        if test.inside or get(test.details, "type") == "suite":
            # A suite that is red for itself: one of its hooks broke.
            if _outcome(test).is_red and (not red or text(test.details, "failureType") == "hookFailed"):
                yield replace(_failure(test), kind="error")
            return
    elif get(test.details, "duration_ms") is not None:
        # node:test counts a test and its subtests.
        for inner in test.inside:
            yield from _told(inner, file, inner_path)
    outcome = _outcome(test)
    suite, name, where = " > ".join(path), test.name, file or None
    if "::" in name and not path:
        where, suite, name = node_parts(name)
    elif not path and " > " in name:
        # Flat output has the whole path in the name, the file first.
        first, *middle, name = name.split(" > ")
        where, suite = (first, " > ".join(middle)) if "." in first else (where, " > ".join((first, *middle)))
    elif path and "." in path[0] and not file:
        where, suite = path[0], " > ".join(path[1:])
    if test.above and not suite:
        suite = test.above
    seconds = test.seconds
    if seconds is None and isinstance(spent := get(test.details, "duration_ms"), int | float):
        seconds = round(spent / 1000, 6)
    yield CaseResult(
        name,
        outcome,
        suite,
        where,
        duration=seconds,
        failures=(_failure(test),) if outcome.is_red else (),
        properties=(("reason", test.why),) if test.why else (),
    )


def _outcome(test: _Test) -> Outcome:
    if test.directive == "SKIP":
        return Outcome.SKIPPED
    if test.directive == "TODO":
        # Without a reason it stands for a test that nobody wrote yet.
        return Outcome.XFAILED if not test.ok else Outcome.XPASSED if test.why else Outcome.SKIPPED
    return Outcome.PASSED if test.ok else Outcome.FAILED


def _failure(test: _Test) -> Failure:
    notes = [line.text for line in test.notes]
    inner = [_failure(child) for child in test.inside if _outcome(child).is_red]
    trace = "\n".join(
        [*notes, *(test.block.split("\n") if test.block else []), *(f.trace or f.message for f in inner)]
    )
    trace = trace.strip("\n")
    number = test.notes[0].number if test.notes else test.line.number
    if isinstance(test.details, dict):
        error = get(test.details, "error")
        said = text(error, "message") or text(error) or text(test.details, "message")
        said = "\n".join(filter(None, (said, untold(test.details) if not error else "")))
        kind = text(error, "name") or text(test.details, "name")
        kind = kind or exception_type(text(test.details, "stack"))
        if said and test.notes and get(test.details, "exitCode") is not None:
            head = next((note for note in notes if exception_type(note)), "")
            return failure_from("\n".join(notes), message=head, source_line=number)
        if said:
            found = failure_from(trace, message=said, type=kind, source_line=test.line.number)
            return found if found.file else placed_by(found, test.details)
    told = [note for note in notes if not _TITLE.match(note) and not _PLACE.match(note) and note.strip()]
    if inner and not told:
        return Failure(
            f"{inner[0].message}", inner[0].type, "failure", trace, inner[0].file, inner[0].line, number
        )
    plain = "\n".join(told) if any(_TITLE.match(note) for note in notes) else ""
    failure = failure_from(
        trace or test.line.text.strip(), message="\n".join(dedent(told, 4)) if plain else ""
    )
    place = next((match for note in notes if (match := _PLACE.match(note))), None)
    return Failure(
        failure.message,
        failure.type,
        failure.kind,
        failure.trace,
        place["file"] if place else failure.file,
        int(place["line"]) if place else failure.line,
        number,
    )


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser, last = _Parser(), 0
    for line in lines:
        last = line.number
        parser.feed(line)
    parser.end_file(last)
    yield parser.session


READER = Reader("tap", _sniff, reader_of("TAP", _sessions))
