"""What failure texts have in common across runners: exception types, stack frames, where the message ends."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import dropwhile, takewhile

from triage.ingest.frames import own_frame
from triage.model import Failure

# ``package.module.SomeError``, ``AssertionError``, ``java.io.IOException``; a bare word must end like one.
_TYPE = re.compile(
    r"^(?P<type>(?:[A-Za-z_$][\w$]*[.:]{1,2})*[A-Z][\w$]*"
    r"(?:Error|Exception|Warning|Failure|Failed|Timeout|Interrupt|Exit|Refused|Group|Panic|Iteration|Invalid\w*))"
    r"(?::\s|:?$| \[|(?=\())"
)
_DOTTED = re.compile(r"^(?P<type>[a-z_]\w*(?:\.\w+)*\.[A-Z]\w+)(?::\s|:?$)")
_SHORT = re.compile(r"^(?P<type>Error|Failed|Exit|KeyboardInterrupt|SystemExit|GeneratorExit)(?::\s|:?$| \[)")

_BEHIND = re.compile(
    r"^(?:\S+\.(?:rb|rake|erb):\d+:in [^\n]{1,900}\(|\*\* \()(?P<type>[A-Z][\w.:]*)\)(?:$|(?<=\)) )"
)
"""Ruby and Elixir put it in parentheses."""
_TERMINATE = re.compile(r"^terminate called after throwing an instance of '(?P<type>[^'\n]+)'")
# What a runtime puts before an exception that nothing caught.
_UNCAUGHT = re.compile(
    r"(?:PHP )?(?:Fatal error: +)?(?:Uncaught (?:exception )?|Unhandled (?:[Ee]xception|[Rr]ejection)[.:]? "
    r'|Caused by: |Exception in thread "[^"\n]*" )'
)

_LONGEST = 2_000
"""Characters of a line that may begin with an exception."""
_TRACEBACK = re.compile(r"^(?:Exception Group )?Traceback \(most recent call last\):\s*$")
_CAPTURED = re.compile(r"^Captured (?:stdout|stderr|logging)\b")
_FRAME_START = re.compile(r"^\s+at \S|^\s*File \"|^Traceback \(most recent|^\s*❯ |^\s*Stack:$")


def exception_type(message: str) -> str:
    """The exception class that ``message`` starts with, or ``""``.

    >>> exception_type("httpx.HTTPStatusError: Client error '429 Too Many Requests'")
    'httpx.HTTPStatusError'
    >>> exception_type("Rate limit exceeded")
    ''
    """
    return _type_in(message.lstrip()[:_LONGEST].split("\n", 1)[0])


@lru_cache(maxsize=1024)  # the failures of one run have many of their lines in common
def _type_in(line: str) -> str:
    if uncaught := _UNCAUGHT.match(line):
        line = line[uncaught.end() :]
    for pattern in (_TYPE, _DOTTED, _SHORT, _BEHIND, _TERMINATE):
        if match := pattern.match(line):
            return match["type"]
    return ""


def split_message(text: str) -> tuple[str, str]:
    """``text`` as (message, trace): the message ends where the first stack frame begins."""
    lines = text.strip("\n").split("\n")
    if _TRACEBACK.match(lines[0]) and (raised := _raised(lines)):
        return raised, "\n".join(lines)
    for index, line in enumerate(lines):
        if index and _FRAME_START.match(line):
            return "\n".join(lines[:index]).strip(), "\n".join(lines).strip("\n")
    return "\n".join(lines).strip(), ""


def _raised(lines: list[str]) -> str:
    """The exception below the last traceback in ``lines``."""
    start = max(index for index, line in enumerate(lines) if _TRACEBACK.match(line))
    told = list(dropwhile(lambda line: not line.strip() or line[0] in " \t", lines[start + 1 :]))
    return "\n".join(takewhile(lambda line: line.strip() and not _CAPTURED.match(line), told)).strip()


def location(trace: str) -> tuple[str | None, int | None]:
    """File and line of the code that failed: the innermost frame of the project's own code, else of any."""
    frame = own_frame(trace)
    return (frame.file, frame.line) if frame else (None, None)


def pytest_message(trace: str) -> str:
    """The message of a pytest failure section: its last block of ``E`` lines, without the ``E``."""
    block: list[str] = []
    last: list[str] = []
    for line in trace.split("\n"):
        if line.startswith("E   ") or line.rstrip() == "E":
            block.append(line[4:].rstrip())
        elif block:
            last, block = block, []
    message = _dedent(block or last)
    first, _, rest = message.partition("\n")
    if first.startswith('File "') and exception_type(final := rest.rpartition("\n")[2]):
        # A syntax error tells its place before what is wrong.
        return f"{final}\n{message.removesuffix(final).rstrip()}"
    return message


def _dedent(lines: list[str]) -> str:
    margin = min((len(ln) - len(ln.lstrip()) for ln in lines if ln.strip()), default=0)
    return "\n".join(ln[margin:] for ln in lines).strip()


def failure_from(
    text: str, *, message: str = "", type: str = "", kind: str = "failure", source_line: int | None = None
) -> Failure:
    """A failure from the text a runner printed, with whatever it said separately; the rest is derived."""
    text = text.strip("\n")
    # What has a blank in it is no name of a class.
    if not message or (
        " " not in message and exception_type(message) == message and not _FRAME_START.match(text)
    ):
        # A message that only names the exception says less than the text.
        message = pytest_message(text) or split_message(text)[0] or message
    file, line = location(text)
    return Failure(
        message=message.strip(),
        type=type or exception_type(message),
        kind=kind,
        trace=text if text.strip() != message.strip() else "",
        file=file,
        line=line,
        source_line=source_line,
    )
