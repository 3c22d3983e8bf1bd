"""Any other text: its error lines and stack traces, each with the lines around it.

A log has no test cases, so what it tells are failures of the run. Readers of real formats are asked first.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.ingest.parts import exception_type, failure_from
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.severity import CAUSE, ERROR, WRAPPER, severity
from triage.model import Failure, Item, Warn

_BEFORE, _AFTER = 3, 3
_MAX_TRACE = 400
_MAX_COPIES = 50

_LOG_PREFIX = re.compile(
    r"^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?\]?|\d\d:\d\d:\d\d(?:[.,]\d+)?"
    r"|\w{3} [ \d]\d \d\d:\d\d:\d\d)\s+"
)
_LEVEL = re.compile(
    r"^(?:\[[\w#-]{1,20}\]\s+)*\[?(?:ERROR|FATAL|CRITICAL|SEVERE|WARN(?:ING)?|INFO|ERR)\]?:?\s+(?:\[[^\]]{1,60}\]\s*)?(?:[\w.$/-]{1,60}(?:\[\d+\])?:\s+|- )?"
)
_TRACEBACK = re.compile(r"Traceback \(most recent call last\):\s*$")
_CHAIN = re.compile(r"^(?:During handling of the above exception|The above exception was the direct cause)")
_STACK = re.compile(
    r"^\s+at \S|^\s*\.\.\. \d+ (?:more|common frames)|^\s*Caused by: |^\s*Suppressed: |^\s+File \"|^goroutine \d+ \[|^\s+\S+\.go:\d+|^\s*\d+: +0x|^\s+from \S+:\d+:in"
)
_DIGITS = re.compile(r"0x[0-9a-fA-F]+|\d+|[0-9a-f]{8,}")


def _sniff(sample: Sample) -> int:
    text = sample.text.lstrip("\ufeff \t\r\n")
    if not text or text.startswith("<"):
        return 0
    if text[0] in "{[" and not _is_log_lines(text):
        return 0
    return 5


def _is_log_lines(text: str) -> bool:
    """Whether text that looks like JSON is a log with one object a line, or has a bracketed prefix."""
    first, _, rest = text.partition("\n")
    if first.startswith("{"):
        return first.rstrip().endswith("}") and any(
            key in first for key in ('"level"', '"msg"', '"message"', '"severity"')
        )
    return not (
        first.rstrip() in ("[", "[{") or first.startswith(('[{"', "[[")) or (first.endswith("]") and not rest)
    )


@dataclass
class _Open:
    """A failure whose last lines are not there yet."""

    first_line: int
    lines: list[str]
    message: str
    kind: str = "line"
    """``line`` (takes a few lines more), ``stack`` (as long as frames follow), ``traceback`` (until the
    exception line)."""
    left: int = _AFTER
    score: float = ERROR
    headline: list[str] = field(default_factory=list)


def bare(line: str) -> str:
    """``line`` without its time stamp, level and logger name."""
    rest = _LOG_PREFIX.sub("", line)
    return _LEVEL.sub("", rest, count=1).strip() or line.strip()


def _read(source: Source) -> Iterator[Item]:
    before: deque[str] = deque(maxlen=_BEFORE)
    current: _Open | None = None
    copies: Counter[str] = Counter()
    first_seen: dict[str, int] = {}
    for number, line in enumerate(source.lines(), 1):
        if current is not None and not _extend(current, line):
            yield from _finish(current, copies, first_seen)
            current = None
        if current is None or current.kind == "line":
            opened = _start(number, line, before)
            if opened is not None:
                if current is not None:
                    # An exit code or a failed step right behind a cause is its echo, not a second failure.
                    if current.score >= ERROR and opened.score <= WRAPPER:
                        before.append(line)
                        continue
                    yield from _finish(current, copies, first_seen)
                current = opened
        before.append(line)
    if current is not None:
        yield from _finish(current, copies, first_seen)
    for key, count in copies.items():
        if count > _MAX_COPIES:
            yield Warn(f"said {count} times, the first {_MAX_COPIES} are kept", first_seen[key])


def _start(number: int, line: str, before: deque[str]) -> _Open | None:
    score = severity(line)
    if score < WRAPPER:
        return None
    context = [*before, line]
    first = number - len(before)
    if _TRACEBACK.search(line):
        return _Open(first, context, "", "traceback", _MAX_TRACE, CAUSE)
    message = bare(line)
    is_stack = score == CAUSE and bool(
        exception_type(message) or message.startswith(("panic:", "goroutine", "thread '"))
    )
    return _Open(
        first, context, message, "stack" if is_stack else "line", _MAX_TRACE if is_stack else _AFTER, score
    )


def _extend(current: _Open, line: str) -> bool:
    """Add ``line`` if it still belongs to the failure."""
    if current.left <= 0:
        return False
    if current.kind == "stack" and not _STACK.match(line):
        if line.startswith(("\t", "    ")) and line.strip():
            pass
        else:
            current.kind, current.left = "line", _AFTER
    if current.kind == "traceback" and not current.message:
        if (
            line.strip()
            and not line.startswith((" ", "\t"))
            and not _TRACEBACK.search(line)
            and not _CHAIN.match(line)
        ):
            current.message = bare(line)
            current.kind = "after-traceback"
    elif current.kind == "after-traceback":
        if _CHAIN.match(line) or _TRACEBACK.search(line):
            current.kind, current.message = "traceback", ""
        elif line.strip():
            return False
    current.lines.append(line)
    current.left -= 1
    return True


def _finish(current: _Open, copies: Counter[str], first_seen: dict[str, int]) -> Iterator[Failure]:
    while current.lines and not current.lines[-1].strip():
        current.lines.pop()
    message = current.message or "Traceback without its exception: the log ends here"
    key = _DIGITS.sub("#", message)
    copies[key] += 1
    first_seen.setdefault(key, current.first_line)
    if copies[key] <= _MAX_COPIES:
        yield failure_from(
            "\n".join(current.lines), message=message, kind="error", source_line=current.first_line
        )


READER = Reader("log", _sniff, _read)
