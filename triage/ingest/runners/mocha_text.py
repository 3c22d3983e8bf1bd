"""What Mocha's console reporters print: shared by its own reader, Cypress and WebdriverIO, which print the same.

After ``lib/reporters/base.js`` and ``spec.js`` of Mocha 1 to 11: up to 5 a failure is headed by its full title in one
line, later by its path, a line a title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.console import Block, Line, Session, bare_failure, dedent, indent_of, seconds, until
from triage.ingest.parts import failure_from
from triage.model import CaseResult, Failure, Outcome, Totals

COUNT = re.compile(
    r"^ {0,4}(?:[✓✔√✖] )?(?P<count>\d{1,9}) (?P<what>passing|pending|failing)(?: \((?P<time>\d+)(?P<unit>ms|s|m|h)\))?$"
)
OLD_COUNT = re.compile(
    r"^ {1,4}(?:[✔√] (?P<done>\d{1,9}) tests? complete(?: \((?P<time>\d+) ?(?P<unit>ms|s|m)[^)]*\))?|[✖×] (?P<bad>\d{1,9}) of (?P<all>\d{1,9}) tests? failed:?)$"
)
"""Of Mocha before 1.8."""
MARK = re.compile(
    r"^(?P<indent> {2,})(?:(?P<mark>[✓✔√-])|(?P<number>\d{1,6})\)) (?P<name>\S.*?)"
    r"(?: \((?P<time>\d{1,9})ms\)|: (?P<spent>\d{1,9})ms)?$"
)
HEADER = re.compile(r"^ {2,4}(?P<number>\d{1,6})\) {1,2}(?P<title>\S.*)$")
_ATTEMPT = re.compile(r"^(?P<indent> {2,})\(Attempt (?P<number>\d{1,3}) of \d{1,3}\) (?P<name>\S.*)$")
_DESCRIBE = re.compile(r"^(?P<indent>(?:  )+)(?P<name>\S.*?) *$")
_HOOK = re.compile(r'^"(?:before|after) (?:all|each)" hook\b(?:.*? for "(?P<test>.+)"$)?')
_OUTSIDE = "Uncaught error outside test suite"
_FRAME = re.compile(r"^\s+at \S")
# Where the message of a failure ends: the diff, the stack.
_END = re.compile(r"^\s*\+ expected - actual\s*$|^\s+at \S|^\s*Caused by: ")


@dataclass
class _Case:
    path: tuple[str, ...]
    outcome: Outcome
    status: Line
    duration: float | None = None
    attempts: int = 1
    failures: list[Failure] = field(default_factory=list)

    @property
    def is_hook(self) -> bool:
        """Whether it is no test: a hook, or what broke between tests."""
        return _HOOK.match(self.path[-1]) is not None or self.path[-1] == _OUTSIDE


@dataclass
class MochaRun:
    """What one run of Mocha told: a tree of marks, counts, numbered failures."""

    file: str | None = None
    cases: list[_Case] = field(default_factory=list)
    numbered: dict[int, _Case] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    duration: float | None = None
    open: list[tuple[int, str]] = field(default_factory=list)
    """Describe blocks around the next mark, with their indentation."""
    attempts: int = 1
    before: str = ""
    """The line before, blank for the first."""
    after_root: bool = False
    """Whether the line before was a mark beside the outermost suites."""
    block: Block | None = None
    in_stack: bool = False
    told: int = 0
    """How many failures were explained."""

    @property
    def ended(self) -> bool:
        """Whether the counts and all the failures they announce were there."""
        return "passing" in self.counts and self.block is None and self.told >= self.counts.get("failing", 0)

    def feed(self, line: Line) -> None:
        """Take a line."""
        mark = line.mark
        match = COUNT.match(mark)
        if match and not self.counts and self._is_printed(int(match["count"])):
            pass
        elif match and (match["what"] == "passing" or self.counts) and match["what"] not in self.counts:
            self.counts[match["what"]] = int(match["count"])
            if match["time"]:
                self.duration = seconds(match["time"], match["unit"])
        elif (match := OLD_COUNT.match(mark)) and not self.counts:
            failing = int(match["bad"] or 0)
            self.counts = {"passing": int(match["done"] or match["all"]) - failing, "failing": failing}
            self.duration = seconds(match["time"], match["unit"])
        elif self.counts:
            self._failure_list(line, mark)
        else:
            self._tree(line, mark)
        self.before = mark

    def _is_printed(self, count: int) -> bool:
        """Whether a test printed what looks like the counts: these stand behind an empty line, and are right."""
        passed = sum(case.outcome is Outcome.PASSED for case in self.cases)
        return bool(self.before.strip() and (self.open or self.cases) and passed != count)

    def _tree(self, line: Line, mark: str) -> None:
        at_root = False
        if match := _ATTEMPT.match(mark):
            _leave(self.open, len(match["indent"]))
            self.attempts = int(match["number"]) + 1
        elif match := MARK.match(mark):
            indent = len(match["indent"])
            _leave(self.open, indent)
            at_root = indent == 2
            self._mark(match, line)
        elif (match := _DESCRIBE.match(mark)) and not mark.endswith(":"):
            indent = len(match["indent"])
            # Anything that a test prints may look like a title: a suite stands where a suite can stand.
            fits = self.after_root or not self.before if indent == 2 else self._nests(indent)
            if fits:
                _leave(self.open, indent)
                self.open.append((indent, match["name"]))
        self.after_root = at_root

    def _nests(self, indent: int) -> bool:
        return any(outer == indent - 2 for outer, _ in self.open)

    def _mark(self, match: re.Match[str], line: Line) -> None:
        path = (*(name for _, name in self.open), match["name"])
        sign, number = match["mark"], match["number"]
        outcome = Outcome.FAILED if number else Outcome.SKIPPED if sign == "-" else Outcome.PASSED
        spent = match["time"] or match["spent"]
        case = _Case(path, outcome, line, seconds(spent, "ms"), self.attempts)
        self.attempts = 1
        if number:
            if int(number) != len(self.numbered) + 1:  # printed by a test
                return
            self.numbered[int(number)] = case
        self.cases.append(case)

    def _failure_list(self, line: Line, mark: str) -> None:
        match = HEADER.match(mark)
        if match and int(match["number"]) == self.told + 1 + (self.block is not None):
            self.end_block()
            self.block, self.in_stack = Block(line), False
        elif self.block is not None:
            framed = _FRAME.match(mark) is not None
            if self.in_stack and mark and not mark.startswith(" "):
                self.end_block()
            else:
                self.block.lines.append(line.text)
                self.in_stack = self.in_stack or framed

    def end_block(self) -> None:
        """The end of a numbered failure."""
        if self.block is None:
            return
        block, self.block = self.block, None
        self.told += 1
        match = HEADER.match(block.header.text)
        assert match is not None
        taken: list[str] = []
        titles, margin = [match["title"]], indent_of(block.header.text) + 3
        while block.lines:
            wanted = margin + 2 * len(titles)
            text = block.lines[0]
            if not text.strip() or indent_of(text) != wanted:
                break
            taken.append(block.lines.pop(0))
            titles.append(taken[-1].strip())
        named = [block.header.text, *taken]
        titles[-1] = titles[-1].removesuffix(":")
        body = Block(Line(block.header.number + len(taken), ""), block.lines)
        case = self.numbered.get(int(match["number"]))
        if case is None:
            case = _Case(tuple(titles), Outcome.FAILED, block.header)
            self.cases.append(case)
        elif len(titles) >= len(case.path):
            case.path = tuple(titles)
        failure = _failure(body) if body.text else bare_failure(block.header)
        if case.is_hook:
            trace = "\n".join((*named, body.text)).strip()
            failure = replace(failure, kind="error", trace=trace, source_line=block.header.number)
        case.failures.append(failure)

    def blame_tests(self) -> None:
        """Give what broke in a hook to the test it names, as Cypress counts it."""
        self.end_block()
        for hook in [case for case in self.cases if case.is_hook]:
            match = _HOOK.match(hook.path[-1])
            if match is None or not match["test"]:
                continue
            path = (*hook.path[:-1], match["test"])
            self.cases = [case for case in self.cases if case is hook or case.path != path]
            hook.path = path

    def into(self, session: Session, *, properties: tuple[tuple[str, str], ...] = ()) -> None:
        """Add what was told to ``session``; hooks that broke are failures outside any case."""
        self.end_block()
        for case in self.cases:
            failures = case.failures or ([bare_failure(case.status)] if case.outcome.is_red else [])
            if case.is_hook:
                session.failures += [
                    replace(failure, kind="error", file=failure.file or self.file) for failure in failures
                ]
                continue
            session.cases.append(
                CaseResult(
                    case.path[-1],
                    case.outcome,
                    " > ".join(case.path[:-1]),
                    self.file,
                    duration=case.duration,
                    attempts=case.attempts,
                    failures=tuple(failures),
                    properties=properties,
                )
            )

    @property
    def totals(self) -> Totals | None:
        """What the counts say; None without them. Hooks that broke are among the failing."""
        if not self.counts:
            return None
        passed, failed, pending = (self.counts.get(what, 0) for what in ("passing", "failing", "pending"))
        flaky = sum(case.attempts > 1 and case.outcome is Outcome.PASSED for case in self.cases)
        return Totals(passed + failed + pending, passed, failed, 0, pending, flaky=flaky)


def _leave(stack: list[tuple[int, str]], indent: int) -> None:
    while stack and stack[-1][0] >= indent:
        stack.pop()


def _failure(block: Block) -> Failure:
    message = "\n".join(dedent(until(block.text.split("\n"), _END).split("\n"), 6)).strip()
    return failure_from(block.text, message=message, source_line=block.first_line)
