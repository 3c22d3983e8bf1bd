"""What failure texts have in common across runners: exception types, stack frames, where the message ends."""

from __future__ import annotations

import re

from triage.model import Failure

# ``package.module.SomeError``, ``AssertionError``, ``java.io.IOException``; a bare word must end like one.
_TYPE = re.compile(
    r"^(?P<type>(?:[A-Za-z_$][\w$]*[.:]{1,2})*[A-Z][\w$]*"
    r"(?:Error|Exception|Warning|Failure|Failed|Timeout|Interrupt|Exit|Refused|Group|Panic|Iteration|Invalid\w*))"
    r"(?::\s|:?$| \[|(?=\())"
)
_DOTTED = re.compile(r"^(?P<type>[a-z_]\w*(?:\.\w+)*\.[A-Z]\w+)(?::\s|:?$)")
_SHORT = re.compile(r"^(?P<type>Error|Failed|Exit|KeyboardInterrupt|SystemExit|GeneratorExit)(?::\s|:?$| \[)")

_PYTHON_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d{1,9})')
_PYTEST_FRAME = re.compile(r"^(?P<file>(?:[A-Za-z]:)?[^\s:()'\"]+\.\w{1,4}):(?P<line>\d{1,9}):(?: |$)")
_JS_FRAME = re.compile(r"^\s*at (?:.*\()?(?:file://)?(?P<file>[^()\s]+?):(?P<line>\d{1,9}):\d+\)?$")
_JVM_FRAME = re.compile(
    r"^\s*at (?:[\w.$/<>@]+)\((?P<file>[\w$]+\.(?:java|kt|scala|groovy)):(?P<line>\d{1,9})\)"
)
# The words around the file are in the language of the machine: ``in C:\\a b\\X.cs:line 7``, Mono: ``in /a/X.cs:7``.
_DOTNET_FRAME = re.compile(
    r" (?P<file>(?:[A-Za-z]:[\\/]|/)[^:<>|]{1,300}\.(?:cs|vb|fs|feature|razor)|[^\s:<>|]{1,300}\.(?:cs|vb|fs|feature)):"
    r"\D{0,12}(?P<line>[1-9]\d{0,8})\b"
)
_JS_ARROW = re.compile(r"^\s*❯ (?:.* )?(?P<file>\S+?):(?P<line>\d{1,9}):\d+$")

_LIBRARY = re.compile(
    r"site-packages|dist-packages|node_modules|/usr/lib/|/lib/python\d|^node:|<frozen|internal/"
    r"|importlib/|_pytest/|unittest/|asyncio/"
)
_JVM_LIBRARY = re.compile(
    r"^\s*at (?:java|javax|jdk|sun|com\.sun|org\.junit|org\.testng|kotlin|scala|org\.gradle|org\.apache\.maven)\b"
)
_FRAME_START = re.compile(r"^\s+at \S|^\s*File \"|^Traceback \(most recent|^\s*❯ |^\s*Stack:$")


def exception_type(message: str) -> str:
    """The exception class that ``message`` starts with, or ``""``.

    >>> exception_type("httpx.HTTPStatusError: Client error '429 Too Many Requests'")
    'httpx.HTTPStatusError'
    >>> exception_type("Rate limit exceeded")
    ''
    """
    first = message.lstrip().split("\n", 1)[0]
    for pattern in (_TYPE, _DOTTED, _SHORT):
        if match := pattern.match(first):
            return match["type"]
    return ""


def split_message(text: str) -> tuple[str, str]:
    """``text`` as (message, trace): the message ends where the first stack frame begins."""
    lines = text.strip("\n").split("\n")
    for index, line in enumerate(lines):
        if index and _FRAME_START.match(line):
            return "\n".join(lines[:index]).strip(), "\n".join(lines).strip("\n")
    return "\n".join(lines).strip(), ""


def location(trace: str) -> tuple[str | None, int | None]:
    """File and line of the code that failed: the innermost frame of the project's own code, else of any.

    Python lists the innermost frame last, JavaScript, the JVM and .NET (which has files for own code only) first.
    """
    own: tuple[str, int] | None = None
    any_frame: tuple[str, int] | None = None
    for line in trace.split("\n"):
        for pattern, innermost_last in (
            (_PYTHON_FRAME, True),
            (_PYTEST_FRAME, True),
            (_JVM_FRAME, False),
            (_JS_FRAME, False),
            (_JS_ARROW, False),
        ):
            if match := pattern.match(line):
                frame = (match["file"], int(match["line"]))
                if any_frame is None or innermost_last:
                    any_frame = frame
                if (
                    not _LIBRARY.search(frame[0])
                    and not _JVM_LIBRARY.match(line)
                    and (own is None or innermost_last)
                ):
                    own = frame
                break
        else:
            if line.startswith((" ", "at ")) and (dotnet := _DOTNET_FRAME.search(line[:2000])):
                own = own or (dotnet["file"], int(dotnet["line"]))
    return own or any_frame or (None, None)


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
    if not message:
        message = pytest_message(text) or split_message(text)[0]
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
