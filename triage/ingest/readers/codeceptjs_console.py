"""What CodeceptJS prints, with ``--steps``, ``--verbose`` and without, and ``run-workers``.

After ``lib/output.js`` and ``lib/mocha/cli.js`` of CodeceptJS 2 to 4. It counts a hook that broke among the failed, and so
do its totals here. The lines of workers are passed over for the summary behind them, which names what failed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, spoken_seconds
from triage.ingest.console import (
    Block,
    Line,
    Session,
    dedent,
    indent_of,
    reader_of,
    run_after_run,
    sample_lines,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_BANNER = re.compile(r"^(?:\[Worker \d{1,4}\] )?CodeceptJS v\d")
_WORKER = re.compile(r"^\[(?:Worker \d{1,4}|Main)\]")
_SUITE = re.compile(r"^(?P<name>\S.*) --$")
_TEST = re.compile(r"^ {2}(?:(?P<mark>[✔√✖×]) |S )(?P<name>\S.*?)(?: in (?P<time>\d{1,9})ms)?$")
_STEPS = re.compile(r"^ {2}(?P<name>[^\s✔√✖×].*)$")
_SECTION = re.compile(r"^ {2}\w+\(.*\)$")
_DONE = ("OK", "FAILED")
_FAILURES = re.compile(r"^-- FAILURES:$")
_ITEM = re.compile(r"^ {2}\d{1,6}\) (?P<suite>\S.*)$")
_TITLE = re.compile(r"^ {7}(?P<name>\S.*):$")
_HOOK = re.compile(r'^"(?:before|after) (?:each|all)" hook\b')
_END = re.compile(r"^\s*(?:◯ |at \S)")
_TYPE = re.compile(r"^\s*(?P<type>[A-Z]\w*(?:Error|Exception))(?: \[\w+\])?: *$")
_FILE = re.compile(r"^ *◯ File: (?:file://)?(?P<file>\S.*)$")
_COUNTS = re.compile(
    r"^ {2}(?:OK|FAIL) +\| +(?P<passed>\d{1,9}) passed(?:, (?P<failed>\d{1,9}) failed)?(?:, (?P<hooks>\d{1,9}) failedHooks)?(?:, (?P<skipped>\d{1,9}) skipped)? +// (?P<time>\S+)"
)


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_COUNTS.match, lines)):
        return 88
    return 80 if any(map(_BANNER.match, lines)) and any(map(_TEST.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    suite: str = ""
    steps: str = ""
    """The scenario whose steps are told."""
    telling: bool = False
    """Whether the failures are being told."""
    item: tuple[str, str] | None = None
    """Suite and title of the one whose text is read."""
    block: Block | None = None

    def feed(self, line: Line) -> bool:
        mark = line.mark.rstrip()
        if match := _COUNTS.match(mark):
            self._end()
            passed, failed, skipped = (int(match[key] or 0) for key in ("passed", "failed", "skipped"))
            self.session.stated = Totals(passed + failed + skipped, passed, failed, 0, skipped)
            self.session.duration = spoken_seconds(match["time"])
            self.session.closed = True
            return True
        if _WORKER.match(mark):
            return False
        if _FAILURES.match(mark):
            self.telling = True
        elif self.telling:
            self._tell(mark, line)
        elif match := _SUITE.match(mark):
            self.suite, self.steps = match["name"], ""
        elif match := _TEST.match(mark):
            self._test(match, line)
        elif (match := _STEPS.match(mark)) and not _SECTION.match(mark):
            self.steps = self.steps or match["name"]
        return False

    def _test(self, match: re.Match[str], line: Line) -> None:
        name = match["name"]
        if name in _DONE:
            name, self.steps = self.steps or name, ""
        outcome = Outcome.SKIPPED
        if match["mark"]:
            outcome = Outcome.PASSED if match["mark"] in "✔√" else Outcome.FAILED
        time = int(match["time"]) / 1000 if match["time"] else None
        if not _HOOK.match(name):
            self.book.settle(name, self.suite, outcome, line, time)

    def _tell(self, mark: str, line: Line) -> None:
        if match := _ITEM.match(mark):
            self._end()
            self.item = (match["suite"], "")
        elif self.item is not None and not self.item[1] and (match := _TITLE.match(mark)):
            self.item, self.block = (self.item[0], match["name"]), Block(line)
        elif self.block is not None and len(self.block.lines) < MAX_BLOCK:
            self.block.lines.append(line.text)

    def _end(self) -> None:
        item, block = self.item, self.block
        self.item, self.block = None, None
        if item is None or block is None:
            return
        suite, name = item
        failure = _failure(block)
        if _HOOK.match(name):
            message = f"{suite}: {name}\n{failure.message}"
            self.session.failures.append(replace(failure, message=message, kind="error"))
            return
        entry = self.book.settle(name, suite, Outcome.FAILED, block.header)
        entry.file = next(
            (match["file"] for text in block.lines if (match := _FILE.match(text[:1_000]))), None
        )
        entry.failures.append(failure)

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


def _failure(block: Block) -> Failure:
    lines = block.text.split("\n")
    end = next((i for i, text in enumerate(lines) if _END.match(text[:1_000])), len(lines))
    named = [match for text in lines[:end] if (match := _TYPE.match(text[:1_000]))]
    said = [text.rstrip() for text in lines[:end] if not _TYPE.match(text[:1_000])]
    message = "\n".join(dedent(said, indent_of(said[0]) if said else 0)).strip()
    return failure_from(
        block.text, message=message, type=named[-1]["type"] if named else "", source_line=block.first_line
    )


READER = Reader("codeceptjs-console", _sniff, reader_of("CodeceptJS", run_after_run(_Parser)))
