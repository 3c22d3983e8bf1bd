"""Tracebacks of Python's unittest, as its runners print them, with and without the line that begins one."""

from __future__ import annotations

from collections.abc import Sequence

from triage.ingest.case_book import failure_of
from triage.ingest.console import Line
from triage.model import Failure

_FRAME = '  File "'


def traceback_failure(lines: Sequence[Line], kind: str) -> Failure:
    """The failure that ``lines`` tell; its message is what stands below the last frame.

    >>> lines = ['  File "a.py", line 1, in f', "    f()", "ValueError: no", "  such card"]
    >>> traceback_failure([Line(n, text) for n, text in enumerate(lines)], "error").message
    'ValueError: no\\n  such card'
    """
    last = max((i for i, line in enumerate(lines) if line.text.startswith(_FRAME)), default=-1)
    said = list(range(last + 1, len(lines)))
    while said and lines[said[0]].text.startswith(("    ", "Traceback (most recent")):
        said.pop(0)
    message = "\n".join(lines[i].text for i in said).strip()
    return failure_of(lines, message=message, kind=kind)
