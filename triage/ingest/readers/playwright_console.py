"""What Playwright Test prints with its list, line, dot and github reporters.

Written after Playwright 1.12 to 1.65 (up to 1.26 headers end with ``=``, and marks have no numbers). The counts and lists at the end are the truth: a mark says how a try ended, not
whether that was expected (``✘`` stands on a test that is declared to fail). Tests that did not run count as skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from triage.ingest.console import (
    MAX_MARK,
    Block,
    Line,
    Session,
    bare_failure,
    reader_of,
    sample_lines,
    seconds,
    until,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.playwright_text import Title, failures_below, title_of
from triage.model import CaseResult, Failure, Outcome, Totals

_DURATION = r" \((?P<time>[\d.]+)(?P<unit>ms|s|m|h)\)"
_RUNNING = re.compile(r"^Running (?P<count>\d+) tests? using \d+ workers?\b")
_MARK = re.compile(r"^  (?P<mark>✓|✘|ok|x|-) +(?:\d+ )?(?P<test>\S.* › .*)$")
_STEP = re.compile(r"^\[\d+/\d+\] (?:\(retries\) )?(?P<test>\S.* › .*)$")
_HEADER = re.compile(r"^  \d+\) \S.* › ")
_COUNT = re.compile(
    rf"^  (?P<count>\d+) (?P<what>failed|interrupted|flaky|skipped|did not run|passed)(?:{_DURATION})?$"
)
_OUTSIDE = re.compile(r"^  \d+ errors? (?:was|were) not a part of any test\b")
_SLOW = re.compile(r"^  Slow test file: ")
_ANNOTATION = "::error "
_TIME = re.compile(_DURATION + r"$")
_RETRY = re.compile(r" \(retry #(?P<number>\d+)\)$")
_RETRY_PART = re.compile(r"^\s*Retry #\d+ (?:─{3,}|-{3,})")
_ERROR = re.compile(r"^(?:[A-Z]\w*)?Error: \S")
_NO_TESTS = "Error: No tests found"
_RUNNER_FRAME = re.compile(r"^- \S*node_modules/(?:@playwright/test|playwright)/")
# Where the message of an error outside any test ends.
_END = re.compile(r"^\s*+>?\s*+\d++ \||^\s+at \S|^Require stack:")

_Key = tuple[str, str, int, tuple[str, ...]]
_LISTED = {"failed": Outcome.FAILED, "interrupted": Outcome.ERROR, "flaky": Outcome.PASSED}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_RUNNING.match, lines)):
        return 80
    titled = [line for line in lines if " › " in line and title_of(line)]
    if titled and any(map(_COUNT.match, lines)):
        return 80
    if any(map(_HEADER.match, titled)):
        return 60
    loading = any(map(_ERROR.match, lines)) and any(map(_RUNNER_FRAME.match, lines))
    return 40 if loading or _NO_TESTS in lines else 0


@dataclass
class _Test:
    title: Title
    status: Line
    """The line that names it first, or that lists it as failed."""
    marks: list[str] = field(default_factory=list)
    tries: int = 1
    seconds: float | None = None
    failures: list[Failure] = field(default_factory=list)
    listed: Outcome | None = None
    """What the lists at the end say."""

    @property
    def key(self) -> _Key:
        return (self.title.project, self.title.file, self.title.line, self.title.path)

    def outcome(self, *, ended: bool, complete: bool, all_ran: bool) -> Outcome | None:
        """How it ended; None where the output does not tell.

        ``ended``: the lists at the end have begun, so all failures are printed. ``complete``: they are all there.
        """
        last = self.marks[-1] if self.marks else ""
        good = last in ("✓", "ok")
        if self.listed is not None:
            return self.listed
        if not complete and good and len(set(self.marks)) > 1:
            return Outcome.PASSED
        if self.failures:
            return Outcome.FAILED
        if last == "-":
            return Outcome.SKIPPED
        if last:
            return Outcome.PASSED if good or ended else Outcome.FAILED
        # The line reporter names what was skipped in the same way as what passed.
        return Outcome.PASSED if complete and all_ran else None

    def result(self, outcome: Outcome) -> CaseResult:
        title = self.title
        passed = outcome is Outcome.PASSED
        failures = self.failures or ([bare_failure(self.status)] if outcome.is_red else [])
        return CaseResult(
            title.path[-1],
            outcome,
            " > ".join(filter(None, (title.project, *title.path[:-1]))),
            title.file,
            title.line,
            duration=self.seconds,
            attempts=max(self.tries, len(failures) + (passed and bool(failures))),
            failures=tuple(failures),
            properties=(("project", title.project),) if title.project else (),
        )


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    tests: dict[_Key, _Test] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    annotations: list[Block] = field(default_factory=list)
    """Failures as workflow commands, one for each error of each try; the blocks below them say the same."""
    loose: list[Block] = field(default_factory=list)
    """Errors outside any test."""
    headless: Block | None = None
    """The tries of a test behind its first one, where the output begins in the middle of it."""
    block: Block | None = None
    counts: dict[str, int] = field(default_factory=dict)
    listing: Outcome | None = None
    planned: int | None = None
    """How many tests were to run; None before the run starts."""
    broken_outside: bool = False

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _COUNT.match(mark):
            self.block = None
            self.counts[match["what"]] = int(match["count"])
            self.listing = _LISTED.get(match["what"])
            if match["time"]:
                self.session.duration = seconds(match["time"], match["unit"])
        elif match := _MARK.match(mark):
            self._mark(line, match["test"], match["mark"])
        elif match := _STEP.match(mark):
            self._mark(line, match["test"], "")
        elif _HEADER.match(mark) and title_of(mark):
            self._open(self.blocks, line)
        elif line.text.startswith(_ANNOTATION):
            self._annotate(line)
        elif match := _RUNNING.match(mark):
            self.block, self.planned = None, int(match["count"])
        elif _OUTSIDE.match(mark) or _SLOW.match(mark):
            self.block, self.broken_outside = None, self.broken_outside or not _SLOW.match(mark)
        elif self.listing is not None and mark.startswith("    ") and (title := title_of(mark)):
            self._test(title, line).listed = self.listing
        elif _ERROR.match(mark):
            self._open(self.loose, line)
        elif self.block is not None:
            self.block.lines.append(line.text)
        elif _RETRY_PART.match(mark) and self.planned is None and not self.counts:
            self.headless = self.block = Block(line)

    def _open(self, kind: list[Block], line: Line) -> None:
        self.block, self.listing = Block(line), None
        kind.append(self.block)

    def _test(self, title: Title, line: Line) -> _Test:
        test = _Test(title, line)
        return self.tests.setdefault(test.key, test)

    def _mark(self, line: Line, text: str, mark: str) -> None:
        self.block = self.listing = None
        spent = None
        if mark not in ("", "-") and (match := _TIME.search(text[-20:])):
            spent = seconds(match["time"], match["unit"])
            text = text[: -len(match[0])]
        retry = _RETRY.search(text[-20:])
        title = title_of(text[: -len(retry[0])] if retry else text)
        if title is None:
            return
        test = self._test(title, line)
        if mark:
            test.marks.append(mark)
        if retry:
            test.tries = max(test.tries, int(retry["number"]) + 1)
        if spent is not None:
            test.seconds = round((test.seconds or 0.0) + spent, 6)

    def _annotate(self, line: Line) -> None:
        self.block = self.listing = None
        first, *rest = unquote(line.text.partition("::")[2].partition("::")[2]).split("\n")
        if _HEADER.match(first[:MAX_MARK]) and title_of(first[:MAX_MARK]):
            self.annotations.append(Block(Line(line.number, first), rest))

    def finish(self) -> Session:
        for key, failures in {**self._failures(self.annotations), **self._failures(self.blocks)}.items():
            self.tests[key].failures = failures
        silent = [test for test in self.tests.values() if test.listed and not test.failures]
        if self.headless is not None and len(silent) == 1:
            silent[0].failures = failures_below(self.headless.lines, self.headless.header.number + 1)
        if self.broken_outside or self.planned is None:
            self.session.failures += [_outside(block) for block in self.loose]
        totals = self._totals()
        # The line of those that passed comes last, and is left out where none did.
        complete = "passed" in self.counts or (bool(self.counts) and self.planned in (None, totals.tests))
        self.session.stated = totals if complete else None
        self.session.closed = complete or (bool(self.loose) and self.planned is None)
        for test in self.tests.values():
            outcome = test.outcome(ended=bool(self.counts), complete=complete, all_ran=not totals.skipped)
            if outcome is not None:
                self.session.cases.append(test.result(outcome))
        return self.session

    def _totals(self) -> Totals:
        count = self.counts.get
        failed, interrupted, flaky = count("failed", 0), count("interrupted", 0), count("flaky", 0)
        passed, skipped = count("passed", 0) + flaky, count("skipped", 0) + count("did not run", 0)
        return Totals(
            passed + failed + interrupted + skipped, passed, failed, interrupted, skipped, flaky=flaky
        )

    def _failures(self, blocks: list[Block]) -> dict[_Key, list[Failure]]:
        """The tries of each test; a block that starts with the first try replaces what was said before."""
        found: dict[_Key, list[Failure]] = {}
        for block in blocks:
            title = title_of(block.header.text)
            assert title is not None
            # The header may end with the steps in which the test failed.
            place = (title.project, title.file, title.line)
            known = ((*place, title.path[:depth]) for depth in range(len(title.path), 0, -1))
            key = (
                next((key for key in known if key in self.tests), None) or self._test(title, block.header).key
            )
            failures = failures_below(block.lines, block.header.number + 1)
            if blocks is self.annotations:
                failures = [replace(failure, source_line=block.header.number) for failure in failures]
            again = next((line for line in block.lines if line.strip()), "")
            if not _RETRY_PART.match(again[:MAX_MARK]):
                found[key] = []
            found.setdefault(key, []).extend(failures)
        return found


def _outside(block: Block) -> Failure:
    lines = [block.header.text, *block.lines]
    return failure_from(
        "\n".join(lines), message=until(lines, _END), kind="error", source_line=block.header.number
    )


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        if parser.planned is not None and _RUNNING.match(line.mark):
            yield parser.finish()
            parser = _Parser()
        parser.feed(line)
    yield parser.finish()


READER = Reader("playwright-console", _sniff, reader_of("Playwright", _sessions))
