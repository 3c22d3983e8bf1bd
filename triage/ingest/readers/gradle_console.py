"""What Gradle prints of tests: its own test logging, Android's device tests, the test-logger plugin, broken builds.

Written after Gradle 1.x to 8 (``TestEventLogger``, ``AbstractTestTask``), the Android plugin's device test lines and
the themes of com.adarshr.test-logger. Without test logging only tests that failed are named and only tasks with
failures are counted; the retry plugin counts each try, the totals here count each test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome, Totals

_TASK = re.compile(
    r"^(?:> Task )?(?P<name>:[\w.:$-]+)(?: (?P<how>FAILED|UP-TO-DATE|NO-SOURCE|FROM-CACHE|SKIPPED))?$"
)
_EVENT = re.compile(
    r"^(?P<path>\S.*?) > (?P<name>.+?) (?P<status>PASSED|FAILED|SKIPPED|STARTED|STANDARD_OUT|STANDARD_ERROR)"
    r"(?: \((?P<time>[\d.]+ ?\w+)\))?\s*$"
)
_XCTEST_EVENT = re.compile(
    r"^(?P<path>[A-Z]\w*)\.(?P<name>test\w*) (?P<status>PASSED|FAILED|SKIPPED|STARTED)(?: \((?P<time>[\d.]+ ?\w+)\))?\s*$"
)
"""As the plugin for native software tells of XCTest."""
_NESTED = re.compile(r"^(?P<suite>[\w.]+\$[\w$]+)\.(?P<name>\S.*)$")
"""Up to Gradle 4 a nested class is told with its test, behind the class around it."""
_OUTER = re.compile(r"^Gradle Test (?:Run|Executor) \S+$")
_DEVICE = re.compile(r"^(?P<name>.+?)\[(?P<device>[^\[\]]+ - [\w.]+)\]$")
_COMPLETED = re.compile(
    r"^(?P<tests>\d{1,9}) tests? completed(?:, (?P<failed>\d{1,9}) failed)?(?:, (?P<skipped>\d{1,9}) skipped)?$"
)
_ON_DEVICE = re.compile(
    r"^(?P<device>.*?) ?Tests (?P<done>\d{1,9})/(?P<tests>\d{1,9}) completed\. \((?P<skipped>\d{1,9}) skipped\) \((?P<failed>\d{1,9}) failed\)"
)
_DEVICE_START = re.compile(r"^Starting (?P<tests>\d{1,9}) tests? on (?P<device>\S.*)$")
_DEVICE_END = re.compile(
    r"^(?:Finished (?P<tests>\d{1,9}) tests? on (?P<device>\S.*)|Tests on (?P<red>\S.*) failed: There (?:was|were) (?P<failed>\d{1,9}) failure\(s\)\.)$"
)
_LOGGER_CLASS = re.compile(r"^(?P<suite>(?:[a-z_]\w*\.)+[\w$ .]+|[A-Z][\w$]+)$")
_LOGGER_TEST = re.compile(
    r"^ {2,}(?:Test (?P<name>\S.*?) (?P<status>PASSED|FAILED|SKIPPED)|(?P<mark>[✔✘]) (?P<title>\S.*?))(?: \((?P<time>[\d.]+ ?\w+)\))?$"
)
_LOGGER_TOTALS = re.compile(
    r"^(?:SUCCESS|FAILURE): Executed (?P<tests>\d{1,9}) tests? in (?P<time>[\d.]+\w+)(?: \((?P<rest>[^()]*)\))?$"
)
_MOCHA_TOTALS = re.compile(
    r"^  (?P<number>\d{1,9}) (?P<what>passing|pending|failing)(?: \((?P<time>[\d.]+\w+)\))?$"
)
_CLOSURE = re.compile(
    r"^\W*(?:Test )?[Rr]esults?:? (?:SUCCESS|FAILURE) \((?P<tests>\d{1,9}) tests?, (?P<passed>\d{1,9}) \w+, "
    r"(?P<failed>\d{1,9}) \w+, (?P<skipped>\d{1,9}) \w+\)"
)
_WRONG = re.compile(r"^\* What went wrong:$")
_WRONG_ENDS = re.compile(r"^(?:\* (?:Try|Exception is|Where|Get more help)|={10,}|-{10,}|BUILD FAILED)")
_BUILD = re.compile(r"^BUILD (?P<how>SUCCESSFUL|FAILED)(?: in (?P<time>.+))?$")
_OLD_TIME = re.compile(r"^Total time: (?P<time>.+)$")
_JAVAC = re.compile(
    r"^(?::[\w:-]*)??(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.(?:java|groovy|scala)):(?: ?(?P<line>\d{1,9}): )(?:error: )?(?P<text>\S.*)$"
)
_ABROAD = re.compile(r"(?:错误|エラー|Fehler|\ufffd+):(?! *\[)")
"""``error:`` of a javac that speaks another language, also in an encoding that got lost; what it warns of has a name in
brackets."""
_KOTLINC = re.compile(
    r"^e: (?:file:///(?=[A-Za-z]:)|file://)?(?P<file>(?:[A-Za-z]:)?[^:]+\.kts?):(?: ?\(|)(?P<line>\d{1,9})[,:]\s?\d+\)?:? (?P<text>\S.*)$"
)
_OF_POWERSHELL = re.compile(r"^\S{0,200}gradlew?(?:\.bat)? : (?=\S)")
"""What PowerShell puts before the first line that a program writes to its second stream."""
_SHORT = re.compile(r"^(?P<type>[\w.$]+) at (?P<file>[\w$]+\.\w+):(?P<line>\d{1,9})$")
_ECHO_TESTS = re.compile(r"There were failing tests|There was failing tests|failing tests\b")
_ECHO_COMPILER = re.compile(
    r"Compilation (?:failed|error)|[Cc]ompiler error output|compileKotlin|Compile failed"
)

_OUTCOMES = {
    "PASSED": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "SKIPPED": Outcome.SKIPPED,
    "✔": Outcome.PASSED,
    "✘": Outcome.FAILED,
}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    build = any(line.startswith("> Task :") or _BUILD.match(line) or _WRONG.match(line) for line in lines)
    told = any(
        ((match := _COMPLETED.match(line)) and match["failed"])
        or _CLOSURE.match(line)
        or _ON_DEVICE.match(line)
        for line in lines
    )
    named = any(
        (match := _EVENT.match(line)) and not match["path"].startswith(("FAIL ", "PASS ", "✓", "×", "❯"))
        for line in lines
    )
    logger = any(map(_LOGGER_TOTALS.match, lines)) or any(map(_LOGGER_TEST.match, lines))
    if build and (told or named or logger):
        return 79
    if told or named or any(map(_LOGGER_TOTALS.match, lines)):
        return 66
    return 45 if build else 0


@dataclass
class _Task:
    """The tests of one Gradle task."""

    book: CaseBook = field(default_factory=CaseBook)
    stated: Totals | None = None
    devices: dict[str, Totals] = field(default_factory=dict)

    def totals(self) -> Totals:
        counted = Totals.of(self.book.results())
        stated = sum(self.devices.values(), Totals()) if self.devices else self.stated
        if stated is None:
            return counted
        again = sum(entry.attempts - 1 for entry in self.book.entries.values())
        if again:
            tests = stated.tests - again
            return Totals(
                tests,
                tests - counted.failed - stated.skipped,
                counted.failed,
                0,
                stated.skipped,
                flaky=counted.flaky,
            )
        return stated


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    tasks: dict[str, _Task] = field(default_factory=dict)
    task: str = ""
    suite: str = ""
    """The class whose tests the test-logger plugin is printing."""
    test: Entry | None = None
    failed: Entry | None = None
    """The last test that failed."""
    what: str = ""
    block: list[Line] = field(default_factory=list)
    """What is printed, indented, below the event of a test."""
    wrong: list[Line] | None = None
    wrongs: list[list[Line]] = field(default_factory=list)
    compiler: list[list[Line]] = field(default_factory=list)
    broke: Line | None = None
    """The first line that only says that the build failed."""
    mocha: dict[str, int] = field(default_factory=dict)
    started: dict[str, int] = field(default_factory=dict)
    """How many tests each of Android's devices was given."""

    def feed(self, line: Line) -> None:
        mark = line.mark
        if self.wrong is not None:
            if not _WRONG_ENDS.match(mark):
                self.wrong.append(line)
                return
            self.wrongs.append(self.wrong)
            self.wrong = None
        if self._event(mark, line):
            return
        if self.test is not None and (line.text[:1] in ("", " ", "\t") and not _MOCHA_TOTALS.match(mark)):
            if len(self.block) < MAX_BLOCK:
                self.block.append(line)
            return
        if self.test is not None:
            self._end_test()
        if not self._totals(mark):
            self._build(mark, line)

    def _current(self) -> _Task:
        return self.tasks.setdefault(self.task, _Task())

    def _event(self, mark: str, line: Line) -> bool:
        if match := _EVENT.match(mark) or _XCTEST_EVENT.match(mark):
            path = [
                part
                for part in [*match["path"].split(" > "), *match["name"].split(" > ")]
                if not _OUTER.match(part)
            ]
            if len(path) < 2:
                return True
            self._end_test()
            suite, name = " > ".join(path[:-1]), path[-1]
            if (nested := _NESTED.match(name)) and nested["suite"].startswith(f"{suite}$"):
                suite, name = nested["suite"], nested["name"]
            status, duration = match["status"], spoken_seconds(match["time"])
        elif match := _LOGGER_TEST.match(mark):
            self._end_test()
            suite, name, status = (
                self.suite,
                match["name"] or match["title"],
                match["status"] or match["mark"],
            )
            duration = spoken_seconds(match["time"])
        else:
            return False
        device = _DEVICE.match(name)
        entry = self._current().book.entry(name, suite)
        if device and ("device", device["device"]) not in entry.properties:
            entry.properties.append(("device", device["device"]))
        if outcome := _OUTCOMES.get(status):
            # The retry plugin runs a test again in the same task.
            entry.attempts += entry.outcome is Outcome.FAILED
            entry.outcome, entry.status = outcome, line
            entry.seconds = duration if duration is not None else entry.seconds
        self.test, self.what, self.block = entry, status, []
        self.failed = entry if status in ("FAILED", "✘") else self.failed
        return True

    def _end_test(self) -> None:
        if self.test is not None and any(line.text.strip() for line in self.block):
            if _OUTCOMES.get(self.what) is Outcome.FAILED:
                self.test.failures.append(_failure(self.block))
            elif self.what.startswith("STANDARD"):
                self.test.output.extend(line.text.strip() for line in self.block)
        self.test, self.block = None, []

    def _totals(self, mark: str) -> bool:
        if match := _COMPLETED.match(mark) or _CLOSURE.match(mark):
            tests, failed, skipped = (int(match[key] or 0) for key in ("tests", "failed", "skipped"))
            self._current().stated = Totals(tests, tests - failed - skipped, failed, 0, skipped)
        elif match := _ON_DEVICE.match(mark):
            done, failed, skipped = (int(match[key]) for key in ("done", "failed", "skipped"))
            self._current().devices[match["device"]] = Totals(
                done, max(0, done - failed - skipped), failed, 0, skipped
            )
        elif match := _DEVICE_START.match(mark):
            self.started[match["device"]] = int(match["tests"])
        elif match := _DEVICE_END.match(mark):
            device, failed = match["device"] or match["red"], int(match["failed"] or 0)
            tests = self.started.get(device, 0) or int(match["tests"] or failed)
            skipped = Totals.of(self._current().book.results()).skipped
            if tests >= failed + skipped:
                counted = Totals(tests, tests - failed - skipped, failed, 0, skipped)
                self._current().devices.setdefault(device, counted)
        elif match := _LOGGER_TOTALS.match(mark):
            tests = int(match["tests"])
            counts = {
                what: int(number)
                for number, what in re.findall(r"(\d{1,9}) (failed|skipped)", match["rest"] or "")
            }
            failed, skipped = counts.get("failed", 0), counts.get("skipped", 0)
            self._current().stated = Totals(tests, tests - failed - skipped, failed, 0, skipped)
        elif match := _MOCHA_TOTALS.match(mark):
            self.mocha = {
                **({} if match["what"] == "passing" else self.mocha),
                match["what"]: int(match["number"]),
            }
            passed, failed, skipped = (self.mocha.get(key, 0) for key in ("passing", "failing", "pending"))
            self._current().stated = Totals(passed + failed + skipped, passed, failed, 0, skipped)
        else:
            return False
        return True

    def _build(self, mark: str, line: Line) -> None:
        if prefix := _OF_POWERSHELL.match(mark):
            mark, line = mark[prefix.end() :], Line(line.number, line.text[prefix.end() :])
        if (
            self.failed is not None
            and not self.failed.failures
            and line.text[:1] == " "
            and _SHORT.match(mark.strip())
        ):
            # The two streams of Gradle may be mixed: what failed stands below some other line.
            self.failed.failures.append(_failure([line]))
        elif match := _TASK.match(mark):
            self.task, self.suite = match["name"], ""
            self.broke = self.broke or (line if match["how"] == "FAILED" else None)
        elif match := _BUILD.match(mark):
            self.session.closed = True
            self.broke = (self.broke or line) if match["how"] == "FAILED" else None
            self.session.duration = spoken_seconds(match["time"]) or self.session.duration
        elif (match := _OLD_TIME.match(mark)) and self.session.closed:
            self.session.duration = spoken_seconds(match["time"])
        elif _WRONG.match(mark):
            self.wrong = []
        elif (
            (match := _JAVAC.match(mark))
            and ("error: " in mark or ".java:" not in mark or _ABROAD.match(match["text"]))
        ) or _KOTLINC.match(mark):
            self.compiler.append([line])
        elif self.compiler and len(self.compiler[-1]) < 8 and line.number == self.compiler[-1][-1].number + 1:
            if line.text[:1] == " ":
                self.compiler[-1].append(line)
        elif match := _LOGGER_CLASS.match(mark):
            self.suite = match["suite"]

    def finish(self) -> Session:
        self._end_test()
        if self.wrong is not None:
            self.wrongs.append(self.wrong)
        session = self.session
        for task, tests in self.tasks.items():
            session.cases.extend(_with_task(case, task) for case in tests.book.results())
        if any(task.stated or task.devices for task in self.tasks.values()):
            # Events may come before the header of their task, whose totals have them already.
            session.stated = sum(
                (task.totals() for name, task in self.tasks.items() if name or task.stated or task.devices),
                Totals(),
            )
        red = session.totals.red > 0
        told = set()
        for block in self.compiler:
            if block[0].text not in told:
                told.add(block[0].text)
                session.failures.append(_compiler_failure(block))
        for block in self.wrongs:
            text = "\n".join(line.text for line in block)
            if (
                block
                and not (red and _ECHO_TESTS.search(text))
                and not (told and _ECHO_COMPILER.search(text))
            ):
                session.failures.append(_wrong(block))
        if self.broke is not None and not red and not session.failures:
            said = self.broke.text.strip()
            session.failures.append(Failure(said, kind="error", trace=said, source_line=self.broke.number))
        return session


