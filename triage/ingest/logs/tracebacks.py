"""The forms of Python's tracebacks: its own, in groups (PEP 654), of loguru, stack_data, rich and IPython."""

from __future__ import annotations

import re

CHAIN = re.compile(
    r"\s*(?:[|+] *)*(?:During handling of the above exception|The above exception was the direct cause)"
)
TRACEBACK = re.compile(r"(?P<margin>.*?)(?:Exception Group )?Traceback \(most recent call last\):\s*$")
IN_TRACEBACK = re.compile(r"> File \"|\(\.\.\.\)$|-{2,}> +\d+ ")
"""At the margin of a traceback, and not its exception: of loguru and stack_data."""
GROUP = re.compile(r"\s*(?:\| |\|$|\+[-+]|│)")
GROUP_MARGIN = re.compile(r"\s*[|+] ?")
ALONE = "(1 sub-exception)"
"""The end of a group that only wraps one exception, as task groups do."""


def shape(margin: str) -> re.Pattern[str]:
    """What matches ``margin`` whatever its numbers are: the stamps of two lines are not the same.

    >>> shape("[12:01] web> ").match("[12:07] web>")[0]
    '[12:07] web>'
    """
    words = margin.rstrip()
    parts = re.split(r"(\d+)", words)
    # Behind the words of an empty line there may be no blank.
    blank = re.escape(margin[len(words) :])
    end = f"(?:{blank}|$)" if words and blank else blank
    return re.compile("".join(r"\d+" if part.isdecimal() else re.escape(part) for part in parts) + end)
