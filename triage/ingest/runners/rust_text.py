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
_OLD = re.compile(r"^thread '.*?' panicked at '(?P<said>.*)$")
_OLD_END = re.compile(r"^(?P<said>.*)', (?P<file>\S+?):(?P<line>\d{1,9}):\d+$")
_MOST = 1_000
"""Lines of one message."""
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
        if (failure := several_lines(lines, number)) is not None:
            return failure
        return replace(failure_from(text, message=_plain(lines)), trace=text, source_line=number)
    index, match = panic
    message = match["old"] or _plain(lines[index + 1 :])
    return Failure(message, "", "failure", text, match["file"], int(match["line"]), number)


def several_lines(lines: Sequence[str], number: int) -> Failure | None:
    """The panic of a Rust before 1.73, which said where it was behind a message of several lines."""
    for begin, line in enumerate(lines):
        if (first := _OLD.match(line[:MAX_MARK])) is None:
            continue
        for end in range(begin + 1, min(len(lines), begin + _MOST)):
            if last := _OLD_END.match(lines[end][:MAX_MARK]):
                message = "\n".join([first["said"], *lines[begin + 1 : end], last["said"]])
                trace = "\n".join(lines)
                return Failure(message, "", "failure", trace, last["file"], int(last["line"]), number)
    return None


def _plain(lines: Sequence[str]) -> str:
    end = next((i for i, line in enumerate(lines) if _AFTER.match(line)), len(lines))
    return "\n".join(lines[:end]).strip()
