"""RSpec's ``json`` formatter, of one run or of several that wrote one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.json_report import json_report, miscounted
from triage.ingest.json_text import get, has_ends, has_keys, integer, rows, seconds, text, words
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTCOMES = {"passed": Outcome.PASSED, "failed": Outcome.FAILED, "pending": Outcome.SKIPPED}
_FRAME = re.compile(r"^(?P<file>[^:\s][^:]*):(?P<line>\d{1,9})(?::in .*)?$")
_OUTSIDE = re.compile(r"^\s*An error occurred (?:while loading|in) ")
_LIBRARY = re.compile(r"/gems/|/bundle/|/lib/ruby/|<internal:")


def _sniff(sample: Sample) -> int:
    if has_keys(sample, "examples", "full_description"):
        return 94
    if has_ends(sample, "examples", "errors_outside_of_examples_count"):
        return 93
    return 94 if has_ends(sample, "examples", "summary_line", "example_count") else 0


def _read(source: Source, report: Any) -> Iterator[Item]:
    if not isinstance(get(report, "examples"), list):
        raise IngestError(f"{source.name}: no list of examples in this RSpec report; write it with -f json")
    version, seed = text(report, "version"), text(report, "seed")
    yield RunInfo(
        duration=seconds(report, "summary", "duration", per=1.0),
        properties=tuple((key, said) for key, said in (("RSpec", version), ("seed", seed)) if said),
    )
    messages = [said for said in words(report, "messages") if said.strip()]
    outside = [_outside(said) for said in messages if _OUTSIDE.search(said)]
    stated = integer(report, "summary", "errors_outside_of_examples_count") or 0
    if stated > 0 and not outside:
        # Plugins, and RSpec in other words: as many as are counted, of what was said last.
        outside = [_outside(said) for said in messages[-stated:]]
    yield from outside
    if stated > 0 and not outside:
        yield Failure(text(report, "summary_line") or "an error outside of examples", kind="error")
    counted = 0
    for example in rows(report, "examples"):
        case = _case(example)
        counted += 1
        yield case
    yield from miscounted(integer(report, "summary", "example_count"), counted)


def _case(example: dict[str, Any]) -> CaseResult:
    outcome = _OUTCOMES.get(text(example, "status"), Outcome.ERROR)
    name, full = text(example, "description"), text(example, "full_description")
    reason = text(example, "pending_message")
    if outcome is Outcome.SKIPPED and isinstance(get(example, "exception"), dict):
        outcome = Outcome.XFAILED
    return CaseResult(
        name=name or full,
        outcome=outcome,
        suite=full.removesuffix(name).strip() if name else "",
        file=text(example, "file_path") or None,
        line=integer(example, "line_number"),
        duration=seconds(example, "run_time", per=1.0),
        failures=(_failure(get(example, "exception")),) if outcome.is_red else (),
        properties=(("reason", reason),) if reason and not outcome.is_red else (),
    )


def _failure(told: Any) -> Failure:
    message, kind = text(told, "message").strip(), text(told, "class")
    frames = words(told, "backtrace")
    file, line = _place(frames)
    return Failure(
        message=message or f"{kind or 'failed'} without a message",
        type=kind,
        trace="\n".join((message, *(f"    {frame}" for frame in frames))).strip() if frames else "",
        file=file,
        line=line,
    )


def _place(frames: list[str]) -> tuple[str | None, int | None]:
    """The innermost frame of the project's own code, which RSpec lists first, else of any."""
    found = [match for frame in frames if (match := _FRAME.match(frame[:1_000]))]
    own = next((match for match in found if not _LIBRARY.search(match["file"])), None)
    place = own or (found[0] if found else None)
    return (place["file"], int(place["line"])) if place else (None, None)


def _outside(said: str) -> Failure:
    """A file that did not load, or a hook around a whole group that broke: a text for people."""
    lines = [line.rstrip() for line in said.strip("\n").split("\n")]
    frames = [line.strip().removeprefix("# ") for line in lines if line.lstrip().startswith("# ")]
    file, line = _place(frames)
    body = [line for line in lines[1:] if line.strip() and not line.lstrip().startswith("# ")]
    kind = next((text.strip().rstrip(":") for text in body if re.match(r"^\s*[A-Z][\w:]{2,80}:$", text)), "")
    message = "\n".join([lines[0].strip(), *(line.strip() for line in body)])
    return Failure(message, kind, "error", "\n".join(lines), file, line)


READER = Reader("rspec-json", _sniff, json_report(_read, cases="examples", several=True, counts=True))
