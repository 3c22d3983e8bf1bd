"""The failure text of Rust tests: panics before and since Rust 1.73, tests that should have panicked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from triage.ingest.console import MAX_MARK
from triage.ingest.parts import failure_from
from triage.model import Failure

PANIC = re.compile(
    r"^thread '.*?' (?:\(\d+\) )?panicked at (?:'(?P<old>.*)', )?(?P<file>\S+?):(?P<line>\d{1,9}):\d+:?$"
)
_NOT_AS_EXPECTED = re.compile(r"^note: (?:test did not panic|panic did not contain)")
_HARNESS = re.compile(
    r"^\s*(?:running \d+ tests?|test \S.* \.\.\. \w+|failures:|---- \S.* stdout ----|test result: .*)$"
)
_AFTER = re.compile(r"^note: |^stack backtrace:")


def begins_failure(line: str) -> bool:
    """Whether a line is the first of what says why a test failed."""
    return (PANIC.match(line) or _NOT_AS_EXPECTED.match(line)) is not None


def is_harness(line: str, name: str) -> bool:
    """Whether libtest printed the line around the output of the test ``name``."""
    return line.strip() == name or _HARNESS.match(line) is not None


def panic_failure(text: str, number: int) -> Failure:
    """What a failed test printed, from line ``number`` on."""
    lines = text.split("\n")
    expected = next((i for i, line in enumerate(lines) if _NOT_AS_EXPECTED.match(line)), None)
    if expected is not None:
        # A panic that was not the expected one may be printed behind.
        said = takewhile(lambda line: not PANIC.match(line[:MAX_MARK]), lines[expected:])
        message = "\n".join(line.strip() for line in said).strip().removeprefix("note: ")
        return failure_from(text, message=message, source_line=number)
    panic = next(((i, m) for i, line in enumerate(lines) if (m := PANIC.match(line[:MAX_MARK]))), None)
    if panic is None:
        return replace(failure_from(text, message=_plain(lines)), trace=text, source_line=number)
    index, match = panic
    message = match["old"] or _plain(lines[index + 1 :])
    return Failure(message, "", "failure", text, match["file"], int(match["line"]), number)


def _plain(lines: Sequence[str]) -> str:
    end = next((i for i, line in enumerate(lines) if _AFTER.match(line)), len(lines))
    return "\n".join(lines[:end]).strip()
