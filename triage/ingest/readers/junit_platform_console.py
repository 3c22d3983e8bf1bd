"""What the console launcher of the JUnit Platform (JUnit 5 and 6) prints, whatever its details and theme.

Written after ``ConsoleTestExecutor`` and ``MutableTestExecutionSummary`` of JUnit Platform 1.0 to 1.13. Containers are
no tests: one that failed (a class whose set-up broke) is a failure of the run. Aborted tests (assumptions) and those
that were found but never started are skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.case_book import MAX_BLOCK, CaseBook, Entry, adding_up, failure_of, spoken_seconds
from triage.ingest.console import Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.model import Outcome, Totals

_COUNT = re.compile(
    r"^\[ *(?P<number>\d{1,9}) (?P<what>containers|tests) (?P<key>found|skipped|started|aborted|successful|failed) *\]$"
)
_FAILURES = re.compile(r"^(?:Test )?[Ff]ailures \(\d+\):$")
_TIME = re.compile(r"^Test run finished after (?P<time>\S.*)$")
_ITEM = re.compile(r"^ {2}(?P<path>\S.*)$")
_METHOD = re.compile(r"^ {4}MethodSource \[className = '(?P<suite>[^']*)', methodName = '(?P<name>[^']*)'")
_CLASS = re.compile(r"^ {4}(?:ClassSource \[className = '(?P<suite>[^']*)'|\w+Source \[)")
_ARROW = re.compile(r"^ {4}=> (?P<text>.*)$")

# With the details "flat" and "verbose" an exception stands below the unique id of its test.
_ID = re.compile(r"\[engine:[^\[\]]+\](?:/\[[^\[\]]*(?:\[\][^\[\]]*)*\])*")
_CAUGHT = re.compile(r"^[ |│+]*(?:caught: |=> Exception: )(?P<text>.*)$")
_CAUGHT_ENDS = re.compile(
    r"^(?:[A-Z][a-z]+: +|Test (?:run|execution|plan execution) finished|[ |│+]*(?:duration|status): )"
)
_NODE_ENDS = re.compile(r"^[ |│+]*status: ")
# With the details "testfeed" a test has a line when it starts and one when it ends.
_FED = re.compile(r"^(?P<path>\S.* > \S.*) :: (?P<how>STARTED|SUCCESSFUL|FAILED|ABORTED|SKIPPED)$")
_FED_OUTCOMES = {"SUCCESSFUL": Outcome.PASSED, "FAILED": Outcome.FAILED}
_SEGMENT = re.compile(r"\[(?P<kind>[\w-]+):(?P<value>[^\[\]]*)\]")


def _sniff(sample: Sample) -> int:
    found = any((match := _COUNT.match(line)) and match["what"] == "tests" for line in sample_lines(sample))
    return 77 if found else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    book: CaseBook = field(default_factory=CaseBook)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    listing: bool = False
    path: Line | None = None
    place: re.Match[str] | None = None
    block: list[Line] = field(default_factory=list)
    unique_id: str = ""
    caught: list[Line] | None = None
    fed: tuple[Entry, list[Line]] | None = None
    """The test of the line above, and what is told of it."""

    def feed(self, line: Line) -> bool:
        mark = line.mark
        if self.fed is not None and line.text.startswith(("\t", "    ")):
            self.fed[1].append(Line(line.number, line.text.removeprefix("\t")))
            return False
        self._end_fed()
        if match := _FED.match(mark):
            if match["how"] != "STARTED":
                *above, name = match["path"].split(" > ")
                outcome = _FED_OUTCOMES.get(match["how"], Outcome.SKIPPED)
                self.fed = (self.book.settle(name, " > ".join(above[1:]), outcome, line), [])
            return False
        if match := _COUNT.match(mark):
            self._end()
            self.listing = False
            self.counts[match["what"], match["key"]] = int(match["number"])
            self.session.closed = True
            return (match["what"], match["key"]) == ("tests", "failed")
        if self.caught is not None:
            if not _CAUGHT_ENDS.match(mark):
                self.caught.append(Line(line.number, line.text.lstrip(" |│")))
                return False
            self._end_caught()
        if match := _ID.search(mark):
            self.unique_id = match[0] if "parent: " not in mark else self.unique_id
        if _NODE_ENDS.match(mark):
            self.unique_id = ""
        if match := _CAUGHT.match(mark):
            self.caught = [Line(line.number, match["text"])]
        elif _FAILURES.match(mark):
            self.listing = True
        elif match := _TIME.match(mark):
            self._end()
            self.session.duration = spoken_seconds(match["time"])
        elif (
            self.listing
            and (match := _ITEM.match(mark))
            and (self.path is None or self.block or ":" in mark[:200])
        ):
            self._end()
            self.path, self.place, self.block = line, None, []
        elif (
            self.path is not None and not self.block and (match := _METHOD.match(mark) or _CLASS.match(mark))
        ):
            self.place = match
        elif self.path is not None and not self.block and (match := _ARROW.match(mark)):
            self.block.append(Line(line.number, match["text"]))
        elif self.path is not None and self.block and len(self.block) < MAX_BLOCK:
            # Frames come without their "at".
            text = line.text.strip()
            frame = re.match(r"^[\w.$/<>@-]+\([^()]*\)$", text[:500]) is not None
            self.block.append(Line(line.number, f"\tat {text}" if frame else text))
        return False

    def _end_fed(self) -> None:
        fed, self.fed = self.fed, None
        if fed is None or not fed[1]:
            return
        entry, said = fed
        if entry.outcome is Outcome.FAILED:
            entry.failures.append(failure_of(said))
        elif entry.outcome is Outcome.SKIPPED:
            entry.properties.append(("reason", said[0].text.strip().removeprefix("Reason: ")))

    def _end_caught(self) -> None:
        caught, self.caught = self.caught, None
        path = [(match["kind"], match["value"]) for match in _SEGMENT.finditer(self.unique_id)]
        if not caught:
            return
        failure = failure_of(caught)
        classes = [value for kind, value in path if "class" in kind]
        if not path or "class" in path[-1][0] or path[-1][0] == "engine":
            message = f"{failure.message}\n{self.unique_id}".strip()
            self.session.failures.append(replace(failure, message=message, kind="error"))
            return
        name = " ".join(value for kind, value in path if kind != "engine" and "class" not in kind)
        aborted = failure.type.endswith("TestAbortedException")
        entry = self.book.settle(
            name, "$".join(classes), Outcome.SKIPPED if aborted else Outcome.FAILED, caught[0]
        )
        if aborted:
            entry.properties.append(("reason", failure.message.partition(": ")[2]))
        else:
            entry.failures.append(failure)

    def _end(self) -> None:
        path, self.path = self.path, None
        if path is None:
            return
        block = [line for line in self.block if line.text not in ("[...]", "")]
        failure = failure_of(block or [path])
        names = path.text.strip().split(":")
        if self.place is not None and "name" in self.place.groupdict():
            title = names[-1]
            template = self.place["name"]
            name = title if title.startswith(template) or not template else f"{template} {title}"
            suite = self.place["suite"]
        elif self.place is not None:
            message = f"{failure.message}\n{path.text.strip()}"
            self.session.failures.append(replace(failure, message=message, kind="error"))
            return
        else:
            name, suite = names[-1], ":".join(names[1:-1])
        entry = self.book.settle(name, suite, Outcome.FAILED, path)
        entry.failures.append(failure)

    def finish(self) -> Session:
        self._end_fed()
        self._end_caught()
        self._end()
        self.session.cases = self.book.results()
        if self.counts:
            found, passed, failed = (
                self.counts.get(("tests", key), 0) for key in ("found", "successful", "failed")
            )
            self.session.stated = Totals(found, passed, failed, 0, max(0, found - passed - failed))
        if self.session.stated is not None:
            self.session.stated = adding_up(self.session.stated)
        return self.session


READER = Reader("junit-platform-console", _sniff, reader_of("JUnit Platform", run_after_run(_Parser)))
