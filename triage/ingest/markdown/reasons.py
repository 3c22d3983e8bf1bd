"""Why a test failed, as far as the report says so: beside the test, above the list, or in an analysis elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rapidfuzz import fuzz

from triage.ingest.logs.severity import ERROR, severity
from triage.ingest.markdown.blocks import Block, Section, plain, title
from triage.ingest.markdown.words import MARKS, marked
from triage.ingest.parts import exception_type
from triage.model import CaseResult, Failure, Outcome

REASON_KEYS = (
    "root cause",
    "cause",
    "error",
    "error message",
    "test error",
    "reason",
    "symptom",
    "failure",
    "message",
    "common pattern",
)
_RUN_KEYS = ("error", "error message", "symptom", "exception")
_SYMPTOM = re.compile(r"symptom|error", re.IGNORECASE)
_QUOTED = re.compile(r"symptom|error|log|evidence", re.IGNORECASE)
_ANALYSIS = re.compile(r"\b(?:fail\w*|issues?|errors?|problems?)\b", re.IGNORECASE)
_COMMON = re.compile(r"fail\w*|issues?|errors?|problems?|tests?|analysis|root|cause|the|all")
_ALIKE = 60.0
_CATEGORIES = re.compile(
    r"\bfail\w* (?:categor\w+|classes|groups|modes|patterns|reasons|types)\b", re.IGNORECASE
)
_SAME = re.compile(r"(?:the )?same(?: as (?:above|before))?\b|(?:as|see) above\b|ditto\b", re.IGNORECASE)


def failure(message: str, *, trace: str = "", kind: str = "failure", line: int | None = None) -> Failure:
    """A failure as a report tells it; quotes around the whole message are taken off."""
    message = message.strip().strip("`").strip()
    if len(message) > 2 and message[0] == message[-1] == '"':
        message = message[1:-1]
    return Failure(message=message, type=exception_type(message), kind=kind, trace=trace, source_line=line)


def telling_line(quoted: str) -> str:
    """The line of a quoted output that sounds most like a failure; empty if none does."""
    lines = [line.strip() for line in quoted.split("\n") if line.strip()]
    best = max(lines, key=severity, default="")
    return best if best and severity(best) >= ERROR else ""


def explained(
    case: CaseResult, section: Section, group: str, quoted: str, found: list[Section]
) -> CaseResult:
    """``case`` with the reason that the report gives for it, if it is red: the one written for the whole list,
    its own, the output quoted above it, or what an analysis elsewhere says of its group."""
    if not case.outcome.is_red:
        return case
    own = case.failures[0]
    if reason := _shared(section):
        note = (("note", own.message),) if own.message else ()
        told = failure(reason, kind=own.kind, line=own.source_line)
        return replace(case, failures=(told,), properties=case.properties + note)
    if own.message:
        return case
    if line := telling_line(quoted):
        told = failure(
            line, trace=quoted if quoted.strip() != line else "", kind=own.kind, line=own.source_line
        )
        return replace(case, failures=(told,))
    named = group or (title(section.heading) if section.level > 1 else "")
    symptoms, logs = _analysis_of(named, found)
    message = ": ".join(filter(None, (named, "; ".join(symptoms))))
    return replace(case, failures=(failure(message, trace=logs, kind=own.kind, line=own.source_line),))


def resolved(case: CaseResult, told: list[str]) -> CaseResult:
    """``case``, where its reason is only that of an earlier one (``Same JWT issue``), with that reason: the last of
    ``told`` that shares a word with it, or the last at all where it has no word of its own."""
    own = next(iter(case.failures), None)
    if own is None or not (said := _SAME.match(own.message)):
        return case
    words = set(_subject(own.message[said.end() :]).split())
    meant = (text for text in reversed(told) if not words or words & set(_subject(text).split()))
    if (reason := next(meant, None)) is None:
        return case
    failures = (replace(own, message=reason, type=exception_type(reason)),)
    return replace(case, failures=failures, properties=(*case.properties, ("note", own.message)))


def own_reason(section: Section) -> str:
    """What a section that is one test gives as its reason: behind a key, or the line that sounds most like one."""
    for block in section.key_values():
        if block.key.lower() in REASON_KEYS and block.text:
            return plain(block.text)
    return telling_line("\n".join(block.text for block in section.blocks if block.kind == "text"))


def _shared(section: Section) -> str:
    """What the section gives as the cause of all that it lists."""
    for key in REASON_KEYS:
        for block in section.key_values():
            if block.kind == "key" and block.key.lower() == key and block.text:
                return plain(block.text)
    return ""


def _analysis_of(group: str, found: list[Section]) -> tuple[list[str], str]:
    """Symptoms and quoted logs in the section that analyses ``group``, with those below it."""
    wanted = _subject(group)
    for section in found if wanted else ():
        if (
            not _ANALYSIS.search(section.heading)
            or fuzz.token_set_ratio(wanted, _subject(section.heading)) < _ALIKE
        ):
            continue
        symptoms: list[str] = []
        logs: list[str] = []
        for part in found:
            if part is section or section in part.ancestors:
                key = "" if part is section else part.heading
                for block in part.blocks:
                    key = block.key if block.kind == "key" else key
                    if block.kind == "code" and _QUOTED.search(key):
                        logs.append(block.text)
                    elif block.kind in ("key", "item") and block.text and _SYMPTOM.search(key):
                        symptoms.append(plain(block.text))
        if symptoms or logs:
            return symptoms, "\n".join(logs)
    return [], ""


def _subject(heading: str) -> str:
    words = re.findall(r"[a-z]{3,}", MARKS.sub("", heading).lower())
    return " ".join(word for word in words if not _COMMON.fullmatch(word))


def run_failures(found: list[Section], cases: list[CaseResult]) -> Iterator[Failure]:
    """Errors that the report states without naming a test."""
    told = {f.message for case in cases for f in case.failures}
    for section in found:
        if section.parent and _CATEGORIES.search(section.parent.heading) and not _says_why(section):
            yield failure(title(section.heading), kind="error", line=section.line)
        for block in section.key_values():
            if block.key.lower() not in _RUN_KEYS or not block.text:
                continue
            stated = failure(plain(block.text), kind="error", line=block.line)
            if stated.message in told or marked(block.text) is Outcome.PASSED:
                continue
            told.add(stated.message)
            yield replace(stated, trace="\n".join([section.heading, *map(_as_line, section.blocks)]))


def _says_why(section: Section) -> bool:
    return any(block.key.lower() in REASON_KEYS and block.text for block in section.key_values())


def _as_line(block: Block) -> str:
    return f"{block.key}: {plain(block.text)}" if block.key else plain(block.text)
