"""Rows that tell of one test each, whoever wrote them: what the usual names of columns and words of results mean.

Behind the readers of lists of tests in JSON and CSV that no runner's own reader knows: Avocado, Twister, kirk,
Foundry, Buildkite, TestRail, JMeter, home-made ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from triage.ingest.json_text import clean
from triage.ingest.parts import failure_from
from triage.model import CaseResult, Failure, Outcome

_WORDS = {
    Outcome.PASSED: "pass passed passing success successful succeeded ok warn warning",
    Outcome.FAILED: "fail failed failing failure ko notok nok testerror",
    Outcome.ERROR: "error errored broken brok timeout timedout crash crashed panicked aborted interrupt interrupted"
    " undefined undefinedstep ambiguous bindingerror stepdefinitionpending"
    " tbrok",
    Outcome.SKIPPED: "skip skipped skipping ignore ignored pending todo disabled notrun notexecuted untested filtered"
    " cancel cancelled canceled pended quarantined conf blocked inconclusive fixme na notapplicable unexecuted retest",
    Outcome.XFAILED: "xfail xfailed expectedfailure knownissue",
    Outcome.XPASSED: "xpass xpassed unexpectedsuccess unexpectedpass",
}
OUTCOMES = {word: outcome for outcome, words in _WORDS.items() for word in words.split()}
_PLAIN = frozenset(
    ("pass", "passed", "fail", "failed", "skip", "skipped", "xfail", "xfailed", "xpass", "xpassed")
)
"""Words that only tests are told with; services and jobs succeed and err as well."""
_TESTRAIL = {
    1: Outcome.PASSED,
    2: Outcome.SKIPPED,
    3: Outcome.SKIPPED,
    4: Outcome.SKIPPED,
    5: Outcome.FAILED,
}


def _keys(said: str) -> tuple[str, ...]:
    return tuple(said.split())


_RESULT = _keys(
    "status outcome result state verdict teststatus testresult executionstatus lastresult passfail"
)
_FLAGS = _keys("passed success succeeded ok pass ispassed")
_NAME = _keys(
    "name fullname title fulltitle testcasetitle automatedtestname testname testcasename testcase test identifier testfqn fullyqualifiedname nodeid"
    " description displayname scenarioname scenariotitle scenarioheading specheading featurename methodname scenario case label testid"
    " caseid suiteteststepname id key url path method"
)
_SUITE = _keys(
    "suite classname class suitename testsuite testclass scope featuretitle feature module group section"
)
_FILE = _keys("file filename filepath testfile filelocation")
_MESSAGE = _keys(
    "message errormessage errormsg failuremessage failurereason failreason error err failure reason errors failures exception msg"
    " statusdetails failuredetails expanded statusmessage comment responsemessage detail details messages"
)
_TRACE = _keys("trace traceback stacktrace stack backtrace longrepr failureexpanded")
_KIND = _keys("failuretype errortype failurecategory")
"""What may tell why, where nothing else does."""
_OUTPUT = _keys("log output logs decodedlogs stdout systemout systemoutput stderr systemerr")
_SECONDS = _keys("duration time executiontime durations elapsedseconds durationseconds runtime seconds")
_MILLIS = _keys("durationms elapsed elapsedms timems milliseconds durationinms")
_INSIDE = (
    "test",
    "attempt",
    "status",
    "location",
    "result",
    "error",
    "failure",
    "statusdetails",
    "exception",
    "details",
)
_PARTS = frozenset(
    ("attempt", "attempts", "pastattempts", "retries", "history", "attachments", "hooks", "assertions", "before",
     "after", "events", "failures", "errors", "annotations", "labels", "parameters", "results", "stepresults", "test",
     "error", "failure", "expectations", "logs", "steplogs", "items", "contexts", "teardowns", "status", "location",
     "failedexpectations", "passedexpectations")
)  # fmt: skip
_DEPTH = 8
_WORD = re.compile(r"[a-z]+")
_FOLD = re.compile(r"[^a-z0-9]+")
_TOLD = re.compile(r"(?i)\b(?:T?FAIL(?:ED|URE)?|TBROK|(?:\w*)error|panic(?:ked)?|exception|not ok)\b")
_LONG = 200


def folded(said: str) -> str:
    """A key or a word without its case and its marks: ``Fail_Reason``, ``failReason`` are one.

    >>> folded("Not-Run")
    'notrun'
    """
    return _FOLD.sub("", said.lower()) if len(said) < _LONG else ""


def row_of(told: Mapping[Any, Any]) -> dict[str, Any]:
    """The row with folded keys."""
    row: dict[str, Any] = {}
    for key, value in told.items():
        if isinstance(key, str) and value not in (None, "", [], {}):
            row.setdefault(folded(key), value)
    return row


def outcome_of(row: Mapping[str, Any]) -> Outcome | None:
    """How the test of a folded row ended; None if the row does not say it."""
    if isinstance(attempt := row.get("attempt"), dict):
        return outcome_of(row_of(attempt))
    for key in _RESULT:
        value = row.get(key)
        if isinstance(value, dict):
            value = next(
                (value[k] for k in ("status", "name", "kind", "outcome", "value") if k in value), None
            )
        if isinstance(value, str) and (known := OUTCOMES.get(folded(value))):
            return known
        if isinstance(value, bool):
            return Outcome.PASSED if value else Outcome.FAILED
    if row.get("skipped") is True or row.get("pending") is True:
        return Outcome.SKIPPED
    for key in _FLAGS:
        value = row.get(key)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            value = value.lower() == "true"
        if isinstance(value, bool):
            return Outcome.PASSED if value else Outcome.FAILED
    if isinstance(red := row.get("failed"), bool):
        return Outcome.FAILED if red else Outcome.PASSED
    number = row.get("statusid")
    return _TESTRAIL.get(number) if isinstance(number, int) else None


def outcome_among(row: Mapping[str, Any]) -> Outcome | None:
    """What a result of few words says by one of them, as ``OUT_FAIL`` does; for rows that are sure to be tests."""
    said = next((str(row[key]) for key in _RESULT if key in row), "")
    words = _WORD.findall(said[:_LONG].lower())
    told = {OUTCOMES[word] for word in words if word in OUTCOMES}
    return told.pop() if len(told) == 1 and len(words) <= 3 and "not" not in words else None


def is_part(key: str) -> bool:
    """Whether what stands at a key of a test is what it consists of, not tests inside of it."""
    return folded(key) in _PARTS or folded(key).endswith("steps")


def outside_of(row: Mapping[str, Any]) -> Iterator[Failure]:
    """What a suite's row says that broke around its tests: a hook, the suite itself."""
    for key, value in row.items():
        if key == "suiteerror" or key.endswith("hookfailure"):
            told = row_of(value) if isinstance(value, dict) else {}
            message, trace = _text(told, _MESSAGE) or _said(value), _text(told, _TRACE)
            if message or trace:
                yield failure_from(trace or message, message=message if trace else "", kind="error")


