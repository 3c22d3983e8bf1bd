"""What ``run-tests.php`` prints, with which PHP and its extensions are tested (``make test``).

Written after the file of PHP 7.4 to 8.5. A test is a ``.phpt`` file; its title is a property. An expected failure that
passes is a warning there and makes nothing red; a test that cannot be read (``BORK``) is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, CaseBook, adding_up
from triage.ingest.console import Line, Session, reader_of, run_before_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Failure, Outcome, Totals

_STATUS = r"(?:PASS|FAIL|SKIP|BORK|LEAK|XFAIL|XLEAK|WARN)"
_RUNNING = re.compile(r"^TEST \d{1,7}/\d{1,7} \[[^\[\]]{1,400}\] *")
_RESULT = re.compile(
    rf"^(?P<what>{_STATUS}(?:&{_STATUS}){{0,3}}) (?P<title>.*?) ?\[(?P<file>[^\[\]]{{1,400}}\.phpt)\] *(?P<rest>.*)$"
)
_DIFF, _DONE = "========DIFF========", "========DONE========"
_COUNT = re.compile(
    r"^(?P<what>Number of tests|Tests borked|Tests skipped|Tests warned|Tests failed|Tests leaked|Expected fail|Expected leak|Tests passed)"
    r" *: +(?P<number>\d{1,9})\b"
)
_TIME = re.compile(r"^Time taken +: +(?P<time>\d[\d.]*) seconds?$")
_ERROR = re.compile(
    r"^\d{3,6}\+ (?P<said>(?:PHP )?(?:Fatal|Parse|Catchable fatal|Recoverable fatal) error: \S.*)$"
)
"""What PHP itself says in a diff."""
_MOST_SAID = 12
"""Lines of a diff that are the message."""
_RED = {"BORK": Outcome.ERROR, "FAIL": Outcome.FAILED, "LEAK": Outcome.FAILED}
_CALM = {"XFAIL": Outcome.XFAILED, "XLEAK": Outcome.XFAILED, "SKIP": Outcome.SKIPPED}


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any((match := _COUNT.match(line)) and match["what"] == "Number of tests" for line in lines):
        return 84
    return 78 if any(_RESULT.match(_RUNNING.sub("", line)) for line in lines) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    counts: dict[str, int] = field(default_factory=dict)
    diff: list[Line] = field(default_factory=list)
    """What was wrong with the test whose result comes next."""
    in_diff: bool = False

    def is_next(self, line: Line) -> bool:
        return self.session.closed and _RUNNING.match(line.mark) is not None

    def feed(self, line: Line) -> None:
        mark = _RUNNING.sub("", line.mark).strip()
        if self.in_diff:
            self.in_diff = mark != _DONE
            if self.in_diff and len(self.diff) < MAX_BLOCK:
                self.diff.append(line)
        elif mark == _DIFF:
            self.in_diff, self.diff = True, []
        elif match := _COUNT.match(mark):
            self.counts[match["what"]] = int(match["number"])
        elif match := _TIME.match(mark):
            self.session.duration, self.session.closed = float(match["time"]), True
        elif not self.counts and (match := _RESULT.match(mark)):
            self._result(match, line)

    def _result(self, match: re.Match[str], line: Line) -> None:
        parts = match["what"].split("&")
        red = next((_RED[part] for part in ("BORK", "FAIL", "LEAK") if part in parts), None)
        calm = next((_CALM[part] for part in parts if part in _CALM), Outcome.PASSED)
        entry = self.book.settle(match["file"], "", red or calm, line)
        rest = re.sub(r"^\(?(?:reason|warn|info|XFAIL REASON): ?", "", match["rest"]).removesuffix(")")
        entry.properties = [("title", match["title"]), *([("reason", rest)] if rest else [])]
        if red is not None:
            entry.failures.append(
                _failure(match, self.diff, line, "error" if red is Outcome.ERROR else "failure")
            )
        self.diff = []

    def finish(self) -> Session:
        session, get = self.session, self.counts.get
        session.cases = self.book.results()
        if "Number of tests" in self.counts:
            session.stated = adding_up(
                Totals(
                    0,
                    get("Tests passed", 0) + get("Tests warned", 0),
                    get("Tests failed", 0) + get("Tests leaked", 0),
                    get("Tests borked", 0),
                    get("Tests skipped", 0),
                    get("Expected fail", 0) + get("Expected leak", 0),
                )
            )
            if session.stated == Totals.of(session.cases):
                session.stated = None
            session.closed = True
        return session


def _failure(match: re.Match[str], diff: list[Line], line: Line, kind: str) -> Failure:
    said = [part.text for part in diff]
    error = next((found["said"] for part in diff if (found := _ERROR.match(part.mark))), "")
    message = error or "\n".join(said[:_MOST_SAID]).strip() or match["title"] or match["what"]
    trace = "\n".join([*said, f"{match['what']} {match['title']} [{match['file']}]"])
    number = diff[0].number if diff else line.number
    return Failure(message, "", kind, trace, match["file"], None, number)


READER = Reader("phpt-console", _sniff, reader_of("run-tests.php", run_before_run(_Parser)))
