"""What EUnit and Common Test say in a report of why a test failed: a term, and the calls that led to it.

EUnit puts the calls below the term or, since R16, above it; Common Test puts them into the term.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CALL = re.compile(
    r"\s*in (?:function|call from) (?:[^\s(]+)(?: \((?P<file>\S{1,500}), line (?P<line>\d{1,9})\))?\s*"
)
_RAISED = re.compile(r"(?:::|\*\*)(?=(?:error|exit|throw):)")
_RAISED_LINE = re.compile(r"\n(?:::|\*\*)(?:error|exit|throw):")
_OUTPUT = re.compile(r"\s*output:<<")
_STACK = re.compile(
    r",\s*\[\{[\w@']{1,200},[^\s,]{1,200},(?:\d{1,3}|\[[^\n]{0,500}?\]),\s*"
    r"\[\{file,\"(?P<file>[^\"\n]{1,500})\"\},\s*\{line,(?P<line>\d{1,9})\}"
)


class Reason(NamedTuple):
    """Why, and where if it says."""

    message: str
    file: str | None
    line: int | None


def reason(text: str) -> Reason | None:
    """The term of an Erlang failure without the calls, and the innermost place; None if it is none."""
    text = text.strip()
    if text.startswith("{") and (stack := _STACK.search(text)):
        return Reason(text[1 : stack.start()].strip(), stack["file"], int(stack["line"]))
    if not _RAISED_LINE.search(f"\n{text}"):
        return None
    lines = text.split("\n")
    calls = [call for line in lines if (call := _CALL.fullmatch(line[:1_000]))]
    place = next((call for call in calls if call["file"]), None)
    told = [line for line in lines if not _CALL.fullmatch(line[:1_000]) and not _OUTPUT.match(line)]
    message = _RAISED.sub("", "\n".join(told).strip(), count=1)
    return Reason(message, place["file"] if place else None, int(place["line"]) if place else None)
