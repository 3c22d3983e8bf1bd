"""The steps of a job of GitHub Actions: one that failed ends with an error of the runner, all others passed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

_JOB = "Current runner version"
_START = "##[group]Run "
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
        """``numbered`` as they are."""
        for number, line in numbered:
            if line.startswith("##["):
                if line.startswith(_START):
                    self._starts.append(number)
                elif not self._failing and line.startswith(_FAILED):
                    self._failing = self._starts[-1]
            elif line.startswith(_JOB):
                self._jobs += 1
            yield number, line
