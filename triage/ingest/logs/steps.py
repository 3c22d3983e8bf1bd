"""The steps of a job of GitHub Actions: one that failed ends with an error of the runner, all others passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
        self._start = 0
        self.failing = 0
        """Number of the line that begins the first step that failed; 0 where none is known to."""

    def watched(self, numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """``numbered`` as they are."""
        for number, line in numbered:
            if line.startswith("##["):
                if line.startswith(_START):
                    self._start = number
                elif not self.failing and line.startswith(_FAILED):
                    self.failing = self._start
            yield number, line
