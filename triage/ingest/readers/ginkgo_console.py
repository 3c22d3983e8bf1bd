"""What Ginkgo prints, one suite or many, versions 1 and 2, succinct and verbose.

Written after ``reporters/default_reporter.go`` of Ginkgo 2 and ``stenographer.go`` of Ginkgo 1. Specs that passed are
dots; each suite states its counts. Pending specs and those that a filter left out are skipped, as in those counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.go_session import PACKAGE
from triage.ingest.runners.go_text import build_failure
from triage.model import Failure, Outcome, Totals

_SUITE = re.compile(r"^Running Suite: (?P<name>.+?)(?: - /\S+)?$")
_SHORT = re.compile(
    r"^\[\d{1,19}\] (?P<name>\S.*?) - (?P<ran>\d{1,9})(?:/(?P<tests>\d{1,9}))? specs(?: - \d{1,9} (?:nodes|procs))?"
    r" ?[•SP↺+! ]*(?P<green>SUCCESS! (?P<time>\S+).*)?$"
)
"""A suite on one line, as the succinct reporter has it."""
_UNCOMPILED = re.compile(r"^Failed to compile (?P<name>\S+):$")
_OVER = re.compile(r"^Ginkgo ran \d{1,9} suites? in ")
_RAN = re.compile(r"^Ran (?P<ran>\d{1,9}) of (?P<tests>\d{1,9}) Specs in (?P<time>[\d.]+) seconds$")
_COUNTS = re.compile(
    r"^(?P<how>SUCCESS|FAIL)! (?:-- |.*? -- )(?P<passed>\d{1,9}) Passed \| (?P<failed>\d{1,9}) Failed \| (?:(?P<flaked>\d{1,9}) Flaked \| )?(?P<pending>\d{1,9}) Pending \| (?P<skipped>\d{1,9}) Skipped"
)
_NONE = re.compile(r"^FAIL! -- .* so all tests were skipped\.$")
_SUMMARY = re.compile(r"^Summarizing (?P<failures>\d{1,9}) Failures?:$")
_LISTED = re.compile(
    r"^\s*\[(?P<what>FAIL|Fail|FAILED|PANICKED!?|Panic!?|TIMEDOUT|Timeout\.*|ABORTED|INTERRUPTED)\] (?P<name>\S.*)$"
)
_PLACE = re.compile(r"^\s*(?P<file>\S+\.go):(?P<line>\d{1,9})(?: @ .*)?$")
_BULLET = re.compile(
    r"^(?:[•↻SP+!]*[•↻!+]|S \[|P \[|\[\w+Suite\]|\[DeferCleanup \(Suite\)\]) ?(?P<what>\[(?:FAILED|PANICKED|TIMEDOUT|ABORTED|INTERRUPTED)\]|Failure|Panic!?|\.\.\. Timeout)(?: in .*?)? ?(?:\[(?P<time>[\d.]+) seconds\])?$"
)
_FLAKED = re.compile(r"^\S{0,3}\s?\[FLAKEY TEST - TOOK (?P<tries>\d{1,4}) ATTEMPTS TO PASS\]|^↺? ?• \[FLAKE")
_RULE = re.compile(r"^-{30,}$")
_REASON = re.compile(r"^\s*\[(?:FAILED|PANICKED|TIMEDOUT|ABORTED|INTERRUPTED)\](?P<text>.*)$")
_IN = re.compile(r"^\s*In \[[^\]]+\] at: (?P<file>\S+\.go):(?P<line>\d{1,9})")
_NODE = re.compile(
    r" ?\[(?:It|BeforeEach|AfterEach|JustBeforeEach|JustAfterEach|BeforeAll|AfterAll|BeforeSuite|AfterSuite|SynchronizedBeforeSuite|SynchronizedAfterSuite|DeferCleanup(?: \([^)]*\))?|Measurement|ReportAfterSuite)\]"
)
_OUTSIDE = re.compile(
    r"\[(?:BeforeSuite|AfterSuite|SynchronizedBeforeSuite|SynchronizedAfterSuite|ReportAfterSuite|DeferCleanup \(Suite\))\]"
)


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_RAN.match(line) or _COUNTS.match(line) for line in lines):
        return 85
    if any(map(_OVER.match, lines)) and any(_UNCOMPILED.match(line) or _SHORT.match(line) for line in lines):
        return 85
    return 79 if any(map(_SUITE.match, lines)) and any(line.startswith("Will run ") for line in lines) else 0


@dataclass
class _Parser:
    """One suite."""

    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suite: str = ""
    failures: dict[str, list[Failure]] = field(default_factory=dict)
    """Of each try, by the title of the spec as its block has it."""
    block: list[Line] | None = None
    summing_up: bool = False
    listed: tuple[str, str, Line] | None = None
    ran: bool = False

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _COUNTS.match(mark):
            self._counts(match)
        elif match := _RAN.match(mark):
            self._end_block()
            self._end_listed(None)
            self.ran = True
            self.session.duration = spoken_seconds(f"{match['time']}s")
        elif _OVER.match(mark) or _NONE.match(mark):
            self._end_block()
            self.session.closed = True
        elif _SUMMARY.match(mark):
            self._end_block()
            self.summing_up = True
        elif self.summing_up:
            self._summary(mark, line)
        elif match := _SUITE.match(mark):
            self.suite = match["name"]
        elif match := _SHORT.match(mark):
            self.suite = match["name"]
            if match["green"]:
                ran, tests = int(match["ran"]), int(match["tests"] or match["ran"])
                self.session.stated = Totals(tests, min(ran, tests), 0, 0, max(0, tests - ran))
                self.session.duration = spoken_seconds(match["time"])
                self.session.closed = True
        elif _BULLET.match(mark):
            self._end_block()
            self.block = [line]
        elif _RULE.match(mark):
            self._end_block()
        elif self.block is not None and len(self.block) < MAX_BLOCK:
            self.block.append(line)

    def _counts(self, match: re.Match[str]) -> None:
        self._end_block()
        self._end_listed(None)
        passed, failed, flaked, pending, skipped = (
            int(match[key] or 0) for key in ("passed", "failed", "flaked", "pending", "skipped")
        )
        left_out = pending + skipped
        self.session.stated = Totals(passed + failed + left_out, passed, failed, 0, left_out, flaky=flaked)
        self.session.closed, self.summing_up = True, False

    def _summary(self, mark: str, line: Line) -> None:
        if match := _LISTED.match(mark):
            self._end_listed(None)
            self.listed = (match["what"], match["name"], line)
        elif (place := _PLACE.match(mark)) and self.listed is not None:
            self._end_listed(place)

    def _end_listed(self, place: re.Match[str] | None) -> None:
        listed, self.listed = self.listed, None
        if listed is None:
            return
        what, title, line = listed
        name = _NODE.sub("", title).strip()
        tries = self.failures.get(_key(title), [])
        known = tries.pop(0) if len(tries) > 1 else tries[0] if tries else None
        file, number = (place["file"], int(place["line"])) if place else (None, None)
        failure = known or Failure(
            "", kind=_kind(what), trace=line.text.strip(), file=file, line=number, source_line=line.number
        )
        if _OUTSIDE.search(title):
            message = f"{failure.message}\n{title}".strip()
            self.session.failures.append(
                Failure(
                    message,
                    failure.type,
                    "error",
                    failure.trace,
                    failure.file,
                    failure.line,
                    failure.source_line,
                )
            )
            return
        entry = self.book.settle(name, self.suite, Outcome.FAILED, line)
        entry.file, entry.line = None, None
        entry.failures.append(failure)

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        filled = [line for line in block[1:] if line.text.strip()]
        if not filled:
            return
        title, body = _title(filled)
        reasons = [
            i
            for i, line in enumerate(body)
            if (m := _REASON.match(line.mark)) and not m["text"].startswith(" in [")
        ]
        body = body[reasons[-1] :] if reasons else body
        texts = [line.text.strip() for line in body[: _end_of_message(body)] if not _IN.match(line.mark)]
        if texts and (reason := _REASON.match(texts[0])):
            texts[0] = reason["text"].strip()
        places = [m for line in filled if (m := _PLACE.match(line.mark))]
        place = next((m for line in filled if (m := _IN.match(line.mark))), places[-1] if places else None)
        failure = Failure(
            "\n".join(texts).strip().replace("Test Panicked\n", "Test Panicked: ", 1),
            kind=_kind(block[0].mark),
            trace="\n".join(line.text for line in filled),
            file=place["file"] if place else None,
            line=int(place["line"]) if place else None,
            source_line=filled[0].number,
        )
        self.failures.setdefault(_key(title), []).append(failure)

    def finish(self) -> Session:
        self._end_block()
        self._end_listed(None)
        if not self.book.entries and not self.session.failures:
            # The summary is left out for a single failure.
            for title, failures in self.failures.items():
                entry = self.book.entry(title, self.suite)
                entry.outcome = Outcome.FAILED
                entry.failures += failures
        self._settle_flaky()
        self.session.cases = self.book.results()
        return self.session

    def _settle_flaky(self) -> None:
        """Ginkgo 1 lists every try that failed; specs that passed in the end failed less often than the others."""
        entries = list(self.book.entries.values())
        flaky = self.session.stated.flaky if self.session.stated else 0
        most = max((len(entry.failures) for entry in entries), default=0)
        passed = [entry for entry in entries if len(entry.failures) < most]
        passed = entries if flaky == len(entries) else passed
        for entry in entries:
            entry.attempts = max(1, len(entry.failures))
        for entry in passed if len(passed) == flaky else ():
            entry.outcome, entry.attempts = Outcome.PASSED, len(entry.failures) + 1


def _title(lines: list[Line]) -> tuple[str, list[Line]]:
    """The title of a spec, each part of it above its place and deeper than the one before, and what follows."""
    parts: list[str] = []
    margin, rest = -1, 0
    for index in range(0, len(lines) - 1, 2):
        text = lines[index].text
        if len(text) - len(text.lstrip()) <= margin or not _PLACE.match(lines[index + 1].mark):
            break
        margin, rest = len(text) - len(text.lstrip()), index + 2
        parts.append(text.strip())
        if _NODE.search(text):
            break  # what stands below is what went wrong
    return (" ".join(parts), lines[rest:]) if parts else (lines[0].text.strip(), lines[1:])


def _end_of_message(body: list[Line]) -> int:
    panicked = bool(body) and "PANICKED" in body[0].mark
    for index, line in enumerate(body):
        text = line.text.strip()
        if index and (
            text == "Full Stack Trace" or _PLACE.match(line.mark) or (_IN.match(line.mark) and not panicked)
        ):
            return index
    return len(body)


def _kind(what: str) -> str:
    return "error" if re.search(r"(?i)panic|timed?out|abort|interrupt", what) else "failure"


def _key(title: str) -> str:
    """A title without its node and its labels, which the summary and the block spell differently."""
    bare = _NODE.sub("", title)
    return " ".join(re.sub(r"\[[^\[\]]*\]$", "", bare).split())


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    build: dict[str, list[Line]] = {}
    package = ""
    broken: list[Failure] = []
    uncompiled = False
    for line in lines:
        uncompiled = uncompiled or _UNCOMPILED.match(line.mark) is not None
        if (_SUITE.match(line.mark) or _SHORT.match(line.mark)) and (parser.session.closed or parser.ran):
            yield parser.finish()
            parser = _Parser()
        if line.mark.startswith("# ") and " " not in line.mark[2:].split(" [")[0]:
            package = line.mark[2:].split(" [")[0]
            build[package] = [line]
        elif (match := PACKAGE.match(line.mark)) and match["status"] == "FAIL" and match["why"]:
            broken.append(build_failure([*build.pop(match["name"], []), line]))
            package = ""
        elif package and line.mark.strip() and not _SHORT.match(line.mark):
            build[package].append(line)
        else:
            package = ""
        parser.feed(line)
    session = parser.finish()
    session.failures.extend(broken)
    if uncompiled:
        session.failures.extend(map(build_failure, build.values()))
    yield session


READER = Reader("ginkgo-console", _sniff, reader_of("Ginkgo", _sessions))
