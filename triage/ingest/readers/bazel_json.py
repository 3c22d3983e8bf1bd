"""Bazel's build events, ``--build_event_json_file``: one event a line; each test target is a test.

After ``build_event_stream.proto`` of bazelbuild/bazel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from triage.ingest.broken_off import judged
from triage.ingest.json_text import get, integer, items, load_lines, moment, rows, text
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn, worse

_EVENT = re.compile(
    r'^\{\s*+"id":\s*+\{\s*+"(?:started|progress|buildMetadata|testResult|testSummary|pattern)"', re.MULTILINE
)
_OUTCOMES = {
    "PASSED": Outcome.PASSED,
    "FLAKY": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "TIMEOUT": Outcome.FAILED,
    "NO_STATUS": Outcome.SKIPPED,
}


def _sniff(sample: Sample) -> int:
    return 93 if _EVENT.search(sample.text) else 0


@dataclass
class _Target:
    outcome: Outcome | None = None
    status: str = ""
    number: int = 0
    seconds: float = 0.0
    tries: int = 1
    shards: dict[tuple[int, int], Outcome] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def _read(source: Source, verdict: list[Failure]) -> Iterator[Item]:
    targets: dict[str, _Target] = {}
    said: list[str] = []
    known, ended, last = False, False, 0
    for last, event, _ in load_lines(source):
        if event is None:
            continue
        known = known or "id" in event
        label = text(event, "id", "testResult", "label") or text(event, "id", "testSummary", "label")
        if isinstance(progress := event.get("progress"), dict):
            said += [part for key in ("stderr", "stdout") if (part := text(progress, key))]
        elif isinstance(started := event.get("started"), dict):
            yield RunInfo(
                started=moment(_milliseconds(started)) or text(started, "startTime") or None,
                properties=tuple(("Bazel", v) for v in [text(started, "buildToolVersion")] if v),
            )
        elif isinstance(result := event.get("testResult"), dict):
            _try(targets.setdefault(label, _Target()), result, event, last)
        elif isinstance(summary := event.get("testSummary"), dict):
            _sum_up(targets.setdefault(label, _Target()), summary, last)
        elif isinstance(aborted := event.get("aborted"), dict):
            yield from _aborted(event, aborted, last)
        elif isinstance(action := event.get("action"), dict) and get(action, "success") is not True:
            yield _action(event, action, last)
        elif isinstance(finished := event.get("finished"), dict):
            ended = True
            code = text(finished, "exitCode", "name")
            if code not in ("", "SUCCESS", "TESTS_FAILED", "BUILD_FAILURE", "NO_TESTS_FOUND"):
                yield Failure(f"Bazel ended with {code}", kind="error", source_line=last)
            elif code in ("TESTS_FAILED", "BUILD_FAILURE"):
                verdict.append(Failure(f"Bazel ended with {code}", kind="error", source_line=last))
    if not known:
        raise IngestError(
            f"{source.name}:{last}: no build event up to here; was the build stopped at its start?"
        )
    for label, target in targets.items():
        yield _case(label, target, "\n".join(said))
    if not ended:
        yield Warn("no 'finished' event: the build was stopped or crashed", last)


def _milliseconds(started: Any) -> float | None:
    found = text(started, "startTimeMillis")
    return float(found) if found.isdecimal() and len(found) < 16 else None


def _spent(told: Any, key: str) -> float:
    found = text(told, key)
    return int(found) / 1000 if found.isdecimal() and len(found) < 12 else 0.0


def _try(target: _Target, result: dict[str, Any], event: dict[str, Any], number: int) -> None:
    spent = _spent(result, "testAttemptDurationMillis") or _spent(result, "testActionDurationMillis")
    target.seconds += spent
    target.tries = max(target.tries, integer(event, "id", "testResult", "attempt") or 1)
    status = text(result, "status")
    outcome = _OUTCOMES.get(status, Outcome.ERROR)
    target.number = number
    if outcome.is_red:
        logs = [
            text(file, "uri") for file in rows(result, "testActionOutput") if text(file, "name") == "test.log"
        ]
        why = (
            text(result, "statusDetails")
            or f"{status.lower().replace('_', ' ')}{f', see {logs[0]}' if logs else ''}"
        )
        kind = "failure" if outcome is Outcome.FAILED else "error"
        target.failures.append(Failure(why, status, kind, source_line=number))
    # Of one shard the last try decides, of all shards the worst, and then their summary.
    shard = integer(event, "id", "testResult", "run") or 1, integer(event, "id", "testResult", "shard") or 1
    target.shards[shard] = outcome
    target.outcome = reduce(worse, target.shards.values())
    target.status = status


def _sum_up(target: _Target, summary: dict[str, Any], number: int) -> None:
    target.status = text(summary, "overallStatus") or target.status
    target.outcome = _OUTCOMES.get(target.status, Outcome.ERROR)
    target.number = target.number or number
    target.tries = max(target.tries, integer(summary, "attemptCount") or 1)
    target.seconds = _spent(summary, "totalRunDurationMillis") or target.seconds
    if target.status == "FLAKY":
        target.tries = max(2, target.tries)


def _case(label: str, target: _Target, said: str) -> CaseResult:
    package, _, name = label.rpartition(":")
    outcome = target.outcome or Outcome.ERROR
    if outcome.is_red and not target.failures:
        why = f"ended as {target.status or 'unknown'}"
        target.failures.append(Failure(why, target.status, "error", source_line=target.number or None))
    # What was printed of a target stands in the progress of the build, between lines with its name.
    output = _printed(label, said) if outcome.is_red else ""
    return CaseResult(
        name=name or label,
        outcome=outcome,
        suite=package,
        duration=round(target.seconds, 6) if target.seconds else None,
        attempts=target.tries,
        failures=tuple(target.failures) if outcome is not Outcome.SKIPPED else (),
        output=output,
    )


def _printed(label: str, said: str) -> str:
    head = f"Test output for {label}:"
    begin = said.find(head)
    if begin < 0:
        return ""
    end = said.find("\n=====", said.find("\n", begin + len(head)) + 1)
    return said[begin : end if end > 0 else begin + 20_000].strip()


def _aborted(event: dict[str, Any], aborted: dict[str, Any], number: int) -> Iterator[Failure]:
    reason = text(aborted, "reason")
    if reason in ("SKIPPED", "NO_BUILD", "USER_INTERRUPTED") and not text(aborted, "description"):
        return
    ids = event.get("id")
    where = next((text(inner, "label") for inner in ids.values()), "") if isinstance(ids, dict) else ""
    said = text(aborted, "description") or f"aborted: {reason.lower().replace('_', ' ')}"
    yield Failure(f"{where}: {said}" if where else said, reason, "error", source_line=number)


def _action(event: dict[str, Any], action: dict[str, Any], number: int) -> Failure:
    label = text(event, "id", "actionCompleted", "label")
    why = text(action, "failureDetail", "message") or f"exit code {text(action, 'exitCode') or 'unknown'}"
    commands = " ".join(part for part in items(action, "commandLine") if isinstance(part, str))[:500]
    message = f"{text(action, 'type') or 'action'} of {label} failed: {why}"
    return failure_from(f"{message}\n{commands}".strip(), message=message, kind="error", source_line=number)


READER = Reader("bazel-bep", _sniff, judged(_read))
