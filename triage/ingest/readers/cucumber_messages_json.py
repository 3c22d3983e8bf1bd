"""Cucumber's ``message`` format: one envelope a line, after the JSON schemas of cucumber/messages.

A scenario (a pickle) becomes a test case, which is started once for each try; its worst step decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from triage.ingest.broken_off import judged
from triage.ingest.json_text import get, integer, items, load_lines, moment, rows, text
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn, worse

_ENVELOPE = re.compile(
    r'^\{\s*+"(?:meta|source|gherkinDocument|pickle|testRunStarted|testCaseStarted|stepDefinition)":\s*+\{',
    re.MULTILINE,
)
_SURE = re.compile(
    r'"(?:protocolVersion|astNodeIds|gherkinDocument|testCaseId|pickleId|mediaType|testRunStarted|cucumberExpression)"'
)
_OUTCOMES = {
    "PASSED": Outcome.PASSED,
    "SKIPPED": Outcome.SKIPPED,
    "FAILED": Outcome.FAILED,
    **dict.fromkeys(("PENDING", "UNDEFINED", "AMBIGUOUS"), Outcome.ERROR),
}


def _sniff(sample: Sample) -> int:
    return 94 if _ENVELOPE.search(sample.text) and _SURE.search(sample.text) else 0


@dataclass
class _Try:
    case: str
    number: int
    outcome: Outcome | None = None
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)
    output: list[str] = field(default_factory=list)


@dataclass
class _Book:
    """What was told of the features, by the ids that messages call it by."""

    features: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    pickles: dict[str, dict[str, Any]] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    """The pickle of each test case."""
    steps: dict[str, str] = field(default_factory=dict)
    """The text of each step of a test case; empty for a hook."""

    def take(self, message: dict[str, Any]) -> None:
        if isinstance(document := message.get("gherkinDocument"), dict):
            self._document(document)
        elif isinstance(pickle := message.get("pickle"), dict):
            self.pickles[text(pickle, "id")] = pickle
        elif isinstance(case := message.get("testCase"), dict):
            pickle = self.pickles.get(text(case, "pickleId"), {})
            self.cases[text(case, "id")] = text(case, "pickleId")
            said = {text(step, "id"): text(step, "text") for step in rows(pickle, "steps")}
            for step in rows(case, "testSteps"):
                self.steps[text(step, "id")] = said.get(text(step, "pickleStepId"), "")

    def _document(self, document: dict[str, Any]) -> None:
        self.features[text(document, "uri")] = text(document, "feature", "name")
        todo = [(child, "") for child in rows(document, "feature", "children")]
        while todo:
            child, rule = todo.pop()
            if isinstance(inner := child.get("rule"), dict):
                todo += [(below, text(inner, "name")) for below in rows(inner, "children")]
            scenario = child.get("scenario")
            tables = [row for table in rows(scenario, "examples") for row in rows(table, "tableBody")]
            for node in (scenario, *tables):
                if (line := integer(node, "location", "line")) is not None:
                    self.lines[text(node, "id")] = line
                    self.rules[text(node, "id")] = rule


def _read(source: Source, verdict: list[Failure]) -> Iterator[Item]:
    book = _Book()
    tries: dict[str, _Try] = {}
    waiting: dict[str, list[_Try]] = {}
    told, ended, last = False, False, 0
    for last, message, line in load_lines(source):
        if message is None:
            if line.startswith("{"):
                yield Warn(f"no JSON here: {line.strip()[:60]}", last)
            continue
        book.take(message)
        if (started := message.get("testCaseStarted")) is not None:
            tries[text(started, "id")] = _Try(text(started, "testCaseId"), last)
        elif (finished := message.get("testStepFinished")) is not None:
            if (one := tries.get(text(finished, "testCaseStartedId"))) is not None:
                _step(one, finished, book, last)
        elif (attached := message.get("attachment")) is not None:
            if (one := tries.get(text(attached, "testCaseStartedId"))) is not None:
                one.output += _attached(attached)
        elif (finished := message.get("testCaseFinished")) is not None:
            if (one := tries.pop(text(finished, "testCaseStartedId"), None)) is not None:
                told = True
                earlier = waiting.setdefault(one.case, [])
                earlier.append(one)
                # Older versions say it nowhere, or of a step: then the case is whole only at the end.
                if get(finished, "willBeRetried") is False:
                    yield _case(waiting.pop(one.case), book)
        elif (hook := message.get("testRunHookFinished")) is not None:
            if text(hook, "result", "status") == "FAILED":
                yield _failure(get(hook, "result"), "a hook around the run failed", "error", last)
        elif (broken := message.get("parseError")) is not None:
            told = True
            yield Failure(
                text(broken, "message") or "a feature could not be parsed",
                kind="error",
                file=text(broken, "source", "uri") or None,
                line=integer(broken, "source", "location", "line"),
                source_line=last,
            )
        elif (started := message.get("testRunStarted")) is not None:
            yield RunInfo(started=moment(_milliseconds(get(started, "timestamp"))))
        elif (meta := message.get("meta")) is not None:
            name = " ".join(
                filter(None, (text(meta, "implementation", "name"), text(meta, "implementation", "version")))
            )
            yield RunInfo(properties=(("runner", name),) if name else ())
        elif (over := message.get("testRunFinished")) is not None:
            told = ended = True
            if text(over, "message") or text(over, "exception", "message"):
                yield _failure(over, "", "error", last)
            elif get(over, "success") is False:
                verdict.append(Failure("the run failed, and no scenario", kind="error", source_line=last))
    if not told and not tries:
        raise IngestError(f"{source.name}:{last}: no test case up to here; was the run stopped at its start?")
    for one in tries.values():
        said = "the run ended while this scenario was running: a crash, a kill or a time-out"
        one.failures.append(Failure(said, kind="error", source_line=one.number))
        one.outcome = Outcome.ERROR
        yield _case([*waiting.pop(one.case, []), one], book)
    for rest in waiting.values():
        yield _case(rest, book)
    if not ended:
        yield Warn("no 'testRunFinished': the run was stopped or crashed", last)


def _milliseconds(timestamp: Any) -> float | None:
    # A number, or its digits: 64 bits are more than JavaScript can count.
    found, parts = text(timestamp, "seconds"), integer(timestamp, "nanos") or 0
    return int(found) * 1000 + parts / 1e6 if found.isdecimal() and len(found) < 12 else None


def _step(one: _Try, finished: Any, book: _Book, number: int) -> None:
    result = get(finished, "testStepResult")
    status = text(result, "status")
    outcome = _OUTCOMES.get(status)
    one.seconds += max(0.0, (_milliseconds(get(result, "duration")) or 0.0) / 1000)
    if outcome is None:
        return
    step = book.steps.get(text(finished, "testStepId"), "")
    if outcome.is_red:
        if not step:
            outcome = Outcome.ERROR  # a hook
        kind = "failure" if outcome is Outcome.FAILED else "error"
        said = (
            f"{status.lower()} step: {step}" if step and status != "FAILED" else f"{step or 'a hook'} failed"
        )
        one.failures.append(_failure(result, said, kind, number))
    if outcome is Outcome.SKIPPED and one.outcome is Outcome.PASSED:
        one.outcome = Outcome.SKIPPED
    else:
        one.outcome = outcome if one.outcome is None else worse(one.outcome, outcome)


def _failure(result: Any, said: str, kind: str, number: int) -> Failure:
    message, trace = text(result, "exception", "message"), text(result, "exception", "stackTrace")
    full = text(result, "message") or trace
    type = text(result, "exception", "type")
    if not full and not message:
        return Failure(said, kind=kind, source_line=number)
    return failure_from(
        full or message,
        message=message if message and message in full else "",
        type="" if type == "Error" and message else type,
        kind=kind,
        source_line=number,
    )


def _attached(attached: Any) -> list[str]:
    if text(attached, "contentEncoding") != "IDENTITY" or not text(attached, "mediaType").startswith(
        ("text/plain", "text/x.cucumber.log")
    ):
        return []
    return [text(attached, "body")]


def _case(tries: list[_Try], book: _Book) -> CaseResult:
    last = tries[-1]
    pickle = book.pickles.get(book.cases.get(last.case, ""), {})
    nodes = [node for node in items(pickle, "astNodeIds") if isinstance(node, str)]
    uri = text(pickle, "uri")
    rule = next((book.rules[node] for node in nodes if book.rules.get(node)), "")
    # An example is told by its outline and its row, the row last.
    line = next((book.lines[node] for node in reversed(nodes) if node in book.lines), None)
    outcome = last.outcome or Outcome.SKIPPED
    return CaseResult(
        name=text(pickle, "name") or last.case,
        outcome=outcome,
        suite=" > ".join(filter(None, (book.features.get(uri, ""), rule))),
        file=uri or None,
        line=line or integer(pickle, "location", "line"),
        duration=round(sum(one.seconds for one in tries), 6),
        attempts=len(tries),
        failures=tuple(failure for one in tries for failure in one.failures),
        output="\n".join(said for one in tries for said in one.output),
        properties=tuple(("tag", text(tag, "name")) for tag in rows(pickle, "tags")),
    )


READER = Reader("cucumber-messages", _sniff, judged(_read))
