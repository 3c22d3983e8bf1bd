"""Secrets out of text: what comes from a log is stored and exported without credentials."""

from __future__ import annotations

import re

_MASK = "[redacted]"

# Each keeps its first group, which says what stood there.
_PATTERNS = (
    re.compile(r"(?i)(\b(?:proxy-)?authorization\b[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token|digest)\s+)[^\s\"',;]+"),
    re.compile(r"(?i)(\bbearer\s+)[A-Za-z0-9._~+/-]{16,}=*"),
    re.compile(r"(?i)(\b(?:x-)?[\w-]*(?:secret|api[-_]?key|access[-_]?key|auth[-_]?token|csrf[-_]?token|passw(?:or)?d|pwd)[\w-]*[\"']?\s*[:=]\s*[\"']?)(?![\s\"',;}{]|\[redacted\])[^\s\"',;}]+"),
    re.compile(r"(?i)((?:set-)?cookie[\"']?\s*:\s*)[^\r\n\"']+"),
    re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\"']+:)[^\s@/\"']+(?=@)"),
    re.compile(r"()\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
    re.compile(r"()\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|sk-[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{16}|glpat-[\w-]{20,})"),
    re.compile(r"()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,20000}?-----END [A-Z ]*PRIVATE KEY-----"),
)  # fmt: skip
_HINT = re.compile(
    r"(?i)bearer|authorization|secret|key|token|pass|pwd|cookie|://[^/\s]*@|eyJ|gh[pousr]_|github_pat|xox|sk-|AKIA|glpat|PRIVATE"
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
