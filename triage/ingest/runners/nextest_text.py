"""The lines of ``cargo nextest run``: how a try ended, why it failed, and the rows of a terminal with its progress bar.

Written after the displayer of ``nextest-runner``. What is said of a signal and a time-out begins as in its JUnit report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from triage.ingest.console import MAX_MARK, Line, dedent, indent_of
from triage.ingest.runners.rust_text import begins_failure, is_harness, panic_failure
from triage.model import Failure, Outcome

STATUS = re.compile(
    r"^ *(?:TRY (?P<try>\d{1,4}) )?"
    r"(?P<status>(?:FLAKY|FLKY-FL) (?P<tries>\d{1,4})/(?P<most>\d{1,4})|(?:RETRY|DELAY) \d{1,4}/\d{1,4}"
    r"|(?:ABORT )?SIG \d{1,3}|[A-Z][A-Z0-9+-]{2,13}(?: \+ LEAK)?) "
    r"\[ *(?P<over>>? *)(?P<time>[\d.]*)s? *\] (?:\( *[\d─-]+(?:/[\d─-]+)?\) )?(?P<suite>\S+) +(?P<name>\S.*?)$"
)
_GREEN = ("PASS", "LEAK", "TMPASS", "TIMEOUT-PASS", "SLOW + LEAK", "SLOW+TMPASS")
_RED = ("FAIL", "FL+LK", "FAIL + LEAK", "LEAK-FAIL", "LKFAIL", "TIMEOUT", "TMT", "ABORT")
_NUMBERS = {"HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "FPE": 8, "KILL": 9, "SEGV": 11, "PIPE": 13,
            "ALRM": 14, "TERM": 15}  # fmt: skip
"""Of the signals that have the same number everywhere."""
_SIGNAL = re.compile(
    rf"^(?:(?:ABORT )?SIG ?(?P<number>\d{{1,3}})|SIG(?P<long>[A-Z]+\d?)|(?P<short>{'|'.join(_NUMBERS)}|BUS|SYS|USR[12]))$"
)
"""Behind the number of a try there is no room for the ``SIG``."""
_BEGIN = re.compile(r"^(?:START|RETRY \d+/\d+)$")
_GOES_ON = re.compile(r"^(?:SLOW|TERMINATING|TRMNTG|DELAY \d+/\d+)$")
_OUTPUT = re.compile(
    r"^(?:--- (?:TRY \d+ )?STD(?:OUT|ERR): | {2,}(?:TRY \d+ )?(?:std(?:out|err)(?: \(.*\))?|output) ─|─{8,}|-{8,})"
)
_ENDED = re.compile(
    r"^\s*\((?:test|script) (?P<how>(?:aborted with signal (?P<signal>\d+)(?:: (?P<name>\w+))?|failed|timed out)[^()]*)\)$"
)
RULER = re.compile(r"^(?P<row>─{8,} +) Nextest run ")
"""The first two rows that stand above a progress bar, in one line."""
_BAR = re.compile(
    r"^ *(?:[A-Z][A-Za-z0-9 ]{2,20} )?\[ \d\d:\d\d:\d\d\]|^ *\.\.\. and \d+ more tests? running"
)


def outcome(status: str) -> Outcome | None:
    """How a try ended, None for what is no end (``SLOW``, ``START``)."""
    if status in _GREEN or status.startswith("FLAKY"):
        return Outcome.PASSED
    if status in _RED or status.startswith("FLKY-FL") or _SIGNAL.match(status):
        return Outcome.FAILED
    if status == "XFAIL":
        return Outcome.ERROR
    return Outcome.SKIPPED if status == "SKIP" else None


def begins(status: str) -> bool:
    """Whether a try begins here, whose output follows: only without capture is that said."""
    return _BEGIN.match(status) is not None


def goes_on(status: str) -> bool:
    """Whether a test goes on that was told of elsewhere."""
    return _GOES_ON.match(status) is not None


def failure(name: str, status: Line, lines: Sequence[Line], margin: int | None = None) -> Failure:
    """Why a try failed, of which ``lines`` were printed; of one without any, the line of its status.

    What a test printed stands two spaces deeper than the head above it, if no other ``margin`` is known.
    """
    if margin is None:
        head = next((line for line in lines if line.text[:1] == " " and _OUTPUT.match(line.mark)), None)
        margin = 2 + (indent_of(head.text) if head else 2)
    match = STATUS.match(status.mark)
    note = _note(match["status"] if match else "", lines)
    kind = "error" if match and outcome(match["status"]) is Outcome.ERROR else "failure"
    bare = dedent([line.text for line in lines], margin)
    said = [
        Line(line.number, text)
        for line, text in zip(lines, bare, strict=True)
        if text.strip()
        and not (_OUTPUT.match(line.mark) or _ENDED.match(line.mark) or is_harness(text[:MAX_MARK], name))
    ]
    if not said:
        return Failure(note, kind=kind, trace=status.text.strip(), source_line=status.number)
    start = next((i for i, line in enumerate(said) if begins_failure(line.mark)), None)
    found = panic_failure("\n".join(line.text for line in said[start or 0 :]), said[start or 0].number)
    if note:
        # What was printed last before a process died need not be why.
        found = replace(found, message=f"{note}{chr(10) if start is None else ': '}{found.message}")
    return replace(found, kind=kind)


def is_bare(told: Failure) -> bool:
    """Whether there is no more than the line of a status."""
    return STATUS.match(told.trace[:MAX_MARK]) is not None


def _note(status: str, lines: Iterable[Line]) -> str:
    if status in ("TIMEOUT", "TMT"):
        return "test timeout"
    if status == "XFAIL":
        return "could not be started"
    ended = next((match for line in lines if (match := _ENDED.match(line.mark))), None)
    number, name = (ended["signal"], ended["name"] or "") if ended else (None, "")
    if number is None and (signal := _SIGNAL.match(status)):
        short = signal["long"] or signal["short"] or ""
        number, name = signal["number"] or _NUMBERS.get(short), f"SIG{short}" if short else ""
    if number is None:
        return f"ended by {status}" if status == "ABORT" or _SIGNAL.match(status) else ""
    return f"process aborted with signal {number}" + (f" ({name})" if name else "")


def script_failure(name: str, lines: Sequence[Line]) -> Failure:
    """Why a set-up script failed: how it ended, and the last that it printed."""
    ended = next((match["how"] for line in lines if (match := _ENDED.match(line.mark))), "failed")
    said = [line.text.strip() for line in lines if not (_OUTPUT.match(line.mark) or _ENDED.match(line.mark))]
    last = next((text for text in reversed(said) if text and not text.startswith("SETUP ")), "")
    return Failure(
        f"setup script {name} {ended}" + (f": {last}" if last else ""),
        kind="error",
        trace="\n".join(line.text for line in lines).rstrip(),
        source_line=lines[0].number,
    )


def rows(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines without the progress bar of a terminal, which fills every line of the output with blanks to the width of
    the window and ends none of them."""
    width = 0
    for line in lines:
        if match := RULER.match(line.text[:MAX_MARK]):
            width = len(match["row"])
        if _BAR.match(line.text[:MAX_MARK]):
            continue
        if width and len(line.text) > width:
            yield from _parted(line, width)
        else:
            yield line


def _parted(line: Line, width: int) -> Iterator[Line]:
    row = ""
    for at in range(0, len(line.text), width):
        row += line.text[at : at + width]
        # One that fills its row goes on in the next.
        if row.endswith(" ") or at + width >= len(line.text):
            if not _BAR.match(row[:MAX_MARK]):
                yield Line(line.number, row.rstrip())
            row = ""
