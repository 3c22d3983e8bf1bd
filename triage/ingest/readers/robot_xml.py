"""Robot Framework's ``output.xml``, versions 2 to 7.

Source: the ``robot.xsd`` files of the project, its ``ExecutionResult``, and what it writes. What a file leaves to be
understood: a suite's tear-down that fails fails every test of the suite, although these were written as passed before.
Rebot, which rewrites files, has applied that already.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from xml.parsers import expat

from triage.ingest.broken_off import unlisted
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.robot_text import WHERE
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, between, integer, seconds, stopped
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Tally, Totals, Warn

_OUTCOMES = {"PASS": Outcome.PASSED, "FAIL": Outcome.FAILED}
_STEPS = frozenset(
    ("kw", "for", "iter", "if", "branch", "try", "while", "group", "return", "break", "continue", "error")
)
"""Elements of a test that have a status of their own."""
_TAG = re.compile(r"<[^<>]{0,300}>")
_MERGED = re.compile(r"^(?:Test has been re-executed and results merged|Re-executed test has been merged)")
_LEVELS = ("FAIL", "ERROR", "WARN")


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    if name == "suite":  # without the element around it: Rebot takes that too
        return 90 if "<status status=" in sample.text and "source=" in attributes else 0
    return 95 if name == "robot" and ("generator=" in attributes or "<suite" in sample.text) else 0


class _Suites(Tree):
    """Numbers the suites in the order of the file: ids are new, and a file may be one line."""

    def __init__(self, parser: expat.XMLParserType, broken: dict[int, tuple[str, int]]) -> None:
        super().__init__(parser)
        self.broken = broken
        """What suites, by number, said when they broke in their tear-down, and the line of it."""
        self.numbers: list[int] = []
        self._count = 0

    def opened(self, node: Node) -> None:
        if node.name == "suite":
            self._count += 1
            self.numbers.append(self._count)

    def closed(self, node: Node) -> None:
        if node.name == "suite":
            self.numbers.pop()


class _TearDowns(_Suites):
    """The first reading: which suites broke in their tear-down."""

    records = frozenset({"kw", "test", "status"})

    def keeps(self, node: Node) -> bool:
        return node.name == "status" and len(self._open) == 1

    def found(self, node: Node) -> None:
        if node.name == "status" and self.numbers and self.broken.get(self.numbers[-1], ("said", 0))[0] == "":
            # Before Robot 7 only the suite says why its tear-down failed.
            said = node.text.strip().removeprefix("Suite teardown failed:").strip()
            self.broken[self.numbers[-1]] = (said, node.text_line)
        status = node.child("status")
        if node.name != "kw" or node.get("type").lower() != "teardown" or status is None:
            return
        if status.get("status") == "FAIL" and self.numbers:
            self.broken[self.numbers[-1]] = (status.text.strip(), status.text_line)


class _Handler(_Suites):
    records = frozenset({"test", "kw", "status", "msg", "stat", "doc", "meta", "metadata"})

    def __init__(self, parser: expat.XMLParserType, broken: dict[int, tuple[str, int]]) -> None:
        super().__init__(parser, broken)
        self._stated: Totals | None = None
        self._tally = Tally()
        self._head_line = 0
        self._elsewhere = False

    def opened(self, node: Node) -> None:
        super().opened(node)
        if node.name == "suite" and node.get("src"):
            self._elsewhere = True
            text = (
                f"the tests of {node.get('name')} are in {node.get('src')} (--splitlog): name that file too"
            )
            self.tell(Warn(text, node.line))
        if node.name == "robot":
            self._head_line = node.line
            if node.get("generator").startswith("Rebot"):
                self.broken.clear()
            self.tell(RunInfo(properties=(("generator", node.get("generator")),)))

    def closed(self, node: Node) -> None:
        super().closed(node)
        if node.name != "robot" or self._stated is None:
            return
        if self._elsewhere and not self._tally.totals.tests:
            self.tell(RunInfo(totals=self._stated, totals_stand=True))
            if self._stated.failed:
                text = f"{self._stated.failed} tests failed; what they said is in other files"
                self.tell(Failure(text, kind="error", source_line=node.line))
        else:
            told, counted = self._stated, self._tally.totals
            if told.failed and not counted.red:
                self.tell(unlisted(told.failed))
            if (told.passed, told.failed) != (counted.passed, counted.failed):
                text = (
                    f"the statistics speak of {told.passed} passed and {told.failed} failed tests, "
                    f"{counted.passed} and {counted.failed} are listed: those were counted"
                )
                self.tell(Warn(text, self._head_line))

    def keeps(self, node: Node) -> bool:
        # A keyword that passed tells nothing of a failure but what it warned of.
        if node.name in _STEPS and _status(node) not in ("FAIL", ""):
            warned = [inner for inner in node.walk() if inner.name == "msg" and inner.get("level") in _LEVELS]
            self._open[-1].children.extend(warned)
            return False
        return node.name not in ("arguments", "arg", "assign", "var", "timeout")

    def found(self, node: Node) -> None:
        around = self.path[-1].name if self.path else ""
        if node.name == "test":
            self._test(node)
        elif node.name == "status" and around == "suite" and len(self.path) == 2:
            self.tell(RunInfo(started=_started(node), duration=_elapsed(node)))
        elif node.name == "msg" and around == "errors" and node.get("level") == "ERROR":
            self.tell(Warn(_message(node).partition("\n")[0], node.line))
        elif node.name == "stat" and around == "total" and node.text.strip() == "All Tests":
            self._state(node)

    def cut(self, node: Node) -> None:
        """Robot writes as it runs: the process died in this test."""
        if node.name == "test":
            self.tell(self._case(node, Outcome.ERROR, (stopped(node),)))

    def _state(self, node: Node) -> None:
        count = [integer(node.get(name)) or 0 for name in ("pass", "fail", "skip")]
        self._stated = Totals(sum(count), count[0], count[1], skipped=count[2])
        self.tell(RunInfo(totals=self._stated))

    def _test(self, node: Node) -> None:
        status = node.child("status") or node
        message = _message(status)
        outcome = _OUTCOMES.get(status.get("status"), Outcome.SKIPPED)
        attempts = 1
        earlier: tuple[Failure, ...] = ()
        if _MERGED.match(message):
            message, earlier = _unmerged(message, status.text_line)
            attempts += 1
        failures: tuple[Failure, ...] = (_failure(node, message, status),) if outcome.is_red else ()
        broken = [self.broken[number] for number in self.numbers if number in self.broken]
        if broken and outcome is not Outcome.SKIPPED:
            outcome = Outcome.FAILED
            text, line = broken[-1]
            text = f"Parent suite teardown failed: {text}".rstrip(" :")
            failures = (*failures, Failure(text, kind="error", source_line=line))
        reason = message if outcome is Outcome.SKIPPED else ""
        case = self._case(node, outcome, (*earlier, *failures), attempts, reason)
        self._tally.add(case)
        self.tell(case)

    def _case(
        self,
        node: Node,
        outcome: Outcome,
        failures: tuple[Failure, ...],
        attempts: int = 1,
        reason: str = "",
    ) -> CaseResult:
        suites = [suite for suite in self.path if suite.name == "suite"]
        status = node.child("status") or node
        told = [("reason", reason), ("doc", node.said("doc")), ("keyword", " > ".join(_way(node)))]
        tags = [*node.all("tag"), *(tag for parent in node.all("tags") for tag in parent.all("tag"))]
        told += [("tag", tag.text.strip()) for tag in tags]
        if status.get("critical") == "no":
            told.append(("critical", "no"))
        logged = [inner for inner in node.walk() if inner.name == "msg" and inner.get("level") in _LEVELS]
        return CaseResult(
            name=node.get("name") or "(unnamed)",
            outcome=outcome,
            suite=".".join(suite.get("name") for suite in suites),
            file=suites[-1].get("source") or None if suites else None,
            line=integer(node.get("line")),
            duration=_elapsed(status),
            attempts=attempts,
            failures=failures,
            output="\n".join(f"{inner.get('level')} {_message(inner)}" for inner in logged),
            properties=tuple((name, value) for name, value in told if value),
        )


def _status(node: Node) -> str:
    status = node.child("status")
    return status.get("status") if status else ""


def _message(node: Node) -> str:
    """The text of a message; some are HTML, which is told by an attribute or by its first word."""
    text = node.text.strip()
    if text.startswith("*HTML*") or node.get("html") in ("true", "yes"):
        text = text.removeprefix("*HTML*").replace("<br>", "\n").replace("<hr>", "\n")
        text = html.unescape(_TAG.sub("", text)).strip()
    return text


def _unmerged(message: str, line: int) -> tuple[str, tuple[Failure, ...]]:
    """The new message and the old failure of a test that was run again (``rebot --merge``)."""
    new, _, old = message.partition("Old status:")
    new_message = new.partition("New message:")[2].strip()
    status, _, old_message = old.partition("Old message:")
    if not status.strip().startswith("FAIL"):
        return new_message, ()
    old_message = WHERE.sub(r"\1 ", old_message.strip())
    return new_message, (failure_from(old_message or "FAIL", source_line=line),)


def _failure(node: Node, message: str, status: Node) -> Failure:
    """The message of the test, with the traceback that the keyword left in the log."""
    traceback = next(
        (
            inner
            for inner in node.walk()
            if inner.name == "msg"
            and inner.get("level") in ("DEBUG", "FAIL")
            and "Traceback (most" in inner.text
        ),
        None,
    )
    begins = traceback or (status if message else node)
    trace = traceback.text.strip() if traceback else ""
    kind = "error" if WHERE.match(message) else "failure"
    failure = failure_from(trace or message or "FAIL", message=message or "FAIL", kind=kind)
    return Failure(
        # In one line: what broke is more telling than where.
        message=WHERE.sub(r"\1 ", failure.message),
        type=failure.type,
        kind=kind,
        trace=trace,
        file=failure.file,
        line=failure.line,
        source_line=begins.text_line,
    )


def _way(node: Node) -> Iterator[str]:
    """The keywords that failed, outermost first."""
    inner: Node | None = node
    while inner is not None:
        inner = next(
            (step for step in inner.children if step.name in _STEPS and _status(step) == "FAIL"), None
        )
        if inner is not None and inner.get("name"):
            yield inner.get("name")


def _started(status: Node) -> str | None:
    return _iso(status.get("start") or status.get("starttime"))


def _iso(text: str) -> str | None:
    try:
        return datetime.strptime(text, "%Y%m%d %H:%M:%S.%f").isoformat(timespec="milliseconds")
    except ValueError:
        return text if "T" in text else None


def _elapsed(status: Node) -> float | None:
    if elapsed := status.get("elapsed"):
        return seconds(elapsed)
    return between(_iso(status.get("starttime")) or "", _iso(status.get("endtime")) or "")


def _read(source: Source) -> Iterator[Item]:
    broken: dict[int, tuple[str, int]] = {}
    try:
        for _ in stream(source, partial(_TearDowns, broken=broken)):
            pass
    except IngestError:
        pass  # the second reading says what is wrong, if nothing can be read
    yield from stream(source, partial(_Handler, broken=broken))


READER = Reader("robot-xml", _sniff, _read)
