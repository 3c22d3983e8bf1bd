"""The line of a long report that names its cause: below dumps and diffs, above frames.

What a runtime says of an exception decides, in this order: the innermost cause, the exception below a traceback, the first
line that is an exception. Where there is none the line counts that sounds most like a failure.
"""

from __future__ import annotations

import re

from triage.escapes import ANSI
from triage.ingest.logs.severity import WRAPPER, is_echo, severity, telling_line

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
    r"|\S+:\d+: (?:Failure|FAILED:)|--- FAIL: .*|panic: test timed out after \S+|Timeout of \S+ exceeded\.?|ERROR in \S+(?: \d+:\d+\S*)?|Failure/Error: .*|thread .* panicked at \S+:)[ \t]*$",
    re.MULTILINE,
)
"""Headlines that say that something was compared or waited for, but neither what was wanted nor what was there."""
_FRAME = re.compile(
    r"(?:at|in) \S|File \S|#\d+ |[\W_]*$|\(compared |goroutine \d|stack (?:back|trace)|note: run with"
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_PLAIN = re.compile(r"(?!(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) )[A-Za-z][^\s:=]* .*[^{}\[\],;:\s]$")
"""Words, and no part of a dump."""
_SENTENCE = 3
"""Words of a line that says something by itself."""
_SYMBOL = re.compile(r"(cannot find symbol)[^\S\n]*\n(?:.*\n){0,3}?.*\bsymbol: +(.*)")
"""What javac says of a name it does not know, and the name below."""
_TRACEBACK = "Traceback (most recent call last)"
_STAMP = re.compile(r"^\[ *\d{1,8}\.\d{6}\] ?", re.MULTILINE)
"""Seconds since it began, which a kernel puts before each line that it writes."""
_PROCESSOR = re.compile(
    r"^(?:[ \t]*(?:[RE]?IP|PC is at|pc|NIP)\b|.{0,80}?\}, at:)[^\n]*?(?<![\w.])((?>[A-Za-z_]\w*))(?>[\w.]*)\+0x[0-9a-f]+/0x",
    re.MULTILINE,
)
"""Where the processor was, by its registers, or wanted a lock: such reports of a kernel have no other words for what went wrong."""
_TRAP = re.compile(r"\b(?:fault|trap)\b")
_TRAPPED = re.compile(
    r"^(?:#\d+ 0x[0-9a-f]+ at calltrap\b[^\n]*|--- trap\b[^\n]*)\n[^\n]{0,80}?\bat (?:\w+:)?(\w+)\+0x"
    r"|^Stopped at[ \t]+(?!(?:kdb_enter|db_enter|panic)\b)(?:\w+:)?(\w+)\+0x",
    re.MULTILINE,
)
"""What ran when the processor of a BSD trapped: its report says which trap that was, and no more."""
_SANITIZER = re.compile(r"\b([A-Z][A-Za-z]{1,20}Sanitizer: [\w -]{2,60}?)(?: on | \(|:|$)", re.MULTILINE)
_STACKED = re.compile(
    r"^[ \t]*#(\d{1,3})[ \t]+(?:0x[0-9a-f]+[ \t]+)?(?:in[ \t]+)?((?:\(anonymous namespace\)|[^\n(]){1,200}?)(?=\((?!anon)|[ \t]+\S{1,300}:\d|\+0x|[ \t]*$)([^\n]*)",
    re.MULTILINE,
)
_OF_THE_RUNTIME = re.compile(
    r"_*(?:interceptor|wrap|[a-z]{1,3}san|sanitizer|libc|lsan|ubsan|hwasan)_|(?:mem|str|wcs|mk)[a-z]{2,8}$|[vfsn]{0,3}printf|scanf_common"
    r"|(?:malloc|calloc|realloc|free|abort|raise|gsignal|kill|read|write|recv|send)$|operator |_start$|\?\?|<null>"
)
"""Functions of a sanitizer, and of the library that it looks into."""
_RUNTIME = re.compile(r"libclang_rt|compiler-rt|sanitizer_common|libsanitizer|libasan|libtsan")
_CODE_ALONE = re.compile(
    r"(?:[\w.-]+[ _.-])??(?i:status|(?:status|exit|error|response)[ _-]?code|exit[ _-]?status|code|errno)[\"']? ?[:=] ?[\"']?-?(\d{1,5})[\"']?,?"
)
"""A line that holds nothing but a code, as clients print below what they say."""
_CODE_ENDS = frozenset("0123456789\"',")
_BESIDE = 3
"""Lines below a headline that are looked at for such a one."""


def headline_of(text: str) -> str:
    """The line of ``text`` that names the cause, in one line; a text of one line is its own headline.

    >>> headline_of("GET /v1 200\\n{}\\nTypeError: x is not a function\\n    at run (a.js:1:2)")
    'TypeError: x is not a function'
    """
    if "\x1b" in text:
        text = ANSI.sub("", text)
    told = text.strip()
    if told[:1] == "[" and _STAMP.match(told):
        told = text = _STAMP.sub("", told)
    if "\n" not in told:
        return told
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
        if "cannot find symbol" in looked:
            looked = _SYMBOL.sub(r"\1: \2", looked)
        said = telling_line(looked)
        if severity(said[:1_000]) < WRAPPER or _FRAME.match(said):
            said = _said_first(looked) or said
        elif is_echo(said[:1_000]) or _CODE_ALONE.fullmatch(said):
            said = _said_first(looked, said) or said
        if place := _place_of(said, looked):
            return place
        below = looked[looked.find(said) + len(said) :]
        return _with_next(said, below) if said.endswith(":") else _with_code(said, below)
    return _with_detail(found[0][1].strip(), looked[found[0].end() :])


def _place_of(said: str, text: str) -> str:
    """The headline with what ran then, where it only names a trap or what a sanitizer found; else nothing."""
    if "+0x" in text and "+0x" not in said:
        trapped = _TRAPPED.search(text) if _TRAP.search(said) else None
        if at := trapped or _PROCESSOR.search(text):
            return f"{said} in {at[at.lastindex or 0]}"
    if "Sanitizer: " in said and (found := _SANITIZER.search(text)):
        frames = _STACKED.finditer(text, found.end())
        for number, frame in enumerate(frames):
            if int(frame[1]) != number:
                break  # Another stack: where it was freed, or made.
            called = frame[2].replace("(anonymous namespace)::", "")
            if not _OF_THE_RUNTIME.match(called) and not _RUNTIME.search(frame[3]):
                return f"{found[1]} in {called.rsplit(' ', 1)[-1]}"
    return ""


def _said_first(text: str, echo: str = "") -> str:
    """What a text begins with, where no line of it says what went wrong: a sentence, or what it announces as well; with
    ``echo``, which says no more than that something did."""
    lines = [line for line in map(str.strip, text.split("\n")) if line and not _FRAME.match(line)]
    said = [line for line in lines if line != echo]
    if not said or (len(lines) > _NEXT and not is_plain(said[0])):
        return ""
    is_sentence = " " in said[0] and len(_WORD.findall(said[0])) >= _SENTENCE and not said[0].endswith(":")
    first = said[0] if is_sentence else " ".join(said[: _TOLD + 1])
    return f"{first} ({echo.rstrip(',')})" if echo else first


def is_plain(line: str) -> bool:
    """Whether a line is words, and no part of a dump."""
    return _PLAIN.match(line) is not None


def _with_detail(said: str, below: str) -> str:
    """The headline, with what stands below it where it doesn't say what was wrong."""
    if not _SAYS_THAT.fullmatch(said):
        return _with_code(said, below)
    told: list[str] = []
    for line in map(str.strip, below.split("\n", _NEXT + 1)[1 : _NEXT + 1]):
        if _FRAME.match(line) and line:
            if told:
                break
        elif line:
            told.append(line)
    return f"{said.rstrip(':')}: {' '.join(told[:_TOLD])}" if told else said


def _with_next(said: str, below: str) -> str:
    """The headline, with the line that it announces."""
    lines = (line for line in map(str.strip, below.split("\n", _NEXT)[:_NEXT]) if line)
    following = next(lines, "")
    return said if not following or _FRAME.match(following) else f"{said} {following}"


def _with_code(said: str, below: str) -> str:
    """The headline, with the code that stands alone in one of the next lines."""
    for line in map(str.strip, below.split("\n", _BESIDE + 1)[1 : _BESIDE + 1]):
        if line[-1:] in _CODE_ENDS and (code := _CODE_ALONE.fullmatch(line)) and code[1] not in said:
            return f"{said} ({line.rstrip(',')})"
    return said
