"""Text to template: what varies from run to run becomes a typed hole, what carries meaning stays.

Kept: HTTP statuses, errno names and numbers, exit and signal codes, ports of well-known services, exception
types. Everything else that looks like a value (ids, numbers, times, paths, addresses) is a hole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

MAX_LENGTH = 2_000
"""Characters of a message that make its template; what comes later is detail."""

_STATUSES = frozenset(str(status.value) for status in HTTPStatus)
_PHRASES = "|".join(re.escape(status.phrase) for status in HTTPStatus if status.value >= 300)

# The order matters: the first alternative that matches at a place wins.
_TOKEN = re.compile(
    r"""
      (?P<jwt>\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?)
    | (?P<uuid>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)
    | (?P<time>\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|\ ?[+-]\d\d:?\d\d)?)?\b|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b)
    | (?P<url>\b(?:https?|wss?|ftp|postgres(?:ql)?|mysql|redis|amqp|mongodb|file)://[^\s'"<>)\]}]+)
    | (?P<email>\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b)
    | (?P<ip>\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\[[0-9a-fA-F:]*::[0-9a-fA-F:]*\](?::\d+)?)
    | (?P<hex>\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b)
    | (?P<keep>
          \b(?:HTTP(?:/[\d.]+)?"?|[Ss]tatus(?:[ _]?[Cc]ode)?|code|answered|returned|got|response|error:?|[Rr]esponse\ \[|Expected:|Received:|->)[\ :='"]{0,4}[1-5]\d\d\b(?!\.\d)
        | \b[45]\d\d\b(?=\ (?:PHRASES))
        | \b(?:[Ee]xit(?:ed)?(?:\ with)?(?:\ (?:code|status))?|[Ss]ignal|errno|Errno|SQLSTATE|ORA-|code)[\ :=\[]{0,3}-?\d+\b
        | \b(?:SQLSTATE)\ ?\[?\w{5}\b
      )
    | (?P<dur>\b\d+(?:\.\d+)?\ ?(?:ms|µs|us|ns|s|sec(?:ond)?s?|min(?:ute)?s?|h(?:ours?)?)\b)
    | (?P<size>\b\d+(?:\.\d+)?\ ?(?:[KMGT]i?B|bytes?|[kKMG]b)\b)
    | (?P<path>(?<![\w.<])(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]+){2,}[\\/]?|(?<![\w/])(?:[\w.@-]+/){1,}[\w@-]+\.\w{1,5}\b)(?P<pathline>:\d+(?::\d+)?)?
    | (?P<version>\bv?\d+\.\d+\.\d+(?:[.-]\w+)*\b)
    | (?P<num>(?<![\w])[-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?%?(?!\w)|(?<=[a-zA-Z_-])\d+\b(?!\.[a-zA-Z])|\b\d+(?=[a-zA-Z_]))
    """.replace("PHRASES", _PHRASES.replace(" ", r"\ ")),
    re.VERBOSE,
)
_ASSERTED = re.compile(r"\bassert (\d{3}) (?:==|!=|in|<|>|<=|>=) \(?(\d{3})\b")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Hole:
    """One masked value."""

    kind: str
    """``uuid``, ``num``, ``path`` ..., as written in the template between angle brackets."""
    value: str


def template_of(text: str) -> tuple[str, tuple[Hole, ...]]:
    """``text`` with its values masked, and the values, in order.

    White space is folded; at most ``MAX_LENGTH`` characters are looked at.

    >>> template_of("tenant 42: HTTP 429 after 3.2 s")
    ('tenant <num>: HTTP 429 after <dur>', (Hole(kind='num', value='42'), Hole(kind='dur', value='3.2 s')))
    """
    text = text[:MAX_LENGTH]
    asserted = _ASSERTED.search(text)
    statuses = asserted.span() if asserted and set(asserted.groups()) <= _STATUSES else (0, 0)
    holes: list[Hole] = []

    def mask(match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        value = match[0]
        if kind == "keep" or (kind == "num" and statuses[0] <= match.start() < statuses[1]):
            return value
        if kind == "pathline":
            kind = "path"
        holes.append(Hole(kind, value))
        return f"<{kind}>"

    return _SPACES.sub(" ", _TOKEN.sub(mask, text)).strip(), tuple(holes)


def normalize(text: str) -> str:
    """``text`` as a template: equal for messages that differ only in values.

    >>> normalize("user 17 not found") == normalize("user 99 not found")
    True
    >>> normalize("status code 429") == normalize("status code 403")
    False
    """
    return template_of(text)[0]


PLACE = " @ "
"""Stands before the place in a template that says too little without one."""

# Tokens whose difference means another cause, however alike the rest is.
_HARD = re.compile(
    r"\b[1-5]\d\d\b|\bE[A-Z]{3,}\b|\b(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Timeout|Failure|Refused)\b"
    r"|'[^'<>]{1,80}'|\"[^\"<>]{1,80}\"|\b(?:exit|signal|errno|code)\D{0,9}-?\d+|\bSQLSTATE\W*\w{5}|\bSIG[A-Z]{2,}\b|\b\d+\b"
    rf"|{PLACE}.+$",
    re.IGNORECASE,
)


def hard_tokens(template: str) -> frozenset[str]:
    """What must be equal before two templates may be called alike: statuses, errnos, codes, exception types, quoted
    names, places."""
    return frozenset(token.lower() for token in _HARD.findall(template))