def is_of_tests(row: Mapping[str, Any]) -> bool:
    """Whether the row says its result in a word that only tests have."""
    return any(isinstance(row.get(key), str) and folded(row[key]) in _PLAIN for key in _RESULT)


def name_of(row: Mapping[str, Any]) -> str:
    """The name of the test of a folded row; empty if it has none."""
    for key in _NAME:
        value = row.get(key)
        if isinstance(value, dict):
            value = value.get("name") or value.get("title") or value.get("uid")
        if isinstance(value, list):
            value = " > ".join(part for part in value if isinstance(part, str))
        if (isinstance(value, str) and value.strip()) or (
            isinstance(value, int) and not isinstance(value, bool)
        ):
            return clean(str(value)).strip()
    return ""


def case_of(row: Mapping[str, Any], outcome: Outcome, suite: str = "", name: str = "") -> CaseResult:
    """The case that a folded row tells."""
    inner = {k: v for key in reversed(_INSIDE) for k, v in _inside(row.get(key))}
    if isinstance(status := inner.get("status"), dict):
        inner |= row_of(status)
    reason, trace, output = (
        _text(row, _MESSAGE) or _text(inner, _MESSAGE),
        _text(row, _TRACE) or _text(inner, _TRACE),
        _text(row, _OUTPUT) or _text(inner, _OUTPUT),
    )
    if outcome.is_red and not reason and not trace:
        reason, trace = _of_a_part([row[key] for key in row if is_part(key)], 0)
    file = (_text(row, _FILE) or _text(inner, _FILE)).split("\n", 1)[0]
    tries = row.get("pastattempts") or row.get("attempts")
    earlier = [one for one in (tries if isinstance(tries, list) else ()) if isinstance(one, dict)]
    if "pastattempts" not in row:
        earlier = earlier[:-1]
    failures = [
        _failure(past, red, *_past(past), "")
        for one in earlier
        if (red := outcome_of(past := row_of(one))) is not None and red.is_red
    ]
    if outcome.is_red:
        failures.append(_failure(row, outcome, reason, trace, output))
    return CaseResult(
        name=name or name_of(row) or name_of(inner),
        outcome=outcome,
        suite=suite or ("" if (said := _text(row, _SUITE)) == file else said),
        file=file or None,
        line=next((at for at in (row.get("line"), inner.get("line")) if type(at) is int and at > 0), None),
        duration=_spent(row) if _spent(row) is not None else _spent(inner),
        attempts=len(earlier) + 1,
        failures=tuple(failures),
        output=output if reason or trace or not outcome.is_red else "",
        properties=(("reason", reason),) if reason and outcome.value in ("skipped", "xfailed") else (),
    )


