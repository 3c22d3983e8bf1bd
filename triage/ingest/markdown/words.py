"""What marks and words mean: outcomes, durations, dates."""

from __future__ import annotations

import re
from datetime import datetime

from triage.model import Outcome

_MARKS = {
    **dict.fromkeys("✅✔✓🟢☑👍", Outcome.PASSED),
    **dict.fromkeys("❌✘✖✗🔴⛔🚫🐛", Outcome.FAILED),
    **dict.fromkeys("⏭⏸", Outcome.SKIPPED),
}
_UNCLEAR = "⚠🟡🟠❓"
MARKS = re.compile(f"[{''.join(_MARKS)}{_UNCLEAR}\ufe0f]")

_WORDS = (
    (Outcome.XFAILED, re.compile(r"\b(?:xfail(?:ed)?|expected(?:ly)? fail(?:s|ed|ure)?)\b", re.IGNORECASE)),
    (Outcome.ERROR, re.compile(r"\bERROR(?:ED|S)?\b|\b[Ee]rrored\b")),
    (
        Outcome.FAILED,
        re.compile(
            r"^\W*[Ff]ail\b|\bFAIL(?:ED|ING|S|URE)?\b|\b(?:[Ff]ailed|[Ff]ailing|[Ff]ails|BROKEN|TIMED? ?OUT)\b"
        ),
    ),
    (
        Outcome.SKIPPED,
        re.compile(r"\bSKIP(?:PED)?\b|\b(?:[Ss]kipped|NOT RUN|[Nn]ot run|PENDING|DISABLED|IGNORED)\b"),
    ),
    (
        Outcome.PASSED,
        re.compile(
            r"^\W*[Pp]ass\b|\bPASS(?:ED|ING|ES)?\b|\b(?:[Pp]assed|[Pp]assing|[Pp]asses|OK|SUCCESS(?:FUL)?)\b"
        ),
    ),
)

DURATION = re.compile(
    r"(?P<about>[~≈<>]?)\s?(?P<number>\d+(?:\.\d+)?)\+?\s?(?P<unit>ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b"
)
_UNITS = {"ms": 0.001, "mi": 60.0, "m": 60.0, "s": 1.0, "h": 3600.0}

_DATES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
)


def marked(text: str) -> Outcome | None:
    """The outcome that the first mark in ``text`` stands for; None without a mark, or with an unclear one."""
    mark = MARKS.search(text)
    return _MARKS.get(mark[0]) if mark else None


def is_unclear(text: str) -> bool:
    """Whether the first mark says neither yes nor no."""
    mark = MARKS.search(text)
    return bool(mark) and mark is not None and mark[0] in _UNCLEAR


def said(text: str) -> Outcome | None:
    """The outcome that the words of ``text`` state: the first of them, as in ``PASS (3 ok, 0 FAILED)``."""
    found = [(match.start(), outcome) for outcome, pattern in _WORDS if (match := pattern.search(text))]
    return min(found, key=lambda place: place[0])[1] if found else None


def seconds(text: str) -> float | None:
    """The first duration in ``text``; a bound (``<0.01s``) is none.

    >>> seconds("~2 minutes"), seconds("113.13 seconds (1:53)"), seconds("<0.01s")
    (120.0, 113.13, None)
    """
    match = DURATION.search(text)
    if match is None or match["about"] in ("<", ">"):
        return None
    unit = match["unit"]
    factor = 0.001 if unit.startswith(("ms", "milli")) else _UNITS[unit[:2] if unit[:2] == "mi" else unit[:1]]
    return round(float(match["number"]) * factor, 6)


def iso_date(text: str) -> str | None:
    """A date, with its time where there is one, as ISO 8601; None if it is none.

    >>> iso_date("September 8, 2025"), iso_date("2025-09-07 07:17")
    ('2025-09-08', '2025-09-07T07:17')
    """
    zone = "+00:00" if re.search(r"\b(?:UTC|GMT|Z)\b", text) else ""
    bare = (
        re.sub(r"\s*\b(?:UTC|GMT)\b.*$", "", text.strip()).replace("T", " ", 1)
        if text[:4].isdecimal()
        else text.strip()
    )
    for form in _DATES:
        try:
            moment = datetime.strptime(bare, form)
        except ValueError:
            continue
        if "%H" in form:
            return moment.isoformat(timespec="minutes" if "%S" not in form else "seconds") + zone
        return moment.date().isoformat()
    found = re.match(r"\d{4}-\d\d-\d\d", bare)
    return found[0] if found and bare != found[0] else None
