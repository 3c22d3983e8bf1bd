"""One ``pytest`` invocation, from the lines that it printed."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.coverage import coverage_missed
from triage.ingest.logs.severity import is_echo
from triage.ingest.parts import failure_from
from triage.ingest.runners import pytest_text as text
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Totals, Warn

_FAILURE_SECTIONS = ("FAILURES", "ERRORS")
_SUGAR = "Results"
_AZURE = "Starting Command Output"
"""Between rules, above what a command prints in Azure Pipelines."""
_MAX_EARLY_LINES = 2_000
_MAX_RESULT = 2_000
"""Characters of a line that can tell a result; ids with long parameters come near it."""
_MAX_CRASH_LINES = 200


@dataclass
class _Case:
    outcome: Outcome | None = None
    failures: list[Failure] = field(default_factory=list)
    summary: str = ""
    summary_line: int | None = None
    reruns: int = 0
    duration: float | None = None


@dataclass
class PytestSession:
    """One ``pytest`` invocation, gathered line by line; ``items`` tells it when its end is reached."""

    cases: defaultdict[str, _Case] = field(default_factory=lambda: defaultdict(_Case))
    blocks: list[text.Block] = field(default_factory=list)
    loose: list[tuple[int, str]] = field(default_factory=list)
    """Lines of the FAILURES section outside any block: all there is with ``--tb=line``."""
    warnings: list[Warn] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    crash: list[str] = field(default_factory=list)
    crash_line: int = 0
    internal: list[str] = field(default_factory=list)
    internal_line: int = 0
    dots: Counter[str] = field(default_factory=Counter)
    """Of progress without names."""
    running: str = ""
    started_nodes: set[str] = field(default_factory=set)
    """What pytest-xdist said to have begun."""
    section: str = ""
    info: RunInfo = field(default_factory=RunInfo)
    before: Totals = field(default_factory=Totals)
    """What earlier sessions in the same output add up to."""
    totals: Totals | None = None
    ended: int = 0
    """Line of the closing summary."""
    started: bool = False
    last_line: int = 0
    sugar: bool = False
    early: list[text.Block] = field(default_factory=list)
    """Blocks between the marks; only those of tests that failed are such."""
    _early: bool = False
    _title: str = ""
    _title_line: int = 0
    _lines: list[str] = field(default_factory=list)

    def feed(self, number: int, line: str) -> None:
        self.last_line = number
        if match := text.SECTION.match(line):
            self._close_block()
            self.section = "" if match["title"] == _AZURE else match["title"]
            self.started = self.started or self.section == "test session starts"
        if self._feed_sugar(number, line):
            return
        if total := text.tally(line):
            self._close_block()
            self.ended = number
            self.totals, seconds = total
            self.info = self.info.merged(RunInfo(duration=seconds))
            self.section = ""
        elif self.section in _FAILURE_SECTIONS:
            self._feed_failures(number, line)
        elif self.section.endswith("test summary info"):
            self._feed_summary(number, line)
        elif "durations" in self.section:
            if match := text.DURATION.match(line):
                case = self.cases[match["id"]]
                case.duration = (case.duration or 0.0) + float(match["seconds"])
        elif self.section in ("", "test session starts"):
            self._feed_progress(number, line)
        if missed := coverage_missed(line, number):
            self.failures.append(missed)
        if match := text.EXIT.match(line):
            self.failures.append(failure_from("", message=match["text"], kind="error", source_line=number))
        elif (match := text.BANG.match(line)) and match["text"] == "KeyboardInterrupt":
            # Somebody, or the CI system, stopped it: pytest's exit code is 2 however green its last line is.
            self.failures.append(failure_from("", message=match["text"], kind="error", source_line=number))
        elif match:
            self.warnings.append(Warn(match["text"].strip("_ "), number))

    def _feed_sugar(self, number: int, line: str) -> bool:
        """What pytest-sugar prints in place of the marks, the rules and the closing line."""
        if line.startswith("Test session starts (platform: "):
            self.started = True
        elif match := text.SUGAR_RESULTS.match(line):
            self._close_block()
            self.section, self.totals, self.sugar = _SUGAR, Totals(), True
            self.info = self.info.merged(RunInfo(duration=float(match["seconds"])))
        elif self.section == _SUGAR:
            counted = text.sugar_count(self.totals or Totals(), line)
            self.totals = counted or self.totals
            self.section = _SUGAR if counted or line.startswith("   ") else ""
        elif match := text.SUGAR_BLOCK.match(line[:_MAX_RESULT]):
            self._close_block()
            self.section, self._title, self._title_line, self._lines = "FAILURES", match["title"], number, []
        elif len(line) <= _MAX_RESULT and text.SUGAR_PROGRESS.match(line):
            self._close_block()
            self.section = ""
            if match := text.SUGAR_TEST.match(line):
                file, _, name = match["id"].partition("::")
                self._record(f"{file}::{name.replace('.', '::', 1)}", text.SUGAR_MARKS[match["mark"]])
        else:
            return False
        return True

    def _feed_failures(self, number: int, line: str) -> None:
        if match := text.BLOCK.match(line):
            self._close_block()
            self._title, self._title_line, self._lines = match["title"], number, []
        elif self._title:
            self._lines.append(line)
        elif line.strip() and not text.SECTION.match(line):
            self.loose.append((number, line))

    def _feed_early_block(self, number: int, line: str) -> None:
        """pytest-instafail tells what failed at once; a test may print what looks like that."""
        if match := text.BLOCK.match(line):
            self._close_block()
            self._title, self._title_line, self._lines = match["title"], number, []
            self._early = True
        elif self._title and (text.PROGRESS.match(line) or len(self._lines) > _MAX_EARLY_LINES):
            self._close_block()
        elif self._title:
            self._lines.append(line)

    def _close_block(self) -> None:
        if self._title and self._early:
            self.early.append(text.Block(self._title, tuple(self._lines), self._title_line + 1))
        elif self._title:
            self.blocks.append(text.Block(self._title, tuple(self._lines), self._title_line + 1))
        self._title, self._early = "", False

    def _feed_summary(self, number: int, line: str) -> None:
        if match := text.SUB_SUMMARY.match(line[:_MAX_RESULT]):
            self._record(match["id"], "FAILED")
            self._summarise(match["id"], match["message"], number)
        elif match := text.SUMMARY.match(line):
            if match["status"] == "RERUN" and "rerun" in self.section:
                self.cases[match["id"]].reruns += 1
            elif match["status"] in text.OUTCOMES and not (
                match["status"] == "SKIPPED" and "::" not in match["id"]
            ):
                self._record(match["id"], match["status"])
                self._summarise(match["id"], match["message"], number)

    def _summarise(self, node: str, message: str | None, number: int) -> None:
        """What failed first in a test is told first."""
        case = self.cases[node]
        if not case.summary:
            case.summary, case.summary_line = message or "", number

    def _feed_progress(self, number: int, line: str) -> None:
        # A longer line is somebody's output, and would make these patterns slow.
        mark = line if len(line) <= _MAX_RESULT else ""
        self._feed_early_block(number, mark)
        if match := text.VERBOSE.match(mark):
            self._record(match["id"], match["status"])
            self.running = ""
        elif match := text.XDIST.match(mark):
            self._record(self._announced(match["id"]), match["status"])
            self.running = ""
        elif match := text.DOTS.match(mark):
            self.dots.update(match["file"] or match["more"])
        elif match := text.SUBTEST.match(mark):
            self._record(match["id"], "FAILED")
        elif self.running and (match := text.STATUS_ALONE.match(mark)):
            self._record(self.running, match["status"])
            self.running = ""
        elif match := text.STARTED.match(mark):
            self.running = match["id"]
            self.started_nodes.add(mark.strip())
        elif match := text.WORKERS.match(line):
            self.info = self.info.merged(RunInfo(workers=int(match["count"])))
        elif match := text.INTERNAL.match(line):
            self.internal_line = self.internal_line or number
            self.internal.append(match["text"])
        elif text.USAGE_OF.match(line):
            pass  # what is wrong with it is in the next line
        elif is_echo(mark) or (self.totals is not None and not text.USAGE.match(line)):
            pass  # what the CI system says of the step
        elif line.startswith(("ERROR: ", "ImportError while loading conftest")) or ": error: " in line:
            self.failures.append(Failure(line, kind="error", source_line=number))
        elif line.startswith("platform ") and " -- Python " in line:
            self.info = self.info.merged(RunInfo(properties=(("platform", line.removeprefix("platform ")),)))
        if "Fatal Python error:" in line or " Timeout +++" in line:
            self.crash_line = self.crash_line or number
        if self.crash_line and len(self.crash) < _MAX_CRASH_LINES:
            self.crash.append(line)

    def _announced(self, node: str) -> str:
        """``node`` without what another process printed behind it in its line."""
        parts = node.split(" ")
        known = (" ".join(parts[:count]) for count in range(len(parts), 0, -1))
        return next((start for start in known if start in self.started_nodes), node)

    def _record(self, node: str, status: str) -> None:
        case = self.cases[node]
        if status == "RERUN":
            case.reruns += 1
            return
        outcome = text.OUTCOMES[status]
        case.outcome = outcome if case.outcome is None else text.phases(case.outcome, outcome)

    def items(self) -> Iterator[Item]:
        self._close_block()
        self._place_blocks()
        self._place_loose()
        if self.internal:
            trace = "\n".join(self.internal)
            message = text.native_message(trace) or self.internal[-1]
            if text.INSIDE.match(self.internal[-1]):
                message = text.CUT_INTERNAL
            yield failure_from(trace, message=message, kind="error", source_line=self.internal_line)
        yield from self.failures
        if self.totals is None:
            yield from self._cut_off()
        else:
            yield self.info.merged(RunInfo(totals=self.sum(), totals_stand=True))
        yield from self._results()
        yield from self.warnings

    @property
    def told(self) -> bool:
        """Whether anything of a run was there."""
        return bool(self.started or self.totals or self.failures or self.blocks or self.cases)

    def sum(self) -> Totals:
        """The totals of this session and those before it."""
        counted = Totals.of(self._results())
        if self.totals is None:
            return self.before + max(counted, self._dotted(), key=lambda totals: totals.tests)
        return self.before + replace(self.totals, flaky=counted.flaky)

    def _dotted(self) -> Totals:
        """What the dots add up to."""
        passed, failed, errors, skipped, xfailed, xpassed = (self.dots[dot] for dot in ".FEsxX")
        tests = passed + failed + errors + skipped + xfailed + xpassed
        return Totals(tests, passed, failed, errors, skipped, xfailed, xpassed)

    def _cut_off(self) -> Iterator[Item]:
        """The run ended without its closing line: what it was doing then is the first thing to know."""
        yield self.info
        if self.before.tests or self.dots:
            yield RunInfo(totals=self.sum(), totals_stand=True)
        if self.crash and not self.running:
            headline = "Timeout" if "Timeout" in self.crash[0] else self.crash[0].strip("+ ")
            yield failure_from(
                "\n".join(self.crash), message=headline, kind="error", source_line=self.crash_line
            )
        if self.running:
            trace = "\n".join(self.crash)
            at = trace.find("Fatal Python error:")
            message = (
                trace[at:].split("\n", 1)[0] if at >= 0 else "the output ends while this test was running"
            )
            if at < 0 and "Timeout" in trace.partition("\n")[0]:
                message = "Timeout: the process was stopped while this test was running"
            self.cases[self.running].outcome = Outcome.ERROR
            self.cases[self.running].failures.append(
                failure_from(
                    trace, message=message, kind="error", source_line=self.crash_line or self.last_line
                )
            )
            self.warnings.append(Warn(f"the output ends while {self.running} was running", self.last_line))
        elif self.started:
            self.warnings.append(
                Warn("no closing line: the run was cut off, its totals are what was printed", self.last_line)
            )

    def _place_blocks(self) -> None:
        """Give each block to the case it is about: titles lack the file, the order of the summary has it."""
        waiting: defaultdict[str, deque[str]] = defaultdict(deque)
        for node, case in self.cases.items():
            if case.outcome in (Outcome.FAILED, Outcome.ERROR):
                waiting[text.title_of(node)].append(node)
        told = {
            text.title_of(node) for node, case in self.cases.items() if case.outcome and case.outcome.is_red
        }
        for block in (*(b for b in self.early if b.target in told), *self.blocks):
            node = self._node_of(block, waiting)
            case = self.cases[node]
            case.failures.append(block.failure())
            case.outcome = text.phases(case.outcome, Outcome.ERROR if block.is_error else Outcome.FAILED)
        for case in self.cases.values():
            # pytest-sugar sums up as failed what broke around a test, too.
            if self.sugar and case.failures and all(failure.kind == "error" for failure in case.failures):
                case.outcome = Outcome.ERROR

    def _node_of(self, block: text.Block, waiting: dict[str, deque[str]]) -> str:
        target = block.target
        if target in self.cases:
            return target
        # A subtest's title is its test's with a description behind it.
        for title in (target, target.split(" ", 1)[0]):
            if queue := waiting.get(title):
                # Two files may have a test of one name: each takes one block, then the last takes the rest.
                return queue[0] if len(queue) == 1 or self._has_room(queue[0], block) else self._next(queue)
        file = next(
            (
                ln.split(":", 1)[0]
                for ln in block.lines
                if ".py:" in ln and not ln.startswith((" ", "E", ">", ".venv", "/"))
            ),
            "",
        )
        return f"{file}::{target.replace('.', '::')}" if file else target

    def _has_room(self, node: str, block: text.Block) -> bool:
        return not any((f.kind == "error") == block.is_error for f in self.cases[node].failures)

    @staticmethod
    def _next(queue: deque[str]) -> str:
        queue.popleft()
        return queue[0]

    def _place_loose(self) -> None:
        """With ``--tb=line`` only ``path:line: message`` is printed, in the order of the summary."""
        position = 0
        for case in self.cases.values():
            if case.failures or case.outcome not in (Outcome.FAILED, Outcome.ERROR) or not case.summary:
                continue
            start = case.summary.removesuffix("...")
            for index in range(position, len(self.loose)):
                number, line = self.loose[index]
                _, _, message = line.partition(": ")
                if message.startswith(start) or line.startswith(start):
                    said = message if message.startswith(start) else line
                    case.failures.append(failure_from(line, message=said, source_line=number))
                    position = index + 1
                    break
        self._place_untold()

    def _place_untold(self) -> None:
        """A summary that is as wide as the terminal has no room for messages: the order of both is one."""
        untold = [case for case in self.cases.values() if case.outcome and case.outcome.is_red]
        loose = [(number, match) for number, line in self.loose if (match := text.LOOSE.match(line))]
        if len(untold) != len(loose) or any(case.failures or case.summary for case in untold):
            return
        for case, (number, match) in zip(untold, loose, strict=True):
            case.failures.append(failure_from(match[0], message=match["message"], source_line=number))

    def _results(self) -> Iterator[CaseResult]:
        for node, case in self.cases.items():
            if case.outcome is None:
                continue
            file, suite, name = text.node_parts(node)
            failures = tuple(case.failures)
            if case.outcome.is_red and not failures:
                failures = (failure_from("", message=case.summary, source_line=case.summary_line),)
            yield CaseResult(
                name,
                case.outcome,
                suite,
                file,
                duration=case.duration,
                attempts=1 + case.reruns,
                failures=failures,
            )
