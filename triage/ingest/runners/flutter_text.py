"""What Flutter prints of an exception that it caught in a test: a box of its own, ahead of the line that says that the test failed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from triage.ingest.console import MAX_MARK, Line, until
from triage.ingest.parts import failure_from
from triage.model import Failure

BOX = re.compile(r"^══╡ EXCEPTION CAUGHT BY .* ╞═+$")
BOX_END = re.compile(r"^═{20,}$")
IN_BOX = "Test failed. See exception logs above."
"""What the test's own error says where the box says why."""
_HEAD = re.compile(r"^The following .*:$")
_SAID = re.compile(
    r"^(?:When the exception was thrown|The relevant error-causing widget|The test description was)\b"
)
_FRAME = re.compile(
    r"^#\d+ .*\((?:file://)?(?P<file>(?!package:(?:flutter|test|stack_trace)|dart:)\S+\.dart):(?P<line>\d{1,9})(?::\d+)?\)$"
)
_NAME = "The test description was:"


def boxed(boxes: Sequence[list[Line]], test: str) -> Failure:
    """Why ``test`` failed: of several boxes, the first line of each of which is its head, that which names the test, else the
    first."""
    head, *lines = next((box for box in boxes if test.endswith(_described(box))), boxes[0])
    told = [line.text for line in lines if not BOX_END.match(line.mark)]
    start = next((at + 1 for at, text in enumerate(told) if _HEAD.match(text[:MAX_MARK])), 0)
    said, place = until(told[start:], _SAID), head.number + 1 + start
    failure = failure_from("\n".join(told).strip(), message=said, source_line=place)
    frame = next((match for text in told if (match := _FRAME.match(text[:MAX_MARK]))), None)
    return replace(
        failure,
        trace="\n".join(line.text for line in (head, *lines)),
        file=frame["file"] if frame else failure.file,
        line=int(frame["line"]) if frame else failure.line,
    )


def _described(box: Sequence[Line]) -> str:
    """The test that a box is of, where it says so."""
    texts = [line.text for line in box]
    names = texts[texts.index(_NAME) + 1 :] if _NAME in texts else []
    return names[0].strip() if names else "\n"
