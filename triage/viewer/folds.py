"""Frames of libraries in stack traces, which fold into one line: what remains is the failure and the project's own code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.ingest.frames import MAX_LINE, frame_of
from triage.viewer.line_index import BLOCK
from triage.viewer.log_file import LogFile

FEWEST = 3
"""Lines that are worth a fold."""
_CODE_LINES = 2
"""Lines below a frame of Python: the code, and what points into it."""
_HELD = 64
"""Blocks whose folds are remembered."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines that are shown as one."""

    first: int
    """Offset where the first of them begins."""
    after: int | None
    """Where the line behind the last one begins."""
    lines: int


def library_lines(lines: Sequence[str]) -> Iterator[bool]:
    """Which of ``lines`` are frames of libraries, or belong to one."""
    is_library, code_left, above = False, 0, ""
    for number, line in enumerate(lines):
        frame = frame_of(line, above) if _may_be_frame(line) else None
        if frame is not None:
            is_library = not frame.own
            code_left = _CODE_LINES if line.lstrip().startswith('File "') else 0
        elif code_left and line.startswith("    "):
            code_left -= 1
        elif line.lstrip().startswith("... ") and line.rstrip().endswith((" more", " common frames omitted")):
            is_library = True
        else:
            code_left = 0
            is_library = _is_go_call(line, lines[number + 1 : number + 2])
        above = line
        yield is_library


def _may_be_frame(line: str) -> bool:
    # Messages with a place in them (of a compiler) are no frames that one wants to miss.
    return line[:1] in (" ", "\t", "#") or line.startswith("at ")


def _is_go_call(line: str, below: Sequence[str]) -> bool:
    """Whether it names the function of the library frame in the next line, as Go writes it."""
    if not below or not below[0].startswith("\t") or ".go:" not in below[0] or line[:1].isspace():
        return False
    frame = frame_of(below[0], line)
    return frame is not None and not frame.own


class Folds:
    """The folds of a log, found where one looks; each can be opened."""

    def __init__(self, log: LogFile) -> None:
        self._log = log
        self._known: dict[int, list[Fold]] = {}
        self._opened: set[int] = set()
        self.are_closed = True

    def toggle(self) -> None:
        """Close all, or open all."""
        self.are_closed = not self.are_closed
        self._opened.clear()

    def open(self, fold: Fold) -> None:
        self._opened.add(fold.first)

    def forget(self) -> None:
        """The log has changed."""
        self._known.clear()

    def at(self, start: int) -> Fold | None:
        """The closed fold that the line is in that begins at ``start``."""
        if not self.are_closed:
            return None
        for fold in self._of(start // BLOCK):
            if fold.first <= start and (fold.after is None or start < fold.after):
                return fold if fold.first not in self._opened else None
        return None

    def _of(self, block: int) -> list[Fold]:
        """The folds of the lines that begin in ``block``: none goes on in the next one, so that all are found from
        wherever one comes."""
        if (known := self._known.get(block)) is not None:
            return known
        log = self._log
        starts = log.index.begins_in(block)
        found: list[Fold] = []
        if starts:
            lines = log.said_at(starts, MAX_LINE)
            first = 0
            are = [*library_lines(lines), False]
            for number, is_library in enumerate(are):
                if not is_library:
                    if number - first >= FEWEST:
                        found.append(Fold(starts[first], log.after(starts[number - 1]), number - first))
                    first = number + 1
        if len(self._known) >= _HELD:
            self._known.clear()
        self._known[block] = found
        return found
