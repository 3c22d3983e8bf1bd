"""What CppUnit prints with its ``TextOutputter`` and its ``CompilerOutputter``.

Written after CppUnit 1.12 to 1.15. Tests that passed are dots; those that failed have a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import CaseBook
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_GREEN = re.compile(r"^OK \((?:(?P<tests>\d{1,9}) tests?|(?P<total>\d{1,9}))\)$")
_RUN = re.compile(
    r"^Run: +(?P<tests>\d{1,9}) +(?:Failure total: +\d{1,9} +)?Failures: +(?P<failed>\d{1,9}) +Errors: +(?P<errors>\d{1,9})$"
)
_RED = re.compile(r"^(?:!!!FAILURES!!!|Failures !!!)$")
_TEXT = re.compile(
    r"^\d+\) test: (?P<name>\S.*?) \((?P<kind>[FE])\) ?(?:line: (?P<line>\d{1,9}) (?P<file>\S.*))?$"
)
_COMPILER = re.compile(
    r"^(?P<file>\S.*?)(?::(?P<line>\d{1,9})|\((?P<msvc>\d{1,9})\)) ?: ?(?P<kind>Assertion|Error)$"
)
_NOWHERE = re.compile(r"^##Failure Location unknown## : (?P<kind>Assertion|Error)$")
_NAME = re.compile(r"^Test name: (?P<name>\S.*)$")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    return (
        72
        if any(map(_RUN.match, lines))
        or (any(map(_RED.match, lines)) and any(_TEXT.match(line) or _NAME.match(line) for line in lines))
        else 0
    )


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    name: str = ""
    head: re.Match[str] | None = None
    block: list[Line] = field(default_factory=list)

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if match := _RUN.match(mark):
            self._end()
            tests, failed, errors = (int(match[key]) for key in ("tests", "failed", "errors"))
            self.session.stated = Totals(tests, tests - failed - errors, failed, errors)
            self.session.closed = True
        elif match := _GREEN.match(mark):
            tests = int(match["tests"] or match["total"])
            self.session.stated, self.session.closed = Totals(tests, tests), True
        elif match := _TEXT.match(mark) or _COMPILER.match(mark) or _NOWHERE.match(mark):
            self._end()
            self.head, self.name, self.block = match, match.groupdict().get("name") or "", [line]
        elif self.head is not None and (match := _NAME.match(mark)):
            self.name = match["name"]
        elif self.head is not None:
            if _RED.match(mark) or (
                not mark.strip() and len(self.block) > 1 and not self.block[-1].text.strip()
            ):
                self._end()
            else:
                self.block.append(line)
        return False

    def _end(self) -> None:
        head, self.head = self.head, None
        if head is None or not self.name:
            return
        groups = head.groupdict()
        error = head["kind"] in ("E", "Error")
        suite, _, name = self.name.rpartition("::")
        entry = self.book.settle(name, suite, Outcome.ERROR if error else Outcome.FAILED, self.block[0])
        said = [line.text.strip() for line in self.block[1:] if line.text.strip()]
        number = groups.get("line") or groups.get("msvc")
        entry.failures.append(
            Failure(
                "\n".join(said),
                kind="error" if error else "failure",
                trace="\n".join([self.block[0].text.strip(), *said]),
                file=groups.get("file"),
                line=int(number) if number else None,
                source_line=self.block[0].number,
            )
        )

    def finish(self) -> Session:
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("cppunit-console", _sniff, reader_of("CppUnit", run_after_run(_Parser)))
