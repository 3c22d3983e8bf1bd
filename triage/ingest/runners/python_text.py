"""What the runners of Python's ``unittest`` have in common: trial, zope.testrunner, green, stestr beside its own."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile

from triage.ingest.parts import failure_from, split_message
from triage.ingest.runners.pytest_text import native_message
from triage.model import Failure

_EXAMPLE = "Failed example:"
_END_OF_EXAMPLE = re.compile(r"^-{70}$|^File \"")
_PLACE = re.compile(r'^File "(?P<file>[^"]+)", line (?P<line>\d{1,9})\b')
_TEST = re.compile(r"^(?P<name>[^\s()]+) \((?P<where>[\w.<>-]+)\)")
_NOT_LOADED = "unittest.loader._FailedTest"


def test_key(text: str) -> tuple[str, str] | None:
    """Class and name of ``test_total (shop.test_cart.CartTest.test_total)``; up to Python 3.10 the parentheses hold
    the class alone.

    >>> test_key("test_total (shop.test_cart.CartTest.test_total)")
    ('shop.test_cart.CartTest', 'test_total')
    """
    match = _TEST.match(text)
    if match is None:
        return None
    suite = match["where"].removesuffix("." + match["name"])
    return ("" if suite == _NOT_LOADED else suite), match["name"]


def dotted_key(text: str) -> tuple[str, str]:
    """Class and name of ``shop.test_cart.CartTest.test_total``; parameters may hold dots, too."""
    name, bracket, parameters = text.partition("[") if "[" in text else text.partition("(")
    suite, _, last = name.rpartition(".")
    return suite, f"{last}{bracket}{parameters}"


def python_failure(text: str, *, error: bool, source_line: int, traced: str | None = None) -> Failure:
    """What went wrong, by what was raised; by the first failed example of a doctest.

    ``traced`` is the part of ``text`` that holds the traceback, where more stands beside it.
    """
    traced = text if traced is None else traced
    example = _doctest(traced)
    failure = failure_from(
        text,
        message=example.message if example else native_message(traced) or split_message(traced)[0],
        kind="error" if error else "failure",
        source_line=source_line,
    )
    return replace(failure, file=example.file, line=example.line) if example else failure


def _doctest(text: str) -> Failure | None:
    """What the first failed example in ``text`` was, where it stands, and what it gave; None without one."""
    before, found, behind = text.partition(f"\n{_EXAMPLE}\n")
    if not found:
        return None
    lines = takewhile(lambda line: not _END_OF_EXAMPLE.match(line), behind.split("\n"))
    said = [line.strip() for line in lines if line.strip()]
    if not said:
        return None
    what = f"{_EXAMPLE} {said[0]}"
    message = f"{said[-1]}\n{what}" if "Exception raised:" in said else "\n".join((what, *said[1:]))
    place = _PLACE.match(before.rpartition("\n")[2])
    return Failure(message, file=place["file"] if place else None, line=int(place["line"]) if place else None)
