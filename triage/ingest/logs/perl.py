"""What Perl says when it dies: words and a place, as its warnings are; a log that ends with these is of one that died."""

from __future__ import annotations

import re

from triage.ingest.logs.severity import is_echo
from triage.ingest.reader import Source
from triage.model import Failure

_DIED = re.compile(
    r"^(?P<said>\S.*) at (?P<file>\S{1,300}) line (?P<line>\d{1,9})(?:, <[^<>]{0,80}> (?:line|chunk) \d{1,12})?\.$"
)
_WARNS = re.compile(
    r"Use of uninitialized |Argument \".*\" isn't numeric|Odd number of |Useless use of |Deep recursion on |Wide character in "
    r"|Name \".*\" used only once|Subroutine .* redefined|Smartmatch is |.* (?:is|are) (?:deprecated|experimental)\b"
    r"|\"my\" variable .* masks |Possible (?:unintended|precedence|attempt)|Unquoted string |substr outside of string"
)
"""Of Perl itself, which goes on."""
_LAST = 6
"""Lines at the end in which others say that it failed."""
_MOST = 2_000


def death(source: Source) -> list[Failure]:
    """What it died of, if the log ends with that; nothing else tells it from what it only warns of."""
    end = source.sample.end.rstrip().split("\n")[-_LAST:]
    while end and (not end[-1].strip() or is_echo(end[-1][:_MOST])):
        end.pop()
    match = _DIED.match(end[-1][:_MOST]) if end else None
    if match is None or _WARNS.match(match[0]):
        return []
    number = max((at for at, line in enumerate(source.lines(), 1) if line == match[0]), default=None)
    return [Failure(match[0], "", "error", match[0], match["file"], int(match["line"]), number)]
