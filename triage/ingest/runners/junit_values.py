"""What the attributes of JUnit XML mean: numbers, times, counts, results and places, in the spellings of its many writers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from triage.ingest.bounds import fits
from triage.model import Outcome, Totals

Attributes = Mapping[str, str]
SAYING = ("result", "status", "outcome", "state")
"""Attributes of cases that may say how they ended."""
_SAID = {
    **dict.fromkeys(("fail", "failed", "failure", "xpass"), Outcome.FAILED),
    **dict.fromkeys(
        (
            "error",
            "errored",
            "broken",
            "crashed",
            "panicked",
            "timeout",
            "timedout",
            "aborted",
            "interrupted",
        ),
        Outcome.ERROR,
    ),
    **dict.fromkeys(
        ("disabled", "notrun", "not_run", "not run", "skip", "skipped", "ignored"), Outcome.SKIPPED
    ),
    **dict.fromkeys(("suppressed", "pending", "todo", "inconclusive", "untested"), Outcome.SKIPPED),
    **dict.fromkeys(("xfail", "xfailed"), Outcome.XFAILED),
}
"""Values of ``status`` and ``result``: CTest, GoogleTest, Ginkgo, behave, Qt and others say it there, too."""
_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 0.001, "m": 60.0, "min": 60.0}
_TIME = re.compile(r"(?P<number>[-+\d.,eE]+)\s*(?P<unit>[a-z]*)")
_CLOCK = re.compile(
    r"(?:(?P<days>\d{1,4})\.)?(?P<hours>\d{1,4}):(?P<minutes>\d\d):(?P<seconds>\d\d(?:[.,]\d+)?)"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")


def integer(text: str | None) -> int | None:
    """A count or a line, or None."""
    return int(text) if text and len(text) < 16 and text.strip().isdecimal() else None


def seconds(text: str | None) -> float | None:
    """Seconds, whatever the locale: ``1,234.5``, ``1.234,5``, ``0,25``, ``12ms``, ``00:01:02.5``; a clock that was
    set back gives none."""
    try:
        found = _seconds(text) if text else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found >= 0 and fits(found) else None


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    text = text.strip()
    if clock := _CLOCK.fullmatch(text):
        days, hours = int(clock["days"] or 0), int(clock["hours"])
        rest = float(clock["seconds"].replace(",", "."))
        return (days * 24 + hours) * 3600 + int(clock["minutes"]) * 60 + rest
    match = _TIME.fullmatch(text)
    if match is None or match["unit"] not in _UNITS:
        return None
    number = match["number"]
    if _THOUSANDS.fullmatch(number) or number.count(",") > 1:
        number = number.replace(",", "")
    elif "," in number:
        number = number.replace(".", "").replace(",", ".")
    return round(float(number) * _UNITS[match["unit"]], 9)


def is_nanoseconds(text: str) -> bool:
    """Whether the time of a whole report can be no seconds: three years and more, as container-structure-test says."""
    return text.isdecimal() and len(text) > 8


def all_seconds(texts: Sequence[str]) -> list[float | None]:
    """``seconds`` of each."""
    try:
        numbers = list(map(float, texts))
    except ValueError:
        numbers = []
    # Of numbers that are none the sum is none either.
    if numbers and fits(sum(numbers)) and min(numbers) >= 0:
        return numbers  # type: ignore[return-value]
    return list(map(seconds, texts))


def moment(text: str | None) -> str | None:
    """A time stamp as ISO 8601: as it is, from seconds or milliseconds since 1970, or from the words of a date."""
    text = (text or "").strip()
    if re.match(r"\d{4}-\d\d-\d\d", text):
        return None if text.startswith("0001-01-01") else text  # Go's and .NET's time that was never set
    if text.isdecimal() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), UTC).isoformat(timespec="seconds")
    for read in (parsedate_to_datetime, lambda said: datetime.strptime(said, "%a %b %d %H:%M:%S %Y")):
        try:
            return read(text).isoformat(timespec="seconds")
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def stated(attributes: Attributes) -> Totals | None:
    """The totals that a suite's attributes state, or None."""
    tests = integer(attributes.get("tests"))
    if tests is None:
        return None
    failed = integer(attributes.get("failures")) or 0
    errors = integer(attributes.get("errors")) or 0
    skipped = integer(attributes.get("skipped") or attributes.get("skips")) or 0
    skipped += (integer(attributes.get("disabled")) or 0) if skipped < tests else 0
    return Totals(tests, max(0, tests - failed - errors - skipped), failed, errors, skipped)


def said(attributes: Attributes) -> Outcome | None:
    """The outcome that the attributes of a case tell apart from its children, or None."""
    for key in SAYING:
        if outcome := _SAID.get(attributes.get(key, "").strip().lower()):
            return outcome
    if attributes.get("failure"):  # Node's reporter
        return Outcome.FAILED
    if attributes.get("ignored", "").lower() == "true" or attributes.get("executed", "").lower() == "false":
        return Outcome.SKIPPED
    if attributes.get("incomplete", "").lower() == "true":  # Eclipse
        return Outcome.SKIPPED
    return Outcome.FAILED if attributes.get("success", "").lower() == "false" else None


def line_of(file: str) -> str:
    """The line that ExUnit's formatter puts behind the name of a file; empty for any other name."""
    line = file.rpartition(":")[2]
    return line if line != file and line.isdecimal() else ""


def file_alone(file: str) -> str:
    """The name of a file without that line, and without the test that Pest puts behind it."""
    file = file.partition("::")[0]
    return file.removesuffix(f":{line}") if (line := line_of(file)) else file


def linted(suite: str, classname: str) -> str | None:
    """The file that a suite is named after: linters have the class be the same without its ending."""
    return suite if "/" in classname and suite.rpartition(".")[0] == classname else None


def pytest_place(classname: str) -> tuple[str | None, str]:
    """File and class path from pytest's dotted class name: classes start with a capital, modules do not."""
    parts = classname.split(".")
    module = []
    while parts and not parts[0][:1].isupper():
        module.append(parts.pop(0))
    return ("/".join(module) + ".py" if any(module) else None), "::".join(parts)
