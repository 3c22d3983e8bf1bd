"""Xcode's ``TestSummaries.plist`` (Xcode 7 to 10), as XML.

Source: what Xcode writes with ``FormatVersion`` 1.1 and 1.2. A property list has no names but keys, so its dictionaries are told
apart by what is in them: a test has a status, a target has tests. What failed besides the tests is at the target.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from triage.ingest.parts import exception_type
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import integer, seconds
from triage.model import CaseResult, Failure, Item, Outcome

_OUTCOMES = {
    "Success": Outcome.PASSED,
    "Failure": Outcome.FAILED,
    "Expected Failure": Outcome.XFAILED,
    "Skipped": Outcome.SKIPPED,
}
_SCALARS = frozenset({"string", "integer", "real", "date"})
_KEPT = 1 << 16
"""Characters of one value that are kept."""


def _sniff(sample: Sample) -> int:
    shown = "<key>TestableSummaries</key>" in sample.text or "IDESchemeActionTest" in sample.text
    return 95 if root(sample)[0] == "plist" and shown else 0


@dataclass(slots=True)
class _Dictionary:
    line: int
    key: str = ""
    values: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.values.get(name, "").strip()


class _Handler:
    """See ``xml_text.Handler``."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.seen = 0
        self._parser = parser
        self._open: list[_Dictionary] = []
        self._parts: list[str] | None = None
        self._items: list[Item] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "dict":
            self._open.append(_Dictionary(self._parser.CurrentLineNumber))
        self._parts = [] if name == "key" or name in _SCALARS else None

    def data(self, text: str) -> None:
        if self._parts is not None:
            self._parts.append(text)

    def end(self, name: str) -> None:
        said = "".join(self._parts or ())[:_KEPT]
        self._parts = None
        if name == "dict" and self._open:
            self._end_dictionary(self._open.pop())
        elif self._open and name == "key":
            self._open[-1].key = said
        elif self._open and name in _SCALARS:
            self._open[-1].values[self._open[-1].key] = said

    def take(self, *, all_of_it: bool) -> list[Item]:
        taken, self._items = self._items, []
        return taken

    def _end_dictionary(self, closed: _Dictionary) -> None:
        around = self._open[-1] if self._open else None
        if around and around.key == "FailureSummaries":
            around.failures.append(_failure(closed))
        elif status := closed.get("TestStatus"):
            target = next((outer.get("TargetName") for outer in self._open if outer.get("TargetName")), "")
            self._tell(_case(closed, _OUTCOMES.get(status, Outcome.SKIPPED), target))
        else:
            for failure in closed.failures:
                self._tell(failure)

    def _tell(self, item: Item) -> None:
        self._items.append(item)
        self.seen += 1


def _case(told: _Dictionary, outcome: Outcome, target: str) -> CaseResult:
    failures = told.failures
    if outcome.is_red and not failures:
        failures = [Failure("failed, and the report does not say why", source_line=told.line)]
    return CaseResult(
        name=told.get("TestName") or told.get("TestIdentifier") or "(unnamed)",
        outcome=outcome,
        suite=told.get("TestIdentifier").rpartition("/")[0],
        duration=seconds(told.get("Duration")),
        failures=tuple(failures),
        properties=(("target", target),) if target else (),
    )


def _failure(told: _Dictionary) -> Failure:
    message = told.get("Message") or "failed without a message"
    line = integer(told.get("LineNumber"))
    return Failure(
        message,
        type=exception_type(message),
        file=told.get("FileName") or None,
        line=line or None,
        source_line=told.line,
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("xcode-plist", _sniff, _read)
