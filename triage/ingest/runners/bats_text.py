"""Why a test of Bats failed: the place, the command in backquotes, and what it printed, the same in all its formats."""

from __future__ import annotations

import re

from triage.model import Failure

_PLACE = re.compile(r"^[( ](?:in|from) .*?(?:test )?file (?P<file>\S+), line (?P<line>\d{1,9})[,)]")
"""The first of them has the parenthesis: that of the innermost function, the last that of the test."""
_HELPERS = re.compile(r"(?:^|/)bats-[\w-]+/")
"""Bats' libraries of assertions."""
_SAID = re.compile(r"^  `(?P<said>.*)' failed(?: with status \d+| due to timeout)?$")


def bats_failure(lines: list[str], source_line: int | None) -> Failure | None:
    """The failure in ``lines``, the first of which is at ``source_line``; None if they are not of Bats."""
    places = [match for line in lines if (match := _PLACE.match(line[:500]))]
    said = next((match["said"] for line in lines if (match := _SAID.match(line[:1000]))), "")
    if not places or not said:
        return None
    # An assertion of a library fails where the test calls it.
    place = next((match for match in places if not _HELPERS.search(match["file"])), places[0])
    output = [line for line in lines if not _PLACE.match(line[:500]) and not _SAID.match(line[:1000])]
    return Failure(
        "\n".join([f"`{said}' failed", *output]).strip(),
        trace="\n".join(lines).strip(),
        file=place["file"],
        line=int(place["line"]),
        source_line=source_line,
    )
