"""Secrets out of text: what comes from a log is stored and exported without credentials."""

from __future__ import annotations

import re
from functools import cache

import re2

_MASK = "[redacted]"

# What names of secret values hold; a bare "token" is too often a word of a parser. No pattern begins with what may
# repeat and every repetition has an end, so that a long word costs as much as a long sentence.
_NAME = (
    r"(?:secret|api[-_]?key|access[-_]?key|passw(?:or)?d|passphrase|[-_]pass|pwd"
    r"|(?:[-_?&]|access|refresh|auth|session|id|csrf)token)[\w-]{0,40}"
)
_SET = rf"(?i)({_NAME}\\{{0,8}}[\"']?[^\S\n]{{0,8}}[:=][^\S\n]{{0,8}}"

# Each keeps its first group, which says what stood there.
_PATTERNS = (
    re.compile(
        r"(?i)(\b(?:proxy-)?authorization\b[\"']?\s{0,8}[:=]\s{0,8}[\"']?(?:bearer|basic|token|digest)\s{1,8})"
        r"(?!\[redacted\])[^\s\"',;]+"
    ),
    re.compile(r"(?i)(\bbearer\s{1,8})[A-Za-z0-9._~+/-]{16,}=*"),
    # The value in quotes, in quotes inside a quoted text, or bare.
    re.compile(_SET + r"\")(?!\[redacted\])(?:\\.|[^\"\\\n])+"),
    re.compile(_SET + r"')(?!\[redacted\])(?:\\.|[^'\\\n])+"),
    re.compile(_SET + r"\\{1,8}[\"'])(?!\[redacted\])[^\"'\\\n]+"),
    re.compile(_SET + r")(?![\s\"',;}{\\]|\[redacted\])[^\s\"',;}&\\]+"),
    re.compile(r"(?i)(--(?:password|passwd|token|secret|api-?key)[^\S\n]{1,4})(?!\[redacted\]|-)[^\s\"']+"),
    re.compile(r"(?i)((?:set-)?cookie[\"']?[^\S\n]{0,8}:[^\S\n]{0,8})(?!\[redacted\])(?=\S)[^\r\n\"']+"),
    re.compile(r"(://[^\s:/@\"']{0,256}:)(?!\[redacted\]@)[^\s/\"']{1,512}(?=@)"),
    re.compile(r"(://)[^\s:/@\"'\[\]]{20,512}(?=@)"),
    re.compile(r"()\beyJ[\w-]{8,8192}\.[\w-]{8,8192}(?:\.[\w-]*)?"),
    re.compile(
        r"()\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|sk-[A-Za-z0-9_-]{20,}"
        r"|sk_(?:live|test)_\w{10,}|A[KS]IA[0-9A-Z]{16}|glpat-[\w-]{20,})"
    ),
    re.compile(
        r"()-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,20000}?-----END [A-Z ]{0,40}PRIVATE KEY-----"
    ),
)
_HINT = r"(?i)bearer|authorization|secret|key|token|pass|pwd|cookie|://[^/\s]*@|eyJ|gh[pousr]_|github_pat|xox|sk[-_]|A[KS]IA|glpat|PRIVATE"


@cache
def _hints() -> re2.Set:
    found = re2.Set.SearchSet()
    found.Add(_HINT)
    found.Compile()
    return found


def _hinted(text: str) -> bool:
    try:
        return bool(_hints().Match(text))
    except UnicodeEncodeError:  # a name that is no UTF-8
        return True


def redact(text: str) -> str:
    """``text`` with credentials replaced by ``[redacted]``; what kind they were stays readable.

    >>> redact("-H 'Authorization: Bearer abcdef0123456789'")
    "-H 'Authorization: Bearer [redacted]'"
    """
    if not text or not _hinted(text):
        return text
    for pattern in _PATTERNS:
        text = pattern.sub(lambda match: match[1] + _MASK, text)
    return text


def redact_value(name: str, value: str) -> str:
    """``value`` as ``redact`` leaves it behind its name: what is secret shows in the name alone."""
    return redact(f"{name}={value}")[len(name) + 1 :] if name == redact(name) else redact(value)
