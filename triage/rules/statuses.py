"""The HTTP statuses that a failure tells of: answered, not expected."""

from __future__ import annotations

import re2

# Each takes the status as its only group. What a test wanted stands behind "expected", "want" or "to be".
_NAMED = re2.compile(
    r"(?i)(?:\b(?:HTTP(?:/\d(?:\.\d)?)?|HTTP ?Status|status(?:[ _-]?code)?|(?:error|response) code|"
    r"answered(?: with)?|returned|responded(?: with)?|received|actual|got|was|where)\W{1,3}"
    r"(?:an? )?(?:HTTP |status |code |error |of |is ){0,2}|\bassert )['\"(\[]?([1-5]\d\d)\b"
)
_BEFORE_ITS_NAME = re2.compile(
    r"(?i)\b([1-5]\d\d)\b['\")\]]?,? (?:"
    r"(?:bad request|unauthorized|payment required|forbidden|not found|method not allowed|not acceptable|request timeout|"
    r"conflict|gone|precondition failed|payload too large|content too large|uri too long|unsupported media type|"
    r"unprocessable|locked|too early|upgrade required|precondition required|too many requests|internal server error|"
    r"not implemented|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|moved permanently)\b"
    r"|(?:status|responses?|client error|server error)\b)"
)
_WANTED = re2.compile(
    r"(?i)\b(?:expect(?:ed|ing|s)?|want(?:ed)?|to (?:be|equal))\W{1,3}"
    r"(?:an? |HTTP |status |code |of |is |response |to be ){0,3}([1-5]\d\d)\b"
)


def statuses(text: str) -> frozenset[str]:
    """The statuses, three digits each, that ``text`` says were answered."""
    told = {m[1] for form in (_NAMED, _BEFORE_ITS_NAME) for m in form.finditer(text)}
    return frozenset(told and told - {m[1] for m in _WANTED.finditer(text)})
