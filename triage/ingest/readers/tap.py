"""TAP, the Test Anything Protocol, of versions 12 to 14, on its own or between the lines of ``prove -v``.

After the specifications of testanything.org and what Test::More, pytest-tap, Vitest, node:test, node-tap, AVA, tape,
Mocha, Bats and the Linux kernel write. A subtest in Perl's manner counts as its parent, as ``prove`` counts it; where the
parent is only a file or a suite (Vitest's braces, ``type: suite``, KTAP) the tests inside it count; node:test counts both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from triage.ingest.console import MAX_MARK, Line, Session, indent_of, reader_of, sample_lines
from triage.ingest.json_text import get
from triage.ingest.reader import HEAD_BYTES, Reader, Sample
from triage.ingest.runners.prove_report import SUMMARY, ProveReport, broken
from triage.ingest.runners.tap_plan import DEATH, FAILED, PLAN, Plan
from triage.ingest.runners.tap_qt import settle
from triage.ingest.runners.tap_text import (
    TITLE,
    Test,
    ends_group,
    give_back,
    panic_of,
    reason_first,
    spaced,
    sums_up,
    test_of,
    told,
    unescaped,
    unnested,
)
from triage.ingest.runners.tap_yaml import flat, parsed
from triage.model import CaseResult, Warn

_VERSION = re.compile(r"^(?P<indent> *)(?:TAP version 1[2-4]|(?P<kernel>KTAP version \d))$", re.IGNORECASE)
_RESULT = re.compile(
    r"^(?P<indent> *)(?P<ok>(?:not )?ok|(?:skip|todo)(?= \d))(?:\s+(?P<number>\d{1,9})(?=[\s-]|$))?(?:$|\s*-|\s)(?P<rest>.*)$"
)
_BAIL = re.compile(r"^ *Bail out!\s*(?P<why>.*)$", re.IGNORECASE)
_COMMENT = re.compile(r"^ *#(?P<text>.*)$")
# What a program writes to its standard error may stand behind the dots.
_FILE = re.compile(
    r"^(?P<file>\S+\.\w{1,5}) \.{2,} *(?:(?P<end>(?:ok|skipped|Dubious|Failed|All)\b.*)|(?P<said>\S.*))?$"
)
_SETTING = re.compile(
    r"(?:timeout set to \d|overriding timeout to \d|selftests: |\S+: initializing$|\S+: pass:\d|Totals: pass:\d"
    r"|Starting \d+ tests? from |\s*RUN +\S+ \.\.\.$|\s*(?:OK|FAIL) +\S+$"
    r"|random seed: |(?:Start|End) of \S.* tests$)"
)
"""What the kernel's runners and GLib say of every test."""
_AHEAD = re.compile(r"# (?:selftests: |random seed: R|Start of \S.* tests$)")
"""What only runners write that tell of a failure before they say that the test failed: the kernel's, GLib's."""
_CATCH2 = re.compile(r"rng-seed: \d{1,20}$")
"""How Catch2's output begins."""
_KERNEL = re.compile(
    r"^ *(?:KTAP version \d|# \S+: (?:initializing$|pass:\d)|kunit \S+: (?:all tests passed|one or more tests failed))"
)
"""What only KUnit says, which wrote another version before it had a dialect's name."""
_HEADED = re.compile(r"^ +# Subtest: ")
_NODE_SPEC = re.compile(r"^ℹ tests \d{1,9}$")
_QT_FIRST = "initTestCase()"
_MOST_COMMENTS = 500
_SOURCE = re.compile(r"\.(?:[cm]?[jt]sx?|t|pl|py|rb|lua|sh|bats)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if sample.text.startswith("Log of Meson test suite run on ") or any(map(_NODE_SPEC.match, lines)):
        return 0  # what each of its tests printed may be TAP
    if len(sample.head) < HEAD_BYTES:
        # The head is all there is: its end would be counted twice.
        lines = [line for line in sample.text.split("\n") if len(line) <= MAX_MARK]
    if any(map(_VERSION.match, lines[:50])):
        return 92
    results = [match for line in lines if (match := _RESULT.match(line))]
    if any(map(PLAN.match, lines)) and (results or len(lines) < 10):
        return 88
    # Other programs say "ok" as well; only tests are counted.
    numbers = [int(match["number"]) for match in results if match["number"]]
    counted = any(after == before + 1 for before, after in pairwise(numbers))
    return 60 if counted and len(results) >= 0.3 * len(lines) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    file: str = ""
    stack: list[list[Test]] = field(default_factory=lambda: [[]])
    """Tests by depth, that of the file first; a level is given to the result line that ends it, or began it."""
    depths: list[int] = field(default_factory=lambda: [0])
    plan: Plan = field(default_factory=Plan)
    block: list[str] | None = None
    """Lines of the YAML block that is open."""
    margin: int = 0
    """Indentation of the line that opened it."""
    loose: list[Line] = field(default_factory=list)
    early: dict[str, list[Line]] = field(default_factory=dict)
    """Diagnostics that came before the results (standard error ahead of standard output), by title."""
    title: str = ""
    bailed: Line | None = None
    summing_up: bool = False
    over: bool = False
    """Whether prove's report has begun."""
    prove: ProveReport = field(default_factory=ProveReport)
    said: dict[str, list[Line]] = field(default_factory=dict)
    """What else was printed, by file."""
    tape: bool | None = None
    """Whether comments head the results below them; known when the line behind the version is one."""
    catch2: bool = False
    """Whether every comment is the name of the test case that the next assertion is in."""
    recent: list[Line] = field(default_factory=list)
    """The comments since the last result."""
    earlier: list[Line] = field(default_factory=list)
    """Those in front of the line that announces a test."""
    heading: str = ""
    kernel: bool = False
    """Whether it is the dialect of the Linux kernel, where what holds tests is no test."""
    unheaded: bool = False
    """Whether no subtest was announced at the margin so far, as all do but KUnit."""
    ahead: list[Line] | None = None
    """What is said before the result that it belongs to, as the Linux kernel, its kselftest and GLib do."""
    within: list[tuple[int, Line]] = field(default_factory=list)
    """Comments behind the last result inside of a subtest, with their depth: what it says when it dies."""
    is_qt: bool = False
    announced: bool = False
    """Whether a subtest was announced, and no result came since."""
    before: str = ""
    """The line before."""

    def feed(self, line: Line) -> None:
        mark = line.mark
        if self.block is not None and not self._never_ended(mark):
            self._in_block(line)
        elif match := _FILE.match(mark):
            if match["end"] and not self.file and self.stack[0]:
                self.file = match["file"]  # prove6 names a file behind what it says
            self.end_file(line.number)
            self.file, self.summing_up = match["file"], bool(match["end"])
        elif SUMMARY.match(mark):
            self.summing_up = True
            self.over = self.over or mark.startswith(("Test Summary", "Files="))
        elif self.summing_up and not self.over and (PLAN.match(mark) or _RESULT.match(mark)):
            # Of the next file: prove6 names each behind what it says.
            self.summing_up, self.file = False, ""
            self.feed(line)
        elif self.summing_up:
            self.prove.feed(line)
            return
        elif self._begins_another(mark):
            self.end_file(line.number - 1)
            self.feed(line)
        elif self.bailed is not None:
            return  # what is told behind it was not asked for
        elif mark == "ok" and self.plan.count == len(self.stack[0]):
            return  # what prove says of the whole file
        elif match := _RESULT.match(mark):
            if match["rest"].endswith(_QT_FIRST):
                # Qt names the suite first, and what a test logs stands before its result.
                self.tape, self.ahead, self.is_qt = False, [], True
            self.tape = bool(self.tape)
            self._result(match, line)
        elif match := PLAN.match(mark):
            if not match["indent"]:
                self.plan.take(match, line)
        elif _BAIL.match(mark):
            self.bailed = line
        elif _VERSION.match(mark):
            self.unheaded = mark == "TAP version 14"
            self.plan.versioned = self.plan.versioned or (line if mark.startswith("TAP") else None)
        elif mark.strip() == "---" and self._last is not None:
            self.block, self.margin = [], indent_of(mark)
        elif match := _COMMENT.match(line.text):
            if self.tape is None and _VERSION.match(self.before):
                self.tape = not match["text"].startswith((" Subtest", "  "))
            if line.text.startswith("# Subtest: "):
                # What a program of node:test printed comes before it.
                self.tape, self.heading, self.earlier = False, "", self.recent
                self.recent = []
            elif len(self.recent) < _MOST_COMMENTS:
                self.recent.append(Line(line.number, match["text"].removeprefix(" ")))
            self._comment(match["text"], line)
            if self.plan.count is not None and self.stack[0] and ends_group(match["text"].strip()):
                self.end_file(line.number)
        elif (
            mark.startswith("  ")
            and mark.strip() not in ("}", "...")
            and (failed := self._last) is not None
            and not failed.ok
        ):
            failed.notes.append(
                Line(line.number, line.text[2:])
            )  # Mocha's TAP 12 tells what went wrong without any mark
        elif mark.strip() not in ("", "}", "1..0", "**") and not mark.startswith("pragma "):
            (self.loose if self.ahead is None else self.ahead).append(line)
        if mark.strip():
            self.before = mark
            if not self.kernel and (
                _KERNEL.match(mark) or (self.unheaded and not self.depths[-1] and _HEADED.match(mark))
            ):
                self.kernel = True
            self.unheaded = self.unheaded and not mark.startswith("# Subtest: ")
            if self.ahead is None and (self.kernel or _AHEAD.match(mark)):
                self.ahead = []

    def end(self, last: int) -> Session:
        """The end of all: a program that died behind results that are fine is known from the report alone."""
        self.end_file(last)
        self.session.failures += list(self.prove.deaths(self.said, bool(self.session.failures)))
        return self.session

    @property
    def _last(self) -> Test | None:
        return self.stack[-1][-1] if self.stack[-1] else None

    def _begins_another(self, mark: str) -> bool:
        """Whether another program's output begins, as where several wrote into one file.

        It has a version of its own, or it counts from one where as many tests ran as were planned.
        """
        if (match := _VERSION.match(mark)) and not self.kernel:
            return not match["indent"] and bool(self.stack[0] or self.plan.count == 0 or self.bailed)
        if not self.plan.count or len(self.stack[0]) != self.plan.count:
            return False
        again = PLAN.match(mark) or _RESULT.match(mark)
        return again is not None and not again["indent"] and again.groupdict().get("number", "1") == "1"

    def _never_ended(self, mark: str) -> bool:
        """Whether a result stands outside of the YAML block that is open, which is closed then."""
        match = _RESULT.match(mark)
        outside = match is not None and len(match["indent"]) < self.margin
        if outside:
            self._end_block()
        return outside

    def _in_block(self, line: Line) -> None:
        assert self.block is not None
        # A text inside may hold dots of its own.
        if (line.text.strip() == "..." and indent_of(line.text) <= self.margin) or len(self.block) > 10_000:
            self._end_block()
        else:
            self.block.append(line.text)

    def _end_block(self) -> None:
        if self.block is not None:
            if (test := self._last) is not None:
                block = "\n".join(flat(self.block))
                # QUnit has a block for each assertion that did not hold: the first is why the test failed.
                test.block = f"{test.block}\n{block}" if test.block else block
                test.details = test.details or parsed(block)
                test.holds = test.holds or get(test.details, "type") == "suite"
            self.block = None

    def _result(self, match: re.Match[str], line: Line) -> None:
        depth = len(match["indent"])
        inside: list[Test] = []
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
        test = test_of(match, line, depth)
        if (before := self._last) is not None and not inside and test.repeats(before) and not before.is_red:
            self.stack[-1].pop()  # Qt tells each failure of a test that was expected
        test.name = test.name or f"test {len(self.stack[-1]) + 1}"
        test.inside = inside
        if not depth:
            self.plan.mark(test, test.number or len(self.stack[-1]) + 1)
        # Of a runner that runs files (node-tap).
        test.holds = test.holds or (bool(inside) and (self.kernel or _SOURCE.search(test.name) is not None))
        test.above = self.heading
        if not depth:
            test.earlier, self.earlier, self.recent = self.earlier, [], []
        if not test.ok and (inside or self.announced) and not any(child.is_red for child in inside):
            test.notes = [note for at, note in self.within if at > depth]
        self.within = [(at, note) for at, note in self.within if at < depth]
        self.announced = False
        if self.ahead is not None:
            test.notes, self.ahead = ([] if test.ok else reason_first(self.ahead)), []
        if not self.loose and test.name in self.early:
            test.notes = self.early.pop(test.name)
        self.stack[-1].append(test)
        self.title = ""

    def _comment(self, said: str, line: Line) -> None:
        said = said.removeprefix(" ")
        self.announced = self.announced or said.startswith("Subtest: ")
        if DEATH.match(line.text):
            self.plan.death = line
        elif match := FAILED.match(line.text):
            self.plan.failed, self.plan.tally = int(match["count"]), line
            self.session.until = line.number  # it is no word of a job that went on
        if sums_up(said):
            return
        if self.ahead is not None:
            # GLib says it twice.
            if not _SETTING.match(said[:100]) and not (self.ahead and self.ahead[-1].text == said):
                self.ahead.append(Line(line.number, said))
            return
        if self.catch2 or (not self.before and _CATCH2.match(said)):
            self.catch2, self.heading = True, said.strip()
            return
        if indent := indent_of(line.text):
            self.within = [*self.within[-_MOST_COMMENTS:], (indent, Line(line.number, said))]
            if self.announced:
                return
        if self.tape:
            self.heading = said.strip()
            if (failed := self._last) is None or failed.ok or failed.block:
                return
        if match := TITLE.match(said):
            self.title = unescaped(match["name"])
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
        ran = top = len(self.stack[0])
        died = self.kernel and len(self.stack) > 1 and not self.bailed
        while len(self.stack) > 1:
            level = self.stack.pop()
            self.depths.pop()
            above = self._last
            if above is not None and above.braced:
                above.inside += level
            else:
                self.stack[-1] += level
        tests = self.stack[0]
        ran = ran if died else len(tests)
        give_back(tests)
        if self.is_qt:
            settle(tests, self.plan.failed)
            self.is_qt = False
        for test in tests:
            for item in told(test, self.file, ()):
                if isinstance(item, CaseResult):
                    self.session.cases.append(item)
                else:
                    self.session.failures.append(item)
        where = f"{self.file}: " if self.file else ""
        if self.bailed is not None:
            why = _BAIL.match(self.bailed.text)
            said = why["why"] if why and why["why"] else "Bail out!"
            self.session.failures.append(broken(said, [self.bailed]))
            self.session.warnings.append(
                Warn(f"{where}bailed out: the tests behind it did not run", self.bailed.number)
            )
        elif died:
            self._died(last)
        else:
            for wrong in self.plan.judge(tests, ran, top, self.loose, where, last):
                if isinstance(wrong, Warn):
                    self.session.warnings.append(wrong)
                else:
                    self.session.failures.append(wrong)
        self.session.closed = self.session.closed or self.plan.count is not None or bool(tests)
        self.stack, self.depths, self.plan, self.bailed = [[]], [0], Plan(), None
        self.said[self.file] = [line for line in self.loose if line.text.strip()][-50:]
        self.loose, self.title = [], ""

    def _died(self, last: int) -> None:
        """The kernel's output ends inside of a suite."""
        told = panic_of((self.ahead or []) + self.loose)
        self.session.failures.append(
            broken(told[0].text.strip() if told else "the output ends inside of a suite", told)
        )
        self.session.warnings.append(
            Warn("the output ends inside of a suite: the other tests did not run", last)
        )


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser, last = _Parser(), 0
    for line in unnested(lines):
        last = line.number
        parser.feed(spaced(line))
    yield parser.end(last)


READER = Reader("tap", _sniff, reader_of("TAP", _sessions))