def _past(past: Mapping[str, Any]) -> tuple[str, str]:
    status = row_of(past["status"]) if isinstance(past.get("status"), dict) else past
    told = {key: value for inner in _INSIDE for key, value in _inside(status.get(inner))}
    return _text(status, _MESSAGE), _text(status, _TRACE) or _text(told, _TRACE)


def _of_a_part(parts: list[Any], depth: int) -> tuple[str, str]:
    """Message and trace of the first part, a step say, that went wrong itself."""
    for part in parts if depth < _DEPTH else ():
        if isinstance(part, list):
            found = _of_a_part(part, depth + 1)
        elif isinstance(part, dict):
            row = row_of(part)
            red = (told := outcome_of(row)) is not None and told.is_red
            found = (_text(row, _MESSAGE), _text(row, _TRACE)) if red else ("", "")
            if not any(found):
                found = _of_a_part([one for one in row.values() if isinstance(one, list | dict)], depth + 1)
        else:
            continue
        if any(found):
            return found
    return "", ""


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from row_of(value).items()


def _failure(row: Mapping[str, Any], outcome: Outcome, reason: str, trace: str, output: str) -> Failure:
    kind = "error" if outcome is Outcome.ERROR else "failure"
    if reason or trace:
        return failure_from(trace or reason, message=reason if trace else "", kind=kind)
    if lines := [line.strip() for line in output.split("\n") if line.strip()]:
        first = next((line for line in lines if _TOLD.search(line[:1_000])), lines[-1])
        return failure_from(output, message=first, kind=kind)
    if told := _text(row, _KIND):
        return Failure(told, kind=kind)
    word = next((row[key] for key in _RESULT if isinstance(row.get(key), str)), outcome.value)
    return Failure(f"ended as '{clean(word)[:_LONG]}', and the report does not say why", kind=kind)


def _text(row: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        if said := _said(row.get(key)).strip("\n"):
            return said
    return ""


def _said(value: Any, depth: int = 0) -> str:
    if isinstance(value, str):
        return clean(value)
    if depth > 2:
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, (_said(one, depth + 1) for one in value)))
    if isinstance(value, dict):
        row = row_of(value)
        return next((said for key in (*_MESSAGE, *_TRACE) if (said := _said(row.get(key), depth + 1))), "")
    return ""


def _spent(row: Mapping[str, Any]) -> float | None:
    for keys, per in ((_SECONDS, 1.0), (_MILLIS, 1000.0)):
        for key in keys:
            value = row.get(key)
            if isinstance(value, str) and re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?s?", value):
                value = float(value.rstrip("s"))
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12:
                return round(value / per, 6)
    return None
