"""Open Test Reporting: the events (``<e:events>``) and the hierarchy (``<h:execution>``) of JUnit 5, PHPUnit and others.

Source: ``core``, ``events``, ``hierarchy``, ``java`` of the schemas 0.1 and 0.2 (ota4j-team/open-test-reporting), the ``junit`` and
``phpunit`` namespaces. Only JUnit says what is a test; of the others, what holds nothing and is in something is one. An
event names its test by an id, and the events of several tests may be mixed: what holds a test may begin after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from triage.ingest.parts import exception_type, failure_from
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, between, integer, stopped
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {
    "SUCCESSFUL": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "ERRORED": Outcome.ERROR,
    "SKIPPED": Outcome.SKIPPED,
    "ABORTED": Outcome.SKIPPED,
}
_DURATION = re.compile(r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{1,12})?)S)?")
_PARTS = {"metadata", "sources", "attachments", "result"}


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    return 97 if name in ("events", "execution") and "opentest4j.org/reporting" in attributes else 0


@dataclass(slots=True)
class _Test:
    """A test, or what holds tests."""

    name: str
    around: _Test | None
    node: Node
    """The element that it begins with."""
    parts: dict[str, Node] = field(default_factory=dict)
    output: list[str] = field(default_factory=list)
    duration: float | None = None
    holds: bool = False
    """Whether others are in it."""
    red: bool = False
    """Whether something in it is red, of which is told."""
    awaited: bool = False
    """Whether only what is in it spoke of it so far."""

    @property
    def is_case(self) -> bool:
        kind = self._said("metadata", "type")
        return kind == "TEST" if kind else not self.holds and self.around is not None

    @property
    def outcome(self) -> Outcome:
        result = self.parts.get("result")
        return _OUTCOMES.get(result.get("status"), Outcome.ERROR) if result else Outcome.PASSED

    def add(self, parts: list[Node]) -> None:
        """Take what an element says of it."""
        for part in parts:
            if part.name == "attachments":
                self.output += [node.text.strip("\n") for node in part.walk() if node.name == "output"]
            elif part.name in _PARTS:
                self.parts[part.name] = part

    def failure(self) -> Failure | None:
        """What its result says, if that is more than how it ended."""
        result = self.parts.get("result")
        reason, thrown = (result.child("reason"), result.child("throwable")) if result else (None, None)
        said, trace = (node.text.strip() if node else "" for node in (reason, thrown))
        if not said and not trace:
            return None
        return failure_from(
            trace or said,
            message=said,
            type=(thrown.get("type") if thrown else "") or exception_type(said),
            kind="error" if thrown and thrown.get("assertionError") == "false" else "failure",
            source_line=(thrown if thrown and trace else reason or self.node).text_line,
        )

    def case(self) -> CaseResult:
        """It as a case."""
        outcome, told = self.outcome, self.failure()
        result = self.parts.get("result")
        status = result.get("status") if result else ""
        silent = Failure(f"the report says {status!r}, and not why", source_line=self.node.line)
        name = self._said("metadata", "legacyReportingName") or self.name
        shown = [("display-name", self.name)] if name != self.name else []
        if outcome is Outcome.SKIPPED:
            shown.append(("reason", told.message if told else status.lower()))
        shown += [("tag", tag.text.strip()) for tag in self._all("metadata", "tag")]
        files = self._all("sources", "fileSource")
        lines = [integer(node.get("line")) for node in self._all("sources", "filePosition")]
        return CaseResult(
            name=name,
            outcome=outcome,
            suite=self._suite(),
            file=files[0].get("path") or None if files else None,
            line=lines[0] if lines else None,
            duration=self.duration,
            failures=(told or silent,) if outcome.is_red else (),
            output="\n".join(self.output),
            properties=tuple(shown),
        )

    def _suite(self) -> str:
        classes = [node.get("className") for node in self._all("sources", "methodSource")]
        if classes and classes[0]:
            return classes[0]
        names: list[str] = []
        outer = self.around
        while outer is not None and len(names) < 50:
            names.append(outer.name)
            outer = outer.around
        return " > ".join(reversed(names))

    def _all(self, part: str, name: str) -> list[Node]:
        return [node for node in self.parts[part].walk() if node.name == name] if part in self.parts else []

    def _said(self, part: str, name: str) -> str:
        return next((node.text.strip() for node in self._all(part, name)), "")


class _Handler(Tree):
    records = frozenset({"infrastructure", "started", "reported", "finished", *_PARTS})

    def __init__(self, parser: expat.XMLParserType) -> None:
        super().__init__(parser)
        self._begun: dict[str, _Test] = {}
        """By their ids, those that events speak of and that are not over, and what holds tests."""
        self._stack: list[_Test] = []
        self._dated = False

    def opened(self, node: Node) -> None:
        if node.name in ("root", "child"):
            self._date(node.get("start"))
            self._stack.append(self._begin(node, self._stack[-1] if self._stack else None))

    def closed(self, node: Node) -> None:
        if node.name in ("root", "child") and self._stack:
            test = self._stack.pop()
            test.duration = _seconds(node.get("duration"))
            self._finish(test)

    def found(self, node: Node) -> None:
        key = node.get("id")
        if node.name == "infrastructure":
            self.tell(_infrastructure(node))
        elif node.name in _PARTS:
            if self._stack:
                self._stack[-1].add([node])
        elif node.name == "started":
            self._date(node.get("time"))
            test = self._begin(node, self._around(node))
            if (known := self._begun.get(key)) is not None and known.awaited:
                known.name, known.around, known.node, known.awaited = test.name, test.around, node, False
                test = known
            test.add(node.children)
            self._begun[key] = test
        elif test_ := self._begun.get(key):
            test_.add(node.children)
            if node.name == "finished":
                test_.duration = between(test_.node.get("time"), node.get("time"))
                self._finish(test_)
                if test_.is_case:
                    del self._begun[key]

    def ended(self) -> None:
        for test in self._begun.values():
            if test.duration is None and test.is_case:
                cut = test.case()
                self.tell(
                    CaseResult(cut.name, Outcome.ERROR, suite=cut.suite, failures=(stopped(test.node),))
                )

    def _around(self, node: Node) -> _Test | None:
        """What holds the test that begins, which may begin later."""
        key = node.get("parentId")
        if key and key not in self._begun:
            self._begun[key] = _Test(key, None, node, awaited=True)
        return self._begun.get(key)

    def _begin(self, node: Node, around: _Test | None) -> _Test:
        if around is not None:
            around.holds = True
        return _Test(node.get("name") or "(unnamed)", around, node)

    def _finish(self, test: _Test) -> None:
        red = test.outcome.is_red
        if test.is_case:
            self.tell(test.case())
        elif red and (said := test.failure()):
            self.tell(said)
        elif red and not test.red:
            result = test.parts["result"]
            text = f"{test.name} ended as {result.get('status')}, and none of its tests says why"
            self.tell(Failure(text, kind="error", source_line=result.line))
        if test.around is not None:
            test.around.red = test.around.red or test.red or red

    def _date(self, started: str) -> None:
        if started and not self._dated:
            self._dated = True
            self.tell(RunInfo(started=started))


def _infrastructure(node: Node) -> RunInfo:
    told = ((child.name, child.text.strip()) for child in node.children if child.name != "userName")
    return RunInfo(
        environment=node.said("operatingSystem") or None,
        properties=tuple((name, text) for name, text in told if text),
    )


def _seconds(text: str) -> float | None:
    """An ISO 8601 duration, as far as a test can last."""
    match = _DURATION.fullmatch(text)
    if not match or not any(match.groups()):
        return None
    hours, minutes, rest = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest or 0)


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("open-test-xml", _sniff, _read)
