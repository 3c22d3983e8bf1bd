"""What ``R CMD BATCH`` writes: the lines of a script behind prompts, and what each of them printed.

R ends at the first error that the script does not catch, with ``Execution halted``. Where it came to the end, whatever
sounds like an error was caught, or belongs to the script itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from triage.ingest.reader import Sample

_BANNER = "The R Foundation for Statistical Computing"
_CODE = ("> ", "+ ")
_END = re.compile(
    r"(?:^> *(?:(?:quit|q)\([^()\n]{0,80}\))?[ \t]*|^ *user +system +elapsed[ \t]*\n[\d. \t]+)\s*\Z",
    re.MULTILINE,
)
"""The prompt that waits for more, or the time that R takes at the end."""


def is_transcript(sample: Sample) -> bool:
    """Whether it begins as R does."""
    return _BANNER in sample.text[:1_000]


def end_of_script(sample: Sample) -> re.Match[str] | None:
    """What R wrote last, where it came to the end of the script."""
    return _END.search(sample.end[-400:]) if is_transcript(sample) else None


def spoken(numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines without those of the script.

    >>> list(spoken([(1, "> stop(1)  # failed once"), (2, "Error: 1")]))
    [(1, ''), (2, 'Error: 1')]
    """
    for number, line in numbered:
        yield number, "" if line.startswith(_CODE) else line
