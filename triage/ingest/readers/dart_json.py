"""``dart test --reporter json`` and ``flutter test --machine``: one event a line.

After ``pkgs/test/doc/json_reporter.md`` of dart-lang/test. Hidden tests that went well are the loading of files and
the hooks of groups; where these break, they are failures of the run. A test may still break when its end was told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from triage.ingest.broken_off import judged
from triage.ingest.json_text import get, integer, items, load_lines, text
from triage.ingest.parts import exception_type
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn, worse

_EVENT = re.compile(
    r'^\{(?=.*"type": ?"(?:start|suite|testStart|allSuites|group|testDone|done)")'
    r'(?=.*"(?:protocolVersion|runnerVersion|suiteID|testID|count|platform)":)',
    re.MULTILINE,
)
_NOT_TESTS = re.compile(r"^loading |(?:^|\s)\((?:setUpAll|tearDownAll)\)$")
_FRAME = re.compile(r"^(?P<file>\S+\.dart)[ :](?P<line>\d{1,9})(?::\d+)?\s")
_OUTCOMES = {"success": Outcome.PASSED, "failure": Outcome.FAILED, "error": Outcome.ERROR}

_HELD = 1_000
"""Results that are kept back because their tests may still break."""


def _sniff(sample: Sample) -> int:
    lines = (line for line in sample.text.split("\n") if line.startswith("{") and len(line) < 5_000)
    return 94 if any(map(_EVENT.match, lines)) else 0


@dataclass
class _Test:
    told: dict[str, Any]
    number: int
    failures: list[Failure] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    retries: int = 0
    done: bool = False
    """Whether its result was told already."""


def _read(source: Source, verdict: list[Failure]) -> Iterator[Item]:
    suites: dict[int, str] = {}
    groups: dict[int, str] = {}
    tests: dict[int, _Test] = {}
    held: dict[int, CaseResult] = {}
    ended, told, last, cut = False, False, 0, None
    for last, event, line in load_lines(source):
        cut = last if event is None and line.startswith("{") else None
        kind = text(event, "type")
        id_ = integer(event, "testID") or 0
        test = tests.get(id_)
        if kind == "start":
            told = True
            if version := text(event, "runnerVersion"):
                yield RunInfo(properties=(("runner", version),))
        elif kind == "suite":
            suites[integer(event, "suite", "id") or 0] = text(event, "suite", "path")
        elif kind == "group":
            groups[integer(event, "group", "id") or 0] = text(event, "group", "name")
        elif kind == "testStart" and isinstance(started := get(event, "test"), dict):
            tests[integer(started, "id") or 0] = _Test({**started, "time": get(event, "time")}, last)
        elif kind == "error" and test is not None:
            failure = _failure(event, last)
            if case := held.get(id_):
                # The runner takes the pass back, with an error of its own; what had failed has failed once more.
                late = Outcome.FAILED if get(event, "isFailure") is True else Outcome.ERROR
                held[id_] = replace(
                    case, outcome=worse(case.outcome, late), failures=(*case.failures, failure)
                )
            elif test.done:
                yield failure
            else:
                test.failures.append(failure)
        elif kind == "print" and test is not None and text(event, "messageType") != "skip":
            test.output.append(text(event, "message"))
            test.retries += test.output[-1] == f"Retry: {text(test.told, 'name')}"
        elif kind == "testDone" and test is not None:
            told = test.done = True
            for item in _result(test, event, suites, groups):
                if isinstance(item, CaseResult):
                    held[id_] = item
                else:
                    yield item
            if len(held) > _HELD:
                yield held.pop(next(iter(held)))
        elif kind == "done":
            ended = told = True
            yield RunInfo(duration=_since(event, 0.0))
            if get(event, "success") is False:
                verdict.append(Failure("the run failed, and no test of it", kind="error", source_line=last))
    if not told:
        raise IngestError(f"{source.name}:{last}: no event of a Dart test run; was it stopped at its start?")
    yield from held.values()
    if not ended:
        running = [test for test in tests.values() if not test.done and not _is_no_test(test)]
        for test in running:
            yield _unfinished(test, last, suites, groups)
        yield Warn("no 'done' event: the run was stopped or crashed", cut or last)


def _is_no_test(test: _Test) -> bool:
    return _NOT_TESTS.search(text(test.told, "name")) is not None and not items(test.told, "groupIDs")[1:]


def _since(event: Any, begin: float) -> float | None:
    time = get(event, "time")
    return round((time - begin) / 1000, 6) if isinstance(time, int | float) else None


def _result(
    test: _Test, event: Any, suites: dict[int, str], groups: dict[int, str]
) -> Iterator[CaseResult | Failure]:
    outcome = _OUTCOMES.get(text(event, "result"), Outcome.ERROR)
    hook = _NOT_TESTS.search(text(test.told, "name")) is not None
    if get(event, "hidden") is True or (hook and outcome.is_red):
        if outcome.is_red or test.failures:
            yield from test.failures or [
                Failure(f"{text(test.told, 'name')} failed", kind="error", source_line=test.number)
            ]
        return
    # The end says it since version 0.1.1 of the protocol.
    skipped = get(event, "skipped") if "skipped" in event else get(test.told, "metadata", "skip")
    if outcome is Outcome.PASSED and skipped is True:
        outcome = Outcome.SKIPPED
    yield _case(test, outcome, _since(event, _begin(test)), suites, groups)


def _begin(test: _Test) -> float:
    time = get(test.told, "time")
    return float(time) if isinstance(time, int | float) else 0.0


def _case(
    test: _Test, outcome: Outcome, duration: float | None, suites: dict[int, str], groups: dict[int, str]
) -> CaseResult:
    told = test.told
    name = text(told, "name")
    held = [groups.get(group, "") for group in items(told, "groupIDs") if isinstance(group, int)]
    group = next((said for said in reversed(held) if said), "")
    # A test is told with the names of its groups in front, and each group with those of its own.
    short = name.removeprefix(group).strip() if group else name
    path: list[str] = []
    for said in filter(None, held):
        path.append(said.removeprefix(" ".join(path)).strip() if path else said)
    failures = test.failures
    if outcome.is_red and not failures:
        failures = [Failure("failed, and the report does not say why", source_line=test.number)]
    reason = text(told, "metadata", "skipReason")
    return CaseResult(
        name=short or name,
        outcome=outcome,
        suite=" > ".join(path),
        file=suites.get(integer(told, "suiteID") or 0) or None,
        line=integer(told, "root_line") or integer(told, "line"),
        duration=duration,
        # ``retry:`` runs a test again between its start and its end, and the runner prints so.
        attempts=1 + (test.retries or (len(failures) if outcome is Outcome.PASSED else 0)),
        failures=tuple(failures) if outcome is not Outcome.SKIPPED else (),
        output="\n".join(test.output),
        properties=(("reason", reason),) if reason and outcome is Outcome.SKIPPED else (),
    )


def _unfinished(test: _Test, last: int, suites: dict[int, str], groups: dict[int, str]) -> CaseResult:
    said = "the run ended while this test was running: a crash, a kill or a time-out"
    test.failures.append(Failure(said, kind="error", source_line=test.number))
    return _case(test, Outcome.ERROR, None, suites, groups)


def _failure(event: Any, number: int) -> Failure:
    message, stack = text(event, "error").strip(), text(event, "stackTrace")
    kind = "failure" if get(event, "isFailure") is True else "error"
    frames = [match for line in stack.split("\n") if (match := _FRAME.match(line))]
    own = next((frame for frame in frames if not frame["file"].startswith(("package:", "dart:"))), None)
    place = own or (frames[0] if frames else None)
    return Failure(
        message=message or "failed without a message",
        type=exception_type(message),
        kind=kind,
        trace=f"{message}\n{stack}".strip("\n") if stack.strip() else "",
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
        source_line=number,
    )


READER = Reader("dart-json", _sniff, judged(_read))
