"""The steps of a job of GitHub Actions: one that failed ends with an error of the runner, all others passed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

_JOB = "Current runner version"
_START = "##[group]Run "
_SHELL = re.compile(r"shell: \S.* \{0\}")
"""What stands below the text of a step's commands."""
_MOST_COMMANDS = 500
"""Lines of them that are known as such."""
_FAILED = "##[error]Process completed with exit code "


class Steps:
    """Watches the lines of a log go by.

    >>> steps = Steps()
    >>> for _ in steps.watched(enumerate(["##[group]Run make", f"{_FAILED}2."], 1)): pass
    >>> steps.failing
    1
    """

    def __init__(self) -> None:
        self._jobs = 0
        self._starts = [0]
        self._failing = 0

    @property
    def failing(self) -> int:
        """Number of the line that begins the first step that failed; 0 where none is known to, or in several jobs."""
        return self._failing if self._jobs < 2 else 0

    def begin(self, number: int) -> int:
        """Number of the line that begins the step in which line ``number`` is; 0 before the first."""
        return self._starts[bisect_right(self._starts, number) - 1]

    def watched(self, numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """``numbered``, but for the text of the commands of a step: it says what may be printed, not what was."""
        command: list[tuple[int, str]] | None = None
        for number, line in numbered:
            if command is not None:
                ended = _SHELL.match(line) is not None
                if not ended and not line.startswith(("##[", _JOB)) and len(command) < _MOST_COMMANDS:
                    command.append((number, line))
                    continue
                yield from ((at, "" if ended else text) for at, text in command)
                command = None
            if line.startswith("##["):
                if line.startswith(_START):
                    self._starts.append(number)
                    command = []
                elif not self._failing and line.startswith(_FAILED):
                    self._failing = self._starts[-1]
            elif line.startswith(_JOB):
                self._jobs += 1
            yield number, line
        yield from command or ()