def _failure(block: list[Line]) -> Failure:
    """The stack below a failed test; in the short format it is one line with the type and the place."""
    failure = failure_of(block)
    if match := _SHORT.match(failure.message.split("\n", 1)[0][:1000]):
        return replace(failure, type=match["type"], file=match["file"], line=int(match["line"]))
    return failure


def _with_task(case: CaseResult, task: str) -> CaseResult:
    return replace(case, properties=(*case.properties, ("task", task))) if task else case


def _compiler_failure(block: list[Line]) -> Failure:
    match = _JAVAC.match(block[0].mark) or _KOTLINC.match(block[0].mark)
    lines = "\n".join(line.text for line in block)
    message = (match["text"] if match else block[0].text).strip()
    return Failure(
        message,
        kind="error",
        trace=lines,
        file=match["file"] if match else None,
        line=int(match["line"]) if match else None,
        source_line=block[0].number,
    )


def _wrong(block: list[Line]) -> Failure:
    """What went wrong: the innermost reason (the last of the lines with ``>``) says it, the first names the task."""
    filled = [line for line in block if line.text.strip()]
    if not filled:
        return Failure("the build failed", kind="error", source_line=block[0].number)
    reasons = [index for index, line in enumerate(filled) if line.text.lstrip().startswith("> ")]
    first = filled[0].text.strip()
    message = (
        "\n".join(line.text.strip().removeprefix("> ") for line in filled[reasons[0] :]) + f"\n{first}"
        if reasons
        else "\n".join(line.text.strip() for line in filled)
    )
    trace = "\n".join(line.text for line in filled)
    return Failure(message, kind="error", trace=trace, source_line=filled[0].number)


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        parser.feed(line)
    yield parser.finish()


READER = Reader("gradle-console", _sniff, reader_of("Gradle", _sessions))
