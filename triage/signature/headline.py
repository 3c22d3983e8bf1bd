"""The line of a long report that names its cause: below dumps and diffs, above frames.

What a runtime says of an exception decides, in this order: the innermost cause, the exception below a traceback, the first
line that is an exception. Where there is none the line counts that sounds most like a failure.
"""

from __future__ import annotations

import re

from triage.escapes import ANSI
from triage.ingest.logs.severity import telling_line

_BEGIN, _END = 16_384, 8_192
"""Characters of a report that are looked at."""
_NEXT, _TOLD = 12, 5
"""Lines below a headline that doesn't say what was wrong, and how many of those that do are taken with it."""

_EXCEPTION = r"(?:[A-Za-z_$][\w$]*(?:\.|::))*[A-Z][\w$]*(?:Error|Exception|Failure|Fault|Timeout|Failed|Refused|Exit|Interrupt|Panic)\b(?!\()"
_CAUSED = re.compile(
    r"^[ \t]*(?:\[?[Cc]aused? by\]?|\[cause\]|Root cause|Inner exception): ?(?=\S)(.*)$", re.MULTILINE
)
_RAISED = re.compile(
    r"^(?:E {2,7}|[ \t]{0,8})(?:Uncaught |Unhandled |Exception in thread \"[^\"\n]*\" |Error: Uncaught |> )?"
    rf"({_EXCEPTION}(?:[: \[(].*)?)$",
    re.MULTILINE,
)
_SAYS_THAT = re.compile(
    rf"^[ \t]*(?:{_EXCEPTION}:?|(?:Error: |{_EXCEPTION}: )?(?:expect\(.*|Timed out \S+ waiting for expect\(.*|.*: Timeout \S+ exceeded\.?)"
    r"|\S+:\d+: Failure|--- FAIL: .*|Failure/Error: .*|thread .* panicked at \S+:)[ \t]*$",
    re.MULTILINE,
)
"""Headlines that say that something was compared or waited for, but neither what was wanted nor what was there."""
_FRAME = re.compile(
    r"(?:at|in) \S|File \S|#\d+ |[\W_]*$|\(compared |goroutine \d|stack backtrace|note: run with"
)
_SYMBOL = re.compile(r"(cannot find symbol)[^\S\n]*\n(?:.*\n){0,3}?.*\bsymbol: +(.*)")
"""What javac says of a name it does not know, and the name below."""
_TRACEBACK = "Traceback (most recent call last)"


def headline_of(text: str) -> str:
    """The line of ``text`` that names the cause, in one line; a text of one line is its own headline.

    >>> headline_of("GET /v1 200\\n{}\\nTypeError: x is not a function\\n    at run (a.js:1:2)")
    'TypeError: x is not a function'
    """
    if "\x1b" in text:
        text = ANSI.sub("", text)
    if "\n" not in text.strip():
        return text.strip()
    looked = text if len(text) <= _BEGIN + _END else f"{text[:_BEGIN]}\n{text[-_END:]}"
    found: list[re.Match[str]] = []
    if "ause" in looked:
        found = list(_CAUSED.finditer(looked))[-1:]
    if not found:
        begin = looked.find(_TRACEBACK)
        raised = list(_RAISED.finditer(looked, max(0, begin)))
        found = raised[-1:] if begin >= 0 else raised[:1]
    if not found and (bare := _SAYS_THAT.search(looked)):
        return _with_detail(bare[0].strip(), looked[bare.end() :])
    if not found:
        return telling_line(_SYMBOL.sub(r"\1: \2", looked) if "cannot find symbol" in looked else looked)
    return _with_detail(found[0][1].strip(), looked[found[0].end() :])


def _with_detail(said: str, below: str) -> str:
    """The headline, with what stands below it where it doesn't say what was wrong."""
    if not _SAYS_THAT.fullmatch(said):
        return said
    told: list[str] = []
    for line in map(str.strip, below.split("\n", _NEXT + 1)[1 : _NEXT + 1]):
        if _FRAME.match(line) and line:
            if told:
                break
        elif line:
            told.append(line)
    return f"{said.rstrip(':')}: {' '.join(told[:_TOLD])}" if told else said
