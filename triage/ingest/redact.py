"""Secrets out of text: what comes from a log is stored and exported without credentials."""

from __future__ import annotations

import re

_MASK = "[redacted]"

# Names of values that are secret; a bare "token" is too often a word of a parser.
_NAME = (
    r"(?:[\w-]*(?:secret|api[-_]?key|access[-_]?key|passw(?:or)?d|pwd)[\w-]*"
    r"|[\w-]*(?:[-_]|access|refresh|auth|session|id|csrf)token)"
)
_SET = rf"(?i)(\b{_NAME}\\*[\"']?[^\S\n]*[:=][^\S\n]*"

# Each keeps its first group, which says what stood there.
_PATTERNS = (
    re.compile(r"(?i)(\b(?:proxy-)?authorization\b[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token|digest)\s+)(?!\[redacted\])[^\s\"',;]+"),
    re.compile(r"(?i)(\bbearer\s+)[A-Za-z0-9._~+/-]{16,}=*"),
    # The value in quotes, in quotes inside a quoted text, or bare.
    re.compile(_SET + r"\")(?!\[redacted\])(?:\\.|[^\"\\\n])+"),
    re.compile(_SET + r"')(?!\[redacted\])(?:\\.|[^'\\\n])+"),
    re.compile(_SET + r"\\+[\"'])(?!\[redacted\])[^\"'\\\n]+"),
    re.compile(_SET + r")(?![\s\"',;}{\\]|\[redacted\])[^\s\"',;}&\\]+"),
    re.compile(r"(?i)((?:set-)?cookie[\"']?[^\S\n]*:[^\S\n]*)(?!\[redacted\])(?=\S)[^\r\n\"']+"),
    re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://[^\s:/@\"']*:)(?!\[redacted\]@)[^\s/\"']+(?=@)"),
    re.compile(r"()\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
    re.compile(r"()\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|sk-[A-Za-z0-9_-]{20,}|A[KS]IA[0-9A-Z]{16}|glpat-[\w-]{20,})"),
    re.compile(r"()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,20000}?-----END [A-Z ]*PRIVATE KEY-----"),
)  # fmt: skip
_HINT = re.compile(
    r"(?i)bearer|authorization|secret|key|token|pass|pwd|cookie|://[^/\s]*@|eyJ|gh[pousr]_|github_pat|xox|sk-|A[KS]IA|glpat|PRIVATE"
)


def redact(text: str) -> str:
    """``text`` with credentials replaced by ``[redacted]``; what kind they were stays readable.

    >>> redact("-H 'Authorization: Bearer abcdef0123456789'")
    "-H 'Authorization: Bearer [redacted]'"
    """
    if not text or not _HINT.search(text):
        return text
    for pattern in _PATTERNS:
        text = pattern.sub(lambda match: match[1] + _MASK, text)
    return text


def redact_value(name: str, value: str) -> str:
    """``value`` as ``redact`` leaves it behind its name: what is secret shows in the name alone."""
    return redact(f"{name}={value}")[len(name) + 1 :] if name == redact(name) else redact(value)
