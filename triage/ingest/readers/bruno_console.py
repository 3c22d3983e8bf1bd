"""What Bruno's command line (``bru run``) prints: requests, and below each its tests and assertions.

After ``packages/bruno-cli`` of usebruno/bruno 1 to 4. Each test and each assertion is a test, as in its reports; a request
without an answer is a failure of the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, failure_of
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.parts import exception_type
from triage.ingest.reader import Reader, Sample
from triage.model import Outcome

_ANSWERED = re.compile(r"^(?P<name>\S.*?) \(\d{3}(?: [^()]*)?\) - (?P<ms>\d{1,9}) ms$")
_UNANSWERED = re.compile(
    r"^(?P<name>\S.*?) \((?P<said>(?:[a-z]+ )?(?:E[A-Z]{3,}|getaddrinfo|timeout|socket|Request|Network|Invalid|unable|self-signed|certificate)\b.*)\)$"
)
"""A request that ended in an error of Node or of its client."""
_RESULT = re.compile(r"^ {2,6}(?P<mark>[✓✔✕✗✘]) (?P<name>\S.*)$")
_PART = re.compile(r"^(?:(?:Pre-Request |Post-Response )?Tests|Assertions)$")
_END = re.compile(r"^(?:📊 Execution Summary$|Ran all requests - (?P<ms>\d{1,9}) ms$|Requests: +\d)")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if not any(map(_ANSWERED.match, lines)) and not any(map(_UNANSWERED.match, lines)):
        return 0
    return 88 if any(map(_END.match, lines)) or any(map(_PART.match, lines)) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    request: str = ""
    assertions: bool = False
    red: tuple[Entry, list[Line]] | None = None
    """The test that failed last, and its lines so far."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the run."""
        mark = line.mark
        begins = any(p.match(mark) for p in (_END, _RESULT, _PART, _ANSWERED, _UNANSWERED))
        if self.red is not None and not begins:
            if len(self.red[1]) < MAX_BLOCK:
                self.red[1].append(line)
            return False
        self._end()
        if match := _END.match(mark):
            self.session.closed, self.request = True, ""
            self.session.duration = int(match["ms"]) / 1000 if match["ms"] else None
            return True
        if match := _RESULT.match(mark):
            if self.request:
                self._result(match, line)
        elif _PART.match(mark):
            self.assertions = mark == "Assertions"
        elif match := _ANSWERED.match(mark):
            self.request, self.assertions = match["name"], False
        elif match := _UNANSWERED.match(mark):
            self.request = match["name"]
            message = f"{match['said']}\n{match['name']}"
            self.session.failures.append(failure_of([line], message=message, kind="error"))
        return False

    def _result(self, match: re.Match[str], line: Line) -> None:
        # Bruno 1 wrote both into one list.
        name = match["name"].removeprefix("assert: ")
        if self.assertions or name != match["name"]:
            name = name.replace(": ", " ", 1)
        outcome = Outcome.PASSED if match["mark"] in "✓✔" else Outcome.FAILED
        entry = self.book.settle(name, self.request, outcome, line)
        if outcome.is_red:
            self.red = entry, [line]

    def _end(self) -> None:
        if self.red is not None:
            entry, lines = self.red
            said = [line.mark.strip() for line in lines[1:] if line.text.strip()]
            # Scripts with the rights of a program are told with the place in them.
            thrown = next((text for text in said if exception_type(text)), "")
            message = thrown or "\n".join(said) or f"{entry.name} failed"
            entry.failures.append(failure_of(lines, message=message, kind="failure"))
            self.red = None

    def finish(self) -> Session:
        """What was told."""
        self._end()
        self.session.cases = self.book.results()
        return self.session


READER = Reader("bruno-console", _sniff, reader_of("Bruno", run_after_run(_Parser)))
