"""What WebdriverIO's test runner prints: its ``spec`` reporter, and the lines of its workers.

After ``packages/wdio-spec-reporter`` and ``wdio-cli`` of WebdriverIO 5 to 9. Each browser's part is in brackets before its
lines; without the reporter only the spec files are counted, and each is a test.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK
from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    dedent,
    indent_of,
    reader_of,
    run_after_run,
    sample_lines,
    until,
)
from triage.ingest.logs.severity import ERROR, severity
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_PREFIX = re.compile(r"^\[(?P<who>[^\]#]{1,80} #(?P<id>\d+-\d+(?:-\d+)?))\] ?")
_FILE = re.compile(r"^(?:»|Spec:|>>) +(?P<file>\S.*)$")
_MARK = re.compile(
    r"^(?P<indent> +)(?P<mark>[✓✔√✖✗×?-]) (?P<name>\S.*?)(?: \((?P<retries>\d{1,6})x retries\))?(?: \((?P<time>[\d.]+)(?P<unit>ms|s)\))?$"
)
_TITLE = re.compile(r"^(?P<indent> *)(?P<name>[^\s»].*)$")
_COUNT = re.compile(r"^(?P<count>\d{1,9}) (?P<what>passing|failing|skipped|pending|retries)(?: \(.*\))?$")
_HEADER = re.compile(r"^(?P<number>\d{1,6})\) (?P<title>\S.*)$")
_FILES = re.compile(
    r"^Spec Files:\s+(?:(?P<passed>\d{1,9}) passed, )?(?:(?P<retries>\d{1,9}) retries, )?(?:(?P<failed>\d{1,9}) failed, )?(?:(?P<skipped>\d{1,9}) skipped, )?(?P<total>\d{1,9}) total\b"
)
_TIME = re.compile(r" in (?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d)\s*$")
_WORKER = re.compile(
    r"^\[(?P<id>\d+-\d+)\] (?P<what>RUNNING|PASSED|FAILED|RETRYING|SKIPPED) (?:in|on) (?P<browser>.+?) - (?P<file>\S.*)$"
)
_ERROR = re.compile(r"^\[(?P<id>\d+-\d+)\] +(?:\w*Error in \".*\"|\w*Error: .*)$")
_SAID = re.compile(r"^\[(?P<id>\d+-\d+)\] (?P<said>.*)$")
_REPORTER = re.compile(r"^ \"[\w-]+\" Reporter:$")
_END = re.compile(r"^\s*at \S")
_SKIP = ("Running:", "Session ID:", "Report:", "Spec:", "Number of")
_LAST_WORDS = 50
"""Lines of a worker that are kept."""
_OUTCOMES = {
    "✖": Outcome.FAILED,
    "✗": Outcome.FAILED,
    "×": Outcome.FAILED,
    "-": Outcome.SKIPPED,
    "?": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    files = any(map(_FILES.match, lines))
    parts = any(map(_PREFIX.match, lines)) and any(
        line.startswith("[") and "passing" in line for line in lines
    )
    if files:
        return 86
    return 78 if parts or any('"spec" Reporter:' in line for line in lines) else 0


@dataclass
class _Browser:
    """The part of one worker."""

    who: str
    file: str | None = None
    open: list[tuple[int, str]] = field(default_factory=list)
    cases: list[tuple[CaseResult, Line]] = field(default_factory=list)
    before: list[CaseResult] = field(default_factory=list)
    """Of the tries of its file before this one."""
    counts: Counter[str] = field(default_factory=Counter)
    block: Block | None = None
    counted: bool = False


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    browsers: dict[str, _Browser] = field(default_factory=dict)
    workers: dict[str, tuple[str, str, Line]] = field(default_factory=dict)
    """How each worker ended: what, in which file."""
    broken: Line | None = None
    """The line that counts spec files which failed."""
    errors: dict[str, list[Block]] = field(default_factory=dict)
    """What a worker said of its errors when they happened."""
    error: Block | None = None
    """The one whose lines are being read."""
    said: dict[str, deque[Line]] = field(default_factory=dict)
    """The last words of each worker."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark.rstrip()
        if match := _FILES.match(mark):
            if time := _TIME.search(mark):
                self.session.duration = int(time["h"]) * 3600.0 + int(time["m"]) * 60 + int(time["s"])
            if not any(browser.counted for browser in self.browsers.values()):
                self.session.stated = _totals(match)
            self.session.closed = True
            self.broken = line if int(match["failed"] or 0) else None
            return True
        if match := _PREFIX.match(mark):
            self.error = None
            browser = self.browsers.setdefault(match["id"], _Browser(match["who"]))
            self._line(browser, Line(line.number, line.text[match.end() :].rstrip()))
        elif match := _WORKER.match(mark):
            self.error = None
            if match["what"] == "RUNNING":
                self.errors.pop(match["id"], None)
                self.said.pop(match["id"], None)
            self.workers[match["id"]] = (match["what"], match["file"], line)
        elif match := _ERROR.match(mark):
            self.error = Block(Line(line.number - 1, ""), [line.text.partition("]")[2].strip()])
            self.errors.setdefault(match["id"], []).append(self.error)
        elif _REPORTER.match(mark):
            self.error = None
        elif self.error is not None and len(self.error.lines) < MAX_BLOCK:
            self.error.lines.append(line.text)
        elif match := _SAID.match(mark):
            words = self.said.setdefault(match["id"], deque(maxlen=_LAST_WORDS))
            words.append(Line(line.number, match["said"]))
        return False

    def _line(self, browser: _Browser, line: Line) -> None:
        mark = line.mark
        if browser.counted and mark.startswith("Running:"):
            self._try_again(browser)
        elif match := _COUNT.match(mark):
            browser.counts[match["what"]] += int(match["count"])
            browser.counted = True
        elif match := _FILE.match(mark):
            browser.file, browser.open = match["file"], []
        elif browser.counted and (match := _HEADER.match(mark)):
            self._end_block(browser)
            browser.block = Block(line)
        elif browser.block is not None:
            browser.block.lines.append(line.text)
        elif browser.counted or not mark or mark.startswith(_SKIP):
            return
        elif match := _MARK.match(mark):
            indent = len(match["indent"])
            _leave(browser, indent)
            outcome = _OUTCOMES.get(match["mark"], Outcome.PASSED)
            suite = " > ".join(name for _, name in browser.open)
            attempts = 1 + int(match["retries"] or 0)
            case = CaseResult(match["name"], outcome, suite, browser.file, attempts=attempts)
            browser.cases.append((case, line))
        elif match := _TITLE.match(mark):
            indent = len(match["indent"])
            _leave(browser, indent)
            browser.open.append((indent, match["name"]))

    def _try_again(self, browser: _Browser) -> None:
        """The file failed and is run once more (``specFileRetries``): its last try counts."""
        self._end_block(browser)
        browser.before += [_told(case, line) for case, line in browser.cases]
        browser.cases, browser.open, browser.counted = [], [], False
        browser.counts.clear()

    def _end_block(self, browser: _Browser) -> None:
        block, browser.block = browser.block, None
        match = _HEADER.match(block.header.mark) if block is not None else None
        if block is None or match is None or not block.text.strip():
            return
        lines = block.text.split("\n")
        message = until(dedent(lines, indent_of(lines[0])), _END)
        failure = failure_from(block.text.strip(), message=message, source_line=block.first_line)
        title = match["title"]
        for index, (case, line) in enumerate(browser.cases):
            # Before the name of the test stands that of all its suites, or of the innermost.
            whole = f"{case.suite.replace(' > ', ' ')} {case.name}".strip()
            if case.outcome.is_red and not case.failures and whole.endswith(title):
                browser.cases[index] = (replace(case, failures=(failure,)), line)
                return
        self.session.failures.append(replace(failure, message=f"{title}: {failure.message}", kind="error"))

    def finish(self) -> Session:
        totals = Totals()
        several = len(self.browsers) > 1
        for browser in self.browsers.values():
            self._end_block(browser)
            passed, failed = browser.counts["passing"], browser.counts["failing"]
            skipped = browser.counts["skipped"] + browser.counts["pending"]
            totals += Totals(passed + failed + skipped, passed, failed, 0, skipped)
            name = browser.who.rpartition(" #")[0]
            for case in (_told(*told) for told in browser.cases):
                earlier = [
                    old
                    for old in browser.before
                    if old.outcome.is_red and (old.suite, old.name) == (case.suite, case.name)
                ]
                failures = tuple(why for old in earlier for why in old.failures) + case.failures
                suite = " > ".join(filter(None, (name if several else "", case.suite)))
                self.session.cases.append(
                    replace(
                        case,
                        suite=suite,
                        failures=failures,
                        attempts=case.attempts + len(earlier),
                        properties=(("browser", name),),
                    )
                )
        if any(browser.counted for browser in self.browsers.values()):
            self.session.stated = totals
        elif not self.session.cases:
            self._files()
        if self.broken is not None:
            self.session.tell_red(self.broken)
        return self.session

    def _files(self) -> None:
        """Without a reporter: what became of each spec file."""
        for id, (what, file, line) in self.workers.items():
            outcome = {"PASSED": Outcome.PASSED, "SKIPPED": Outcome.SKIPPED}.get(what, Outcome.FAILED)
            failures: tuple[Failure, ...] = ()
            if outcome.is_red:
                failures = tuple(map(_failure, self.errors.get(id, ()))) or (
                    _death(line, self.said.get(id, ())),
                )
            self.session.cases.append(CaseResult(file, outcome, file=file, failures=failures))


def _failure(block: Block) -> Failure:
    return failure_from(block.text, message=until(block.lines, _END), source_line=block.first_line)


def _death(end: Line, words: Iterable[Line]) -> Failure:
    """Of a worker that told no error: what its process said last of why it ended."""
    said = [line for line in words if line.text.strip()]
    worst = max(reversed(said), key=lambda line: severity(line.mark), default=end)
    if severity(worst.mark) < ERROR:
        return bare_failure(end)
    trace = "\n".join(line.text for line in said)
    return failure_from(trace, message=worst.text.strip(), kind="error", source_line=worst.number)


def _told(case: CaseResult, line: Line) -> CaseResult:
    return (
        replace(case, failures=(bare_failure(line),)) if case.outcome.is_red and not case.failures else case
    )


def _leave(browser: _Browser, indent: int) -> None:
    while browser.open and browser.open[-1][0] >= indent:
        browser.open.pop()


def _totals(match: re.Match[str]) -> Totals:
    passed, failed, skipped = (int(match[name] or 0) for name in ("passed", "failed", "skipped"))
    return Totals(passed + failed + skipped, passed, failed, 0, skipped)


READER = Reader("wdio-console", _sniff, reader_of("WebdriverIO", run_after_run(_Parser)))
