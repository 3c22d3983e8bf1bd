"""What ``dotnet test`` prints: VSTest at any verbosity, the terminal logger of .NET 8 to 10, Microsoft.Testing.Platform,
``vstest.console``, and the runners of xUnit.net on their own.

Written after the console loggers of microsoft/vstest, MSBuild's terminal logger, the terminal output of testfx and
xUnit's default runner reporter. Several projects in one output are summed; without ``normal`` verbosity tests that
passed are counted, not named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.dotnet_counts import Counts, is_total
from triage.ingest.runners.dotnet_text import dotnet_type
from triage.model import Failure, Outcome

_VSTEST = re.compile(
    r"^ {0,2}(?P<status>Passed|Failed|Skipped|Not Run) {1,3}(?P<name>[^\s:!].*?)(?: \[(?P<time>[^\[\]]*\d ?m?s|[^\[\]]*\d [mh])\])?$"
)
# VSTest 16.0 to 16.5; where the encoding of a console has no check mark, something like it stands there.
_SIGNED = re.compile(r"^  (?P<sign>[X✗√✓vV?!]) (?P<name>\S.*?)(?: \[(?P<time>[^\[\]]*\d(?:m?s|[mh]))\])?$")
_SIGNS = {"X": "failed", "✗": "failed", "!": "skipped"}
_PROGRESS = re.compile(r"^(?:(?:Test run in progress\.{1,3} *)+| {40,})(?=  \S|$)")
"""What a terminal shows and wipes with blanks before the next line."""
_AZURE = "##[error]"
"""What Azure puts before all that VSTest writes to its standard error, which may be all of it."""
_PADDED = re.compile(r"^(?:Passed {3}|Failed {3}|Skipped {2}|Not Run {2})\S")
"""As VSTest 15 wrote it, below messages without a blank line."""
_PLATFORM_TEST = re.compile(
    r"^(?P<status>passed|failed|skipped|timed out|canceled) (?P<name>\S.*?) \((?P<time>\d[\w. ]*)\)$"
)
_TESTERROR = re.compile(r"^\s+(?:(?P<file>\S[^()]*)\((?P<line>\d{1,9})\): )?error TESTERROR: *(?P<rest>.*)$")
_TESTERROR_NAME = re.compile(
    r"^\s*(?P<name>\S.*?) \((?P<time><? ?\d[\w. ]*)\): (?:Error Message: ?)?(?P<message>.*)$"
)
_XUNIT_TEST = re.compile(r"^(?:\[xUnit\.net [\d:.]+\])? {4,}(?P<name>\S.*) \[(?P<status>FAIL|SKIP)\]$")
_XUNIT_PREFIX = re.compile(r"^\[xUnit\.net [\d:.]+\] {0,6}")
_LABEL = re.compile(
    r"^(?: {1,2}|(?=Error Message|Stack Trace))(?P<label>Error Message|Stack Trace|Standard Output Messages|Standard Error Messages|Debug Traces Messages|TestContext Messages|Attachments):$"
)
_MESSAGE_LABEL, _TRACE_LABEL = "Error Message", "Stack Trace"
_END = re.compile(
    r"^(?:\[xUnit\.net |Results File: |Attachments:|Test Run |Total tests: |Test Parallelization|Test run for |VSTest version |Starting test execution"
    r"|NUnit Adapter |Microsoft \(R\) |A total of |The active |\s+\S+ (?:test )?(?:\S+ )?(?:failed|succeeded)(?: with .*)? \([\d.]+s\)|=== TEST EXECUTION SUMMARY ===|Build (?:failed|succeeded))"
)
_BUILD_ERROR = re.compile(
    r"^\s*(?:(?P<file>(?:[A-Za-z]:)?[^\s:][^:()]*)(?:\((?P<line>\d{1,9})(?:,\d+)*\))?\s?: )?(?:fatal )?error (?P<code>(?!TEST)[A-Z]{2,10}\d{2,6}): (?P<text>.*?)(?: \[[^\[\]]+proj(?:::\S+)?\])?$"
)
_ABORTED = re.compile(
    r"^(?:The active (?:Test Run was aborted|test run was aborted)\b|Test Run Aborted with error|Testhost process .* exited with error|Test host process crashed"
    r'|The test source file "[^"\n]+" provided was not found'
    r"|No test is available in |No test matches |Unhandled [Ee]xception[.:]|Process terminated\.|Stack overflow\.|Data collector 'Blame' message: .*crash"
    r"|\s*error (?:TESTRUNABORT|run failed): |Could not find testhost|MSBUILD : error )"
)
_MAX_CRASH = 40
_OUTCOMES = {
    "passed": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "skipped": Outcome.SKIPPED,
    "not run": Outcome.SKIPPED,
    "timed out": Outcome.FAILED,
    "canceled": Outcome.ERROR,
}


_STARTED = (
    "Test run for ",
    "Starting test execution, please wait",
    "Microsoft (R) Test Execution Command Line Tool",
)


def _sniff(sample: Sample) -> int:
    lines = [line.removeprefix(_AZURE) for line in sample_lines(sample)]
    if any(map(is_total, lines)):
        return 80
    if any(
        line.lstrip().startswith(
            ("Test run summary: ", "Test Run Failed.", "Test Run Successful.", "Test Run Aborted.")
        )
        for line in lines
    ):
        return 79
    if any(map(_XUNIT_TEST.match, lines)):
        return 74
    return 50 if any(line.startswith(_STARTED) for line in lines) else 0


@dataclass
class _Block:
    """What is printed of one test below its line."""

    entry: Entry
    failed: bool
    label: str = ""
    sections: dict[str, list[Line]] = field(default_factory=dict)
    raw: list[Line] = field(default_factory=list)
    xunit: bool = False

    def add(self, line: Line) -> None:
        if match := _LABEL.match(line.mark):
            self.label = match["label"]
            self.sections.setdefault(self.label, [])
        elif self.label:
            self.sections[self.label].append(line)
        if len(self.raw) < MAX_BLOCK:
            self.raw.append(line)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    counts: Counts = field(default_factory=Counts)
    block: _Block | None = None
    pending: re.Match[str] | None = None
    """An ``error TESTERROR`` whose test is named on the next line."""
    xunit: dict[str, tuple[Outcome, list[Line]]] = field(default_factory=dict)
    """Tests that xUnit.net named while they ran."""
    xunit_open: str = ""
    aborted: list[Line] | None = None
    """Why the run was aborted, which may go on for some lines."""
    crashes: list[list[Line]] = field(default_factory=list)
    build: dict[str, Failure] = field(default_factory=dict)

    def feed(self, line: Line) -> None:
        if match := _PROGRESS.match(line.mark):
            line = Line(line.number, line.text[match.end() :])
        mark = line.mark
        if self.aborted is not None and (
            not mark.strip() or len(self.aborted) >= _MAX_CRASH or is_total(mark)
        ):
            self.aborted = None
        if self.counts.feed(mark):
            self._end()
        elif self._xunit(mark, line) or self._test(mark, line):
            return
        elif match := _BUILD_ERROR.match(mark):
            self._end()
            number = int(match["line"]) if match["line"] else None
            text = f"error {match['code']}: {match['text']}"
            key = f"{match['file']}({number}) {text}"
            self.build.setdefault(
                key, Failure(text, match["code"], "error", mark.strip(), match["file"], number, line.number)
            )
        elif _ABORTED.match(mark):
            self._end()
            self.aborted = [line]
            self.crashes.append(self.aborted)
        elif mark.strip() in ("Test Run Aborted.", "Build FAILED.", "Build succeeded."):
            self._end()
            self.session.closed = True
        elif self.aborted is not None:
            self.aborted.append(line)
        elif self.block is not None:
            if _END.match(mark):
                self._end()
            else:
                self.block.add(line)

    def _xunit(self, mark: str, line: Line) -> bool:
        """Whether the line is one of those that xUnit.net writes while the tests run."""
        prefixed = _XUNIT_PREFIX.match(mark)
        if (match := _XUNIT_TEST.match(mark)) and (prefixed or self.block is None or self.block.xunit):
            outcome = Outcome.FAILED if match["status"] == "FAIL" else Outcome.SKIPPED
            self.xunit_open = match["name"]
            self.xunit.setdefault(match["name"], (outcome, [line]))
            return True
        if self.xunit_open and (prefixed or (line.text.startswith("      ") and self.block is None)):
            lines = self.xunit[self.xunit_open][1]
            if line.number == lines[-1].number + 1 or prefixed:
                lines.append(line)
                return True
        self.xunit_open = "" if not mark.strip() else self.xunit_open
        return prefixed is not None

    def _test(self, mark: str, line: Line) -> bool:
        if self.pending is not None:
            place, self.pending = self.pending, None
            if match := _TESTERROR_NAME.match(mark):
                self._open(match["name"], "failed", match["time"], line, place)
                if match["message"] and self.block is not None:
                    self.block.label = _MESSAGE_LABEL
                    self.block.sections[_MESSAGE_LABEL] = [Line(line.number, match["message"])]
                return True
        if match := _TESTERROR.match(mark):
            self._end()
            self.pending = match
            if match["rest"]:
                return self._test(match["rest"], line)
            return True
        if (match := _VSTEST.match(mark)) and (
            match["time"] or _PADDED.match(mark) or not (self.block and self.block.label == _MESSAGE_LABEL)
        ):
            self._open(match["name"], match["status"].lower(), match["time"], line)
            return True
        if (match := _SIGNED.match(mark)) and (
            match["time"]
            # A project may be called X.
            or (not _END.match(mark) and (self.block is None or self.block.label in ("", _TRACE_LABEL)))
        ):
            self._open(match["name"], _SIGNS.get(match["sign"], "passed"), match["time"], line)
            return True
        if match := _PLATFORM_TEST.match(mark):
            self._open(match["name"], match["status"], match["time"], line)
            return True
        return False

    def _open(
        self, full: str, status: str, time: str | None, line: Line, place: re.Match[str] | None = None
    ) -> None:
        self._end()
        name, suite = _split(full.strip())
        known = self.book.entries.get((suite, name))
        outcome = _OUTCOMES[status]
        if known is not None and known.outcome is not None and known.outcome.is_red and outcome.is_red:
            known = None if known.failures else known
            name = name if known else f"{name} #{line.number}"
        entry = self.book.settle(name, suite, outcome, line, spoken_seconds(time))
        if place is not None and place["file"]:
            entry.file, entry.line = None, None
        self.block = _Block(entry, outcome.is_red)

    def _end(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        if block.failed:
            kind = "error" if block.entry.outcome is Outcome.ERROR else "failure"
            if (failure := _failure(block, kind)) is not None:
                block.entry.failures.append(failure)
        for label in ("Standard Output Messages", "Standard Error Messages"):
            block.entry.output.extend(line.text.strip() for line in block.sections.get(label, []))
        if block.entry.outcome is Outcome.SKIPPED and (lines := block.sections.get(_MESSAGE_LABEL)):
            reason = " ".join(line.text.strip() for line in lines).strip()
            block.entry.properties.append(("reason", reason))

    def finish(self) -> Session:
        self._end()
        session = self.session
        named = {_key(entry.suite, entry.name) for entry in self.book.entries.values()}
        for full, (outcome, lines) in self.xunit.items():
            name, suite = _split(full)
            if _key(suite, name) in named:
                continue
            entry = self.book.settle(name, suite, outcome, lines[0])
            body = [_XUNIT_PREFIX.sub("", line.text).strip() for line in lines[1:]]
            if outcome is Outcome.FAILED and body:
                entry.failures.append(
                    failure_from("\n".join(body), message=_before_stack(body), source_line=lines[1].number)
                )
            elif body:
                entry.properties.append(("reason", body[0]))
        session.cases = self.book.results()
        session.stated, session.duration = self.counts.stated(), self.counts.duration
        session.closed = session.closed or self.counts.seen
        session.failures.extend(self.counts.errors)
        for lines in self.crashes:
            texts = [line.text.strip() for line in lines]
            end = next((i for i, text in enumerate(texts) if text.startswith("at ")), len(texts))
            trace = "\n".join(line.text for line in lines)
            session.failures.append(
                failure_from(trace, message="\n".join(texts[:end]), kind="error", source_line=lines[0].number)
            )
        session.failures.extend(self.build.values())
        return session


def _split(full: str) -> tuple[str, str]:
    """Name and class of ``Namespace.Class.Method(arg: "a.b")``; NUnit and MSTest print the method alone."""
    head = re.match(r"^[\w.+`<>]+(?=$|[(\[<])", full)
    if head is None or "." not in head[0]:
        return full, ""
    dot = head[0].rindex(".")
    return full[dot + 1 :], full[:dot]


def _key(suite: str, name: str) -> str:
    return f"{suite}.{name}" if suite else name


def _before_stack(lines: list[str]) -> str:
    end = next(
        (i for i, text in enumerate(lines) if text in ("Stack Trace:", "--- Stack Trace ---")), len(lines)
    )
    return "\n".join(lines[:end]).strip()


def _failure(block: _Block, kind: str) -> Failure | None:
    filled = [line for line in block.raw if line.text.strip()]
    said = block.sections.get(_MESSAGE_LABEL, [])
    messages = _before_stack([line.text.strip() for line in said]).split("\n") if said else []
    if not filled and not messages:
        return None
    if not block.sections:
        # Microsoft.Testing.Platform: the message, then the frames.
        end = next((i for i, line in enumerate(filled) if re.match(r"^\s+at ", line.mark)), len(filled))
        start = 1 if filled and filled[0].text.strip().startswith("from ") and len(filled) > 1 else 0
        messages = [line.text.strip() for line in filled[start:end]]
    elif not said and block.sections.get(_TRACE_LABEL):
        # It failed without a word; where it did so says most.
        filled = [line for line in filled if not _LABEL.match(line.mark)] or filled
    trace = "\n".join(line.text for line in filled)
    number = filled[0].number if filled else block.sections[_MESSAGE_LABEL][0].number
    if not filled:
        return Failure("\n".join(messages), kind=kind, source_line=number)
    message = "\n".join(messages).strip()
    return failure_from(trace, message=message, type=dotnet_type(message), kind=kind, source_line=number)


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        parser.feed(Line(line.number, line.text.removeprefix(_AZURE)))
    yield parser.finish()


READER = Reader("dotnet-test-console", _sniff, reader_of("dotnet test", _sessions))
